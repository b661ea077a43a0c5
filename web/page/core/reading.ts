// What every page reads of the task input: nothing of it is taken on trust.

export interface GuideEntry {
  readonly label: string;
  readonly text: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

/** A field of the answer that is asked as a question: a choice among labels, or a text. */
export interface Question {
  /** Its key in the answer. */
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly required: boolean;
  /** None for a text. */
  readonly labels: readonly string[] | null;
}

/** A field of the task definition, as the task input has it. */
export type Field = Record<string, unknown>;

/** What the definition says to the worker. */
export function readTexts(task: Record<string, unknown>) {
  return { title: string(task.title), instructions: string(task.instructions), guide: list(task.guide).map(readEntry) };
}

export const titleOf = ({ title, name }: Field): string => string(title) || string(name);

/** Where a field is in the answer: its path without the control's name. */
export const keyOf = ({ path }: Field): string => string(path).slice("annotations.".length);

export function questionOf(field: Field, labels: readonly string[] | null): Question {
  return {
    name: keyOf(field), title: titleOf(field), hint: string(field.hint), required: field.required === true, labels,
  };
}

function readEntry(value: unknown): GuideEntry {
  const { label, text, good, bad } = record(value);
  return { label: string(label), text: string(text), good: list(good).map(String), bad: list(bad).map(String) };
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A data object that is no address is the text itself. */
export function shownText(task: Record<string, unknown>): string {
  const object = string(task.taskObject);
  return string(task.text) || (/^s3:\/\//.test(object) ? "" : object);
}
