// How a mark looks: a line in its label's colour for each span over it, and a badge where one starts.

import type { Segment } from "../core/segments.ts";
import type { Spans } from "../core/spans.ts";

/** The line, counted from the text down, on which each span is drawn; by id. */
export type Levels = ReadonlyMap<number, number>;

/** No more lines fit between two lines of text. */
const LINES = 4;
/** There are as many colours; label after label. */
const COLOURS = 8;

/** Give overlapping spans different lines, as long as there are some. */
export function levelsOf(spans: Spans): Levels {
  const levels = new Map<number, number>();
  const ends: number[] = [];
  for (const { id, start, end } of spans) {
    let level = 0;
    while (level < LINES - 1 && (ends[level] ?? 0) > start) level += 1;
    ends[level] = Math.max(end, ends[level] ?? 0);
    levels.set(id, level);
  }
  return levels;
}

/** The custom property that holds a label's colour. */
export function colourOf(label: string, labels: readonly string[]): string {
  const place = labels.indexOf(label);
  return `var(--c${place < 0 ? COLOURS : place % COLOURS})`;
}

/** The label's key and name: colour is never all that tells labels apart. */
export function badgeOf(label: string, labels: readonly string[]): string {
  const place = labels.indexOf(label);
  return place < 0 || place > 8 ? label : `${place + 1}\u00a0${label}`;
}

/** The attributes of the mark of a segment. */
export function markLook(segment: Segment, labels: readonly string[], levels: Levels, active: number | null) {
  const { spans } = segment;
  const starting = spans.filter((span) => span.start === segment.start);
  const lines = spans.map((span) => [Math.min(levels.get(span.id) ?? 0, LINES - 1), span] as const);
  const deepest = Math.max(...lines.map(([level]) => level));
  const top = spans.find(({ id }) => id === active) ?? spans.at(-1)!;
  const first = starting[0] ?? top;
  const images = lines.map(([, { label, pending }]) => {
    const colour = colourOf(label, labels);
    return pending
      ? `repeating-linear-gradient(90deg,${colour} 0 5px,transparent 5px 8px)`
      : `linear-gradient(${colour},${colour})`;
  });
  const on = spans.some(({ id }) => id === active);
  return {
    class: `${top.pending ? "pending" : ""} ${on ? "on" : ""}`.trim() || undefined,
    "data-badge": starting.map(({ label, pending }) => badgeOf(label, labels) + (pending ? " ?" : "")).join(" + ")
      || undefined,
    style: [
      `--c:${colourOf(top.label, labels)};--b:${colourOf(first.label, labels)}`,
      `padding-bottom:${3 * deepest + 3}px`,
      `background-image:${images.join()}`,
      `background-position:${lines.map(([level]) => `0 calc(100% - ${3 * (deepest - level)}px)`).join()}`,
    ].join(";"),
  };
}
