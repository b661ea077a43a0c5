// What the page is given: `task.input`, as pre-labeling makes it, read with care.

import { readSuggestions, type Suggestion } from "./suggestions.ts";
import { TextIndex } from "./text-index.ts";

export interface GuideEntry {
  readonly label: string;
  readonly text: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

/** A field of the answer other than the passages: a choice among labels, or a text. */
export interface Question {
  /** Its key in the answer. */
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly required: boolean;
  /** None for a text. */
  readonly labels: readonly string[] | null;
}

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
  // A data object that is no address is the text itself.
  const object = string(task.taskObject);
  const index = new TextIndex(string(task.text) || (/^s3:\/\//.test(object) ? "" : object));
  const fields = list(task.fields).map(record);
  const placed = fields.filter(({ path }) => PLACE.test(string(path)));
  const spans = placed.find(({ kind }) => kind === "spans") ?? {};
  const spansKey = keyOf(spans) || "value";
  const labelsOf = ({ name }: Record<string, unknown>) => list(labels[string(name)]).map(String);
  const asked = placed.filter((field) => keyOf(field) !== spansKey &&
    (field.kind === "text" || field.kind === "choice" && labelsOf(field).length));
  const titleOf = ({ title, name }: Record<string, unknown>) => string(title) || string(name);
  return {
    title: string(task.title),
    instructions: string(task.instructions),
    guide: list(task.guide).map(readEntry),
    index,
    metadata: record(task.metadata),
    entities: labelsOf(spans),
    spansKey,
    spansTitle: string(spans.title) || "Marked passages",
    spansRequired: spans.required === true,
    unasked: fields.filter((field) => ![spans, ...asked].includes(field)).map(titleOf).join("; "),
    questions: asked.map((field) => ({
      name: keyOf(field),
      title: titleOf(field),
      hint: string(field.hint),
      required: field.required === true,
      labels: field.kind === "choice" ? labelsOf(field) : null,
    })),
    suggestions: readSuggestions(task.initialSpans, index),
    leftOut: Number(task.initialSpansLeftOut) || 0,
    imageName: string(task["source-ref"] ?? task.taskObject).split("/").pop()!,
  };
}

/** Where a field is in the answer: its path without the control's name. */
function keyOf({ path }: Record<string, unknown>): string {
  return string(path).slice("annotations.".length);
}

function readEntry(value: unknown): GuideEntry {
  const { label, text, good, bad } = record(value);
  return { label: string(label), text: string(text), good: list(good).map(String), bad: list(bad).map(String) };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}
