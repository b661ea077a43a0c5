// What stands in a line of Markdown: emphasis, code, links. A tree is made, never HTML: markup in a
// text stays text. Time grows with the length, and depth is limited, whatever the text holds.
// CommonMark 0.31 and GitHub's strikethrough and bare addresses; without references to links.

export type Inline =
  | string
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: "em" | "strong" | "del"; readonly inside: readonly Inline[] }
  /** `href` is null where the address is none that may be opened. */
  | { readonly kind: "link"; readonly href: string | null; readonly to: string; readonly inside: readonly Inline[] }
  | { readonly kind: "image"; readonly to: string; readonly inside: readonly Inline[] };

interface Delimiter {
  readonly kind: "delimiter";
  readonly sign: string;
  readonly run: number;
  left: number;
  readonly opens: boolean;
  readonly closes: boolean;
}

interface Bracket {
  readonly kind: "bracket";
  readonly image: boolean;
  /** No link holds another. */
  dead: boolean;
}

type Piece = Inline | Delimiter | Bracket;

/** Emphasis and links that lie deeper in each other are left as they were written. */
const DEEPEST = 16;
/** A longer address is none. */
const LONGEST_ADDRESS = 2_000;
const PUNCTUATION = /[\p{P}\p{S}]/u;
const ESCAPABLE = /[!-/:-@[-`{-~]/;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'", nbsp: "\u00a0", hellip: "\u2026", mdash: "\u2014", ndash: "\u2013",
  times: "\u00d7", copy: "\u00a9",
};
/** What a run of plain text ends at. */
const PLAIN = /[^\\`*_~[\]!<&\nh]+|h/y;
const RUN = /`+|\*+|_+|~+/y;
const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(\w{2,31}));/y;
const AUTOLINK = /<((?:https?:\/\/|mailto:)[^\s<>]*)>/iy;
const BARE = /https?:\/\/[^\s<>"]+/iy;

/** An address that a worker may open; null for any other scheme, and for addresses without one. */
export function safeAddress(address: string): string | null {
  return /^(?:https?:\/\/|mailto:)[^\0-\x20]+$/i.test(address) ? address : null;
}

/** Parse a paragraph's text. */
export function parseInline(text: string): readonly Inline[] {
  const pieces: Piece[] = [];
  const brackets: Bracket[] = [];
  const depths = new Map<unknown, number>();
  const missing = new Set<number>();
  let at = 0;

  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const take = (length: number, piece: Piece = text.slice(at, at + length)) => {
    pieces.push(piece);
    at += length;
  };

  const code = (length: number) => {
    const from = at + length;
    let end = missing.has(length) ? -1 : from;
    while (end >= 0) {
      end = text.indexOf("`".repeat(length), end);
      if (end < 0) break;
      let stop = end;
      while (text[stop] === "`") stop += 1;
      if (stop - end === length) break;
      end = stop;
    }
    if (end < 0) {
      // No run of this length is left in the text: none need be looked for again.
      missing.add(length);
      return take(length);
    }
    const inside = text.slice(from, end).replace(/\n/g, " ");
    const padded = inside.length > 1 && inside.startsWith(" ") && inside.endsWith(" ") && inside.trim();
    return take(end + length - at, { kind: "code", text: padded ? inside.slice(1, -1) : inside });
  };

  const delimiter = (length: number) => {
    const sign = text[at]!;
    const before = characterBefore(text, at);
    const after = at + length < text.length ? String.fromCodePoint(text.codePointAt(at + length)!) : " ";
    const open = !/\s/.test(after) && (!PUNCTUATION.test(after) || /\s/.test(before) || PUNCTUATION.test(before));
    const close = !/\s/.test(before) && (!PUNCTUATION.test(before) || /\s/.test(after) || PUNCTUATION.test(after));
    const word = sign === "_";
    take(length, {
      kind: "delimiter", sign, run: length, left: length,
      opens: open && (!word || !close || PUNCTUATION.test(before)) && (sign !== "~" || length < 3),
      closes: close && (!word || !open || PUNCTUATION.test(after)) && (sign !== "~" || length < 3),
    });
  };

  const closeBracket = () => {
    const bracket = brackets.pop();
    const target = bracket && !bracket.dead ? addressAt(text, at + 1) : null;
    if (!bracket || !target) return take(1);
    const from = pieces.lastIndexOf(bracket);
    const inside = emphasise(pieces.slice(from + 1), depths);
    const depth = 1 + deepest(inside, depths);
    if (depth > DEEPEST) return take(1);
    pieces.length = from;
    const { to, end } = target;
    const link: Inline = bracket.image ? { kind: "image", to, inside }
      : { kind: "link", href: safeAddress(to), to, inside };
    depths.set(link, depth);
    if (!bracket.image) for (const other of brackets) other.dead ||= !other.image;
    return take(end - at, link);
  };

  while (at < text.length) {
    const sign = text[at]!;
    const next = text[at + 1] ?? "";
    if (sign === "\\") {
      if (next === "\n") take(2, { kind: "break" });
      else if (ESCAPABLE.test(next)) take(2, next);
      else take(1);
    } else if (sign === "\n") {
      const last = pieces.at(-1);
      const ended = typeof last === "string" ? last.replace(/ +$/, "") : last;
      if (typeof ended === "string") pieces[pieces.length - 1] = ended;
      if (text.endsWith("  ", at)) take(1, { kind: "break" });
      else take(1);
      while (text[at] === " ") at += 1;
    } else if (sign === "[" || (sign === "!" && next === "[")) {
      const bracket: Bracket = { kind: "bracket", image: sign === "!", dead: false };
      brackets.push(bracket);
      take(sign.length + Number(bracket.image), bracket);
    } else if (sign === "]") {
      closeBracket();
    } else if (sign === "&") {
      const found = match(ENTITY);
      take(found?.[0].length ?? 1, (found && decoded(found)) ?? undefined);
    } else if (sign === "<" || sign === "h") {
      const found = match(sign === "<" ? AUTOLINK : BARE);
      const inWord = sign === "h" && /[\p{L}\p{N}]/u.test(characterBefore(text, at));
      const to = found && !inWord && (sign === "<" ? found[1]! : withoutEnd(found[0]));
      if (to) take(sign === "<" ? to.length + 2 : to.length, { kind: "link", href: safeAddress(to), to, inside: [to] });
      else take(match(PLAIN)?.[0].length ?? 1);
    } else {
      const run = match(RUN)?.[0].length;
      if (!run) take(match(PLAIN)?.[0].length ?? 1);
      else if (sign === "`") code(run);
      else delimiter(run);
    }
  }
  return emphasise(pieces, depths);
}

