// What the page is given: `task.input`, as pre-labeling makes it, read with care.

import type { Suggestion } from "./core/answer.ts";

export interface GuideEntry {
  readonly label: string;
  readonly text: string;
  readonly good?: readonly string[];
  readonly bad?: readonly string[];
}

export interface Task {
  readonly title: string;
  readonly instructions: string;
  readonly guide: readonly GuideEntry[];
  readonly text: string;
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
  return {
    title: string(task.title),
    instructions: string(task.instructions),
    guide: list(task.guide).map(record) as unknown as GuideEntry[],
    text: string(task.text),
    metadata: record(task.metadata),
    entities: list(labels.entities).map(String),
    quality: list(labels.quality).map(String),
    suggestions: list(task.initialSpans) as Suggestion[],
    imageName: string(task["source-ref"] ?? task.taskObject).split("/").pop()!,
  };
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
