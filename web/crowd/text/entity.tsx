// crowd-entity-annotation: labelled spans of a text, selected by mouse, finger or keyboard.
import { render } from "preact";
import { begin, change, historyKey, redo, undo, type History } from "../widget/history.ts";
import { labelsOf, parseAttribute, type Json, type Label } from "../element/json.ts";
import { leftOutAnswer, LeftOutNotice, type LeftOut } from "../widget/left-out.tsx";
import { colourOf, LabelPicker, Tools } from "../widget/picker.tsx";
import { KEYS, Marked } from "./marked.tsx";
import { offsetAt, selectionIn } from "./selection.ts";
import { boundary, caretKey, conflict, excerpt, initialSpans, lineAt, trimmed, wire, withSpan } from "./spans.ts";
import type { Range, Span } from "./spans.ts";
import { labelKey, Widget } from "../widget/widget.ts";

const NOTHING: Range = { start: 0, end: 0 };

export class CrowdEntityAnnotation extends Widget {
  static observedAttributes = ["labels", "text"];
  protected override readonly hasSubmitPlace = true;
  #labels: Label[] = [];
  #spans: History<readonly Span[]> = begin([]);
  #initial: readonly Span[] = [];
  #leftOut: readonly LeftOut[] = [];
  /** Label for what is selected next; null: select first, then label. */
  #armed: number | null = null;
  #selection: Range = NOTHING;
  #anchor = 0;
  #caret = 0;
  #caretShown = false;
  #selected: number | null = null;
  #said = "";
  #mount = document.createElement("div");

