// Ranks of responses, 1 the best, for one dimension; nothing is changed in place.
import { isRecord } from "../element/json.ts";

export interface Dimension {
  readonly name: string;
  readonly allowTie: boolean;
}

/** Rank of each response in order; null where it has none yet. */
export type Ranks = readonly (number | null)[];

/**
 * Read `ordinal-ranking-dimensions`.
 *
 * @throws Error when it is no array, or an entry has no name
 */
export function dimensionsOf(value: unknown): Dimension[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error("attribute ordinal-ranking-dimensions is not a JSON array with a dimension");
  return value.map((one: unknown) => {
    if (!isRecord(one) || typeof one["name"] !== "string") throw new Error("attribute ordinal-ranking-dimensions has an entry without a name");
    return { name: one["name"], allowTie: one["allowTie"] === true || one["allowTie"] === "true" };
  });
}

/**
 * Give a response a rank. Where ties are not allowed, who had it takes the rank that becomes free, or
 * none.
 */
export function ranked(ranks: Ranks, response: number, rank: number, allowTie: boolean): Ranks {
  const free = ranks[response] ?? null;
  return ranks.map((other, index) => {
    if (index === response) return rank;
    return other === rank && !allowTie ? free : other;
  });
}

/** Read ranks that were given before; others than whole numbers from 1 to their count are none. */
export function readRanks(value: unknown, responses: number, allowTie: boolean): Ranks {
  const given = Array.isArray(value) ? value : [];
  const none: Ranks = Array.from({ length: responses }, () => null);
  return none.reduce((ranks, _, index) => {
    const rank: unknown = given[index];
    const good = Number.isInteger(rank) && Number(rank) >= 1 && Number(rank) <= responses;
    return good ? ranked(ranks, index, Number(rank), allowTie) : ranks;
  }, none);
}
