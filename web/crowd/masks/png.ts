// Masks as PNG and as text. Written byte by byte: some browsers blur what scripts read from a canvas,
// and a label is its exact colour. Format: https://www.w3.org/TR/png-3/
import { unzlibSync, zlibSync } from "fflate";
import { BACKGROUND, rgbOf } from "./colours.ts";
import type { Mask } from "./mask.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A PNG with a palette: colour 0 is the background, colour n that of region n. */
export function pngOf({ width, height, cells }: Mask, colours: readonly string[]): Uint8Array {
  const palette = [BACKGROUND, ...colours].flatMap((colour) => {
    const { red, green, blue } = rgbOf(colour) ?? { red: 255, green: 255, blue: 255 };
    return [red, green, blue];
  });
  const rows = new Uint8Array((width + 1) * height);
  for (let row = 0; row < height; row += 1) {
    // Each row begins with its filter: 0, none.
    rows.set(cells.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  const header = [...bytesOf(width), ...bytesOf(height), 8, 3, 0, 0, 0];
  return joined([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", Uint8Array.from(header)),
    chunk("PLTE", Uint8Array.from(palette)),
    chunk("IDAT", zlibSync(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function bytesOf(number: number): number[] {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = joined([Uint8Array.from(name, (letter) => letter.charCodeAt(0)), data]);
  return joined([Uint8Array.from(bytesOf(data.length)), body, Uint8Array.from(bytesOf(checksum(body)))]);
}

/** CRC-32, as PNG has it. */
function checksum(data: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function base64Of(data: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < data.length; at += 0x8000) binary += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** A mask's pixels as a short text, for what is kept while work goes on. */
export function packed({ cells }: Mask): string {
  return base64Of(zlibSync(cells));
}

/** Read what `packed` wrote; null when it is not the pixels of an image of this size. */
export function unpacked(text: string, pixels: number): Uint8Array | null {
  try {
    // Given its room beforehand, so that a damaged text can't ask for more.
    const cells = unzlibSync(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)), { out: new Uint8Array(pixels) });
    return cells.length === pixels ? cells : null;
  } catch {
    return null;
  }
}
