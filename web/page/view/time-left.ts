// The time that is left for a task, as workers read it.

import { useEffect, useState } from "preact/hooks";

/** Whole minutes left, null where time is not limited; said when it gets short. */
export function useTimeLeft(say: (text: string) => void): [number | null, (seconds: number) => void] {
  const [end, setEnd] = useState<number | null>(null);
  const [minutes, setMinutes] = useState<number | null>(null);
  useEffect(() => {
    if (end === null) return undefined;
    let last = Infinity;
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 60_000));
      if (left < last && [5, 1].includes(left)) say(`${left} min left for this task`);
      last = left;
      setMinutes(left);
    };
    tick();
    const timer = setInterval(tick, 5_000);
    return () => clearInterval(timer);
  }, [end]);
  return [minutes, (seconds) => setEnd(performance.now() + 1_000 * seconds)];
}
