/** The deck: which chapter an item is of, what of it is chosen, and the day's plan over that. */

import sheetDrill from "virtual:drill";
import { computed, signal } from "@preact/signals";
import { State } from "ts-fsrs";
import { dayOf, now } from "../../store/clock.ts";
import { memory, settings } from "../../store/history.ts";
import { setLearned } from "../../store/learned.ts";
import { forecast, plan } from "../../store/queue.ts";
import { counts } from "../../store/statistics.ts";
import type { DrillChapter, StudyItem } from "./items.ts";

export const deck: readonly DrillChapter[] = sheetDrill;

const chapterOfItem = new Map(deck.flatMap((chapter) => chapter.items.map((item) => [item, chapter])));

/** The time as the pages see it: it moves with every answer, and by itself when the next step is near. */
export const clock = signal(now());
export const tick = (): void => {
  clock.value = now();
};

/** Chapters that are studied: those chosen, or all where none is. */
export const chosen = computed<readonly DrillChapter[]>(() => {
  const named = deck.filter(({ id }) => settings.value.chapters.includes(id));
  return named.length > 0 ? named : deck;
});
export const chosenItems = computed(() => chosen.value.flatMap(({ items }) => items));
export const today = computed(() => plan(chosenItems.value, memory.value, settings.value, clock.value));
export const allItems = deck.flatMap(({ items }) => items);

export const perChapter = computed(() =>
  deck.map((chapter) => ({ chapter, counts: counts(chapter.items, memory.value, clock.value) })),
);

/** Days ahead that the first page can tell of without reading the history; what is due later is not due soon. */
const AHEAD_DAYS = 120;

/** What the first page shows: the map of chapters, and what is due. */
export function summarise(): void {
  const isKnown = (item: string) => memory.value.items.get(item)?.card.state === State.Review;
  setLearned({
    chapters: Object.fromEntries(
      perChapter.value.map(({ chapter, counts: { known, total } }) => [chapter.id, { known, total }]),
    ),
    // A card is learned when its own question is.
    cards: allItems.filter((item) => item.startsWith("c-") && isKnown(item)).map((item) => item.slice(2)),
    due: {
      day: dayOf(clock.value),
      today: today.value.due.length + today.value.learning.length,
      coming: forecast(chosenItems.value, memory.value, clock.value, AHEAD_DAYS),
      dailyCap: settings.value.dailyCap,
    },
  });
}

export async function loadItem(id: string): Promise<StudyItem> {
  const chapter = chapterOfItem.get(id);
  const item = (await chapter?.load())?.default.find((i) => i.id === id);
  if (!item) throw new Error(`there is no item ${id}`);
  return item;
}
