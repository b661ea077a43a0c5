// What the page is given: `task.input`, as pre-labeling makes it, read with care.

import { readSuggestions, type Suggestion } from "./core/suggestions.ts";
import { TextIndex } from "./core/text-index.ts";

export interface GuideEntry {
  readonly label: string;
  readonly text: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

export interface Task {
  readonly title: string;
  readonly instructions: string;
  readonly guide: readonly GuideEntry[];
  readonly index: TextIndex;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly entities: readonly string[];
  readonly quality: readonly string[];
  readonly suggestions: readonly Suggestion[];
  /** The last part of the picture's address, to name it. */
  readonly imageName: string;
}

/** Read the JSON of `data-task`. Throws SyntaxError when it is none. */
export function readTask(json: string): Task {
  const task = record(JSON.parse(json));
  const labels = record(task.labels);
  const index = new TextIndex(string(task.text));
  return {
    title: string(task.title),
    instructions: string(task.instructions),
    guide: list(task.guide).map(readEntry),
    index,
    metadata: record(task.metadata),
    entities: list(labels.entities).map(String),
    quality: list(labels.quality).map(String),
    suggestions: readSuggestions(task.initialSpans, index),
    imageName: string(task["source-ref"] ?? task.taskObject).split("/").pop()!,
  };
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
