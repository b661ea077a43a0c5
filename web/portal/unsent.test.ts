import { expect, test } from "vitest";
import type { Store } from "./outbox.ts";
import { leaveBehind, takeUp } from "./unsent.ts";

function memory(): Store {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
}

test("what was left behind is taken up once, for its task alone, and while it is fresh", () => {
  const store = memory();
  leaveBehind(store, "a", "half\na 1 thought", 1_000);
  expect(takeUp(store, "b", 1_001)).toBeNull();
  expect(takeUp(store, "a", 2_000)).toBe("half\na 1 thought");
  expect(takeUp(store, "a", 2_000)).toBeNull();
  leaveBehind(store, "a", "old", 1_000);
  expect(takeUp(store, "a", 100_000)).toBeNull();
});

test("where nothing can be kept, work goes on", () => {
  const full = { ...memory(), setItem: () => { throw new Error("full"); }, getItem: () => { throw new Error("forbidden"); } };
  for (const store of [null, full]) {
    leaveBehind(store, "a", "half", 1);
    expect(takeUp(store, "a", 1)).toBeNull();
  }
});
