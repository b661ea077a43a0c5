// The image with the shapes over it: what the mouse, a finger or a pen does there.
import { closed, colourFor, edited, placed, selected, type Drawing, type Setting } from "./drawing.ts";
import { corners, handles, inside, isOpen, moved, reshaped, type Point, type Shape, type Tool } from "./shapes.ts";

/** A pointer that is down: what it took hold of, and where. */
export interface Hold {
  readonly from: Point;
  readonly shape: Shape | null;
  readonly handle: number | null;
  readonly going: boolean;
  /** Something was selected: a click on nothing lets go of it, and draws nothing yet. */
  readonly letsGo: boolean;
}

export interface StageProps {
  readonly state: Drawing;
  readonly setting: Setting;
  readonly zoom: number;
  readonly hold: Hold | null;
  onState(state: Drawing): void;
  onHold(hold: Hold | null, at: Point | null): void;
  onSelect(index: number): void;
}

/** Screen pixels within which a click means a point that is there, and a drag is none. */
const NEAR = 10;
const STILL = 4;

function place(event: MouseEvent, { size }: Setting): { at: Point; scale: number } {
  const svg = (event.currentTarget as Element).closest("svg") ?? (event.currentTarget as Element);
  const box = svg.getBoundingClientRect();
  const scale = size.width / box.width;
  return { at: { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale }, scale };
}

