// The portal's own scripts, one for each kind of page; loaded as files, for its policy forbids
// inline ones.
import { bundle } from "../bundle.mjs";

const ASSETS = "infra/local/labelwright_local/assets";

export default async function build(write) {
  for (const name of ["task", "live", "outbox", "invited"]) {
    const { js } = await bundle(`portal/${name}_page.ts`);
    write(`${ASSETS}/portal-${name}.js`, `${js}\n`);
  }
}
