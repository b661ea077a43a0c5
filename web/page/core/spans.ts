// Labelled stretches of a text, in code points, end exclusive. They may overlap.
//
// Lists of spans are sorted and never changed in place: an edit is a Change, which says what goes
// and what comes, so that it can be turned round.

export interface Span {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** The place in `initialSpans` of the suggestion it came from. */
  readonly suggestion?: number;
  /** A suggestion on which the worker has not decided: shown, but no part of the answer. */
  readonly pending?: true;
}

export type Spans = readonly Span[];

/** One edit; both lists are sorted. */
export interface Change {
  readonly removed: Spans;
  readonly added: Spans;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** By start, then the longer first (so that what encloses comes before), label and age. */
export function bySpan(a: Span, b: Span): number {
  return a.start - b.start || b.end - a.end || compare(a.label, b.label) || a.id - b.id;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Equal for spans of the same ends and label. */
export function keyOf({ start, end, label }: Range & { readonly label: string }): string {
  return `${start} ${end} ${label}`;
}

/** An id that no span of the list has. */
export function nextId(spans: Spans): number {
  return spans.reduce((most, span) => Math.max(most, span.id), 0) + 1;
}

function isLike(a: Range & { readonly label: string }, b: Range & { readonly label: string }): boolean {
  return a.start === b.start && a.end === b.end && a.label === b.label;
}

/** A decided span with the same ends and label, other than the one with this id. */
export function same(spans: Spans, wanted: Range & { label: string }, id?: number): Span | undefined {
  return spans.find((span) => isLike(span, wanted) && !span.pending && span.id !== id);
}

/**
 * Mark a range. Null when it is empty, or marked so already; a pending suggestion of just this
 * range and label is accepted.
 */
export function add(spans: Spans, id: number, range: Range, label: string): Change | null {
  const wanted = { start: range.start, end: range.end, label };
  if (range.start >= range.end || same(spans, wanted)) return null;
  const suggested = spans.find((span) => span.pending && isLike(span, wanted));
  return suggested ? accept(spans, suggested) : { removed: [], added: [{ id, ...wanted }] };
}

/** Change label or ends. Null when that changes nothing, or empties the span. */
export function edit(spans: Spans, span: Span, to: Partial<Range & { label: string }>): Change | null {
  const edited = decided({ ...span, ...to });
  if (edited.start >= edited.end) return null;
  if (isLike(edited, span)) return null;
  // What became the same as another is one span, not two.
  return { removed: [span], added: same(spans, edited, span.id) ? [] : [edited] };
}

export function remove(span: Span): Change {
  return { removed: [span], added: [] };
}

/** Take a pending suggestion into the answer. */
export function accept(spans: Spans, span: Span): Change | null {
  if (!span.pending) return null;
  return { removed: [span], added: same(spans, span, span.id) ? [] : [decided(span)] };
}

/** Accept, or reject, all pending suggestions in one step. */
export function acceptAll(spans: Spans): Change | null {
  const removed = spans.filter((span) => span.pending);
  const marked = new Set(spans.filter((span) => !span.pending).map(keyOf));
  const added = removed.filter((span) => !marked.has(keyOf(span))).map(decided);
  return removed.length ? { removed, added } : null;
}

export function rejectAll(spans: Spans): Change | null {
  const removed = spans.filter((span) => span.pending);
  return removed.length ? { removed, added: [] } : null;
}

function decided(span: Span): Span {
  const { pending: _, ...rest } = span;
  return rest;
}

/** The spans after a change. */
export function apply(spans: Spans, change: Change): Spans {
  const gone = new Set(change.removed.map((span) => span.id));
  const left = gone.size ? spans.filter((span) => !gone.has(span.id)) : spans;
  if (!change.added.length) return left;
  const added = [...change.added].sort(bySpan);
  const merged: Span[] = [];
  let next = 0;
  for (const span of left) {
    while (next < added.length && bySpan(added[next]!, span) < 0) merged.push(added[next++]!);
    merged.push(span);
  }
  return merged.concat(added.slice(next));
}

/** The change that takes this one back. */
export function inverse(change: Change): Change {
  return { removed: change.added, added: change.removed };
}

/** Spans that share a character with the range; of an empty range, those that touch it. */
export function overlapping(spans: Spans, range: Range): Spans {
  if (range.start === range.end) return at(spans, range.start);
  return spans.filter((span) => span.start < range.end && span.end > range.start);
}

/** Spans at a caret, innermost (shortest) first: those around it, else those that it touches. */
export function at(spans: Spans, caret: number): Spans {
  const touching = spans.filter((span) => span.start <= caret && caret <= span.end);
  const around = touching.filter((span) => caret < span.end);
  return (around.length ? around : touching).sort((a, b) => a.end - a.start - (b.end - b.start) || bySpan(a, b));
}

/** The next span after, or before, an offset, in reading order; goes round at the ends. */
export function neighbour(spans: Spans, from: Span | number, direction: 1 | -1): Span | undefined {
  if (!spans.length) return undefined;
  const place = typeof from === "number"
    ? spans.findIndex((span) => span.start >= from) - (direction === 1 ? 1 : 0)
    : spans.findIndex((span) => span.id === from.id);
  const none = typeof from === "number" && !spans.some((span) => span.start >= from);
  const index = none ? (direction === 1 ? 0 : spans.length - 1) : place + direction;
  return spans[(index + spans.length) % spans.length];
}
