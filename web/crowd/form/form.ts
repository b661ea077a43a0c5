// crowd-form: a native form around its children, whose submit makes the answer and sends it.
import { answerOf, flattened, type Answer, type Entry } from "./answer.ts";
import { CrowdElement, create } from "../element/base.ts";
import { checkControl, controlsIn, entriesOf, focusControl, isControl } from "./controls.ts";
import { addSubmit } from "./submit.ts";
import { embedded, listen, tell, type Reply } from "../element/parent.ts";

const REPLY_MILLISECONDS = 15_000;

export class CrowdForm extends CrowdElement {
  static #first: CrowdForm | null = null;
  static #held = false;
  form!: HTMLFormElement;
  #status = create("p", { className: "status", role: "status" });
  #alert = create("p", { className: "notice", role: "alert", hidden: true });
  #answers = create("div", { id: "answers-box", hidden: true });
  #ours = new WeakSet<Event>();
  #sent = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  protected make(): void {
    this.root.append(create("slot"), this.#alert, this.#status, this.#answers);
    const form = create("form", { noValidate: true });
    form.setAttribute("aria-label", "Task");
    // From here on the form has its controls for properties: one that is called "submit" or "append"
    // hides the method, so none is asked for by its name.
    form.submit = () => this.submit();
    form.addEventListener("reset", () => {
      for (const control of this.#controls()) if (isControl(control)) control.reset();
      this.#refuse("");
    });
    const hasButton = this.querySelector('crowd-button[form-action="submit"]') !== null;
    form.append(...this.childNodes);
    this.append(form);
    if (!hasButton) addSubmit(form);
    this.form = form;
    // The native way to send a form leads here: Enter in a field, a native button, requestSubmit().
    this.addEventListener("submit", (event) => this.#takeOver(event), { capture: true });
    // The work is the page's main part, unless the template says what else is; a hidden form is none.
    const shown = this.checkVisibility();
    if (shown && !CrowdForm.#first && !document.querySelector("main, [role=main]")) this.setAttribute("role", "main");
    if (shown) CrowdForm.#first ??= this;
    listen((reply) => this.#hear(reply));
  }

  /** Check, tell onsubmit, and send what then is in the form. */
  submit(): void {
    if (this.#sent || CrowdForm.#held) return;
    const failed = this.#firstFault();
    this.#refuse(failed ?? "");
    if (failed !== null) return;
    const event = new SubmitEvent("submit", { bubbles: true, cancelable: true, composed: true });
    this.#ours.add(event);
    if (EventTarget.prototype.dispatchEvent.call(this.form, event)) this.#send(this.#answer());
  }

  /** Do something of which no script may make a submit: nobody has decided on one. */
  static whileNothingIsSent(act: () => void): void {
    CrowdForm.#held = true;
    try {
      act();
    } finally {
      CrowdForm.#held = false;
    }
  }

  reset(): void {
    HTMLFormElement.prototype.reset.call(this.form);
  }

  /** The body that the service's element posts: the answer in an array of one, as a string. */
  _serializeForm(): { taskAnswers: string } {
    return { taskAnswers: JSON.stringify([this.#answer()]) };
  }

  #takeOver(event: Event): void {
    if (this.#ours.has(event) || event.target !== this.form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.submit();
  }

  *#controls(): Generator<ReturnType<typeof controlsIn> extends Generator<infer C> ? C : never> {
    const root = this.getRootNode();
    if (root instanceof ShadowRoot) {
      // A widget's own form: the widget, what stands in its slots, and what scripts added here.
      if (isControl(root.host)) yield root.host;
      yield* controlsIn(root.host);
    }
    yield* controlsIn(this.form);
  }

  #firstFault(): string | null {
    let first: string | null = null;
    for (const control of this.#controls()) {
      const fault = checkControl(control);
      if (fault === null || first !== null) continue;
      first = fault;
      focusControl(control);
    }
    return first;
  }

  #answer(): Answer {
    const entries: Entry[] = [];
    for (const control of this.#controls()) entries.push(...entriesOf(control));
    const answer = answerOf(entries);
    return this.getAttribute("answer-format") === "flatten-objects" ? flattened(answer) : answer;
  }

  #send(answer: Answer): void {
    if (!embedded) {
      const code = create("code", {}, JSON.stringify([answer], null, 2));
      const caption = create("caption", {}, "Answer");
      this.#answers.replaceChildren(create("table", {}, caption, create("tr", {}, create("td", {}, code))));
      this.#answers.hidden = false;
      this.#status.textContent = "Submitted; outside a portal, the answer is shown below.";
      this.#answers.scrollIntoView({ block: "nearest" });
      return;
    }
    this.#sent = true;
    this.#status.textContent = "Sending\u2026";
    this.#patience = setTimeout(() => this.#refuse("No reply came; you can submit again."), REPLY_MILLISECONDS);
    tell({ type: "submit", answer });
  }

  #hear(reply: Reply): void {
    if (!this.#sent) return;
    // The portal has the answer, and says in the end what becomes of it.
    if (reply.type === "sending") clearTimeout(this.#patience);
    if (reply.type === "refused") this.#refuse(`Not accepted: ${String(reply.reason ?? "no reason given")}`);
    if (reply.type === "submitted") {
      clearTimeout(this.#patience);
      this.#status.textContent = "Submitted.";
    }
  }

  /** Make the form usable (again), with a reason to show; none clears it. */
  #refuse(reason: string): void {
    clearTimeout(this.#patience);
    this.#sent = false;
    this.#status.textContent = "";
    this.#alert.textContent = reason;
    this.#alert.hidden = reason === "";
    if (reason !== "") this.#alert.scrollIntoView({ block: "nearest" });
    this.#answers.hidden = true;
  }
}
