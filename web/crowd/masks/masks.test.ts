import fc from "fast-check";
import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { BACKGROUND, freshColour, hexOf } from "./colours.ts";
import { readEarlier, takePixels } from "./initial.ts";
import { blank, counts, fill, stroke, type Mask } from "./mask.ts";
import { Painting } from "./painting.ts";
import { base64Of, packed, pngOf, unpacked } from "./png.ts";
import { unpackedWork, Work } from "./work.ts";
import type { Point } from "../pictures/shapes.ts";

const size = { width: 20, height: 12 };
const around = fc.record({ x: fc.integer({ min: -9, max: 29 }), y: fc.integer({ min: -9, max: 21 }) });

/** The mask in letters, a row a line. */
function drawn({ width, cells }: Mask): string[] {
  const rows: string[] = [];
  for (let at = 0; at < cells.length; at += width) rows.push([...cells.subarray(at, at + width)].map((cell) => ".abcdef"[cell]).join(""));
  return rows;
}

test("a brush one pixel wide paints one pixel, and a line without gaps", () => {
  const mask = blank({ width: 6, height: 4 });
  stroke(mask, { x: 0.2, y: 0.9 }, { x: 4.7, y: 2.1 }, 1, 1);
  stroke(mask, { x: 5, y: 3.99 }, { x: 5, y: 3.99 }, 1, 2);
  expect(drawn(mask)).toEqual(["aa....", ".aaa..", "...aa.", ".....b"]);
  expect([...counts(mask).subarray(1, 3)]).toEqual([7, 1]);
});

test("a brush paints the pixels within half its width of the line, and no others", () => {
  fc.assert(
    fc.property(around, around, fc.integer({ min: 1, max: 9 }), (from, to, wide) => {
      const mask = blank(size);
      const rect = stroke(mask, from, to, wide, 1);
      for (let at = 0; at < mask.cells.length; at += 1) {
        const [x, y] = [at % size.width, Math.floor(at / size.width)];
        // How far the pixel is from the nearest of many points of the line.
        const steps = Array.from({ length: 101 }, (_, step) => step / 100);
        const least = Math.min(...steps.map((t) => Math.hypot(from.x + t * (to.x - from.x) - x, from.y + t * (to.y - from.y) - y)));
        if (mask.cells[at]) expect(least).toBeLessThan(wide / 2 + 0.2);
        else expect(least).toBeGreaterThan(wide / 2 - 0.2);
        if (mask.cells[at]) expect(x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

/** Whether a point is inside, by counting the sides to the right of it. */
function isInside(points: readonly Point[], x: number, y: number): boolean {
  return points.filter((a, index) => {
    const b = points[(index + 1) % points.length] as Point;
    return a.y <= y !== b.y <= y && a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x) > x;
  }).length % 2 === 1;
}

test("a polygon fills the pixels whose middle is inside, also where it crosses itself or leaves the image", () => {
  fc.assert(
    fc.property(fc.array(around, { minLength: 3, maxLength: 7 }), (points) => {
      const mask = blank(size);
      fill(mask, points, 3);
      mask.cells.forEach((cell, at) => {
        const [x, y] = [(at % size.width) + 0.5, Math.floor(at / size.width) + 0.5];
        expect(cell).toBe(isInside(points, x, y) ? 3 : 0);
      });
    }),
  );
});

test("undo goes back to every state before, redo forward again, and counts keep up", () => {
  const action = fc.record({ from: around, to: around, wide: fc.integer({ min: 1, max: 9 }), region: fc.integer({ min: 0, max: 2 }) });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
      const painting = new Painting(size, [{ label: "a", colour: "#111111" }, { label: "b", colour: "#222222" }]);
      const seen = [drawn(painting.mask)];
      for (const { from, to, wide, region } of actions) {
        if (painting.change((mask) => stroke(mask, from, to, wide, region))) seen.push(drawn(painting.mask));
      }
      const agrees = (): void => expect([painting.pixels(0), painting.pixels(1)]).toEqual([...counts(painting.mask).subarray(1, 3)]);
      for (const before of seen.toReversed().slice(1)) {
        painting.step(-1);
        expect(drawn(painting.mask)).toEqual(before);
        agrees();
      }
      expect(painting.step(-1)).toBeNull();
      for (const after of seen.slice(1)) {
        painting.step(1);
        expect(drawn(painting.mask)).toEqual(after);
      }
      agrees();
    }),
  );
});

test("regions have colours of their own, never the background's", () => {
  const painting = new Painting(size);
  for (let index = 0; index < 255; index += 1) expect(painting.add(`label ${index}`, index % 2 ? "#FFF" : "1f77b4")).toBe(index);
  expect(painting.add("one more")).toBeNull();
  const colours = painting.regions.map(({ colour }) => colour);
  expect(new Set([...colours, BACKGROUND]).size).toBe(256);
  expect(colours[0]).toBe("#1f77b4");
  expect(colours.every((colour) => hexOf(colour) === colour)).toBe(true);
  expect(freshColour(new Set())).not.toBe(BACKGROUND);
});

/** Parts of a PNG by name. */
function chunks(png: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(png.buffer);
  const found = new Map<string, Uint8Array>();
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    found.set(String.fromCharCode(...png.subarray(at + 4, at + 8)), png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return found;
}

test("a mask's PNG has a byte for each pixel and the colours of the regions", () => {
  const mask = blank({ width: 3, height: 2 });
  mask.cells.set([0, 1, 2, 2, 1, 0]);
  const parts = chunks(pngOf(mask, ["#ff0000", "#0000ff"]));
  expect([...(parts.get("PLTE") ?? [])]).toEqual([255, 255, 255, 255, 0, 0, 0, 0, 255]);
  expect([...inflateSync(parts.get("IDAT") ?? new Uint8Array())]).toEqual([0, 0, 1, 2, 0, 2, 1, 0]);
});

test("packed pixels come back as they were, and damaged ones not at all", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), (cells) => {
      const text = packed({ width: 6, height: 4, cells });
      expect(unpacked(text, 24)).toEqual(cells);
      expect(unpacked(text, 25)).toBeNull();
    }),
  );
  expect(unpacked("?", 24)).toBeNull();
  expect(unpacked(base64Of(new Uint8Array(9)), 24)).toBeNull();
});

