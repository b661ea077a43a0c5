// Texts that are hard to count in, for property tests.
import * as fc from "fast-check";

import { TextIndex } from "./text-index.ts";
import type { Range, Span } from "./spans.ts";

const PIECES = [
  "gene", " ", "\n", "\r\n", "\r", ".", ", ", "(", "\u00a0", "\u{1f9ec}", "\u{1f469}\u200d\u{1f52c}",
  "\u{1f1ee}\u{1f1f8}", "\u{1f44d}\u{1f3fd}", "e\u0301", "a\u0323\u0302", "\u05e9\u05dc\u05d5\u05dd", "\u202b",
  "\u65e5\u672c\u8a9e", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\ud83e", "\uddec", "0.05", "50%", "can't", "\0",
];

/** Random Unicode, lone surrogates included, and sequences that people see as one character. */
export const texts = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: "binary", maxLength: 3 })), {
    maxLength: 30,
  })
  .map((pieces) => pieces.join(""));

/** A text and two of its code-point offsets in order. */
export const ranges = texts.chain((text) => {
  const index = new TextIndex(text);
  const offset = fc.nat(index.length);
  return fc.tuple(offset, offset).map(([a, b]): { index: TextIndex; range: Range } => ({
    index, range: { start: Math.min(a, b), end: Math.max(a, b) },
  }));
});

/** A text that is not empty, and spans in it. */
export const marked = texts.filter((text) => text !== "").chain((text) => {
  const index = new TextIndex(text);
  const ends = fc.uniqueArray(fc.nat(index.length), { minLength: 2, maxLength: 2 });
  return fc.array(fc.tuple(ends, fc.constantFrom("A", "B")), { maxLength: 12 }).map((found) => ({
    index,
    spans: found.map(([two, label], place): Span => ({
      id: place + 1, start: Math.min(...two), end: Math.max(...two), label,
    })),
  }));
});
