// A draft that the page was left with: the page that follows is made before the server has it.
import type { Store } from "./outbox.ts";

/** A reload takes less; what is older may be behind what was done in another window, in milliseconds. */
const FRESH = 60_000;
const PREFIX = "labelwright-unsent:";

/** Keep a draft for the page that follows in this window; where that is not possible, nothing is lost that was sent. */
export function leaveBehind(store: Store | null, task: string, draft: string, now: number): void {
  try {
    store?.setItem(PREFIX + task, `${now} ${draft}`);
  } catch {
    // Full, or forbidden.
  }
}

/** Take up what was left behind, once. */
export function takeUp(store: Store | null, task: string, now: number): string | null {
  try {
    const [, left = "", draft = null] = /^(\d+) ([^]*)$/.exec(store?.getItem(PREFIX + task) ?? "") ?? [];
    store?.removeItem(PREFIX + task);
    return now - Number(left) < FRESH ? draft : null;
  } catch {
    return null;
  }
}
