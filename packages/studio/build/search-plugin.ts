/** Puts the index of the search into the build: `virtual:search`, its text as the browser reads it. */
import type { Card, DrillItem } from "@whetstone/sheet";
import type { Plugin } from "vite";
import { apiHref } from "../src/api.ts";
import { buildIndex, type FindDoc } from "../src/find/search.ts";
import { plainText, texToWords } from "../src/find/tex.ts";
import { chapterIndex, type Reference, readLibrary } from "./api/reference.ts";
import { writtenItems } from "./drill-plugin.ts";
import { findCards } from "./sheet-plugin.ts";

/** What can be found of a card: itself, and each circulating claim that it shows not to hold. */
export function docsOfCard(card: Card): FindDoc[] {
  return [
    {
      kind: "card",
      title: card.title,
      text: card.ask,
      href: `#/card/${card.id}`,
      more: `${texToWords(card.formula)} ${plainText(card.answer)} ${card.id} ${card.covers.join(" ")}`,
    },
    ...(card.errata ?? []).map(
      (e): FindDoc => ({
        kind: "claim",
        title: plainText(e.claimed),
        text: plainText(e.truth),
        href: `#/errata?claim=${e.claim}`,
        more: e.claim,
      }),
    ),
  ];
}

export function docsOfReference({ chapters }: Reference): FindDoc[] {
  return chapters.flatMap((chapter) => {
    const { id, from, names } = chapterIndex(chapter, chapter.id);
    return names.map(
      ({ name, summary }): FindDoc => ({
        kind: "api",
        title: name,
        text: summary === "" ? from : summary,
        href: apiHref(id, name),
        more: from,
      }),
    );
  });
}

/** Predictions are left out: to find one is to be told. */
export function docsOfDrill(items: readonly DrillItem[]): FindDoc[] {
  return items.flatMap((item): FindDoc[] => {
    if (item.kind === "prediction") return [];
    const question = item.kind === "question";
    return [
      {
        kind: "question",
        title: plainText(item.ask),
        text: question ? plainText(item.answer) : texToWords(item.formula.replace("\\gap", item.missing)),
        href: `#/card/${item.card}`,
        more: item.id,
      },
    ];
  });
}

export async function searchDocs(cardsFolder: string): Promise<FindDoc[]> {
  const cards = (await findCards(cardsFolder)).map(({ card }) => card);
  const items = [...(await writtenItems(cardsFolder)).values()].flat();
  const known = new Set(cards.map((c) => c.id));
  return [
    ...cards.flatMap(docsOfCard),
    ...docsOfReference(await readLibrary()),
    ...docsOfDrill(items.filter((item) => known.has(item.card))),
  ];
}

export function searchIndex(cardsFolder: string): Plugin {
  return {
    name: "whetstone-search",
    enforce: "pre",
    async load(id) {
      if (id !== "\0virtual:search") return undefined;
      return `export default ${JSON.stringify(JSON.stringify(buildIndex(await searchDocs(cardsFolder))))};`;
    },
  };
}