/** Pair delimiters (CommonMark's own procedure); what finds no partner is text. */
function emphasise(pieces: readonly Piece[], depths: Map<unknown, number>): readonly Inline[] {
  const out: Piece[] = [];
  const openers: number[] = [];
  const open: Record<string, number> = {};
  const drop = (to: number) => {
    while (openers.length > to) open[(out[openers.pop()!] as Delimiter).sign]! -= 1;
  };
  const wrap = (closer: Delimiter): boolean => {
    if (!open[closer.sign]) return false;
    const place = openers.findLastIndex((at) => fits(out[at] as Delimiter, closer));
    if (place < 0) return false;
    const at = openers[place]!;
    const opener = out[at] as Delimiter;
    const inside = joined(out.slice(at + 1));
    const depth = 1 + deepest(inside, depths);
    if (depth > DEEPEST) {
      // Whatever begins before it would lie deeper still.
      drop(0);
      return false;
    }
    const used = closer.sign === "~" ? closer.left : Math.min(opener.left, closer.left, 2);
    const kind = closer.sign === "~" ? "del" : used === 2 ? "strong" : "em";
    drop(place + 1);
    opener.left -= used;
    closer.left -= used;
    if (!opener.left) drop(place);
    out.length = opener.left ? at + 1 : at;
    const made: Inline = { kind, inside };
    depths.set(made, depth);
    out.push(made);
    return true;
  };
  for (const piece of pieces) {
    if (typeof piece === "string" || piece.kind !== "delimiter") {
      out.push(piece);
      continue;
    }
    if (piece.closes) while (piece.left && wrap(piece)) { /* until nothing fits */ }
    if (!piece.left) continue;
    if (piece.opens) {
      openers.push(out.length);
      open[piece.sign] = (open[piece.sign] ?? 0) + 1;
    }
    out.push(piece);
  }
  return joined(out);
}

