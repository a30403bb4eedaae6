/** The whole reference: every chapter of the built library, its names, and its examples with the values they gave. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ApiChapter, ApiEntry, ApiLine } from "../../src/api.ts";
import { apiHref } from "../../src/api.ts";
import { highlight } from "../highlight.ts";
import { entryOf, nameOfEntry } from "./entry.ts";
import { examplesOfComment, type Names, runExample, scopeOf } from "./examples.ts";
import { type ParamTable, paramTables } from "./param-tables.ts";
import { type Declared, Library } from "./parse.ts";

export const libraryRoot = fileURLToPath(new URL("../../../whetstone/dist/", import.meta.url));
const cacheFolder = fileURLToPath(new URL("../../../../node_modules/.cache/whetstone-api/", import.meta.url));

/** The chapter that a program imports from the library's entry itself. */
export const ENTRY = "whetstone";

export interface Chapter {
  readonly id: string;
  readonly exports: ReadonlyMap<string, Declared>;
  readonly values: Names;
}

export interface Reference {
  readonly library: Library;
  readonly chapters: readonly Chapter[];
  /** Parameters that functions and option types take by name. */
  readonly tables: ReadonlyMap<Declared, ParamTable>;
}

const fileOf = (chapter: string, end: string): string =>
  chapter === ENTRY ? `index${end}` : `${chapter}/index${end}`;

export async function readLibrary(root: string = libraryRoot): Promise<Reference> {
  const library = new Library(root);
  const ids = readdirSync(root)
    .filter((name) => existsSync(join(root, name, "index.d.ts")) && existsSync(join(root, name, "index.js")))
    .sort();
  const chapters: Chapter[] = [];
  for (const id of [ENTRY, ...ids]) {
    const values = (await import(pathToFileURL(join(root, fileOf(id, ".js"))).href)) as Names;
    const exports = new Map([...library.exportsOf(fileOf(id, ".d.ts"))].sort(([a], [b]) => (a < b ? -1 : 1)));
    chapters.push({ id, exports, values });
  }
  const all = chapters.flatMap((c) => [...c.exports.values()]);
  return { library, chapters, tables: await paramTables(new Set(all), library, root) };
}

export const chapterIndex = (chapter: Chapter, title: string): ApiChapter => ({
  id: chapter.id,
  title,
  from: chapter.id === ENTRY ? ENTRY : `${ENTRY}/${chapter.id}`,
  names: [...chapter.exports].map(([name, declared]) => ({
    ...nameOfEntry(declared, chapter.values[name]),
    name,
  })),
});

export type CardsOf = (chapter: string, name: string) => ApiEntry["cards"];

export function chapterEntries(
  reference: Reference,
  chapter: Chapter,
  values: Values,
  cardsOf: CardsOf,
): ApiEntry[] {
  const links = (name: string): string | undefined => {
    const plain = name.split(/[.#(]/)[0]!;
    const home = [chapter, ...reference.chapters].find((c) => c.exports.has(plain));
    return home && apiHref(home.id, plain);
  };
  return [...chapter.exports].map(([name, declared]) => ({
    ...entryOf(declared, chapter.values[name], {
      library: reference.library,
      links,
      table: reference.tables.get(declared),
      examples: exampleLines(declared, values),
      cards: cardsOf(chapter.id, name),
    }),
    name,
  }));
}

/** Of every example, by its place in the library: the text of the value of each line that gave one. */
export type Values = Readonly<Record<string, readonly (readonly [number, string])[]>>;

const examplesOf = ({ module, nodes }: Declared) =>
  nodes.flatMap(({ comment, line }) => examplesOfComment(comment, module.file, line));
const placeOf = (e: { readonly file: string; readonly code: string }): string =>
  `${e.file} ${createHash("sha256").update(e.code).digest("hex").slice(0, 12)}`;

function exampleLines(declared: Declared, values: Values): ApiLine[][] {
  return examplesOf(declared).map((example) => {
    const given = new Map(values[placeOf(example)] ?? []);
    return example.code.split("\n").map((code, i) => {
      const value = given.get(i);
      return { code: highlight(code), ...(value !== undefined && { value }) };
    });
  });
}

/** Runs every example; the outcome is kept until the library or the way of running changes. */
export async function runExamples(reference: Reference, root: string = libraryRoot): Promise<Values> {
  const cached = join(cacheFolder, `${hashOf([root, fileURLToPath(new URL("./", import.meta.url))])}.json`);
  if (existsSync(cached)) {
    try {
      return JSON.parse(readFileSync(cached, "utf8")) as Values;
    } catch {
      // Half a file: run them again.
    }
  }
  const scopes = new Map(reference.chapters.map((c) => [c.id, c.values]));
  const values: Record<string, [number, string][]> = {};
  for (const { exports } of reference.chapters)
    for (const declared of exports.values())
      for (const example of examplesOf(declared)) {
        const place = placeOf(example);
        values[place] ??= [...(await runExample(example, scopeOf(scopes, example.file)))];
      }
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(cached, JSON.stringify(values));
  return values;
}

function hashOf(folders: readonly string[]): string {
  const hash = createHash("sha256").update(process.version);
  for (const folder of folders)
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
      if (/\.[jt]s$/.test(file)) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest("hex").slice(0, 24);
}
