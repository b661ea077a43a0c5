// One classic script (IIFE) with its styles, from one entry: what can be inlined into a template.
import { fileURLToPath } from "node:url";
import { build } from "vite";

/**
 * Bundle an entry below web/ and return its code, written nowhere.
 *
 * The result is ASCII only, so that no page's encoding can change it.
 *
 * @param {string} entry path below web/
 * @returns {Promise<{js: string, css: string}>}
 */
export async function bundle(entry) {
  const output = await build({
    root: fileURLToPath(new URL(".", import.meta.url)),
    configFile: false,
    logLevel: "warn",
    // Calls of h(), not of the newer jsx(): the same page, shorter.
    oxc: {
      jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" },
      jsxInject: 'import { h, Fragment } from "preact"',
    },
    build: {
      write: false,
      target: "es2022",
      minify: true,
      cssMinify: true,
      modulePreload: false,
      // Else Vite lets an IIFE bring its styles itself.
      cssCodeSplit: false,
      rollupOptions: { input: entry, output: { format: "iife" } },
    },
  });
  const [result] = Array.isArray(output) ? output : [output];
  const scripts = result.output.filter((part) => part.type === "chunk");
  const styles = result.output.filter((part) => part.type === "asset" && part.fileName.endsWith(".css"));
  if (scripts.length !== 1) throw new Error(`${entry}: ${scripts.length} scripts instead of one`);
  return {
    js: scripts[0].code.trim().replace(/[^\0-\x7f]/g, (unit) => `\\u${hex(unit.charCodeAt(0))}`),
    css: withoutUnused(styles.map((style) => String(style.source).replace(/\/\*\$vite\$:\d+\*\//, "").trim()).join(""))
      .replace(/[^\0-\x7f]/gu, (character) => `\\${hex(character.codePointAt(0))} `),
  };
}

/** The stand-in for light-dark() comes with every color-scheme, also where nothing reads it. */
function withoutUnused(css) {
  return css.includes("var(--lightningcss") ? css : css.replace(/--lightningcss-(?:light|dark): ?(?:initial)?;/g, "");
}

function hex(number) {
  return number.toString(16).padStart(4, "0");
}
