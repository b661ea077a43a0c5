// Shapes on an image, in its own pixels: boxes, keypoints, polygons and lines, and their answers.
import type { Json } from "../element/json.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A box has its upper left and lower right corner, a keypoint one point, all others their vertices. */
export interface Shape {
  readonly label: string;
  readonly points: readonly Point[];
}

export type Tool = "box" | "keypoint" | "line" | "polygon" | "polyline";

/** How many points a shape has at least. */
export function least(tool: Tool): number {
  return { box: 2, keypoint: 1, line: 2, polygon: 3, polyline: 2 }[tool];
}

/** Whether a shape is a line with two ends, and encloses nothing. */
export function isOpen(tool: Tool): boolean {
  return tool === "line" || tool === "polyline";
}

const ORIGIN: Point = { x: 0, y: 0 };

/** The nearest whole pixel inside the image. */
export function inside({ x, y }: Point, { width, height }: Size): Point {
  return { x: clamp(Math.round(x), width), y: clamp(Math.round(y), height) };
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most) || 0;
}

/** The corners of the box between two points, whichever way they lie; at least a pixel each way. */
export function corners(a: Point, b: Point, size: Size): readonly Point[] {
  const low = inside({ x: Math.min(a.x, b.x, size.width - 1), y: Math.min(a.y, b.y, size.height - 1) }, size);
  const high = inside({ x: Math.max(a.x, b.x, low.x + 1), y: Math.max(a.y, b.y, low.y + 1) }, size);
  return [low, high];
}

/** Move a shape as far as it stays in the image. */
export function moved(shape: Shape, by: Point, size: Size): Shape {
  const xs = shape.points.map(({ x }) => x);
  const ys = shape.points.map(({ y }) => y);
  const x = Math.round(Math.min(Math.max(by.x, -Math.min(...xs)), size.width - Math.max(...xs)));
  const y = Math.round(Math.min(Math.max(by.y, -Math.min(...ys)), size.height - Math.max(...ys)));
  return { ...shape, points: shape.points.map((point) => ({ x: point.x + x, y: point.y + y })) };
}

/** The points by which a shape is changed: a box's corners clockwise from the upper left. */
export function handles(tool: Tool, { points }: Shape): readonly Point[] {
  if (tool !== "box") return points;
  const [low = ORIGIN, high = ORIGIN] = points;
  return [low, { x: high.x, y: low.y }, high, { x: low.x, y: high.y }];
}

/** Put one handle elsewhere. */
export function reshaped(tool: Tool, shape: Shape, handle: number, to: Point, size: Size): Shape {
  if (tool === "box") {
    const opposite = handles(tool, shape)[(handle + 2) % 4] ?? ORIGIN;
    return { ...shape, points: corners(opposite, to, size) };
  }
  return { ...shape, points: shape.points.map((point, index) => (index === handle ? inside(to, size) : point)) };
}

/** Tell whether a line to a new vertex would cross a line of the polygon so far. */
export function crosses(vertices: readonly Point[], to: Point): boolean {
  const from = vertices.at(-1);
  if (!from) return false;
  return vertices.slice(0, -2).some((start, index) => {
    const end = vertices[index + 1];
    // The closing line ends where the first one begins: they touch, and do not cross.
    return end !== undefined && !(index === 0 && same(start, to)) && meet(from, to, start, end);
  });
}

export function same(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  return turn(a, b, c) * turn(a, b, d) <= 0 && turn(c, d, a) * turn(c, d, b) <= 0;
}

function turn(a: Point, b: Point, c: Point): number {
  return Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
}

/** A shape in words, with its measures in pixels. */
export function described(tool: Tool, { label, points }: Shape): string {
  const [low = ORIGIN, high = low] = points;
  if (tool === "keypoint") return `${label}, at ${low.x}, ${low.y}`;
  if (tool === "polygon" || tool === "polyline") return `${label}, ${points.length} points`;
  if (tool === "line") return `${label}, from ${low.x}, ${low.y} to ${high.x}, ${high.y}`;
  return `${label}, ${high.x - low.x} by ${high.y - low.y} at ${low.x}, ${low.y}`;
}

/** What the list of shapes is called in the answer. */
export const KEYS = {
  box: "boundingBoxes",
  keypoint: "keypoints",
  line: "lines",
  polygon: "polygons",
  polyline: "polylines",
} as const;

/** The element's answer: the shapes, and the size of the image whose pixels they count. */
export function answered(tool: Tool, shapes: readonly Shape[], size: Size): { readonly [key: string]: Json } {
  const { height, width } = size;
  return { [KEYS[tool]]: shapes.map((shape) => wire(tool, shape)), inputImageProperties: { height, width } };
}

function wire(tool: Tool, { label, points }: Shape): Json {
  const [low = ORIGIN, high = low] = points;
  if (tool === "keypoint") return { label, x: low.x, y: low.y };
  if (tool === "box") return { height: high.y - low.y, label, left: low.x, top: low.y, width: high.x - low.x };
  return { label, vertices: points.map(({ x, y }) => ({ x, y })) };
}
