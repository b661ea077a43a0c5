// Starts the worker page in the element #labelwright, which the template gives the task input, and
// connects it to the form, to the store of drafts and to whoever embeds it.

import { render } from "preact";

import { makeAnswer, serialise, type Work } from "./core/answer.ts";
import { decodeDraft, draftStore, encodeDraft, type Place } from "./core/draft.ts";
import { sha256 } from "./core/sha256.ts";
import { bySpan } from "./core/spans.ts";
import { suggested } from "./core/suggestions.ts";
import { readTask } from "./core/task.ts";
import { App, type Shell } from "./view/app.tsx";
import { initialState, type State } from "./view/state.ts";
import "./style.css";

/** What crowd-html-elements makes of `<crowd-form>`; without them it is a bare element. */
type CrowdForm = HTMLElement & { submit?: () => void };

const NO_ELEMENTS = "The crowd elements, which send the answer, did not load. Reload the page.";

function start(root: HTMLElement): void {
  const { task: json = "{}", image = "" } = root.dataset;
  const task = readTask(json);
  const { index } = task;
  const form = root.closest("crowd-form") as CrowdForm;
  const store = draftStore(window as unknown as Place, sha256(json));
  let before = 0;
  let firstAction: number | null = null;
  let complete: () => State | null = () => null;
  let loaded = false;

  const seconds = () => before + Math.round(performance.now() / 100) / 10;
  const noteAction = (event: Event) => {
    if (event.isTrusted) firstAction ??= seconds();
  };
  for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, noteAction, true);

  const workOf = (state: State): Work => ({
    spans: state.history.spans,
    suggestions: task.suggestions,
    nothingToMark: state.nothing,
    fields: Object.fromEntries(
      task.questions.map(({ name, labels }) => [name, state.values[name] ?? (labels ? null : "")]),
    ),
    seconds: seconds(),
    firstActionSeconds: firstAction,
  });
  const untouched = (state: State) => !state.history.past && !state.nothing && !Object.values(state.values).some(Boolean);
  let last: State | null = null;
  /** There is a draft: work that is taken back must be taken out of it too. */
  let kept = false;

  /** Write the answer into the form's control; false when something is missing. */
  const fill = () => {
    const state = complete();
    if (!state) return false;
    const uri = task.metadata["text_file_s3_uri"];
    const answer = makeAnswer(index, typeof uri === "string" ? uri : null, workOf(state), task.spansKey);
    form.querySelector<HTMLInputElement>("input[name=annotations]")!.value = serialise(answer, index, task.spansKey);
    // Radios need a name only to be one group; the answer is to have one key.
    for (const radio of root.querySelectorAll("[name]")) radio.removeAttribute("name");
    return true;
  };
  // Bubbling: whoever else listens has decided by then whether the form is sent.
  form.addEventListener("submit", (event) => {
    if (!fill()) event.preventDefault();
    else if (!event.defaultPrevented) store.clear();
  });

  const shell: Shell = {
    changed(state) {
      last = state;
      if (loaded && (kept ||= !untouched(state))) store.save(encodeDraft(workOf(state)));
    },
    listen(restore, remaining) {
      addEventListener("message", ({ source, data }) => {
        if (source !== parent || data?.labelwright !== 1 || data.type !== "welcome") return;
        if (typeof data.remainingSeconds === "number") remaining(data.remainingSeconds);
      });
      void store.load().then((draft) => {
        loaded = true;
        const work = decodeDraft(draft, index);
        // Who began to work before the draft came has the last word.
        if (!work || (last && !untouched(last))) return;
        kept = true;
        before = work.seconds;
        firstAction = work.firstActionSeconds;
        const values = Object.entries(work.fields).filter((field): field is [string, string] => typeof field[1] === "string");
        restore({
          spans: [...work.spans].sort(bySpan), nothing: work.nothingToMark, values: Object.fromEntries(values),
        });
      });
    },
    answers: (ask) => void (complete = ask),
    send() {
      if (!form.submit) return NO_ELEMENTS;
      if (complete()) form.submit();
      return "";
    },
  };
  root.className = "lw";
  const text = task.leftOut ? `${task.leftOut} suggestions do not fit the text and are left out.` : "";
  const initial = { ...initialState(suggested(task.suggestions).sort(bySpan)), said: { text } };
  render(<App task={task} image={image} initial={initial} shell={shell} />, root);
}

const root = document.getElementById("labelwright");
if (root) start(root);
