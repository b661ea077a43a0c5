// What the large elements share: instructions beside the work, a header, and a form of their own when
// they stand outside a crowd-form.
import type { Entry } from "../form/answer.ts";
import { CrowdElement, create } from "../element/base.ts";
import { INTERNAL, type Control } from "../form/controls.ts";
import { SUBMIT_PLACE } from "../form/submit.ts";
import { makeDialog, makeTrigger } from "../display/dialogs.ts";
import type { Json } from "../element/json.ts";

const REGIONS = ["short-instructions", "full-instructions", "classification-target"];

export abstract class Widget extends CrowdElement implements Control {
  /** What is worked on and what answers; templates reach into it by its class. */
  protected readonly area = create("div", { className: "annotation-area" });
  /** The widget has put a place for the form's button beside its choices. */
  protected readonly hasSubmitPlace: boolean = false;
  #message = create("p", { className: "message" });

  /** The answer as it stands, a copy that scripts may change; undefined when there is none. */
  abstract get _submittableValue(): Json | undefined;
  abstract reset(): void;
  abstract draft(): Json | undefined;
  abstract restore(draft: Json): void;

  protected make(): void {
    for (const child of this.children) if (REGIONS.includes(child.localName)) child.slot = child.localName;
    const header = create(document.querySelector("h1") ? "h2" : "h1", { className: "header" }, this.heading());
    const work = create("div", { className: "work" }, this.area, this.#message);
    // Where no part of the widget has a better one, the form's button stands below all.
    if (!this.hasSubmitPlace) work.append(submitPlace());
    if (header.textContent) work.prepend(header);
    const layout = create("div", { className: "layout", [INTERNAL]: "" }, ...this.#instructions(), work);
    if (this.closest("crowd-form")) {
      this.root.append(layout);
    } else {
      const form = document.createElement("crowd-form");
      form.append(layout);
      this.root.append(form);
    }
    this.addEventListener("keydown", (event) => {
      if (!isEditable(event.composedPath()[0]) && this.pressed(event)) event.preventDefault();
    });
  }

  /** What stands above the work. */
  protected heading(): string {
    return this.text("header");
  }

  get name(): string {
    return this.text("name");
  }

  get value(): unknown {
    return this._submittableValue;
  }

  entries(): Entry[] {
    const value = this._submittableValue;
    return this.name === "" || value === undefined ? [] : [{ name: this.name, value }];
  }

  check(): string | null {
    const fault = this.fault();
    this.#message.textContent = fault ?? "";
    const name = this.heading() || this.name;
    return fault === null || name === "" ? fault : `${name}: ${fault}`;
  }

  /** What is missing, or null. */
  protected fault(): string | null {
    return null;
  }

  /** Take a key pressed in the widget, outside of text fields; true when it meant something. */
  protected pressed(_event: KeyboardEvent): boolean {
    return false;
  }

  protected tellChange(): void {
    if (this.#message.textContent) this.check();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  *#instructions(): Generator<HTMLElement> {
    const full = this.querySelector("full-instructions");
    if (!full && !this.querySelector("short-instructions")) return;
    const section = create("section", { className: "instructions awsui-app-layout__navigation" });
    section.setAttribute("aria-label", "Instructions");
    section.append(create("slot", { name: "short-instructions" }));
    if (full) {
      const heading = full.getAttribute("header") || "Instructions";
      const dialog = makeDialog(heading, create("slot", { name: "full-instructions" }));
      section.append(makeTrigger("Full instructions", "button", dialog), dialog);
    }
    yield section;
  }
}

/** Where the form's own button is to stand. */
export function submitPlace(): HTMLElement {
  return create("div", { className: "submit" }, create("slot", { name: SUBMIT_PLACE }));
}

function isEditable(target: EventTarget | undefined): boolean {
  if (target instanceof HTMLInputElement) return !["radio", "checkbox", "button", "submit"].includes(target.type);
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** The label that a number key stands for: 1 to 9, and 0 for the tenth. */
export function labelKey(event: KeyboardEvent): number | null {
  if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) return null;
  return (Number(event.key) + 9) % 10;
}
