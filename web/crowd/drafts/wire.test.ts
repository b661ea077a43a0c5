import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, encode, LONG, MOST_UNITS } from "./wire.ts";

test("what was written is read again, whatever characters are in it", async () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  const filled = fc.dictionary(text, fc.oneof(text, fc.double({ noNaN: true }), fc.array(fc.boolean())), { maxKeys: 5 });
  await fc.assert(
    fc.asyncProperty(filled, async (draft) => {
      const plain = JSON.parse(JSON.stringify(draft));
      expect(await decode(await encode(plain))).toEqual(plain);
    }),
  );
});

test("so is what is long, and therefore packed", async () => {
  const draft = { note: "\ud800 \u{1f989}\0".repeat(LONG), kept: [1, null] };
  expect(await decode(await encode(draft))).toEqual(draft);
});

test("a mask takes little room, and a short draft is there at once", async () => {
  expect(encode({ a: 1 })).toBe('lw-form/1 {"a":1}');
  const mask = Array.from({ length: 400_000 }, (_, at) => (at % 2_000 < 900 ? 1 : 0));
  expect((await encode({ mask })).length).toBeLessThan(MOST_UNITS / 50);
});

test("a draft of somebody else, a damaged one and one that unpacks without end are none", async () => {
  for (const text of ["half a thought", "lw-form/1 ", "lw-form/1 [1]", "lw-form/2 {}", "lw-form/1+gzip AAAA", ""]) {
    expect(await decode(text)).toBeNull();
  }
  const large = await encode({ mask: "x".repeat(1_000_000) });
  expect(await decode(large, 1_000_000)).toBeNull();
  expect(await decode(large, 1_000_100)).not.toBeNull();
});
