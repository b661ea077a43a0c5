import fc from "fast-check";
import { expect, test } from "vitest";
import { boundary, conflict, initialSpans, lineAt, pieces, trimmed, withSpan, type Span } from "./spans.ts";

const bird = "\u{1f426}";

test("blanks at the ends of a selection are left out, in whichever direction it was made", () => {
  expect(trimmed("a  bc \n", 6, 1)).toEqual({ start: 3, end: 5 });
  expect(trimmed("   ", 0, 3)).toEqual({ start: 3, end: 3 });
});

test("all of a marked passage can be marked again, but not a portion of it", () => {
  const spans = [{ start: 4, end: 8, label: "x" }];
  expect(conflict(spans, { start: 4, end: 8 })).toBeNull();
  expect(conflict(spans, { start: 2, end: 9 })).toBeNull();
  expect(conflict(spans, { start: 8, end: 9 })).toBeNull();
  expect(conflict(spans, { start: 5, end: 6 })).toEqual(spans[0]);
  expect(conflict(spans, { start: 2, end: 5 })).toEqual(spans[0]);
});

test("the same passage has one label, the last", () => {
  const spans = withSpan([{ start: 0, end: 3, label: "x" }], { start: 0, end: 3, label: "y" });
  expect(spans).toEqual([{ start: 0, end: 3, label: "y" }]);
});

test("initial values outside the text, of other labels or across others are left out, each with its reason", () => {
  const at = (startOffset: unknown, endOffset: unknown, label: unknown) => ({ startOffset, endOffset, label });
  const good = at(0, 3, "x");
  const bad = [
    [at(2, 5, "x"), "it crosses another passage"],
    [at(4, 99, "x"), "outside of the text"],
    [at(-1, 2, "x"), "outside of the text"],
    [at(4, 4, "x"), "empty"],
    [at(4, 5, "other"), "its label is not among those to choose from"],
    [at("4", 5, "x"), "no whole numbers as offsets, or no label"],
    [7, "no whole numbers as offsets, or no label"],
  ] as const;
  const found = initialSpans([good, ...bad.map(([item]) => item)], "abcdefg", ["x"]);
  expect(found.spans).toEqual([{ start: 0, end: 3, label: "x" }]);
  expect(found.leftOut).toEqual(bad.map(([item, reason]) => ({ reason, item })));
});

test("of two labels for one passage the later counts, and the earlier is not forgotten", () => {
  const [x, y] = ["x", "y"].map((label) => ({ startOffset: 0, endOffset: 3, label }));
  const found = initialSpans([x, y, y], "abc", ["x", "y"]);
  expect(found.spans).toEqual([{ start: 0, end: 3, label: "y" }]);
  expect(found.leftOut.map(({ item }) => item)).toEqual([x]);
});

test("nothing that is given is forgotten, whatever it is", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (given) => {
      const { spans, leftOut } = initialSpans(given, "abcdefg", ["x"]);
      expect(spans.length + leftOut.length).toBe(given.length);
    }),
  );
  expect(initialSpans(undefined, "a", ["x"])).toEqual({ spans: [], leftOut: [] });
  expect(initialSpans({ entities: [] }, "a", ["x"]).leftOut).toHaveLength(1);
});

test("pieces put together are the text, and each is whole under its spans", () => {
  const edges = fc.tuple(fc.nat(20), fc.nat(20)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }));
  fc.assert(
    fc.property(fc.string({ minLength: 21, maxLength: 21 }), fc.array(edges), edges, fc.nat(21), (text, found, selection, caret) => {
      const spans: Span[] = found.map((range) => ({ ...range, label: "x" }));
      const made = pieces(text, spans, selection, caret);
      expect(made.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text);
      for (const piece of made) {
        const over = spans.filter((span) => span.start < piece.end && piece.start < span.end);
        expect(piece.spans.length).toBe(over.length);
        expect(over.every((span) => span.start <= piece.start && piece.end <= span.end)).toBe(true);
      }
    }),
  );
});

test("the caret goes by whole characters, and by words from edge to edge", () => {
  const text = `a${bird}b cd`;
  expect(boundary(text, 1, "grapheme", true)).toBe(3);
  expect(boundary(text, 3, "grapheme", false)).toBe(1);
  expect(boundary("one two", 0, "word", true)).toBe(3);
  expect(boundary("one two", 7, "word", false)).toBe(4);
  expect(boundary("one", 3, "word", true)).toBe(3);
});

test("a line goes from break to break", () => {
  expect(lineAt("ab\ncd\n", 4)).toEqual({ start: 3, end: 5 });
  expect(lineAt("ab\ncd\n", 0)).toEqual({ start: 0, end: 2 });
  expect(lineAt("ab\ncd\n", 6)).toEqual({ start: 6, end: 6 });
});
