// What tools do to the mask of one image, step by step, whichever of mouse and keys holds them.
import type { MaskTool } from "./help.ts";
import { around, fill, stroke, whole, type Rect } from "./mask.ts";
import { MOST_WIDE, type MaskState } from "./view.tsx";
import type { Work } from "./work.ts";
import { inside, same, type Point, type Size } from "../pictures/shapes.ts";
import { crossed, zoomed } from "../pictures/view.ts";

const TOOL_KEYS: Readonly<Record<string, MaskTool>> = { b: "brush", e: "eraser", p: "polygon" };

export interface Watcher {
  /** Something is to be shown: pixels of a rectangle, or other things only. */
  onShow(rect: Rect | null): void;
  /** The answer is another now. */
  onChange(): void;
  /** The cross may have left the part of the image that is in view. */
  onCross(): void;
}

export class Bench {
  state: MaskState = { tool: "brush", wide: 1, opacity: 60, zoom: 0, polygon: [], cursor: null, pointer: null, said: "" };
  work: Work | null = null;
  /** Where the stroke that goes on is; null when the brush is up. */
  #last: Point | null = null;

  constructor(private readonly watcher: Watcher) {}

  get size(): Size {
    return this.work?.size ?? { width: 0, height: 0 };
  }

  /** Whether somebody has painted on this mask. */
  get used(): boolean {
    return this.#last !== null || this.work?.painting.canUndo === true || this.work?.painting.canRedo === true;
  }

  /** Go on with another mask. */
  begin(work: Work, change: Partial<MaskState>): void {
    this.work = work;
    this.#last = null;
    this.become(change, whole(work.size));
  }

  become(change: Partial<MaskState>, rect: Rect | null = null): void {
    this.state = { ...this.state, ...change };
    this.watcher.onShow(rect);
  }

  /** Take a key pressed on the image; true when it meant something. */
  pressed(event: KeyboardEvent): boolean {
    const { tool, polygon, wide, zoom } = this.state;
    const by = crossed(event, this.size);
    if (by) this.#cross(by);
    if (by || event.ctrlKey || event.altKey || event.metaKey || !this.work) return by !== null;
    const key = event.key.toLowerCase();
    if (TOOL_KEYS[key]) this.choose(TOOL_KEYS[key]);
    else if (key === "enter" || key === " ") this.#put();
    else if (key === "c" && tool === "polygon") this.fill();
    else if (key === "n" && this.work.instances) this.another();
    else if (key === "backspace" && polygon.length > 0) this.step(-1);
    else if (key === "escape") this.#letGo();
    else if (key === "[" || key === "]") this.#resize(wide + (key === "]" ? 1 : -1) * Math.ceil(wide / 5));
    else if (key === "+" || key === "-") this.zoom(zoomed(zoom, key === "+" ? 1 : -1));
    else return false;
    return true;
  }

