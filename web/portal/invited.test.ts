import fc from "fast-check";
import { expect, test } from "vitest";
import { readInvitation } from "./invited.ts";

test("whatever a worker's name is, the link brings it back", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (name) => {
      const link = `#name=${encodeURIComponent(name)}&code=abc`;
      expect(readInvitation(link)).toEqual({ name, code: "abc" });
    }),
  );
});

test("a fragment that is no invitation is none", () => {
  for (const fragment of ["", "#", "#content", "#name=Ada", "#code=abc", "#name=&code=abc"]) expect(readInvitation(fragment)).toBe(null);
});
