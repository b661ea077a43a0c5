// The passages beside the text, in reading order.

import { Component } from "preact";

import type { Span, Spans } from "../core/spans.ts";
import type { TextIndex } from "../core/text-index.ts";
import { Button } from "./button.tsx";
import { colourOf } from "./marks.ts";
import { passages, quoteOf, type Action } from "./state.ts";

/** More rows than anyone reads would only be slow. */
const SHOWN = 40;

interface Props {
  readonly index: TextIndex;
  readonly labels: readonly string[];
  readonly spans: Spans;
  readonly active: number | null;
  readonly act: (action: Action, reveal?: boolean) => void;
}

export class SpanList extends Component<Props, { shown: number }> {
  override state = { shown: SHOWN };

  override shouldComponentUpdate(next: Props, { shown }: { shown: number }) {
    return next.spans !== this.props.spans || next.active !== this.props.active || shown !== this.state.shown;
  }

  override render() {
    const { spans, act } = this.props;
    const { shown } = this.state;
    const open = spans.filter((span) => span.pending).length;
    const active = spans.findIndex(({ id }) => id === this.props.active);
    const first = active < shown ? 0 : Math.max(0, active - (shown >> 1));
    const rows = spans.slice(first, first + shown);
    return (
      <>
        <h2 id="passages" tabindex={-1}>
          Marked passages <span class="count">{spans.length - open}</span>
        </h2>
        {open > 0 && (
          <div class="suggested">
            <p>{open === 1 ? "1 suggestion is" : `${open} suggestions are`} open.</p>
            <Button class="yes" onClick={() => act({ type: "acceptAll" })}>Accept all</Button>
            <Button onClick={() => act({ type: "rejectAll" })}>Reject all</Button>
          </div>
        )}
        {!spans.length && <p class="soft">No passage is marked yet.</p>}
        {first > 0 && <p class="soft">{passages(first)} before these</p>}
        <ul class="list" aria-labelledby="passages">{rows.map((span) => this.row(span))}</ul>
        {spans.length > first + rows.length && (
          <Button onClick={() => this.setState({ shown: shown + 10 * SHOWN })}>
            Show more ({spans.length - first - rows.length})
          </Button>
        )}
      </>
    );
  }

  row(span: Span) {
    const { index, labels, active, act } = this.props;
    const { id, label, pending } = span;
    const short = quoteOf(index, span, 60);
    return (
      <li
        key={id} class={`${id === active ? "on" : ""} ${pending ? "pending" : ""}`}
        style={`--c:${colourOf(label, labels)}`}
      >
        <select
          aria-label={`Label of ${short}`} value={label}
          onChange={(event) => act({ type: "label", id, label: event.currentTarget.value })}
        >
          {!labels.includes(label) && <option>{label}</option>}
          {labels.map((name) => <option>{name}</option>)}
        </select>
        {pending && (
          <Button class="yes" aria-label={`Accept ${label}: ${short}`} onClick={() => act({ type: "accept", id })}>Accept</Button>
        )}
        <Button
          class="delete" aria-label={`${pending ? "Reject" : "Delete"} ${label}: ${short}`}
          title={pending ? "Reject" : "Delete"}
          onClick={(event) => {
            const row = event.currentTarget.closest("li")!;
            const next = row.nextElementSibling ?? row.previousElementSibling;
            act({ type: "remove", id });
            (next?.querySelector<HTMLElement>(".delete") ?? document.getElementById("passages")!).focus();
          }}
        >{"\u2715"}</Button>
        <Button
          class="jump" dir="auto" aria-label={`Go to ${label}: ${quoteOf(index, span)}`}
          aria-current={id === active} onClick={() => act({ type: "pick", id, jump: true }, true)}
        >{quoteOf(index, span)}</Button>
      </li>
    );
  }
}
