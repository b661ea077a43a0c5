// A task's draft on its way to the server: not each keystroke, and never two at once.

/** Saves the newest draft some time after it came; older ones that were not sent are left out. */
export class Drafts {
  #newest: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  readonly #save: (draft: string, last: boolean) => Promise<boolean>;
  readonly #delay: number;

  /** `save` sends a draft and tells whether it is kept; `last`: the page is being left. */
  constructor(save: (draft: string, last: boolean) => Promise<boolean>, delay = 800) {
    this.#save = save;
    this.#delay = delay;
  }

  /** Take a new draft. */
  put(draft: string): void {
    this.#newest = draft;
    this.#schedule();
  }

  /** Send now what was not sent yet. */
  async flush(last = false): Promise<void> {
    clearTimeout(this.#timer);
    const draft = this.#newest;
    if (draft === null || (this.#sending && !last)) return;
    this.#newest = null;
    this.#sending = true;
    const kept = await this.#save(draft, last);
    this.#sending = false;
    // One that did not arrive is tried again, unless a newer one has come meanwhile.
    if (!kept) this.#newest ??= draft;
    if (this.#newest !== null && !last) this.#schedule();
  }

  /** Forget what was not sent: the task is done. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#newest = null;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), this.#delay);
  }
}
