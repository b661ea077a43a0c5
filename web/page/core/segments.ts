// What is drawn: each block cut at the ends of its spans into flat segments, never nested.

import { blockAt, type Block } from "./blocks.ts";
import type { Span, Spans } from "./spans.ts";
import type { TextIndex } from "./text-index.ts";

/** A piece of a block over which the same spans lie. */
export interface Segment {
  /** UTF-16 units, to slice the text with. */
  readonly from: number;
  readonly to: number;
  /** Code points. */
  readonly start: number;
  readonly end: number;
  readonly spans: Spans;
}

/** The spans in a block and its segments; the same object for as long as both stay the same. */
export interface Layout {
  readonly block: Block;
  readonly spans: Spans;
  readonly segments: readonly Segment[];
}

/** Lay out all blocks; those in which nothing changed since `before` are taken from there. */
export function layOut(
  index: TextIndex,
  blocks: readonly Block[],
  spans: Spans,
  before: readonly Layout[] = [],
): readonly Layout[] {
  const inBlock: Span[][] = blocks.map(() => []);
  for (const span of spans) {
    for (let n = blockAt(blocks, span.start); n < blocks.length && blocks[n]!.start < span.end; n += 1) {
      inBlock[n]!.push(span);
    }
  }
  return blocks.map((block, n) => {
    const old = before[n];
    const now = inBlock[n]!;
    if (old && old.block === block && sameSpans(old.spans, now)) return old;
    return { block, spans: now, segments: segmentsOf(index, block, now) };
  });
}

function sameSpans(a: Spans, b: Spans): boolean {
  return a.length === b.length && a.every((span, n) => span === b[n]);
}

/** The segments of one block, in order, without gaps; an empty block has none. */
export function segmentsOf(index: TextIndex, block: Block, spans: Spans): readonly Segment[] {
  const ends = new Set([block.start, block.end]);
  for (const span of spans) {
    ends.add(Math.max(span.start, block.start));
    ends.add(Math.min(span.end, block.end));
  }
  const stops = [...ends].sort((a, b) => a - b);
  const segments: Segment[] = [];
  let open: Span[] = [];
  let next = 0;
  let from = block.from;
  for (let n = 1; n < stops.length; n += 1) {
    const start = stops[n - 1]!;
    const end = stops[n]!;
    open = open.filter((span) => span.end > start);
    while (next < spans.length && spans[next]!.start <= start) {
      const span = spans[next++]!;
      if (span.end > start) open.push(span);
    }
    const to = index.unit(end);
    segments.push({ from, to, start, end, spans: [...open] });
    from = to;
  }
  return segments;
}
