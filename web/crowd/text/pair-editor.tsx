// The fields of one question and its answer.
import { plural, words, type Limits, type Pair } from "./pairs.ts";
import { excerpt } from "./spans.ts";
import { colourOf } from "../widget/picker.tsx";

interface Props {
  readonly pair: Pair;
  readonly index: number;
  readonly text: string;
  readonly limits: Limits;
  readonly tags: readonly string[];
  /** Whether tags of the worker's own are allowed. */
  readonly custom: boolean;
  readonly canRefer: boolean;
  onType(part: "question" | "answer", typed: string): void;
  onFocus(): void;
  onTag(tag: string): void;
  onRefer(): void;
  onForget(reference: number): void;
  onDelete(): void;
}

export function PairEditor(props: Props) {
  const { pair, index } = props;
  const number = index + 1;
  return (
    <section class="pair" aria-label={`Question ${number}`} style={{ "--colour": colourOf(index) }} onFocusIn={props.onFocus}>
      <h2 class="heading">
        <span class="swatch" aria-hidden="true" />
        {` Question ${number}`}
      </h2>
      <Field {...props} part="question" name={`Question ${number}`} rows={2} />
      <Field {...props} part="answer" name={`Answer ${number}`} rows={3} />
      <Tags {...props} />
      <div class="items">
        <button type="button" class="button normal small" aria-disabled={!props.canRefer} onClick={props.onRefer}>
          {`Add the selected passage to question ${number}`}
        </button>
        <ul>
          {pair.references.map((range, at) => (
            <li key={`${range.start}-${range.end}`}>
              <span class="item">{excerpt(props.text, range)}</span>
              <button
                type="button"
                class="delete"
                aria-label={`Remove ${excerpt(props.text, range)} from question ${number}`}
                title="Remove"
                onClick={() => props.onForget(at)}
              >
                <span aria-hidden="true">{"\u00d7"}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <button type="button" class="button link small" onClick={props.onDelete}>
        {`Delete question ${number}`}
      </button>
    </section>
  );
}

function Field(props: Props & { part: "question" | "answer"; name: string; rows: number }) {
  const { pair, part, index } = props;
  const [, most] = props.limits[part];
  const count = words(pair[part]);
  return (
    <label class="written">
      {part === "question" ? "Question" : "Answer"}
      <textarea
        rows={props.rows}
        aria-label={props.name}
        data-field={`${part}-${index}`}
        value={pair[part]}
        onInput={(event) => props.onType(part, event.currentTarget.value)}
      />
      <span class="counter">{most === undefined ? plural(count, "word") : `${count} of ${plural(most, "word")}`}</span>
    </label>
  );
}

/** Tags of the template, those of the worker's own, and a field for more. */
function Tags({ pair, index, tags, custom, onTag }: Props) {
  const own = pair.tags.filter((tag) => !tags.includes(tag));
  if (tags.length + own.length === 0 && !custom) return null;
  return (
    <fieldset class="ranks">
      <legend>Tags</legend>
      {[...tags, ...own].map((tag) => (
        <label key={tag} class="rank">
          <input type="checkbox" checked={pair.tags.includes(tag)} aria-label={`${tag}, question ${index + 1}`} onChange={() => onTag(tag)} />
          <span aria-hidden="true">{tag}</span>
        </label>
      ))}
      {custom && (
        <input
          class="own"
          placeholder="Another tag, then Enter"
          aria-label={`Another tag, question ${index + 1}`}
          onKeyDown={(event) => {
            const tag = event.currentTarget.value.trim();
            if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
            event.preventDefault();
            if (tag !== "" && !pair.tags.includes(tag)) onTag(tag);
            event.currentTarget.value = "";
          }}
        />
      )}
    </fieldset>
  );
}
