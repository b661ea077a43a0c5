// The page that compares: the prompt, two responses side by side, and what is asked of them.

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { optionsOf, type Asked, type Comparison, type Shown, type Values } from "../core/comparison.ts";
import { Ask, Choices, unanswered } from "./ask.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Guide, Row } from "./help.tsx";
import { chordOf, written } from "./keymap.ts";
import { Markdown } from "./markdown.tsx";
import { Missing } from "./missing.tsx";
import { useTimeLeft } from "./time-left.ts";
import { Top } from "./top.tsx";

/** What the page around does: it keeps drafts, knows the time left, and sends. */
export interface Desk {
  /** Called after each change of what is answered. */
  changed(values: Values): void;
  /** Seconds; null where time is not limited. */
  readonly remaining: number | null;
  /** Let the form ask for the values, if the answer is complete; else the page says what is missing. */
  answers(complete: () => Values | null): void;
  /** Send the answer; what is returned says why that is impossible. */
  send(): string;
}

interface Props {
  readonly task: Comparison;
  readonly shown: Shown;
  readonly initial: Values;
  /** What is said at the start. */
  readonly greeting: string;
  readonly desk: Desk;
}

const chosenOf = (values: Values, { name }: Asked): readonly string[] => [values[name] ?? []].flat();

const missingOf = ({ questions }: Comparison, values: Values) => questions
  .filter(({ name, required }) => required && ![values[name] ?? []].flat().some((value) => value.trim()))
  .map(unanswered);

