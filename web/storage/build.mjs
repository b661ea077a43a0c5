// The script that each task's page begins with; see page_document.
import { bundle } from "../bundle.mjs";

export default async (write) => {
  const { js } = await bundle("storage/main.ts");
  write("infra/local/labelwright_local/assets/storage.js", `${js}\n`);
};
