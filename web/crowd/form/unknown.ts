// Crowd elements that are not ours: a notice where they stand, and the form still submits.
import { create } from "../element/base.ts";
import { CrowdForm } from "./form.ts";
import { problem } from "../element/parent.ts";

const noticed = new WeakSet<Element>();
const told = new Set<string>();

function notice(root: ParentNode): void {
  for (const element of root.querySelectorAll(":not(:defined)")) {
    if (!element.localName.startsWith("crowd-") || noticed.has(element)) continue;
    noticed.add(element);
    const message = `<${element.localName}> is not among the local elements; its answer will be missing.`;
    const form = formElsewhere(element);
    element.before(create("p", { className: "crowd-unknown", role: "note" }, message), ...(form ? [submitOf(form)] : []));
    if (!told.has(element.localName)) problem(message);
    told.add(element.localName);
  }
}

/** The hidden form through which a widget that has its own buttons submits, named by its attribute. */
function formElsewhere(element: Element): CrowdForm | null {
  const form = document.getElementById(element.getAttribute("crowd-form-element-id") ?? "");
  return form instanceof CrowdForm && !form.checkVisibility() ? form : null;
}

function submitOf(form: CrowdForm): HTMLElement {
  return create("button", { type: "button", onclick: () => form.submit() }, "Submit");
}

export function watchUnknown(): void {
  notice(document);
  new MutationObserver(() => notice(document)).observe(document.documentElement, { childList: true, subtree: true });
}