export function ComparisonPage({ task, shown, initial, greeting, desk }: Props) {
  const [values, setValues] = useState(initial);
  const [dialog, setDialog] = useState<"Guide" | "Keys" | null>(null);
  const [source, setSource] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [trouble, setTrouble] = useState("");
  const [said, say] = useState(greeting);
  const [minutesLeft, setRemaining] = useTimeLeft(say);
  const problems = attempt ? missingOf(task, values) : [];
  const [preference] = task.questions;
  const now = useRef(values);

  /** Take an answer; of several labels the one is put to the others, or taken back. */
  const answer = (question: Asked, value: string, chosen = true) => {
    const others = chosenOf(now.current, question).filter((label) => label !== value);
    // Kept at once: keys may follow each other faster than the page is drawn.
    now.current = { ...now.current, [question.name]: question.many ? [...others, ...(chosen ? [value] : [])] : value };
    setValues(now.current);
    desk.changed(now.current);
  };
  /** Choose by a key: the option in this place. */
  const choose = (question: Asked, place: number) => {
    const [label, called] = (question.labels && optionsOf(question.labels, shown)[place]) ?? [];
    if (label === undefined) return;
    const chosen = !question.many || !chosenOf(now.current, question).includes(label);
    answer(question, label, chosen);
    say(`${question.title} ${called}${chosen ? "" : ": taken back"}.`);
  };
  const submit = () => setTrouble(desk.send());
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || dialog) return;
    const chord = chordOf(event);
    const target = event.target as Element;
    const group = target.closest("fieldset");
    // Keys without Ctrl act on the question that has the focus, and on the preference where the
    // responses have it: never by surprise.
    const among = target === document.body || target.matches(".middle, .middle *");
    const asked = group ? task.questions.find(({ name }) => group.contains(document.getElementById(`ask-${name}-0`)))
      : among ? preference : undefined;
    const place = among && !group ? ["ArrowLeft", "ArrowRight"].indexOf(chord) : -1;
    if (chord === "Mod+Enter") submit();
    else if (chord === "?" && !target.matches("textarea")) setDialog("Keys");
    else if (asked && /^[1-9]$/.test(chord)) {
      choose(asked, Number(chord) - 1);
      // Tab would lead from another radio to the chosen one first.
      if (group) document.getElementById(`ask-${asked.name}-${Number(chord) - 1}`)?.focus();
    }
    else if (asked && place >= 0 && !target.closest(".wide")) choose(asked, place);
    else return;
    event.preventDefault();
  };
  const latest = useRef(onKey);
  latest.current = onKey;
  useLayoutEffect(() => {
    if (desk.remaining !== null) setRemaining(desk.remaining);
    desk.answers(() => {
      if (!missingOf(task, now.current).length) return now.current;
      setAttempt((times) => times + 1);
      return null;
    });
    const onKeyDown = (event: KeyboardEvent) => latest.current(event);
    document.addEventListener("keydown", onKeyDown);
    const focusResponses = () => {
      if (document.activeElement === document.body) document.getElementById("responses")!.focus({ preventScroll: true });
    };
    focusResponses();
    // The crowd elements move the page into their form, and the focus is lost.
    for (const type of ["DOMContentLoaded", "all-crowd-elements-ready"]) document.addEventListener(type, focusResponses);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <>
      <Top title={task.title || "Compare the responses"} metadata={task.metadata} minutesLeft={minutesLeft}>
        <Button aria-pressed={source} title="Show the responses as they were written" onClick={() => setSource(!source)}>Source</Button>
        <Button onClick={() => setDialog("Guide")}>Guide</Button>
        <Button onClick={() => setDialog("Keys")}>Keys</Button>
      </Top>
      <div class="panes imageless">
        <main class="middle" id="responses" tabindex={0} aria-label="Prompt and responses">
          <section class="prompt" aria-labelledby="prompt">
            <h2 id="prompt">Prompt</h2>
            <p class="plain" dir="auto">{task.prompt}</p>
          </section>
          <div class="sides">
            {shown.map((id, place) => {
              const { text } = task.responses.find((response) => response.id === id)!;
              const preferred = preference && values[preference.name] === id;
              return (
                <section class={preferred ? "side on" : "side"} aria-labelledby={`side-${place}`}>
                  <h2 id={`side-${place}`}>Response {place + 1}</h2>
                  {source ? <p class="plain" dir="auto">{text}</p> : <Markdown text={text} />}
                </section>
              );
            })}
          </div>
        </main>
        <aside class="right" aria-label="Your judgement">
          {task.questions.map((question) => (
            question.labels ? (
              <Choices
                question={{ ...question, required: question.many ? undefined : question.required }}
                problems={problems} options={optionsOf(question.labels, shown)} chosen={chosenOf(values, question)}
                many={question.many} {...(question === preference && { keys: true })}
                onChoose={(label, chosen) => answer(question, label, chosen)}
              />
            ) : (
              <Ask {...{ question, problems }} value={String(values[question.name] ?? "")} onValue={(text) => answer(question, text)} />
            )
          ))}
          {task.unasked && <p class="errors">This page can't ask for: {task.unasked}</p>}
          <Missing {...{ problems, attempt, trouble }} />
          <p class="soft said" role="status">{said}</p>
          <Button class="submit" aria-keyshortcuts="Control+Enter" onClick={submit}>Submit</Button>
        </aside>
      </div>
      {dialog && (
        <Dialog title={dialog} onClose={() => setDialog(null)}>
          {dialog === "Guide" ? <Guide task={task} labels={[]} /> : <Keys />}
        </Dialog>
      )}
    </>
  );
}

function Keys() {
  return (
    <table>
      <tbody>
        <Row keys="1 to 9" does="Choose an answer of the question that has the focus; from the responses, of the first question" />
        <Row keys={"\u2190  or  \u2192"} does="From the responses: the first, the second response" />
        <Row keys="Tab" does="Next question" />
        <Row keys={written("Mod+Enter")} does="Submit (everywhere)" />
        <Row keys="?" does="Show these keys" />
      </tbody>
    </table>
  );
}

/** In place of the page where there is nothing to compare: empty boxes would be judged, too. */
export function Unusable({ fault }: { fault: string }) {
  return (
    <main class="unusable">
      <h1>These responses can't be compared</h1>
      <div class="errors" role="alert">
        <p>This task has an error: {fault}.</p>
        <p>Decline or return it; nothing can be submitted here.</p>
      </div>
    </main>
  );
}
