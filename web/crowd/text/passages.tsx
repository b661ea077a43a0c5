// The text of an entity annotation with its marks, the selection and the caret.
import type { Label } from "../element/json.ts";
import { colourOf } from "../widget/picker.tsx";
import { AT } from "./selection.ts";
import { pieces, type Piece, type Range, type Span } from "./spans.ts";

interface Props {
  readonly text: string;
  readonly spans: readonly Span[];
  readonly labels: readonly Label[];
  readonly selection: Range;
  readonly selected: number | null;
  readonly caret: number | null;
  onFocus(focused: boolean): void;
}

export function Passages(props: Props) {
  const { text, spans, selection, caret } = props;
  return (
    <div
      class="text"
      tabIndex={0}
      role="application"
      aria-label="Text to annotate"
      aria-describedby="how"
      onFocus={() => props.onFocus(true)}
      onBlur={() => props.onFocus(false)}
    >
      {pieces(text, spans, selection, caret).map((piece) => (
        <Passage key={piece.start} {...props} piece={piece} />
      ))}
      {caret === text.length && <span class="caret" {...{ [AT]: text.length }} />}
    </div>
  );
}

/** A piece of the text; where spans end, their short names follow, outside of the text itself. */
function Passage({ piece, text, spans, labels, selected, caret }: Props & { piece: Piece }) {
  const innermost = piece.spans.at(-1);
  const span = innermost === undefined ? undefined : spans[innermost];
  const classes = [piece.selected ? "chosen" : "", piece.start === caret ? "caret" : ""].join(" ").trim();
  const shown = text.slice(piece.start, piece.end);
  const place = { [AT]: piece.start, class: classes };
  if (!span) return <span {...place}>{shown}</span>;
  const ended = piece.spans.flatMap((index) => (spans[index]?.end === piece.end ? [spans[index].label] : []));
  const tags = ended.map((label) => labels.find((one) => one.label === label)?.short ?? label).join(" ");
  const colour = colourOf(labels.findIndex(({ label }) => label === span.label));
  return (
    <mark
      {...place}
      data-span={innermost}
      data-tag={tags || undefined}
      data-selected={(selected !== null && piece.spans.includes(selected)) || undefined}
      style={{ "--colour": colour, "--depth": piece.spans.length }}
    >
      {shown}
    </mark>
  );
}