const PIXELS = { red: [255, 0, 0, 255], reddish: [251, 3, 2, 255], blue: [0, 0, 255, 255], white: [255, 255, 255, 255], none: [0, 0, 0, 0], grey: [90, 90, 90, 255] };

test("an earlier mask is read by its colours; what no label has is told", () => {
  const value = { src: "https://b.test/m.png", labelMappings: { cat: { color: "#FF0000" }, cow: { color: "#0000ff" } } };
  const earlier = readEarlier(value, ["dog", "cat"]);
  if (!earlier) throw new Error("not read");
  const { red, reddish, blue, white, none, grey } = PIXELS;
  const pixels = Uint8ClampedArray.from([red, reddish, blue, white, none, grey].flat());
  const { cells, leftOut } = takePixels(earlier, pixels, { width: 3, height: 2 });
  expect([...cells]).toEqual([1, 1, 0, 0, 0, 0]);
  expect(leftOut).toEqual([
    { reason: "its label is not among those to choose from", item: { label: "cow", color: "#0000ff" } },
    { reason: "their colour is that of no label", item: { pixels: 2 } },
  ]);
});

test("what the elements answer is read as an initial value, too", () => {
  const answer = { instances: [{ label: "cat", color: "#ff0000" }, { label: "cat", color: "#0000ff" }], labeledImage: { pngImageData: "AAAA" } };
  expect(readEarlier(answer, ["cat"])).toEqual({
    src: "data:image/png;base64,AAAA",
    regions: [{ label: "cat", colour: "#ff0000" }, { label: "cat", colour: "#0000ff" }],
    leftOut: [],
  });
  expect(readEarlier({ labelMappings: {} }, ["cat"])).toBeNull();
});

test("an instance begins with the first stroke; another begins where it is asked for", () => {
  const work = new Work(size, true, ["cat", "dog"]);
  const paint = (x: number): void => {
    const target = work.target();
    if (typeof target === "number") work.painting.change((mask) => stroke(mask, { x, y: 2 }, { x, y: 2 }, 1, target));
  };
  paint(1);
  paint(2);
  work.region = null;
  paint(3);
  work.pick(1);
  paint(4);
  expect(work.painted().map(({ label, pixels }) => [label, pixels])).toEqual([["cat", 2], ["cat", 1], ["dog", 1]]);
  work.painting.step(-1);
  expect(work.painted().map(({ label }) => label)).toEqual(["cat", "cat"]);
  work.labels = ["dog"];
  expect(work.painted()).toEqual([]);
  expect(work.colours()).toEqual([null, null, expect.any(String)]);
});

test("a draft brings all of it back, to an image of the same size only", () => {
  const work = new Work(size, false, ["cat", "dog"]);
  work.painting.change((mask) => stroke(mask, { x: 3, y: 3 }, { x: 9, y: 9 }, 3, 2));
  const draft: unknown = JSON.parse(JSON.stringify(work.packed([{ x: 1, y: 2 }])));
  const found = unpackedWork(draft, size, false, ["cat", "dog"]);
  expect(found?.work.png()).toBe(work.png());
  expect(found?.polygon).toEqual([{ x: 1, y: 2 }]);
  expect(unpackedWork(draft, { width: 12, height: 20 }, false, ["cat"])).toBeNull();
  expect(unpackedWork({ ...(draft as object), cells: "x" }, size, false, ["cat"])).toBeNull();
});
