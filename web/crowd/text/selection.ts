// The browser's selection inside a shadow root, in offsets of the text that its pieces show.

/** The text node's piece carries the offset at which it begins. */
export const AT = "data-at";

interface Composed {
  getComposedRanges?(options: { shadowRoots: ShadowRoot[] }): StaticRange[];
}

/** Return anchor and focus as offsets, in the order of the text; null when it lies elsewhere. */
export function selectionIn(pane: HTMLElement, root: ShadowRoot): readonly [number, number] | null {
  const selection = document.getSelection() as (Selection & Composed) | null;
  // Browsers before getComposedRanges show the inside of a shadow root to the root, or to all.
  const older = (root as ShadowRoot & { getSelection?(): Selection | null }).getSelection?.() ?? selection;
  const range =
    selection?.getComposedRanges?.({ shadowRoots: [root] })[0] ?? (older?.rangeCount ? older.getRangeAt(0) : undefined);
  if (!range || !pane.contains(range.startContainer) || !pane.contains(range.endContainer)) return null;
  return [offsetOf(range.startContainer, range.startOffset), offsetOf(range.endContainer, range.endOffset)];
}

export function offsetOf(node: Node, offset: number): number {
  if (node instanceof Text) {
    return Number(node.parentElement?.closest(`[${AT}]`)?.getAttribute(AT) ?? 0) + offset;
  }
  const element = node as Element;
  const child = element.childNodes[offset];
  if (child) return offsetOf(child, 0);
  const start = Number(element.closest(`[${AT}]`)?.getAttribute(AT) ?? 0);
  return start + (element.textContent?.length ?? 0);
}

type FromPoint = (x: number, y: number, options: { shadowRoots: ShadowRoot[] }) => CaretPosition | null;

/** The offset that is shown at a point of the window, where the browser can tell. */
export function offsetAt(pane: HTMLElement, root: ShadowRoot, x: number, y: number): number | null {
  const find = (document as { caretPositionFromPoint?: FromPoint }).caretPositionFromPoint;
  const found = find?.call(document, x, y, { shadowRoots: [root] });
  return found && pane.contains(found.offsetNode) ? offsetOf(found.offsetNode, found.offset) : null;
}
