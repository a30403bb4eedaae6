/**
 * Puts the reference of the library into the build, made from its types and doc comments:
 *
 * - `virtual:api`: chapters, their names and what each is for in one line;
 * - `virtual:api-chapters`: per chapter, a function that loads the pages of its names.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import type { ApiEntry } from "../src/api.ts";
import { PARTS } from "../src/catalogue.ts";
import {
  chapterEntries,
  chapterIndex,
  ENTRY,
  libraryRoot,
  type Reference,
  readLibrary,
  runExamples,
  type Values,
} from "./api/reference.ts";
import { apiOf } from "./api/uses.ts";
import { findCards } from "./sheet-plugin.ts";

/** Chapters of the library that are no home of the catalogue. */
const TITLES: Readonly<Record<string, string>> = {
  [ENTRY]: "The entry",
  contract: "Estimators and models",
  datasets: "Datasets",
  dummy: "Baselines",
  interchange: "Interchange",
  kernels: "Compiled kernels",
  lake: "Columnar files",
  registry: "Estimators by name",
};

export function titleOfChapter(id: string): string {
  const home = PARTS.flatMap((part) => part.homes).find((h) => h.id === id);
  return TITLES[id] ?? home?.title ?? `${id[0]!.toUpperCase()}${id.slice(1).replaceAll("-", " ")}`;
}

export function api(cardsFolder: string): Plugin {
  let reference: Reference;
  let values: Values;
  let cards: ReadonlyMap<string, ApiEntry["cards"]>;
  return {
    name: "whetstone-api",
    enforce: "pre",
    async buildStart() {
      reference = await readLibrary(libraryRoot);
      values = await runExamples(reference, libraryRoot);
      cards = await cardsByName(cardsFolder);
    },
    load(id) {
      if (id === "\0virtual:api") {
        const index = reference.chapters.map((c) => chapterIndex(c, titleOfChapter(c.id)));
        return `export default JSON.parse(${JSON.stringify(JSON.stringify(index))});`;
      }
      if (id === "\0virtual:api-chapters")
        return `export default {${reference.chapters.map((c) => `${JSON.stringify(c.id)}: () => import("virtual:api/${c.id}")`).join(",\n")}};`;
      const chapter = reference.chapters.find((c) => id === `\0virtual:api/${c.id}`);
      if (!chapter) return undefined;
      const entries = chapterEntries(
        reference,
        chapter,
        values,
        (of, name) => cards.get(`${of}/${name}`) ?? [],
      );
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(entries))});`;
    },
  };
}

/** The cards that import a name, by `"chapter/name"`. */
async function cardsByName(folder: string): Promise<Map<string, { id: string; title: string }[]>> {
  const found = new Map<string, { id: string; title: string }[]>();
  for (const { id, file, card } of await findCards(folder)) {
    for (const use of apiOf(readFileSync(file, "utf8"))) {
      const key = `${use.chapter}/${use.name}`;
      const list = found.get(key) ?? [];
      list.push({ id, title: card.title });
      found.set(key, list);
    }
  }
  return found;
}
