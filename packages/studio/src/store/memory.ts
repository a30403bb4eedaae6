/** What the log says the learner remembers: FSRS-6 replayed over every review that stands. */
import { type Card, createEmptyCard, type FSRS, fsrs, State } from "ts-fsrs";
import { dayOf } from "./clock.ts";
import { type Entry, type Grade, type Review, standing } from "./log.ts";

export interface ItemMemory {
  readonly card: Card;
  /** The time of the first review. */
  readonly first: number;
  readonly reviews: readonly Review[];
  /** The state the item was in before each review. */
  readonly before: readonly State[];
}

export interface Memory {
  readonly items: ReadonlyMap<string, ItemMemory>;
  readonly scheduler: FSRS;
}

/** FSRS-6 with its published weights and Anki's steps; without fuzz, so that every replay comes to the same days. */
export const schedulerFor = (retention: number): FSRS =>
  fsrs({ request_retention: retention, enable_fuzz: false, enable_short_term: true });

export function next(scheduler: FSRS, card: Card | undefined, time: number, grade: Grade): Card {
  const at = new Date(time);
  return scheduler.next(card ?? createEmptyCard(at), at, grade).card;
}

/** Items whose reviews are the same as in `last` are taken from there: a review costs one item's replay. */
export function replay(log: readonly Entry[], retention: number, last?: Memory): Memory {
  const keep = last?.scheduler.parameters.request_retention === retention ? last : undefined;
  const scheduler = keep?.scheduler ?? schedulerFor(retention);
  const byItem = new Map<string, Review[]>();
  for (const review of standing(log)) {
    const own = byItem.get(review.item);
    if (own) own.push(review);
    else byItem.set(review.item, [review]);
  }
  const items = new Map<string, ItemMemory>();
  for (const [item, reviews] of byItem) {
    const known = keep?.items.get(item);
    items.set(item, known && same(known.reviews, reviews) ? known : remember(scheduler, reviews));
  }
  return { items, scheduler };
}

const same = (a: readonly Review[], b: readonly Review[]) =>
  a.length === b.length && a.every((review, i) => review.id === b[i]!.id);

function remember(scheduler: FSRS, reviews: readonly Review[]): ItemMemory {
  let card: Card | undefined;
  const before: State[] = [];
  for (const { time, grade } of reviews) {
    before.push(card?.state ?? State.New);
    card = next(scheduler, card, time, grade);
  }
  return { card: card!, first: reviews[0]!.time, reviews, before };
}

/** When each grade would bring the item back: milliseconds from `time`, Again to Easy. */
export function intervals(memory: Memory, item: string, time: number): number[] {
  const card = memory.items.get(item)?.card;
  return ([1, 2, 3, 4] as const).map(
    (grade) => next(memory.scheduler, card, time, grade).due.getTime() - time,
  );
}

/** In minutes or days still, not yet by the calendar of days. */
export const isLearning = (m: ItemMemory): boolean =>
  m.card.state === State.Learning || m.card.state === State.Relearning;

export const isDue = (m: ItemMemory, time: number): boolean =>
  m.card.state === State.Review && dayOf(m.card.due.getTime()) <= dayOf(time);

/** The probability that the item is still known at a time. */
export const recall = (memory: Memory, m: ItemMemory, time: number): number =>
  memory.scheduler.get_retrievability(m.card, new Date(time), false);

/** An interval as Anki writes it on its buttons. */
export function short(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 60) return `${Math.max(1, Math.round(minutes))}m`;
  if (minutes < 1440) return `${Math.round(minutes / 60)}h`;
  const days = minutes / 1440;
  if (days < 30.5) return `${Math.round(days)}d`;
  if (days < 365) return `${Number((days / 30.4375).toFixed(1))}mo`;
  return `${Number((days / 365.25).toFixed(1))}y`;
}
