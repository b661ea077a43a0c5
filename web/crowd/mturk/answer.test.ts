import { expect, it } from "vitest";
import { answerOf } from "./answer.ts";

it("takes the fields as texts, several of one name joined, and not the assignment", () => {
  const fields = [["assignmentId", "A"], ["kind", "cat"], ["tags", "a"], ["note", ""], ["tags", "b"], ["file", {}]] as const;
  expect(answerOf(fields)).toEqual({ kind: "cat", tags: "a|b", note: "" });
});

it("takes a field of any name", () => {
  expect(Object.entries(answerOf([["__proto__", "x"]]))).toEqual([["__proto__", "x"]]);
});
