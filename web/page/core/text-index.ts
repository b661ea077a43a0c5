// Code points, which answers count in, and UTF-16 units, which the DOM counts in, of one text.
//
// Both are offsets between characters, from 0. A lone surrogate is one code point, as in Python.

/** What becomes of an offset inside a surrogate pair: it belongs to neither side. */
export type Inside = "before" | "after";

export class TextIndex {
  readonly text: string;
  /** Code points in the text. */
  readonly length: number;
  /** The code-point offset of each character beyond U+FFFF, ascending. */
  readonly #pairs: Uint32Array;

  constructor(text: string) {
    const pairs: number[] = [];
    let points = 0;
    for (let unit = 0; unit < text.length; unit += 1, points += 1) {
      if (isPair(text, unit)) {
        pairs.push(points);
        unit += 1;
      }
    }
    this.text = text;
    this.length = points;
    this.#pairs = Uint32Array.from(pairs);
  }

  /** The UTF-16 offset of a code-point offset in 0..length. Throws RangeError outside. */
  unit(point: number): number {
    if (!Number.isInteger(point) || point < 0 || point > this.length) {
      throw new RangeError(`code point ${point} is not in 0..${this.length}`);
    }
    return point + countBelow(this.#pairs, (at) => at < point);
  }

  /** The code-point offset of a UTF-16 offset. Throws RangeError outside 0..text.length. */
  point(unit: number, inside: Inside = "before"): number {
    if (!Number.isInteger(unit) || unit < 0 || unit > this.text.length) {
      throw new RangeError(`unit ${unit} is not in 0..${this.text.length}`);
    }
    // The n-th pair begins at unit pairs[n] + n.
    const before = countBelow(this.#pairs, (at, n) => at + n < unit);
    const split = before > 0 && this.#pairs[before - 1]! + before === unit;
    return unit - before + (split && inside === "after" ? 1 : 0);
  }

  /** The text between two code-point offsets, as Python's `text[start:end]`. */
  slice(start: number, end: number): string {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}

/** Whether the UTF-16 units at `unit` and after it are one character. */
export function isPair(text: string, unit: number): boolean {
  return (text.charCodeAt(unit) & 0xfc00) === 0xd800 && (text.charCodeAt(unit + 1) & 0xfc00) === 0xdc00;
}

/** How many of the ascending values fulfil a condition that holds for a first part of them. */
function countBelow(values: Uint32Array, holds: (value: number, index: number) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(values[middle]!, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
