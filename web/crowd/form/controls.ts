// The controls of a form and what each contributes to the answer.
import type { Entry } from "./answer.ts";
import type { Json } from "../element/json.ts";

/** A crowd element that contributes to the answer. */
export interface Control extends HTMLElement {
  entries(): Iterable<Entry>;
  /** Check, and show what is missing; the reason, or null when all is well. */
  check(): string | null;
  reset(): void;
  /** What was filled in, to be kept until the answer is sent; undefined where nothing was. */
  draft(): Json | undefined;
  /** Take a draft of this element's, perhaps of an earlier version of the page; what no longer fits is left out. */
  restore(draft: Json): void;
}

export type Native = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Marks a part of a widget whose native controls are the widget's own affair. */
export const INTERNAL = "data-internal";

export function isControl(element: Element): element is Control {
  return "entries" in element && typeof element.entries === "function";
}

export function isNative(element: Element): element is Native {
  return (
    element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement
  );
}

/** Walk the controls below a node in document order. */
export function* controlsIn(root: Element): Generator<Control | Native> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT, (node) =>
    (node as Element).hasAttribute(INTERNAL) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  for (let node = walker.nextNode() as Element | null; node; node = walker.nextNode() as Element | null) {
    if (isControl(node) || isNative(node)) yield node;
  }
}

export function entriesOf(control: Control | Native): Iterable<Entry> {
  return isControl(control) ? control.entries() : nativeEntries(control);
}

function nativeEntries(control: Native): Entry[] {
  const { name } = control;
  if (!name || control.matches(":disabled")) return [];
  if (control instanceof HTMLSelectElement && control.multiple) {
    return [{ name, value: [...control.selectedOptions].map((option) => option.value) }];
  }
  switch (control.type) {
    case "checkbox":
    case "radio":
      return [{ name, option: control.value, on: (control as HTMLInputElement).checked }];
    case "submit":
    case "button":
    case "reset":
    case "image":
      return [];
    case "file":
      return [{ name, value: [...((control as HTMLInputElement).files ?? [])].map((file) => file.name).join(", ") }];
    default:
      return [{ name, value: control.value }];
  }
}

/** Check a control; the reason why it is not yet well, shown where the control is. */
export function checkControl(control: Control | Native): string | null {
  if (isControl(control)) return control.check();
  if (control.checkValidity()) return null;
  const name = control.labels?.[0]?.textContent?.trim() || control.getAttribute("aria-label") || control.name;
  return name ? `${name}: ${control.validationMessage}` : control.validationMessage;
}

export function focusControl(control: Control | Native): void {
  control.focus();
  if (!isControl(control)) control.reportValidity();
}
