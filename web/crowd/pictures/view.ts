// What all that is done on a picture shares: its keys, how far it is enlarged, how large it is shown.
import type { Point, Size } from "./shapes.ts";

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8] as const;

/** Which way an arrow key points; null for any other key. */
export function arrowOf(event: KeyboardEvent): Point | null {
  return event.altKey || event.metaKey ? null : (ARROWS[event.key] ?? null);
}

/** How far an arrow key takes the cross: a percent of the picture; five with Shift, one pixel with Ctrl. */
export function crossed(event: KeyboardEvent, { width, height }: Size): Point | null {
  const arrow = arrowOf(event);
  if (!arrow) return null;
  const percent = Math.max(1, Math.round(Math.max(width, height) / 100));
  const step = event.ctrlKey ? 1 : event.shiftKey ? 5 * percent : percent;
  return { x: arrow.x * step, y: arrow.y * step };
}

export function zoomed(zoom: number, by: number): number {
  return Math.min(Math.max(zoom + by, 0), ZOOMS.length - 1);
}

/** How many pixels of a picture are one of the screen, by the drawing that lies over it; 1 before it is shown. */
export function unitOf(mount: Element, { width }: Size): number {
  const shown = mount.querySelector("svg")?.getBoundingClientRect().width ?? 0;
  return shown > 0 ? width / shown : 1;
}
