import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { ranges } from "./random-texts.ts";
import { snap, splitByPattern, step, type Splitter } from "./snap.ts";
import { TextIndex } from "./text-index.ts";

/** What is snapped to when the part in brackets is selected. */
function snapped(marked: string, split?: Splitter): string | null {
  const start = Array.from(marked).indexOf("\u00ab");
  const end = Array.from(marked).indexOf("\u00bb") - 1;
  const index = new TextIndex(marked.replace(/[\u00ab\u00bb]/g, ""));
  const range = snap(index, { start, end }, split);
  return range && index.slice(range.start, range.end);
}

const BOTH: [string, Splitter | undefined][] = [["Intl.Segmenter", undefined], ["the pattern", splitByPattern()]];

describe.each(BOTH)("whole words by %s", (_, split) => {
  test.each([
    ["the gr\u00abey ot\u00bbter swims", "grey otter"],
    ["the\u00ab grey, \u00bbotter", "grey"],
    ["(\u00abp < 0.05).\u00bb", "p < 0.05"],
    ["grew b\u00aby 5% \u00bbor more", "by 5%"],
    ["it ca\u00abn't b\u00bbe", "can't be"],
    ["cells \u{1f9ec}\u00ab\u{1f469}\u200d\u{1f52c} \u00bbgrew", "\u{1f469}\u200d\u{1f52c}"],
    ["cafe\u00ab\u0301 au\u00bb lait", "cafe\u0301 au"],
    ["\u05e9\u00ab\u05dc\u05d5\u05dd \u05e2\u00bb\u05d5\u05dc\u05dd", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd"],
    ["one\u00ab\r\n\r\ntwo\r\n\u00bb", "two"],
    ["wait\u00ab ... \u00bbnow", "..."],
    ["wait\u00ab \t\u00bbnow", null],
    ["wait\u00ab\u00bb now", null],
  ])("%j gives %j", (marked, expected) => {
    expect(snapped(marked, split)).toBe(expected);
  });

  test("snapping again changes nothing, and no blank is at an end, in any text", () => {
    fc.assert(fc.property(ranges, ({ index, range }) => {
      const once = snap(index, range, split);
      if (!once) return;
      expect(once.start).toBeLessThan(once.end);
      expect(snap(index, once, split)).toEqual(once);
      expect(index.slice(once.start, once.end)).not.toMatch(/^\s|\s$/u);
    }));
  });
});

test("a word of a script without blanks is found by dictionary, or else is a character", () => {
  expect(snapped("\u65e5\u672c\u00ab\u8a9e\u00bb\u3067\u3059")).toBe("\u65e5\u672c\u8a9e");
  expect(snapped("\u65e5\u672c\u00ab\u8a9e\u00bb\u3067\u3059", splitByPattern())).toBe("\u8a9e");
});

describe("steps", () => {
  const index = new TextIndex("The (grey) otter, \u{1f469}\u200d\u{1f52c} e\u0301t\u0301.");

  test("an end goes from word end to word end, and stops at the text's", () => {
    const stops: number[] = [];
    for (let at = 0; at < index.length; stops.push(at)) at = step(index, at, 1, "word", "end");
    expect(stops.map((at, n) => index.slice(stops[n - 1] ?? 0, at))).toEqual(
      ["The", " (grey", ") otter", ", \u{1f469}\u200d\u{1f52c}", " e\u0301t\u0301", "."]);
    expect(step(index, stops[2]!, -1, "word", "end")).toBe(stops[1]);
  });

  test("a start goes from word start to word start", () => {
    const start = index.length - 5;
    expect(index.slice(step(index, start, -1, "word", "start"), start)).toBe("\u{1f469}\u200d\u{1f52c} ");
    expect(step(index, 0, 1, "word", "start")).toBe(5);
    expect(step(index, 5, -1, "word", "start")).toBe(0);
  });

  test("a character is what people see as one", () => {
    const emoji = 18;
    expect(step(index, emoji, 1, "character", "end")).toBe(emoji + 3);
    expect(step(index, emoji + 3, -1, "character", "end")).toBe(emoji);
    expect(step(index, index.length - 5, 1, "character", "start")).toBe(index.length - 3);
  });

  test("a step goes somewhere in any text, until its ends", () => {
    const ends = fc.constantFrom("start" as const, "end" as const);
    fc.assert(fc.property(ranges, ends, fc.constantFrom("word" as const, "character" as const), ({ index, range }, end, by) => {
      const on = step(index, range.start, 1, by, end);
      const back = step(index, range.start, -1, by, end);
      expect(range.start === index.length ? on === index.length : on > range.start && on <= index.length).toBe(true);
      expect(range.start === 0 ? back === 0 : back < range.start && back >= 0).toBe(true);
    }));
  });

  test("a word longer than the window is found", () => {
    const long = new TextIndex(`${"x".repeat(5_000)} y`);
    expect(step(long, 0, 1, "word", "end")).toBe(5_000);
  });
});
