import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const WEB = fileURLToPath(new URL(".", import.meta.url));

/** The rooms of each part, "" for its top: one may import those before it, none of its own row. */
const PARTS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  crowd: [["element"], ["display"], ["form"], ["drafts", "widget"], ["classifiers", "text", "pictures", "mturk"], ["masks"], [""]],
  page: [["core"], ["view"], [""]],
  portal: [[""]],
  preview: [[""]],
  "real-elements": [[""]],
  storage: [[""]],
};

/** What all parts may import: it builds them. */
const SHARED = "bundle.mjs";

/** What is wrong with one file's import of another, both paths below web/; null: nothing. */
function fault(from: string, to: string): string | null {
  if (to === SHARED || dirname(from) === dirname(to)) return null;
  const [here, there] = [from, to].map((path) => {
    const [part = "", ...rest] = dirname(path).split("/");
    return { part, rank: (PARTS[part] ?? []).findIndex((row) => row.includes(rest.join("/"))) };
  });
  const sound = here && there && here.part === there.part && there.rank >= 0 && there.rank < here.rank;
  return sound ? null : `${from} imports ${to}`;
}

const sources = Object.keys(PARTS).flatMap((part) =>
  readdirSync(join(WEB, part), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(tsx?|mjs)$/.test(name))
    .map((name) => join(part, name)),
);

it("parts and rooms are those named here", () => {
  const parts = readdirSync(WEB, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const named = parts.map(({ name }) => name).filter((name) => !["node_modules", "screenshots"].includes(name));
  expect(named.sort()).toEqual(Object.keys(PARTS).sort());
  for (const [part, rows] of Object.entries(PARTS)) {
    const rooms = sources.filter((file) => file.startsWith(`${part}/`)).map((file) => dirname(file).slice(part.length + 1));
    expect([...new Set(rooms)].sort(), part).toEqual(rows.flat().sort());
  }
});

it("a room imports only rooms before it, and no other part", () => {
  const faults = sources.flatMap((file) =>
    [...readFileSync(join(WEB, file), "utf8").matchAll(/(?:from|import|import\()\s*"(\.[^"?]+)/g)].map(([, to = ""]) =>
      fault(file, normalize(join(dirname(file), to))),
    ),
  );
  expect(faults.length).toBeGreaterThan(100);
  expect(faults.filter(Boolean)).toEqual([]);
});

it("a way back, across a row or to another part is a fault", () => {
  expect(fault("crowd/text/entity.tsx", "crowd/widget/widget.ts")).toBeNull();
  expect(fault("crowd/widget/widget.ts", "crowd/text/entity.tsx")).not.toBeNull();
  expect(fault("crowd/text/entity.tsx", "crowd/pictures/shapes.ts")).not.toBeNull();
  expect(fault("crowd/text/spans.ts", "page/core/spans.ts")).not.toBeNull();
  expect(fault("page/main.tsx", "portal/draft.ts")).not.toBeNull();
});
