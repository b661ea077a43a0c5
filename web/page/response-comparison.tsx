// Two responses to a prompt, side by side in an order that is drawn when they are first shown. The
// order is kept with the draft, so that a reload shows the same, and stands in the answer.

import { render } from "preact";

import {
  decodeComparison, drawSides, encodeComparison, makeComparisonAnswer, readComparison, type Values,
} from "./core/comparison.ts";
import { startSession } from "./session.ts";
import { ComparisonPage, Unusable, type Desk } from "./view/comparison.tsx";
import "./style.css";
import "./comparison.css";

async function start(root: HTMLElement): Promise<void> {
  const json = root.dataset.task ?? "{}";
  const task = readComparison(json);
  let complete: () => Values | null = () => null;
  let answered: (values: Values) => string = () => "";

  const session = startSession(root, json, () => {
    const values = complete();
    return values && answered(values);
  });
  root.className = "lw";
  if (task.fault) return render(<Unusable fault={task.fault} />, root);

  let left: number | null = null;
  session.remaining((seconds) => {
    left = seconds;
  });
  const draft = decodeComparison(await session.store.load(), task);
  if (draft) session.resume(draft);
  const shown = draft?.shown ?? drawSides(task, () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32);
  const keep = (values: Values) => void session.store.save(encodeComparison({ shown, values, ...session.timing() }));
  answered = (values) => makeComparisonAnswer(task, shown, values, session.timing());
  // Before anything is answered: who reloads must not see the sides change.
  if (!draft) keep({});
  const desk: Desk = {
    changed: keep,
    remaining: left,
    answers: (ask) => void (complete = ask),
    send: session.send,
  };
  const begun = draft && Object.values(draft.values).some((value) => value.length);
  render(
    <ComparisonPage {...{ task, shown, desk }} initial={draft?.values ?? {}} greeting={begun ? "Your unfinished work is back." : ""} />,
    root,
  );
}

const root = document.getElementById("labelwright");
if (root) void start(root);
