/** Puts the circulating claims that cards show not to hold into the build: `virtual:errata`. */
import { type Card, CHAPTERS, chapterOf } from "@whetstone/sheet";
import type { Plugin } from "vite";
import type { ErratumEntry } from "../src/errata.ts";
import { withInlineMath } from "./math.ts";
import { findCards } from "./sheet-plugin.ts";

export function errataOf(cards: readonly Card[]): ErratumEntry[] {
  const place = new Map(CHAPTERS.map((c, i) => [c.id, i]));
  return cards
    .flatMap((card) =>
      (card.errata ?? []).map((e) => ({
        claim: e.claim,
        chapter: chapterOf(card),
        card: card.id,
        title: card.title,
        claimed: withInlineMath(e.claimed),
        truth: withInlineMath(e.truth),
      })),
    )
    .sort(
      (a, b) =>
        (place.get(a.chapter) ?? CHAPTERS.length) - (place.get(b.chapter) ?? CHAPTERS.length) ||
        (a.card < b.card ? -1 : a.card > b.card ? 1 : 0),
    );
}

export function errata(cardsFolder: string): Plugin {
  return {
    name: "whetstone-errata",
    enforce: "pre",
    async load(id) {
      if (id !== "\0virtual:errata") return undefined;
      const cards = (await findCards(cardsFolder)).map(({ card }) => card);
      return `export default ${JSON.stringify(errataOf(cards))};`;
    },
  };
}
