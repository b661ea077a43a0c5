// What the elements for masks share: the image, the earlier mask, the answer and drafts.
import { render } from "preact";
import { Bench } from "./bench.ts";
import { show } from "./canvas.ts";
import { INSTANCE_KEYS, KEYS } from "./help.ts";
import { load, readEarlier, type Earlier, type Taken } from "./initial.ts";
import { whole, type Rect } from "./mask.ts";
import { MaskView, MOST_WIDE } from "./view.tsx";
import { unpackedWork, Work, type Painted } from "./work.ts";
import { historyKey } from "../widget/history.ts";
import { labelsOf, parseAttribute, type Json, type Label } from "../element/json.ts";
import { colourOf, type Item } from "../widget/picker.tsx";
import type { Size } from "../pictures/shapes.ts";
import { unitOf, ZOOMS, zoomed } from "../pictures/view.ts";
import { leftOutAnswer } from "../widget/left-out.tsx";
import { sightOf, unseen, type Sight } from "../widget/sight.ts";
import { labelKey, Widget } from "../widget/widget.ts";

export abstract class Segmentation extends Widget {
  static observedAttributes = ["labels", "src"];
  /** Whether a label may have several regions, each an object of its own. */
  protected abstract readonly instances: boolean;
  #labels: Label[] = [];
  #bench = new Bench({
    onShow: (rect) => this.#show(rect),
    onChange: () => this.tellChange(),
    onCross: () => this.#mount.querySelector(".cross .at")?.scrollIntoView({ block: "nearest", inline: "nearest" }),
  });
  #size: Size = { width: 0, height: 0 };
  #unit = 1;
  #sight: Sight = "loading";
  #shownSource = "";
  #earlier: Earlier | null = null;
  /** What the earlier mask gave; null until it is there. */
  #taken: Taken | null = null;
  /** A draft that waits for the image. */
  #draft: Json | null = null;
  #mount = document.createElement("div");

  protected override make(): void {
    super.make();
    this.area.append(this.#mount);
    this.#labels = labelsOf("labels", parseAttribute("labels", this.getAttribute("labels")));
    this.#readEarlier();
    this.#draw();
    new ResizeObserver(() => this.#draw()).observe(this.#mount);
  }

  /** Take the earlier mask, as soon as there is an image to take it for. */
  #readEarlier(): void {
    const earlier = readEarlier(parseAttribute("initial-value", this.getAttribute("initial-value")), this.labels);
    this.#earlier = earlier;
    this.#taken = null;
    if (!earlier || this.#sight !== "shown") return;
    void load(earlier, this.#size).then((taken) => earlier === this.#earlier && this.#take(taken));
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
    if (this.#bench.work) this.#bench.work.labels = this.labels;
    // Labels that a script gives come after what was painted with them.
    if (!this.#bench.used && this.#draft === null) this.#readEarlier();
    this.#show(whole(this.#size));
  }

  get _submittableValue(): Json {
    const { work } = this.#bench;
    const { height, width } = this.#size;
    const answer = {
      inputImageProperties: { height, width },
      ...(work && this.mapping(work)),
      labeledImage: { pngImageData: work?.png() ?? "" },
    };
    if (!this.#taken) return answer;
    const { leftOut } = this.#taken;
    return { ...answer, initialValueModified: leftOut.length > 0 || this.#differs(this.#taken), ...leftOutAnswer(leftOut) };
  }

  /** The part of the answer that says what is which colour. */
  protected abstract mapping(work: Work): { readonly [key: string]: Json };

  #differs({ cells }: Taken): boolean {
    const { regions = [], mask } = this.#bench.work?.painting ?? {};
    const relabelled = this.#earlier?.regions.some(({ label }, index) => regions[index]?.label !== label);
    return relabelled === true || mask?.cells.some((region, at) => region !== cells[at]) === true;
  }

  /** The work as it stands, with a polygon that is not filled; undefined where nothing is done yet. */
  draft(): Json | undefined {
    const { used, state, work } = this.#bench;
    if (used || state.polygon.length > 0) return work?.packed(state.polygon);
    return this.#draft ?? undefined;
  }

  /** Go on with a draft, now or when the image is there; one of an image of another size is let be. */
  restore(draft: Json): void {
    this.#draft = draft;
    const found = this.#bench.work && unpackedWork(draft, this.#size, this.instances, this.labels);
    if (!found) return;
    const { work, polygon } = found;
    this.#bench.begin(work, { polygon, ...(polygon.length > 0 && { tool: "polygon" }) });
  }

  reset(): void {
    this.#draft = null;
    if (!this.#bench.work) return;
    const regions = this.#taken ? this.#earlier?.regions : undefined;
    const work = new Work(this.#size, this.instances, this.labels, regions, this.#taken?.cells.slice());
    this.#bench.begin(work, { polygon: [], said: "" });
  }

  override focus(): void {
    this.#mount.querySelector<HTMLElement>(".stage")?.focus();
  }

  protected override fault(): string | null {
    const fault = unseen(this.#sight);
    if (fault !== null) return fault;
    if (this.#earlier && !this.#taken) return "the earlier mask is still loading.";
    return this.#bench.state.polygon.length > 0 ? "a polygon is not filled: fill it, or press Escape." : null;
  }

  protected override pressed(event: KeyboardEvent): boolean {
    const direction = historyKey(event);
    const label = labelKey(event);
    const target = event.target === this ? (event.composedPath()[0] as Element) : null;
    const item = target?.getAttribute("data-item") ?? null;
    if (direction !== 0) this.#bench.step(direction);
    else if (label !== null && label < this.#labels.length) this.#bench.pick(label, item === null ? null : Number(item));
    else if (item !== null && (event.key === "Delete" || event.key === "Backspace")) this.#clear(Number(item));
    else return target?.classList.contains("stage") === true && this.#bench.pressed(event);
    return true;
  }

  #clear(item: number): void {
    this.#bench.clear(item);
    const next = Math.min(item, (this.#bench.work?.painted().length ?? 0) - 1);
    this.#mount.querySelector<HTMLElement>(`[data-item="${next}"]`)?.focus() ?? this.focus();
  }

  #look(image: HTMLImageElement): void {
    this.#sight = sightOf(image);
    this.#size = { width: image.naturalWidth, height: image.naturalHeight };
    if (this.#sight !== "shown") return this.#draw();
    const { width, height } = this.#size;
    const wide = Math.min(MOST_WIDE, Math.max(1, Math.round(Math.max(width, height) / 40)));
    this.#bench.begin(new Work(this.#size, this.instances, this.labels), { wide, cursor: null, polygon: [] });
    if (this.#draft !== null) this.restore(this.#draft);
    this.#readEarlier();
  }

  #take(taken: Taken): void {
    this.#taken = taken;
    // What somebody painted while the earlier mask was on its way stays.
    if (this.#bench.used || this.#draft !== null) this.#draw();
    else this.reset();
  }

  #show(rect: Rect | null): void {
    this.#draw();
    const { work } = this.#bench;
    if (rect && work) show(this.#mount.querySelector("canvas.mask"), work.painting.mask, work.colours(), rect);
  }

  #draw(): void {
    this.#render();
    // Lines and points keep their size on screen.
    const unit = unitOf(this.#mount, this.#size);
    if (Math.abs(unit - this.#unit) < 1e-3 * unit) return;
    this.#unit = unit;
    this.#render();
  }

  #render(): void {
    const bench = this.#bench;
    const { state, work } = bench;
    const painted = work?.painted() ?? [];
    const source = (this.#shownSource = this.text("src").trim());
    if (source === "") this.#sight = "failed";
    const selected = painted.findIndex(({ region, label }) => (this.instances ? region === work?.region : label === work?.name));
    render(
      <MaskView
        state={state}
        size={this.#size}
        src={source}
        sight={this.#sight}
        labels={this.#labels}
        colours={this.instances ? null : this.labels.map((label) => work?.painting.regions.find((region) => region.label === label)?.colour)}
        current={work?.label ?? 0}
        colour={work?.colour ?? colourOf(work?.label ?? 0)}
        unit={this.#unit}
        actions={this.#actions()}
        keys={this.instances ? INSTANCE_KEYS : KEYS}
        leftOut={this.#taken?.leftOut ?? []}
        title={this.instances ? "Instances" : "Areas"}
        items={painted.map((one, index) => this.#item(one, index))}
        selected={selected < 0 ? null : selected}
        onState={(change) => bench.become(change)}
        onPick={(label) => bench.pick(label, null)}
        onTool={(tool) => bench.choose(tool)}
        onSelect={(item) => bench.select(item)}
        onDelete={(item) => this.#clear(item)}
        onLook={(image) => this.#look(image)}
        onDown={(at) => bench.down(at)}
        onMove={(points, held) => bench.moved(points, held)}
        onUp={() => bench.up()}
        onPoint={(at, near) => bench.point(at, near)}
        onFill={() => bench.fill()}
      />,
      this.#mount,
    );
  }

  #actions(): { text: string; off?: boolean; run(): void }[] {
    const bench = this.#bench;
    const { zoom, polygon } = bench.state;
    const { canUndo = false, canRedo = false } = bench.work?.painting ?? {};
    return [
      ...(this.instances ? [{ text: "New instance", off: bench.work?.region == null, run: () => bench.another() }] : []),
      { text: "Undo", off: !canUndo && polygon.length === 0, run: () => bench.step(-1) },
      { text: "Redo", off: !canRedo, run: () => bench.step(1) },
      { text: "Zoom in", off: zoom === ZOOMS.length - 1, run: () => bench.zoom(zoomed(zoom, 1)) },
      { text: "Zoom out", off: zoom === 0, run: () => bench.zoom(zoomed(zoom, -1)) },
    ];
  }

  #item({ label, colour, pixels }: Painted, index: number): Item {
    const share = (100 * pixels) / (this.#size.width * this.#size.height);
    const name = `${label}${this.instances ? ` ${index + 1}` : ""}, ${share < 0.1 ? "under 0.1" : share.toFixed(1)} %`;
    return { colour, text: name, name };
  }
}
