// Passes the answer of the service's own crowd-form on to the page that embeds this one.
// Only what is known of the form from outside is used: its `submit` event, which a handler may
// cancel, and `_serializeForm()`, whose `taskAnswers` is a JSON array of one answer.

interface CrowdForm extends HTMLElement {
  _serializeForm?: () => { taskAnswers?: string };
  _submitHelperForm?: (...ignored: unknown[]) => void;
}

(() => {
  const host = window.parent;
  if (host === window) return;

  let sending = false;

  const post = (message: object): void => host.postMessage({ labelwright: 1, ...message }, "*");

  const problem = (message: string): void => post({ type: "problem", message, line: null });

  /** Send the form's answer once, when all handlers of this submit have run. */
  function send(form: CrowdForm, event?: Event): void {
    if (sending) return;
    sending = true;
    setTimeout(() => {
      sending = false;
      if (event?.defaultPrevented) return;
      try {
        const answers: unknown = JSON.parse(form._serializeForm?.().taskAnswers ?? "null");
        const answer: unknown = Array.isArray(answers) ? answers[0] : answers;
        if (answer && typeof answer === "object") post({ type: "submit", answer });
        else problem("the crowd-form gave no answer");
      } catch (error) {
        problem(`the crowd-form's answer can't be read: ${String(error)}`);
      }
    });
  }

  // A capturing listener hears the event also where it does not bubble.
  window.addEventListener(
    "submit",
    (event) => {
      const form = event.target instanceof Element && event.target.closest("crowd-form");
      if (form) send(form as CrowdForm, event);
    },
    true,
  );

  // An element with a form of its own (crowd-entity-annotation) keeps the event inside; and the
  // answer goes here, not to where the form would post it.
  customElements.whenDefined("crowd-form").then((constructor) => {
    const prototype = constructor.prototype as CrowdForm;
    if (!prototype._submitHelperForm) return;
    prototype._submitHelperForm = function (this: CrowdForm) {
      send(this);
    };
  }, undefined);

  window.addEventListener("error", (event) =>
    post({ type: "problem", message: event.message, line: event.lineno || null }),
  );
})();
