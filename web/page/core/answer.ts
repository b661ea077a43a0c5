// The answer that the page submits, in the form that post-labeling reads. The fields other than the
// spans stand in it under the keys that the task definition gives them.

import { decisions, isRange, type Decision, type Suggestion } from "./suggestions.ts";
import { bySpan, type Spans } from "./spans.ts";
import { sha256 } from "./sha256.ts";
import type { TextIndex } from "./text-index.ts";

/** A span in an answer: code points, end exclusive, and the text between them. */
export interface Marked extends Suggestion {
  readonly quote: string;
}

export interface Answer {
  readonly value: readonly Marked[];
  readonly nothingToMark: boolean;
  /** Which text was shown: post-labeling is sent none, and checks the one it reads by this. */
  readonly text: { readonly uri: string | null; readonly length: number; readonly sha256: string };
  /** Seconds since the page was opened, with what an earlier draft had taken. */
  readonly timing: { readonly seconds: number; readonly firstActionSeconds: number | null };
  readonly suggestions: readonly Decision[];
  /** Choices and texts, by key; null where nothing was chosen. */
  readonly [field: string]: unknown;
}

/** All that an answer is made of. */
export interface Work {
  readonly spans: Spans;
  readonly suggestions: readonly Suggestion[];
  readonly nothingToMark: boolean;
  /** Choices and texts, by the key that they have in the answer. */
  readonly fields: Readonly<Record<string, string | null>>;
  readonly seconds: number;
  readonly firstActionSeconds: number | null;
}

/** Make the answer. The key that the spans have in it is `value` unless the task says otherwise. */
export function makeAnswer(index: TextIndex, uri: string | null, work: Work, spansKey = "value"): Answer {
  const value = work.spans
    .filter((span) => !span.pending)
    .sort(bySpan)
    .map(({ start, end, label }) => ({ start, end, label, quote: index.slice(start, end) }));
  return {
    [spansKey]: value,
    ...work.fields,
    nothingToMark: work.nothingToMark,
    text: { uri, length: index.length, sha256: sha256(index.text) },
    timing: { seconds: work.seconds, firstActionSeconds: work.firstActionSeconds },
    suggestions: decisions(work.suggestions, work.spans),
  } as unknown as Answer;
}

/**
 * Say what is wrong with the spans of an answer, one sentence for each; none when they are all
 * stretches of the text, with a label, whose quote is what stands there.
 */
export function faults(spans: unknown, index: TextIndex): readonly string[] {
  if (!Array.isArray(spans)) return ["the spans are no list"];
  return spans.flatMap((item, place) => {
    const { start, end, label, quote } = (item ?? {}) as Partial<Marked>;
    if (!isRange(start, end, index.length)) return [`span ${place}: no stretch of the text`];
    if (typeof label !== "string" || !label) return [`span ${place}: no label`];
    return quote === index.slice(start, end!) ? [] : [`span ${place}: its quote is not what stands there`];
  });
}

/** The answer as the form's control holds it. Throws Error when a span does not fit the text. */
export function serialise(answer: Answer, index: TextIndex, spansKey = "value"): string {
  const found = faults(answer[spansKey], index);
  if (found.length) throw new Error(found.join("; "));
  return JSON.stringify(answer);
}
