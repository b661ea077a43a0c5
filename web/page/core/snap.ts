// Whole words: what a rough selection means, and where the ends of a span move.

import type { Range } from "./spans.ts";
import type { TextIndex } from "./text-index.ts";

/** A piece of text between two word borders; `index` is in UTF-16 units. */
interface Token {
  readonly index: number;
  readonly segment: string;
}

/** Cuts a text into tokens without gaps. */
export type Splitter = (text: string) => Iterable<Token>;

/** Blanks, punctuation, and what is not seen; signs that belong to a number or name are none. */
const EDGE = /^(?![%\u2030\u2032\u2033#@&\u00a7])[\s\p{Z}\p{P}\p{Cc}\p{Cf}]/u;
const BLANK = /^[\s\p{Z}\p{Cc}\p{Cf}]/u;

const PIECES =
  /\p{Script=Han}\p{M}*|\p{Script=Hiragana}\p{M}*|\p{Script=Katakana}[\p{M}\u30fc]*|[\p{L}\p{N}\p{M}\p{Pc}\u200c\u200d]+(?:[.,:'\u2019][\p{L}\p{N}\p{M}]+)*|\s+|[^][\p{M}\ufe0f]*(?:\u200d[^][\p{M}\ufe0f]*)*/gu;

/** What stands in for Intl.Segmenter where there is none: no dictionary, so a Han character is a word. */
export const splitByPattern = (pieces = PIECES): Splitter => function* (text) {
  for (const { index, 0: segment } of text.matchAll(pieces)) yield { index, segment };
};

function splitter(granularity: "word" | "grapheme", otherwise: Splitter): Splitter {
  if (!("Segmenter" in Intl)) return otherwise;
  const segmenter = new Intl.Segmenter("en", { granularity });
  return (text) => segmenter.segment(text);
}

const splitWords = splitter("word", splitByPattern());
const splitCharacters = splitter("grapheme", splitByPattern(/\r\n|[^]\p{M}*/gu));

/** How far around an offset words are looked for, in UTF-16 units. */
const REACH = 300;

/**
 * The whole words that a selection touches: blanks and punctuation are trimmed from its ends, then
 * words cut in two are taken whole. Of nothing but punctuation only the blanks go; null when there
 * is nothing else.
 */
export function snap(index: TextIndex, range: Range, split: Splitter = splitWords): Range | null {
  const { text } = index;
  const exact = { from: index.unit(range.start), to: index.unit(range.end) };
  const core = trim(text, exact, EDGE);
  if (!core) {
    const rest = trim(text, exact, BLANK);
    return rest && { start: index.point(rest.from), end: index.point(rest.to) };
  }
  const first = tokenAt(text, core.from, split);
  const last = tokenAt(text, core.to - 1, split);
  const whole = trim(text, { from: first.index, to: last.index + last.segment.length }, EDGE)!;
  return { start: index.point(whole.from), end: index.point(whole.to) };
}

/** Without what matches at the ends, character by character; null when nothing is left. */
function trim(text: string, { from, to }: { from: number; to: number }, what: RegExp) {
  while (from < to) {
    const character = String.fromCodePoint(text.codePointAt(from)!);
    if (!what.test(character)) break;
    from += character.length;
  }
  while (to > from) {
    const astral = to - from > 1 && text.codePointAt(to - 2)! > 0xffff;
    const character = text.slice(to - (astral ? 2 : 1), to);
    if (!what.test(character)) break;
    to -= character.length;
  }
  return from < to ? { from, to } : null;
}

function tokenAt(text: string, unit: number, split: Splitter): Token {
  const from = borderBefore(text, Math.max(0, unit - REACH));
  for (const { index, segment } of split(text.slice(from, borderBefore(text, unit + REACH)))) {
    if (from + index + segment.length > unit) return { index: from + index, segment };
  }
  return { index: unit, segment: text.slice(unit, unit + 1) };
}

/** The offset itself, or the one before the surrogate pair that it would split. */
function borderBefore(text: string, unit: number): number {
  return unit > 0 && unit < text.length && text.codePointAt(unit - 1)! > 0xffff ? unit - 1 : unit;
}

/**
 * Where an end of a span moves by one word, or by one character as people see it. A start moves
 * to starts of words, an end to ends; beyond the last word it is the text's own.
 */
export function step(
  index: TextIndex,
  point: number,
  direction: 1 | -1,
  by: "word" | "character",
  end: "start" | "end",
  split: Splitter = by === "word" ? splitWords : splitCharacters,
): number {
  const { text } = index;
  const unit = index.unit(point);
  for (let reach = REACH; ; reach *= 4) {
    const from = borderBefore(text, Math.max(0, unit - reach));
    const to = borderBefore(text, Math.min(text.length, unit + reach));
    let found = -1;
    for (const token of split(text.slice(from, to))) {
      const edges = { from: from + token.index, to: from + token.index + token.segment.length };
      const word = by === "character" ? edges : trim(text, edges, EDGE);
      if (!word) continue;
      const at = end === "end" ? word.to : word.from;
      // The window may have cut this word.
      if ((at === from && from > 0) || (at === to && to < text.length)) continue;
      if (direction === -1 && at < unit) found = at;
      if (direction === 1 && at > unit && found < 0) found = at;
    }
    if (found >= 0) return index.point(found);
    if (direction === 1 ? to === text.length : from === 0) return direction === 1 ? index.length : 0;
  }
}
