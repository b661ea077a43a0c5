import fc from "fast-check";
import { expect, test } from "vitest";
import { EMPTY, faultOf, readPairs, wired, withReference, withTag, words, type Limits } from "./pairs.ts";

const TEXT = "The forest lies in nine nations. Most of it is Brazil's.";
const limits: Limits = { pairs: [1, 2], question: [1, 4], answer: [2, undefined] };
const pair = { ...EMPTY, question: "Where is it?", answer: "nine nations" };

test("words are counted as people count them", () => {
  expect([" ", "one", " two  words\n"].map(words)).toEqual([0, 1, 2]);
});

test("the first thing that is missing, or too long, is named with its place", () => {
  expect(faultOf([pair], limits)).toBeNull();
  expect(faultOf([pair, { ...pair, answer: "nine" }], limits)).toEqual({ text: "please write answer 2, at least 2 words.", pair: 1, part: "answer" });
  expect(faultOf([{ ...pair, question: "a b c d e" }], limits)?.text).toBe("question 1 has 5 words, at most 4 are allowed.");
  expect(faultOf([], limits)?.text).toBe("please write at least 1 question.");
  expect(faultOf([pair, pair, pair], limits)?.text).toBe("there are 3 questions, at most 2 are allowed.");
});

test("a passage is kept once, without blanks at its ends, in the order of the text", () => {
  const one = withReference(EMPTY, TEXT, { start: 19, end: 32 });
  const two = withReference(one, TEXT, { start: 3, end: 11 });
  expect(two.references.map(({ start, end }) => TEXT.slice(start, end))).toEqual(["forest", "nine nations."]);
  expect(withReference(two, TEXT, { start: 4, end: 10 })).toBe(two);
  expect(withReference(two, TEXT, { start: 3, end: 4 })).toBe(two);
});

test("a tag that is there goes, any other comes", () => {
  expect(withTag(withTag(EMPTY, "Why"), "Who").tags).toEqual(["Why", "Who"]);
  expect(withTag(withTag(EMPTY, "Why"), "Why").tags).toEqual([]);
});

test("answers are read again, and nothing else becomes a passage outside of the text", () => {
  const full = withReference(withTag(pair, "Where"), TEXT, { start: 4, end: 10 });
  expect(readPairs({ questionAnswerPairs: [wired(TEXT, full)] }, TEXT)).toEqual([full]);
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const { references } of readPairs([value, { textReferences: [value] }], TEXT)) {
        for (const { start, end } of references) expect(start >= 0 && start < end && end <= TEXT.length).toBe(true);
      }
    }),
  );
});
