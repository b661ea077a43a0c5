import fc from "fast-check";
import { Lexer, type Token, type Tokens } from "marked";
import { expect, it } from "vitest";

import { parseInline, safeAddress, type Inline } from "./inline.ts";
import { parseMarkdown, type Block } from "./markdown.ts";

const DOCUMENTS: readonly string[] = [
  "# Title\n\nA *b* **c** ***d*** _e_ __f__ ~~g~~ `h`.\nSecond line  \nafter a break\\\nand another.",
  "## Closed ##\n### With `code` ###\n#no heading\nSetext\n===\n\nAlso\n---",
  "- one\n- two\n  - inner\n  - inner too\n    1. deep\n- three\n\n1. first\n2. second\n\n   more of it\n3. third",
  "3) three\n4) four\n* star\n+ plus",
  "- [ ] open\n- [x] done\n- none",
  "> quoted **bold**\n> still\nlazy\n>\n> - list in it\n\nafter",
  "```python\nprint('<b>')\n\n  x\n```\n\n~~~\ntilde ``` inside\n~~~\n\n    indented\n\n    code\n\ntext",
  "1. Step:\n   ```sh\n   ls *\n   ```\n2. Next",
  "| a | b | c |\n|:--|--:|:-:|\n| `x` | **y** | z \\| w |\n| only |\n\nafter",
  "text before\n| a | b |\n|---|---|\n| 1 | 2 |\nafter",
  "[label](https://example.org/a_b_c \"title\") and [*em*](<https://example.org/x y>) and ![alt](https://example.org/i.png)",
  "<https://example.org/a> and https://example.org/b(c). End",
  "a * b * c, snake_case_name, 2*3*4, *a*b, **bold**text, a_b_",
  "**bold *both* bold** *em **both** em* **a*b*c** *a**b**c*",
  "*unclosed **bold** and `code` [not](a link",
  "\\*no em\\* \\`no code\\` \\[x](y) `` a ` b `` ` pad `",
  "---\n***\n- - -\nend",
  "one\n\n\n\ntwo\r\nthree\r\rfour",
  "para\n- list right after\n\npara\n2. no list\n\npara\n1. list",
  "- a\n\n- b\n\n  c\n- d",
  "- a\n  > quote\n  \n  ```\n  code\n\n  more\n  ```\n- b",
  "![a [b](https://x.example) c](https://y.example) [a [b](https://x.example) c](https://y.example)",
  "*foo [bar* baz](https://x.example) **foo`bar**`",
  "# \n\n#\n\n##  spaced   ",
  "caf\u00e9s **\u201cquoted\u201d** \ud83d\ude42*smile*\ud83d\ude42",
];

/** A tree as nested lists of names and texts, so that two parsers' trees can be compared. */
type Outline = readonly (string | Outline)[];

const merged = (parts: Outline): Outline => parts.reduce<(string | Outline)[]>((all, part) => {
  const last = all.at(-1);
  if (typeof part === "string" && typeof last === "string") all[all.length - 1] = last + part;
  else all.push(part);
  return all;
}, []).map((part) => typeof part === "string" ? part.replace(/ *\n */g, "\n") : part).filter((part) => part !== "");

const ofInline = (inside: readonly Inline[]): Outline => merged(inside.map((part) => {
  if (typeof part === "string") return part;
  switch (part.kind) {
    case "code": return ["code", part.text];
    case "break": return ["br"];
    case "image": return ["image", part.to];
    case "link": return ["link", part.to, ofInline(part.inside)];
    default: return [part.kind, ofInline(part.inside)];
  }
}));

const ofBlocks = (blocks: readonly Block[]): Outline => blocks.map((block): Outline => {
  switch (block.kind) {
    case "paragraph": return ["p", ofInline(block.inside)];
    case "heading": return [`h${block.level}`, ofInline(block.inside)];
    case "code": return ["pre", block.language, block.text];
    case "quote": return ["quote", ofBlocks(block.inside)];
    case "rule": return ["hr"];
    case "list": return [
      `list ${block.start ?? ""}`,
      ...block.items.map(({ checked, inside }) => [`item ${checked ?? ""}`, ofBlocks(inside)]),
    ];
    case "table": return ["table", ...block.align, ...[block.head, ...block.rows].map((row) => row.map(ofInline))];
  }
});

