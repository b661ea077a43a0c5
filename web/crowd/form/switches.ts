// crowd-checkbox, crowd-toggle-button, crowd-radio-button, crowd-radio-group.
import type { Entry } from "./answer.ts";
import { CrowdElement, create } from "../element/base.ts";
import type { Control } from "./controls.ts";
import type { Json } from "../element/json.ts";

/** A native check box or radio button with the element's content as its label. */
abstract class Switch extends CrowdElement implements Control {
  static observedAttributes = ["checked", "disabled"];
  protected readonly input = create("input", { id: "input" });
  protected readonly message = create("span", { className: "message", id: "message" });
  protected abstract readonly kind: string;

  protected make(): void {
    this.input.type = this.kind === "radio" ? "radio" : "checkbox";
    if (this.kind === "toggle") this.input.setAttribute("role", "switch");
    this.input.setAttribute("aria-describedby", "message");
    const label = create("label", { className: `switch ${this.kind}` }, this.input, create("slot"));
    this.root.append(label, this.message);
    if (!this.textContent?.trim()) this.input.setAttribute("aria-label", this.text("aria-label") || this.text("name") || "on");
    this.input.addEventListener("change", () => this.changed());
    // Templates click the element itself; a click on its label has a target inside of it.
    this.addEventListener("click", (event) => event.composedPath()[0] === this && this.input.click());
    this.input.checked = this.flag("checked");
    this.input.disabled = this.flag("disabled");
  }

  protected override update(): void {
    this.input.checked = this.flag("checked");
    this.input.disabled = this.flag("disabled");
  }

  protected changed(): void {
    if (this.message.textContent) this.check();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  get checked(): boolean {
    return this.input.checked;
  }

  set checked(value: boolean) {
    this.input.checked = value;
  }

  get disabled(): boolean {
    return this.input.disabled;
  }

  set disabled(value: boolean) {
    this.toggleAttribute("disabled", value);
  }

  get name(): string {
    return this.text("name");
  }

  get value(): string {
    return this.text("value") || "on";
  }

  set value(value: string) {
    this.setAttribute("value", value);
  }

  entries(): Entry[] {
    const { name } = this;
    return name === "" || this.disabled ? [] : [{ name, option: this.value, on: this.checked }];
  }

  check(): string | null {
    const fault = this.flag("required") && !this.checked && !this.disabled;
    this.message.textContent = fault ? "This is required." : "";
    this.input.setAttribute("aria-invalid", String(fault));
    return fault ? `${this.textContent?.trim() || this.name}: this is required.` : null;
  }

  reset(): void {
    this.checked = this.flag("checked");
    this.message.textContent = "";
    this.input.removeAttribute("aria-invalid");
  }

  draft(): Json | undefined {
    return this.checked === this.flag("checked") ? undefined : this.checked;
  }

  restore(draft: Json): void {
    if (typeof draft === "boolean") this.checked = draft;
  }

  override focus(options?: FocusOptions): void {
    this.input.focus(options);
  }
}

export class CrowdCheckbox extends Switch {
  protected readonly kind: string = "check";
}

export class CrowdToggleButton extends Switch {
  protected readonly kind = "toggle";
}

export class CrowdRadioButton extends Switch {
  protected readonly kind = "radio";

  /** Required is not supported by radio buttons, here as in the service. */
  override check(): null {
    return null;
  }
}

/** Of its radio buttons at most one is on; the arrow keys go from one to the next. */
export class CrowdRadioGroup extends CrowdElement {
  protected make(): void {
    this.root.append(create("slot"));
    this.setAttribute("role", "radiogroup");
    this.addEventListener("change", (event) => this.#only(event.target));
    this.addEventListener("keydown", (event) => this.#step(event));
  }

  #buttons(): CrowdRadioButton[] {
    return [...this.querySelectorAll("crowd-radio-button")].filter((button) => button instanceof CrowdRadioButton);
  }

  #only(chosen: EventTarget | null): void {
    const buttons = this.#buttons();
    if (!buttons.some((button) => button === chosen && button.checked)) return;
    for (const button of buttons) if (button !== chosen) button.checked = false;
  }

  #step(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const buttons = this.#buttons().filter((button) => !button.disabled);
    const at = buttons.findIndex((button) => button === event.target);
    if (by === undefined || at < 0) return;
    event.preventDefault();
    const next = buttons[(at + by + buttons.length) % buttons.length];
    if (!next) return;
    next.focus();
    next.checked = true;
    next.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
