// Undo and redo without limit. What is kept are the changes, not the lists: a step costs what it
// changed, however many spans there are.

import { apply, inverse, type Change, type Spans } from "./spans.ts";

interface Step {
  readonly change: Change;
  readonly rest: Step | null;
}

export interface History {
  readonly spans: Spans;
  readonly past: Step | null;
  readonly future: Step | null;
}

export function begin(spans: Spans): History {
  return { spans, past: null, future: null };
}

/** Do a change; what had been undone is gone. */
export function record(history: History, change: Change): History {
  return { spans: apply(history.spans, change), past: { change, rest: history.past }, future: null };
}

/** The history without its last change, or null; `history.past.change` says which that is. */
export function undo(history: History): History | null {
  const { spans, past, future } = history;
  if (!past) return null;
  return {
    spans: apply(spans, inverse(past.change)),
    past: past.rest,
    future: { change: past.change, rest: future },
  };
}

/** The history with the change done again that was undone last, or null. */
export function redo(history: History): History | null {
  const { spans, past, future } = history;
  if (!future) return null;
  return {
    spans: apply(spans, future.change),
    past: { change: future.change, rest: past },
    future: future.rest,
  };
}
