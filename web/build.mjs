// Build all that is made of the sources here: each folder's build.mjs writes its own files.
// `node build.mjs FOLDER` writes below FOLDER instead of the project, for tests to compare the two.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = resolve(process.argv[2] ?? resolve(here, ".."));

/** Write a file; its path is relative to the project. */
function write(path, content) {
  const file = resolve(target, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

for (const folder of readdirSync(here).sort()) {
  const script = resolve(here, folder, "build.mjs");
  if (folder === "node_modules" || !existsSync(script)) continue;
  const { default: build } = await import(script);
  await build(write);
}