function fits(opener: Delimiter, closer: Delimiter): boolean {
  if (opener.sign !== closer.sign) return false;
  if (opener.sign === "~") return opener.left === closer.left;
  const odd = (opener.run + closer.run) % 3 === 0 && (opener.run % 3 !== 0 || closer.run % 3 !== 0);
  return !(odd && (opener.closes || closer.opens));
}

/** Signs that mean nothing become text, and texts beside each other one. */
function joined(pieces: readonly Piece[]): readonly Inline[] {
  const out: Inline[] = [];
  for (const piece of pieces) {
    const plain = typeof piece === "string" ? piece
      : piece.kind === "delimiter" ? piece.sign.repeat(piece.left)
      : piece.kind === "bracket" ? (piece.image ? "![" : "[")
      : piece;
    const last = out.at(-1);
    if (typeof plain === "string" && typeof last === "string") out[out.length - 1] = last + plain;
    else out.push(plain);
  }
  return out;
}

function deepest(pieces: readonly Inline[], depths: Map<unknown, number>): number {
  let most = 0;
  for (const piece of pieces) most = Math.max(most, depths.get(piece) ?? 0);
  return most;
}

/** The address in parentheses, with a title or without, and where it ends; null when it is none. */
function addressAt(text: string, from: number): { to: string; end: number } | null {
  if (text[from] !== "(") return null;
  const part = text.slice(from, from + LONGEST_ADDRESS);
  const found = /^\([ \n]*(?:<([^<>\n]*)>|([^\s<][^\s]*)?)/.exec(part)!;
  let end = found[0].length;
  let to = found[1];
  if (to === undefined) {
    const raw = found[2] ?? "";
    let depth = 0;
    let length = 0;
    for (; length < raw.length; length += 1) {
      if (raw[length] === "\\") length += 1;
      else if (raw[length] === "(") depth += 1;
      else if (raw[length] === ")" && (depth -= 1) < 0) break;
    }
    if (depth > 0) return null;
    length = Math.min(length, raw.length);
    end -= raw.length - length;
    to = raw.slice(0, length);
  }
  const rest = /^(?:[ \n]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \n]*\)/.exec(part.slice(end));
  return rest && { to: to.replace(/\\([!-/:-@[-`{-~])/g, "$1"), end: from + end + rest[0].length };
}

function decoded([whole, decimal, hexadecimal, name]: RegExpExecArray): string {
  if (name !== undefined) return ENTITIES[name] ?? whole!;
  const point = decimal === undefined ? parseInt(hexadecimal!, 16) : Number(decimal);
  return point && point <= 0x10_ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : "\ufffd";
}

/** A bare address without the punctuation of the sentence around it. */
function withoutEnd(address: string): string {
  let end = address.length;
  for (; end > 8; end -= 1) {
    const last = address[end - 1]!;
    if (/[?!.,:*_~'"\]]/.test(last)) continue;
    const part = address.slice(0, end);
    if (last !== ")" || part.split(")").length <= part.split("(").length) break;
  }
  return address.slice(0, end);
}

function characterBefore(text: string, at: number): string {
  if (!at) return " ";
  const pair = at > 1 && text.codePointAt(at - 2)! > 0xffff;
  return pair ? text.slice(at - 2, at) : text[at - 1]!;
}
