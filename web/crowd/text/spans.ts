// Labelled spans of a text; offsets count UTF-16 units, as the browser does, and `end` is exclusive.
import { isRecord, type Json } from "../element/json.ts";
import { UNDECLARED, type LeftOut } from "../widget/left-out.tsx";

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** A stretch of text that is shown alike: the spans over it by index, the smallest last. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly spans: readonly number[];
  readonly selected: boolean;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Order two offsets, and leave out blanks at both ends. */
export function trimmed(text: string, a: number, b: number): Range {
  let [start, end] = [Math.min(a, b), Math.max(a, b)];
  while (start < end && /\s/.test(text.charAt(start))) start += 1;
  while (end > start && /\s/.test(text.charAt(end - 1))) end -= 1;
  return { start, end };
}

/**
 * Find a span that a new one may not join: all of a marked passage can be marked again, alone or with
 * what is around it, but not a portion of it.
 */
export function conflict(spans: readonly Span[], { start, end }: Range): Span | null {
  const clash = spans.find(
    (span) => span.start < end && start < span.end && !(start <= span.start && span.end <= end),
  );
  return clash ?? null;
}

/** Add a span; over exactly the same passage it takes the place of the one before. */
export function withSpan(spans: readonly Span[], span: Span): readonly Span[] {
  const others = spans.filter(({ start, end }) => start !== span.start || end !== span.end);
  return [...others, span].sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Read `initial-value`: spans inside the text, of known labels, that may stand together; and the others. */
export function initialSpans(
  value: unknown,
  text: string,
  labels: readonly string[],
): { readonly spans: readonly Span[]; readonly leftOut: readonly LeftOut[] } {
  if (value === undefined || value === null) return { spans: [], leftOut: [] };
  if (!Array.isArray(value)) return { spans: [], leftOut: [{ reason: "not a list of passages", item: value as Json }] };
  let spans: readonly Span[] = [];
  const leftOut: LeftOut[] = [];
  for (const item of value as readonly Json[]) {
    const span = spanOf(item);
    const reason = span === null ? "no whole numbers as offsets, or no label" : misfit(spans, span, text, labels);
    if (span === null || reason !== null) {
      leftOut.push({ reason: reason ?? "", item });
      continue;
    }
    const before = spans.find(({ start, end, label }) => start === span.start && end === span.end && label !== span.label);
    if (before) leftOut.push({ reason: "another label of the same passage came later", item: wire(before) });
    spans = withSpan(spans, span);
  }
  return { spans, leftOut };
}

/** A span as the element's answer has it. */
export function wire({ start, end, label }: Span): { readonly [key: string]: Json } {
  return { endOffset: end, label, startOffset: start };
}

function spanOf(item: unknown): Span | null {
  if (!isRecord(item)) return null;
  const { startOffset: start, endOffset: end, label } = item;
  if (!Number.isInteger(start) || !Number.isInteger(end) || typeof label !== "string") return null;
  return { start: Number(start), end: Number(end), label };
}

/** Why a span can't be shown among others; null when it can. */
function misfit(spans: readonly Span[], span: Span, text: string, labels: readonly string[]): string | null {
  const { start, end, label } = span;
  if (start < 0 || end > text.length) return "outside of the text";
  if (end <= start) return "empty";
  if (!labels.includes(label)) return UNDECLARED;
  return crossing(spans, span) ? "it crosses another passage" : null;
}

function crossing(spans: readonly Span[], { start, end }: Range): Span | undefined {
  return spans.find(
    (span) => (span.start < start && start < span.end && span.end < end) || (start < span.start && span.start < end && end < span.end),
  );
}

/** Cut the text where spans, the selection or the caret begin or end. */
export function pieces(text: string, spans: readonly Span[], selection: Range, caret: number | null): readonly Piece[] {
  const cuts = new Set([0, text.length, selection.start, selection.end, ...(caret === null ? [] : [caret])]);
  for (const { start, end } of spans) cuts.add(start).add(end);
  const ordered = [...cuts].sort((a, b) => a - b);
  return ordered.slice(0, -1).map((start, index) => {
    const end = ordered[index + 1] ?? start;
    const over = spans.flatMap((span, at) => (span.start <= start && end <= span.end ? [at] : []));
    const size = (at: number): number => (spans[at]?.end ?? 0) - (spans[at]?.start ?? 0);
    return {
      start,
      end,
      spans: over.sort((a, b) => size(b) - size(a)),
      selected: selection.start <= start && end <= selection.end,
    };
  });
}

type Unit = "grapheme" | "word";

/** The next boundary of a character or word, forwards or backwards. */
export function boundary(text: string, from: number, unit: Unit, forwards: boolean): number {
  const found = [...new Intl.Segmenter(undefined, { granularity: unit }).segment(text)]
    .filter((part) => unit === "grapheme" || part.isWordLike)
    .map(({ index, segment }) => (unit === "word" && forwards ? index + segment.length : index));
  if (forwards) return found.find((at) => at > from) ?? text.length;
  return found.findLast((at) => at < from) ?? 0;
}

/** The ends of the line of text (as it is written, not as it is wrapped) that an offset is in. */
export function lineAt(text: string, at: number): Range {
  const end = text.indexOf("\n", at);
  return { start: text.lastIndexOf("\n", at - 1) + 1, end: end < 0 ? text.length : end };
}

/** Where a key takes the caret along the text; null for any other key. */
export function caretKey(
  text: string,
  caret: number,
  event: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean },
): number | null {
  const far = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case "ArrowLeft":
    case "ArrowRight":
      return boundary(text, caret, far ? "word" : "grapheme", event.key === "ArrowRight");
    case "Home":
      return far ? 0 : lineAt(text, caret).start;
    case "End":
      return far ? text.length : lineAt(text, caret).end;
    default:
      return null;
  }
}

/** A passage in a few words, for lists and announcements. */
export function excerpt(text: string, { start, end }: Range): string {
  const words = text.slice(start, end).replace(/\s+/g, " ");
  const characters = [...words];
  return characters.length > 40 ? `${characters.slice(0, 39).join("")}\u2026` : words;
}
