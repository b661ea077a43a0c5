// Work on one mask by labels: which region is painted on, what is listed, and what is answered of it.
import { BACKGROUND } from "./colours.ts";
import { recolour } from "./mask.ts";
import { Painting, type Region } from "./painting.ts";
import { base64Of, packed, pngOf, unpacked } from "./png.ts";
import { isRecord, type Json } from "../element/json.ts";
import type { Point, Size } from "../pictures/shapes.ts";

/** A region that has pixels, and its number of them. */
export interface Painted extends Region {
  /** Index among the painting's regions. */
  readonly region: number;
  readonly pixels: number;
}

export class Work {
  readonly painting: Painting;
  /** Index of the label that is painted. */
  label = 0;
  /** The instance that is painted on; null: the next stroke begins one. */
  region: number | null = null;
  #labels: readonly string[] = [];
  #made: { revision: number; png: string } | null = null;
  #packed: { revision: number; cells: string } | null = null;

  /** `instances`: whether a label may have several regions, each an object of its own. */
  constructor(
    readonly size: Size,
    readonly instances: boolean,
    labels: readonly string[],
    regions: readonly Region[] = [],
    cells?: Uint8Array,
  ) {
    this.painting = new Painting(size, regions, cells);
    this.labels = labels;
  }

  get labels(): readonly string[] {
    return this.#labels;
  }

  /** What a label had that is no more is left out, and comes back with the label. */
  set labels(labels: readonly string[]) {
    this.#labels = labels;
    this.#made = null;
    if (this.label >= labels.length) this.label = 0;
    this.region = null;
    if (this.instances) return;
    const known = this.painting.regions.map(({ label }) => label);
    for (const label of labels) if (!known.includes(label)) this.painting.add(label);
  }

  get name(): string | undefined {
    return this.#labels[this.label];
  }

  /** The colour that is painted with. */
  get colour(): string | undefined {
    if (!this.instances) return this.painting.regions.find(({ label }) => label === this.name)?.colour;
    return this.region === null ? undefined : this.painting.regions[this.region]?.colour;
  }

  /** The number that painted pixels get, or why none can be painted. */
  target(): number | string {
    const { name } = this;
    if (name === undefined) return "There are no labels";
    const found = this.instances ? (this.region ?? this.painting.add(name)) : this.painting.regions.findIndex(({ label }) => label === name);
    if (found === null || found < 0) return "A mask can't hold more";
    if (this.instances) this.region = found;
    return found + 1;
  }

  /** Choose a label, and with it the instance that was painted last unless that has another label. */
  pick(label: number): void {
    this.label = label;
    if (this.region !== null && this.painting.regions[this.region]?.label !== this.name) this.region = null;
  }

  /** Choose a region of the list; false when it is chosen already. */
  select({ region, label }: Painted): boolean {
    const at = this.#labels.indexOf(label);
    if (at === this.label && (!this.instances || region === this.region)) return false;
    this.label = at;
    if (this.instances) this.region = region;
    return true;
  }

  clear({ region }: Painted): void {
    this.painting.change((mask) => recolour(mask, region + 1, 0));
    this.region = null;
  }

  painted(): Painted[] {
    const all = this.painting.regions.map((region, index) => ({ ...region, region: index, pixels: this.painting.pixels(index) }));
    return all.filter(({ label, pixels }) => pixels > 0 && this.#labels.includes(label));
  }

  /** The colour of each region in the picture; null where its label is no more. */
  colours(): (string | null)[] {
    return this.painting.regions.map(({ label, colour }) => (this.#labels.includes(label) ? colour : null));
  }

  /** The mask as a PNG in base64, kept until something changes. */
  png(): string {
    const { mask, revision } = this.painting;
    if (this.#made?.revision !== revision) {
      const colours = this.colours().map((colour) => colour ?? BACKGROUND);
      this.#made = { revision, png: base64Of(pngOf(mask, colours)) };
    }
    return this.#made.png;
  }

  /** All of it, for a draft; `polygon` are the points of one that is not filled. */
  packed(polygon: readonly Point[]): Json {
    const { width, height } = this.size;
    const regions = this.painting.regions.map(({ label, colour }) => ({ label, colour }));
    const { mask, revision } = this.painting;
    if (this.#packed?.revision !== revision) this.#packed = { revision, cells: packed(mask) };
    return { width, height, regions, cells: this.#packed.cells, polygon: polygon.map(({ x, y }) => ({ x, y })) };
  }
}

/** Read what `packed` made; null when it is none, or of an image of another size. */
export function unpackedWork(
  draft: unknown,
  size: Size,
  instances: boolean,
  labels: readonly string[],
): { work: Work; polygon: readonly Point[] } | null {
  if (!isRecord(draft) || draft["width"] !== size.width || draft["height"] !== size.height) return null;
  const { cells, regions, polygon } = draft;
  const pixels = typeof cells === "string" ? unpacked(cells, size.width * size.height) : null;
  if (!pixels || !Array.isArray(regions) || !Array.isArray(polygon)) return null;
  return { work: new Work(size, instances, labels, regions as readonly Region[], pixels), polygon: polygon as readonly Point[] };
}
