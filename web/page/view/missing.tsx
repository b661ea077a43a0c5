// What keeps an answer from being sent, told at the button that sends it.

import { useLayoutEffect, useRef } from "preact/hooks";

export interface Problem {
  /** The id of the control that mends it. */
  readonly field: string;
  readonly text: string;
}

export const isWrong = (problems: readonly Problem[], id: string) => problems.some(({ field }) => field === id);

interface Props {
  readonly problems: readonly Problem[];
  /** Changes at each attempt to submit: the summary then takes the focus. */
  readonly attempt: number;
  readonly trouble: string;
}

export function Missing({ problems, attempt, trouble }: Props) {
  const summary = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (attempt) summary.current?.focus();
  }, [attempt]);
  return (
    <>
      {problems.length > 0 && (
        <div class="errors" role="alert" tabindex={-1} ref={summary}>
          <h2>Before this can be sent</h2>
          <ul>
            {problems.map(({ field, text }) => (
              <li><a
                href={`#${field}`}
                onClick={(event) => {
                  event.preventDefault();
                  document.getElementById(field)?.focus();
                }}
              >{text}</a></li>
            ))}
          </ul>
        </div>
      )}
      {trouble && <div class="errors" role="alert"><p>{trouble}</p></div>}
    </>
  );
}
