// Markdown as a tree of blocks, for the page to draw. HTML in a text is text. What lies too deep in
// lists and quotes is shown as it was written; see inline.ts for what stands in the lines.

import { parseInline, type Inline } from "./inline.ts";

export type Block =
  | { readonly kind: "paragraph"; readonly inside: readonly Inline[] }
  | { readonly kind: "heading"; readonly level: number; readonly inside: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "quote"; readonly inside: readonly Block[] }
  | { readonly kind: "list"; readonly start: number | null; readonly loose: boolean; readonly items: readonly Item[] }
  | { readonly kind: "table"; readonly align: readonly Align[]; readonly head: Cells; readonly rows: readonly Cells[] }
  | { readonly kind: "rule" };

export interface Item {
  /** Null where there is no box to tick. */
  readonly checked: boolean | null;
  readonly inside: readonly Block[];
}

export type Align = "left" | "center" | "right" | "";
type Cells = readonly (readonly Inline[])[];

/** Lists and quotes in each other. */
const DEEPEST = 12;

const FENCE = /^ {0,3}(`{3,}|~{3,}) *([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})(?: |$)/;
const RULE = /^ {0,3}([-*_])(?: *\1){2,} *$/;
const QUOTE = /^ {0,3}> ?/;
const MARKER = /^( {0,3})([-*+]|\d{1,9}[.)])( +|$)/;
const DELIMITERS = /^ {0,3}\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$/;
const UNDERLINE = /^ {0,3}(=+|-+) *$/;

/** Parse a text. */
export function parseMarkdown(text: string): readonly Block[] {
  const lines = text.replace(/\0/g, "\ufffd").split(/\r\n|[\n\r]/).map(withoutTabs);
  return parseLines(lines, 0);
}

/** Tabs that indent, as blanks up to the next fourth column. */
function withoutTabs(line: string): string {
  const indent = /^[ \t]*/.exec(line)![0];
  if (!indent.includes("\t")) return line;
  let wide = 0;
  for (const sign of indent) wide += sign === "\t" ? 4 - (wide % 4) : 1;
  return " ".repeat(wide) + line.slice(indent.length);
}

const isBlank = (line: string) => !line.trim();
const indentOf = (line: string) => line.length - line.trimStart().length;

function parseLines(lines: readonly string[], depth: number): readonly Block[] {
  if (depth > DEEPEST) return [{ kind: "code", language: "", text: lines.join("\n") }];
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    if (isBlank(line)) {
      at += 1;
      continue;
    }
    const [block, next] = fenced(lines, at) ?? indented(lines, at) ?? heading(line, at) ?? quote(lines, at, depth)
      ?? list(lines, at, depth) ?? table(lines, at) ?? paragraph(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

type Found = readonly [Block, number] | null;

function fenced(lines: readonly string[], at: number): Found {
  const found = FENCE.exec(lines[at]!);
  if (!found) return null;
  const [, fence = "", info = ""] = found;
  const indent = indentOf(lines[at]!);
  const text: string[] = [];
  let end = at + 1;
  for (; end < lines.length; end += 1) {
    const line = lines[end]!;
    const closing = indentOf(line) < 4 && line.trim();
    if (closing && closing.length >= fence.length && closing === fence[0]!.repeat(closing.length)) break;
    text.push(line.slice(Math.min(indent, indentOf(line))));
  }
  return [{ kind: "code", language: info.trim().split(" ")[0]!, text: text.join("\n") }, end + 1];
}

function indented(lines: readonly string[], at: number): Found {
  if (indentOf(lines[at]!) < 4) return null;
  let end = at;
  let last = at;
  for (; end < lines.length && (isBlank(lines[end]!) || indentOf(lines[end]!) >= 4); end += 1) {
    if (!isBlank(lines[end]!)) last = end;
  }
  return [{ kind: "code", language: "", text: lines.slice(at, last + 1).map((line) => line.slice(4)).join("\n") }, last + 1];
}

function heading(line: string, at: number): Found {
  if (RULE.test(line)) return [{ kind: "rule" }, at + 1];
  const level = HEADING.exec(line)?.[1]!.length;
  if (!level) return null;
  const text = line.trim().slice(level).trim();
  const bare = text.replace(/#+$/, "");
  const inside = parseInline(!bare || bare.endsWith(" ") ? bare.trim() : text);
  return [{ kind: "heading", level, inside }, at + 1];
}

function quote(lines: readonly string[], at: number, depth: number): Found {
  if (!QUOTE.test(lines[at]!)) return null;
  const inside: string[] = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const line = lines[end]!;
    if (QUOTE.test(line)) inside.push(withoutTabs(line.replace(QUOTE, "")));
    else if (isLazy(line, inside)) inside.push(line);
    else break;
  }
  return [{ kind: "quote", inside: parseLines(inside, depth + 1) }, end];
}

/** A line that goes on with the paragraph before it, though it lacks the mark or the indent. */
function isLazy(line: string, before: readonly string[]): boolean {
  const last = before.at(-1) ?? "";
  return !isBlank(line) && !isBlank(last) && !interrupts(line) && !/^ {0,3}(`{3}|~{3}|#)/.test(last);
}

