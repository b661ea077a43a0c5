// What the worker has done so far, and what each action makes of it. Pure: no DOM, no clock.

import { begin, record, redo, undo, type History } from "../core/history.ts";
import * as core from "../core/spans.ts";
import type { Change, Range, Span, Spans } from "../core/spans.ts";
import { snap, step } from "../core/snap.ts";
import type { TextIndex } from "../core/text-index.ts";

/** Where a selection began and where its caret is, in code points. */
export interface Selection {
  readonly anchor: number;
  readonly focus: number;
}

export interface State {
  readonly history: History;
  readonly selection: Selection | null;
  /** The id of the passage that keys and buttons act on. */
  readonly active: number | null;
  readonly exact: boolean;
  readonly nothing: boolean;
  /** Choices and texts, by their key in the answer. */
  readonly values: Readonly<Record<string, string>>;
  /** What happened last, to be shown and spoken; a new object each time, so that it is said again. */
  readonly said: { readonly text: string };
}

/** Actions on a passage are on the active one, unless they name another. */
export type Action =
  | { type: "select"; selection: Selection }
  | { type: "label"; label: string; id?: number }
  /** Make a passage the active one; jumping takes the caret to it. */
  | { type: "pick"; id: number; jump?: true }
  | { type: "go"; direction: 1 | -1 }
  | { type: "other" }
  | { type: "resize"; end: "start" | "end"; direction: 1 | -1; unit: "word" | "character" }
  | { type: "remove" | "accept" | "reject"; id?: number }
  | { type: "undo" | "redo" | "acceptAll" | "rejectAll" | "exact" }
  | { type: "value"; name: string; value: string }
  | { type: "nothing"; nothing: boolean }
  | { type: "restore"; kept: Kept }
  | { type: "say"; text: string };

/** Move an end of the active passage. */
export function resize(end: "start" | "end", direction: 1 | -1, unit: "word" | "character" = "word"): Action {
  return { type: "resize", end, direction, unit };
}

/** What a draft brings back. */
export interface Kept {
  readonly spans: Spans;
  readonly nothing: boolean;
  /** Choices and texts, by their key in the answer. */
  readonly values: Readonly<Record<string, string>>;
}

export function initialState(spans: Spans): State {
  return {
    history: begin(spans), selection: null, active: null, exact: false, nothing: false, values: {},
    said: { text: "" },
  };
}

const NONE_HERE = "There is no marked passage here.";

export const decidedOf = (spans: Spans): Spans => spans.filter((span) => !span.pending);
export const pendingOf = (spans: Spans): Spans => spans.filter((span) => span.pending);
export const activeOf = (state: State): Span | undefined =>
  state.history.spans.find((span) => span.id === state.active);

export const passages = (count: number): string => `${count} ${count === 1 ? "passage" : "passages"}`;

/** The selection as a range, rounded to whole words unless that is switched off. */
export function selectedRange(state: State, index: TextIndex): Range | null {
  if (!state.selection) return null;
  const { anchor, focus } = state.selection;
  const range = { start: Math.min(anchor, focus), end: Math.max(anchor, focus) };
  if (range.start === range.end) return null;
  const snapped = state.exact ? range : snap(index, range);
  return snapped && snapped.start < snapped.end ? snapped : null;
}

/** The passages where the caret is, or under the selection, in reading order: what the picker offers. */
export const here = (state: State): Spans => [...under(state)].sort(core.bySpan);

/** The same, but at a caret the innermost first. */
function under(state: State): Spans {
  if (!state.selection) return [];
  const { anchor, focus } = state.selection;
  return core.overlapping(state.history.spans, { start: Math.min(anchor, focus), end: Math.max(anchor, focus) });
}

export function reducer(index: TextIndex): (state: State, action: Action) => State {
  return (state, action) => reduce(index, state, action);
}

