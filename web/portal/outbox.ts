// Answers on their way: kept in the browser until the server has said what became of them.

/** An answer, and the token by which the server knows it again when it comes twice. */
export interface Waiting {
  assignment: string;
  token: string;
  answer: object;
  /** It takes the place of an earlier answer. */
  correction?: boolean;
}

/** Where an answer is sent to. */
export function placeOf(waiting: Waiting): string {
  return `/tasks/${waiting.assignment}/${waiting.correction ? "correction" : "answer"}`;
}

/** What of the browser's storage is needed; it may throw when it is full or forbidden. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/**
 * The answers of one worker that have not arrived. One browser may be used by several workers, and
 * one address by several jobs, one after the other: `worker` names both.
 */
export class Outbox {
  readonly #store: Store | null;
  readonly #prefix: string;

  constructor(store: Store | null, worker: string) {
    this.#store = store;
    this.#prefix = `labelwright:${worker}:`;
  }

  /** Keep an answer; false where the browser can't, so that only the open page has it. */
  keep(waiting: Waiting): boolean {
    try {
      this.#store?.setItem(this.#prefix + waiting.assignment, JSON.stringify(waiting));
      return this.#store !== null;
    } catch {
      return false;
    }
  }

  /** Forget an answer of which the server has said what became of it. */
  drop(assignment: string): void {
    try {
      this.#store?.removeItem(this.#prefix + assignment);
    } catch {
      // What can't be removed is known to the server by its token.
    }
  }

  /** Return the answer to a task, if one is waiting. */
  find(assignment: string): Waiting | null {
    try {
      return parse(this.#store?.getItem(this.#prefix + assignment) ?? null);
    } catch {
      return null;
    }
  }

  /** Return all answers that are waiting. */
  all(): Waiting[] {
    const found: Waiting[] = [];
    try {
      for (let index = 0; index < (this.#store?.length ?? 0); index++) {
        const key = this.#store?.key(index) ?? "";
        const waiting = key.startsWith(this.#prefix) ? parse(this.#store?.getItem(key) ?? null) : null;
        if (waiting) found.push(waiting);
      }
    } catch {
      // Forbidden storage holds nothing.
    }
    return found;
  }
}

function parse(text: string | null): Waiting | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<Waiting> | null;
    const whole =
      typeof value?.assignment === "string" &&
      typeof value.token === "string" &&
      typeof value.answer === "object" &&
      value.answer !== null;
    return whole ? (value as Waiting) : null;
  } catch {
    return null;
  }
}

/** The browser's storage, or that of the window alone; null where it is forbidden. */
export function browserStore(which: "localStorage" | "sessionStorage" = "localStorage"): Store | null {
  try {
    return window[which];
  } catch {
    return null;
  }
}
