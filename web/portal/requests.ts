// Requests of the portal's scripts to its server.

/** What became of a request: an object, words for the worker, or nothing at all came back. */
export type Reply<T> =
  | { kind: "done"; value: T }
  | { kind: "refused"; reason: string }
  | { kind: "signed-out" }
  | { kind: "unreachable" };

/** What the server says to an answer. */
export interface Taken {
  accepted: boolean;
  reason: string | null;
}

/** How long a request may take, in milliseconds: as long as the server waits for a body, and a little more. */
export function patience(characters: number): number {
  return Math.ceil(35_000 + characters / 4);
}

/** The request did not come to its end: too slow, at the wrong time, or one of too many. */
const TRY_AGAIN = new Set([408, 425, 429]);

/** Send JSON with the session's token. Nothing is thrown: the network's failures are a reply. */
export async function send<T>(
  path: string,
  csrf: string,
  body: object,
  options: { keepalive?: boolean; fetch?: typeof fetch } = {},
): Promise<Reply<T>> {
  let response: Response;
  const sent = JSON.stringify(body);
  try {
    response = await (options.fetch ?? fetch)(path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        "x-csrf-token": csrf,
      },
      body: sent,
      keepalive: options.keepalive ?? false,
      signal: AbortSignal.timeout(patience(sent.length)),
    });
    if (response.ok) return { kind: "done", value: (await response.json()) as T };
  } catch {
    return { kind: "unreachable" };
  }
  if (response.status >= 500 || TRY_AGAIN.has(response.status)) return { kind: "unreachable" };
  if (response.status === 401 || response.status === 403) return { kind: "signed-out" };
  return { kind: "refused", reason: await reasonOf(response) };
}

async function reasonOf(response: Response): Promise<string> {
  if (response.status === 413) return "The answer is too large.";
  try {
    const { error } = (await response.json()) as { error?: unknown };
    if (typeof error === "string") return error;
  } catch {
    // Not JSON: the status has to do.
  }
  return `The portal answered with status ${response.status}.`;
}

/** Seconds until the next try: 1, 2, 4, 8, then every 15. */
export function pause(tries: number): number {
  return Math.min(2 ** tries, 15);
}

/** A token that no other request has. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
