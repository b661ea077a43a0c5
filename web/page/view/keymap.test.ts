import { expect, test } from "vitest";

import { chordOf, commandOf, helpRows, KEYMAP } from "./keymap.ts";

type Press = { key: string; code?: string; alt?: boolean; ctrl?: boolean; meta?: boolean; shift?: boolean; altGr?: boolean };

/** A key press, as the browser tells it. */
function press({ key, code = "", alt, ctrl, meta, shift, altGr }: Press): KeyboardEvent {
  return {
    key, code, altKey: !!alt, ctrlKey: !!ctrl, metaKey: !!meta, shiftKey: !!shift,
    getModifierState: (name: string) => name === "AltGraph" && !!altGr,
  } as unknown as KeyboardEvent;
}

test.each<[Press, string]>([
  [{ key: "z", code: "KeyZ", ctrl: true }, "Mod+Z"],
  [{ key: "Z", code: "KeyZ", ctrl: true, shift: true }, "Mod+Shift+Z"],
  [{ key: "z", code: "KeyZ", meta: true }, "Mod+Z"],
  [{ key: "?", code: "Slash", shift: true }, "?"],
  [{ key: "{", code: "BracketLeft", shift: true }, "Shift+["],
  [{ key: "1", code: "Numpad1" }, "1"],
])("a press of %o is %s", (given, chord) => expect(chordOf(press(given))).toBe(chord));

test("AltGr gives its character, as German keyboards need for brackets", () => {
  expect(chordOf(press({ key: "[", code: "Digit8", ctrl: true, alt: true, altGr: true }))).toBe("[");
  expect(chordOf(press({ key: "{", code: "Digit7", ctrl: true, alt: true, altGr: true }))).toBe("Shift+[");
});

test("other alphabets, Option's characters and input methods count by the key's place", () => {
  expect(chordOf(press({ key: "\u0442", code: "KeyN" }))).toBe("N");
  expect(chordOf(press({ key: "\u201c", code: "BracketLeft", alt: true }))).toBe("Alt+[");
  expect(chordOf(press({ key: "Process", code: "Digit1" }))).toBe("1");
});

test("French keyboards label with their digits, with and without Shift", () => {
  expect(chordOf(press({ key: "&", code: "Digit1" }))).toBe("1");
  expect(chordOf(press({ key: "1", code: "Digit1", shift: true }))).toBe("1");
});

test("the number pad without Num Lock moves the caret", () => {
  expect(chordOf(press({ key: "End", code: "Numpad1" }))).toBe("End");
});

test("no chord has two meanings, and each command is in the help", () => {
  const chords = KEYMAP.flatMap((binding) => binding.chords);
  expect(new Set(chords).size).toBe(chords.length);
  const shown = new Set(helpRows(true).map(([, does]) => does));
  expect(KEYMAP.filter(({ does }) => !shown.has(does))).toEqual([]);
});

test("outside the text only submitting has a key", () => {
  const found = KEYMAP.flatMap((binding) => binding.chords).filter((chord) => commandOf(chord, false));
  expect(found).toEqual(["Mod+Enter"]);
});
