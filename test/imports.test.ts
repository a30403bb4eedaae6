import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));
const library = join(packages, "whetstone/src");

/** The house in the order data flows: a layer imports only from layers above it in this list, or from its own. */
const LAYERS: readonly (readonly string[])[] = [
  ["errors"],
  ["kernels"],
  ["math"],
  ["contract"],
  ["data", "datasets", "metrics", "stats", "information", "tensor"],
  [], // every other folder: the families
  ["registry"],
  ["index"],
];
const FAMILIES = 5;
const layerOf = (folder: string): number => {
  const found = LAYERS.findIndex((names) => names.includes(folder));
  return found < 0 ? FAMILIES : found;
};

interface Import {
  readonly from: string;
  readonly target: string;
  readonly dynamic: boolean;
}

function sources(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter(
      (file) =>
        /\.tsx?$/.test(file) &&
        !/\.test\.tsx?$/.test(file) &&
        !/(^|\/)(generated|assembly|node_modules|dist)\//.test(file),
    );
}

function importsOf(root: string, file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found: Import[] = [];
  for (const m of text.matchAll(
    /(?:^(?:import|export)\s(?!type\s)[^;"]*?from|^import)\s+"([^"]+)"|(?<!typeof )import\("([^"]+)"\)/gm,
  )) {
    found.push({ from: file, target: (m[1] ?? m[2])!, dynamic: m[2] !== undefined });
  }
  return found;
}

const all = sources(library).flatMap((file) => importsOf(library, file));
const folderOf = (file: string) =>
  file.includes("/") ? file.slice(0, file.indexOf("/")) : file.replace(/\.ts$/, "");
const inside = all
  .filter((i) => i.target.startsWith("."))
  .map((i) => ({ ...i, path: normalize(join(dirname(i.from), i.target)).replaceAll("\\", "/") }));

test("the library imports nothing but itself", () => {
  expect(all.filter((i) => !i.target.startsWith("."))).toEqual([]);
});

test("imports of the library point one way", () => {
  // The worker that fits elsewhere needs every class; it is reached by a dynamic import, when asked for.
  const wrong = inside.filter((i) => layerOf(folderOf(i.path)) > layerOf(folderOf(i.from)) && !i.dynamic);
  expect(wrong).toEqual([]);
});

test("a folder is entered through its index", () => {
  const wrong = inside.filter(
    (i) =>
      folderOf(i.path) !== folderOf(i.from) &&
      layerOf(folderOf(i.from)) >= 4 &&
      layerOf(folderOf(i.path)) >= 4 &&
      !/^[^/]+\/index\.ts$/.test(i.path),
  );
  expect(wrong).toEqual([]);
});

test("folders of the library do not import each other in a circle", () => {
  const next = new Map<string, Set<string>>();
  for (const i of inside.filter((i) => !i.dynamic && folderOf(i.path) !== folderOf(i.from))) {
    next.set(folderOf(i.from), (next.get(folderOf(i.from)) ?? new Set()).add(folderOf(i.path)));
  }
  const circles: string[] = [];
  const visit = (folder: string, path: readonly string[]) => {
    if (path.includes(folder)) {
      circles.push([...path.slice(path.indexOf(folder)), folder].join(" -> "));
      return;
    }
    for (const other of next.get(folder) ?? []) visit(other, [...path, folder]);
  };
  for (const folder of next.keys()) visit(folder, []);
  expect([...new Set(circles)]).toEqual([]);
});

test.each([
  ["sheet", /^(whetstone\/|node:|\.)/],
  [
    "studio",
    new RegExp(
      `^(${[
        ...["@whetstone/sheet", "whetstone/", "virtual:", "node:", "\\."],
        ...["preact", "@preact/", "@observablehq/plot", "katex", "vite$"],
        // Find; the drill; edited code.
        ...[
          "minisearch$",
          "ts-fsrs$",
          "idb$",
          "sucrase$",
          "codemirror$",
          "@codemirror/",
          "@lezer/highlight$",
        ],
      ].join("|")})`,
    ),
  ],
  ["cli", /^(@whetstone\/(sheet|studio)|whetstone|commander$|node:|\.)/],
])("package %s imports only what stands before it", (name, allowed) => {
  const root = join(packages, name, "src");
  const wrong = sources(root)
    .flatMap((file) => importsOf(root, file))
    .filter((i) => !allowed.test(i.target));
  expect(wrong).toEqual([]);
});

test("cards reach the library only by its public chapters", () => {
  const root = join(packages, "sheet/src/cards");
  const wrong = sources(root)
    .flatMap((file) => importsOf(root, file))
    .filter((i) => !/^(whetstone\/[a-z-]+|\.\.\/\.\.\/index\.ts)$/.test(i.target));
  expect(wrong).toEqual([]);
});
