import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { blockAt, blocksOf, MOST_UNITS } from "./blocks.ts";
import { marked, texts } from "./random-texts.ts";
import { layOut } from "./segments.ts";
import { bySpan, type Span } from "./spans.ts";
import { TextIndex } from "./text-index.ts";

const longer = fc.tuple(texts, fc.integer({ min: 1, max: 400 })).map(([text, times]) => text.repeat(times).slice(0, 40_000));

describe("blocks", () => {
  test("all together are exactly the text, none is too long, and none cuts a character", () => {
    fc.assert(fc.property(longer, (text) => {
      const index = new TextIndex(text);
      const blocks = blocksOf(index);
      expect(blocks.map(({ from, to }) => text.slice(from, to)).join("")).toBe(text);
      blocks.forEach((block, n) => {
        expect(block.to - block.from).toBeLessThanOrEqual(MOST_UNITS);
        expect([index.unit(block.start), index.unit(block.end)]).toEqual([block.from, block.to]);
        const last = text[block.to - 1];
        expect(block.continued).toBe(n < blocks.length - 1 && last !== "\n" && last !== "\r");
        expect(last === "\r" && text[block.to] === "\n").toBe(false);
      });
    }));
  });

  test("paragraphs are blocks of their own, short lines share one", () => {
    const paragraph = `${"word ".repeat(100)}\r\n`;
    expect(blocksOf(new TextIndex(paragraph.repeat(3)))).toHaveLength(3);
    expect(blocksOf(new TextIndex("a\n\nb\n"))).toHaveLength(1);
    expect(blocksOf(new TextIndex("\n".repeat(100_000))).length).toBeLessThan(1_000);
    expect(blocksOf(new TextIndex(""))).toEqual([{ from: 0, to: 0, start: 0, end: 0, continued: false }]);
  });

  test("a long line is cut after a blank where there is one", () => {
    const blocks = blocksOf(new TextIndex("word ".repeat(1_000)));
    expect(blocks.map(({ to }) => to % 5)).toEqual(blocks.map(() => 0));
  });

  test("a block is found by any of its offsets", () => {
    const blocks = blocksOf(new TextIndex("\u{1f9ec}".repeat(5_000)));
    blocks.forEach(({ start, end }, n) => {
      expect(blockAt(blocks, start)).toBe(n);
      expect(blockAt(blocks, end - 1)).toBe(n);
    });
  });
});

describe("segments", () => {
  const lay = (index: TextIndex, spans: readonly Span[]) => layOut(index, blocksOf(index), spans);

  test("they are exactly the text, each with just the spans over it", () => {
    fc.assert(fc.property(marked, ({ index, spans }) => {
      const segments = lay(index, [...spans].sort(bySpan)).flatMap((layout) => layout.segments);
      expect(segments.map(({ from, to }) => index.text.slice(from, to)).join("")).toBe(index.text);
      for (const { start, end, from, to, spans: over } of segments) {
        expect(start).toBeLessThan(end);
        expect([index.unit(start), index.unit(end)]).toEqual([from, to]);
        const expected = spans.filter((span) => span.start < end && span.end > start);
        expect(new Set(over)).toEqual(new Set(expected));
        expect(expected.every((span) => span.start <= start && end <= span.end)).toBe(true);
      }
    }));
  });

  test("a block in which nothing changed is the same object", () => {
    const index = new TextIndex(`${"word ".repeat(100)}\n`.repeat(3));
    const blocks = blocksOf(index);
    const first: Span = { id: 1, start: 0, end: 4, label: "A" };
    const before = layOut(index, blocks, [first]);
    const now = layOut(index, blocks, [first, { id: 2, start: 600, end: 604, label: "A" }], before);
    expect(now[0]).toBe(before[0]);
    expect(now[1]).not.toBe(before[1]);
    expect(now[2]).toBe(before[2]);
  });
});
