import fc from "fast-check";
import { expect, test } from "vitest";
import { Outbox, type Store } from "./outbox.ts";

/** Storage in memory; `full`: takes nothing more. */
function memory(full = false): Store & Map<string, string> {
  const map = new Map<string, string>();
  return Object.assign(map, {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (full) throw new Error("full");
      map.set(key, value);
    },
    removeItem: (key: string) => void map.delete(key),
    key: (index: number) => [...map.keys()][index] ?? null,
    length: 0,
  } as unknown as Store);
}

function counted(store: Store & Map<string, string>): Store {
  return new Proxy(store, {
    get: (target, name) => (name === "length" ? target.size : Reflect.get(target, name)),
  });
}

test("what is kept comes back exactly, to its own worker alone, until it is dropped", () => {
  const answers = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { maxLength: 5 }), answers, (numbers, answer) => {
      const tasks = numbers.map(String);
      const store = counted(memory());
      const [ada, bob] = [new Outbox(store, "ada"), new Outbox(store, "bob")];
      for (const assignment of tasks) expect(ada.keep({ assignment, token: "t", answer })).toBe(true);
      expect(ada.all().map((waiting) => waiting.assignment).sort()).toEqual([...tasks].sort());
      expect(bob.all()).toEqual([]);
      for (const assignment of tasks) {
        expect(JSON.stringify(ada.find(assignment)?.answer)).toBe(JSON.stringify(answer));
        ada.drop(assignment);
      }
      expect(ada.all()).toEqual([]);
    }),
  );
});

test("a browser that keeps nothing says so", () => {
  const waiting = { assignment: "a", token: "t", answer: {} };
  expect(new Outbox(null, "ada").keep(waiting)).toBe(false);
  expect(new Outbox(counted(memory(true)), "ada").keep(waiting)).toBe(false);
  expect(new Outbox(null, "ada").all()).toEqual([]);
});

test("what was damaged is left out", () => {
  const store = counted(memory());
  for (const [index, text] of ["{", "null", "[]", '{"assignment": "a"}', '""'].entries()) {
    store.setItem(`labelwright:ada:${index}`, text);
  }
  expect(new Outbox(store, "ada").all()).toEqual([]);
});
