// What the tools for images say about themselves.
import type { Tool } from "./shapes.ts";

export const NAMES = { box: "Boxes", keypoint: "Points", line: "Lines", polygon: "Polygons", polyline: "Lines" } as const;

export const HOW = {
  box: "drag a box, or click two opposite corners; with keys, Enter sets a corner",
  keypoint: "click where the point is; with keys, Enter sets it",
  line: "drag a line, or click its two ends; with keys, Enter sets an end",
  polygon: "click point after point, and the first again to finish; with keys, Enter sets a point and C finishes",
  polyline: "click point after point, and Enter or the last again to finish; with keys, Enter sets a point and C finishes",
} as const;

const IMAGE_KEYS = ["1 to 9, 0: label", "Arrow keys on the image: move the cross (Shift: far, Ctrl: one pixel)"];
const ITEM_KEYS = ["Tab to a mark in the list; arrow keys move it (Ctrl: 10 pixels)", "Delete: remove it; 1 to 9: give it another label"];
const UNDO_KEYS = ["Ctrl+Z, Ctrl+Shift+Z: undo, redo", "+ and - on the image: zoom", "Escape: let go"];

const POINT_KEYS = "Enter: set a point; C: finish; Backspace: remove the last point";
const VERTEX_KEYS = "[ and ]: choose one of its points";

export const KEYS: Readonly<Record<Tool, readonly string[]>> = {
  box: [...IMAGE_KEYS, "Enter: set a corner", ...ITEM_KEYS, "Shift+arrow keys: resize it", ...UNDO_KEYS],
  keypoint: [...IMAGE_KEYS, "Enter: set a point", ...ITEM_KEYS, ...UNDO_KEYS],
  line: [...IMAGE_KEYS, "Enter: set an end", ...ITEM_KEYS, VERTEX_KEYS, ...UNDO_KEYS],
  polygon: [...IMAGE_KEYS, POINT_KEYS, ...ITEM_KEYS, VERTEX_KEYS, ...UNDO_KEYS],
  polyline: [...IMAGE_KEYS, POINT_KEYS, ...ITEM_KEYS, VERTEX_KEYS, ...UNDO_KEYS],
};
