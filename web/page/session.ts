// What all pages do beside asking: they take the time, keep drafts, hear what time is left, and send
// the answer by the form around them.

import { draftStore, type DraftStore, type Place } from "./core/draft.ts";
import { sha256 } from "./core/sha256.ts";

/** What crowd-html-elements makes of `<crowd-form>`; without them it is a bare element. */
type CrowdForm = HTMLElement & { submit?: () => void };

const NO_ELEMENTS = "The crowd elements, which send the answer, did not load. Reload the page.";

interface Timing {
  readonly seconds: number;
  readonly firstActionSeconds: number | null;
}

export interface Session {
  readonly store: DraftStore;
  /** Seconds since the page was opened, with what an earlier draft had taken. */
  timing(): Timing;
  /** Go on from the time that a draft had taken. */
  resume(timing: Timing): void;
  /** Be told, in seconds, what time is left, if that is limited; ask before the draft is loaded. */
  remaining(tell: (seconds: number) => void): void;
  /** Send the answer if it is complete; what is returned says why that is impossible. */
  send(): string;
}

/** Begin; `answer` gives what the form's control is to hold, null while something is missing. */
export function startSession(root: HTMLElement, json: string, answer: () => string | null): Session {
  const form = root.closest("crowd-form") as CrowdForm;
  const store = draftStore(window as unknown as Place, sha256(json));
  let before = 0;
  let firstAction: number | null = null;

  const seconds = () => before + Math.round(performance.now() / 100) / 10;
  const noteAction = (event: Event) => {
    if (event.isTrusted) firstAction ??= seconds();
  };
  for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, noteAction, true);
  // Bubbling: whoever else listens has decided by then whether the form is sent.
  form.addEventListener("submit", (event) => {
    const made = answer();
    if (made === null) return event.preventDefault();
    form.querySelector<HTMLInputElement>("input[name=annotations]")!.value = made;
    // Radios need a name only to be one group; the answer is to have one key.
    for (const control of root.querySelectorAll("[name]")) control.removeAttribute("name");
    if (!event.defaultPrevented) store.clear();
  });
  return {
    store,
    timing: () => ({ seconds: seconds(), firstActionSeconds: firstAction }),
    resume(timing) {
      before = timing.seconds;
      firstAction = timing.firstActionSeconds;
    },
    remaining(tell) {
      addEventListener("message", ({ source, data }) => {
        if (source !== parent || data?.labelwright !== 1 || data.type !== "welcome") return;
        if (typeof data.remainingSeconds === "number") tell(data.remainingSeconds);
      });
    },
    send() {
      if (!form.submit) return NO_ELEMENTS;
      if (answer() !== null) form.submit();
      return "";
    },
  };
}