function list(lines: readonly string[], first: number, depth: number): Found {
  const begin = MARKER.exec(lines[first]!);
  if (!begin) return null;
  const kind = begin[2]!.at(-1);
  const items: string[][] = [];
  let loose = false;
  let at = first;
  let blank = false;
  let wide = 0;
  for (; at < lines.length; at += 1) {
    const line = lines[at]!;
    const found = MARKER.exec(line);
    const item = items.at(-1);
    if (isBlank(line)) {
      item!.push("");
      blank = true;
    } else if (item && indentOf(line) >= wide) {
      // An item that begins with a blank line has nothing else.
      if (blank && item.every(isBlank)) break;
      item.push(line.slice(wide));
      blank = false;
    } else if (found?.[2]!.at(-1) === kind && !RULE.test(line)) {
      loose ||= blank;
      const [whole, , , gap = ""] = found!;
      wide = gap.length > 4 || !gap ? whole.length - gap.length + 1 : whole.length;
      items.push([withoutTabs(line.slice(wide))]);
      blank = false;
    } else if (!blank && item && isLazy(line, item)) {
      item.push(line.trimStart());
    } else {
      break;
    }
  }
  return [{
    kind: "list", start: /\d/.test(begin[2]!) ? parseInt(begin[2]!, 10) : null,
    loose: loose || items.some(isLoose),
    items: items.map((inside) => {
      const box = /^\[([ xX])\] +(?=\S)/.exec(inside[0]!);
      const rest = box ? [inside[0]!.slice(box[0].length), ...inside.slice(1)] : inside;
      return { checked: box && box[1] !== " ", inside: parseLines(rest, depth + 1) };
    }),
  }, at];
}

/** Whether a blank line lies between two blocks of the item itself, not of a list or code in it. */
function isLoose(lines: readonly string[]): boolean {
  let fence = "";
  return lines.some((line, at) => {
    const mark = FENCE.exec(line)?.[1];
    if (fence ? line.trim().startsWith(fence) : mark) fence = fence ? "" : mark!;
    return !fence && !isBlank(line) && !indentOf(line) && at > 0 && isBlank(lines[at - 1]!);
  });
}

function table(lines: readonly string[], at: number): Found {
  const head = lines[at]!;
  const marks = lines[at + 1] ?? "";
  if (!head.includes("|") || !marks.includes("-") || !DELIMITERS.test(marks)) return null;
  const align = cellsOf(marks).map((mark): Align =>
    mark.endsWith(":") ? (mark.startsWith(":") ? "center" : "right") : mark.startsWith(":") ? "left" : "");
  const names = cellsOf(head);
  if (names.length !== align.length) return null;
  const parse = (cells: readonly string[]) => align.map((_, column) => parseInline(cells[column] ?? ""));
  const rows: Cells[] = [];
  let end = at + 2;
  for (; end < lines.length && !isBlank(lines[end]!) && !interrupts(lines[end]!); end += 1) {
    rows.push(parse(cellsOf(lines[end]!)));
  }
  return [{ kind: "table", align, head: parse(names), rows }, end];
}

/** The cells of a row; a bar behind a backslash belongs to its cell. */
function cellsOf(row: string): readonly string[] {
  const cells = [""];
  const trimmed = row.trim();
  for (let at = 0; at < trimmed.length; at += 1) {
    if (trimmed[at] === "\\" && trimmed[at + 1] === "|") {
      cells[cells.length - 1] += "|";
      at += 1;
    } else if (trimmed[at] === "|") {
      cells.push("");
    } else {
      cells[cells.length - 1] += trimmed[at]!;
    }
  }
  if (cells.length > 1 && !cells[0]!.trim()) cells.shift();
  if (cells.length > 1 && !cells.at(-1)!.trim()) cells.pop();
  return cells.map((cell) => cell.trim());
}

/** Whether a line ends the paragraph before it. */
function interrupts(line: string): boolean {
  if (FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line)) return true;
  const found = MARKER.exec(line);
  return !!found && !!found[3] && !isBlank(line.slice(found[0].length)) && (!/\d/.test(found[2]!) || /^1[.)]/.test(found[2]!));
}

function paragraph(lines: readonly string[], at: number): readonly [Block, number] {
  let end = at + 1;
  const text = () => parseInline(lines.slice(at, end).map((line) => line.trimStart()).join("\n").trimEnd());
  for (; end < lines.length; end += 1) {
    const line = lines[end]!;
    const under = UNDERLINE.exec(line)?.[1];
    if (under) return [{ kind: "heading", level: under[0] === "=" ? 1 : 2, inside: text() }, end + 1];
    if (isBlank(line) || interrupts(line) || table(lines, end)) break;
  }
  return [{ kind: "paragraph", inside: text() }, end];
}