const theirInline = (tokens: readonly Token[] = []): Outline => merged(tokens.map((token): string | Outline => {
  switch (token.type) {
    case "codespan": return ["code", token.text];
    case "br": return ["br"];
    case "image": return ["image", token.href];
    case "link": return ["link", token.href, theirInline(token.tokens)];
    case "em": case "strong": case "del": return [token.type, theirInline(token.tokens)];
    default: return token.type === "checkbox" ? "" : (token as Tokens.Text).text;
  }
}));

const theirs = (tokens: readonly Token[]): Outline => tokens.flatMap((token): Outline => {
  switch (token.type) {
    case "space": case "checkbox": return [];
    case "paragraph": case "text": return [["p", theirInline(token.tokens)]];
    case "heading": return [[`h${token.depth}`, theirInline(token.tokens)]];
    case "code": return [["pre", token.lang ?? "", token.text]];
    case "blockquote": return [["quote", theirs(token.tokens!)]];
    case "hr": return [["hr"]];
    case "list": return [[
      `list ${token.start}`,
      ...(token as Tokens.List).items.map((item) => [`item ${item.task ? item.checked : ""}`, theirs(item.tokens)]),
    ]];
    case "table": {
      const { align, header, rows } = token as Tokens.Table;
      return [["table", ...align.map((side) => side ?? ""), ...[header, ...rows].map((row) => row.map((cell) => theirInline(cell.tokens)))]];
    }
    default: return [[token.type]];
  }
});

it.each(DOCUMENTS)("reads a document as a full parser does: %j", (text) => {
  expect(ofBlocks(parseMarkdown(text))).toEqual(theirs(new Lexer({ gfm: true }).lex(text)));
});

it("HTML is text, whatever its form", () => {
  for (const text of ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- x -->", "<div>\n<b>*x*</b>\n</div>"]) {
    expect(JSON.stringify(parseMarkdown(text))).not.toMatch(/"kind":"(?!paragraph|em)/);
    expect(JSON.stringify(parseMarkdown(text))).toContain("<");
  }
});

it("only addresses that a browser opens as a page or a letter may be opened", () => {
  for (const good of ["https://a.example", "HTTP://a.example/x?y#z", "mailto:a@b.example"]) expect(safeAddress(good)).toBe(good);
  for (const bad of [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:x", "java\nscript:x", "data:text/html,x", "vbscript:x", "//a.example",
    "/relative", "file:///etc/passwd", "blob:https://a", "https://a b", "https:alert(1)", "",
  ]) expect(safeAddress(bad)).toBeNull();
});

it("character references become their characters, once", () => {
  expect(parseInline("&lt;b&gt; &amp;amp; &#128578;&#x41; &nosuch; &#0; &#xD800;")).toEqual([
    "<b> &amp; \ud83d\ude42A &nosuch; \ufffd \ufffd",
  ]);
});

const depthOf = (tree: unknown): number =>
  typeof tree !== "object" || tree === null ? 0 : 1 + Math.max(0, ...Object.values(tree).map(depthOf));

it("any text gives a tree of limited depth", () => {
  const signs = fc.constantFrom(
    ..."*_~`[]()!<>#-+|\\&;:\"\n\t 1.ab\u00e9\ud83d\ude42\r", "**", "```", "> ", "- ", "1. ", "    ", "](x)", "https://a", "|-|",
  );
  fc.assert(fc.property(fc.array(signs, { maxLength: 120 }).map((parts) => parts.join("")), (text) => {
    expect(depthOf(parseMarkdown(text))).toBeLessThan(150);
  }), { numRuns: 2_000 });
});

it.each([
  ">", "> ", "- ", "1. ", "*", "_", "**a ", "_a ", "*a_b", "[", "![", "[a](", "`", "<", "<!--", "|", "| a ", "~~a", "\\", "&", "[a](x) ",
  "*a* ", "h", "https://a)", "```\n", "# ", " ", "(", "[x](<", "\n- ", "a\n", "| a |\n|---|\n", "`a``",
])("a hundred thousand characters of %j are read to the end", (part) => {
  const text = part.repeat(100_000 / part.length);
  for (const hostile of [text, `${text}a${part.split("").reverse().join("").repeat(20_000)}`]) {
    expect(depthOf(parseMarkdown(hostile))).toBeLessThan(150);
  }
});

it("lists that lie in each other without end are shown as they were written", () => {
  const text = Array.from({ length: 300 }, (_, depth) => `${"  ".repeat(depth)}- ${depth}`).join("\n");
  expect(depthOf(parseMarkdown(text))).toBeLessThan(150);
  expect(JSON.stringify(parseMarkdown(text))).toContain("- 299");
});
