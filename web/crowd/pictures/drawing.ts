// The state of drawing on an image, and what each step makes of it; nothing is changed in place.
import { begin, change, redo, replace, undo, type History } from "../widget/history.ts";
import { isRecord, type Json } from "../element/json.ts";
import { colourOf } from "../widget/picker.tsx";
import { corners, crosses, described, handles, inside, isOpen, least, moved, reshaped, same } from "./shapes.ts";
import type { Point, Shape, Size, Tool } from "./shapes.ts";

export interface Drawing {
  readonly shapes: History<readonly Shape[]>;
  /** Index of the label that new shapes get. */
  readonly label: number;
  readonly selected: number | null;
  /** Index of the selected shape's vertex that the arrow keys move; null for the whole shape. */
  readonly handle: number | null;
  /** Points of a shape that is not finished. */
  readonly draft: readonly Point[];
  /** Where the keyboard's cross is; null until it is used. */
  readonly cursor: Point | null;
  /** What was done last, for those who don't see it. */
  readonly said: string;
}

/** What does not change while one image is worked on. */
export interface Setting {
  readonly tool: Tool;
  readonly size: Size;
  readonly labels: readonly string[];
  /** Of each label, where the template chose one. */
  readonly colours: readonly string[];
}

export function colourFor({ labels, colours }: Setting, label: string): string {
  const index = labels.indexOf(label);
  return colours[index] ?? colourOf(index);
}

export function drawing(shapes: readonly Shape[]): Drawing {
  return { shapes: begin(shapes), label: 0, selected: null, handle: null, draft: [], cursor: null, said: "" };
}

/** Put a point down, by a click or by Enter: it begins, goes on with or ends a shape. */
export function placed(state: Drawing, setting: Setting, at: Point): Drawing {
  const { tool, size } = setting;
  const point = inside(at, size);
  const { draft } = state;
  const [first] = draft;
  if (setting.labels.length === 0) return { ...state, said: "There are no labels" };
  if (tool === "keypoint") return added(state, setting, [point]);
  if (tool === "box") {
    if (!first) return begun(state, [point], "First corner set; set the opposite one");
    return same(first, point) ? state : added(state, setting, corners(first, point, size));
  }
  if (tool === "line") {
    if (!first) return begun(state, [point], "One end set; set the other");
    return same(first, point) ? state : added(state, setting, [first, point]);
  }
  if (tool === "polyline") {
    const last = draft.at(-1);
    // A polyline may cross itself and come back to where it was: only its last point again ends it.
    if (last && same(last, point)) return closed(state, setting);
    return begun(state, [...draft, point], `Point ${draft.length + 1} set`);
  }
  if (first && same(first, point)) return closed(state, setting);
  if (draft.some((vertex) => same(vertex, point))) return state;
  if (crosses(draft, point)) return { ...state, said: "Lines of one polygon may not cross" };
  return begun(state, [...draft, point], `Point ${draft.length + 1} set`);
}

function begun(state: Drawing, draft: readonly Point[], said: string): Drawing {
  return { ...state, draft, selected: null, handle: null, said };
}

/** Finish a polygon or polyline. */
export function closed(state: Drawing, setting: Setting): Drawing {
  const [first] = state.draft;
  const open = isOpen(setting.tool);
  if (!first || state.draft.length < least(setting.tool)) {
    return { ...state, said: open ? "A line needs two points" : "A polygon needs three points" };
  }
  if (!open && crosses(state.draft, first)) return { ...state, said: "Lines of one polygon may not cross" };
  return added(state, setting, state.draft);
}

export function added(state: Drawing, setting: Setting, points: readonly Point[]): Drawing {
  const shape = { label: setting.labels[state.label] ?? "", points };
  return {
    ...state,
    shapes: change(state.shapes, [...state.shapes.present, shape]),
    draft: [],
    selected: null,
    handle: null,
    said: `Added ${described(setting.tool, shape)}`,
  };
}

/** Take back the last point of an unfinished shape. */
export function stepBack(state: Drawing): Drawing {
  return { ...state, draft: state.draft.slice(0, -1), said: state.draft.length > 0 ? "Point removed" : state.said };
}

export function selected(state: Drawing, index: number | null): Drawing {
  return index === state.selected ? state : { ...state, selected: index, handle: null, draft: [] };
}

/** Choose a label: for the selected shape when there is one, and for those to come. */
export function labelled(state: Drawing, setting: Setting, label: number): Drawing {
  const name = setting.labels[label];
  if (name === undefined) return state;
  const shape = state.selected === null ? undefined : state.shapes.present[state.selected];
  const next = { ...state, label, said: shape ? `Now ${name}` : `Label ${name}` };
  return shape && shape.label !== name ? edited(next, { ...shape, label: name }, false) : next;
}