function far(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function down(event: PointerEvent, props: StageProps): void {
  if (event.button !== 0) return;
  const { state, setting } = props;
  const { at } = place(event, setting);
  const letsGo = state.selected !== null;
  (event.currentTarget as Element).setPointerCapture(event.pointerId);
  const target = event.target as Element;
  const handle = target.getAttribute("data-handle");
  const index = target.getAttribute("data-shape");
  if (state.draft.length === 0 && index !== null) {
    props.onSelect(Number(index));
    const shape = state.shapes.present[Number(index)] ?? null;
    props.onHold({ from: at, shape, handle: handle === null ? null : Number(handle), going: false, letsGo }, at);
  } else {
    (event.currentTarget as Element).closest<HTMLElement>(".stage")?.focus({ preventScroll: true });
    props.onHold({ from: at, shape: null, handle: null, going: false, letsGo }, at);
  }
}

function move(event: PointerEvent, props: StageProps): void {
  const { hold, state, setting } = props;
  const { at, scale } = place(event, setting);
  if (!hold) {
    if (state.draft.length > 0) props.onHold(null, at);
    return;
  }
  if (!hold.going && far(hold.from, at) < STILL * scale) return;
  const { shape, from } = hold;
  props.onHold({ ...hold, going: true }, at);
  if (!shape) return;
  const next =
    hold.handle === null
      ? moved(shape, { x: at.x - from.x, y: at.y - from.y }, setting.size)
      : reshaped(setting.tool, shape, hold.handle, at, setting.size);
  props.onState(edited(state, next, hold.going));
}

function up(event: PointerEvent, props: StageProps): void {
  const { hold, state, setting } = props;
  props.onHold(null, null);
  if (!hold || hold.shape) return;
  const { at, scale } = place(event, setting);
  const fresh = selected(state, null);
  const { tool } = setting;
  if (hold.going && (tool === "box" || tool === "line") && state.draft.length === 0) {
    const start = placed(fresh, setting, hold.from);
    props.onState(placed(start, setting, at));
    return;
  }
  if (hold.letsGo && tool !== "keypoint") return props.onState(fresh);
  const [first] = state.draft;
  const last = state.draft.at(-1);
  const closes =
    tool === "polyline"
      ? last && state.draft.length > 1 && far(last, at) < STILL * scale
      : tool === "polygon" && first && state.draft.length > 2 && far(first, at) < NEAR * scale;
  props.onState(closes ? closed(state, setting) : placed(fresh, setting, at));
}

function outline(tool: Tool, points: readonly Point[], open: boolean): string {
  const all = tool === "box" && points.length > 1 ? handles("box", { label: "", points }) : points;
  return all.map(({ x, y }, index) => `${index ? "L" : "M"}${x} ${y}`).join("") + (open ? "" : "Z");
}

export function Stage(props: StageProps & { pointer: Point | null; unit: number }) {
  const { state, setting, unit, hold, pointer } = props;
  const { tool, size } = setting;
  return (
    <svg
      viewBox={`0 0 ${size.width} ${size.height}`}
      aria-hidden="true"
      onMouseDown={(event) => event.preventDefault()}
      onPointerDown={(event) => down(event, props)}
      onPointerMove={(event) => move(event, props)}
      onPointerUp={(event) => up(event, props)}
      onPointerCancel={() => props.onHold(null, null)}
      onDblClick={() => state.draft.length > 1 && props.onState(closed(state, setting))}
    >
      {state.shapes.present.map((shape, index) => (
        <Drawn key={index} index={index} shape={shape} {...{ tool, unit }} colour={colourFor(setting, shape.label)} chosen={index === state.selected} handle={state.handle} />
      ))}
      <Draft {...{ state, setting, hold, pointer, unit }} />
      {state.cursor && (
        <g class="cross">
          <path d={`M${state.cursor.x} 0V${size.height}M0 ${state.cursor.y}H${size.width}`} />
          <circle cx={state.cursor.x} cy={state.cursor.y} r={5 * unit} />
        </g>
      )}
    </svg>
  );
}

function Drawn(props: {
  shape: Shape;
  index: number;
  tool: Tool;
  unit: number;
  colour: string;
  chosen: boolean;
  handle: number | null;
}) {
  const { shape, index, tool, unit, chosen } = props;
  const [first = { x: 0, y: 0 }] = shape.points;
  const open = isOpen(tool);
  const path = outline(tool, shape.points, open);
  return (
    <g class={`shape${chosen ? " chosen" : ""}${open ? " open" : ""}`} style={{ "--colour": props.colour }}>
      {tool === "keypoint" ? (
        <circle data-shape={index} cx={first.x} cy={first.y} r={(chosen ? 8 : 6) * unit} />
      ) : (
        <>
          <path class="under" d={path} />
          <path class="line" d={path} />
          <path class="grip" d={path} data-shape={index} />
        </>
      )}
      <Tag at={first} text={shape.label} unit={unit} />
      {chosen &&
        tool !== "keypoint" &&
        handles(tool, shape).map((point, at) => (
          <circle key={at} class={at === props.handle ? "handle active" : "handle"} data-shape={index} data-handle={at} cx={point.x} cy={point.y} r={6 * unit} />
        ))}
    </g>
  );
}

/** The label at a shape's first corner, at the same size on screen whatever the zoom. */
function Tag(props: { at: Point; text: string; unit: number }) {
  const { at, unit } = props;
  return (
    <text class="tag" x={at.x} y={Math.max(at.y - 6 * unit, 14 * unit)} font-size={13 * unit} stroke-width={4 * unit}>
      {props.text}
    </text>
  );
}

function Draft(props: { state: Drawing; setting: Setting; hold: Hold | null; pointer: Point | null; unit: number }) {
  const { state, setting, hold, unit } = props;
  const { tool, size } = setting;
  const dragged = (tool === "box" || tool === "line") && hold?.going === true && hold.shape === null;
  const start = state.draft[0] ?? (dragged ? hold.from : undefined);
  if (!start) return null;
  const last = props.pointer ?? state.cursor;
  const end = last && inside(last, size);
  const placed = state.draft.length > 0 ? state.draft : [start];
  const points = tool === "box" ? (end ? corners(start, end, size) : [start]) : end ? [...placed, end] : placed;
  return (
    <g class="shape draft" style={{ "--colour": colourFor(setting, setting.labels[state.label] ?? "") }}>
      <path class="under" d={outline(tool, points, tool !== "box")} />
      <path class="line" d={outline(tool, points, tool !== "box")} />
      {(tool === "box" ? [start] : placed).map((point, index) => (
        <circle key={index} class="handle" cx={point.x} cy={point.y} r={(index ? 4 : 6) * unit} />
      ))}
    </g>
  );
}