  protected override make(): void {
    super.make();
    this.area.append(this.#mount);
    this.#read();
    document.addEventListener("pointerup", (event) => this.#pointerUp(event));
  }

  protected override update(): void {
    this.#read();
  }

  #read(): void {
    this.#labels = labelsOf("labels", parseAttribute("labels", this.getAttribute("labels")));
    this.#readInitial();
    this.reset();
  }

  #readInitial(): void {
    const initial = parseAttribute("initial-value", this.getAttribute("initial-value"));
    const read = initialSpans(initial, this.text("text"), this.#labels.map(({ label }) => label));
    this.#initial = read.spans;
    this.#leftOut = read.leftOut;
  }

  get labels(): readonly Label[] {
    return this.#labels;
  }

  set labels(labels: readonly (string | Label)[]) {
    const untouched = this.#spans.present === this.#initial;
    this.#labels = labelsOf("labels", labels);
    // Labels that a script gives come after what was marked with them.
    if (untouched) this.#readInitial();
    if (untouched) this.reset();
    this.#draw();
  }

  get _submittableValue(): Json {
    return { entities: this.#spans.present.map(wire), ...leftOutAnswer(this.#leftOut) };
  }

  reset(): void {
    this.#spans = begin(this.#initial);
    this.#letGo();
    this.#draw();
  }

  draft(): Json | undefined {
    return this.#spans.present === this.#initial ? undefined : this.#spans.present.map(wire);
  }

  restore(draft: Json): void {
    const { spans } = initialSpans(draft, this.text("text"), this.#labels.map(({ label }) => label));
    this.#spans = change(begin(this.#initial), spans);
    this.#letGo();
    this.#draw();
  }

  override focus(): void {
    this.#pane?.focus();
  }

  protected override pressed(event: KeyboardEvent): boolean {
    const direction = historyKey(event);
    const label = labelKey(event);
    if (direction !== 0) this.#step(direction);
    else if (label !== null && label < this.#labels.length) this.#pick(label);
    else if (event.target !== this) return false;
    else return this.#pressedOn(event, event.composedPath()[0] as Element);
    return true;
  }

  #pressedOn(event: KeyboardEvent, target: Element): boolean {
    const item = target.getAttribute("data-item");
    if (event.key === "Escape") {
      this.#letGo();
      this.#armed = null;
      this.#draw();
      this.focus();
      return true;
    }
    const deletes = event.key === "Delete" || event.key === "Backspace";
    if (deletes && item !== null) this.#delete(Number(item));
    else if (deletes && this.#selected !== null) this.#delete(this.#selected);
    else return target === this.#pane && this.#moveCaret(event);
    return true;
  }

  #moveCaret(event: KeyboardEvent): boolean {
    const text = this.text("text");
    const all = event.key === "a" && (event.ctrlKey || event.metaKey);
    if (all) this.#anchor = 0;
    const to = all ? text.length : event.altKey ? null : this.#target(event);
    if (to === null) return false;
    if (!event.shiftKey && !all) this.#anchor = to;
    this.#caret = to;
    this.#caretShown = true;
    this.#selection = { start: Math.min(this.#anchor, to), end: Math.max(this.#anchor, to) };
    this.#selected = null;
    const nearby = { start: to, end: boundary(text, to, "word", true) };
    this.#said = this.#hasSelection ? `Selected: ${excerpt(text, this.#selection)}` : excerpt(text, nearby);
    this.#draw();
    this.#mount.querySelector(".caret")?.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** Where a key takes the caret; null for any other key. */
  #target(event: KeyboardEvent): number | null {
    if (event.key === "ArrowUp") return this.#lineAway(-1);
    if (event.key === "ArrowDown") return this.#lineAway(1);
    return caretKey(this.text("text"), this.#caret, event);
  }

  #lineAway(by: -1 | 1): number {
    const pane = this.#pane;
    const caret = this.#mount.querySelector(".caret")?.getBoundingClientRect();
    const height = pane ? Number.parseFloat(getComputedStyle(pane).lineHeight) : 0;
    const found = pane && caret ? offsetAt(pane, this.root, caret.left + 1, caret.top + caret.height / 2 + by * height) : null;
    return found ?? (by < 0 ? lineAt(this.text("text"), this.#caret).start : lineAt(this.text("text"), this.#caret).end);
  }

  get #pane(): HTMLElement | null {
    return this.#mount.querySelector<HTMLElement>(".text");
  }

  get #hasSelection(): boolean {
    return this.#selection.end > this.#selection.start;
  }

  #pointerUp(event: PointerEvent): void {
    const pane = this.#pane;
    const range = pane && selectionIn(pane, this.root);
    if (!range) return;
    const [start, end] = range;
    const within = event.composedPath().includes(pane);
    if (start === end) {
      if (!within) return;
      const piece = event.composedPath()[0] as Element;
      const over = piece.getAttribute("data-span");
      this.#letGo();
      [this.#caret, this.#anchor] = [end, end];
      this.#selected = over === null ? null : Number(over);
      this.#draw();
      return;
    }
    document.getSelection()?.removeAllRanges();
    this.#selection = trimmed(this.text("text"), start, end);
    this.#anchor = this.#selection.start;
    this.#caret = this.#selection.end;
    this.#selected = null;
    if (this.#armed !== null) this.#add(this.#armed);
    else this.#draw();
  }

  #pick(label: number): void {
    const name = this.#labels[label];
    if (!name) return;
    const span = this.#selected === null ? undefined : this.#spans.present[this.#selected];
    if (this.#hasSelection) return this.#add(label);
    if (span) {
      this.#become(withSpan(this.#spans.present, { ...span, label: name.label }), `Now ${name.full}`);
      return;
    }
    this.#armed = this.#armed === label ? null : label;
    this.#said = this.#armed === null ? "Label put away" : `${name.full}: select what it applies to`;
    this.#draw();
  }

  #add(label: number): void {
    const name = this.#labels[label];
    const range = trimmed(this.text("text"), this.#selection.start, this.#selection.end);
    if (!name || range.end <= range.start) return;
    const clash = conflict(this.#spans.present, range);
    if (clash) {
      this.#said = `Not marked: select all of \u201c${excerpt(this.text("text"), clash)}\u201d, or none of it`;
      this.#draw();
      return;
    }
    this.#letGo();
    const spans = withSpan(this.#spans.present, { ...range, label: name.label });
    this.#become(spans, `${name.full}: ${excerpt(this.text("text"), range)}`);
  }

  #delete(index: number): void {
    const span = this.#spans.present[index];
    if (!span) return;
    this.#selected = null;
    this.#become(this.#spans.present.filter((other) => other !== span), `Deleted ${span.label}`);
    const next = Math.min(index, this.#spans.present.length - 1);
    this.#mount.querySelector<HTMLElement>(`[data-item="${next}"]`)?.focus() ?? this.focus();
  }

  #step(direction: -1 | 1): void {
    const spans = direction < 0 ? undo(this.#spans) : redo(this.#spans);
    if (spans === this.#spans) return;
    this.#spans = spans;
    this.#letGo();
    this.#said = direction < 0 ? "Undone" : "Redone";
    this.#draw();
    this.tellChange();
  }

  #become(spans: readonly Span[], said: string): void {
    this.#spans = change(this.#spans, spans);
    this.#said = said;
    this.#draw();
    this.tellChange();
  }

  #letGo(): void {
    this.#selection = NOTHING;
    this.#anchor = this.#caret;
    this.#selected = null;
  }

  #select(index: number): void {
    if (this.#selected === index) return;
    this.#letGo();
    this.#selected = index;
    this.#draw();
  }

  #draw(): void {
    const text = this.text("text");
    const spans = this.#spans.present;
    const caret = this.#caretShown ? Math.min(this.#caret, text.length) : null;
    const items = spans.map((span) => {
      const at = this.#labels.findIndex(({ label }) => label === span.label);
      const said = `${this.#labels[at]?.full ?? span.label}: ${excerpt(text, span)}`;
      return { colour: colourOf(at), text: said, name: said };
    });
    const actions = [
      { text: "Undo", off: this.#spans.past.length === 0, run: () => this.#step(-1) },
      { text: "Redo", off: this.#spans.future.length === 0, run: () => this.#step(1) },
    ];
    const current = this.#hasSelection ? null : this.#armed;
    render(
      <div class="tool">
        <LabelPicker labels={this.#labels} current={current} onPick={(index) => this.#pick(index)} />
        <Tools actions={actions} keys={KEYS} />
        <p class="quiet" id="how">
          Choose a label, then select text; or select text, then choose a label.
        </p>
        <LeftOutNotice leftOut={this.#leftOut} />
        <Marked
          {...{ text, spans, caret, items }}
          labels={this.#labels}
          selection={this.#selection}
          selected={this.#selected}
          onFocus={(focused) => this.#showCaret(focused)}
          onSelect={(index) => this.#select(index)}
          onDelete={(index) => this.#delete(index)}
        />
        <p class="said" role="status">
          {this.#said}
        </p>
      </div>,
      this.#mount,
    );
  }

  #showCaret(shown: boolean): void {
    this.#caretShown = shown;
    this.#draw();
  }
}
