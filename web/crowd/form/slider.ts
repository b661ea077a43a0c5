// crowd-slider: a native range; until it is touched it has no value, unless one is preset. Below it stand
// its crowd-slider-label, each at the value that it is the caption of.
import type { Entry } from "./answer.ts";
import { CrowdElement, create } from "../element/base.ts";
import type { Control } from "./controls.ts";
import type { Json } from "../element/json.ts";

const CAPTION = "caption";
const LABEL = "crowd-slider-label";

/** A caption of a slider: text, and no answer of its own. */
export class CrowdSliderLabel extends CrowdElement {
  protected make(): void {
    this.root.append(create("slot"));
    if (this.parentElement instanceof CrowdSlider) this.slot = CAPTION;
  }
}

export class CrowdSlider extends CrowdElement implements Control {
  static observedAttributes = ["disabled", "max", "min", "step", "value", "secondary-progress"];
  #range = create("input", { type: "range", id: "range" });
  #number = create("input", { type: "number", "aria-label": "Value" });
  #output = create("output", { htmlFor: "range" });
  #message = create("p", { className: "message", id: "message" });
  #captions = create("slot", { name: CAPTION });
  #touched = false;

  protected make(): void {
    const range = this.#range;
    range.setAttribute("aria-label", this.text("aria-label") || this.text("name") || "Value");
    range.setAttribute("aria-describedby", "message");
    const track = create("div", { className: "track" }, range, create("div", { className: "captions" }, this.#captions));
    this.root.append(create("div", { className: "slider" }, track, this.#number, this.#output), this.#message);
    this.#captions.addEventListener("slotchange", () => this.#place());
    this.#captions.addEventListener("click", (event) => {
      const caption = (event.target as Element).closest(LABEL);
      if (caption && !this.flag("disabled")) this.#set(String(Number(caption.getAttribute("position"))), "change");
    });
    range.addEventListener("input", () => this.#set(range.value, "input"));
    range.addEventListener("change", () => this.#set(range.value, "change"));
    // Choosing the value at which the knob happens to stand changes nothing, but is a choice.
    range.addEventListener("pointerup", () => this.#set(range.value, "input"));
    range.addEventListener("keydown", (event) => {
      if (/^(Arrow|Home|End|Page|Enter| )/.test(event.key)) this.#set(range.value, "input");
    });
    this.#number.addEventListener("change", () => this.#set(this.#number.value, "change"));
    this.update();
  }

  protected override update(): void {
    for (const field of [this.#range, this.#number]) {
      field.min = this.text("min") || "0";
      field.max = this.text("max") || "100";
      field.step = this.text("step") || "1";
      field.disabled = this.flag("disabled");
    }
    this.#number.hidden = !this.flag("editable");
    this.#place();
    this.reset();
  }

  /** Put each caption where the knob is at its value; the outermost end with the track. */
  #place(): void {
    const captions = this.#captions.assignedElements().filter((one) => one instanceof CrowdSliderLabel);
    const [min, max] = [Number(this.#range.min), Number(this.#range.max)];
    for (const caption of captions) {
      const at = (100 * (Number(caption.getAttribute("position")) - min)) / (max - min) || 0;
      const within = Math.min(100, Math.max(0, at));
      caption.style.left = `${within}%`;
      caption.style.translate = `-${within}%`;
    }
    this.#captions.parentElement?.classList.toggle("used", captions.length > 0);
    this.#show();
  }

  /** The caption of a value, where it has one. */
  #captionOf(value: string): string {
    const found = this.#captions.assignedElements().find((one) => Number(one.getAttribute("position")) === Number(value));
    return found?.textContent?.trim() ?? "";
  }

  get value(): number {
    return Number(this.#range.value);
  }

  set value(value: number) {
    this.#touched = true;
    this.#range.value = String(value);
    this.#show();
  }

  get name(): string {
    return this.text("name");
  }

  entries(): Entry[] {
    const { name, value } = this;
    return name === "" || !this.#touched || this.flag("disabled") ? [] : [{ name, value }];
  }

  check(): string | null {
    const fault = this.flag("required") && !this.#touched && !this.flag("disabled");
    this.#message.textContent = fault ? "Please choose a value." : "";
    return fault ? `${this.name || "Slider"}: please choose a value.` : null;
  }

  reset(): void {
    const preset = this.getAttribute("value");
    this.#touched = preset !== null;
    this.#range.value = preset ?? (this.text("min") || "0");
    this.#message.textContent = "";
    this.#show();
  }

  draft(): Json | undefined {
    const preset = this.getAttribute("value");
    return !this.#touched || (preset !== null && Number(preset) === this.value) ? undefined : this.value;
  }

  restore(draft: Json): void {
    if (typeof draft === "number") this.value = draft;
  }

  override focus(options?: FocusOptions): void {
    this.#range.focus(options);
  }

  #set(value: string, event: "input" | "change"): void {
    this.value = Number(value);
    this.#message.textContent = "";
    this.dispatchEvent(new Event(event, { bubbles: true }));
  }

  #show(): void {
    const shown = this.#touched ? this.#range.value : "\u2013";
    this.#output.textContent = shown;
    this.#number.value = this.#touched ? this.#range.value : "";
    const caption = this.#touched ? this.#captionOf(shown) : "";
    const said = caption === "" || caption === shown ? shown : `${shown}, ${caption}`;
    this.#range.setAttribute("aria-valuetext", this.#touched ? said : "not chosen yet");
    const [min, max] = [Number(this.#range.min), Number(this.#range.max)];
    const second = Number(this.text("secondary-progress"));
    this.style.setProperty("--second", `${max > min ? (100 * (second - min)) / (max - min) : 0}%`);
  }
}
