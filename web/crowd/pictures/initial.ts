// Reading `initial-value`: shapes of known labels, kept within the image; and what of it could not be taken.
import { isRecord, type Json } from "../element/json.ts";
import { UNDECLARED, type LeftOut } from "../widget/left-out.tsx";
import { KEYS, least, type Point, type Shape, type Size, type Tool } from "./shapes.ts";

/** What was given, read: `cut` are the items of shapes that went over the image's edge. */
export interface Initial {
  readonly shapes: readonly Shape[];
  readonly leftOut: readonly LeftOut[];
  readonly cut: readonly Json[];
}

const UNREADABLE = {
  box: "no label, or no numbers for its left, top, width and height",
  keypoint: "no label, or no numbers for its x and y",
  line: "no label, or not two points",
  polygon: "no label, or not three points",
  polyline: "no label, or not two points",
} as const;

/**
 * Read a list of shapes, or an object that holds it under the name that the answer has for it. Every item
 * is among the shapes or left out; what reaches beyond the image ends at its edge, whatever lies wholly
 * outside is left out. `size` is null while the image is not there: then nothing is cut yet.
 */
export function initialShapes(tool: Tool, value: unknown, labels: readonly string[], size: Size | null): Initial {
  const given = isRecord(value) && Array.isArray(value[KEYS[tool]]) ? value[KEYS[tool]] : value;
  if (given === undefined || given === null) return { shapes: [], leftOut: [], cut: [] };
  if (!Array.isArray(given)) return { shapes: [], leftOut: [{ reason: "not a list of shapes", item: given as Json }], cut: [] };
  const shapes: Shape[] = [];
  const leftOut: LeftOut[] = [];
  const cut: Json[] = [];
  for (const item of given as readonly Json[]) {
    const label = isRecord(item) ? item["label"] : undefined;
    const points = isRecord(item) ? pointsOf(tool, item) : null;
    if (typeof label !== "string" || points === null) leftOut.push({ reason: UNREADABLE[tool], item });
    else if (!labels.includes(label)) leftOut.push({ reason: UNDECLARED, item });
    else if (size && isOutside(tool, points, size)) leftOut.push({ reason: "outside of the image", item });
    else {
      const within = size ? points.map((point) => kept(point, size)) : points;
      if (within.some((point, index) => point !== points[index])) cut.push(item);
      shapes.push({ label, points: within });
    }
  }
  return { shapes, leftOut, cut };
}

/** Whether no part of a shape is in the image; what only touches its edge is a point at most. */
function isOutside(tool: Tool, points: readonly Point[], { width, height }: Size): boolean {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  if (tool === "box") return right <= 0 || bottom <= 0 || left >= width || top >= height;
  return right < 0 || bottom < 0 || left > width || top > height;
}

/** A point where it is, or the nearest of the image; numbers that are not whole stay as they are. */
function kept(point: Point, { width, height }: Size): Point {
  const [x, y] = [Math.min(Math.max(point.x, 0), width), Math.min(Math.max(point.y, 0), height)];
  return x === point.x && y === point.y ? point : { x, y };
}

function pointsOf(tool: Tool, item: Record<string, unknown>): readonly Point[] | null {
  if (tool === "keypoint") {
    const point = pointIn(item);
    return point && [point];
  }
  if (tool === "box") {
    const [left, top, width, height] = ["left", "top", "width", "height"].map((key) => numberIn(item[key])) as [number, number, number, number];
    const high = { x: left + width, y: top + height };
    return width > 0 && height > 0 && Number.isFinite(high.x + high.y) ? [{ x: left, y: top }, high] : null;
  }
  const vertices = Array.isArray(item["vertices"]) ? item["vertices"].map(pointIn) : [];
  const points = vertices.filter((point) => point !== null);
  const fits = tool === "line" ? points.length === 2 : points.length >= least(tool);
  return fits && points.length === vertices.length ? points : null;
}

function pointIn(item: unknown): Point | null {
  if (!isRecord(item)) return null;
  const [x, y] = [numberIn(item["x"]), numberIn(item["y"])];
  return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

/** A number, also one in quotes; NaN for all else. */
function numberIn(value: unknown): number {
  if (typeof value === "string" && value.trim() !== "") return Number(value);
  return typeof value === "number" ? value : Number.NaN;
}
