import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Card } from "../card.ts";
import { CHAPTERS } from "../chapters.ts";

const folder = new URL("../cards/", import.meta.url);

/** Ids of every card, in chapter order: the files of `cards/` are the list. */
export function cardIds(): string[] {
  const order = new Map(CHAPTERS.map((chapter, i) => [chapter.id, i]));
  const rank = (id: string) => order.get(id.slice(0, id.indexOf("/"))) ?? CHAPTERS.length;
  const ids: string[] = [];
  for (const file of readdirSync(fileURLToPath(folder), { recursive: true, encoding: "utf8" })) {
    const id = /^(.*?)(?<!\.d|\.test)\.(?:js|ts)$/.exec(file.replaceAll("\\", "/"))?.[1];
    if (id !== undefined) ids.push(id);
  }
  return ids.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** The card with this id, which must be one of {@link cardIds}. */
export async function loadCard(id: string): Promise<Card> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const module = (await import(new URL(`${id}.${extension}`, folder).href)) as { default: Card };
  return module.default;
}

export async function loadCards(): Promise<Card[]> {
  return Promise.all(cardIds().map(loadCard));
}
