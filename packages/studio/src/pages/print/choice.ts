/** What to print, as the address says it: `#/print/linear,svm?figures=all&costly=1&only=answers`. */
import type { CardSummary, ChapterSummary } from "../../sheet.ts";

export interface Choice {
  readonly figures: "none" | "one" | "all";
  /** Whether cards that take longer are run for their figures too. */
  readonly costly: boolean;
  readonly onlyAnswers: boolean;
}

export const DEFAULT: Choice = { figures: "one", costly: false, onlyAnswers: false };

export function choiceOf(query: Readonly<Record<string, string>>): Choice {
  const { figures, costly, only } = query;
  return {
    figures: figures === "none" || figures === "all" ? figures : DEFAULT.figures,
    costly: costly === "1",
    onlyAnswers: only === "answers",
  };
}

export function printHref(chapters: readonly string[], choice: Choice): string {
  const query = new URLSearchParams();
  if (choice.figures !== DEFAULT.figures) query.set("figures", choice.figures);
  if (choice.costly) query.set("costly", "1");
  if (choice.onlyAnswers) query.set("only", "answers");
  const search = query.toString();
  return `#/print/${chapters.join(",")}${search === "" ? "" : `?${search}`}`;
}

export interface Part {
  readonly chapter: ChapterSummary;
  readonly cards: readonly CardSummary[];
}

/** `all`, or chapters and cards apart by commas, in the order of the sheet; with the names that are neither. */
export function select(
  chapters: readonly ChapterSummary[],
  id: string,
): { parts: Part[]; unknown: string[] } {
  const full = chapters.filter((chapter) => chapter.cards.length > 0);
  if (id === "all") return { parts: full.map((chapter) => ({ chapter, cards: chapter.cards })), unknown: [] };
  const wanted = new Set(id.split(",").filter(Boolean));
  const parts: Part[] = [];
  for (const chapter of full) {
    const whole = wanted.delete(chapter.id);
    const cards = chapter.cards.filter((card) => wanted.delete(card.id) || whole);
    if (cards.length > 0) parts.push({ chapter, cards });
  }
  return { parts, unknown: [...wanted] };
}
