// The text with its marks, and beside it the list of them and the form's button.
import type { Label } from "../element/json.ts";
import { SUBMIT_PLACE } from "../form/submit.ts";
import { ItemList, type Item } from "../widget/picker.tsx";
import { Passages } from "./passages.tsx";
import type { Range, Span } from "./spans.ts";

export const KEYS = [
  "Arrow keys in the text: move the caret (Ctrl: by words); Home, End: line; Ctrl+Home, Ctrl+End: text",
  "Shift with these: select; Ctrl+A: all",
  "1 to 9, 0: label what is selected; with nothing selected, what is selected next",
  "Tab to a passage in the list; 1 to 9 gives it another label, Delete removes it",
  "Ctrl+Z, Ctrl+Shift+Z: undo, redo; Escape: let go",
];

export function Marked(props: {
  text: string;
  spans: readonly Span[];
  labels: readonly Label[];
  items: readonly Item[];
  selection: Range;
  selected: number | null;
  caret: number | null;
  onFocus(focused: boolean): void;
  onSelect(index: number): void;
  onDelete(index: number): void;
}) {
  const { items, selected, onSelect, onDelete } = props;
  return (
    <div class="marked">
      <Passages {...props} />
      <div class="side">
        <ItemList title="Passages" empty="Nothing is marked yet." {...{ items, selected, onSelect, onDelete }} />
        <div class="submit">
          <slot name={SUBMIT_PLACE} />
        </div>
      </div>
    </div>
  );
}
