// What Mechanical Turk takes of a form: its fields by name, all of them texts.
// https://docs.aws.amazon.com/AWSMechTurk/latest/AWSMturkAPI/ApiReference_HTMLQuestionArticle.html

/** What tells the assignment, and is no answer. */
const OWN = new Set(["assignmentId", "hitId", "workerId", "turkSubmitTo"]);

/** Put a form's fields together; of several of one name the texts are joined by "|", as in its results. */
export function answerOf(fields: Iterable<readonly [string, unknown]>): { readonly [name: string]: string } {
  const answer = new Map<string, string>();
  for (const [name, value] of fields) {
    if (OWN.has(name) || typeof value !== "string") continue;
    const before = answer.get(name);
    answer.set(name, before === undefined ? value : `${before}|${value}`);
  }
  return Object.fromEntries(answer);
}
