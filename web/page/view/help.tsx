// The worker's guide, and the keys.

import type { GuideEntry } from "../core/reading.ts";
import { badgeOf, colourOf } from "./marks.ts";
import { helpRows } from "./keymap.ts";

function Examples({ title, sign, of }: { title: string; sign: string; of: readonly string[] }) {
  if (!of.length) return null;
  return (
    <ul class={sign === "\u2713" ? "good" : "bad"} aria-label={title}>
      {of.map((example) => <li><b aria-hidden="true">{sign}</b> <span class="unseen">{title}: </span>{example}</li>)}
    </ul>
  );
}

interface GuideProps {
  readonly task: { readonly instructions: string; readonly guide: readonly GuideEntry[] };
  /** Those that have keys and colours. */
  readonly labels: readonly string[];
}

export function Guide({ task: { instructions, guide }, labels }: GuideProps) {
  return (
    <>
      {instructions && <p class="lines">{instructions}</p>}
      {guide.map(({ label, text, good, bad }: GuideEntry) => (
        <section>
          <h3 class="name" style={`--c:${colourOf(label, labels)}`}>{badgeOf(label, labels)}</h3>
          <p class="lines">{text}</p>
          <Examples title="Right" sign={"\u2713"} of={good} />
          <Examples title="Wrong" sign={"\u2717"} of={bad} />
        </section>
      ))}
    </>
  );
}

export function Keys({ labels, suggestions }: { labels: readonly string[]; suggestions: boolean }) {
  return (
    <>
      <p>They work while the text has the focus.</p>
      <table>
        <tbody>
          <Row keys={`1 to ${Math.min(labels.length, 9)}`} does="Label the selection, or change the label of the passage at the caret" />
          <Row keys="arrows" does="Move the caret; with Shift: select; with Ctrl: by word" />
          {helpRows(suggestions).map(([keys, does]) => <Row key={does} keys={keys} does={does} />)}
        </tbody>
      </table>
      <p>
        With the mouse: drag over a passage, or click its start and Shift+click its end, then press its label.
        Without dragging: press <b>Extend</b>, then click where the passage ends. A selection grows to whole
        words without blanks and punctuation at its ends, unless <b>Exact</b> is on.
      </p>
    </>
  );
}

export function Row({ keys, does }: { keys: string; does: string }) {
  return (
    <tr>
      <th scope="row">{keys.split("  or  ").map((key, n) => <>{n > 0 && " or "}<kbd>{key}</kbd></>)}</th>
      <td>{does}</td>
    </tr>
  );
}
