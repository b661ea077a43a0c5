// What all elements share: a shadow root with our styles, attributes as properties, readiness.
import { problem } from "./parent.ts";
import { elementReady } from "./ready.ts";
// Raw: the minifier would take light-dark() apart, which needs the page to declare its colour scheme.
import css from "./styles.css?raw";

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

export abstract class CrowdElement extends HTMLElement {
  readonly root: ShadowRoot;
  #made = false;

  constructor() {
    super();
    this.root = this.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [sheet];
  }

  connectedCallback(): void {
    if (this.#made) return;
    this.#made = true;
    try {
      this.make();
    } catch (error) {
      // One element that is written wrongly costs itself, and says so where it stands.
      const message = `<${this.localName}>: ${error instanceof Error ? error.message : String(error)}`;
      this.root.append(create("p", { className: "notice", role: "alert" }, message));
      problem(message);
    }
    this.#takeEarlierProperties();
    elementReady(this);
  }

  attributeChangedCallback(): void {
    if (this.#made) this.update();
  }

  /** Build the content, once, when the element and its children stand in the page. */
  protected abstract make(): void;

  /** Show what attributes say now. */
  protected update(): void {}

  protected text(attribute: string): string {
    return this.getAttribute(attribute) ?? "";
  }

  protected flag(attribute: string): boolean {
    const value = this.getAttribute(attribute);
    return value !== null && value !== "false";
  }

  /** Properties that a script set before the element was defined would hide the element's own. */
  #takeEarlierProperties(): void {
    for (const key of Object.keys(this)) {
      if (!(key in Object.getPrototypeOf(this))) continue;
      const own = this as unknown as Record<string, unknown>;
      const value = own[key];
      delete own[key];
      own[key] = value;
    }
  }
}

type Properties = { readonly [key: string]: string | boolean | EventListener };

/** Make an element; a key is a property of it, else an attribute; `on…` is a listener. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (key in element && !key.startsWith("aria") && key !== "role") Object.assign(element, { [key]: value });
    else element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}

/** Where a widget stands: the crowd-form it belongs to, also when it is slotted into a widget's own. */
export function formOf(element: Element): HTMLElement | null {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const form = at.closest<HTMLElement>("crowd-form");
    if (form) return form;
    const inner = at.shadowRoot?.querySelector<HTMLElement>("crowd-form");
    if (inner) return inner;
  }
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? formOf(root.host) : null;
}
