// The time that is left for a task, in words, and when to warn of its end.

/** Say how much time is left, in minutes and seconds, hours where there are any. */
export function timeLeft(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (number: number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Seconds before the end at which people are warned: early enough to finish, and once more. */
const WARNINGS = [300, 60];

/**
 * Return the warning that is due when the time goes from `before` to `now` seconds, else null.
 * Of several that were passed at once, the last.
 */
export function dueWarning(before: number, now: number): string | null {
  const due = WARNINGS.filter((at) => before > at && now <= at && now > 0).pop();
  if (due === undefined) return null;
  const left = Math.max(1, Math.round(now / 60));
  return now < 50
    ? `${Math.floor(now)} seconds are left for this task.`
    : `${left} minute${left === 1 ? " is" : "s are"} left for this task.`;
}
