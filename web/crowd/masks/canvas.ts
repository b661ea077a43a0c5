// A mask's pixels on a canvas.
import { rgbOf } from "./colours.ts";
import type { Mask, Rect } from "./mask.ts";

/** Draw the pixels of a rectangle; a region without colour is not shown. */
export function show(canvas: HTMLCanvasElement | null, mask: Mask, colours: readonly (string | null)[], rect: Rect): void {
  const context = canvas?.getContext("2d");
  const [wide, high] = [rect.right - rect.left, rect.bottom - rect.top];
  if (!context || wide <= 0 || high <= 0) return;
  const pixels = new ImageData(wide, high);
  // A pixel in one number; bytes lie in the order red, green, blue, opacity wherever browsers run.
  const words = Uint32Array.from([null, ...colours], (colour) => wordOf(colour));
  const target = new Uint32Array(pixels.data.buffer);
  for (let row = 0; row < high; row += 1) {
    const start = (rect.top + row) * mask.width + rect.left;
    for (let column = 0; column < wide; column += 1) {
      target[row * wide + column] = words[mask.cells[start + column] ?? 0] ?? 0;
    }
  }
  context.putImageData(pixels, rect.left, rect.top);
}

function wordOf(colour: string | null): number {
  const rgb = colour === null ? null : rgbOf(colour);
  return rgb ? ((255 << 24) | (rgb.blue << 16) | (rgb.green << 8) | rgb.red) >>> 0 : 0;
}
