// A mask: for each pixel of an image the number of a region, 0 for none; and what brushes do to it.
import type { Point, Size } from "../pictures/shapes.ts";

export interface Mask extends Size {
  /** Row by row from the upper left, one byte a pixel. */
  readonly cells: Uint8Array;
}

/** Pixels from `left` and `top` up to, not including, `right` and `bottom`. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Regions that one byte a pixel can tell apart. */
export const MOST_REGIONS = 255;

export function blank({ width, height }: Size): Mask {
  return { width, height, cells: new Uint8Array(width * height) };
}

export function whole({ width, height }: Size): Rect {
  return { left: 0, top: 0, right: width, bottom: height };
}

export function isEmpty({ left, top, right, bottom }: Rect): boolean {
  return right <= left || bottom <= top;
}

/** The smallest rectangle around both. */
export function around(a: Rect | null, b: Rect): Rect {
  if (!a || isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

function within(size: Size, left: number, top: number, right: number, bottom: number): Rect {
  return {
    left: Math.max(0, Math.floor(left)),
    top: Math.max(0, Math.floor(top)),
    right: Math.min(size.width, Math.ceil(right)),
    bottom: Math.min(size.height, Math.ceil(bottom)),
  };
}

/** The middle of the pixel that a point is in, so that a brush one pixel wide paints one pixel. */
function middle({ x, y }: Point): Point {
  return { x: Math.floor(x) + 0.5, y: Math.floor(y) + 0.5 };
}

/**
 * Paint a line with a round brush `wide` pixels across; its edges are hard, as every pixel has one region.
 *
 * @returns the rectangle that may have changed
 */
export function stroke(mask: Mask, from: Point, to: Point, wide: number, region: number): Rect {
  const [a, b, radius] = [middle(from), middle(to), wide / 2];
  const rect = within(
    mask,
    Math.min(a.x, b.x) - radius,
    Math.min(a.y, b.y) - radius,
    Math.max(a.x, b.x) + radius,
    Math.max(a.y, b.y) + radius,
  );
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  for (let row = rect.top; row < rect.bottom; row += 1) {
    for (let column = rect.left; column < rect.right; column += 1) {
      const [x, y] = [column + 0.5 - a.x, row + 0.5 - a.y];
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / length));
      const [ox, oy] = [x - along * dx, y - along * dy];
      if (ox * ox + oy * oy <= radius * radius) mask.cells[row * mask.width + column] = region;
    }
  }
  return rect;
}

/** Paint the pixels whose middle is inside a polygon, by the even-odd rule. */
export function fill(mask: Mask, points: readonly Point[], region: number): Rect {
  const ys = points.map(({ y }) => y);
  const xs = points.map(({ x }) => x);
  const rect = within(mask, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  for (let row = rect.top; row < rect.bottom; row += 1) {
    const crossings = crossingsAt(points, row + 0.5);
    for (let index = 0; index + 1 < crossings.length; index += 2) {
      const start = Math.max(0, Math.ceil((crossings[index] ?? 0) - 0.5));
      const end = Math.min(mask.width, Math.ceil((crossings[index + 1] ?? 0) - 0.5));
      if (end > start) mask.cells.fill(region, row * mask.width + start, row * mask.width + end);
    }
  }
  return rect;
}

function crossingsAt(points: readonly Point[], y: number): number[] {
  const found = points.flatMap((a, index) => {
    const b = points[(index + 1) % points.length] ?? a;
    return a.y <= y !== b.y <= y ? [a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)] : [];
  });
  return found.sort((one, other) => one - other);
}

/** Give all pixels of one region to another. */
export function recolour(mask: Mask, from: number, to: number): Rect {
  mask.cells.forEach((region, index) => {
    if (region === from) mask.cells[index] = to;
  });
  return whole(mask);
}

/** Copy a rectangle's pixels out. */
export function cut(mask: Mask, rect: Rect): Uint8Array {
  const wide = rect.right - rect.left;
  const cells = new Uint8Array(wide * (rect.bottom - rect.top));
  for (let row = rect.top; row < rect.bottom; row += 1) {
    const start = row * mask.width + rect.left;
    cells.set(mask.cells.subarray(start, start + wide), (row - rect.top) * wide);
  }
  return cells;
}

/** Put a rectangle's pixels back. */
export function paste(mask: Mask, rect: Rect, cells: Uint8Array): void {
  const wide = rect.right - rect.left;
  for (let row = rect.top; row < rect.bottom; row += 1) {
    const start = (row - rect.top) * wide;
    mask.cells.set(cells.subarray(start, start + wide), row * mask.width + rect.left);
  }
}

/** Count each region's pixels. */
export function counts({ cells }: Mask): Uint32Array {
  const found = new Uint32Array(MOST_REGIONS + 1);
  for (const region of cells) found[region] = (found[region] ?? 0) + 1;
  return found;
}
