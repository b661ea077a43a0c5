// crowd-question-answer-generation: questions about a text, with answers, tags and the passages they use.
// https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-reference.html
import { render } from "preact";
import { TextCursor } from "./cursor.ts";
import { GenerationWidget } from "./generation.ts";
import { EMPTY, faultOf, readPairs, wired, withReference, withTag, type Limits, type Pair } from "./pairs.ts";
import { Passages } from "./passages.tsx";
import { PairEditor } from "./pair-editor.tsx";
import { excerpt } from "./spans.ts";
import { begin, change, historyKey, redo, replace, undo, type History } from "../widget/history.ts";
import { parseAttribute, type Json } from "../element/json.ts";
import { Tools } from "../widget/picker.tsx";

const KEYS = [
  "Arrow keys in the text: move the caret (Ctrl: by words); with Shift: select",
  "Enter in the text: add what is selected to the question that was edited last",
  "Ctrl+Z, Ctrl+Shift+Z outside of a field: undo, redo",
];

export class CrowdQuestionAnswerGeneration extends GenerationWidget {
  #pairs: History<readonly Pair[]> = begin([]);
  #initial: readonly Pair[] = [];
  /** The pair that passages are added to. */
  #current = 0;
  /** The field that is typed in: its next letter makes no step of its own. */
  #typing = "";
  #cursor = new TextCursor(this.root, () => this.shown);
  #said = "";
  #mount = document.createElement("div");

