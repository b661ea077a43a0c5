import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { begin, record, redo, undo, type History } from "./history.ts";
import { marked } from "./random-texts.ts";
import {
  accept, acceptAll, add, apply, at, bySpan, edit, inverse, neighbour, nextId, overlapping, rejectAll, remove,
  type Change, type Span, type Spans,
} from "./spans.ts";

const span = (id: number, start: number, end: number, label = "A", rest: Partial<Span> = {}): Span =>
  ({ id, start, end, label, ...rest });
const pending = (id: number, start: number, end: number, label = "A") =>
  span(id, start, end, label, { suggestion: id - 1, pending: true });
const ids = (spans: Spans) => spans.map(({ id }) => id);
const after = (spans: Spans, change: Change | null) => (change ? apply(spans, change) : null);

describe("changes", () => {
  test("a span is added in its place", () => {
    const spans = [span(1, 0, 2), span(2, 5, 9)];
    expect(after(spans, add(spans, nextId(spans), { start: 3, end: 4 }, "B"))).toEqual([spans[0], span(3, 3, 4, "B"), spans[1]]);
  });

  test("a range takes two labels, but none twice, and an empty one none", () => {
    const spans = [span(1, 0, 2)];
    expect(add(spans, 2, { start: 0, end: 2 }, "A")).toBeNull();
    expect(add(spans, 2, { start: 0, end: 2 }, "B")).not.toBeNull();
    expect(add(spans, 2, { start: 1, end: 1 }, "A")).toBeNull();
  });

  test("relabelled or resized, a span stays itself", () => {
    const spans = [span(1, 0, 2), span(2, 5, 9)];
    expect(after(spans, edit(spans, spans[0]!, { label: "B" }))).toEqual([span(1, 0, 2, "B"), spans[1]]);
    expect(after(spans, edit(spans, spans[0]!, { end: 6 }))).toEqual([span(1, 0, 6), spans[1]]);
    expect(edit(spans, spans[0]!, { end: 2 })).toBeNull();
    expect(edit(spans, spans[0]!, { end: 0 })).toBeNull();
  });

  test("a span that becomes the same as another is one with it", () => {
    const spans = [span(1, 0, 2), span(2, 0, 2, "B")];
    expect(after(spans, edit(spans, spans[1]!, { label: "A" }))).toEqual([spans[0]]);
  });

  test("accepting makes a suggestion a span; editing it accepts it as changed", () => {
    const spans = [pending(1, 0, 2), pending(2, 3, 5)];
    expect(after(spans, accept(spans, spans[0]!))).toEqual([span(1, 0, 2, "A", { suggestion: 0 }), spans[1]]);
    expect(after(spans, edit(spans, spans[1]!, { end: 6 }))).toEqual([spans[0], span(2, 3, 6, "A", { suggestion: 1 })]);
    expect(accept(spans, span(3, 0, 1))).toBeNull();
  });

  test("marking just what is suggested accepts it", () => {
    const spans = [pending(1, 0, 2)];
    expect(after(spans, add(spans, 2, { start: 0, end: 2 }, "A"))).toEqual([span(1, 0, 2, "A", { suggestion: 0 })]);
  });

  test("all suggestions are accepted or rejected in one step, and what is marked stays", () => {
    const spans = [pending(1, 0, 2), span(2, 0, 2), pending(3, 3, 5)];
    expect(ids(after(spans, acceptAll(spans))!)).toEqual([2, 3]);
    expect(ids(after(spans, rejectAll(spans))!)).toEqual([2]);
    expect(acceptAll([spans[1]!])).toBeNull();
    expect(rejectAll([spans[1]!])).toBeNull();
  });

  test("a change and its inverse leave any spans as they were, sorted", () => {
    fc.assert(fc.property(marked, fc.nat(), ({ spans }, choice) => {
      const sorted = [...spans].sort(bySpan);
      const picked = sorted[choice % Math.max(1, sorted.length)];
      for (const change of [
        add(sorted, 99, { start: 0, end: 1 }, "C"), picked ? remove(picked) : null,
        picked ? edit(sorted, picked, { label: "C" }) : null, picked ? edit(sorted, picked, { end: picked.end - 1 }) : null,
      ]) {
        if (!change) continue;
        const changed = apply(sorted, change);
        expect(changed).toEqual([...changed].sort(bySpan));
        expect(apply(changed, inverse(change))).toEqual(sorted);
      }
    }));
  });
});

describe("looking up", () => {
  const spans = [span(1, 0, 10), span(2, 2, 5), span(3, 5, 8)];

  test("the innermost span is the first at a caret", () => {
    expect(ids(at(spans, 3))).toEqual([2, 1]);
    expect(ids(at(spans, 5))).toEqual([3, 1]);
    expect(ids(at(spans, 10))).toEqual([1]);
    expect(ids(at(spans, 11))).toEqual([]);
  });

  test("spans overlap that share a character", () => {
    expect(ids(overlapping(spans, { start: 4, end: 5 }))).toEqual([1, 2]);
    expect(ids(overlapping(spans, { start: 10, end: 12 }))).toEqual([]);
    expect(ids(overlapping(spans, { start: 6, end: 6 }))).toEqual([3, 1]);
  });

  test("from span to span, round and round", () => {
    expect(neighbour(spans, spans[2]!, 1)).toBe(spans[0]);
    expect(neighbour(spans, spans[0]!, -1)).toBe(spans[2]);
    expect(neighbour(spans, 3, 1)).toBe(spans[2]);
    expect(neighbour(spans, 3, -1)).toBe(spans[1]);
    expect(neighbour(spans, 9, 1)).toBe(spans[0]);
    expect(neighbour(spans, 9, -1)).toBe(spans[2]);
    expect(neighbour(spans, 0, -1)).toBe(spans[2]);
    expect(neighbour([], 0, 1)).toBeUndefined();
  });
});

describe("history", () => {
  const steps = (history: History) => [...Array(1_000).keys()].reduce((now, n) => record(now, {
    removed: [], added: [span(n + 1, n, n + 1)],
  }), history);

  test("a thousand steps are undone and done again, one by one", () => {
    const first = begin([]);
    let now = steps(first);
    const done = now.spans;
    for (let n = 0; n < 1_000; n += 1) now = undo(now)!;
    expect(now.spans).toEqual([]);
    expect(undo(now)).toBeNull();
    for (let n = 0; n < 1_000; n += 1) now = redo(now)!;
    expect(now.spans).toEqual(done);
    expect(redo(now)).toBeNull();
  });

  test("a new change forgets what had been undone", () => {
    const back = undo(record(begin([]), { removed: [], added: [span(1, 0, 1)] }))!;
    expect(redo(record(back, { removed: [], added: [span(2, 0, 1)] }))).toBeNull();
  });
});
