/** The questions of some chapters, and which of them the learner is weak at. */
import { memory } from "../../store/history.ts";
import { deck } from "../drill/deck.ts";
import type { QuestionItem } from "../drill/items.ts";

export async function questionsOf(chosen: readonly string[]): Promise<QuestionItem[]> {
  const chapters = await Promise.all(deck.filter((c) => chosen.includes(c.id)).map((c) => c.load()));
  return chapters.flatMap((c) => c.default).filter((item): item is QuestionItem => item.kind === "question");
}

/** Never seen, or missed the last time. */
export function isWeak(id: string): boolean {
  const last = memory.value.items.get(id)?.reviews.at(-1);
  return last === undefined || last.grade === 1;
}
