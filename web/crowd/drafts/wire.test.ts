import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, encode, LONG, MOST_UNITS } from "./wire.ts";

test("what was written is read again, short or long, whatever characters are in it", async () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(text, fc.jsonValue()), fc.boolean(), async (filled, long) => {
      const draft = { ...JSON.parse(JSON.stringify(filled)), ...(long ? { mask: "0101".repeat(LONG) } : {}) };
      expect(await decode(await encode(draft))).toEqual(draft);
    }),
    { numRuns: 50 },
  );
});

test("a mask takes little room, and a short draft is there at once", async () => {
  expect(encode({ a: 1 })).toBe('lw-form/1 {"a":1}');
  const mask = Array.from({ length: 2_000_000 }, (_, at) => (at % 2_000 < 900 ? 1 : 0));
  expect((await encode({ mask })).length).toBeLessThan(MOST_UNITS / 50);
});

test("a draft of somebody else, a damaged one and one that unpacks without end are none", async () => {
  const endless = await encode({ mask: "x".repeat(80 * 1024 * 1024) });
  expect(endless.length).toBeLessThan(200_000);
  for (const text of ["half a thought", "lw-form/1 ", "lw-form/1 [1]", "lw-form/2 {}", "lw-form/1+gzip AAAA", "", endless]) {
    expect(await decode(text)).toBeNull();
  }
});
