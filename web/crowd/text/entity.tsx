// crowd-entity-annotation: labelled spans of a text, selected by mouse, finger or keyboard.
import { render } from "preact";
import { begin, change, historyKey, redo, undo, type History } from "../widget/history.ts";
import { labelsOf, parseAttribute, type Json, type Label } from "../element/json.ts";
import { leftOutAnswer, LeftOutNotice, type LeftOut } from "../widget/left-out.tsx";
import { colourOf, LabelPicker, Tools } from "../widget/picker.tsx";
import { TextCursor } from "./cursor.ts";
import { KEYS, Marked } from "./marked.tsx";
import { conflict, excerpt, initialSpans, trimmed, wire, withSpan, type Span } from "./spans.ts";
import { labelKey, Widget } from "../widget/widget.ts";

export class CrowdEntityAnnotation extends Widget {
  static observedAttributes = ["labels", "text"];
  protected override readonly hasSubmitPlace = true;
  #labels: Label[] = [];
  #spans: History<readonly Span[]> = begin([]);
  #initial: readonly Span[] = [];
  #leftOut: readonly LeftOut[] = [];
  /** Label for what is selected next; null: select first, then label. */
  #armed: number | null = null;
  #cursor = new TextCursor(this.root, () => this.text("text"));
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
    if (!this.#cursor.pressed(event)) return false;
    this.#selected = null;
    this.#said = this.#cursor.said;
    this.#draw();
    this.#cursor.reveal();
    return true;
  }

  get #pane(): HTMLElement | null {
    return this.#cursor.pane;
  }

  #pointerUp(event: PointerEvent): void {
    const done = this.#cursor.released(event);
    if (done === null) return;
    const over = done === "click" ? (event.composedPath()[0] as Element).getAttribute("data-span") : null;
    this.#selected = over === null ? null : Number(over);
    if (done === "selection" && this.#armed !== null) this.#add(this.#armed);
    else this.#draw();
  }

  #pick(label: number): void {
    const name = this.#labels[label];
    if (!name) return;
    const span = this.#selected === null ? undefined : this.#spans.present[this.#selected];
    if (this.#cursor.hasSelection) return this.#add(label);
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
    const range = trimmed(this.text("text"), this.#cursor.selection.start, this.#cursor.selection.end);
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
    this.#cursor.letGo();
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
    const { caret, selection } = this.#cursor;
    const items = spans.map((span) => {
      const at = this.#labels.findIndex(({ label }) => label === span.label);
      const said = `${this.#labels[at]?.full ?? span.label}: ${excerpt(text, span)}`;
      return { colour: colourOf(at), text: said, name: said };
    });
    const actions = [
      { text: "Undo", off: this.#spans.past.length === 0, run: () => this.#step(-1) },
      { text: "Redo", off: this.#spans.future.length === 0, run: () => this.#step(1) },
    ];
    const current = this.#cursor.hasSelection ? null : this.#armed;
    render(
      <div class="tool">
        <LabelPicker labels={this.#labels} current={current} onPick={(index) => this.#pick(index)} />
        <Tools actions={actions} keys={KEYS} />
        <p class="quiet" id="how">
          Choose a label, then select text; or select text, then choose a label.
        </p>
        <LeftOutNotice leftOut={this.#leftOut} />
        <Marked
          {...{ text, spans, caret, items, selection }}
          labels={this.#labels}
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
    this.#cursor.shown = shown;
    this.#draw();
  }
}
