// One question of the answer: labels to choose from, or a text to write. Controls have `form="none"`:
// no form owns them, so that they neither get into the answer beside it nor submit it on Enter.

import type { Question } from "../core/reading.ts";
import { isWrong, type Problem } from "./missing.tsx";

interface Props {
  readonly question: Question;
  readonly value: string;
  /** Those of this question are marked. */
  readonly problems: readonly Problem[];
  readonly onValue: (value: string) => void;
}

/** What is wrong with a required question that has no answer. */
export function unanswered({ name, title, labels }: Question): Problem {
  return labels ? { field: `ask-${name}-0`, text: `${title}${/[?.!:]$/.test(title) ? "" : ":"} Choose an answer.` }
    : { field: `ask-${name}`, text: `${title}: write an answer.` };
}

export function Ask({ question, value, problems, onValue }: Props) {
  const { name, title, hint, required, labels } = question;
  if (labels) {
    return <Choices {...{ question, problems }} options={labels.map((label) => [label, label])} chosen={[value]} onChoose={onValue} />;
  }
  return (
    <>
      <label for={`ask-${name}`}>{title} {!required && <span class="soft">(optional)</span>}</label>
      {helpOf(question)}
      <textarea
        id={`ask-${name}`} form="none" rows={2} dir="auto" value={value} aria-describedby={hint && `ask-${name}-help`}
        aria-invalid={isWrong(problems, `ask-${name}`)} aria-required={required}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </>
  );
}

interface ChoicesProps {
  /** Only where one is chosen can a reader be told that it is required. */
  readonly question: Omit<Question, "required"> & { readonly required: boolean | undefined };
  /** Each label, and what it is called. */
  readonly options: readonly (readonly [string, string])[];
  readonly chosen: readonly string[];
  readonly problems: readonly Problem[];
  readonly onChoose: (label: string, chosen: boolean) => void;
  /** Boxes to tick instead of radios: several may be chosen. */
  readonly many?: boolean;
  /** Show the numbers of the options, which choose them. */
  readonly keys?: boolean;
}

export function Choices({ question, options, chosen, problems, onChoose, many, keys }: ChoicesProps) {
  const { name, title, hint, required } = question;
  const wrong = isWrong(problems, `ask-${name}-0`);
  return (
    <fieldset
      role={many ? "group" : "radiogroup"} aria-required={required} aria-invalid={wrong || undefined}
      aria-describedby={hint && `ask-${name}-help`} class={wrong ? "wrong" : ""}
    >
      <legend>{title}</legend>
      {helpOf(question)}
      {options.map(([label, called], place) => (
        <label class="choice" data-key={keys && place + 1}>
          <input
            type={many ? "checkbox" : "radio"} name={`labelwright-${name}`} form="none" id={`ask-${name}-${place}`} value={label}
            checked={chosen.includes(label)} onChange={(event) => onChoose(label, event.currentTarget.checked)}
          /> {called}
        </label>
      ))}
    </fieldset>
  );
}

const helpOf = ({ name, hint }: Pick<Question, "name" | "hint">) => hint && <p class="soft" id={`ask-${name}-help`}>{hint}</p>;
