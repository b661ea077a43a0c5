// The whole page: header, picture, text, passages and form.

import type { ComponentType } from "preact";
import { useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";

import { blocksOf } from "../core/blocks.ts";
import { layOut, type Layout } from "../core/segments.ts";
import type { Task } from "../core/task.ts";
import { Bar } from "./bar.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Form, problemsOf } from "./form.tsx";
import { Guide, Keys } from "./help.tsx";
import { chordOf, commandOf, type Command } from "./keymap.ts";
import { SpanList } from "./list.tsx";
import { levelsOf } from "./marks.ts";
import { activeOf, here, reducer, resize, selectedRange, type Action, type Kept, type State } from "./state.ts";
import { TextPane } from "./text.tsx";
import { useTimeLeft } from "./time-left.ts";
import { Top } from "./top.tsx";

/** The part that shows a picture, of a page that has one. */
export type Picture = ComponentType<{ readonly src: string; readonly name: string }>;

interface Props {
  readonly task: Task;
  /** Its address; empty where the object has none. */
  readonly image: string;
  readonly picture: Picture | undefined;
  readonly initial: State;
  readonly shell: Shell;
}

/** What the page around the app does: it keeps drafts, knows the time left, and sends. */
export interface Shell {
  /** Called after each change of what a draft keeps. */
  changed(state: State): void;
  /** Give the draft that there is, if there is one, and what time is left, if that is limited. */
  listen(restore: (kept: Kept) => void, remaining: (seconds: number) => void): void;
  /** Let the form ask for the state, if the answer is complete; else the page says what is missing. */
  answers(complete: () => State | null): void;
  /** Send the answer; what is returned says why that is impossible. */
  send(): string;
}

const WIDE = "(min-width: 721px)";
const RESIZE: Partial<Record<Command, Action>> = {
  startOut: resize("start", -1), startOutOne: resize("start", -1, "character"),
  startIn: resize("start", 1), startInOne: resize("start", 1, "character"),
  endOut: resize("end", 1), endOutOne: resize("end", 1, "character"),
  endIn: resize("end", -1), endInOne: resize("end", -1, "character"),
};

export function App({ task, image, picture: Picture, initial, shell }: Props) {
  const { index } = task;
  const pictured = Picture && image;
  const [state, act] = useReducer(useMemo(() => reducer(index), [index]), initial);
  const [dialog, setDialog] = useState<"Guide" | "Keys" | null>(null);
  const [imageShown, setImageShown] = useState(() => matchMedia(WIDE).matches);
  const [extending, setExtending] = useState(false);
  const [reveal, setReveal] = useState(0);
  const [attempt, setAttempt] = useState(0);
  const [trouble, setTrouble] = useState("");
  const { history, selection, active } = state;
  const { spans } = history;

  const blocks = useMemo(() => blocksOf(index), [index]);
  const before = useRef<readonly Layout[]>([]);
  const layouts = useMemo(() => layOut(index, blocks, spans, before.current), [index, blocks, spans]);
  before.current = layouts;
  const levels = useMemo(() => levelsOf(spans), [spans]);
  const problems = attempt ? problemsOf(state, task) : [];

  const now = useRef(state);
  now.current = state;
  // At once: after the answer is sent it would keep a draft that nobody clears.
  useLayoutEffect(() => shell.changed(state), [history, state.nothing, state.values]);
  const [minutesLeft, setRemaining] = useTimeLeft((text) => act({ type: "say", text }));
  useLayoutEffect(() => {
    shell.listen((kept) => act({ type: "restore", kept }), setRemaining);
    shell.answers(() => {
      if (!problemsOf(now.current, task).length) return now.current;
      setAttempt((times) => times + 1);
      return null;
    });
    const focusText = () => {
      if (document.activeElement === document.body) document.getElementById("text")!.focus({ preventScroll: true });
    };
    focusText();
    // The crowd elements move the page into their form, and the focus is lost.
    for (const type of ["DOMContentLoaded", "all-crowd-elements-ready"]) document.addEventListener(type, focusText);
  }, []);
  const submit = () => setTrouble(shell.send());

  const actAt = (action: Action, show?: boolean) => {
    act(action);
    if (show) setReveal((times) => times + 1);
  };
  const run = (command: Command) => {
    const resized = RESIZE[command];
    if (resized) return act(resized);
    switch (command) {
      case "next": return actAt({ type: "go", direction: 1 }, true);
      case "previous": return actAt({ type: "go", direction: -1 }, true);
      case "submit": return submit();
      case "help": return setDialog("Keys");
      case "leave":
        setExtending(false);
        return document.getElementById("passages")?.focus();
      default: return act({ type: command } as Action);
    }
  };
  const onKey = (event: KeyboardEvent, inText: boolean) => {
    if (event.isComposing) return;
    const chord = chordOf(event);
    const label = inText && /^[1-9]$/.test(chord) ? task.entities[Number(chord) - 1] : undefined;
    const command = commandOf(chord, inText);
    if (label === undefined && !command) return;
    event.preventDefault();
    event.stopPropagation();
    if (label !== undefined) act({ type: "label", label });
    else if (command && !(dialog && command === "submit")) run(command);
  };
  const elsewhere = useRef(onKey);
  elsewhere.current = onKey;
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => elsewhere.current(event, false);
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  // One click is what Extend is for.
  useLayoutEffect(() => setExtending(false), [selection?.focus]);

  return (
    <>
      <a class="skip" href="#text" onClick={(event) => {
        event.preventDefault();
        document.getElementById("text")!.focus();
      }}>Go to the text</a>
      <Top title={task.title || "Mark the text"} metadata={task.metadata} minutesLeft={minutesLeft}>
        {pictured && (
          <Button aria-pressed={imageShown} onClick={() => setImageShown(!imageShown)}>Page image</Button>
        )}
        <Button onClick={() => setDialog("Guide")}>Guide</Button>
        <Button onClick={() => setDialog("Keys")}>Keys</Button>
      </Top>
      <div class={`panes ${pictured && imageShown ? "" : "imageless"}`}>
        {pictured && imageShown && (
          <section class="left" aria-label="Page image"><Picture src={image} name={task.imageName} /></section>
        )}
        <main class="middle">
          <Bar
            index={index} labels={task.entities} active={activeOf(state)} here={here(state)}
            range={selectedRange(state, index)} exact={state.exact} extending={extending}
            onExtend={() => {
              act({ type: "say", text: extending ? "" : "Now click where the passage ends." });
              setExtending(!extending);
            }}
            said={state.said} act={act}
          />
          <h2 id="text-title" class="unseen">Text to mark</h2>
          <p id="text-help" class="unseen">
            The text can't be changed. Select with Shift and the arrow keys, then press a label's number. Question mark
            shows all keys.
          </p>
          <TextPane {...{ index, blocks, layouts, levels, active, selection, reveal, extending }}
            labels={task.entities} onSelect={(selected) => act({ type: "select", selection: selected })}
            onKeyDown={(event) => onKey(event, true)}
          />
          {!index.length && <p class="soft">This task has no text.</p>}
        </main>
        <aside class="right" aria-label="Passages and judgement">
          {initial.said.text && <p class="soft">{initial.said.text}</p>}
          <SpanList index={index} labels={task.entities} spans={spans} active={active} act={actAt} />
          <Form state={state} task={task} {...{ problems, attempt, trouble, act }} onSubmit={submit} />
        </aside>
      </div>
      {dialog && (
        <Dialog title={dialog} onClose={() => setDialog(null)}>
          {dialog === "Guide" ? <Guide task={task} labels={task.entities} />
            : <Keys labels={task.entities} suggestions={task.suggestions.length > 0} />}
        </Dialog>
      )}
    </>
  );
}
