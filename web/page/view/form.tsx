// What is asked beside the passages, and what is missing before the answer can be sent.

import type { Task } from "../core/task.ts";
import { Ask, unanswered } from "./ask.tsx";
import { Button } from "./button.tsx";
import { isWrong, Missing, type Problem } from "./missing.tsx";
import { decidedOf, pendingOf, type Action, type State } from "./state.ts";

/** What keeps the answer from being sent; each names its field. */
export function problemsOf({ history, nothing, values }: State, task: Task): readonly Problem[] {
  const problems: Problem[] = [];
  // A task without a text is about its picture: nobody answers for one that is not shown.
  if (!task.index.length && !document.querySelector(".picture>.sheet:only-child")) {
    problems.push({ field: "", text: "Nothing to judge is shown: show it, decline or return." });
  }
  const open = pendingOf(history.spans).length;
  if (open) {
    problems.push({ field: "passages", text: `Suggestions: accept or reject each (${open} open).` });
  } else if (task.spansRequired && !decidedOf(history.spans).length && !nothing) {
    problems.push({ field: "nothing", text: `${task.spansTitle}: mark at least one, or tick \u201cNothing to mark\u201d.` });
  }
  for (const question of task.questions) {
    if (question.required && !values[question.name]?.trim()) problems.push(unanswered(question));
  }
  return problems;
}

interface Props {
  readonly state: State;
  readonly task: Task;
  readonly problems: readonly Problem[];
  /** Changes at each attempt to submit: the summary then takes the focus. */
  readonly attempt: number;
  readonly trouble: string;
  readonly act: (action: Action) => void;
  readonly onSubmit: () => void;
}

export function Form({ state, task, problems, attempt, trouble, act, onSubmit }: Props) {
  return (
    <section class="form" aria-label="Your judgement">
      <label class="choice">
        <input
          type="checkbox" id="nothing" form="none" checked={state.nothing} aria-invalid={isWrong(problems, "nothing")}
          onClick={(event) => {
            act({ type: "nothing", nothing: event.currentTarget.checked });
            // The state has the last word: it may refuse.
            event.currentTarget.checked = event.currentTarget.checked && !decidedOf(state.history.spans).length;
          }}
        /> Nothing to mark
      </label>
      {task.questions.map((question) => (
        <Ask
          {...{ question, problems }} value={state.values[question.name] ?? ""}
          onValue={(value) => act({ type: "value", name: question.name, value })}
        />
      ))}
      {task.unasked && <p class="errors">This page can't ask for: {task.unasked}</p>}
      <Missing {...{ problems, attempt, trouble }} />
      <Button class="submit" aria-keyshortcuts="Control+Enter" onClick={onSubmit}>Submit</Button>
    </section>
  );
}
