import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_DRAFT, readMessage, welcome } from "./messages.ts";

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

test("an answer that can't be sent is told as the page's problem", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  for (const answer of [circle, { many: 1n }]) {
    const read = readMessage({ labelwright: 1, type: "submit", answer });
    expect(read).toMatchObject({ type: "problem", message: expect.stringContaining("JSON") });
  }
});

test("a page's own draft and the form's are not taken for each other", () => {
  expect(welcome("hello", "half")).toMatchObject({ type: "welcome", draft: "half" });
  expect(welcome("form-hello", "half")).toEqual({ type: "form-welcome", draft: null });
  expect(welcome("form-hello", "lw-form/1 {}")).toEqual({ type: "form-welcome", draft: "lw-form/1 {}" });
  expect(welcome("hello", "lw-form/1 {}")).toMatchObject({ type: "welcome", draft: null });
  expect(welcome("hello", null)).toMatchObject({ draft: null });
});