  get #cursor(): Point {
    const { width, height } = this.size;
    return this.state.cursor ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) };
  }

  #cross(by: Point): void {
    const { width, height } = this.size;
    const cursor = inside({ x: this.#cursor.x + by.x, y: this.#cursor.y + by.y }, { width: width - 1, height: height - 1 });
    const rect = this.#last ? this.#strokeTo(cursor) : null;
    this.become({ cursor, pointer: null, said: `${cursor.x}, ${cursor.y}` }, rect);
    this.watcher.onCross();
  }

  /** With keys: set a point, put the brush down, or lift it. */
  #put(): void {
    const cursor = this.#cursor;
    this.state = { ...this.state, cursor };
    if (this.state.tool === "polygon") this.point(cursor, 0);
    else if (this.#last) this.up();
    else this.down(cursor);
  }

  #resize(wide: number): void {
    const fitting = Math.min(MOST_WIDE, Math.max(1, wide));
    this.become({ wide: fitting, said: `${fitting} pixels across` });
  }

  zoom(zoom: number): void {
    this.become({ zoom });
    this.watcher.onCross();
  }

  /** The number to paint; null when there is none, which is told. */
  #target(): number | null {
    if (this.state.tool === "eraser") return 0;
    const target = this.work?.target() ?? "The image is not there yet";
    if (typeof target === "number") return target;
    this.become({ said: target });
    return null;
  }

  down(at: Point): void {
    if (!this.work || this.#target() === null) return;
    this.work.painting.begin();
    this.#last = at;
    const rect = this.#strokeTo(at);
    this.become({ said: this.state.tool === "eraser" ? "Erasing" : `Painting ${this.work.name ?? ""}` }, rect);
  }

  /** Paint on to a point; the rectangle that is to be shown. */
  #strokeTo(at: Point): Rect | null {
    const [target, from] = [this.#target(), this.#last ?? at];
    if (!this.work || target === null) return null;
    this.#last = at;
    return this.work.painting.paint((mask) => stroke(mask, from, at, this.state.wide, target));
  }

  /** The pointer moved; `held` since it went down. */
  moved(points: readonly Point[], held: boolean): void {
    let rect: Rect | null = null;
    for (const point of held && this.#last ? points : []) {
      const painted = this.#strokeTo(point);
      if (painted) rect = around(rect, painted);
    }
    this.become({ pointer: points.at(-1) ?? null, cursor: null }, rect);
  }

  up(): void {
    if (!this.#last) return;
    this.#last = null;
    this.#changed(this.work?.painting.end() === true, this.state.tool === "eraser" ? "Erased" : `Painted ${this.work?.name ?? ""}`);
  }

  /** Set a point of a polygon; within `near` pixels of the first it fills. */
  point(at: Point, near: number): void {
    const { polygon } = this.state;
    const point = inside(at, this.size);
    const [first] = polygon;
    const closes = first && polygon.length > 2 && (same(first, point) || Math.hypot(first.x - at.x, first.y - at.y) < near);
    if (closes) return this.fill();
    if (polygon.some((vertex) => same(vertex, point))) return;
    this.become({ polygon: [...polygon, point], said: `Point ${polygon.length + 1} set` });
  }

  fill(): void {
    const { polygon } = this.state;
    if (polygon.length < 3) return this.become({ said: "A polygon needs three points" });
    const target = this.#target();
    if (!this.work || target === null) return;
    const done = this.work.painting.change((mask) => fill(mask, polygon, target));
    this.state = { ...this.state, polygon: [] };
    this.#changed(done, `Filled ${this.work.name ?? ""}`, whole(this.size));
  }

  another(): void {
    if (this.work) this.work.region = null;
    this.become({ said: `What comes next is another ${this.work?.name ?? ""}` });
  }

  #letGo(): void {
    this.up();
    this.become({ polygon: [], cursor: null, said: "Let go" });
  }

  choose(tool: MaskTool): void {
    this.up();
    this.become({ tool, polygon: [], said: tool });
  }

  /** Choose a label to paint; with an entry of the list, give that instance the label. */
  pick(label: number, item: number | null): void {
    this.up();
    const name = this.work?.labels[label];
    if (!this.work || name === undefined) return;
    const tool = this.state.tool === "eraser" ? "brush" : this.state.tool;
    const on = item === null || !this.work.instances ? undefined : this.work.painted()[item];
    if (on) {
      this.work.label = label;
      return this.#changed(this.work.painting.relabel(on.region, name), `Now ${name}`);
    }
    this.work.pick(label);
    this.become({ tool, said: `Label ${name}` });
  }

  select(item: number): void {
    const painted = this.work?.painted()[item];
    if (painted && this.work?.select(painted)) this.become({});
  }

  clear(item: number): void {
    this.up();
    const painted = this.work?.painted()[item];
    if (!painted) return;
    this.work?.clear(painted);
    this.#changed(true, `Cleared ${painted.label}`, whole(this.size));
  }

  step(direction: -1 | 1): void {
    this.up();
    const { polygon } = this.state;
    if (direction < 0 && polygon.length > 0) return this.become({ polygon: polygon.slice(0, -1), said: "Point removed" });
    const rect = this.work?.painting.step(direction);
    if (rect) this.#changed(true, direction < 0 ? "Undone" : "Redone", rect);
  }

  #changed(really: boolean, said: string, rect: Rect | null = null): void {
    this.become({ said: really ? said : "Nothing changed" }, rect);
    if (really) this.watcher.onChange();
  }
}