  protected override make(): void {
    super.make();
    this.area.append(this.#mount);
    document.addEventListener("pointerup", (event) => {
      if (this.#cursor.released(event) !== null) this.#say(this.#cursor.hasSelection ? this.#cursor.said : "");
    });
    this.#begin();
  }

  protected loaded(): void {
    if (this.#pairs.present === this.#initial) this.#begin();
    else this.#draw();
  }

  #begin(): void {
    const given = readPairs(parseAttribute("initial-value", this.getAttribute("initial-value")), this.source);
    const missing = Math.max(0, Math.max(1, this.#limits.pairs[0]) - given.length);
    this.#initial = [...given, ...Array.from({ length: missing }, () => EMPTY)];
    this.reset();
  }

  protected override heading(): string {
    return super.heading() || "Ask and answer questions about the text";
  }

  get #limits(): Limits {
    const number = (name: string): number | undefined => (this.text(name).trim() === "" ? undefined : Number(this.text(name)));
    return {
      pairs: [number("min-questions") ?? 1, number("max-questions")],
      question: [number("question-min-words") ?? 1, number("question-max-words")],
      answer: [number("answer-min-words") ?? 1, number("answer-max-words")],
    };
  }

  get #tags(): readonly string[] {
    const given = parseAttribute("question-tags", this.getAttribute("question-tags"));
    return Array.isArray(given) ? given.map(String) : [];
  }

  get _submittableValue(): { readonly [key: string]: Json } {
    return { questionAnswerPairs: this.#pairs.present.map((pair) => wired(this.source, pair)) };
  }

  reset(): void {
    this.#pairs = begin(this.#initial);
    this.#current = 0;
    this.#say("");
  }

  draft(): Json | undefined {
    return this.#pairs.present === this.#initial ? undefined : this._submittableValue;
  }

  restore(draft: Json): void {
    this.#pairs = change(begin(this.#initial), readPairs(draft, this.source));
    this.#draw();
  }

  override focus(): void {
    const fault = faultOf(this.#pairs.present, this.#limits);
    this.#focusOn(fault?.part ?? "question", fault?.pair ?? 0);
  }

  #focusOn(part: "question" | "answer", pair: number): void {
    this.#mount.querySelector<HTMLElement>(`[data-field="${part}-${pair}"]`)?.focus();
  }

  protected override fault(): string | null {
    return super.fault() ?? faultOf(this.#pairs.present, this.#limits)?.text ?? null;
  }

  protected override pressed(event: KeyboardEvent): boolean {
    const direction = historyKey(event);
    if (direction !== 0) this.#step(direction);
    else if (event.target !== this || event.composedPath()[0] !== this.#cursor.pane) return false;
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.#refer(this.#current);
    else {
      if (!this.#cursor.pressed(event)) return false;
      this.#say(this.#cursor.said);
      this.#cursor.reveal();
    }
    return true;
  }

  #say(said: string): void {
    this.#said = said;
    this.#draw();
  }

  #step(direction: -1 | 1): void {
    const pairs = direction < 0 ? undo(this.#pairs) : redo(this.#pairs);
    if (pairs === this.#pairs) return;
    this.#pairs = pairs;
    this.#changed(direction < 0 ? "Undone" : "Redone");
  }

  #changed(said: string): void {
    this.#typing = "";
    this.#current = Math.max(0, Math.min(this.#current, this.#pairs.present.length - 1));
    this.#say(said);
    this.tellChange();
  }

  #become(index: number, pair: Pair, said: string): void {
    this.#current = index;
    this.#pairs = change(this.#pairs, this.#pairs.present.with(index, pair));
    this.#changed(said);
  }

  #typed(index: number, part: "question" | "answer", text: string): void {
    const pair = this.#pairs.present[index];
    if (!pair) return;
    const pairs = this.#pairs.present.with(index, { ...pair, [part]: text });
    const field = `${part}-${index}`;
    this.#pairs = this.#typing === field ? replace(this.#pairs, pairs) : change(this.#pairs, pairs);
    this.#typing = field;
    this.#current = index;
    this.#draw();
    this.tellChange();
  }

  /** Add the selected passage to a pair. */
  #refer(index: number): void {
    const pair = this.#pairs.present[index];
    if (!pair) return this.#say("There is no question to add it to");
    if (!this.#cursor.hasSelection) return this.#say("Select a passage of the text first");
    const more = withReference(pair, this.source, this.#cursor.selection);
    const words = excerpt(this.source, this.#cursor.selection);
    if (more === pair) return this.#say(`Question ${index + 1} has this passage`);
    this.#cursor.letGo();
    this.#become(index, more, `Added to question ${index + 1}: ${words}`);
  }

  #add(): void {
    const [, most] = this.#limits.pairs;
    const { length } = this.#pairs.present;
    if (most !== undefined && length >= most) return this.#say(`At most ${most} questions are allowed`);
    this.#pairs = change(this.#pairs, [...this.#pairs.present, EMPTY]);
    this.#current = length;
    this.#changed(`Question ${length + 1} added`);
    this.#focusOn("question", length);
  }

  #delete(index: number): void {
    this.#pairs = change(this.#pairs, this.#pairs.present.toSpliced(index, 1));
    this.#changed(`Question ${index + 1} deleted`);
    const { length } = this.#pairs.present;
    if (length > 0) this.#focusOn("question", Math.min(index, length - 1));
    else this.#mount.querySelector<HTMLElement>(".add")?.focus();
  }

  #draw(): void {
    const { past, present, future } = this.#pairs;
    const text = this.shown;
    const { caret, selection } = this.#cursor;
    const spans = present.flatMap(({ references }, index) => references.map((range) => ({ ...range, label: String(index + 1) })));
    const labels = present.map((_, index) => ({ label: String(index + 1), full: "", short: String(index + 1) }));
    const actions = [
      { text: "Undo", off: past.length === 0, run: () => this.#step(-1) },
      { text: "Redo", off: future.length === 0, run: () => this.#step(1) },
    ];
    const allowed = ["allow-custom-question-tags", "allow-custom-tags"].some((name) => this.flag(name));
    render(
      <div class="tool">
        <Tools actions={actions} keys={KEYS} />
        <p class="quiet" id="how">Select a passage that a question is about, and add it to the question.</p>
        <div class="asked">
          <div class="source">
            <Passages {...{ text, spans, labels, caret, selection }} selected={null} onFocus={(focused) => this.#showCaret(focused)} />
          </div>
          <div class="questions">
            {present.map((pair, index) => (
              <PairEditor
                key={index}
                {...{ pair, index, text }}
                limits={this.#limits}
                tags={this.#tags}
                custom={allowed}
                canRefer={this.#cursor.hasSelection}
                onType={(part, typed) => this.#typed(index, part, typed)}
                onFocus={() => this.#choose(index)}
                onTag={(tag) => this.#become(index, withTag(pair, tag), pair.tags.includes(tag) ? `Tag ${tag} removed` : `Tag ${tag}`)}
                onRefer={() => this.#refer(index)}
                onForget={(at) => this.#become(index, { ...pair, references: pair.references.toSpliced(at, 1) }, "Passage removed")}
                onDelete={() => this.#delete(index)}
              />
            ))}
            <button type="button" class="button normal add" onClick={() => this.#add()}>
              Add a question
            </button>
          </div>
        </div>
        <p class="said" role="status">{this.#said}</p>
      </div>,
      this.#mount,
    );
  }

  #showCaret(shown: boolean): void {
    this.#cursor.shown = shown;
    this.#draw();
  }

  #choose(index: number): void {
    this.#current = index;
    this.#typing = "";
  }
}
