/** What a retention costs: FSRS asked what it would do with a learner who remembers exactly as it predicts. */
import type { Card } from "ts-fsrs";
import { DAY } from "./clock.ts";
import { next, schedulerFor } from "./memory.ts";

const YEAR = 365;
/** Days before and after the year over which its end is spread: a due day falls on one side of a sharp end by chance. */
const SPREAD = 180;
/** A course of answers less likely than this goes on as its likelier half alone. */
const RARE = 1e-3;

/**
 * Expected reviews of one item in its first year. It is recalled with the probability that FSRS states at its due
 * time; a lapse is relearned the same day. With n new items a day this is, times n, the load of a day after a year.
 */
export function reviewsInFirstYear(retention: number): number {
  const scheduler = schedulerFor(retention);
  const start = Date.UTC(2026, 0, 1);
  const expected = (card: Card, chance: number): number => {
    const time = card.due.getTime();
    const counted = Math.min(1, (YEAR + SPREAD - (time - start) / DAY) / (2 * SPREAD));
    if (counted <= 0) return 0;
    const sameDay = card.scheduled_days === 0;
    let known = sameDay ? 1 : scheduler.get_retrievability(card, new Date(time), false);
    if (chance * Math.min(known, 1 - known) < RARE) known = Math.round(known);
    let reviews = chance * counted;
    if (known > 0) reviews += expected(next(scheduler, card, time, 3), chance * known);
    if (known < 1) reviews += expected(next(scheduler, card, time, 1), chance * (1 - known));
    return reviews;
  };
  return expected(next(scheduler, undefined, start, 3), 1);
}

/** One retention after the other, with a pause between for the page. */
export async function workloadCurve(
  retentions: readonly number[],
  signal: AbortSignal,
): Promise<{ readonly retention: number; readonly reviews: number }[]> {
  const curve: { retention: number; reviews: number }[] = [];
  for (const retention of retentions) {
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) break;
    curve.push({ retention, reviews: reviewsInFirstYear(retention) });
  }
  return curve;
}
