import fc from "fast-check";
import { expect, test } from "vitest";
import { dimensionsOf, ranked, readRanks, type Ranks } from "./ranks.ts";

test("without ties two responses change places, and the last free place is nobody's", () => {
  expect(ranked([1, 2, null], 1, 1, false)).toEqual([2, 1, null]);
  expect(ranked([1, 2, null], 2, 1, false)).toEqual([null, 2, 1]);
  expect(ranked([1, 2, null], 2, 1, true)).toEqual([1, 2, 1]);
});

test("however ranks are chosen, each is there once where ties are not allowed", () => {
  const choice = fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 4 }));
  fc.assert(
    fc.property(fc.array(choice), (choices) => {
      const none: Ranks = [null, null, null, null];
      const ranks = choices.reduce((before, [response, rank]) => ranked(before, response, rank, false), none);
      const given = ranks.filter((rank) => rank !== null);
      expect(new Set(given).size).toBe(given.length);
      const last = choices.at(-1);
      if (last) expect(ranks[last[0]]).toBe(last[1]);
    }),
  );
});

test("ranks of before are taken as far as they are ranks", () => {
  expect(readRanks([2, 1, 9], 3, false)).toEqual([2, 1, null]);
  expect(readRanks([1, 1], 3, false)).toEqual([null, 1, null]);
  expect(readRanks([1, 1, "2"], 3, true)).toEqual([1, 1, null]);
  expect(readRanks("1", 2, true)).toEqual([null, null]);
});

test("dimensions have names, and allow ties where they say so", () => {
  expect(dimensionsOf([{ name: "Clarity", allowTie: true }, { name: "Tone" }])).toEqual([
    { name: "Clarity", allowTie: true },
    { name: "Tone", allowTie: false },
  ]);
  expect(() => dimensionsOf([{}])).toThrow("without a name");
  expect(() => dimensionsOf(undefined)).toThrow("is not a JSON array");
});
