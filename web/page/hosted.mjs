// A worker page for those who host its files: `node page/hosted.mjs BASE_URL FOLDER [TASK]` writes a
// script and a style whose names carry their hash, and a template that loads them from BASE_URL and
// lets the browser check them (subresource integrity). The host must send Access-Control-Allow-Origin.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { PAGES, parts, template } from "./parts.mjs";

const [base, folder, task = "abstract-entities"] = process.argv.slice(2);
if (!folder || !Object.hasOwn(PAGES, task) || !/^https:\/\/[^\s"'<>{}]+$/.test(base)) {
  console.error(`usage: node page/hosted.mjs BASE_URL FOLDER [TASK]\nBASE_URL begins with https://, TASK is one of ${Object.keys(PAGES).join(", ")}`);
  process.exit(2);
}

const hash = (algorithm, content, encoding) => createHash(algorithm).update(content).digest(encoding);

/** Write a file under a name with its hash; return the attributes that load and check it. */
function host(content, ending, attribute) {
  const name = `labelwright-page.${hash("sha256", content, "hex").slice(0, 16)}.${ending}`;
  writeFileSync(resolve(folder, name), content);
  const address = `${base.replace(/\/+$/, "")}/${name}`;
  return `${attribute}="${address}" integrity="sha384-${hash("sha384", content, "base64")}" crossorigin="anonymous"`;
}

mkdirSync(folder, { recursive: true });
const { js, css } = await parts(task);
const page = template(
  task,
  `<link rel="stylesheet" ${host(css, "css", "href")}>`,
  `<script ${host(js, "js", "src")}></script>`,
);
writeFileSync(resolve(folder, "template.liquid.html"), page);
