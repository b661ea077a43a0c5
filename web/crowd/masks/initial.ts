// Reading initial-value: the PNG of an earlier job, and which label each of its colours is.
// https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-crowd-semantic-segmentation.html
import { BACKGROUND, hexOf, nearest, rgbOf } from "./colours.ts";
import type { Region } from "./painting.ts";
import type { Size } from "../pictures/shapes.ts";
import { isRecord, type Json } from "../element/json.ts";
import { UNDECLARED, type LeftOut } from "../widget/left-out.tsx";

/** What an initial value asks for, before its picture is there. */
export interface Earlier {
  readonly src: string;
  /** Each label with its colour in the picture. */
  readonly regions: readonly Region[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Read `{labelMappings: {label: {color}}, src}`, or what the elements answer: `labelMappings` or
 * `instances`, and the picture in `labeledImage`. Null when there is no picture in it.
 */
export function readEarlier(value: unknown, labels: readonly string[]): Earlier | null {
  if (!isRecord(value)) return null;
  const { src, labeledImage, labelMappings, instances } = value;
  const data = isRecord(labeledImage) ? labeledImage["pngImageData"] : undefined;
  const address = typeof src === "string" && src !== "" ? src : typeof data === "string" ? `data:image/png;base64,${data}` : "";
  if (address === "") return null;
  const given: (readonly [unknown, unknown])[] = Array.isArray(instances)
    ? instances.filter(isRecord).map((one) => [one["label"], one["color"]] as const)
    : Object.entries(isRecord(labelMappings) ? labelMappings : {}).map(
        ([label, one]) => [label, isRecord(one) ? one["color"] : one] as const,
      );
  const regions: Region[] = [];
  const leftOut: LeftOut[] = [];
  for (const [label, colour] of given) {
    const hex = typeof colour === "string" ? hexOf(colour) : null;
    if (typeof label !== "string" || hex === null) leftOut.push({ reason: "no label with a colour", item: { label, color: colour } as Json });
    else if (labels.includes(label)) regions.push({ label, colour: hex });
    else leftOut.push({ reason: UNDECLARED, item: { label, color: hex } });
  }
  return { src: address, regions, leftOut };
}

/** The pixels of an earlier mask, each with the number of its region, and what could not be taken. */
export interface Taken {
  readonly cells: Uint8Array;
  readonly leftOut: readonly LeftOut[];
}

/** Read an earlier picture of the image's size, four bytes a pixel as a canvas gives them. */
export function takePixels(earlier: Earlier, pixels: Uint8ClampedArray, size: Size): Taken {
  const cells = new Uint8Array(size.width * size.height);
  const colours = earlier.regions.map(({ colour }) => rgbOf(colour));
  const known = new Map<number, number>();
  let unmapped = 0;
  for (let at = 0; at < cells.length; at += 1) {
    const [red, green, blue] = [pixels[4 * at] ?? 0, pixels[4 * at + 1] ?? 0, pixels[4 * at + 2] ?? 0];
    if ((pixels[4 * at + 3] ?? 0) < 128) continue;
    const key = (red << 16) | (green << 8) | blue;
    let found = known.get(key);
    if (found === undefined) {
      found = nearest(colours, red, green, blue);
      // White and black are what masks leave free.
      if (found < 0 && nearest([rgbOf(BACKGROUND), rgbOf("#000000")], red, green, blue) >= 0) found = -2;
      known.set(key, found);
    }
    if (found >= 0) cells[at] = found + 1;
    else if (found === -1) unmapped += 1;
  }
  const strange = unmapped > 0 ? [{ reason: "their colour is that of no label", item: { pixels: unmapped } }] : [];
  return { cells, leftOut: [...earlier.leftOut, ...strange] };
}

/** Load an earlier picture and read it. */
export async function load(earlier: Earlier, size: Size): Promise<Taken> {
  const nothing = (reason: string): Taken => {
    // The file's name alone: an address may hold what lets people read it.
    const item = earlier.src.startsWith("data:") ? "PNG" : (/[^/]*$/.exec(earlier.src.split("?")[0] ?? "")?.[0] ?? "");
    return { cells: new Uint8Array(size.width * size.height), leftOut: [{ reason, item }] };
  };
  const image = new Image();
  // Else a script may not read what it shows.
  if (!earlier.src.startsWith("data:")) image.crossOrigin = "anonymous";
  image.src = earlier.src;
  try {
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    if (width !== size.width || height !== size.height) return nothing(`it is ${width} by ${height} pixels, and the image ${size.width} by ${size.height}`);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return nothing("it can't be read as a picture");
    context.drawImage(image, 0, 0);
    return takePixels(earlier, context.getImageData(0, 0, width, height).data, size);
  } catch {
    return nothing("it can't be read as a picture");
  }
}
