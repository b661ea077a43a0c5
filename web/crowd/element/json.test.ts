import { expect, test } from "vitest";
import { exclusionOf, labelsOf, parseAttribute } from "./json.ts";

test("attributes are read as template authors write JSON", () => {
  expect(parseAttribute("labels", "['a', \"b\",]")).toEqual(["a", "b"]);
  expect(parseAttribute("initial-value", "[{ label: 'x', left: 1, }, ]")).toEqual([{ label: "x", left: 1 }]);
  expect(parseAttribute("labels", " ")).toBeUndefined();
});

test("an attribute that is no JSON is named", () => {
  expect(() => parseAttribute("labels", "[cat]")).toThrow(/^attribute labels is not JSON: /);
  expect(() => labelsOf("labels", "cat")).toThrow("attribute labels is not a JSON array");
  expect(() => labelsOf("labels", [{}])).toThrow('neither a text nor an object with "label"');
});

test("labels are texts, or objects with names to show; each counts once", () => {
  const given = ["a", { label: "b", fullDisplayName: "Bee", shortDisplayName: "B" }, { label: "c", longDisplayName: "Sea" }, "a"];
  expect(labelsOf("labels", given)).toEqual([
    { label: "a", full: "a", short: "a" },
    { label: "b", full: "Bee", short: "B" },
    { label: "c", full: "Sea", short: "c" },
  ]);
});

test("the exclusion category is an object's text, or a text", () => {
  expect(exclusionOf("{ text: 'None' }")).toBe("None");
  expect(exclusionOf("None")).toBe("None");
  expect(exclusionOf(null)).toBeNull();
});
