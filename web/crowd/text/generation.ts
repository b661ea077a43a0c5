// What the elements for texts that models are trained with share: instructions in an attribute, and an
// answer that has no name where the template gives none.
import type { Entry } from "../form/answer.ts";
import { create } from "../element/base.ts";
import type { Json } from "../element/json.ts";
import { Widget } from "../widget/widget.ts";

export abstract class GenerationWidget extends Widget {
  /** The text itself, also where the attribute has the address of a file with it. */
  protected source = "";
  /** Whether the text is there; null while it loads. */
  #there: boolean | null = true;

  abstract override get _submittableValue(): { readonly [key: string]: Json };

  protected override make(): void {
    const instructions = this.text("instructions").trim();
    if (instructions && !this.querySelector("short-instructions")) {
      const region = create("div", {}, instructions.split("\n").map((line) => line.trim()).join("\n"));
      region.style.whiteSpace = "pre-line";
      const holder = document.createElement("short-instructions");
      holder.append(region);
      this.append(holder);
    }
    super.make();
    this.source = this.text("text");
    const file = fileOf(this.source);
    if (file !== null) void this.#load(file);
  }

  async #load(file: URL): Promise<void> {
    this.source = "";
    this.#there = null;
    try {
      const response = await fetch(file);
      this.#there = response.ok;
      if (response.ok) this.source = await response.text();
    } catch {
      this.#there = false;
    }
    this.loaded();
  }

  /** The text is another now: show it. */
  protected abstract loaded(): void;

  /** What stands in place of a text that is not there. */
  protected get shown(): string {
    if (this.#there === false) return "The text can't be read, so this task can't be answered. Decline it, or return it for somebody else.";
    return this.#there === null ? "The text is loading\u2026" : this.source;
  }

  protected override fault(): string | null {
    if (this.#there === null) return "the text is still loading.";
    return this.#there ? null : "nobody can work on a text that is not shown: decline the task, or return it.";
  }

  /** Under the name, as documented; without one its keys stand in the answer themselves, as AWS's samples read them. */
  override entries(): Entry[] {
    if (this.name !== "") return super.entries();
    return Object.entries(this._submittableValue).map(([name, value]) => ({ name, value }));
  }
}

/** A text that `grant_read_access` made an address of; null for any other, which is what is worked on. */
function fileOf(text: string): URL | null {
  if (!/^\S+$/.test(text.trim()) || !URL.canParse(text.trim(), location.href)) return null;
  const url = new URL(text.trim(), location.href);
  // Only signed objects of the server that the page is from: nothing is fetched because data says so.
  return url.origin === location.origin && url.pathname.startsWith("/s3/") ? url : null;
}
