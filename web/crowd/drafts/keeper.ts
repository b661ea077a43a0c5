// Keeps what was filled in with whoever embeds the page, and brings it back: after a reload, a crash,
// or when the task is taken again. A page that keeps drafts itself is left alone.
import type { Json } from "../element/json.ts";
import { listen, tell } from "../element/parent.ts";
import { fieldsIn, innerForms, isLasting, putBack, stateOf, type Field } from "./fields.ts";
import { decode, encode, MOST_UNITS } from "./wire.ts";

/** After what somebody does the page is looked at again: events bring scripts' changes after them. */
const DOINGS = ["input", "change", "click", "pointerup", "keyup", "drop", "paste", "cut"];
const FIRST = ["pointerdown", "keydown", "beforeinput", "input", "change"];
/** How long the page may go on being made when it has no crowd elements that say that they are ready. */
const PATIENCE = 1_000;
const SOON = 10;
/** Long drafts take time to write and to pack. */
const LATER = 1_000;

/** Does something of which no script may make a submit: nobody has decided on one. */
type Quietly = (act: () => void) => void;

class Keeper {
  /** What fields held before anybody did anything. */
  #first = new WeakMap<Field, string>();
  /** Fields that came after somebody did something: whether they come again is not known. */
  #late = new WeakSet<Field>();
  /** What was kept for fields that are not there (yet). */
  #waiting = new Map<string, Json>();
  #begun = false;
  #touched = false;
  /** Whether somebody keeps drafts here; null as long as nobody has said so. */
  #portal: boolean | null = null;
  #sent: string | null = null;
  /** The draft does not hold all that was filled in. */
  #partial = false;
  #submitted = false;
  /** The last draft was long, and took time. */
  #slow = false;
  #turn = 0;
  #bringing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = false;
  #looking = new MutationObserver(() => this.#fieldsCame());

  #quietly: Quietly;

  constructor(quietly: Quietly) {
    this.#quietly = quietly;
  }

  start(): void {
    listen((reply) => void this.#hear(reply));
    this.#fieldsCame();
    document.addEventListener("all-crowd-elements-ready", () => setTimeout(() => this.#made()));
    setTimeout(() => this.#made(), PATIENCE);
    for (const type of FIRST) window.addEventListener(type, (event) => this.#touch(event), { capture: true });
    for (const type of DOINGS) window.addEventListener(type, () => this.#changed(), { capture: true });
    document.addEventListener("reset", () => this.#waiting.clear(), { capture: true });
    window.addEventListener("beforeunload", (event) => {
      if (this.#portal && !this.#submitted && (this.#partial || (this.#due && this.#slow))) event.preventDefault();
    });
  }

  /** The page is made, and nobody has done anything yet: what its scripts filled in is theirs. */
  #made(): void {
    if (this.#begun) return;
    this.#first = new WeakMap();
    this.#begin();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#fieldsCame();
    const observed = { childList: true, subtree: true };
    for (const root of [document.documentElement, ...innerForms(document)]) this.#looking.observe(root, observed);
    tell({ type: "form-hello" });
  }

  /** What scripts do while the page is made, or is filled in again, is nobody's work. */
  #touch(event: Event): void {
    if (this.#bringing || (!this.#begun && !event.isTrusted)) return;
    this.#begin();
    this.#touched = true;
  }

  async #hear(reply: { readonly type: string; readonly draft?: unknown }): Promise<void> {
    // Somebody else on this page has said hello: the draft is theirs.
    if (reply.type === "welcome") this.#portal = false;
    if (reply.type === "sending" || reply.type === "submitted") this.#submitted = true;
    if (reply.type === "refused") {
      this.#submitted = false;
      this.#sent = null;
      this.#changed();
    }
    if (reply.type !== "form-welcome" || this.#portal !== null) return;
    this.#portal = true;
    const text = typeof reply.draft === "string" ? reply.draft : null;
    const draft = text === null ? null : await decode(text);
    if (draft) this.#sent = text;
    for (const [key, state] of Object.entries(draft ?? {})) this.#waiting.set(key, state);
    this.#bringBack();
    if (this.#touched) this.#changed();
  }

  #fieldsCame(): void {
    for (const [, field] of fieldsIn(document)) {
      if (this.#first.has(field)) continue;
      this.#first.set(field, said(stateOf(field)));
      if (this.#touched) this.#late.add(field);
    }
    this.#bringBack();
  }

  /** Fill in what was kept; who was quicker than the draft has the last word. */
  #bringBack(): void {
    if (this.#waiting.size === 0 || this.#portal !== true) return;
    for (const [key, field] of [...fieldsIn(document)]) {
      const state = this.#waiting.get(key);
      if (state === undefined || !isLasting(field)) continue;
      this.#waiting.delete(key);
      if (this.#first.get(field) !== said(stateOf(field))) continue;
      this.#bringing = true;
      this.#quietly(() => putBack(field, state));
      this.#bringing = false;
    }
  }

  #changed(): void {
    if (this.#portal !== true || !this.#touched) return;
    this.#due = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#keep(), this.#slow ? LATER : SOON);
  }

  async #keep(): Promise<void> {
    this.#fieldsCame();
    const draft = this.#filledIn();
    const made = encode(draft);
    const turn = (this.#turn += 1);
    this.#slow = typeof made !== "string";
    const text = await made;
    if (turn !== this.#turn) return;
    this.#due = false;
    if (text.length > MOST_UNITS) this.#partial = true;
    else if (text !== this.#sent && (this.#sent !== null || Object.keys(draft).length > 0) && !this.#submitted) {
      this.#sent = text;
      tell({ type: "draft", draft: text });
    }
  }

  #filledIn(): { readonly [key: string]: Json } {
    const draft = Object.fromEntries(this.#waiting);
    this.#partial = false;
    for (const [key, field] of fieldsIn(document)) {
      const state = stateOf(field);
      if (this.#first.get(field) === said(state)) continue;
      if (isLasting(field)) draft[key] = state ?? null;
      if (!isLasting(field) || this.#late.has(field)) this.#partial = true;
    }
    return draft;
  }
}

function said(state: Json | undefined): string {
  return JSON.stringify(state) ?? "";
}

export function keepDrafts(quietly: Quietly): void {
  new Keeper(quietly).start();
}
