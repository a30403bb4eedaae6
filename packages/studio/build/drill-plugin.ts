/**
 * Puts the drill into the build: `virtual:drill` names the items of each chapter, and loads their rendered texts,
 * or their notes for Anki, a chapter at a time.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DrillItem } from "@whetstone/sheet";
import type { Plugin } from "vite";
import { itemsOf, type Made } from "./drill-items.ts";
import { findCards } from "./sheet-plugin.ts";

const built = fileURLToPath(new URL("../../sheet/dist/cards", import.meta.url));

/** Drill files lie in `drill`, beside a folder called `cards`. */
export async function writtenItems(cardsFolder: string): Promise<Map<string, readonly DrillItem[]>> {
  const found = new Map<string, readonly DrillItem[]>();
  const folder = resolve(cardsFolder, "../drill");
  if (basename(cardsFolder) !== "cards" || !existsSync(folder)) return found;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".js")) continue;
    const module = (await import(pathToFileURL(join(folder, name)).href)) as {
      default: readonly DrillItem[];
    };
    found.set(name.slice(0, -3), module.default);
  }
  return found;
}

export function drill(cardsFolder?: string): Plugin {
  const folder = resolve(cardsFolder ?? built);
  let chapters: { readonly id: string; readonly made: readonly Made[] }[] = [];

  return {
    name: "whetstone-drill",
    enforce: "pre",
    async buildStart() {
      const cards = (await findCards(folder)).map(({ card }) => card);
      const files = await writtenItems(folder);
      const { CHAPTERS } = await import("@whetstone/sheet");
      chapters = CHAPTERS.map(({ id }) => ({ id, made: itemsOf(id, cards, files.get(id) ?? []) })).filter(
        ({ made }) => made.length > 0,
      );
    },
    resolveId(id) {
      return id.startsWith("virtual:drill") ? `\0${id}` : undefined;
    },
    load(id) {
      if (id === "\0virtual:drill") {
        const rows = chapters.map(
          ({ id, made }) =>
            `{ id: ${JSON.stringify(id)}, items: ${JSON.stringify(made.map(({ item }) => item.id))},
  load: () => import("virtual:drill/items/${id}"), anki: () => import("virtual:drill/anki/${id}") }`,
        );
        return `export default [${rows.join(",\n")}];`;
      }
      const [, what, of] = /^\0virtual:drill\/(items|anki)\/(.+)$/.exec(id) ?? [];
      const chapter = chapters.find((c) => c.id === of);
      if (!chapter) return undefined;
      const rows =
        what === "items"
          ? chapter.made.map(({ item }) => item)
          : chapter.made.flatMap(({ note }) => (note ? [note] : []));
      return `export default ${JSON.stringify(rows)};`;
    },
  };
}
