// Where the caret of a text is and what is selected, moved by keys as in a text field, or by the mouse.
import { offsetAt, selectionIn } from "./selection.ts";
import { boundary, caretKey, excerpt, lineAt, trimmed, type Range } from "./spans.ts";

const NOTHING: Range = { start: 0, end: 0 };

export class TextCursor {
  selection: Range = NOTHING;
  /** Whether the caret is shown: while the text has the focus. */
  shown = false;
  #caret = 0;
  #anchor = 0;

  constructor(
    private readonly root: ShadowRoot,
    private readonly text: () => string,
  ) {}

  get pane(): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(".text");
  }

  get hasSelection(): boolean {
    return this.selection.end > this.selection.start;
  }

  /** Where the caret is to be drawn; null where it is not. */
  get caret(): number | null {
    return this.shown ? Math.min(this.#caret, this.text().length) : null;
  }

  letGo(): void {
    this.selection = NOTHING;
    this.#anchor = this.#caret;
  }

  /** What is selected, or follows the caret, in a few words. */
  get said(): string {
    const text = this.text();
    if (this.hasSelection) return `Selected: ${excerpt(text, this.selection)}`;
    return excerpt(text, { start: this.#caret, end: boundary(text, this.#caret, "word", true) });
  }

  /** Move with a key; false when it is none that moves. */
  pressed(event: KeyboardEvent): boolean {
    const all = event.key === "a" && (event.ctrlKey || event.metaKey);
    if (all) this.#anchor = 0;
    const to = all ? this.text().length : event.altKey ? null : this.#target(event);
    if (to === null) return false;
    if (!event.shiftKey && !all) this.#anchor = to;
    this.#caret = to;
    this.shown = true;
    this.selection = { start: Math.min(this.#anchor, to), end: Math.max(this.#anchor, to) };
    return true;
  }

  reveal(): void {
    this.pane?.querySelector(".caret")?.scrollIntoView({ block: "nearest" });
  }

  /** Take what the mouse selected, or the place it clicked on; null when it was elsewhere. */
  released(event: PointerEvent): "click" | "selection" | null {
    const { pane } = this;
    const range = pane && selectionIn(pane, this.root);
    if (!range) return null;
    const [start, end] = range;
    if (start === end) {
      if (!event.composedPath().includes(pane)) return null;
      [this.#caret, this.#anchor] = [end, end];
      this.letGo();
      return "click";
    }
    document.getSelection()?.removeAllRanges();
    this.selection = trimmed(this.text(), start, end);
    this.#anchor = this.selection.start;
    this.#caret = this.selection.end;
    return "selection";
  }

  /** Where a key takes the caret; null for any other key. */
  #target(event: KeyboardEvent): number | null {
    if (event.key === "ArrowUp") return this.#lineAway(-1);
    if (event.key === "ArrowDown") return this.#lineAway(1);
    return caretKey(this.text(), this.#caret, event);
  }

  #lineAway(by: -1 | 1): number {
    const { pane } = this;
    const caret = pane?.querySelector(".caret")?.getBoundingClientRect();
    const height = pane ? Number.parseFloat(getComputedStyle(pane).lineHeight) : 0;
    const found = pane && caret ? offsetAt(pane, this.root, caret.left + 1, caret.top + caret.height / 2 + by * height) : null;
    return found ?? (by < 0 ? lineAt(this.text(), this.#caret).start : lineAt(this.text(), this.#caret).end);
  }
}
