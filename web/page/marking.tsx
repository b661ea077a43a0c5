// Starts a page that marks passages in the element #labelwright, which the template gives the task
// input. The entries beside this file say which parts it has.

import { render } from "preact";

import { makeAnswer, serialise, type Work } from "./core/answer.ts";
import { decodeDraft, encodeDraft } from "./core/draft.ts";
import { bySpan } from "./core/spans.ts";
import { suggested } from "./core/suggestions.ts";
import { readTask } from "./core/task.ts";
import { startSession } from "./session.ts";
import { App, type Picture, type Shell } from "./view/app.tsx";
import { initialState, type State } from "./view/state.ts";
import "./style.css";
import "./marking.css";

/** Begin; without `picture` the page has no place for one. */
export function startMarking(picture?: Picture): void {
  const root = document.getElementById("labelwright");
  if (!root) return;
  const { task: json = "{}", image = "" } = root.dataset;
  const task = readTask(json);
  const { index } = task;
  let complete: () => State | null = () => null;
  let loaded = false;

  const workOf = (state: State): Work => ({
    spans: state.history.spans,
    suggestions: task.suggestions,
    nothingToMark: state.nothing,
    fields: Object.fromEntries(
      task.questions.map(({ name, labels }) => [name, state.values[name] ?? (labels ? null : "")]),
    ),
    ...session.timing(),
  });
  const untouched = (state: State) => !state.history.past && !state.nothing && !Object.values(state.values).some(Boolean);
  let last: State | null = null;
  /** There is a draft: work that is taken back must be taken out of it too. */
  let kept = false;

  const session = startSession(root, json, () => {
    const state = complete();
    if (!state) return null;
    const uri = task.metadata["text_file_s3_uri"];
    const answer = makeAnswer(index, typeof uri === "string" ? uri : null, workOf(state), task.spansKey);
    return serialise(answer, index, task.spansKey);
  });
  const shell: Shell = {
    changed(state) {
      last = state;
      if (loaded && (kept ||= !untouched(state))) session.store.save(encodeDraft(workOf(state)));
    },
    listen(restore, remaining) {
      session.remaining(remaining);
      void session.store.load().then((draft) => {
        loaded = true;
        const work = decodeDraft(draft, index);
        // Who began to work before the draft came has the last word.
        if (!work || (last && !untouched(last))) return;
        kept = true;
        session.resume(work);
        const values = Object.entries(work.fields).filter((field): field is [string, string] => typeof field[1] === "string");
        restore({
          spans: [...work.spans].sort(bySpan), nothing: work.nothingToMark, values: Object.fromEntries(values),
        });
      });
    },
    answers: (ask) => void (complete = ask),
    send: session.send,
  };
  root.className = "lw";
  const text = task.leftOut ? `Suggestions left out that do not fit the text: ${task.leftOut}` : "";
  const initial = { ...initialState(suggested(task.suggestions).sort(bySpan)), said: { text } };
  render(<App {...{ task, image, picture, initial, shell }} />, root);
}
