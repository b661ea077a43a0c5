// crowd-input and crowd-text-area: a native field with its label, counter and message.
import type { Entry } from "./answer.ts";
import { CrowdElement, create } from "../element/base.ts";
import type { Control } from "./controls.ts";
import type { Json } from "../element/json.ts";

abstract class TextField extends CrowdElement implements Control {
  static observedAttributes = [
    "allowed-pattern", "disabled", "label", "max-length", "min-length", "max-rows", "placeholder", "required", "rows", "value",
  ];
  protected abstract readonly field: HTMLInputElement | HTMLTextAreaElement;
  #label = create("label", { htmlFor: "field" });
  #message = create("p", { className: "message", id: "message" });
  #counter = create("p", { className: "counter" });
  #good = "";
  #shown: string | null = null;

  protected make(): void {
    const { field } = this;
    field.id = "field";
    field.setAttribute("aria-describedby", "message");
    this.root.append(this.#label, field, create("div", { className: "below" }, this.#message, this.#counter));
    field.addEventListener("input", () => this.#typed());
    field.addEventListener("change", () => this.dispatchEvent(new Event("change", { bubbles: true })));
    this.update();
    this.#shown = null;
    this.reset();
    if (this.hasAttribute("auto-focus") && this.flag("auto-focus")) field.focus();
  }

  protected override update(): void {
    const { field } = this;
    const label = this.text("label");
    this.#label.textContent = label + (label && this.flag("required") ? " *" : "");
    this.#label.hidden = label === "";
    if (label === "") field.setAttribute("aria-label", this.text("aria-label") || this.text("placeholder") || this.text("name") || "Text");
    else field.removeAttribute("aria-label");
    field.placeholder = this.text("placeholder");
    field.disabled = this.flag("disabled");
    field.required = this.flag("required");
    const [most, least] = [Number(this.text("max-length")), Number(this.text("min-length"))];
    if (most > 0) field.maxLength = most;
    if (least > 0) field.minLength = least;
    if (this.#shown !== null && this.#shown !== this.text("value")) this.value = this.text("value");
    this.#shown = this.text("value");
  }

  get value(): string {
    return this.field.value;
  }

  set value(value: string) {
    this.field.value = value;
    this.#good = this.field.value;
    this.grow();
    this.#count();
  }

  get name(): string {
    return this.text("name");
  }

  get _submittableValue(): string {
    return this.value;
  }

  entries(): Entry[] {
    const { name, value } = this;
    return name === "" || value === "" || this.flag("disabled") ? [] : [{ name, value }];
  }

  check(): string | null {
    const fault = this.#fault();
    this.#message.textContent = fault ?? "";
    this.field.setAttribute("aria-invalid", String(fault !== null));
    const name = this.text("label") || this.text("placeholder") || this.text("name");
    return fault === null || name === "" ? fault : `${name}: ${fault}`;
  }

  reset(): void {
    this.value = this.text("value");
    this.#message.textContent = "";
    this.field.removeAttribute("aria-invalid");
  }

  draft(): Json | undefined {
    return this.value === this.text("value") ? undefined : this.value;
  }

  restore(draft: Json): void {
    if (typeof draft === "string") this.value = draft;
  }

  override focus(options?: FocusOptions): void {
    this.field.focus(options);
  }

  protected grow(): void {}

  #fault(): string | null {
    if (this.flag("disabled")) return null;
    const { value, field } = this;
    const own = this.text("error-message");
    const least = Number(this.text("min-length"));
    if (this.flag("required") && value.trim() === "") return own || "please fill in this field.";
    if (value !== "" && least > value.length) return own || `at least ${least} characters are needed.`;
    if (!field.validity.valid && !field.validity.valueMissing) return own || field.validationMessage;
    return null;
  }

  #typed(): void {
    const pattern = this.text("allowed-pattern");
    if (this.flag("auto-validate") && pattern) {
      // What does not match is ignored as it is typed: the field keeps its last good content.
      const refused = [...this.value].some((character) => !matches(pattern, character));
      if (refused) this.field.value = this.#good;
      this.#message.textContent = refused ? this.text("error-message") || "This character is not allowed." : "";
    } else if (this.#message.textContent) this.check();
    this.#good = this.value;
    this.grow();
    this.#count();
  }

  #count(): void {
    const most = this.text("max-length");
    this.#counter.textContent = this.flag("char-counter") ? `${this.value.length}${most && ` / ${most}`} characters` : "";
  }
}

/** Tell whether one character may be typed; a pattern that is none allows all. */
function matches(pattern: string, character: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(character);
  } catch {
    return true;
  }
}

export class CrowdInput extends TextField {
  protected readonly field = create("input");

  protected override update(): void {
    this.field.type = this.text("type") || "text";
    super.update();
  }
}

export class CrowdTextArea extends TextField {
  protected readonly field = create("textarea");

  protected override update(): void {
    this.field.rows = Number(this.text("rows")) || 2;
    super.update();
  }

  /** The field grows with its text, as far as max-rows says. */
  protected override grow(): void {
    const most = Number(this.text("max-rows")) || 30;
    const lines = this.value.split("\n").length;
    this.field.rows = Math.max(Number(this.text("rows")) || 2, Math.min(lines, most));
  }
}
