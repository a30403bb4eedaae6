/** What the palette searches, and how: the same settings build the index and read it. */
import MiniSearch, { type Options } from "minisearch";
import { texToWords } from "./tex.ts";

export type FindKind = "card" | "api" | "question" | "claim";

export interface FindDoc {
  readonly kind: FindKind;
  readonly title: string;
  /** One line below the title. */
  readonly text: string;
  readonly href: string;
  /** Formulas and answers: searched, not shown. */
  readonly more?: string;
}

export interface Hit extends Omit<FindDoc, "more"> {
  /** The words of the index that were met. */
  readonly terms: readonly string[];
}

/** Words in lower case; names in camel case also by their parts. */
export function tokenize(text: string): string[] {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.flatMap((word) => {
    const parts = word.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
    return parts.length > 1 ? [word, ...parts] : [word];
  });
}

export const OPTIONS: Options<FindDoc & { readonly id: number }> = {
  fields: ["title", "text", "more"],
  storeFields: ["kind", "title", "text", "href"],
  tokenize,
  processTerm: (term) => term.toLowerCase(),
};

export type Index = MiniSearch<FindDoc & { readonly id: number }>;

export function buildIndex(docs: readonly FindDoc[]): Index {
  const index: Index = new MiniSearch(OPTIONS);
  index.addAll(docs.map((doc, id) => ({ ...doc, id })));
  return index;
}

export const readIndex = (json: string): Promise<Index> => MiniSearch.loadJSONAsync(json, OPTIONS);

const PER_KIND = 6;
/** Cards first where all else is equal: they are what a reader comes for. */
const WEIGHT: Readonly<Record<FindKind, number>> = { card: 1.3, api: 1.15, question: 1, claim: 1 };

/** Hits in groups, the best group first, at most six of a kind. Formulas may be typed as TeX or as text. */
export function search(index: Index, query: string): (readonly [FindKind, readonly Hit[]])[] {
  const words = query.includes("\\") ? texToWords(query) : query;
  if (words.trim() === "") return [];
  const find = (combineWith: "AND" | "OR", slips = 1) =>
    index.search(words, {
      combineWith,
      boost: { title: 4, text: 1.5 },
      prefix: (term, i, terms) => term.length > 1 && (term.length > 2 || i === terms.length - 1),
      fuzzy: (term) => (term.length > 7 ? 2 : term.length > 4 ? slips : term.length > 3 ? 1 : false),
      weights: { prefix: 0.6, fuzzy: 0.25 },
      boostDocument: (_, __, stored) => {
        const title = String(stored?.title);
        const exact = title.toLowerCase() === words.trim().toLowerCase();
        // What an estimator learned has its name and more, and comes after it.
        const second = stored?.kind === "api" && title.endsWith("Model");
        return WEIGHT[stored?.kind as FindKind] * (exact ? 3 : 1) * (second ? 0.7 : 1);
      },
    });
  let found = find("AND");
  // Two letters that changed places are two slips.
  if (found.length === 0) found = find("AND", 2);
  // A reader comes for cards: where none has every word, those with some of them follow.
  if (found.length === 0) found = find("OR");
  else if (!found.some((r) => r.kind === "card"))
    found = [
      ...found,
      ...find("OR")
        .filter((r) => r.kind === "card")
        .slice(0, 3),
    ];
  const groups = new Map<FindKind, Hit[]>();
  for (const result of found) {
    const { kind, title, text, href } = result as unknown as FindDoc;
    const group = groups.get(kind) ?? [];
    groups.set(kind, group);
    if (group.length < PER_KIND) group.push({ kind, title, text, href, terms: Object.keys(result.match) });
  }
  return [...groups];
}

/** A text in pieces, those that begin with a met word marked. */
export function marked(
  text: string,
  terms: readonly string[],
): { readonly text: string; readonly on: boolean }[] {
  const lower = text.toLowerCase();
  const on = new Uint8Array(text.length);
  for (const term of terms) {
    for (let at = lower.indexOf(term); at >= 0; at = lower.indexOf(term, at + 1)) {
      const before = text[at - 1] ?? " ";
      const begins = !/[\p{L}\p{N}]/u.test(before) || (/[A-Z]/.test(text[at]!) && /[a-z0-9]/.test(before));
      if (begins && term !== "") on.fill(1, at, at + term.length);
    }
  }
  const pieces: { text: string; on: boolean }[] = [];
  for (let i = 0; i < text.length; i++) {
    const last = pieces.at(-1);
    if (last && last.on === (on[i] === 1)) last.text += text[i];
    else pieces.push({ text: text[i]!, on: on[i] === 1 });
  }
  return pieces;
}
