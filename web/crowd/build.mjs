import { bundle } from "../bundle.mjs";

/** The stand-in crowd elements: one classic script, its styles inside. */
export default async function build(write) {
  const { js, css } = await bundle("crowd/main.ts");
  if (css !== "") throw new Error("crowd/: styles are imported with ?raw, so that the script holds them");
  write("infra/local/labelwright_local/assets/crowd-elements.js", `${js}\n`);
}
