// What the page is given: `task.input`, as pre-labeling makes it, read with care.

import { keyOf, list, questionOf, readTexts, record, shownText, string, titleOf } from "./reading.ts";
import type { Field, GuideEntry, Question } from "./reading.ts";
import { readSuggestions, type Suggestion } from "./suggestions.ts";
import { TextIndex } from "./text-index.ts";

export interface Task {
  readonly title: string;
  readonly instructions: string;
  readonly guide: readonly GuideEntry[];
  readonly index: TextIndex;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly entities: readonly string[];
  /** The key of the passages in the answer, and what they are called. */
  readonly spansKey: string;
  readonly spansTitle: string;
  readonly spansRequired: boolean;
  readonly questions: readonly Question[];
  /** The titles of the fields that this page can't ask for. */
  readonly unasked: string;
  readonly suggestions: readonly Suggestion[];
  /** Suggestions that did not fit the text. */
  readonly leftOut: number;
  /** The last part of the picture's address, to name it. */
  readonly imageName: string;
}

/** Where the page's control puts a field, unless the answer has something of its own there. */
const PLACE = /^annotations\.(?!(nothingToMark|text|timing|suggestions)$)/;

/** Read the JSON of `data-task`. Throws SyntaxError when it is none. */
export function readTask(json: string): Task {
  const task = record(JSON.parse(json));
  const labels = record(task.labels);
  const index = new TextIndex(shownText(task));
  const fields = list(task.fields).map(record);
  const placed = fields.filter(({ path }) => PLACE.test(string(path)));
  const spans = placed.find(({ kind }) => kind === "spans") ?? {};
  const spansKey = keyOf(spans) || "value";
  const labelsOf = ({ name }: Field) => list(labels[string(name)]).map(String);
  const asked = placed.filter((field) => keyOf(field) !== spansKey &&
    (field.kind === "text" || field.kind === "choice" && labelsOf(field).length));
  return {
    ...readTexts(task),
    index,
    metadata: record(task.metadata),
    entities: labelsOf(spans),
    spansKey,
    spansTitle: string(spans.title) || "Marked passages",
    spansRequired: spans.required === true,
    unasked: fields.filter((field) => ![spans, ...asked].includes(field)).map(titleOf).join("; "),
    questions: asked.map((field) => questionOf(field, field.kind === "choice" ? labelsOf(field) : null)),
    suggestions: readSuggestions(task.initialSpans, index),
    leftOut: Number(task.initialSpansLeftOut) || 0,
    imageName: string(task["source-ref"] ?? task.taskObject).split("/").pop()!,
  };
}
