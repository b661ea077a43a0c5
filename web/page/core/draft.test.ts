import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decodeDraft, draftStore, encodeDraft, MOST_DRAFT_UNITS, type Place } from "./draft.ts";
import { marked } from "./random-texts.ts";
import { TextIndex } from "./text-index.ts";

/** Storage in memory, which may be full. */
class Memory {
  readonly items = new Map<string, string>();
  most: number;

  constructor(most = Infinity) {
    this.most = most;
  }
  get length() {
    return this.items.size;
  }
  key(n: number) {
    return [...this.items.keys()][n] ?? null;
  }
  getItem(key: string) {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string) {
    if (!this.items.has(key) && this.items.size >= this.most) throw new DOMException("full", "QuotaExceededError");
    this.items.set(key, value);
  }
  removeItem(key: string) {
    this.items.delete(key);
  }
}

/** A window: with `welcome` in a portal that answers so, else with a parent that says nothing, or none. */
function place(storage: Memory | null, embedded?: { welcome?: unknown; by?: unknown }) {
  const sent: unknown[] = [];
  let listen: ((event: MessageEvent) => void) | undefined;
  const made: Record<string, unknown> = {
    addEventListener: (_: string, listener: (event: MessageEvent) => void) => (listen = listener),
    setTimeout: (callback: () => void) => queueMicrotask(() => queueMicrotask(callback)),
    get localStorage() {
      if (!storage) throw new DOMException("no", "SecurityError");
      return storage;
    },
  };
  const parent = {
    postMessage(message: unknown) {
      sent.push(message);
      if (embedded?.welcome) listen?.({ source: embedded.by ?? parent, data: embedded.welcome } as MessageEvent);
    },
  };
  made["parent"] = embedded ? parent : made;
  return { place: made as unknown as Place, sent };
}

describe("in the browser's storage", () => {
  test("a draft is there again until it is cleared, and for its task alone", async () => {
    const { place: window } = place(new Memory());
    const store = draftStore(window, "task");
    expect(await store.load()).toBeNull();
    expect(store.save("one\ntwo")).toBe(true);
    expect(await draftStore(window, "task").load()).toBe("one\ntwo");
    expect(await draftStore(window, "other").load()).toBeNull();
    store.clear();
    expect(await store.load()).toBeNull();
  });

  test("where storage is forbidden nothing happens, silently", async () => {
    const store = draftStore(place(null).place, "task");
    expect(await store.load()).toBeNull();
    expect(store.save("draft")).toBe(false);
    expect(() => store.clear()).not.toThrow();
  });

  test("old drafts make room, those of other programs stay", async () => {
    const storage = new Memory(3);
    const { place: window } = place(storage);
    storage.items.set("theirs", "x");
    for (const task of ["a", "b", "c", "d"]) expect(draftStore(window, task).save(task)).toBe(true);
    expect(await draftStore(window, "d").load()).toBe("d");
    expect(storage.items.get("theirs")).toBe("x");
    storage.most = Infinity;
    for (let n = 0; n < 80; n += 1) draftStore(window, `task ${n}`).save("x");
    expect(storage.length).toBeLessThan(60);
  });
});

describe("in a portal", () => {
  const welcome = { labelwright: 1, type: "welcome", draft: "kept", remainingSeconds: null };

  test("a portal that welcomes the page keeps its draft", async () => {
    const storage = new Memory();
    const { place: window, sent } = place(storage, { welcome });
    const store = draftStore(window, "task");
    expect(await store.load()).toBe("kept");
    expect(store.save("new")).toBe(true);
    expect(sent).toEqual([{ labelwright: 1, type: "hello" }, { labelwright: 1, type: "draft", draft: "new" }]);
    expect(store.save("x".repeat(MOST_DRAFT_UNITS + 1))).toBe(false);
    store.clear();
    expect(storage.length).toBe(0);
  });

  test.each([
    ["says nothing", {}],
    ["says something else", { welcome: { type: "welcome", draft: "forged" } }],
    ["is not the one who speaks", { welcome, by: {} }],
  ])("where the parent %s, the browser keeps it", async (_, embedded) => {
    const { place: window, sent } = place(new Memory(), embedded);
    const store = draftStore(window, "task");
    expect(await store.load()).toBeNull();
    expect(store.save("draft")).toBe(true);
    expect(await store.load()).toBe("draft");
    expect(sent).not.toContainEqual(expect.objectContaining({ type: "draft" }));
  });
});

describe("the draft", () => {
  const rest = { nothingToMark: false, fields: { notes: "n", claimResult: null }, seconds: 12.5, firstActionSeconds: 1 };

  test("work comes back as it was, but for its ids", () => {
    fc.assert(fc.property(marked, ({ index, spans }) => {
      const work = { ...rest, spans };
      expect(decodeDraft(encodeDraft(work), index)).toEqual(work);
    }));
  });

  test("suggestions keep their state", () => {
    const spans = [
      { id: 1, start: 0, end: 1, label: "A", suggestion: 0, pending: true as const }, { id: 2, start: 1, end: 2, label: "B", suggestion: 3 },
    ];
    expect(decodeDraft(encodeDraft({ ...rest, spans }), new TextIndex("text"))?.spans).toEqual(spans);
  });

  test("ten thousand suggestions, each decided, fit into what a portal takes", () => {
    const spans = Array.from({ length: 10_000 }, (_, n) => ({
      id: n, start: 100 * n, end: 100 * n + 40, label: "METHODS", suggestion: n,
    }));
    expect(encodeDraft({ ...rest, spans }).length).toBeLessThan(MOST_DRAFT_UNITS);
  });

  test.each([null, "", "{", "[]", "null", '{"version":2}', '{"version":1}',
    '{"version":1,"labels":["A"],"spans":[[0,9,0]]}', '{"version":1,"labels":[],"spans":[[0,1,0]]}',
  ])("%j is no draft of this text", (draft) => {
    expect(decodeDraft(draft, new TextIndex("text"))).toBeNull();
  });
});
