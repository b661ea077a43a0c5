import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { texts } from "./random-texts.ts";
import { sha256 } from "./sha256.ts";
import { TextIndex } from "./text-index.ts";

interface Case {
  readonly text: string;
  readonly length: number;
  readonly units: number;
  readonly sha256: string;
  readonly spans: readonly { start: number; end: number; from: number; to: number; quote: string }[];
}

const CASES: readonly Case[] = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "ascii"));

describe("agreement with Python", () => {
  test("there are cases of all sorts", () => {
    expect(CASES.length).toBeGreaterThan(50);
    expect(CASES.some(({ text, length }) => text.length > length)).toBe(true);
  });

  test.each(CASES.map((one, number) => [number, one] as const))("case %i is counted, sliced and hashed alike", (_, one) => {
    const index = new TextIndex(one.text);
    expect(index.length).toBe(one.length);
    expect(one.text.length).toBe(one.units);
    expect(sha256(one.text)).toBe(one.sha256);
    for (const { start, end, from, to, quote } of one.spans) {
      expect([index.unit(start), index.unit(end)]).toEqual([from, to]);
      expect([index.point(from), index.point(to)]).toEqual([start, end]);
      expect(index.slice(start, end)).toBe(quote);
    }
  });
});

test("offsets go to the other unit and back, in any text", () => {
  fc.assert(fc.property(texts, (text) => {
    const index = new TextIndex(text);
    const characters = Array.from(text);
    expect(index.length).toBe(characters.length);
    let unit = 0;
    characters.forEach((character, point) => {
      expect(index.unit(point)).toBe(unit);
      expect(index.point(unit)).toBe(point);
      unit += character.length;
    });
    expect(index.unit(index.length)).toBe(text.length);
  }));
});

test("an offset inside a surrogate pair goes to one of its sides", () => {
  const index = new TextIndex("a\u{1f9ec}b");
  expect(index.point(2)).toBe(1);
  expect(index.point(2, "after")).toBe(2);
  expect(index.point(1, "after")).toBe(1);
  expect(index.point(3)).toBe(2);
});

test.each([-1, 4, 0.5, NaN])("there is no offset %d in three characters", (offset) => {
  const index = new TextIndex("a\u{1f9ec}b");
  expect(() => index.unit(offset)).toThrow(RangeError);
  expect(() => index.point(offset === 4 ? 5 : offset)).toThrow(RangeError);
});

test("the hash is SHA-256 of the UTF-8 bytes, for every length of a block", () => {
  for (let length = 0; length < 200; length += 1) {
    const text = "\u00e9x".repeat(length).slice(0, length);
    expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
  }
});
