import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Drafts, SHORT, type Outcome } from "./draft.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Drafts that go nowhere: what was sent, and what becomes of it, `kept` where nothing is said. */
function sending(...outcomes: Outcome[]): { drafts: Drafts; sent: string[] } {
  const sent: string[] = [];
  const drafts = new Drafts(async (draft) => outcomes[sent.push(draft) - 1] ?? "kept");
  return { drafts, sent };
}

test("only the newest draft is sent, once it has been quiet", async () => {
  const { drafts, sent } = sending();
  for (const text of ["a", "ab", "abc"]) drafts.put(text);
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toEqual(["abc"]);
});

test("a draft that did not arrive is sent again, unless a newer one has come", async () => {
  const { drafts, sent } = sending("again", "again");
  drafts.put("a");
  await vi.advanceTimersByTimeAsync(900);
  drafts.put("b");
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toEqual(["a", "b", "b"]);
});

test("what was dropped is not sent", async () => {
  const { drafts, sent } = sending();
  drafts.put("a");
  drafts.drop();
  await drafts.flush();
  expect(sent).toEqual([]);
});

test("whoever never pauses has their work saved all the same", async () => {
  const { drafts, sent } = sending();
  for (let second = 0; second < 60; second += 0.1) {
    drafts.put(String(second));
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(sent.length).toBeGreaterThan(9);
  expect(sent.length).toBeLessThan(15);
});

test("however much a page has kept, the server writes a million characters a second at most", async () => {
  const { drafts, sent } = sending();
  const large = "x".repeat(4_000_000);
  for (let second = 0; second < 60; second += 1) {
    drafts.put(large + second);
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(sent.length).toBeLessThanOrEqual(16);
  expect(sent.length).toBeGreaterThan(10);
});

test("work is at risk when it was refused, did not arrive, or is too much to send while leaving", async () => {
  const { drafts } = sending("kept", "again", "kept", "refused");
  expect(drafts.atRisk).toBe(false);
  drafts.put("short");
  expect(drafts.atRisk).toBe(false);
  await drafts.flush();
  drafts.put("away");
  await drafts.flush();
  expect(drafts.atRisk).toBe(true);
  await drafts.flush();
  expect(drafts.atRisk).toBe(false);
  drafts.put("x".repeat(SHORT));
  expect(drafts.atRisk).toBe(true);
  await drafts.flush();
  expect(drafts.atRisk).toBe(true);
  drafts.put("short");
  await drafts.flush();
  expect(drafts.atRisk).toBe(false);
});

test("a page that is being left sends what was on its way once more", async () => {
  const sent: [string, boolean][] = [];
  const drafts = new Drafts((draft, last) => {
    sent.push([draft, last]);
    return new Promise(() => undefined);
  });
  drafts.put("a");
  void drafts.flush();
  await vi.advanceTimersByTimeAsync(1);
  void drafts.flush(true);
  expect(sent).toEqual([["a", false], ["a", true]]);
});
