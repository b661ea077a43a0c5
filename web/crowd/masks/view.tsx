// The image with the mask over it and the tools around it: what the mouse, a finger or a pen does there.
import { HOW, TOOLS, type MaskTool } from "./help.ts";
import type { Label } from "../element/json.ts";
import { ItemList, LabelPicker, Tools, type Item } from "../widget/picker.tsx";
import { PictureFrame } from "../pictures/frame.tsx";
import type { Point, Size } from "../pictures/shapes.ts";
import { ZOOMS } from "../pictures/view.ts";
import { LeftOutNotice, type LeftOut } from "../widget/left-out.tsx";
import type { Sight } from "../widget/sight.ts";

/** What is shown at one moment. */
export interface MaskState {
  readonly tool: MaskTool;
  /** Pixels that brush and eraser are across. */
  readonly wide: number;
  /** Of the mask, in percent. */
  readonly opacity: number;
  readonly zoom: number;
  /** Points of a polygon that is not filled yet. */
  readonly polygon: readonly Point[];
  /** Where the keyboard's cross is; null until it is used. */
  readonly cursor: Point | null;
  /** Where the pointer is over the image. */
  readonly pointer: Point | null;
  readonly said: string;
}

export interface MaskViewProps {
  readonly state: MaskState;
  readonly size: Size;
  readonly src: string;
  readonly sight: Sight;
  readonly labels: readonly Label[];
  /** Each label's colour; null where labels have none of their own. */
  readonly colours: readonly (string | undefined)[] | null;
  readonly current: number | null;
  readonly colour: string;
  /** Pixels of the image in one of the screen. */
  readonly unit: number;
  readonly actions: readonly { text: string; off?: boolean; run(): void }[];
  readonly keys: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly title: string;
  readonly items: readonly Item[];
  readonly selected: number | null;
  onState(change: Partial<MaskState>): void;
  onPick(label: number): void;
  onTool(tool: MaskTool): void;
  onSelect(item: number): void;
  onDelete(item: number): void;
  onLook(image: HTMLImageElement): void;
  onDown(at: Point): void;
  /** The pointer moved; `held` since `onDown`. */
  onMove(points: readonly Point[], held: boolean): void;
  onUp(): void;
  /** A click with the polygon tool; `near` how many pixels of the image count as the same place. */
  onPoint(at: Point, near: number): void;
  onFill(): void;
}

/** Screen pixels within which a click means the polygon's first point. */
const NEAR = 10;

export const MOST_WIDE = 200;

export function MaskView(props: MaskViewProps) {
  const { state, size } = props;
  return (
    <div class="tool">
      <LabelPicker labels={props.labels} colours={props.colours} current={props.current} onPick={props.onPick} />
      <div class="tools" role="group" aria-label="Drawing tools">
        <div>
          {TOOLS.map(({ tool, text, key }) => (
            <button
              type="button"
              class="button normal small"
              key={tool}
              aria-pressed={tool === state.tool}
              onClick={() => props.onTool(tool)}
            >
              {text} <kbd aria-hidden="true">{key}</kbd>
            </button>
          ))}
        </div>
        <Slide text="Brush size" least={1} most={MOST_WIDE} value={state.wide} unit="pixels" onSet={(wide) => props.onState({ wide })} />
        <Slide text="Opacity" least={0} most={100} value={state.opacity} unit="percent" onSet={(opacity) => props.onState({ opacity })} />
      </div>
      <Tools actions={props.actions} keys={props.keys} />
      <p class="quiet" id="how">{`To mark: ${HOW[state.tool]}.`}</p>
      <LeftOutNotice leftOut={props.leftOut} />
      <PictureFrame src={props.src} sight={props.sight} size={size} zoom={ZOOMS[state.zoom] ?? 1} onLook={props.onLook}>
        <canvas class="upper-canvas mask" aria-hidden="true" width={size.width} height={size.height} style={{ opacity: state.opacity / 100 }} />
        {props.sight === "shown" && <Over {...props} />}
      </PictureFrame>
      <ItemList
        title={props.title}
        items={props.items}
        selected={props.selected}
        empty="Nothing is marked yet."
        onSelect={props.onSelect}
        onDelete={props.onDelete}
      />
      <p class="said" role="status">{state.said}</p>
    </div>
  );
}

function Slide(props: { text: string; least: number; most: number; value: number; unit: string; onSet(value: number): void }) {
  return (
    <label class="slide">
      {props.text}
      <input
        type="range"
        min={props.least}
        max={props.most}
        value={props.value}
        aria-valuetext={`${props.value} ${props.unit}`}
        onInput={(event) => props.onSet(Number(event.currentTarget.value))}
      />
      <output aria-hidden="true">{props.value}</output>
    </label>
  );
}

function pointOf(event: MouseEvent, svg: Element, size: Size): Point {
  const box = svg.getBoundingClientRect();
  const scale = size.width / box.width;
  return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
}

/** What lies over the mask: an unfinished polygon, the brush's outline, the keyboard's cross. */
function Over(props: MaskViewProps) {
  const { state, size, unit } = props;
  const { tool, polygon, cursor, pointer } = state;
  const last = pointer ?? cursor;
  const line = [...polygon, ...(last && polygon.length > 0 ? [last] : [])];
  const path = line.map(({ x, y }, index) => `${index ? "L" : "M"}${x} ${y}`).join("");
  const at = (event: MouseEvent): Point => pointOf(event, event.currentTarget as Element, size);
  return (
    <svg
      viewBox={`0 0 ${size.width} ${size.height}`}
      aria-hidden="true"
      onMouseDown={(event) => event.preventDefault()}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.closest<HTMLElement>(".stage")?.focus({ preventScroll: true });
        if (tool !== "polygon") props.onDown(at(event));
      }}
      onPointerMove={(event) => {
        const { currentTarget } = event;
        // All the places the pointer went through since the last frame, where the browser tells them.
        const steps = event.getCoalescedEvents?.() ?? [];
        const points = (steps.length > 0 ? steps : [event]).map((step) => pointOf(step, currentTarget, size));
        props.onMove(points, currentTarget.hasPointerCapture(event.pointerId));
      }}
      onPointerUp={(event) => {
        if (event.button !== 0) return;
        if (tool === "polygon") props.onPoint(at(event), NEAR * unit);
        else props.onUp();
      }}
      onPointerCancel={() => props.onUp()}
      onPointerLeave={() => props.onState({ pointer: null })}
      onDblClick={() => tool === "polygon" && props.onFill()}
    >
      {path && (
        <g class="shape draft" style={{ "--colour": props.colour }}>
          <path class="under" d={path} />
          <path class="line" d={path} />
          {polygon.map((point, index) => (
            <circle key={index} class="handle" cx={point.x} cy={point.y} r={(index ? 4 : 6) * unit} />
          ))}
        </g>
      )}
      <g class="cross">
        {tool !== "polygon" && last && <circle class="brush" cx={last.x} cy={last.y} r={state.wide / 2} />}
        {cursor && <path d={`M${cursor.x} 0V${size.height}M0 ${cursor.y}H${size.width}`} />}
        {cursor && <circle class="at" cx={cursor.x} cy={cursor.y} r={5 * unit} />}
      </g>
    </svg>
  );
}
