// What every output of the pages is made of: a page's script and style, checked for what a Liquid
// template or an HTML parser would take for its own, and the template they are put into.
import { readFileSync } from "node:fs";

import { bundle } from "../bundle.mjs";

/** What may not stand in an inlined part: Liquid's marks, and what ends or changes a script. */
const FORBIDDEN = ["{{", "{%", "</script", "</style", "<!--"];

/** The pages by the task that they are of: where each begins, and what its element tells it besides. */
export const PAGES = {
  "abstract-entities": {
    entry: "abstract-entities.ts",
    before: "{% assign scheme = task.input.taskObject | slice: 0, 5 %}\n",
    attribute: `\n       data-image="{% if scheme == 's3://' %}{{ task.input.taskObject | grant_read_access }}{% endif %}"`,
  },
  "text-entities": { entry: "text-entities.ts", before: "", attribute: "" },
  "response-comparison": { entry: "response-comparison.tsx", before: "", attribute: ' data-page="comparison"' },
};

/** @returns {Promise<{js: string, css: string}>} the bundle of a task's page. */
export async function parts(task) {
  const { js, css } = await bundle(`page/${PAGES[task].entry}`);
  check(`the script of ${task}`, js);
  check(`the style of ${task}`, css);
  return { js, css };
}

/**
 * Throw when a part holds what it must not, saying what and where.
 *
 * @param {string} name
 * @param {string} content
 */
export function check(name, content) {
  for (const mark of FORBIDDEN) {
    const at = content.toLowerCase().indexOf(mark);
    if (at >= 0) throw new Error(`${name} holds '${mark}' ${place(content, at)}: write it otherwise`);
  }
  const at = content.search(/[^\0-\x7f]/);
  if (at >= 0) throw new Error(`${name} holds a character that is not ASCII ${place(content, at)}`);
}

function place(content, at) {
  const around = content.slice(Math.max(0, at - 30), at + 30);
  return `at character ${at}, in ${JSON.stringify(around)}`;
}

/**
 * A task's template with its slots filled. Its one control with a name is the answer; the page's own
 * controls belong to no form, so that nothing else gets into it.
 *
 * @param {string} task
 * @param {string} style the element that brings the style
 * @param {string} script the element that brings the script
 */
export function template(task, style, script) {
  const { before, attribute } = PAGES[task];
  const slots = { style, script, before, attribute };
  const source = readFileSync(new URL("template.html.in", import.meta.url), "utf-8");
  return source.replace(/@@(\w+)@@/g, (_, name) => slots[name]);
}
