// The script that pages with a form of Mechanical Turk begin with; see page_document.
import { bundle } from "../bundle.mjs";

export default async (write) => {
  const { js } = await bundle("mturk/main.ts");
  write("infra/local/labelwright_local/assets/mturk-form.js", `${js}\n`);
};
