// What the elements for shapes share: drawing on an image by mouse and by keyboard.
import { render } from "preact";
import * as draw from "./drawing.ts";
import type { Drawing, Setting } from "./drawing.ts";
import { PictureFrame } from "./frame.tsx";
import { HOW, KEYS, NAMES } from "./help.ts";
import { initialShapes, type Initial } from "./initial.ts";
import { begin, historyKey } from "../widget/history.ts";
import { labelsOf, parseAttribute, type Json, type Label } from "../element/json.ts";
import { ItemList, labelColours, LabelPicker, Tools } from "../widget/picker.tsx";
import { answered, described, isOpen, type Point, type Size, type Tool } from "./shapes.ts";
import { Stage, type Hold } from "./stage.tsx";
import { arrowOf, crossed, unitOf, ZOOMS, zoomed } from "./view.ts";
import { cutAnswer, leftOutAnswer, LeftOutNotice } from "../widget/left-out.tsx";
import { sightOf, unseen, type Sight } from "../widget/sight.ts";
import { labelKey, Widget } from "../widget/widget.ts";

export abstract class ImageTool extends Widget {
  static observedAttributes = ["labels", "src"];
  protected abstract readonly tool: Tool;
  #labels: Label[] = [];
  #initial: Initial = { shapes: [], leftOut: [], cut: [] };
  #state: Drawing = draw.drawing(this.#initial.shapes);
  #size: Size = { width: 0, height: 0 };
  #zoom = 0;
  #unit = 1;
  #hold: Hold | null = null;
  #pointer: Point | null = null;
  #sight: Sight = "loading";
  #shownSource = "";
  #mount = document.createElement("div");

  protected override make(): void {
    super.make();
    this.area.append(this.#mount);
    this.#labels = labelsOf("labels", parseAttribute("labels", this.getAttribute("labels")));
    this.#readInitial();
    this.#draw();
    new ResizeObserver(() => this.#draw()).observe(this.#mount);
  }

  get #untouched(): boolean {
    return this.#state.shapes.present === this.#initial.shapes;
  }

  /** Take what was marked before; what somebody has worked on already stays as it is. */
  #readInitial(): void {
    const untouched = this.#untouched;
    const given = parseAttribute("initial-value", this.getAttribute("initial-value"));
    this.#initial = initialShapes(this.tool, given, this.labels, this.#sight === "shown" ? this.#size : null);
    if (untouched) this.#state = { ...this.#state, shapes: begin(this.#initial.shapes) };
  }

