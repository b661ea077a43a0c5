// The way to whoever embeds the page: messages of the portal's protocol, to the parent alone.

/** What the embedding page says. */
export type Reply = { readonly type: string; readonly reason?: unknown; readonly draft?: unknown };

/** Kept from the start: a template's own `var parent` takes the place of `window.parent`. */
const parent = window.parent;

export const embedded = parent !== window;

export function tell(message: { readonly type: string; readonly [key: string]: unknown }): void {
  // The parent's origin is not known to a sandboxed page; nothing in a message is meant for it alone.
  if (embedded) parent.postMessage({ labelwright: 1, ...message }, "*");
}

export function listen(onReply: (reply: Reply) => void): void {
  window.addEventListener("message", (event) => {
    const data: unknown = event.data;
    if (event.source !== parent || typeof data !== "object" || data === null) return;
    if ((data as { labelwright?: unknown }).labelwright === 1) onReply(data as Reply);
  });
}

export function problem(message: string, line: number | null = null): void {
  tell({ type: "problem", message: message.slice(0, 2_000), line });
}

/** Tell what goes wrong in the page, whoever's script it is. */
export function watchErrors(): void {
  window.addEventListener("error", (event) => {
    if (event.message) problem(event.message, event.lineno || null);
  });
  window.addEventListener("unhandledrejection", (event) => problem(String(event.reason)));
}
