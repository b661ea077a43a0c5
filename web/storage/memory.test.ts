import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryCookies, memoryStorage, MOST_CHARACTERS } from "./memory.ts";

it("keeps texts under names, by methods and as properties", () => {
  const storage = memoryStorage();
  storage.setItem("a", "1");
  storage["b"] = "2";
  (storage as unknown as Record<string, unknown>)["c"] = 3;
  expect([storage.getItem("a"), storage["b"], storage.getItem("c")]).toEqual(["1", "2", "3"]);
  expect([storage.length, Object.keys(storage), storage.key(1), storage.key(9)]).toEqual([3, ["a", "b", "c"], "b", null]);
  expect(["a" in storage, "z" in storage, storage.getItem("z"), storage["z"]]).toEqual([true, false, null, undefined]);
  delete storage["b"];
  storage.removeItem("a");
  expect(JSON.stringify(storage)).toBe('{"c":"3"}');
  storage.clear();
  expect(storage.length).toBe(0);
});

it("keeps a name that is a method's apart from the method", () => {
  const storage = memoryStorage();
  storage.setItem("getItem", "x");
  expect(storage.getItem("getItem")).toBe("x");
});

it("is full at five million characters, and loses nothing by that", () => {
  const storage = memoryStorage();
  storage.setItem("a", "x".repeat(MOST_CHARACTERS - 1));
  expect(() => storage.setItem("b", "y")).toThrow(/full/);
  expect(storage.length).toBe(1);
  storage.setItem("a", "");
  storage.setItem("b", "y");
  expect(storage.getItem("b")).toBe("y");
});

it("holds what was set last, whatever the names", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (pairs) => {
      const storage = memoryStorage();
      for (const [name, value] of pairs) storage.setItem(name, value);
      const last = new Map(pairs);
      expect(storage.length).toBe(last.size);
      for (const [name, value] of last) expect(storage.getItem(name)).toBe(value);
    }),
  );
});

it("has cookies until they expire", () => {
  const { read, write } = memoryCookies(() => Date.parse("2026-01-01"));
  write("a=1; path=/; SameSite=Lax");
  write("b=2=3; max-age=60");
  write("c=4; expires=Thu, 01 Jan 2037 00:00:00 GMT");
  expect(read()).toBe("a=1; b=2=3; c=4");
  write("b=; max-age=0");
  write("c=; expires=Thu, 01 Jan 1970 00:00:00 GMT");
  write("a=5");
  expect(read()).toBe("a=5");
  write("");
  write(`d=${"x".repeat(5000)}`);
  expect(read()).toBe("a=5");
});
