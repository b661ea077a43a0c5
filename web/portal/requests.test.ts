import { expect, test } from "vitest";
import { newToken, patience, pause, send } from "./requests.ts";

const reply = (status: number, body: string) => ({ fetch: async () => new Response(body, { status }) });

test("what became of a request is told apart, and nothing is thrown", async () => {
  const kinds = [
    [200, "{}", "done"],
    [200, "no json", "unreachable"],
    [400, '{"error": "e"}', "refused"],
    [401, "", "signed-out"],
    [403, "", "signed-out"],
    [408, "too slow", "unreachable"],
    [413, "too large", "refused"],
    [429, "", "unreachable"],
    [500, "", "unreachable"],
    [503, "", "unreachable"],
  ] as const;
  for (const [status, body, kind] of kinds) {
    expect((await send("/x", "csrf", {}, reply(status, body))).kind).toBe(kind);
  }
  const failing = { fetch: () => Promise.reject(new TypeError("offline")) };
  expect((await send("/x", "csrf", {}, failing)).kind).toBe("unreachable");
});

test("a long answer has the time that a poor network takes for it", () => {
  expect(patience(0)).toBeGreaterThan(30_000);
  // The server waits a second for each 8 KiB.
  expect(patience(6_000_000)).toBeGreaterThan(30_000 + (6_000_000 / 8192) * 1000);
});

test("a refusal comes with its reason", async () => {
  expect(await send("/x", "csrf", {}, reply(400, '{"error": "too long"}'))).toEqual({ kind: "refused", reason: "too long" });
  expect(await send("/x", "csrf", {}, reply(413, ""))).toEqual({ kind: "refused", reason: "The answer is too large." });
});

test("tries come further and further apart, but never stop", () => {
  expect([0, 1, 2, 3, 4, 50].map(pause)).toEqual([1, 2, 4, 8, 15, 15]);
  expect(new Set(Array.from({ length: 100 }, newToken)).size).toBe(100);
});
