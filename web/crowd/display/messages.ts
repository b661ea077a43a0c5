// crowd-alert, crowd-badge, crowd-card, crowd-toast: what is shown, and answers nothing.
import { CrowdElement, create } from "../element/base.ts";
import { icon } from "./icons.ts";

const TYPES: Readonly<Record<string, string>> = { info: "Note", success: "Done", error: "Error", warning: "Warning" };

export class CrowdAlert extends CrowdElement {
  static observedAttributes = ["type", "dismissible"];

  protected make(): void {
    this.update();
  }

  protected override update(): void {
    const type = this.text("type") in TYPES ? this.text("type") : "info";
    const role = type === "error" || type === "warning" ? "alert" : "status";
    const said = create("span", { className: "kind" }, `${TYPES[type] ?? ""}: `);
    const box = create("div", { className: `alert ${type}`, role }, create("div", {}, said, create("slot")));
    if (this.flag("dismissible")) {
      const button = create("button", { type: "button", className: "button icon-only", onclick: () => this.remove() });
      button.setAttribute("aria-label", "Dismiss");
      button.append(icon("close"));
      box.append(button);
    }
    this.root.replaceChildren(box);
  }
}

export class CrowdBadge extends CrowdElement {
  static observedAttributes = ["icon", "label"];

  protected make(): void {
    this.update();
    const tree = this.getRootNode() as Document | ShadowRoot;
    const target = this.text("for") ? tree.getElementById(this.text("for")) : this.parentElement;
    // It floats over the corner of what it belongs to, so that has to be what positions it.
    if (target && getComputedStyle(target).position === "static") target.style.position = "relative";
    if (target && target !== this.parentElement) target.append(this);
  }

  protected override update(): void {
    const name = this.text("icon");
    this.root.replaceChildren(create("span", { className: "badge" }, name ? icon(name) : this.text("label")));
  }
}

export class CrowdCard extends CrowdElement {
  static observedAttributes = ["heading", "image"];

  protected make(): void {
    this.update();
  }

  protected override update(): void {
    const card = create("div", { className: "card" });
    if (this.text("image")) card.append(create("img", { src: this.text("image"), alt: "" }));
    if (this.text("heading")) card.append(create("p", { className: "heading" }, this.text("heading")));
    card.append(create("slot"));
    this.root.replaceChildren(card);
  }
}

export class CrowdToast extends CrowdElement {
  static observedAttributes = ["opened", "text"];
  static #visible: CrowdToast | null = null;
  #box = create("div", { className: "toast", role: "status", hidden: true });
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected make(): void {
    this.#box.append(create("span", {}, this.text("text")), create("slot"));
    this.root.append(this.#box);
    this.update();
  }

  /** Shown while `opened` is there; only one is at a time. */
  protected override update(): void {
    const opened = this.flag("opened");
    const [text] = this.#box.children;
    if (text) text.textContent = this.text("text");
    this.#box.hidden = !opened;
    clearTimeout(this.#timer);
    if (!opened) return;
    if (CrowdToast.#visible !== this) CrowdToast.#visible?.close();
    CrowdToast.#visible = this;
    const duration = this.hasAttribute("duration") ? Number(this.text("duration")) : 3_000;
    if (duration > 0) this.#timer = setTimeout(() => this.close(), duration);
  }

  open(): void {
    this.setAttribute("opened", "");
  }

  show(): void {
    this.open();
  }

  close(): void {
    this.removeAttribute("opened");
  }
}
