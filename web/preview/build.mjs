// The page of `labelwright preview`: its script, and its style as it is.
import { readFileSync } from "node:fs";
import { bundle } from "../bundle.mjs";

const ASSETS = "infra/local/labelwright_local/assets";

export default async (write) => {
  const { js } = await bundle("preview/preview.ts");
  write(`${ASSETS}/preview.js`, `${js}\n`);
  write(`${ASSETS}/preview.css`, readFileSync(new URL("preview.css", import.meta.url), "utf8"));
};
