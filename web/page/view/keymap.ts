// The keys of the text, as data: what a key press means, and what the help shows.

export type Command =
  | "next" | "previous" | "other"
  | "startOut" | "startIn" | "endOut" | "endIn"
  | "startOutOne" | "startInOne" | "endOutOne" | "endInOne"
  | "remove" | "undo" | "redo" | "exact"
  | "accept" | "reject" | "acceptAll" | "rejectAll"
  | "submit" | "help" | "leave";

interface Binding {
  readonly command: Command;
  /** Chords as `chordOf` writes them; Mod is Ctrl, or Command on a Mac. */
  readonly chords: readonly string[];
  /** What the help shows. */
  readonly does: string;
  /** Only where the task has suggestions. */
  readonly suggestions?: true;
  /** Works wherever the focus is. */
  readonly everywhere?: true;
}

const BY_ONE = "The same by one character";

export const KEYMAP: readonly Binding[] = [
  { command: "next", chords: ["N", "Alt+ArrowDown"], does: "Go to the next passage" },
  { command: "previous", chords: ["P", "Alt+ArrowUp"], does: "Go to the passage before" },
  { command: "other", chords: ["O"], does: "Where passages overlap: pick another one" },
  { command: "startOut", chords: ["["], does: "Move the start one word back" },
  { command: "endOut", chords: ["]"], does: "Move the end one word on" },
  { command: "startIn", chords: ["Shift+["], does: "Move the start one word on" },
  { command: "endIn", chords: ["Shift+]"], does: "Move the end one word back" },
  { command: "startOutOne", chords: ["Alt+["], does: BY_ONE },
  { command: "endOutOne", chords: ["Alt+]"], does: BY_ONE },
  { command: "startInOne", chords: ["Alt+Shift+["], does: BY_ONE },
  { command: "endInOne", chords: ["Alt+Shift+]"], does: BY_ONE },
  { command: "remove", chords: ["Delete", "Backspace"], does: "Delete the passage" },
  { command: "undo", chords: ["Mod+Z"], does: "Undo" },
  { command: "redo", chords: ["Mod+Shift+Z", "Mod+Y"], does: "Redo" },
  { command: "exact", chords: ["X"], does: "Exact selection on or off: no rounding to whole words" },
  { command: "accept", chords: ["A"], does: "Accept the suggestion", suggestions: true },
  { command: "reject", chords: ["R"], does: "Reject the suggestion", suggestions: true },
  { command: "acceptAll", chords: ["Shift+A"], does: "Accept all suggestions", suggestions: true },
  { command: "rejectAll", chords: ["Shift+R"], does: "Reject all suggestions", suggestions: true },
  { command: "submit", chords: ["Mod+Enter"], does: "Submit (everywhere)", everywhere: true },
  { command: "help", chords: ["?"], does: "Show these keys" },
  { command: "leave", chords: ["Escape"], does: "Leave the text, for the list of passages" },
];

const BY_CHORD = new Map(KEYMAP.flatMap((binding) => binding.chords.map((chord) => [chord, binding] as const)));

/**
 * A key press as a chord, such as `Mod+Shift+Z`, whatever the keyboard's layout: other alphabets and
 * Option's characters count as the key that was pressed, AltGr's as the character that it gives.
 */
export function chordOf(event: KeyboardEvent): string {
  const typed = event.getModifierState("AltGraph");
  const place = /^(?:Key|Digit)(\w)$/.exec(event.code)?.[1]
    ?? { BracketLeft: "[", BracketRight: "]" }[event.code];
  let { key } = event;
  // French keyboards give their digits with Shift, and other signs without.
  const digit = /\d/.test(place ?? "") && !event.shiftKey;
  if (place && !typed && (event.altKey || digit || key === "Process" || !/^[!-~]$/.test(key))) key = place;
  let shift = event.shiftKey;
  if (key === "{" || key === "}") {
    key = key === "{" ? "[" : "]";
    shift = true;
  } else if (/^[^\p{L}[\]]$/u.test(key)) {
    shift = false;
  }
  return [
    !typed && (event.ctrlKey || event.metaKey) && "Mod",
    !typed && event.altKey && "Alt",
    shift && "Shift",
    key.length === 1 ? key.toUpperCase() : key,
  ].filter(Boolean).join("+");
}

/** The command of a chord; outside the text only of those that work everywhere. */
export function commandOf(chord: string, inText: boolean): Command | undefined {
  const binding = BY_CHORD.get(chord);
  return binding && (inText || binding.everywhere) ? binding.command : undefined;
}

const MAC = /Mac|iP(hone|ad)/.test(globalThis.navigator?.platform ?? "");

/** A chord as people write it. */
export function written(chord: string): string {
  return chord
    .replace("Mod", MAC ? "\u2318" : "Ctrl")
    .replace("Alt", MAC ? "Option" : "Alt")
    .replace("ArrowDown", "\u2193")
    .replace("ArrowUp", "\u2191")
    .replace("Escape", "Esc");
}

/** What the help shows: one row for each thing to do. */
export function helpRows(suggestions: boolean): readonly (readonly [string, string])[] {
  const rows = new Map<string, string[]>();
  for (const { chords, does, suggestions: only } of KEYMAP) {
    if (only && !suggestions) continue;
    rows.set(does, [...(rows.get(does) ?? []), ...chords.map(written)]);
  }
  return [...rows].map(([does, chords]) => [chords.join("  or  "), does] as const);
}
