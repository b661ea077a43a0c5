// The worker pages as one file each: templates that need no bucket, because all is inlined.
import { PAGES, parts, template } from "./parts.mjs";

/** The service's preview takes 128,000 characters; half of it is ours. */
const MOST_CHARACTERS = 65_536;

/** @param {(path: string, content: string) => void} write */
export default async function build(write) {
  for (const task of Object.keys(PAGES)) {
    const { js, css } = await parts(task);
    const page = template(task, `<style>${css}</style>`, `<script>${js}</script>`);
    if (page.length > MOST_CHARACTERS) {
      throw new Error(
        `the template of ${task} has ${page.length} characters, over its limit of ${MOST_CHARACTERS}: ` +
          `script ${js.length}, style ${css.length}`,
      );
    }
    write(`templates/${task}/template.liquid.html`, page);
  }
}
