// The labels of an annotation widget, each with its key and colour, and the list of what was marked.
import type { Label } from "../element/json.ts";

/** Distinct also for the colour-blind, in this order; each has a letter-free partner: the label's text. */
const COLOURS = ["#2f6fde", "#d9660a", "#1d8a4b", "#b5338a", "#8a6d00", "#0e8296", "#c7342f", "#6b4fd1", "#5f6b1c", "#7a4a2b"];

export function colourOf(index: number): string {
  return COLOURS[(index < 0 ? 0 : index) % COLOURS.length] ?? "#2f6fde";
}

/** Read `label-colors`: what is no colour there is ours. */
export function labelColours(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: unknown, index) => {
    const hex = /^\s*#?([0-9a-f]{3}|[0-9a-f]{6})\s*$/i.exec(String(one))?.[1];
    return hex === undefined ? colourOf(index) : `#${hex}`;
  });
}

export function LabelPicker(props: {
  labels: readonly Label[];
  /** Each label's colour, where it is not that of its place; null where labels have none. */
  colours?: readonly (string | undefined)[] | null;
  current: number | null;
  onPick(index: number): void;
}) {
  return (
    <div class="labels" role="group" aria-label="Labels">
      {props.labels.map((label, index) => (
        <button
          type="button"
          class="label"
          key={label.label}
          aria-pressed={index === props.current}
          style={{ "--colour": props.colours?.[index] ?? colourOf(index) }}
          onClick={() => props.onPick(index)}
        >
          {props.colours !== null && <span class="swatch" aria-hidden="true" />}
          <span>{label.full}</span>
          {index < 10 && <kbd aria-hidden="true">{(index + 1) % 10}</kbd>}
        </button>
      ))}
    </div>
  );
}

export interface Item {
  readonly colour: string;
  readonly text: string;
  /** What the label is called where it is short. */
  readonly name: string;
}

export function ItemList(props: {
  title: string;
  items: readonly Item[];
  selected: number | null;
  empty: string;
  onSelect(index: number): void;
  onDelete(index: number): void;
}) {
  return (
    <section class="items" aria-label={props.title}>
      <p class="heading">
        {props.title} ({props.items.length})
      </p>
      {props.items.length === 0 && <p class="quiet">{props.empty}</p>}
      <ul>
        {props.items.map((item, index) => (
          <li key={index} style={{ "--colour": item.colour }} class={index === props.selected ? "selected" : ""}>
            <button
              type="button"
              class="item"
              data-item={index}
              aria-pressed={index === props.selected}
              onClick={() => props.onSelect(index)}
              onFocus={() => props.onSelect(index)}
            >
              <span class="swatch" aria-hidden="true" />
              {item.text}
            </button>
            <button
              type="button"
              class="delete"
              aria-label={`Delete ${item.name}`}
              title="Delete"
              onClick={() => props.onDelete(index)}
            >
              <span aria-hidden="true">{"\u00d7"}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Tools(props: { actions: readonly { text: string; off?: boolean; run(): void }[]; keys: readonly string[] }) {
  return (
    <div class="tools">
      <div role="group" aria-label="Tools">
        {props.actions.map(({ text, off, run }) => (
          <button type="button" class="button normal small" key={text} aria-disabled={off === true} onClick={() => off || run()}>
            {text}
          </button>
        ))}
      </div>
      <details>
        <summary>Keys</summary>
        <ul>
          {props.keys.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </div>
  );
}
