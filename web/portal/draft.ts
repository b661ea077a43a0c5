// A task's draft on its way to the server: not each keystroke, and never two at once.

/** What became of a draft: kept, to be tried again, or refused for good. */
export type Outcome = "kept" | "again" | "refused";

/** Longer drafts can't be sent by a page that is being left: browsers let it send 64 kB. */
export const SHORT = 20_000;

/** How long a draft waits for a newer one, and how long it does so at most, in milliseconds. */
const QUIET = 800;
const PATIENCE = 5_000;
/** No page makes the server write more than this in a second, in characters. */
const PACE = 1_000_000;

/** Saves the newest draft some time after it came; older ones that were not sent are left out. */
export class Drafts {
  #newest: string | null = null;
  #sending: string | null = null;
  #sent: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when a draft waits, and when the next may be sent. */
  #since = 0;
  #free = 0;
  #last: Outcome = "kept";
  readonly #save: (draft: string, last: boolean) => Promise<Outcome>;
  readonly #delay: number;

  /** `save` sends a draft and tells what became of it; `last`: the page is being left. */
  constructor(save: (draft: string, last: boolean) => Promise<Outcome>, delay = QUIET) {
    this.#save = save;
    this.#delay = delay;
  }

  /** There is work that would be lost if the page were left now. */
  get atRisk(): boolean {
    const waiting = this.unsent;
    return this.#last === "refused" || (waiting !== null && (waiting.length >= SHORT || this.#last === "again"));
  }

  /** What has not arrived, or is not known to have; null when all is kept. */
  get unsent(): string | null {
    return this.#newest ?? this.#sending;
  }

  /** Take a new draft. */
  put(draft: string): void {
    if (this.#newest === null) this.#since = performance.now();
    this.#newest = draft;
    this.#schedule();
  }

  /** Send now what was not sent yet; what is on its way is waited for, unless the page is being left. */
  async flush(last = false): Promise<void> {
    clearTimeout(this.#timer);
    if (!last) await this.#sent;
    // What is on its way would be given up with the page.
    const draft = this.#newest ?? (last ? this.#sending : null);
    if (draft === null) return;
    clearTimeout(this.#timer);
    this.#newest = null;
    this.#sending = draft;
    this.#free = performance.now() + (1000 * draft.length) / PACE;
    const sent = this.#save(draft, last).then((outcome) => {
      this.#sending = null;
      this.#last = outcome;
      // One that did not arrive is tried again, unless a newer one has come meanwhile.
      if (outcome === "again" && this.#newest === null) this.put(draft);
    });
    this.#sent = sent;
    await sent;
  }

  /** Forget what was not sent: the task is done. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#newest = null;
    this.#last = "kept";
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    const wait = Math.max(Math.min(this.#delay, this.#since + PATIENCE - now), this.#free - now, 0);
    this.#timer = setTimeout(() => void this.flush(), wait);
  }
}
