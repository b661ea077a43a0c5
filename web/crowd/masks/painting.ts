// What is painted on one image: regions, the mask, and the way back. The mask is changed in place, since
// it may have millions of pixels; a step of the history holds the rectangle that it changed.
import { BACKGROUND, freshColour, hexOf } from "./colours.ts";
import * as masks from "./mask.ts";
import type { Mask, Rect } from "./mask.ts";
import type { Size } from "../pictures/shapes.ts";

/** What pixels are given to: a label, or one instance of it. */
export interface Region {
  readonly label: string;
  /** `#rrggbb`, of no other region. */
  readonly colour: string;
}

/** A step back or forward: pixels of a rectangle as they were, or a region as it was. */
type Step =
  | { readonly rect: Rect; readonly cells: Uint8Array }
  | { readonly region: number; readonly was: Region };

/** Bytes that the way back may take; beyond it the oldest steps are forgotten. */
const MOST_BYTES = 256 * 1024 * 1024;

export class Painting {
  readonly mask: Mask;
  /** Goes up with every change, so that what is made of the mask can be kept until then. */
  revision = 0;
  #regions: readonly Region[] = [];
  #counts: Uint32Array;
  #past: Step[] = [];
  #future: Step[] = [];
  #before: { cells: Uint8Array; rect: Rect | null } | null = null;

  /** Begin with nothing, or with pixels of these regions, in this order. */
  constructor(size: Size, regions: readonly Region[] = [], cells?: Uint8Array) {
    this.mask = cells ? { ...size, cells } : masks.blank(size);
    for (const { label, colour } of regions) this.add(label, colour);
    this.#counts = masks.counts(this.mask);
  }

  /** In the order in which they came; region n of the mask is the one at n - 1. */
  get regions(): readonly Region[] {
    return this.#regions;
  }

  pixels(index: number): number {
    return this.#counts[index + 1] ?? 0;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /**
   * Add a region, in a colour of its own or the one asked for.
   *
   * @returns its index, or null when there are as many as a mask can tell apart
   */
  add(label: string, colour?: string): number | null {
    if (this.#regions.length >= masks.MOST_REGIONS) return null;
    const taken = new Set(this.#regions.map((region) => region.colour));
    const asked = colour === undefined ? null : hexOf(colour);
    const free = asked !== null && asked !== BACKGROUND && !taken.has(asked);
    this.#regions = [...this.#regions, { label, colour: free ? asked : freshColour(taken) }];
    return this.#regions.length - 1;
  }

  /** Whether something is being painted, that `end` makes a step of. */
  get going(): boolean {
    return this.#before !== null;
  }

  begin(): void {
    this.end();
    this.#before = { cells: this.mask.cells.slice(), rect: null };
  }

  /** Paint, between `begin` and `end`. */
  paint(by: (mask: Mask) => Rect): Rect {
    const rect = by(this.mask);
    if (this.#before) this.#before = { ...this.#before, rect: masks.around(this.#before.rect, rect) };
    this.revision += 1;
    return rect;
  }

  /** Make one step of what was painted since `begin`; false when that changed nothing. */
  end(): boolean {
    const before = this.#before;
    this.#before = null;
    if (!before?.rect || masks.isEmpty(before.rect)) return false;
    const cells = masks.cut({ ...this.mask, cells: before.cells }, before.rect);
    const now = masks.cut(this.mask, before.rect);
    if (cells.every((region, at) => region === now[at])) return false;
    this.#count(cells, now);
    this.#remember({ rect: before.rect, cells });
    return true;
  }

  /** All of it in one step. */
  change(by: (mask: Mask) => Rect): boolean {
    this.begin();
    this.paint(by);
    return this.end();
  }

  relabel(index: number, label: string): boolean {
    const was = this.#regions[index];
    if (!was || was.label === label) return false;
    this.#regions = this.#regions.with(index, { ...was, label });
    this.revision += 1;
    this.#remember({ region: index, was });
    return true;
  }

  /** Go a step back or forward; the rectangle to draw anew, or null when there is no step. */
  step(direction: -1 | 1): Rect | null {
    this.end();
    const [from, to] = direction < 0 ? [this.#past, this.#future] : [this.#future, this.#past];
    const step = from.pop();
    if (!step) return null;
    this.revision += 1;
    if ("region" in step) {
      const was = this.#regions[step.region] ?? step.was;
      this.#regions = this.#regions.with(step.region, step.was);
      to.push({ region: step.region, was });
      return masks.whole(this.mask);
    }
    const now = masks.cut(this.mask, step.rect);
    masks.paste(this.mask, step.rect, step.cells);
    this.#count(now, step.cells);
    to.push({ rect: step.rect, cells: now });
    return step.rect;
  }

  #count(before: Uint8Array, after: Uint8Array): void {
    for (const region of before) this.#counts[region] = (this.#counts[region] ?? 0) - 1;
    for (const region of after) this.#counts[region] = (this.#counts[region] ?? 0) + 1;
  }

  #remember(step: Step): void {
    this.#past.push(step);
    this.#future = [];
    let bytes = 0;
    const keep = this.#past.toReversed().findIndex((one) => {
      bytes += "cells" in one ? one.cells.length : 0;
      return bytes > MOST_BYTES;
    });
    if (keep >= 0) this.#past = this.#past.slice(-Math.max(keep, 1));
  }
}
