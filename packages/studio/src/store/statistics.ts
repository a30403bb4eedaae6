/** Counts over the log that a learner wants to see. */
import { State } from "ts-fsrs";
import { dayOf } from "./clock.ts";
import { isDue, isLearning, type Memory } from "./memory.ts";

/** Answers given on each of the last days, today last. */
export function reviewsPerDay(memory: Memory, time: number, days: number): number[] {
  const counts = new Array<number>(days).fill(0);
  for (const m of memory.items.values())
    for (const review of m.reviews) {
      const ago = dayOf(time) - dayOf(review.time);
      if (ago >= 0 && ago < days) counts[days - 1 - ago]!++;
    }
  return counts;
}

export interface Retention {
  /** Reviews of items that had left their steps. */
  readonly asked: number;
  readonly known: number;
}

/** How many due items were still known, over the last days. */
export function retention(
  memory: Memory,
  time: number,
  days: number,
  of: (item: string) => boolean = () => true,
): Retention {
  let asked = 0;
  let known = 0;
  for (const [item, m] of memory.items) {
    if (!of(item)) continue;
    m.reviews.forEach((review, i) => {
      if (m.before[i] !== State.Review || dayOf(time) - dayOf(review.time) >= days) return;
      asked++;
      if (review.grade > 1) known++;
    });
  }
  return { asked, known };
}

export interface Counts {
  readonly total: number;
  readonly fresh: number;
  readonly learning: number;
  readonly due: number;
  /** Items that have left their steps: what the map of chapters calls known. */
  readonly known: number;
}

export function counts(items: readonly string[], memory: Memory, time: number): Counts {
  const seen = items.flatMap((id) => memory.items.get(id) ?? []);
  return {
    total: items.length,
    fresh: items.length - seen.length,
    learning: seen.filter(isLearning).length,
    due: seen.filter((m) => isDue(m, time)).length,
    known: seen.filter((m) => m.card.state === State.Review).length,
  };
}
