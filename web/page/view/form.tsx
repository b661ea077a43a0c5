// What is asked beside the passages, and what is missing before the answer can be sent.

import { useLayoutEffect, useRef } from "preact/hooks";

import { decidedOf, pendingOf, type Action, type State } from "./state.ts";

export interface Problem {
  /** The id of the control that mends it. */
  readonly field: string;
  readonly text: string;
}

/** What keeps the answer from being sent; each names its field. */
export function problemsOf({ history, nothing, quality }: State, qualities: readonly string[]): readonly Problem[] {
  const problems: Problem[] = [];
  const open = pendingOf(history.spans).length;
  if (open) {
    problems.push({ field: "passages", text: `Suggestions: accept or reject each (${open} open).` });
  } else if (!decidedOf(history.spans).length && !nothing) {
    problems.push({ field: "nothing", text: "Marked passages: mark at least one, or tick \u201cNothing to mark\u201d." });
  }
  if (qualities.length && quality === null) {
    problems.push({ field: "quality-0", text: "Can this abstract be used? Choose an answer." });
  }
  return problems;
}

// Controls have `form="none"`: no form owns them, so that they neither get into the answer beside it
// nor submit it on Enter.

interface Props {
  readonly state: State;
  readonly qualities: readonly string[];
  readonly problems: readonly Problem[];
  /** Changes at each attempt to submit: the summary then takes the focus. */
  readonly attempt: number;
  readonly trouble: string;
  readonly act: (action: Action) => void;
  readonly onSubmit: () => void;
}

export function Form({ state, qualities, problems, attempt, trouble, act, onSubmit }: Props) {
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
      {qualities.length > 0 && (
        <fieldset
          role="radiogroup" aria-required="true" aria-invalid={wrong("quality-0")} aria-describedby="quality-help"
          class={wrong("quality-0") ? "wrong" : ""}
        >
          <legend>Can this abstract be used?</legend>
          <p class="soft" id="quality-help">Yes, if it is readable, complete, and reports on a study.</p>
          {qualities.map((quality, place) => (
            <label class="choice">
              <input
                type="radio" name="labelwright-quality" form="none" id={`quality-${place}`} checked={state.quality === quality}
                onChange={() => act({ type: "quality", quality })}
              /> {quality}
            </label>
          ))}
        </fieldset>
      )}
      <label for="notes">Notes <span class="soft">(optional)</span></label>
      <textarea
        id="notes" rows={2} dir="auto" value={state.notes}
        onInput={(event) => act({ type: "notes", notes: event.currentTarget.value })}
      />
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
      <button type="button" class="submit" aria-keyshortcuts="Control+Enter" onClick={onSubmit}>Submit</button>
    </section>
  );
}
