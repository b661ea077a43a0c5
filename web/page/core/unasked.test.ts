// Which fields the page can't ask for. `labelwright preview --check` says the same of these cases
// (tests/web/test_unasked.py).
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { readTask } from "./task.ts";

interface Case {
  fields: { name: string; labels?: string[] }[];
  unasked: string[];
}

test("the page names just the fields that it can't ask for", () => {
  const cases: Case[] = JSON.parse(readFileSync(new URL("unasked.json", import.meta.url), "ascii"));
  for (const { fields, unasked } of cases) {
    const labels = Object.fromEntries(fields.map((field) => [field.name, field.labels ?? []]));
    expect(readTask(JSON.stringify({ text: "x", fields, labels })).unasked).toBe(unasked.join("; "));
  }
});
