// What a task's page says to the portal; it is a stranger, so nothing of it is taken on trust.

/** As much as the server takes, in UTF-16 units: what becomes an answer has to fit. */
export const MAX_DRAFT = 4 * 1024 * 1024;

/** How drafts begin that the stand-in form keeps; a page that keeps its own writes them as it likes. */
const FORM_DRAFT = "lw-form/";

export type FromPage =
  | { type: "hello" }
  | { type: "form-hello" }
  | { type: "ready" }
  | { type: "draft"; draft: string }
  | { type: "submit"; answer: object }
  | { type: "problem"; message: string; line: number | null };

/** Read a message; null when it is none of ours, or not as it should be. */
export function readMessage(data: unknown): FromPage | null {
  if (typeof data !== "object" || data === null) return null;
  const message = data as Record<string, unknown>;
  if (message["labelwright"] !== 1) return null;
  const { type, draft, answer, line } = message;
  if (type === "hello" || type === "form-hello" || type === "ready") return { type };
  if (type === "draft" && typeof draft === "string" && draft.length <= MAX_DRAFT) return { type, draft };
  if (type === "submit" && typeof answer === "object" && answer !== null && !Array.isArray(answer)) {
    return isJson(answer) ? { type, answer } : NO_JSON;
  }
  if (type === "problem" && typeof message["message"] === "string") {
    return { type, message: message["message"].slice(0, 300), line: typeof line === "number" ? line : null };
  }
  return null;
}

/** What messages can hold and JSON can't: circles, and whole numbers without a limit (`1n`). */
const NO_JSON = { type: "problem", message: "its answer can't be written as JSON", line: null } as const;

function isJson(answer: object): boolean {
  try {
    JSON.stringify(answer);
    return true;
  } catch {
    return false;
  }
}

/** The reply to a greeting: each gets the draft that it has written itself, and no other's. */
export function welcome(greeting: "hello" | "form-hello", draft: string | null): {
  readonly type: string;
  readonly draft: string | null;
  readonly remainingSeconds?: null;
} {
  const own = draft?.startsWith(FORM_DRAFT) === (greeting === "form-hello") ? draft : null;
  const form = { type: "form-welcome", draft: own };
  // The bar above the page shows the time.
  return greeting === "form-hello" ? form : { type: "welcome", draft: own, remainingSeconds: null };
}