function reduce(index: TextIndex, state: State, action: Action): State {
  const { history } = state;
  const { spans } = history;
  const id = "id" in action ? action.id : state.active;
  const active = spans.find((span) => span.id === id);
  const say = (text: string): State => ({ ...state, said: { text } });
  const done = (change: Change | null, text: string, refused: string): State => {
    if (!change) return say(refused);
    const next = record(history, change);
    return announced(state, next, change, text);
  };
  switch (action.type) {
    case "select":
      return { ...state, selection: action.selection, active: activeAt(state, index, action.selection) };
    case "restore": {
      const { spans: kept, ...rest } = action.kept;
      const text = `Your unfinished work is back, ${passages(decidedOf(kept).length)}.`;
      return { ...state, ...rest, history: begin(kept), active: null, said: { text } };
    }
    case "say":
      return say(action.text);
    case "exact":
      return { ...say(state.exact ? "Whole words" : "Exact selection"), exact: !state.exact };
    case "value":
      return { ...state, values: { ...state.values, [action.name]: action.value } };
    case "nothing":
      return action.nothing && decidedOf(spans).length
        ? say("There are marked passages: delete them first.")
        : { ...state, nothing: action.nothing };
    case "label": {
      const { label } = action;
      const range = action.id === undefined && selectedRange(state, index);
      if (range) {
        return done(core.add(spans, core.nextId(spans), range, label), `${label} added`,
          `This passage is already marked ${label}.`);
      }
      if (!active) return say("Select a passage first, or put the caret into a marked one.");
      if (active.pending && active.label === label) return reduce(index, state, { type: "accept", id: active.id });
      return done(core.edit(spans, active, { label }), `${active.label} is now ${label}`, `This is ${label} already.`);
    }
    case "remove":
      if (!active) return say(NONE_HERE);
      return done(core.remove(active), `${active.label} ${active.pending ? "suggestion rejected" : "deleted"}`, "");
    case "accept":
    case "reject":
      if (!active?.pending) return say("There is no suggestion here.");
      if (action.type === "reject") return reduce(index, state, { type: "remove", id: active.id });
      return done(core.accept(spans, active), `${active.label} accepted`, "");
    case "acceptAll":
      return done(core.acceptAll(spans), "All suggestions accepted", "There are no open suggestions.");
    case "rejectAll":
      return done(core.rejectAll(spans), "All suggestions rejected", "There are no open suggestions.");
    case "resize": {
      if (!active) return say(NONE_HERE);
      const to = step(index, active[action.end], action.direction, action.unit, action.end);
      const moved = core.edit(spans, active, { [action.end]: to });
      const end = moved?.added[0];
      const next = done(moved, end ? `${active.label}: ${quoteOf(index, end)}` : `${active.label} joined its double`,
        "It can't be moved further.");
      // What was selected before is another range now: a label is for the passage.
      return end ? { ...next, selection: { anchor: end.start, focus: end.start } } : next;
    }
    case "undo":
    case "redo": {
      const next = action.type === "undo" ? undo(history) : redo(history);
      if (!next) return say(`Nothing to ${action.type}.`);
      const change = action.type === "undo" ? core.inverse(history.past!.change) : history.future!.change;
      return announced(state, next, change, action.type === "undo" ? "Undone" : "Done again");
    }
    case "pick":
      if (!action.jump) return { ...state, active: action.id };
      return at(state, index, active);
    case "go": {
      if (!spans.length) return say("There are no marked passages.");
      return at(state, index, core.neighbour(spans, active ?? state.selection?.focus ?? 0, action.direction));
    }
    case "other": {
      const found = here(state);
      if (found.length < 2) return say("No other passage is here.");
      const next = found[(found.findIndex((span) => span.id === state.active) + 1) % found.length]!;
      return { ...say(describe(index, spans, next)), active: next.id };
    }
  }
}

/** After a change: what came is picked, the caret stays, "nothing to mark" no longer holds. */
function announced(state: State, history: History, change: Change, text: string): State {
  const count = decidedOf(history.spans).length;
  const gone = change.removed.some((span) => span.id === state.active) && !change.added.length;
  const next = { ...state, history, active: change.added[0]?.id ?? (gone ? null : state.active) };
  return {
    ...next,
    active: next.active ?? (state.selection ? under(next)[0]?.id ?? null : null),
    nothing: state.nothing && !count,
    said: { text: `${text}, ${passages(count)}.` },
  };
}

/** The caret goes to the start of a passage, which becomes the active one. */
function at(state: State, index: TextIndex, span: Span | undefined): State {
  if (!span) return state;
  return {
    ...state,
    active: span.id,
    selection: { anchor: span.start, focus: span.start },
    said: { text: describe(index, state.history.spans, span) },
  };
}

/** A passage the caret stands in stays active; a selection has one only if it is just that passage. */
function activeAt(state: State, index: TextIndex, selection: Selection): number | null {
  const found = under({ ...state, selection });
  const range = selectedRange({ ...state, selection }, index);
  const fitting = range ? found.filter((span) => span.start === range.start && span.end === range.end) : found;
  return (fitting.find((span) => span.id === state.active) ?? fitting[0])?.id ?? null;
}

function describe(index: TextIndex, spans: Spans, span: Span): string {
  const place = `${spans.indexOf(span) + 1} of ${spans.length}`;
  return `${span.label}${span.pending ? ", suggestion" : ""}, ${place}: ${quoteOf(index, span)}`;
}

/** The passage's text, or its beginning. */
export function quoteOf(index: TextIndex, { start, end }: Range, most = 160): string {
  return end - start <= most ? index.slice(start, end) : `${index.slice(start, start + most)}\u2026`;
}
