import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_DRAFT, readMessage } from "./messages.ts";

test("anything at all is read without failing, and only our own messages are taken", () => {
  fc.assert(
    fc.property(fc.anything(), (data) => {
      expect(readMessage(data)).toBe(null);
    }),
  );
});

test("each message is taken as it should be, and no other way", () => {
  const read = (rest: object) => readMessage({ labelwright: 1, ...rest });
  expect(read({ type: "submit", answer: { a: 1 } })).toEqual({ type: "submit", answer: { a: 1 } });
  for (const answer of [null, [], "x", undefined]) expect(read({ type: "submit", answer })).toBe(null);
  expect(read({ type: "draft", draft: "x".repeat(MAX_DRAFT) })?.type).toBe("draft");
  expect(read({ type: "draft", draft: "x".repeat(MAX_DRAFT + 1) })).toBe(null);
  expect(read({ type: "problem", message: "m", line: "2" })).toEqual({ type: "problem", message: "m", line: null });
  expect(read({ type: "welcome" })).toBe(null);
});
