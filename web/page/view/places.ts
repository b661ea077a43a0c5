// Between offsets in the text and places in the drawn pane. Blocks carry their number as data-block.

import { blockAt, type Block } from "../core/blocks.ts";
import type { TextIndex } from "../core/text-index.ts";
import type { Selection } from "./state.ts";

/** The offset of a place in the pane, in code points. */
function offsetOf(pane: HTMLElement, node: Node, offset: number, index: TextIndex, blocks: readonly Block[]): number {
  const element = node instanceof Element ? node : node.parentElement!;
  const drawn = element.closest<HTMLElement>("[data-block]");
  if (!drawn) {
    // Between blocks: the place is the start of what comes next.
    const next = node.childNodes[offset];
    if (next instanceof Element) {
      const first = next.matches("[data-block]") ? next : next.querySelector("[data-block]");
      if (first) return blocks[Number((first as HTMLElement).dataset["block"])]!.start;
    }
    const inside = element !== pane && element.lastElementChild as HTMLElement | null;
    return inside ? blocks[Number(inside.dataset["block"])]?.end ?? index.length : index.length;
  }
  const block = blocks[Number(drawn.dataset["block"])]!;
  const range = document.createRange();
  range.setStart(drawn, 0);
  range.setEnd(node, offset);
  return index.point(Math.min(block.from + range.toString().length, block.to));
}

/** The document's selection as offsets, or null when it is not (wholly) in the pane. */
export function readSelection(pane: HTMLElement, index: TextIndex, blocks: readonly Block[]): Selection | null {
  const { anchorNode, anchorOffset, focusNode, focusOffset } = document.getSelection()!;
  if (!anchorNode || !focusNode || !pane.contains(anchorNode) || !pane.contains(focusNode)) return null;
  return {
    anchor: offsetOf(pane, anchorNode, anchorOffset, index, blocks),
    focus: offsetOf(pane, focusNode, focusOffset, index, blocks),
  };
}

/** The place of an offset: in the text node that begins there rather than in the one that ends. */
export function placeOf(
  pane: HTMLElement, point: number, index: TextIndex, blocks: readonly Block[],
): readonly [Node, number] {
  const number = blockAt(blocks, point);
  const drawn = pane.querySelector(`[data-block="${number}"]`);
  let left = index.unit(point) - blocks[number]!.from;
  let place: readonly [Node, number] = [drawn ?? pane, 0];
  if (!drawn) return place;
  const walker = document.createTreeWalker(drawn, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    place = [node, Math.min(left, node.length)];
    if (left < node.length) break;
    left -= node.length;
  }
  return place;
}

/** Select in the document what the offsets say. */
export function writeSelection(
  pane: HTMLElement, selection: Selection, index: TextIndex, blocks: readonly Block[],
): void {
  const [anchorNode, anchorOffset] = placeOf(pane, selection.anchor, index, blocks);
  const [focusNode, focusOffset] = placeOf(pane, selection.focus, index, blocks);
  document.getSelection()!.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
}
