// Unfinished work, kept until it is submitted: with whoever embeds the page, if that keeps drafts,
// else in the browser, else nowhere. Where storage is forbidden nothing is said: work goes on.

import { isRange } from "./suggestions.ts";
import type { Work } from "./answer.ts";
import type { Span } from "./spans.ts";
import type { TextIndex } from "./text-index.ts";

/** Where one task's draft is. */
export interface DraftStore {
  load(): Promise<string | null>;
  /** False when the draft could not be kept. */
  save(draft: string): boolean;
  clear(): void;
}

/** As much as the embedding portal takes, in UTF-16 units. */
export const MOST_DRAFT_UNITS = 4_194_304;
/** How long the portal may take to answer, in milliseconds. */
const PATIENCE = 500;
/** Drafts of other tasks that may stay in the browser: the storage is small, and some are never submitted. */
const MOST_DRAFTS = 50;
const PREFIX = "labelwright-draft-";

/** What a store needs of the browser's window; tests give their own. */
export interface Place {
  readonly parent: { postMessage(message: unknown, origin: string): void };
  readonly localStorage: Storage;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  setTimeout(callback: () => void, milliseconds: number): unknown;
}

/** The store for the task with this hash. */
export function draftStore(place: Place, task: string): DraftStore {
  const local = localDrafts(place, PREFIX + task);
  if ((place.parent as unknown) === place) return local;
  let portal = false;
  return {
    async load() {
      const welcome = await askPortal(place);
      portal = welcome !== null;
      return welcome ? welcome.draft : local.load();
    },
    save(draft) {
      if (!portal) return local.save(draft);
      if (draft.length > MOST_DRAFT_UNITS) return false;
      place.parent.postMessage({ labelwright: 1, type: "draft", draft }, "*");
      return true;
    },
    // The portal forgets a draft when it has taken the answer.
    clear: () => portal || local.clear(),
  };
}

/** Say hello to the embedding page; null when it does not keep drafts. */
function askPortal(place: Place): Promise<{ draft: string | null } | null> {
  return new Promise((resolve) => {
    place.addEventListener("message", ({ source, data }) => {
      if (source !== (place.parent as unknown) || data?.labelwright !== 1 || data.type !== "welcome") return;
      resolve({ draft: typeof data.draft === "string" ? data.draft : null });
    });
    place.setTimeout(() => resolve(null), PATIENCE);
    // Any origin: the page can't know where it is embedded, and a draft is the embedder's own task.
    place.parent.postMessage({ labelwright: 1, type: "hello" }, "*");
  });
}

function localDrafts(place: Place, key: string): DraftStore {
  const quietly = <T>(act: (storage: Storage) => T): T | null => {
    try {
      return act(place.localStorage);
    } catch {
      // Forbidden (a sandboxed frame), or full.
      return null;
    }
  };
  const put = (draft: string) => quietly((storage) => {
    storage.setItem(key, `${Date.now()} ${draft}`);
    return true;
  });
  return {
    load: async () => quietly((storage) => /^\d+ ([^]*)$/.exec(storage.getItem(key) ?? "")?.[1] ?? null),
    save(draft) {
      quietly((storage) => forgetOldest(storage, key, MOST_DRAFTS));
      return put(draft) ?? (quietly((storage) => forgetOldest(storage, key, 0)), put(draft) ?? false);
    },
    clear: () => void quietly((storage) => storage.removeItem(key)),
  };
}

/** Remove our oldest drafts of other tasks, but for so many. */
function forgetOldest(storage: Storage, but: string, most: number): void {
  const keys = Array.from({ length: storage.length }, (_, n) => storage.key(n)!);
  const others = keys.filter((key) => key.startsWith(PREFIX) && key !== but);
  if (others.length <= most) return;
  const age = (key: string) => parseInt(storage.getItem(key) ?? "", 10) || 0;
  others.sort((a, b) => age(b) - age(a));
  for (const key of others.slice(most)) storage.removeItem(key);
}

/** Work as a short text. Undone steps are not in it. */
export function encodeDraft(work: Omit<Work, "suggestions">): string {
  const labels = [...new Set(work.spans.map((span) => span.label))];
  const spans = work.spans.map(({ start, end, label, suggestion, pending }) => [
    start, end, labels.indexOf(label), ...(suggestion === undefined ? [] : [suggestion, pending ? 1 : 0]),
  ]);
  const { nothingToMark, fields, seconds, firstActionSeconds } = work;
  return JSON.stringify({ version: 1, labels, spans, nothingToMark, fields, seconds, firstActionSeconds });
}

/** The work in a draft; null when it is none of this text. Ids count from 1. */
export function decodeDraft(draft: string | null, index: TextIndex): Omit<Work, "suggestions"> | null {
  try {
    const { version, labels, spans, nothingToMark, fields, seconds, firstActionSeconds } = JSON.parse(draft ?? "null");
    if (version !== 1) return null;
    return {
      spans: spans.map(([start, end, label, suggestion, pending]: number[], place: number): Span => {
        if (!isRange(start, end, index.length) || typeof labels[label!] !== "string") throw new RangeError();
        return {
          id: place + 1, start, end: end!, label: labels[label!],
          ...(suggestion === undefined ? {} : { suggestion }),
          ...(pending ? { pending: true } : {}),
        };
      }),
      nothingToMark: nothingToMark === true,
      fields: { ...fields },
      seconds: Number(seconds) || 0,
      firstActionSeconds: typeof firstActionSeconds === "number" ? firstActionSeconds : null,
    };
  } catch {
    return null;
  }
}