export function removed(state: Drawing, setting: Setting, index: number): Drawing {
  const shape = state.shapes.present[index];
  if (!shape) return state;
  const { handle } = state;
  const { tool } = setting;
  const spare = (tool === "polygon" || tool === "polyline") && shape.points.length > least(tool);
  if (spare && handle !== null && index === state.selected) {
    const points = shape.points.filter((_, at) => at !== handle);
    return { ...edited(state, { ...shape, points }, false), handle: null, said: "Point removed" };
  }
  const rest = state.shapes.present.filter((_, at) => at !== index);
  const shapes = change(state.shapes, rest);
  return { ...state, shapes, selected: null, handle: null, said: `Deleted ${described(setting.tool, shape)}` };
}

/** Give the selected shape another form; `going` is true for every step of a drag but the first. */
export function edited(state: Drawing, shape: Shape, going: boolean): Drawing {
  const shapes = state.shapes.present.map((other, index) => (index === state.selected ? shape : other));
  return { ...state, shapes: going ? replace(state.shapes, shapes) : change(state.shapes, shapes) };
}

/** Move the selected shape, one vertex of it, or (`resize`) a box's lower right corner. */
export function nudged(state: Drawing, setting: Setting, by: Point, resize: boolean, going: boolean): Drawing {
  const { tool, size } = setting;
  const shape = state.selected === null ? undefined : state.shapes.present[state.selected];
  if (!shape) return state;
  const handle = resize && tool === "box" ? 2 : state.handle;
  const from = handle === null ? undefined : handles(tool, shape)[handle];
  const next =
    handle === null || !from
      ? moved(shape, by, size)
      : reshaped(tool, shape, handle, { x: from.x + by.x, y: from.y + by.y }, size);
  return { ...edited(state, next, going), said: described(tool, next) };
}

/** Go to the next or previous vertex of the selected polygon or line, and past the last to the whole. */
export function turned(state: Drawing, setting: Setting, by: number): Drawing {
  const shape = state.selected === null ? undefined : state.shapes.present[state.selected];
  if (!shape || setting.tool === "box" || setting.tool === "keypoint") return state;
  const stops = shape.points.length + 1;
  const at = ((state.handle ?? shape.points.length) + by + stops) % stops;
  const handle = at === shape.points.length ? null : at;
  const point = handle === null ? undefined : shape.points[handle];
  return { ...state, handle, said: point ? `Point ${at + 1} at ${point.x}, ${point.y}` : "The whole of it" };
}

export function pointed(state: Drawing, setting: Setting, by: Point): Drawing {
  const { size } = setting;
  const from = state.cursor ?? { x: size.width / 2, y: size.height / 2 };
  const cursor = inside({ x: from.x + by.x, y: from.y + by.y }, size);
  return { ...state, cursor, said: `${cursor.x}, ${cursor.y}` };
}

/** Undo (-1) or redo (1); an unfinished shape loses its last point first. */
export function stepped(state: Drawing, direction: -1 | 1): Drawing {
  if (direction < 0 && state.draft.length > 0) return stepBack(state);
  const shapes = direction < 0 ? undo(state.shapes) : redo(state.shapes);
  if (shapes === state.shapes) return state;
  return { ...state, shapes, selected: null, handle: null, said: direction < 0 ? "Undone" : "Redone" };
}

/** What was drawn, finished or not; undefined where that is what was there at first. */
export function drafted({ shapes, draft, label }: Drawing, initial: readonly Shape[]): Json | undefined {
  if (shapes.present === initial && draft.length === 0) return undefined;
  return { shapes: shapes.present.map((shape) => ({ label: shape.label, points: flat(shape.points) })), begun: flat(draft), label };
}

function flat(points: readonly Point[]): Json {
  return points.map(({ x, y }) => [x, y]);
}

/** Go on with a draft, as a step that can be undone; shapes of labels that are no longer there are left out. */
export function restored(initial: readonly Shape[], draft: Json, labels: readonly string[]): Drawing {
  const state = drawing(initial);
  if (!isRecord(draft) || !Array.isArray(draft["shapes"])) return state;
  const shapes = draft["shapes"].filter(isRecord).flatMap(({ label, points }): Shape[] => {
    const read = pointsIn(points);
    return typeof label === "string" && labels.includes(label) && read.length > 0 ? [{ label, points: read }] : [];
  });
  const label = Number.isInteger(draft["label"]) && labels[Number(draft["label"])] !== undefined ? Number(draft["label"]) : 0;
  return { ...state, shapes: change(state.shapes, shapes), draft: pointsIn(draft["begun"]), label };
}

function pointsIn(value: unknown): Point[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair: unknown) => {
    const [x, y]: unknown[] = Array.isArray(pair) ? pair : [];
    return Number.isFinite(x) && Number.isFinite(y) ? [{ x: Number(x), y: Number(y) }] : [];
  });
}
