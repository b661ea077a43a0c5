// The worker page as one file: a template that needs no bucket, because all is inlined.
import { parts, template } from "./parts.mjs";

/** The service's preview takes 128,000 characters; half of it is ours. */
const MOST_CHARACTERS = 65_536;

/** @param {(path: string, content: string) => void} write */
export default async function build(write) {
  const { js, css } = await parts();
  const page = template(`<style>${css}</style>`, `<script>${js}</script>`);
  if (page.length > MOST_CHARACTERS) {
    throw new Error(
      `the page's template has ${page.length} characters, over its limit of ${MOST_CHARACTERS}: ` +
        `script ${js.length}, style ${css.length}`,
    );
  }
  write("templates/abstract-entities/template.liquid.html", page);
}
