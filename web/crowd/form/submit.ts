// The button that a form adds where a template has none: last of all, and beside the choices where the
// form ends with a widget that has a place for it.

/** The slot of a widget in which the button stands. */
export const SUBMIT_PLACE = "submit";

const UNSEEN = "script, style, link, meta, template, input[type=hidden]";

/** Make the button and keep it where it belongs, whatever scripts add to the form. */
export function addSubmit(form: HTMLFormElement): void {
  const button = document.createElement("crowd-button");
  button.setAttribute("form-action", "submit");
  button.setAttribute("variant", "primary");
  // Styled by this: a class or a style of ours would look like the template's own.
  button.setAttribute("data-submit", "");
  button.textContent = "Submit";
  Element.prototype.append.call(form, button);
  const place = () => put(form, button);
  new MutationObserver(place).observe(form, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "hidden", "style"] });
  window.addEventListener("crowd-element-ready", place);
}

function put(form: HTMLFormElement, button: HTMLElement): void {
  // A script has taken it elsewhere.
  if (!button.isConnected || !(form.contains(button) || button.slot === SUBMIT_PLACE)) return;
  const last = lastShown(form, button);
  const slot = last && placeIn(last);
  if (slot && slot.getRootNode() !== form.getRootNode()) {
    if (button.parentElement === last) return;
    button.slot = SUBMIT_PLACE;
    last.append(button);
  } else if (slot) {
    if (slot.nextElementSibling !== button) slot.after(button);
  } else if (button.parentElement !== form || followed(button)) {
    button.removeAttribute("slot");
    Element.prototype.append.call(form, button);
  }
}

/** What stands last in the form, as deep as it is the last of what it is in. */
function lastShown(form: Element, button: Element): Element | null {
  let found: Element | null = null;
  for (let at: Element | null = form; at; ) {
    const { lastChild } = at;
    if (at !== form && lastChild instanceof Text && lastChild.data.trim()) break;
    at = [...at.children].filter((child) => child !== button && isShown(child)).at(-1) ?? null;
    if (at) found = at;
    if (at && placeIn(at)) break;
  }
  return found;
}

function isShown(element: Element): boolean {
  return !element.matches(UNSEEN) && element.getBoundingClientRect().height > 0;
}

function followed(button: Element): boolean {
  for (let at = button.nextElementSibling; at; at = at.nextElementSibling) if (!at.matches(UNSEEN)) return true;
  return false;
}

/** A widget's place for the button: in its shadow, or here where its own form is around it. */
function placeIn(element: Element): Element | null {
  return (element.shadowRoot ?? element).querySelector(`slot[name=${SUBMIT_PLACE}]`);
}
