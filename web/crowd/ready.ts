// Readiness: each element says so on window; when all were quiet for a moment, the document does, once.
import { tell } from "./parent.ts";

const QUIET_MILLISECONDS = 250;

let timer: ReturnType<typeof setTimeout> | undefined;
let told = false;

export function elementReady(element: Element): void {
  window.dispatchEvent(new CustomEvent("crowd-element-ready", { detail: { element } }));
}

export function watchReadiness(): void {
  window.addEventListener("crowd-element-ready", () => {
    if (told) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      told = true;
      document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true }));
      tell({ type: "ready" });
    }, QUIET_MILLISECONDS);
  });
}
