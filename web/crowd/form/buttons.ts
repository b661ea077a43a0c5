// crowd-button, crowd-icon-button, crowd-fab: a native button, or a link that looks like one.
import { CrowdElement, create, formOf } from "../element/base.ts";
import { icon } from "../display/icons.ts";

interface Form extends HTMLElement {
  submit(): void;
  reset(): void;
}

/** A button of which clicks on the element itself count only while it is enabled. */
abstract class Pressable extends CrowdElement {
  protected button!: HTMLButtonElement | HTMLAnchorElement;

  protected blocked(): boolean {
    return this.flag("disabled");
  }

  /** A script's click() on the element does what a click on the button in it does. */
  protected watchClicks(): void {
    this.addEventListener(
      "click",
      (event) => {
        if (!this.blocked()) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      { capture: true },
    );
  }

  override focus(options?: FocusOptions): void {
    this.button.focus(options);
  }

  get disabled(): boolean {
    return this.flag("disabled");
  }

  set disabled(value: boolean) {
    this.toggleAttribute("disabled", value);
  }
}

export class CrowdButton extends Pressable {
  static observedAttributes = ["disabled", "loading", "variant", "icon", "icon-url", "icon-align", "href"];

  protected make(): void {
    this.watchClicks();
    this.update();
    this.addEventListener("click", () => {
      const action = this.text("form-action");
      const form = formOf(this) as Form | null;
      if (action === "submit") form?.submit();
      if (action === "reset") form?.reset();
    });
  }

  protected override blocked(): boolean {
    return this.flag("disabled") || this.flag("loading");
  }

  protected override update(): void {
    const focused = this.root.activeElement !== null;
    const href = this.text("href");
    const label = create("slot");
    const content: (Node | string)[] = [label];
    const picture = this.text("icon-url") || this.text("icon");
    if (picture) content.splice(this.text("icon-align") === "right" ? 1 : 0, 0, icon(picture));
    const className = `button ${this.text("variant") || "normal"} awsui-button`;
    if (href) {
      const link = create("a", { href, className }, ...content);
      if (this.text("target")) link.target = this.text("target");
      this.button = link;
    } else {
      // Of type submit, as tools that drive the page look for; the form is not in this tree.
      const type = this.text("form-action") === "submit" ? "submit" : "button";
      const button = create("button", { type, className }, ...content);
      button.disabled = this.flag("disabled") && !this.flag("loading");
      if (this.flag("loading")) {
        button.setAttribute("aria-busy", "true");
        button.prepend(create("span", { className: "spinner", "aria-hidden": "true" }));
      }
      this.button = button;
    }
    if (!this.textContent?.trim()) {
      const name = this.getAttribute("aria-label") ?? this.getAttribute("title") ?? (this.text("icon") || iconIn(this));
      this.button.setAttribute("aria-label", name || "Button");
    }
    this.root.replaceChildren(this.button);
    if (focused) this.button.focus();
  }
}

function iconIn(element: Element): string {
  return element.querySelector("iron-icon")?.getAttribute("icon") ?? "";
}

export class CrowdIconButton extends Pressable {
  static observedAttributes = ["disabled", "icon", "label", "title"];
  protected shape = "icon-only";

  protected make(): void {
    this.watchClicks();
    this.update();
  }

  protected override update(): void {
    const [label, name] = [this.text("label"), this.text("icon")];
    const button = create("button", { type: "button", className: `button ${this.shape}` });
    button.disabled = this.flag("disabled");
    button.setAttribute("aria-label", this.text("title") || label || name || "Button");
    if (name) button.append(icon(name));
    else button.append([...label].length > 1 ? "\u2026" : label);
    this.button = button;
    this.root.replaceChildren(button);
  }
}

export class CrowdFab extends CrowdIconButton {
  protected override shape = "fab";
}
