// Readiness: each element says so on window; when all were quiet for a moment, the document does, once.
import { tell } from "./parent.ts";

const QUIET_MILLISECONDS = 250;

/** The elements with keys of their own. */
const WIDGETS = [
  "crowd-bounding-box",
  "crowd-classifier",
  "crowd-classifier-multi-select",
  "crowd-entity-annotation",
  "crowd-image-classifier",
  "crowd-image-classifier-multi-select",
  "crowd-instance-segmentation",
  "crowd-keypoint",
  "crowd-line",
  "crowd-polygon",
  "crowd-polyline",
  "crowd-question-answer-generation",
  "crowd-semantic-segmentation",
  "crowd-text-ranking",
].join();

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
      focusOnlyWidget();
      document.dispatchEvent(new CustomEvent("all-crowd-elements-ready", { bubbles: true }));
      tell({ type: "ready" });
    }, QUIET_MILLISECONDS);
  });
}

/** A page that is one widget takes its keys at once, unless the template has focused something. */
function focusOnlyWidget(): void {
  const [only, ...others] = document.querySelectorAll<HTMLElement>(WIDGETS);
  if (only && others.length === 0 && document.activeElement === document.body) only.focus({ preventScroll: true });
}