  protected override update(): void {
    if (this.#shownSource !== this.text("src").trim()) this.#sight = "loading";
    this.labels = labelsOf("labels", parseAttribute("labels", this.getAttribute("labels")));
  }

  get labels(): readonly string[] {
    return this.#labels.map(({ label }) => label);
  }

  set labels(labels: readonly (string | Label)[]) {
    this.#labels = labelsOf("labels", labels);
    // Labels that a script gives come after what was marked with them.
    if (this.#untouched) this.#readInitial();
    this.#draw();
  }

  get _submittableValue(): Json {
    const { present } = this.#state.shapes;
    const answer = answered(this.tool, present, this.#size);
    if (!this.hasAttribute("initial-value")) return answer;
    const { shapes, leftOut, cut } = this.#initial;
    const initialValueModified = leftOut.length + cut.length > 0 || JSON.stringify(present) !== JSON.stringify(shapes);
    // Of boxes and lines the service says so, of points and polygons not.
    const modified = this.tool === "box" || isOpen(this.tool) ? { initialValueModified } : {};
    return { ...answer, ...modified, ...leftOutAnswer(leftOut), ...cutAnswer(cut) };
  }

  reset(): void {
    this.#state = draw.drawing(this.#initial.shapes);
    this.#draw();
  }

  draft(): Json | undefined {
    return draw.drafted(this.#state, this.#initial.shapes);
  }

  restore(draft: Json): void {
    this.#state = draw.restored(this.#initial.shapes, draft, this.labels);
    this.#draw();
  }

  override focus(): void {
    this.#mount.querySelector<HTMLElement>(".stage")?.focus();
  }

  protected override fault(): string | null {
    const fault = unseen(this.#sight);
    if (fault !== null) return fault;
    return this.#state.draft.length > 0 ? "a shape is not finished: finish it, or press Escape." : null;
  }

  protected override pressed(event: KeyboardEvent): boolean {
    const direction = historyKey(event);
    const label = labelKey(event);
    if (direction !== 0) this.#become(draw.stepped(this.#state, direction));
    else if (label !== null && label < this.#labels.length) this.#become(draw.labelled(this.#state, this.#setting, label));
    else return event.target === this && this.#pressedOn(event, event.composedPath()[0] as Element);
    return true;
  }

  #pressedOn(event: KeyboardEvent, target: Element): boolean {
    const item = target.getAttribute("data-item");
    if (target.classList.contains("stage")) return this.#pressedOnStage(event);
    return item !== null && this.#pressedOnItem(event, Number(item));
  }

  #pressedOnStage(event: KeyboardEvent): boolean {
    const { width, height } = this.#size;
    const state = this.#state;
    if (this.#sight !== "shown") return false;
    const by = crossed(event, this.#size);
    if (by) {
      this.#pointer = null;
      this.#become(draw.pointed(state, this.#setting, by));
      this.#reveal();
      return true;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    switch (event.key) {
      case "Enter":
      case " ": {
        const last = this.tool === "polyline" ? state.draft.at(-1) : undefined;
        const at = state.cursor ?? last ?? { x: width / 2, y: height / 2 };
        this.#become(draw.placed({ ...state, cursor: at }, this.#setting, at));
        return true;
      }
      case "c":
      case "C":
        if (this.tool === "polygon" || this.tool === "polyline") this.#become(draw.closed(state, this.#setting));
        return true;
      case "Escape":
        this.#become({ ...draw.selected(state, null), draft: [], cursor: null, said: "Let go" });
        return true;
      case "Backspace":
      case "Delete":
        this.#become(state.selected === null ? draw.stepBack(state) : draw.removed(state, this.#setting, state.selected));
        return true;
      case "+":
      case "-":
        this.#zoomBy(event.key === "+" ? 1 : -1);
        return true;
      default:
        return false;
    }
  }

  #pressedOnItem(event: KeyboardEvent, index: number): boolean {
    const arrow = arrowOf(event);
    if (arrow) {
      const step = event.ctrlKey ? 10 : 1;
      const by = { x: arrow.x * step, y: arrow.y * step };
      this.#become(draw.nudged(draw.selected(this.#state, index), this.#setting, by, event.shiftKey, event.repeat));
      return true;
    }
    if (event.key === "Delete" || event.key === "Backspace") this.#delete(index);
    else if (event.key === "[" || event.key === "]") this.#become(draw.turned(this.#state, this.#setting, event.key === "[" ? -1 : 1));
    else if (event.key === "Escape") this.focus();
    else return false;
    return true;
  }

  get #setting(): Setting {
    return { tool: this.tool, size: this.#size, labels: this.labels, colours: this.#colours() };
  }

  #colours(): string[] {
    return labelColours(parseAttribute("label-colors", this.getAttribute("label-colors")));
  }

  #become(state: Drawing): void {
    const changed = state.shapes.present !== this.#state.shapes.present;
    this.#state = state;
    this.#draw();
    if (changed) this.tellChange();
  }

  #delete(index: number): void {
    this.#become(draw.removed(this.#state, this.#setting, index));
    const { length } = this.#state.shapes.present;
    this.#item(Math.min(index, length - 1))?.focus() ?? this.focus();
  }

  #item(index: number): HTMLElement | null {
    return this.#mount.querySelector<HTMLElement>(`[data-item="${index}"]`);
  }

  #zoomBy(by: number): void {
    this.#zoom = zoomed(this.#zoom, by);
    this.#draw();
    this.#reveal();
  }

  #reveal(): void {
    this.#mount.querySelector(".cross circle")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #look(image: HTMLImageElement): void {
    this.#sight = sightOf(image);
    this.#size = { width: image.naturalWidth, height: image.naturalHeight };
    this.#readInitial();
    this.#draw();
  }

