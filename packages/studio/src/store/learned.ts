/** How far the learner is: for each chapter the drill items there are, and those that are known. */
import { signal } from "@preact/signals";

export interface Learned {
  readonly known: number;
  readonly total: number;
}

export const learned = signal<Readonly<Record<string, Learned>>>({});

/** Ids of the cards whose drill items are all known. */
export const learnedCards = signal<ReadonlySet<string>>(new Set());
