// A text's Markdown as elements. No HTML is ever made of it: whatever is in the text is drawn by
// name here, so that nothing of it can run. Pictures are named and never loaded.

import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import type { Inline } from "../core/inline.ts";
import { parseMarkdown, type Block, type Item } from "../core/markdown.ts";

export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return <div class="md">{drawn(blocks)}</div>;
}

const drawn = (blocks: readonly Block[]) => blocks.map((block) => <BlockOf block={block} />);
const inline = (inside: readonly Inline[]) => inside.map((part) => <InlineOf part={part} />);

function BlockOf({ block }: { block: Block }) {
  switch (block.kind) {
    case "paragraph": return <p dir="auto">{inline(block.inside)}</p>;
    // Below the page's own headings, whatever level the text begins with.
    case "heading": return <p role="heading" aria-level={Math.min(block.level + 2, 6)} class={`h${block.level}`} dir="auto">{inline(block.inside)}</p>;
    case "code": return <Scrolls name="Code"><pre><code>{block.text}</code></pre></Scrolls>;
    case "quote": return <blockquote>{drawn(block.inside)}</blockquote>;
    case "rule": return <hr />;
    case "list": {
      const items = block.items.map((item) => <li dir="auto"><ItemOf item={item} loose={block.loose} /></li>);
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
    }
    case "table": {
      const cells = (row: readonly (readonly Inline[])[], Cell: "th" | "td") => row.map((cell, column) => (
        <Cell style={block.align[column] ? `text-align:${block.align[column]}` : undefined}>{inline(cell)}</Cell>
      ));
      return (
        <Scrolls name="Table">
          <table>
            <thead><tr>{cells(block.head, "th")}</tr></thead>
            <tbody>{block.rows.map((row) => <tr>{cells(row, "td")}</tr>)}</tbody>
          </table>
        </Scrolls>
      );
    }
  }
}

/** What may be wider than its column: reached by the keyboard too, to scroll it. */
function Scrolls({ name, children }: { name: string; children: ComponentChildren }) {
  return <div class="wide" tabindex={0} role="group" aria-label={name}>{children}</div>;
}

function ItemOf({ item: { checked, inside }, loose }: { item: Item; loose: boolean }) {
  return (
    <>
      {checked !== null && <span role="img" aria-label={checked ? "Done:" : "Open:"}>{checked ? "\u2611 " : "\u2610 "}</span>}
      {inside.map((block) => block.kind === "paragraph" && !loose ? <>{inline(block.inside)}</> : <BlockOf block={block} />)}
    </>
  );
}

function InlineOf({ part }: { part: Inline }) {
  if (typeof part === "string") return <>{part}</>;
  switch (part.kind) {
    case "code": return <code>{part.text}</code>;
    case "break": return <br />;
    case "em": return <em>{inline(part.inside)}</em>;
    case "strong": return <strong>{inline(part.inside)}</strong>;
    case "del": return <del>{inline(part.inside)}</del>;
    case "image": return <span class="soft">[picture: {inline(part.inside)} {part.to}]</span>;
    case "link":
      if (part.href === null) return <>{inline(part.inside)} ({part.to})</>;
      return <a href={part.href} title={part.href} target="_blank" rel="noopener noreferrer nofollow">{inline(part.inside)}</a>;
  }
}
