// All that a page can be filled in with: crowd elements, native controls, editable text; wherever a
// template puts them, and whichever of them its scripts make.
import type { Json } from "../element/json.ts";
import { problem } from "../element/parent.ts";
import { INTERNAL, isControl, isNative, type Control, type Native } from "../form/controls.ts";

export type Field = Control | Native | HTMLElement;

/** Not what somebody fills in: what scripts keep there can't be taken up by them again. */
const SCRIPTS_OWN = ["hidden", "submit", "button", "reset", "image"];
/** What no page may fill in, or what is not to be kept. */
const SECRET = ["file", "password"];

/** Walk the fields of a page in document order, each with a key that it has again after a reload. */
export function* fieldsIn(page: Document): Generator<readonly [string, Field]> {
  const seen = new Map<string, number>();
  for (const field of walk(page.documentElement)) {
    const name = nameOf(field);
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    yield [`${name}#${number}`, field];
  }
}

/** The forms that widgets have inside: templates put fields there, too. */
export function* innerForms(page: Document): Generator<Element> {
  for (const field of walk(page.documentElement)) {
    const form = isControl(field) ? field.shadowRoot?.querySelector("crowd-form") : null;
    if (form) yield form;
  }
}

function* walk(root: Element): Generator<Field> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT, (node) =>
    (node as Element).hasAttribute(INTERNAL) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node as Element;
    const editable = element instanceof HTMLElement && element.matches("[contenteditable]:not([contenteditable=false i])");
    if (isControl(element) || isNative(element) || editable) yield element as Field;
    const inner = isControl(element) ? element.shadowRoot?.querySelector("crowd-form") : null;
    if (inner) yield* walk(inner);
  }
}

function nameOf(field: Field): string {
  const [type, option] = [field.getAttribute("type") ?? "", isOption(field) ? field.getAttribute("value") ?? "" : ""];
  return [field.localName, type, field.getAttribute("name") ?? "", field.id, option].join("|");
}

function isOption(field: Field): boolean {
  return /^(radio|checkbox)$/.test(field.getAttribute("type") ?? "") || /^crowd-(radio-button|checkbox|toggle-button)$/.test(field.localName);
}

/** Tell whether a field's content can be brought back; a control that nobody sees is its script's own. */
export function isLasting(field: Field): boolean {
  if (isControl(field) || !isNative(field)) return true;
  if (SCRIPTS_OWN.includes(field.type) || SECRET.includes(field.type)) return false;
  return (field.labels?.length ?? 0) > 0 || getComputedStyle(field).display !== "none";
}

/** What a field holds; undefined where that is nothing. An element that fails costs its own draft alone. */
export function stateOf(field: Field): Json | undefined {
  try {
    return held(field);
  } catch (error) {
    problem(`<${field.localName}>: ${String(error)}`);
    return undefined;
  }
}

function held(field: Field): Json | undefined {
  if (isControl(field)) return field.draft();
  if (!isNative(field)) return field.innerHTML;
  if (field instanceof HTMLSelectElement) return [...field.options].flatMap((option, at) => (option.selected ? [at, option.value] : []));
  if (field.type === "checkbox" || field.type === "radio") return (field as HTMLInputElement).checked;
  return field.value;
}

/** Fill a field in as it was, and tell the page's scripts as a worker's own doing would. */
export function putBack(field: Field, state: Json): void {
  try {
    fill(field, state);
  } catch (error) {
    problem(`<${field.localName}>: ${String(error)}`);
  }
  // Of radio buttons only the one that is chosen says so.
  if (isOption(field) && !(field as HTMLInputElement).checked && /radio/.test(nameOf(field))) return;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
}

function fill(field: Field, state: Json): void {
  if (isControl(field)) {
    if (state === null) field.reset();
    else field.restore(state);
  } else if (!isNative(field)) {
    if (typeof state === "string") field.replaceChildren(...harmless(state));
  } else if (field instanceof HTMLSelectElement) {
    const chosen = Array.isArray(state) ? state : [];
    [...field.options].forEach((option, at) => {
      option.selected = chosen.some((value, index) => value === at && chosen[index + 1] === option.value);
    });
  } else if (typeof state === "boolean") {
    (field as HTMLInputElement).checked = state;
  } else {
    field.value = String(state);
  }
}

/** Text with its marks, and nothing in it that runs or loads. */
function harmless(html: string): Node[] {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const element of body.querySelectorAll("*")) {
    if (!/^(a|b|big|blockquote|br|code|div|em|font|h[1-6]|i|li|mark|ol|p|pre|q|s|small|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul)$/.test(element.localName)) element.remove();
    for (const { name } of [...element.attributes]) if (!/^(class|id|dir|lang|style|data-.*)$/.test(name)) element.removeAttribute(name);
  }
  return [...body.childNodes];
}
