// From the entries of a form's controls, in document order, to the answer that a submit sends.
// Shapes: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-reference.html
import type { Json } from "../element/json.ts";

/** What one control contributes: a value under its name, or one on/off option under its name. */
export type Entry =
  | { readonly name: string; readonly value: Json }
  | { readonly name: string; readonly option: string; readonly on: boolean };

export type Answer = { readonly [name: string]: Json };

/**
 * Put entries together. Of several values of one name the last counts, so that a hidden control can
 * silence others; options of one name stand side by side, and one that occurs twice is on if either is.
 */
export function answerOf(entries: Iterable<Entry>): Answer {
  const answer = new Map<string, Json | Map<string, boolean>>();
  for (const entry of entries) {
    if ("value" in entry) {
      answer.set(entry.name, entry.value);
      continue;
    }
    const found = answer.get(entry.name);
    const options = found instanceof Map ? found : new Map<string, boolean>();
    options.set(entry.option, entry.on || options.get(entry.option) === true);
    answer.set(entry.name, options);
  }
  return Object.fromEntries(
    [...answer].map(([name, value]) => [name, value instanceof Map ? Object.fromEntries(value) : value]),
  );
}

/** `answer-format="flatten-objects"`: nested names are joined by dots; arrays stay as they are. */
export function flattened(answer: Answer): Answer {
  return Object.fromEntries(leaves(answer, ""));
}

function* leaves(value: { readonly [key: string]: Json }, path: string): Generator<[string, Json]> {
  for (const [key, inner] of Object.entries(value)) {
    const name = path === "" ? key : `${path}.${key}`;
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) {
      yield* leaves(inner as { readonly [key: string]: Json }, name);
    } else {
      yield [name, inner];
    }
  }
}
