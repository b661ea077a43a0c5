// The answers to the shared cases, as the page would submit them. The Python suite puts the recorded
// file through post-labeling (tests/web/test_answers.py).
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { makeAnswer, serialise } from "./answer.ts";
import { accept, apply, bySpan, remove, type Spans } from "./spans.ts";
import { suggested, type Suggestion } from "./suggestions.ts";
import { TextIndex } from "./text-index.ts";

const LABELS = ["AIM", "METHOD", "FINDING"];

test("the recorded answers are what the page submits for the cases", async () => {
  const cases: { text: string; spans: { start: number; end: number }[] }[] =
    JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "ascii"));
  const answers = cases.map(({ text, spans: given }, number) => {
    const index = new TextIndex(text);
    const marked = given.map(({ start, end }, n): Suggestion => ({ start, end, label: LABELS[n % 3]! }));
    // The first three were suggested; of these the second is rejected.
    const suggestions = marked.slice(0, 3);
    let spans: Spans = suggested(suggestions).sort(bySpan);
    suggestions.forEach((_, place) => {
      const span = spans.find(({ suggestion }) => suggestion === place)!;
      spans = apply(spans, place === 1 ? remove(span) : accept(spans, span)!);
    });
    const own = marked.slice(3).map((span, n) => ({ id: 10 + n, ...span }));
    spans = apply(spans, { removed: [], added: own });
    const answer = makeAnswer(index, `s3://input/texts/${number}.txt`, {
      spans, suggestions, nothingToMark: !spans.length, fields: { notes: 'a "note"\n', claimResult: "yes" },
      seconds: 9.5, firstActionSeconds: 0.5,
    });
    return serialise(answer, index);
  });
  await expect(`${JSON.stringify(answers, null, 1)}\n`).toMatchFileSnapshot("answers.json");
});
