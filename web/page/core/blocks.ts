// The text in blocks small enough to be drawn one by one. All blocks together are exactly the text:
// every line break belongs to the block it ends.

import { isPair, type TextIndex } from "./text-index.ts";

export interface Block {
  /** UTF-16 units, to slice the text with. */
  readonly from: number;
  readonly to: number;
  /** Code points. */
  readonly start: number;
  readonly end: number;
  /** The line goes on in the next block: no line break may be drawn between the two. */
  readonly continued: boolean;
}

/** No block is longer, in UTF-16 units. */
export const MOST_UNITS = 2_000;
/** Lines are put together until a block has as much: a text of empty lines is no heap of blocks. */
const ENOUGH_UNITS = 300;

const LINE_BREAK = /\r\n|[\n\r]/g;

/** Cut a text into blocks; an empty text has one. */
export function blocksOf(index: TextIndex): readonly Block[] {
  const { text } = index;
  const blocks: Block[] = [];
  let from = 0;
  let start = 0;
  const close = (to: number, continued: boolean) => {
    const end = index.point(to);
    blocks.push({ from, to, start, end, continued });
    from = to;
    start = end;
  };
  let line = 0;
  const endLine = (to: number, last: boolean) => {
    if (to - from > MOST_UNITS && line > from) close(line, false);
    while (to - from > MOST_UNITS) close(cut(text, from), true);
    if (last ? to > from || !blocks.length : to - from >= ENOUGH_UNITS) close(to, false);
    line = to;
  };
  for (const found of text.matchAll(LINE_BREAK)) endLine(found.index + found[0].length, false);
  endLine(text.length, true);
  return blocks;
}

/** Where a line that is too long is cut: after its last blank that fits, else between characters. */
function cut(text: string, from: number): number {
  const most = from + MOST_UNITS;
  for (let at = most; at > most - ENOUGH_UNITS; at -= 1) if (text[at - 1] === " ") return at;
  let at = most;
  // A mark or joiner belongs to the character before it.
  while (at > most - ENOUGH_UNITS && (isPair(text, at - 1) || sticks(text, at))) at -= 1;
  return isPair(text, at - 1) ? at - 1 : at;
}

function sticks(text: string, at: number): boolean {
  const next = String.fromCodePoint(text.codePointAt(at)!);
  return /[\p{M}\p{Emoji_Modifier}\u200c\u200d\n]/u.test(next) || text[at - 1] === "\u200d";
}

/** The place of the block that holds a code point; at a border, of the one that begins there. */
export function blockAt(blocks: readonly Block[], point: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (blocks[middle]!.start <= point) low = middle;
    else high = middle - 1;
  }
  return low;
}
