// A form of Mechanical Turk, which posts to its server: here it answers to the page around this one.
import { keepDrafts } from "../drafts/keeper.ts";
import { embedded, listen, tell, watchErrors } from "../element/parent.ts";
import { watchKeys } from "../form/keys.ts";
import { answerOf } from "./answer.ts";

const REPLY_MILLISECONDS = 15_000;
/** What the form posts to, and what it is called in Mechanical Turk's own examples. */
const FORM = 'form[action*="externalSubmit" i], form#mturk_form, form[name="mturk_form"]';

const note = document.createElement("p");
note.setAttribute("role", "alert");
let sent = false;
/** What was kept is being filled in: no script may make a submit of that. */
let held = false;
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
  if (sent || held) return;
  const fields = new FormData(form, submitter);
  sent = true;
  say("");
  if (!embedded) return refuse(JSON.stringify(answerOf(fields)));
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
listen((reply) => {
  if (!sent) return;
  if (reply.type === "sending") clearTimeout(patience);
  if (reply.type === "refused") refuse(`Not accepted: ${String(reply.reason ?? "no reason given")}`);
});
watchErrors();
window.addEventListener("load", () => tell({ type: "ready" }));
document.addEventListener("DOMContentLoaded", () =>
  // Where crowd elements stand beside the form, their script sees to all fields.
  setTimeout(() => {
    if (customElements.get("crowd-form")) return;
    watchKeys();
    if (embedded) keepDrafts(quietly);
  }),
);

function quietly(act: () => void): void {
  held = true;
  try {
    act();
  } finally {
    held = false;
  }
}

// What externalHIT_v1.js gives pages, which takes the assignment from the page's address.
Object.assign(window, {
  turkGetParam: (name: string, otherwise: string) => new URLSearchParams(location.search).get(name) ?? otherwise,
  turkSetAssignmentID: (id?: string) => {
    for (const field of document.querySelectorAll<HTMLInputElement>('input[name="assignmentId"]')) field.value = id ?? "local";
  },
});
