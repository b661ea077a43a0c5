import { expect, test } from "vitest";
import { dueWarning, timeLeft } from "./timer.ts";

test("time is told in minutes and seconds, never below nothing", () => {
  expect([3725, 299.9, 60, 9, -5].map(timeLeft)).toEqual(["1:02:05", "4:59", "1:00", "0:09", "0:00"]);
});

test("each warning comes once, however the clock ticks", () => {
  for (const step of [0.9, 1, 7]) {
    const told = [];
    for (let left = 400; left > -10; left -= step) told.push(dueWarning(left, left - step));
    expect(told.filter((text) => text !== null)).toEqual([
      "5 minutes are left for this task.",
      "1 minute is left for this task.",
    ]);
  }
});

test("a task that begins late begins with the warning that is due", () => {
  expect(dueWarning(Infinity, 200)).toBe("3 minutes are left for this task.");
  expect(dueWarning(Infinity, 30)).toBe("30 seconds are left for this task.");
  expect(dueWarning(Infinity, 3000)).toBe(null);
  expect(dueWarning(Infinity, -1)).toBe(null);
});
