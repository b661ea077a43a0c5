// What is asked beside the passages, and what is missing before the answer can be sent.

import { useLayoutEffect, useRef } from "preact/hooks";

import type { Question, Task } from "../core/task.ts";
import { Button } from "./button.tsx";
import { decidedOf, pendingOf, type Action, type State } from "./state.ts";

export interface Problem {
  /** The id of the control that mends it. */
  readonly field: string;
  readonly text: string;
}

/** What keeps the answer from being sent; each names its field. */
export function problemsOf({ history, nothing, values }: State, task: Task): readonly Problem[] {
  const problems: Problem[] = [];
  // A task without a text is about its picture: nobody answers for one that is not shown.
  if (!task.index.length && !document.querySelector(".picture>.sheet:only-child")) {
    problems.push({ field: "", text: "Show the page image, decline or return." });
  }
  const open = pendingOf(history.spans).length;
  if (open) {
    problems.push({ field: "passages", text: `Suggestions: accept or reject each (${open} open).` });
  } else if (task.spansRequired && !decidedOf(history.spans).length && !nothing) {
    problems.push({ field: "nothing", text: `${task.spansTitle}: mark at least one, or tick \u201cNothing to mark\u201d.` });
  }
  for (const { name, title, required, labels } of task.questions) {
    if (!required || values[name]?.trim()) continue;
    problems.push(labels ? { field: `ask-${name}-0`, text: `${title}${/[?.!:]$/.test(title) ? "" : ":"} Choose an answer.` }
      : { field: `ask-${name}`, text: `${title}: write an answer.` });
  }
  return problems;
}

// Controls have `form="none"`: no form owns them, so that they neither get into the answer beside it
// nor submit it on Enter.

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
  const summary = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (attempt) summary.current?.focus();
  }, [attempt]);
  const wrong = (field: string) => problems.some((problem) => problem.field === field);
  return (
    <section class="form" aria-label="Your judgement">
      <label class="choice">
        <input
          type="checkbox" id="nothing" form="none" checked={state.nothing} aria-invalid={wrong("nothing")}
          onClick={(event) => {
            act({ type: "nothing", nothing: event.currentTarget.checked });
            // The state has the last word: it may refuse.
            event.currentTarget.checked = event.currentTarget.checked && !decidedOf(state.history.spans).length;
          }}
        /> Nothing to mark
      </label>
      {task.questions.map((question) => (
        <Ask
          {...{ question, act }} value={state.values[question.name] ?? ""}
          wrong={wrong(`ask-${question.name}${question.labels ? "-0" : ""}`)}
        />
      ))}
      {task.unasked && <p class="errors">This page can't ask for: {task.unasked}</p>}
      {problems.length > 0 && (
        <div class="errors" role="alert" tabindex={-1} ref={summary}>
          <h2>Before this can be sent</h2>
          <ul>
            {problems.map(({ field, text }) => (
              <li><a
                href={`#${field}`}
                onClick={(event) => {
                  event.preventDefault();
                  document.getElementById(field)?.focus();
                }}
              >{text}</a></li>
            ))}
          </ul>
        </div>
      )}
      {trouble && <div class="errors" role="alert"><p>{trouble}</p></div>}
      <Button class="submit" aria-keyshortcuts="Control+Enter" onClick={onSubmit}>Submit</Button>
    </section>
  );
}

interface AskProps {
  readonly question: Question;
  readonly value: string;
  readonly wrong: boolean;
  readonly act: (action: Action) => void;
}

/** One field of the answer: radios for a choice, else a text to write. */
function Ask({ question: { name, title, hint, required, labels }, value, wrong, act }: AskProps) {
  const set = (event: { currentTarget: { value: string } }) => act({ type: "value", name, value: event.currentTarget.value });
  const help = hint && <p class="soft" id={`ask-${name}-help`}>{hint}</p>;
  const described = hint ? `ask-${name}-help` : undefined;
  if (!labels) {
    return (
      <>
        <label for={`ask-${name}`}>{title} {!required && <span class="soft">(optional)</span>}</label>
        {help}
        <textarea
          id={`ask-${name}`} form="none" rows={2} dir="auto" value={value} aria-describedby={described} aria-invalid={wrong}
          aria-required={required} onInput={set}
        />
      </>
    );
  }
  return (
    <fieldset
      role="radiogroup" aria-required={required} aria-invalid={wrong} aria-describedby={described} class={wrong ? "wrong" : ""}
    >
      <legend>{title}</legend>
      {help}
      {labels.map((label, place) => (
        <label class="choice">
          <input
            type="radio" name={`labelwright-${name}`} form="none" id={`ask-${name}-${place}`} value={label}
            checked={value === label} onChange={set}
          /> {label}
        </label>
      ))}
    </fieldset>
  );
}
