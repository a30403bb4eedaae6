/** What is to be studied now: Anki's order, a cap on the day, and a backlog that is spread over the days after. */
import { State } from "ts-fsrs";
import { dayOf } from "./clock.ts";
import type { Settings } from "./log.ts";
import { type ItemMemory, isDue, isLearning, type Memory, recall } from "./memory.ts";

export interface Plan {
  /** Items to be seen for the first time today, in the deck's order. */
  readonly fresh: readonly string[];
  /** Items in their steps, the earliest first, whenever today they come. */
  readonly learning: readonly string[];
  /** Reviews of today, within the cap: first the item most likely to be forgotten. */
  readonly due: readonly string[];
  /** Reviews that are due, within the cap or not. */
  readonly waiting: number;
  /** Days, today included, until nothing waits for longer than its day; null where the cap is too low to get there. */
  readonly backlogDays: number | null;
  /** What to show now; null when nothing is left, or nothing yet. */
  readonly next: string | null;
  /** When the next step comes, if there is only that to wait for. */
  readonly nextAt: number | null;
}

/** As in Anki: when all else is done, a step is shown up to twenty minutes early. */
const AHEAD = 20 * 60_000;

export function plan(deck: readonly string[], memory: Memory, settings: Settings, time: number): Plan {
  const seen = deck.flatMap((id) => {
    const m = memory.items.get(id);
    return m ? [{ id, m }] : [];
  });
  const at = (m: ItemMemory) => m.card.due.getTime();
  const steps = seen
    .filter(({ m }) => isLearning(m) && dayOf(at(m)) <= dayOf(time))
    .sort((a, b) => at(a.m) - at(b.m));
  const waiting = seen
    .filter(({ m }) => isDue(m, time))
    .map(({ id, m }) => ({ id, recall: recall(memory, m, time) }))
    .sort((a, b) => a.recall - b.recall || (a.id < b.id ? -1 : 1));
  const done = doneOn(memory, dayOf(time));
  const due = waiting.slice(0, Math.max(0, settings.dailyCap - done.reviews)).map(({ id }) => id);
  const room = Math.max(0, settings.newPerDay - done.fresh);
  const fresh = deck.filter((id) => !memory.items.has(id)).slice(0, room);
  const step = steps[0];
  const next =
    step && at(step.m) <= time
      ? step.id
      : (due[0] ?? fresh[0] ?? (step && at(step.m) <= time + AHEAD ? step.id : null));
  return {
    fresh,
    learning: steps.map(({ id }) => id),
    due,
    waiting: waiting.length,
    backlogDays: backlogDays(waiting.length, done.reviews, forecast(deck, memory, time, HORIZON), settings),
    next,
    nextAt: next === null && step ? at(step.m) - AHEAD : null,
  };
}

/** Items seen first, and items reviewed, on a day. A speed run is no part of the day's quota. */
export function doneOn(memory: Memory, day: number): { fresh: number; reviews: number } {
  let fresh = 0;
  let reviews = 0;
  for (const m of memory.items.values()) {
    const today = m.reviews
      .map((review, i) => ({ review, before: m.before[i]! }))
      .filter(({ review }) => review.from === "drill" && dayOf(review.time) === day);
    if (today.some(({ before }) => before === State.New)) fresh++;
    if (today.some(({ before }) => before === State.Review)) reviews++;
  }
  return { fresh, reviews };
}

const HORIZON = 365;

/** Reviews that fall on each of the coming days, today first; overdue ones are today's. */
export function forecast(deck: readonly string[], memory: Memory, time: number, days: number): number[] {
  const counts = new Array<number>(days).fill(0);
  const today = dayOf(time);
  for (const id of deck) {
    const m = memory.items.get(id);
    if (!m) continue;
    const day = Math.max(0, dayOf(m.card.due.getTime()) - today);
    if (day < days) counts[day]!++;
  }
  return counts;
}

function backlogDays(
  waiting: number,
  done: number,
  coming: readonly number[],
  { dailyCap }: Settings,
): number | null {
  let left = waiting - Math.max(0, dailyCap - done);
  let days = 1;
  while (left > 0 && days < coming.length) left = Math.max(0, left + coming[days++]! - dailyCap);
  return left > 0 ? null : days;
}
