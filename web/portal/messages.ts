// What a task's page says to the portal; it is a stranger, so nothing of it is taken on trust.

export const MAX_DRAFT = 262_144;

export type FromPage =
  | { type: "hello" }
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
  if (type === "hello" || type === "ready") return { type };
  if (type === "draft" && typeof draft === "string" && draft.length <= MAX_DRAFT) return { type, draft };
  if (type === "submit" && typeof answer === "object" && answer !== null && !Array.isArray(answer)) {
    return { type, answer };
  }
  if (type === "problem" && typeof message["message"] === "string") {
    return { type, message: message["message"].slice(0, 300), line: typeof line === "number" ? line : null };
  }
  return null;
}
