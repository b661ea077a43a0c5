// The text, in blocks of flat marks. Its content is always exactly the text: badges are drawn by
// CSS, and every edit is cancelled, or taken back where a browser does not let it be cancelled.

import { Component } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import type { Block } from "../core/blocks.ts";
import type { Layout, Segment } from "../core/segments.ts";
import type { TextIndex } from "../core/text-index.ts";
import { markLook, type Levels } from "./marks.ts";
import { placeOf, readSelection, writeSelection } from "./places.ts";
import type { Selection } from "./state.ts";

interface PieceProps {
  readonly text: string;
  readonly layout: Layout;
  readonly number: number;
  readonly labels: readonly string[];
  readonly levels: Levels;
  readonly active: number | null;
}

/** A block's text. Drawn anew only when its layout changed, or whether the active span is in it. */
class Piece extends Component<PieceProps> {
  override shouldComponentUpdate(next: PieceProps) {
    const { layout, active } = this.props;
    if (next.layout !== layout) return true;
    return next.active !== active && layout.spans.some(({ id }) => id === active || id === next.active);
  }

  override render() {
    const { layout, number, text } = this.props;
    return (
      <span data-block={number}>
        {layout.segments.map((segment) => this.segment(segment, text.slice(segment.from, segment.to)))}
      </span>
    );
  }

  segment(segment: Segment, content: string) {
    if (!segment.spans.length) return content;
    const { labels, levels, active } = this.props;
    return <mark {...markLook(segment, labels, levels, active)}>{content}</mark>;
  }
}

interface Props {
  readonly index: TextIndex;
  readonly blocks: readonly Block[];
  readonly layouts: readonly Layout[];
  readonly labels: readonly string[];
  readonly levels: Levels;
  readonly active: number | null;
  readonly selection: Selection | null;
  /** Changes when the caret has to be brought into view. */
  readonly reveal: number;
  readonly onSelect: (selection: Selection) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** The next click sets the other end of the selection. */
  readonly extending: boolean;
}

export function TextPane(props: Props) {
  const { index, blocks, layouts, selection } = props;
  // A new number draws the whole pane anew.
  const [repair, setRepair] = useState(0);
  const pane = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;

  const noteSelection = () => {
    const { index, blocks, selection, onSelect, extending } = latest.current;
    const read = readSelection(pane.current!, index, blocks);
    if (!read) return;
    const extend = extending && selection && read.anchor === read.focus;
    const now = extend ? { anchor: selection.anchor, focus: read.focus } : read;
    if (extend) writeSelection(pane.current!, now, index, blocks);
    if (now.anchor !== selection?.anchor || now.focus !== selection.focus) onSelect(now);
  };
  useLayoutEffect(() => {
    // The event that tells of a new selection comes late: what is pressed next would act on the old one.
    for (const type of ["selectionchange", "mousedown"]) document.addEventListener(type, noteSelection, true);
  }, []);

  // Drawing marks replaces text nodes, and with them the selection that was in them.
  useLayoutEffect(() => {
    const element = pane.current!;
    if (repair) element.focus({ preventScroll: true });
    if (!selection || document.activeElement !== element && !element.contains(document.getSelection()!.anchorNode)) return;
    const read = readSelection(element, index, blocks);
    if (read?.anchor !== selection.anchor || read.focus !== selection.focus) {
      writeSelection(element, selection, index, blocks);
    }
  }, [layouts, repair, props.active]);

  useLayoutEffect(() => {
    if (!props.reveal || !selection) return;
    const element = pane.current!;
    element.focus({ preventScroll: true });
    writeSelection(element, selection, index, blocks);
    const [node, offset] = placeOf(element, selection.focus, index, blocks);
    const target = node instanceof Text ? node.parentElement! : node as HTMLElement;
    if (node instanceof Text && node.length > offset) {
      const range = document.createRange();
      range.setStart(node, offset);
      range.setEnd(node, offset + 1);
      if (isInView(range.getBoundingClientRect(), element)) return;
    }
    target.scrollIntoView({ block: "center" });
  }, [props.reveal]);

  // Of a line that ends with CRLF, Chromium's third click takes the next line's first character too.
  const selectLine = () => {
    const read = readSelection(pane.current!, index, blocks);
    if (!read) return;
    const { text } = index;
    const at = index.unit(read.anchor);
    const to = at + text.slice(at).search(/\r?\n|$/);
    const line = { anchor: index.point(text.lastIndexOf("\n", at - 1) + 1), focus: index.point(to) };
    writeSelection(pane.current!, line, index, blocks);
  };

  const cancel = (event: Event) => event.preventDefault();
  const mend = () => {
    if (pane.current!.textContent !== index.text) setRepair((times) => times + 1);
  };
  // An editor of a script (IME) writes into the text whatever is cancelled; what it wrote goes again.
  const mendLater = () => setTimeout(mend);

  return (
    <div
      key={repair} ref={pane} id="text" class="text" dir="auto" role="textbox" contentEditable={true}
      inputMode="none" spellcheck={false} translate={false} autocapitalize="off"
      aria-multiline="true" aria-readonly="true" aria-labelledby="text-title" aria-describedby="text-help"
      onBeforeInput={cancel} onPaste={cancel} onCut={cancel} onDrop={cancel} onDragStart={cancel}
      onCompositionEnd={mendLater} onInput={mend}
      onKeyDown={(event) => {
        noteSelection();
        props.onKeyDown(event);
      }}
      onMouseDown={(event) => {
        if (event.detail > 2) {
          event.preventDefault();
          selectLine();
        }
        // A drag that begins in the selection would move it: begin a new one instead.
        if (event.detail === 1 && !event.button && !event.shiftKey && !props.extending) document.getSelection()!.removeAllRanges();
      }}
    >
      {useParagraphs(props)}
    </div>
  );
}

/** One element for each line of the text; a long one has several blocks. */
function useParagraphs({ index, blocks, layouts, labels, levels, active }: Props) {
  const paragraphs = useMemo(() => {
    const found: number[][] = [];
    blocks.forEach((_, number) => {
      if (number && blocks[number - 1]!.continued) found.at(-1)!.push(number);
      else found.push([number]);
    });
    return found;
  }, [blocks]);
  return paragraphs.map((numbers) => (
    <div class="block" dir="auto" key={numbers[0]}>
      {numbers.map((number) => (
        <Piece key={number} {...{ text: index.text, layout: layouts[number]!, number, labels, levels, active }} />
      ))}
    </div>
  ));
}

function isInView(box: DOMRect, element: HTMLElement): boolean {
  const pane = (element.closest<HTMLElement>(".middle") ?? element).getBoundingClientRect();
  const bar = document.querySelector(".bar")!.getBoundingClientRect();
  return box.top >= Math.max(pane.top, bar.bottom, 0) && box.bottom <= Math.min(pane.bottom, innerHeight);
}
