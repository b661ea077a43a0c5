// JSON in attributes, as template authors write it: single quotes, bare keys, trailing commas.
import JSON5 from "json5";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A label and what a worker is shown of it. */
export interface Label {
  readonly label: string;
  readonly full: string;
  readonly short: string;
}

/**
 * Read an attribute that holds JSON; null or blank gives undefined.
 *
 * @throws Error that names the attribute
 */
export function parseAttribute(attribute: string, source: string | null): unknown {
  if (source === null || source.trim() === "") return undefined;
  try {
    return JSON5.parse(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^JSON5: /, "") : String(error);
    throw new Error(`attribute ${attribute} is not JSON: ${reason}`);
  }
}

/**
 * Read labels or categories: strings, or objects with `label` and display names.
 *
 * @throws Error when it is no array, or an entry has no label
 */
export function labelsOf(attribute: string, value: unknown): Label[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`attribute ${attribute} is not a JSON array`);
  const labels = value.map((item: unknown): Label => {
    if (typeof item === "string" || typeof item === "number") {
      const label = String(item);
      return { label, full: label, short: label };
    }
    if (isRecord(item) && typeof item["label"] === "string") {
      const label = item["label"];
      const full = [item["fullDisplayName"], item["longDisplayName"]].find(isText) ?? label;
      return { label, full, short: isText(item["shortDisplayName"]) ? item["shortDisplayName"] : label };
    }
    throw new Error(`attribute ${attribute} has an entry that is neither a text nor an object with "label"`);
  });
  return labels.filter((one, index) => labels.findIndex((other) => other.label === one.label) === index);
}

/** Read `exclusion-category`: `{ text: '…' }`, or the text alone. */
export function exclusionOf(source: string | null): string | null {
  if (source === null || source.trim() === "") return null;
  if (!source.trim().startsWith("{")) return source.trim();
  const value = parseAttribute("exclusion-category", source);
  if (isRecord(value) && isText(value["text"])) return value["text"];
  throw new Error('attribute exclusion-category has no "text"');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