  #draw(): void {
    this.#render();
    // Lines, handles and tags keep their size on screen.
    const unit = unitOf(this.#mount, this.#size);
    if (Math.abs(unit - this.#unit) < 1e-3 * unit) return;
    this.#unit = unit;
    this.#render();
  }

  #render(): void {
    if (this.#labels.length <= this.#state.label) this.#state = { ...this.#state, label: 0 };
    const state = this.#state;
    const { present, past, future } = state.shapes;
    const names = this.labels;
    const unit = this.#unit;
    const source = (this.#shownSource = this.text("src").trim());
    if (source === "") this.#sight = "failed";
    const zoom = ZOOMS[this.#zoom] ?? 1;
    const chosen = state.selected === null ? undefined : present[state.selected];
    const current = chosen ? names.indexOf(chosen.label) : state.label;
    const actions = [
      { text: "Undo", off: past.length === 0 && state.draft.length === 0, run: () => this.#become(draw.stepped(state, -1)) },
      { text: "Redo", off: future.length === 0, run: () => this.#become(draw.stepped(state, 1)) },
      { text: "Zoom in", off: this.#zoom === ZOOMS.length - 1, run: () => this.#zoomBy(1) },
      { text: "Zoom out", off: this.#zoom === 0, run: () => this.#zoomBy(-1) },
    ];
    const items = present.map((shape) => ({
      colour: draw.colourFor(this.#setting, shape.label),
      text: described(this.tool, shape),
      name: described(this.tool, shape),
    }));
    render(
      <div class="tool">
        <LabelPicker labels={this.#labels} colours={this.#colours()} current={current} onPick={(index) => this.#become(draw.labelled(state, this.#setting, index))} />
        <Tools actions={actions} keys={KEYS[this.tool]} />
        <p class="quiet" id="how">{`To mark: ${HOW[this.tool]}.`}</p>
        <LeftOutNotice leftOut={this.#initial.leftOut} cut={this.#initial.cut} />
        <PictureFrame
          src={source}
          sight={this.#sight}
          size={this.#size}
          zoom={zoom}
          onLook={(image) => this.#look(image)}
          onFocus={() => this.#become(draw.selected(this.#state, null))}
        >
          {this.#sight === "shown" && (
            <Stage
              {...{ state, zoom, unit }}
              setting={this.#setting}
              hold={this.#hold}
              pointer={this.#pointer}
              onState={(next) => this.#become(next)}
              onHold={(hold, at) => this.#take(hold, at)}
              onSelect={(index) => this.#select(index)}
            />
          )}
          {/* The service's element draws on such a canvas; templates lay pictures of their own over it. */}
          <canvas class="upper-canvas" aria-hidden="true" />
        </PictureFrame>
        <ItemList
          title={NAMES[this.tool]}
          items={items}
          selected={state.selected}
          empty="Nothing is marked yet."
          onSelect={(index) => this.#become(draw.selected(this.#state, index))}
          onDelete={(index) => this.#delete(index)}
        />
        <p class="said" role="status">{state.said}</p>
      </div>,
      this.#mount,
    );
  }

  #take(hold: Hold | null, at: Point | null): void {
    this.#hold = hold;
    this.#pointer = at;
    if (at) this.#state = { ...this.#state, cursor: null };
    this.#draw();
  }

  /** A shape taken with the mouse is the one that the keys then work on. */
  #select(index: number): void {
    this.#become(draw.selected(this.#state, index));
    this.#item(index)?.focus({ preventScroll: true });
  }
}
