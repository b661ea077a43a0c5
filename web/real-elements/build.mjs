// The script that is put before the service's own elements; see page_document.
import { bundle } from "../bundle.mjs";

export default async (write) => {
  const { js } = await bundle("real-elements/adapter.ts");
  write("infra/local/labelwright_local/assets/real-elements.js", `${js}\n`);
};
