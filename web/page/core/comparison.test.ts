import { readFileSync } from "node:fs";

import fc from "fast-check";
import { expect, test } from "vitest";

import {
  decodeComparison, drawSides, encodeComparison, makeComparisonAnswer, optionsOf, readComparison, type Values,
} from "./comparison.ts";

const FIELDS = [
  { name: "preference", path: "annotations.preference", kind: "choice", required: true },
  { name: "flaws", path: "annotations.flaws", kind: "choices" },
  { name: "notes", path: "annotations.notes", kind: "text" },
];
const TASK = readComparison(JSON.stringify({
  taskObject: "Which?", fields: FIELDS, labels: { preference: ["a", "b", "tie"], flaws: ["a", "b"] },
  responses: [{ id: "a", text: "A" }, { id: "b", text: "B" }],
}));
const TIMING = { seconds: 1, firstActionSeconds: null };

/** Chance that gives the same numbers each time (mulberry32). */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("who always chooses the first gives each response half of ten thousand votes", () => {
  const random = seeded(7);
  let votes = 0;
  for (let draw = 0; draw < 10_000; draw += 1) {
    const shown = drawSides(TASK, random);
    const [[first]] = optionsOf(["tie", "b", "a"], shown) as [[string, string]];
    const answer = JSON.parse(makeComparisonAnswer(TASK, shown, { preference: first }, TIMING));
    expect(answer.preference).toBe(answer.shown[0]);
    votes += Number(answer.preference === "a");
  }
  expect(votes).toBeGreaterThan(4_800);
  expect(votes).toBeLessThan(5_200);
});

test("options are called by the side of the response, and other labels as they are", () => {
  expect(optionsOf(["a", "b", "tie"], ["b", "a"])).toEqual([["b", "Response 1"], ["a", "Response 2"], ["tie", "tie"]]);
  expect(optionsOf(["neither", "b"], ["b", "a"])).toEqual([["b", "Response 1"], ["neither", "neither"]]);
  expect(optionsOf(["good", "bad"], ["b", "a"])).toEqual([["good", "good"], ["bad", "bad"]]);
});

test("an answer has every question, answered or not, the sides and the time", () => {
  expect(JSON.parse(makeComparisonAnswer(TASK, ["b", "a"], {}, TIMING))).toEqual({
    preference: null, flaws: [], notes: "", shown: ["b", "a"], timing: TIMING,
  });
});

test("a draft comes back as it was", () => {
  const values = fc.record<Record<string, string | string[]>>({
    preference: fc.constantFrom("a", "b", "tie"), flaws: fc.subarray(["a", "b"]), notes: fc.string({ unit: "grapheme" }),
  }, { requiredKeys: ["flaws"] });
  fc.assert(fc.property(values, fc.boolean(), (given: Values, turned) => {
    const draft = { shown: turned ? ["b", "a"] : ["a", "b"], values: given, seconds: 3.5, firstActionSeconds: 1 };
    expect(decodeComparison(encodeComparison(draft), TASK)).toEqual(draft);
  }));
});

test("a draft of other responses, or none at all, is none", () => {
  for (const draft of [
    null, "", "{", "[]", "null", '{"version":2,"shown":["a","b"]}', '{"version":1,"shown":["a"]}', '{"version":1,"shown":["a","a"]}',
    '{"version":1,"shown":["a","c"],"values":{}}', '{"version":1,"shown":{"0":"a","1":"b"}}',
  ]) expect(decodeComparison(draft, TASK)).toBeNull();
});

test("what does not fit its question is left out of a draft", () => {
  const draft = { shown: ["a", "b"], values: { preference: "c", flaws: ["b", "x", 5], notes: 5, more: "x" }, seconds: "x" };
  expect(decodeComparison(JSON.stringify({ version: 1, ...draft }), TASK)).toEqual({
    shown: ["a", "b"], values: { flaws: ["b"] }, seconds: 0, firstActionSeconds: null,
  });
});

test("any task input is read, and either usable or its fault told", () => {
  fc.assert(fc.property(fc.record({ taskObject: fc.anything(), responses: fc.anything(), fields: fc.anything(), labels: fc.anything() }), (input) => {
    const task = readComparison(JSON.stringify(input));
    expect(task.fault === "" ? task.responses.length : 2).toBe(2);
  }));
});

test("the page names just the fields that it can't ask for", () => {
  const cases: { fields: { name: string; labels?: string[] }[]; unasked: string[] }[] =
    JSON.parse(readFileSync(new URL("uncompared.json", import.meta.url), "ascii"));
  for (const { fields, unasked } of cases) {
    const labels = Object.fromEntries(fields.map((field) => [field.name, field.labels ?? []]));
    expect(readComparison(JSON.stringify({ taskObject: "x", fields, labels })).unasked).toBe(unasked.join("; "));
  }
});
