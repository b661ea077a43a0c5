// A form of Mechanical Turk, which posts to its server: here it answers to the page around this one.
import { answerOf } from "./answer.ts";

const REPLY_MILLISECONDS = 15_000;
/** What the form posts to, and what it is called in Mechanical Turk's own examples. */
const FORM = 'form[action*="externalSubmit" i], form#mturk_form, form[name="mturk_form"]';
const SUBMITS = 'button:not([type]), button[type="submit"], input[type="submit"], input[type="image"]';

const host = window.parent;
const tell = (message: object): void => {
  if (host !== window) host.postMessage({ labelwright: 1, ...message }, "*");
};
const note = document.createElement("p");
note.setAttribute("role", "alert");
let sent = false;
let touched = false;
let patience: ReturnType<typeof setTimeout> | undefined;

function say(text: string): void {
  note.textContent = text;
  if (text !== "") document.body.append(note);
  else note.remove();
}

function refuse(reason: string): void {
  clearTimeout(patience);
  sent = false;
  say(reason);
}

/** Send the fields once. A field that is called like one of the form's methods hides that: none is asked for. */
function send(form: HTMLFormElement, submitter: HTMLElement | null): void {
  if (sent) return;
  const fields = new FormData(form, submitter);
  sent = true;
  say("");
  if (host === window) return refuse(JSON.stringify(answerOf(fields)));
  patience = setTimeout(() => refuse("No reply came; you can submit again."), REPLY_MILLISECONDS);
  tell({ type: "submit", answer: answerOf(fields) });
}

const isOurs = (target: unknown): target is HTMLFormElement => target instanceof HTMLFormElement && target.matches(FORM);

// After the page's own handlers, any of which may keep the form from being sent.
window.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !isOurs(event.target)) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
const native = HTMLFormElement.prototype.submit;
HTMLFormElement.prototype.submit = function (this: HTMLFormElement): void {
  if (isOurs(this)) send(this, null);
  else native.call(this);
};
// As in all our forms: Ctrl or Cmd with Enter presses the button that a mouse would.
window.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented || event.repeat) return;
  const buttons = [...document.querySelectorAll<HTMLElement>(SUBMITS)].filter((button) => !button.matches(":disabled") && button.checkVisibility());
  // A script may send the form by a button beside it.
  const button = buttons.find((one) => one.closest(FORM)) ?? buttons[0];
  if (!button) return;
  event.preventDefault();
  button.click();
});
window.addEventListener("message", ({ source, data }: MessageEvent<{ labelwright?: unknown; type?: unknown; reason?: unknown } | null>) => {
  if (source !== host || typeof data !== "object" || data?.labelwright !== 1 || !sent) return;
  if (data.type === "sending") clearTimeout(patience);
  if (data.type === "refused") refuse(`Not accepted: ${String(data.reason ?? "no reason given")}`);
});
// Nothing of what is filled in here is kept: the browser asks before it is lost.
for (const type of ["input", "change"]) window.addEventListener(type, ({ isTrusted }) => (touched ||= isTrusted), { capture: true });
window.addEventListener("beforeunload", (event) => {
  if (touched && !sent) event.preventDefault();
});
window.addEventListener("error", ({ message, lineno }) => tell({ type: "problem", message, line: lineno || null }));
window.addEventListener("load", () => tell({ type: "ready" }));

// What externalHIT_v1.js gives pages, which takes the assignment from the page's address.
Object.assign(window, {
  turkGetParam: (name: string, otherwise: string) => new URLSearchParams(location.search).get(name) ?? otherwise,
  turkSetAssignmentID: (id?: string) => {
    for (const field of document.querySelectorAll<HTMLInputElement>('input[name="assignmentId"]')) field.value = id ?? "local";
  },
});
