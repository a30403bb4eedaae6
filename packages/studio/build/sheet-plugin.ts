/**
 * Puts the sheet into the build. Texts, formulas and sources are rendered here, once, so that the page needs
 * neither KaTeX nor a highlighter:
 *
 * - `virtual:sheet`: chapters and the first lines of their cards, all that the home page shows;
 * - `virtual:details`: per card id, a function that loads its rendered texts;
 * - `virtual:cards`: per card id, a function that loads the card itself. Only the lab's worker imports this.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Card } from "@whetstone/sheet";
import type { Plugin } from "vite";
import type { CardDetails, ChapterSummary } from "../src/sheet.ts";
import { apiOf } from "./api/uses.ts";
import { highlight } from "./highlight.ts";
import { displayMath, paragraphs, withInlineMath } from "./math.ts";
import { relatedCards } from "./related.ts";

const sheetRoot = fileURLToPath(new URL("../../sheet/", import.meta.url));

/** How many related cards a card names. */
const RELATED = 3;

export interface Found {
  readonly id: string;
  readonly file: string;
  readonly card: Card;
}

export async function findCards(folder: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = name.replaceAll("\\", "/");
    if (!path.endsWith(".js")) continue;
    const file = join(folder, path);
    const module = (await import(pathToFileURL(file).href)) as { default: Card };
    found.push({ id: path.slice(0, -3), file, card: module.default });
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The card as its author wrote it, where the sources are there. */
function sourceOf(found: Found): string {
  const written = join(sheetRoot, "src/cards", `${found.id}.ts`);
  const source = readFileSync(
    existsSync(written) && found.file.startsWith(sheetRoot) ? written : found.file,
    "utf8",
  );
  return source.replaceAll("../../index.ts", "@whetstone/sheet");
}

function details(found: Found, related: readonly string[]): CardDetails {
  const { card } = found;
  const source = sourceOf(found);
  return {
    formula: displayMath(card.formula, card.id),
    answer: withInlineMath(card.answer),
    pitfall: withInlineMath(card.pitfall),
    derivation: card.derivation === undefined ? "" : paragraphs(card.derivation),
    errata: (card.errata ?? []).map((e) => ({
      claim: e.claim,
      claimed: withInlineMath(e.claimed),
      truth: withInlineMath(e.truth),
    })),
    covers: card.covers,
    verifiedAgainst: card.verifiedAgainst,
    controls: card.controls,
    source: highlight(source),
    api: apiOf(source),
    related,
    ...(card.whenNot !== undefined && { whenNot: withInlineMath(card.whenNot) }),
    ...(card.followUps && {
      followUps: card.followUps.map((f) => ({
        ask: withInlineMath(f.ask),
        answer: withInlineMath(f.answer),
      })),
    }),
  };
}

export function sheet(cardsFolder?: string): Plugin {
  const folder = resolve(cardsFolder ?? join(sheetRoot, "dist/cards"));
  let cards: Found[] = [];
  let related = new Map<string, string[]>();
  const load = (of: (found: Found) => string) =>
    `export default {${cards.map((c) => `${JSON.stringify(c.id)}: () => import(${JSON.stringify(of(c))})`).join(",\n")}};`;

  return {
    name: "whetstone-sheet",
    enforce: "pre",
    async buildStart() {
      cards = await findCards(folder);
      related = relatedCards(
        cards.map((c) => c.card),
        RELATED,
      );
    },
    resolveId(id) {
      return id.startsWith("virtual:") ? `\0${id}` : undefined;
    },
    async load(id) {
      if (id === "\0virtual:sheet") {
        const { CHAPTERS } = await import("@whetstone/sheet");
        const summaries: ChapterSummary[] = CHAPTERS.map((chapter) => ({
          ...chapter,
          cards: cards
            .filter((c) => c.id.startsWith(`${chapter.id}/`))
            .map(({ id, card }) => ({
              id,
              title: card.title,
              ask: card.ask,
              budget: card.budget,
              ...(card.level && { level: card.level }),
              covers: card.covers.length,
              systems: card.covers.filter((covered) => !covered.startsWith("claim-")),
              wrong: card.errata?.length ?? 0,
            })),
        }));
        return `export default ${JSON.stringify(summaries)};`;
      }
      if (id === "\0virtual:cards") return load((c) => c.file);
      if (id === "\0virtual:details") return load((c) => `virtual:details/${c.id}`);
      if (id.startsWith("\0virtual:details/")) {
        const found = cards.find((c) => c.id === id.slice("\0virtual:details/".length));
        return `export default ${JSON.stringify(details(found!, related.get(found!.id) ?? []))};`;
      }
      return undefined;
    },
    transform(code, id) {
      // Every browser that runs the studio reads woff2; the older formats would only be carried along.
      if (!/katex[^/]*\.css/.test(id)) return undefined;
      return code.replaceAll(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, "");
    },
  };
}
