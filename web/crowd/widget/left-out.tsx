// What of `initial-value` could not be shown: told to the worker, and written into the answer.
import type { Json } from "../element/json.ts";

export interface LeftOut {
  readonly reason: string;
  readonly item: Json;
}

export const UNDECLARED = "its label is not among those to choose from";

/** What an answer says of it: nothing where nothing was left out. */
export function leftOutAnswer(leftOut: readonly LeftOut[]): { readonly [key: string]: Json } {
  return leftOut.length === 0 ? {} : { initialValueLeftOut: leftOut.map(({ reason, item }) => ({ reason, item })) };
}

const MOST_SHOWN = 5;
const MOST_CHARACTERS = 120;

export function LeftOutNotice({ leftOut }: { leftOut: readonly LeftOut[] }) {
  if (leftOut.length === 0) return null;
  return (
    <div class="notice" role="note">
      <p>{`Left out of what was marked before, and not shown here: ${leftOut.length}`}</p>
      <ul>
        {leftOut.slice(0, MOST_SHOWN).map(({ reason, item }, index) => (
          <li key={index}>{`${JSON.stringify(item).slice(0, MOST_CHARACTERS)}: ${reason}`}</li>
        ))}
        {leftOut.length > MOST_SHOWN && <li>{`and ${leftOut.length - MOST_SHOWN} more`}</li>}
      </ul>
    </div>
  );
}
