// Above the text: the labels to press, and what can be done with the passage at the caret.

import { useRef } from "preact/hooks";

import type { Range, Span, Spans } from "../core/spans.ts";
import type { TextIndex } from "../core/text-index.ts";
import { Button } from "./button.tsx";
import { badgeOf, colourOf } from "./marks.ts";
import { quoteOf, resize, type Action } from "./state.ts";

interface Props {
  readonly index: TextIndex;
  readonly labels: readonly string[];
  readonly active: Span | undefined;
  readonly here: Spans;
  readonly range: Range | null;
  readonly exact: boolean;
  readonly extending: boolean;
  readonly onExtend: () => void;
  readonly said: { readonly text: string };
  readonly act: (action: Action) => void;
}

/** Buttons of the bar must not take the selection away. */
const keep = (event: Event) => event.preventDefault();

export function Bar(props: Props) {
  const { labels, active, exact, extending, onExtend, said, act } = props;
  return (
    <div class="bar" onMouseDown={keep}>
      <div class="labels" role="group" aria-label="Labels">
        {labels.map((label, place) => (
          <Button
            class="label" style={`--c:${colourOf(label, labels)}`}
            data-key={place < 9 ? place + 1 : undefined} aria-keyshortcuts={place < 9 ? String(place + 1) : undefined}
            aria-label={label} onClick={() => act({ type: "label", label })}
          >{label}</Button>
        ))}
      </div>
      <div class="context">
        {active ? <Active {...props} active={active} /> : <Hint {...props} />}
      </div>
      <div class="switches">
        <Said text={said} />
        <Button aria-pressed={exact} title="Select to the character, not to whole words" onClick={() => act({ type: "exact" })}>Exact</Button>
        <Button aria-pressed={extending} title="The next click sets the other end of the selection" onClick={onExtend}>Extend</Button>
      </div>
    </div>
  );
}

function Hint({ range, index }: Props) {
  if (!range) return <p class="hint">Select a passage, then press its label or its number.</p>;
  return <p class="hint">Selected: <q>{quoteOf(index, range)}</q></p>;
}

function Active({ active, here, index, labels, act }: Props & { active: Span }) {
  const { label, pending } = active;
  const end = (which: "start" | "end", direction: 1 | -1, sign: string, name: string) => (
    <Button
      aria-label={name} title={name}
      onClick={() => act(resize(which, direction))}
    >{sign}</Button>
  );
  return (
    <div class="active" role="group" aria-label="The passage at the caret">
      {here.length > 1 ? (
        <div class="picker" role="group" aria-label="Passages here">
          {here.map((span) => (
            <Button
              key={span.id} class="name" style={`--c:${colourOf(span.label, labels)}`} aria-pressed={span.id === active.id}
              aria-label={`Pick ${badgeOf(span.label, labels)}: ${quoteOf(index, span, 40)}`}
              onClick={() => act({ type: "pick", id: span.id })}
            >{badgeOf(span.label, labels)}</Button>
          ))}
        </div>
      ) : <>
        <b class="name" style={`--c:${colourOf(label, labels)}`}>{badgeOf(label, labels)}</b>
        <q>{quoteOf(index, active)}</q>
      </>}
      <span class="ends">
        start{end("start", -1, "\u25c2", "Start one word back")}{end("start", 1, "\u25b8", "Start one word on")}
        end{end("end", -1, "\u25c2", "End one word back")}{end("end", 1, "\u25b8", "End one word on")}
      </span>
      {pending && <Button class="yes" onClick={() => act({ type: "accept" })}>Accept</Button>}
      <Button onClick={() => act({ type: "remove" })}>{pending ? "Reject" : "Delete"}</Button>
    </div>
  );
}

/** What happened last. The same words twice are two events: screen readers speak what changes. */
function Said({ text }: { text: { readonly text: string } }) {
  const turn = useRef({ said: text, odd: false });
  if (turn.current.said !== text) turn.current = { said: text, odd: !turn.current.odd };
  return <p class="said" role="status">{text.text}{turn.current.odd && text.text ? "\u00a0" : ""}</p>;
}
