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

/** What an answer says of shapes that were cut at the image's edge. */
export function cutAnswer(cut: readonly Json[]): { readonly [key: string]: Json } {
  return cut.length === 0 ? {} : { initialValueCut: cut };
}

const MOST_SHOWN = 5;
const MOST_CHARACTERS = 120;

export function LeftOutNotice({ leftOut, cut = [] }: { leftOut: readonly LeftOut[]; cut?: readonly Json[] }) {
  if (leftOut.length + cut.length === 0) return null;
  const rows = leftOut.map(({ reason, item }) => `${shown(item)}: ${reason}`);
  return (
    <div class="notice" role="note">
      {rows.length > 0 && <p>{`Left out of what was marked before, and not shown here: ${rows.length}`}</p>}
      <Rows rows={rows} />
      {cut.length > 0 && <p>{`Cut at the edge of the image, beyond which it went: ${cut.length}`}</p>}
      <Rows rows={cut.map(shown)} />
    </div>
  );
}

function Rows({ rows }: { rows: readonly string[] }) {
  if (rows.length === 0) return null;
  return (
    <ul>
      {rows.slice(0, MOST_SHOWN).map((row, index) => (
        <li key={index}>{row}</li>
      ))}
      {rows.length > MOST_SHOWN && <li>{`and ${rows.length - MOST_SHOWN} more`}</li>}
    </ul>
  );
}

function shown(item: Json): string {
  return JSON.stringify(item).slice(0, MOST_CHARACTERS);
}
