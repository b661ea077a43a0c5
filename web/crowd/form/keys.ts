// Submitting by keyboard: Ctrl or Cmd with Enter everywhere, Enter where nothing else wants it.
import { formOf } from "../element/base.ts";

const SUBMITS = 'crowd-button[form-action="submit"], button:not([type]), button[type="submit"], input[type="submit"], input[type="image"]';
/** What Enter does nothing to, in our own elements; in native forms browsers see to it themselves. */
const IDLE = 'input[type="radio"], input[type="checkbox"]';
const CLASSIFIERS = "crowd-classifier, crowd-classifier-multi-select, crowd-image-classifier, crowd-image-classifier-multi-select";

export function watchKeys(): void {
  window.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented || event.repeat || event.isComposing || event.altKey || event.shiftKey) return;
    const [target] = event.composedPath();
    const anywhere = event.ctrlKey || event.metaKey;
    if (!(target instanceof Element) || !(anywhere || isIdle(target))) return;
    const button = submitButton(target);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

function isIdle(target: Element): boolean {
  if (target.getRootNode() instanceof ShadowRoot) return target.matches(IDLE);
  // Nothing has the focus: on a page that asks for one category, Enter is meant for it.
  return target === document.body && document.querySelectorAll(CLASSIFIERS).length === 1;
}

/** The button that a mouse would press: of the form that one is in, else the first of the page. */
function submitButton(target: Element): HTMLElement | null {
  const own = formOf(target) ?? target.closest("form");
  const shown = [...roots()].flatMap((root) => [...root.querySelectorAll<HTMLElement>(SUBMITS)]).filter(isPressable);
  const inForm = shown.filter((button) => formOf(button) !== null || button.closest("form") !== null);
  const first = inForm.find((button) => own !== null && (formOf(button) ?? button.closest("form")) === own) ?? inForm[0];
  if (first) return first;
  // A template that has its own button beside a hidden form: it is meant when it is the only one.
  const others = [...document.querySelectorAll<HTMLElement>('button, crowd-button, input[type="button"]')].filter(isPressable);
  return others.length === 1 ? (others[0] ?? null) : null;
}

/** The page, and the forms that widgets have inside. */
function* roots(): Generator<Document | Element> {
  yield document;
  for (const widget of document.querySelectorAll("*")) {
    const form = widget.shadowRoot?.querySelector("crowd-form");
    if (form) yield form;
  }
}

function isPressable(button: HTMLElement): boolean {
  return button.checkVisibility() && !(button as HTMLButtonElement).disabled;
}
