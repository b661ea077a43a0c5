// Questions about a text with their answers, tags, and the passages that they are about.
import { isRecord, type Json } from "../element/json.ts";
import { trimmed, type Range } from "./spans.ts";

export interface Pair {
  readonly question: string;
  readonly answer: string;
  readonly tags: readonly string[];
  /** Passages, in the order of the text. */
  readonly references: readonly Range[];
}

export const EMPTY: Pair = { question: "", answer: "", tags: [], references: [] };

/** How many there may be, and how long, in words; undefined where the template sets no limit. */
export interface Limits {
  readonly pairs: readonly [number, number | undefined];
  readonly question: readonly [number, number | undefined];
  readonly answer: readonly [number, number | undefined];
}

export function words(text: string): number {
  return text.trim() === "" ? 0 : text.trim().split(/\s+/).length;
}

/** What is wrong with the pairs, and with which; null when all is well. */
export function faultOf(pairs: readonly Pair[], limits: Limits): { text: string; pair: number; part: "question" | "answer" } | null {
  const [fewest, most] = limits.pairs;
  for (const [pair, one] of pairs.entries()) {
    for (const part of ["question", "answer"] as const) {
      const [least, longest] = limits[part];
      const count = words(one[part]);
      const name = `${part} ${pair + 1}`;
      if (count < least) return { text: `please write ${name}, at least ${plural(least, "word")}.`, pair, part };
      if (longest !== undefined && count > longest) return { text: `${name} has ${count} words, at most ${longest} are allowed.`, pair, part };
    }
  }
  const end = { pair: Math.max(0, pairs.length - 1), part: "question" } as const;
  if (pairs.length < fewest) return { text: `please write at least ${plural(fewest, "question")}.`, ...end };
  if (most !== undefined && pairs.length > most) return { text: `there are ${pairs.length} questions, at most ${most} are allowed.`, ...end };
  return null;
}

export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}

/** Add a passage to those of a pair; the same one only once, blanks at its ends not at all. */
export function withReference(pair: Pair, text: string, range: Range): Pair {
  const { start, end } = trimmed(text, range.start, range.end);
  if (start >= end || pair.references.some((other) => other.start === start && other.end === end)) return pair;
  const references = [...pair.references, { start, end }].sort((a, b) => a.start - b.start || a.end - b.end);
  return { ...pair, references };
}

export function withTag(pair: Pair, tag: string): Pair {
  const tags = pair.tags.includes(tag) ? pair.tags.filter((other) => other !== tag) : [...pair.tags, tag];
  return { ...pair, tags };
}

/** A pair as it is answered; offsets are those of `crowd-entity-annotation`. */
export function wired(text: string, { question, answer, tags, references }: Pair): { readonly [key: string]: Json } {
  return {
    question: question.trim(),
    answer: answer.trim(),
    questionTags: [...tags],
    textReferences: references.map(({ start, end }) => ({ startOffset: start, endOffset: end, text: text.slice(start, end) })),
  };
}

/** Read pairs of an answer again; what is none is left out. */
export function readPairs(value: unknown, text: string): Pair[] {
  const given = isRecord(value) ? value["questionAnswerPairs"] : value;
  if (!Array.isArray(given)) return [];
  return given.filter(isRecord).map(({ question, answer, questionTags, textReferences }) => {
    const ranges = Array.isArray(textReferences) ? textReferences.filter(isRecord) : [];
    const within = ranges.map(({ startOffset, endOffset }) => ({ start: Number(startOffset), end: Number(endOffset) }));
    const good = within.filter(({ start, end }) => Number.isInteger(start) && Number.isInteger(end) && 0 <= start && end <= text.length);
    const pair: Pair = {
      question: typeof question === "string" ? question : "",
      answer: typeof answer === "string" ? answer : "",
      tags: Array.isArray(questionTags) ? questionTags.filter((tag): tag is string => typeof tag === "string") : [],
      references: [],
    };
    return good.reduce((so, range) => withReference(so, text, range), pair);
  });
}
