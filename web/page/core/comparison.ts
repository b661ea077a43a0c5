// A prompt and two responses to compare: what the page is given, which side each response is on, and
// the answer. An answer names responses by their ids, never by their sides: else votes would be
// consolidated by place.

import { keyOf, list, questionOf, readTexts, record, shownText, string, titleOf } from "./reading.ts";
import type { Field, GuideEntry, Question } from "./reading.ts";

export interface Response {
  readonly id: string;
  readonly text: string;
}

/** A question, and whether several of its labels may be chosen. */
export interface Asked extends Question {
  readonly many: boolean;
}

export interface Comparison {
  readonly title: string;
  readonly instructions: string;
  readonly guide: readonly GuideEntry[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly prompt: string;
  readonly responses: readonly Response[];
  /** The preference comes first. */
  readonly questions: readonly Asked[];
  /** The titles of the fields that this page can't ask for. */
  readonly unasked: string;
  /** Why there is nothing to compare; empty when there is. */
  readonly fault: string;
}

/** A text for a choice or a text, a list where several labels may be chosen; by key. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

/** The ids of the responses as they are shown: left or above first. */
export type Shown = readonly string[];

/** Where the page's control puts a field, unless the answer has something of its own there. */
const PLACE = /^annotations\.(?!(shown|timing)$)/;

/** Read the JSON of `data-task`. Throws SyntaxError when it is none. */
export function readComparison(json: string): Comparison {
  const task = record(JSON.parse(json));
  const labels = record(task.labels);
  const labelsOf = ({ name }: Field) => list(labels[string(name)]).map(String);
  const fields = list(task.fields).map(record);
  const asked = fields.filter((field) => PLACE.test(string(field.path)) &&
    (field.kind === "text" || ["choice", "choices"].includes(string(field.kind)) && labelsOf(field).length));
  const preference = asked.find(({ kind }) => kind === "choice");
  const ordered = preference ? [preference, ...asked.filter((field) => field !== preference)] : asked;
  const prompt = shownText(task);
  const responses = list(task.responses).map((entry) => ({ id: string(record(entry).id), text: string(record(entry).text) }));
  return {
    ...readTexts(task),
    metadata: record(task.metadata),
    prompt,
    responses,
    questions: ordered.map((field) => ({
      ...questionOf(field, field.kind === "text" ? null : labelsOf(field)), many: field.kind === "choices",
    })),
    unasked: fields.filter((field) => !asked.includes(field)).map(titleOf).join("; "),
    fault: preference ? faultOf(task.responses, responses, prompt, keyOf(preference), labelsOf(preference))
      : "the task definition has no choice with labels to ask the preference by",
  };
}

function faultOf(
  given: unknown, responses: readonly Response[], prompt: string, preference: string, labels: readonly string[],
): string {
  if (!prompt.trim()) return "there is no prompt";
  if (!Array.isArray(given)) return given === undefined ? "there are no responses" : "\u201cresponses\u201d is no list";
  if (responses.length !== 2) return `there are ${responses.length} responses, and two are to be compared`;
  for (const [place, { id, text }] of responses.entries()) {
    if (!id) return `response ${place + 1} of the list has no \u201cid\u201d`;
    if (!text.trim()) return `the response \u201c${id}\u201d has no text`;
    if (!labels.includes(id)) return `\u201c${preference}\u201d has no label \u201c${id}\u201d, which a response is called`;
  }
  return responses[0]!.id === responses[1]!.id ? "both responses have the same \u201cid\u201d" : "";
}

/** Draw which response is shown first; `random` gives a number from 0 to below 1. */
export function drawSides({ responses }: Comparison, random: () => number): Shown {
  const ids = responses.map(({ id }) => id);
  return random() < 0.5 ? ids : ids.reverse();
}

/** A label, as the answer holds it, and what the worker reads. */
export type Option = readonly [string, string];

/** A question's labels in the order of the sides: the id of a response is called by its place. */
export function optionsOf(labels: readonly string[], shown: Shown): readonly Option[] {
  const sides = shown.map((id, place): Option => [id, `Response ${place + 1}`]).filter(([id]) => labels.includes(id));
  return [...sides, ...labels.filter((label) => !shown.includes(label)).map((label): Option => [label, label])];
}

export interface Timing {
  readonly seconds: number;
  readonly firstActionSeconds: number | null;
}

const valueOf = ({ name, many, labels }: Asked, values: Values) => values[name] || (many ? [] : labels ? null : "");

/** The answer as the form's control holds it. */
export function makeComparisonAnswer({ questions }: Comparison, shown: Shown, values: Values, timing: Timing): string {
  const fields = questions.map((question) => [question.name, valueOf(question, values)]);
  return JSON.stringify({ ...Object.fromEntries(fields), shown, timing });
}

export interface ComparisonDraft extends Timing {
  readonly shown: Shown;
  readonly values: Values;
}

export function encodeComparison(draft: ComparisonDraft): string {
  return JSON.stringify({ version: 1, ...draft });
}

/** The draft; null when it is none of these responses. What does not fit its question is left out. */
export function decodeComparison(draft: string | null, { responses, questions }: Comparison): ComparisonDraft | null {
  try {
    const { version, shown, values, seconds, firstActionSeconds } = record(JSON.parse(draft ?? "null"));
    const ids = list(shown).map(String);
    if (version !== 1 || ids.length !== responses.length || !responses.every(({ id }) => ids.includes(id))) return null;
    const given = record(values);
    const fitting = questions.flatMap(({ name, many, labels }) => {
      const value = given[name];
      if (many) return [[name, list(value).filter((label) => labels!.includes(label as string))]];
      return typeof value === "string" && (!labels || labels.includes(value)) ? [[name, value]] : [];
    });
    return {
      shown: ids, values: Object.fromEntries(fitting), seconds: Number(seconds) || 0,
      firstActionSeconds: typeof firstActionSeconds === "number" ? firstActionSeconds : null,
    };
  } catch {
    return null;
  }
}
