import fc from "fast-check";
import { expect, test } from "vitest";
import { choose } from "./choice.ts";

const names = ["a", "b", "none"];

test("of one choice the last counts", () => {
  expect(choose({ names, several: false, exclusion: null }, ["a"], "b")).toEqual(["b"]);
});

test("the excluding category never stands beside others, which keep the order of the list", () => {
  const all = { names, several: true, exclusion: "none" };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...names)), (clicks) => {
      const chosen = clicks.reduce<readonly string[]>((before, name) => choose(all, before, name), []);
      if (chosen.includes("none")) expect(chosen).toEqual(["none"]);
      expect(chosen).toEqual(names.filter((name) => chosen.includes(name)));
    }),
  );
});
