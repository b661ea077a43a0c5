import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { faults, makeAnswer, serialise, type Work } from "./answer.ts";
import { marked } from "./random-texts.ts";
import { accept, apply, bySpan, edit, remove } from "./spans.ts";
import { decisions, readSuggestions, suggested } from "./suggestions.ts";
import { TextIndex } from "./text-index.ts";

const work = (rest: Partial<Work>): Work => ({
  spans: [], suggestions: [], nothingToMark: false, fields: {}, seconds: 4.2, firstActionSeconds: 0.3, ...rest,
});

describe("the answer", () => {
  test("it has the documented form", () => {
    const index = new TextIndex("\u{1f9ec} We asked.");
    const answer = makeAnswer(index, "s3://b/t", work({
      spans: [{ id: 4, start: 2, end: 11, label: "AIM" }, { id: 1, start: 0, end: 1, label: "B", pending: true, suggestion: 0 }],
      suggestions: [{ start: 0, end: 1, label: "B" }],
      fields: { notes: "n", claimResult: "yes" },
    }));
    expect(JSON.parse(serialise(answer, index))).toEqual({
      value: [{ start: 2, end: 11, label: "AIM", quote: "We asked." }],
      notes: "n",
      claimResult: "yes",
      nothingToMark: false,
      text: { uri: "s3://b/t", length: 11, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      timing: { seconds: 4.2, firstActionSeconds: 0.3 },
      suggestions: [{ start: 0, end: 1, label: "B", decision: "pending" }],
    });
  });

  test("its fields stand where the task definition says", () => {
    const index = new TextIndex("text");
    const answer = makeAnswer(index, null, work({ spans: [{ id: 1, start: 0, end: 4, label: "A" }], fields: { usable: "no" } }), "parts");
    expect(answer).toMatchObject({ parts: [{ quote: "text" }], usable: "no" });
    expect(answer).not.toHaveProperty("value");
  });

  test("every quote is what stands there, in any text", () => {
    fc.assert(fc.property(marked, ({ index, spans }) => {
      const answer = JSON.parse(serialise(makeAnswer(index, null, work({ spans: [...spans].sort(bySpan) })), index));
      const characters = Array.from(index.text);
      for (const { start, end, quote } of answer.value) expect(quote).toBe(characters.slice(start, end).join(""));
      expect(answer.value).toHaveLength(spans.length);
    }));
  });

  test.each([
    [{ start: 0, end: 9, label: "A", quote: "We" }, "no stretch"],
    [{ start: 1, end: 1, label: "A", quote: "" }, "no stretch"],
    [{ start: 0.5, end: 1, label: "A", quote: "W" }, "no stretch"],
    [{ start: 0, end: 2, label: "", quote: "We" }, "no label"],
    [{ start: 0, end: 2, label: "A", quote: "we" }, "its quote"],
    [{ start: 0, end: 2, label: "A" }, "its quote"],
    [null, "no stretch"],
  ])("%j is no span of the text", (span, fault) => {
    const index = new TextIndex("We");
    expect(faults([span], index)).toEqual([expect.stringContaining(fault)]);
    expect(() => serialise({ ...makeAnswer(index, null, work({})), value: [span] as never }, index)).toThrow(fault);
  });
});

describe("suggestions", () => {
  const index = new TextIndex("\u{1f9ec} We asked.");
  const given = [{ start: 0, end: 1, label: "A" }, { start: 2, end: 4, label: "A" }, { start: 5, end: 10, label: "B" }];

  test("what is no span of the text, or there twice, is left out", () => {
    const odd = [null, 5, {}, { start: 0, end: 12, label: "A" }, { start: 0, end: 1, label: 3 }, { ...given[0], score: 1 }];
    expect(readSuggestions([...odd, ...given], index)).toEqual(given);
    expect(readSuggestions(undefined, index)).toEqual([]);
  });

  test("what became of each follows from the spans", () => {
    let spans = suggested(given).sort(bySpan) as readonly ReturnType<typeof suggested>[number][];
    const by = (place: number) => spans.find(({ suggestion }) => suggestion === place)!;
    const what = () => decisions(given, spans).map(({ decision }) => decision);
    expect(what()).toEqual(["pending", "pending", "pending"]);
    spans = apply(spans, accept(spans, by(0))!);
    spans = apply(spans, edit(spans, by(1), { label: "B" })!);
    spans = apply(spans, remove(by(2)));
    expect(what()).toEqual(["accepted", "changed", "rejected"]);
    expect(decisions(given, spans)[1]!.now).toEqual({ start: 2, end: 4, label: "B" });
    spans = apply(spans, edit(spans, by(1), { label: "A" })!);
    expect(what()).toEqual(["accepted", "accepted", "rejected"]);
  });

  test("one that the worker had marked just so before is accepted", () => {
    const own = { id: 9, start: 0, end: 1, label: "A" };
    const spans = [own, ...suggested(given.slice(0, 1))];
    expect(decisions(given.slice(0, 1), apply(spans, accept(spans, spans[1]!)!))).toMatchObject([{ decision: "accepted" }]);
  });
});
