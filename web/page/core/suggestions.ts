// Spans that an earlier job or a model gives along (`initialSpans` of the task input), and what the
// worker made of each. That is never stored: it follows from the spans as they are now.

import { keyOf, type Range, type Span, type Spans } from "./spans.ts";
import type { TextIndex } from "./text-index.ts";

export interface Suggestion extends Range {
  readonly label: string;
}

/** A suggestion and its fate; `now` is what it became. */
export interface Decision extends Suggestion {
  readonly decision: "accepted" | "changed" | "rejected" | "pending";
  readonly now?: Suggestion;
}

/** Read `initialSpans`: what is no span of this text, or there twice, is left out. */
export function readSuggestions(given: unknown, index: TextIndex): readonly Suggestion[] {
  const found = new Map<string, Suggestion>();
  for (const item of Array.isArray(given) ? given : []) {
    const { start, end, label } = (item ?? {}) as Partial<Suggestion>;
    if (!isRange(start, end, index.length) || typeof label !== "string" || !label) continue;
    const suggestion = { start, end: end!, label };
    found.set(keyOf(suggestion), suggestion);
  }
  return [...found.values()];
}

/** Whether the two are the ends of a stretch of a text of so many code points. */
export function isRange(start: unknown, end: unknown, length: number): start is number {
  return Number.isInteger(start) && Number.isInteger(end) &&
    0 <= (start as number) && (start as number) < (end as number) && (end as number) <= length;
}

/** The suggestions as spans on which nobody has decided, with ids from 1; not sorted. */
export function suggested(suggestions: readonly Suggestion[]): Span[] {
  return suggestions.map(({ start, end, label }, place) => ({
    id: place + 1, start, end, label, suggestion: place, pending: true,
  }));
}

/** What became of each suggestion. */
export function decisions(suggestions: readonly Suggestion[], spans: Spans): readonly Decision[] {
  const heirs = new Map(spans.map((span) => [span.suggestion, span]));
  const marked = new Set(spans.filter((span) => !span.pending).map(keyOf));
  return suggestions.map((suggestion, place): Decision => {
    const heir = heirs.get(place);
    if (heir?.pending) return { ...suggestion, decision: "pending" };
    // Accepted where the worker had marked the same before, the two became one.
    if (marked.has(keyOf(suggestion))) return { ...suggestion, decision: "accepted" };
    if (!heir) return { ...suggestion, decision: "rejected" };
    const { start, end, label } = heir;
    return { ...suggestion, decision: "changed", now: { start, end, label } };
  });
}
