import { bundle } from "../bundle.mjs";

/** What is built: each one classic script, its styles inside. */
const SCRIPTS = {
  "main.ts": "crowd-elements.js",
  // What pages with a form of Mechanical Turk begin with; see page_document.
  "mturk/main.ts": "mturk-form.js",
};

export default async function build(write) {
  for (const [source, name] of Object.entries(SCRIPTS)) {
    const { js, css } = await bundle(`crowd/${source}`);
    if (css !== "") throw new Error("crowd/: styles are imported with ?raw, so that the script holds them");
    write(`infra/local/labelwright_local/assets/${name}`, `${js}\n`);
  }
}
