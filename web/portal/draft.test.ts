import { expect, test, vi } from "vitest";
import { Drafts } from "./draft.ts";

test("only the newest draft is sent, once it has been quiet", async () => {
  vi.useFakeTimers();
  const sent: string[] = [];
  const drafts = new Drafts(async (draft) => sent.push(draft) > 0);
  for (const text of ["a", "ab", "abc"]) drafts.put(text);
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toEqual(["abc"]);
  vi.useRealTimers();
});

test("a draft that did not arrive is sent again, unless a newer one has come", async () => {
  vi.useFakeTimers();
  const sent: string[] = [];
  const drafts = new Drafts(async (draft) => sent.push(draft) > 2);
  drafts.put("a");
  await vi.advanceTimersByTimeAsync(900);
  drafts.put("b");
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toEqual(["a", "b", "b"]);
  vi.useRealTimers();
});

test("what was dropped is not sent", async () => {
  const sent: string[] = [];
  const drafts = new Drafts(async (draft) => sent.push(draft) > 0, 1);
  drafts.put("a");
  drafts.drop();
  await drafts.flush();
  expect(sent).toEqual([]);
});
