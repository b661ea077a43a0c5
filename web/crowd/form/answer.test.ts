import fc from "fast-check";
import { expect, test } from "vitest";
import { answerOf, flattened } from "./answer.ts";

test("options of one name stand side by side, and one that is there twice is on if either is", () => {
  const entries = [
    { name: "faults", option: "dim", on: true },
    { name: "faults", option: "cut", on: false },
    { name: "faults", option: "dim", on: false },
  ];
  expect(answerOf(entries)).toEqual({ faults: { dim: true, cut: false } });
});

test("of several values of one name the last counts, whatever came before", () => {
  const entries = [
    { name: "_", value: { boundingBoxes: [] } },
    { name: "_", option: "on", on: true },
    { name: "_", value: "_" },
  ];
  expect(answerOf(entries)).toEqual({ _: "_" });
});

test("nested names are joined by dots, and arrays stay whole", () => {
  const answer = { category: { label: "x" }, topics: { labels: ["a"] }, text: "t", none: null };
  expect(flattened(answer)).toEqual({ "category.label": "x", "topics.labels": ["a"], text: "t", none: null });
});

test("any names and values come through JSON as they went in", () => {
  const value = fc.record({ name: fc.string(), value: fc.jsonValue() });
  fc.assert(
    fc.property(fc.array(value), (entries) => {
      const read: unknown = JSON.parse(JSON.stringify(answerOf(entries as Parameters<typeof answerOf>[0])));
      const last = new Map(entries.map((entry) => [entry.name, JSON.parse(JSON.stringify(entry.value)) as unknown]));
      expect(Object.entries(read as object)).toHaveLength(last.size);
      for (const [name, wanted] of last) expect(Object.getOwnPropertyDescriptor(read, name)?.value).toEqual(wanted);
    }),
  );
});
