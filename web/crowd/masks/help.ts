// What the tools for masks say about themselves.

export type MaskTool = "brush" | "eraser" | "polygon";

export const TOOLS: readonly { readonly tool: MaskTool; readonly text: string; readonly key: string }[] = [
  { tool: "brush", text: "Brush", key: "B" },
  { tool: "eraser", text: "Eraser", key: "E" },
  { tool: "polygon", text: "Polygon", key: "P" },
];

export const HOW: Readonly<Record<MaskTool, string>> = {
  brush: "drag over what belongs to the label; with keys, Enter puts the brush down and lifts it, arrow keys move it",
  eraser: "drag over what belongs to no label; with keys, Enter puts the eraser down and lifts it, arrow keys move it",
  polygon: "click point after point around it, and the first again to fill it; with keys, Enter sets a point and C fills",
};

export const KEYS: readonly string[] = [
  "B, E, P: brush, eraser, polygon; [ and ]: smaller, larger",
  "1 to 9, 0: label",
  "Arrow keys on the image: move the cross (Shift: far, Ctrl: one pixel)",
  "Enter: put the brush down, lift it; with the polygon set a point; C: fill it; Backspace: remove the last point",
  "Tab to an entry of the list; Delete: clear it",
  "Ctrl+Z, Ctrl+Shift+Z: undo, redo",
  "+ and - on the image: zoom; Escape: let go",
];

export const INSTANCE_KEYS: readonly string[] = [
  ...KEYS,
  "N: begin another instance of the label; 1 to 9 on an entry of the list: give it another label",
];
