/** What a retention costs: FSRS asked what it would do with a learner who remembers exactly as it predicts. */
import type { Card } from "ts-fsrs";
import { DAY } from "./clock.ts";
import { next, schedulerFor } from "./memory.ts";

const YEAR = 365;
const LEARNERS = 200;

/**
 * Reviews of one item in its first year, on average over simulated items. Each is recalled with the probability
 * that FSRS states at its due time; a lapse is relearned the same day. With n new items a day this is, times n,
 * the load of a day after a year.
 */
export function reviewsInFirstYear(retention: number, items = LEARNERS): number {
  const scheduler = schedulerFor(retention);
  const random = generator(20_260_101);
  const start = Date.UTC(2026, 0, 1);
  let reviews = 0;
  for (let i = 0; i < items; i++) {
    let card: Card = next(scheduler, undefined, start, 3);
    while (card.due.getTime() < start + YEAR * DAY) {
      const time = card.due.getTime();
      const sameDay = card.scheduled_days === 0;
      const known = sameDay || random() < scheduler.get_retrievability(card, new Date(time), false);
      card = next(scheduler, card, time, known ? 3 : 1);
      reviews++;
    }
  }
  return reviews / items;
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

/** Mulberry32: enough for a curve, and the same curve every time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
