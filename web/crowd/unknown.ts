// Crowd elements that are not ours: a notice where they stand, and the form still submits.
import { create } from "./base.ts";
import { problem } from "./parent.ts";

const noticed = new WeakSet<Element>();

function notice(root: ParentNode): void {
  for (const element of root.querySelectorAll(":not(:defined)")) {
    if (!element.localName.startsWith("crowd-") || noticed.has(element)) continue;
    noticed.add(element);
    const message = `<${element.localName}> is not among the local elements; its answer will be missing.`;
    element.before(create("p", { className: "crowd-unknown", role: "note" }, message));
    problem(message);
  }
}

export function watchUnknown(): void {
  notice(document);
  new MutationObserver(() => notice(document)).observe(document.documentElement, { childList: true, subtree: true });
}
