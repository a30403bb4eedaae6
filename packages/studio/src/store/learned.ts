/** How far the learner is: for each chapter the drill items there are, those that are known, and what is due when. */
import { signal } from "@preact/signals";

export interface Learned {
  readonly known: number;
  readonly total: number;
}

/** Reviews that wait, as they stood on a day. */
export interface Due {
  readonly day: number;
  /** Of that day, within its cap. */
  readonly today: number;
  /** Those that fall on that day, cap or not, and on each day after it. */
  readonly coming: readonly number[];
  readonly dailyCap: number;
}

type ByChapter = Readonly<Record<string, Learned>>;

interface Summary {
  readonly chapters: ByChapter;
  /** Ids of the cards whose own question is known. */
  readonly cards: readonly string[];
  readonly due: Due | null;
}

/** The drill writes this summary when it has read the history, so that the first view needs neither. */
const KEY = "whetstone-learned";

const isDue = (due: Partial<Due> | null | undefined): due is Due =>
  [due?.day, due?.today, due?.dailyCap].every(Number.isInteger) &&
  Array.isArray(due?.coming) &&
  due.coming.every(Number.isInteger);

/** How many reviews wait on a day, if nobody studied since; null where that is not known. */
export function dueOn(due: Due | null, day: number): number | null {
  if (due === null || day < due.day) return null;
  if (day === due.day) return due.today;
  const waiting = due.coming.slice(0, day - due.day + 1).reduce((sum, n) => sum + n, 0);
  return Math.min(due.dailyCap, waiting);
}

function stored(): Summary {
  try {
    const { chapters, cards, due } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return {
      chapters: Object.fromEntries(
        Object.entries<Learned>(chapters ?? {}).filter(
          ([, of]) => Number.isInteger(of?.known) && Number.isInteger(of?.total) && of.known <= of.total,
        ),
      ),
      cards: Array.isArray(cards) ? cards.filter((id) => typeof id === "string") : [],
      due: isDue(due) ? due : null,
    };
  } catch {
    return { chapters: {}, cards: [], due: null };
  }
}

const first = stored();
export const learned = signal<ByChapter>(first.chapters);
export const learnedCards = signal<ReadonlySet<string>>(new Set(first.cards));

export const reviewsDue = signal<Due | null>(first.due);

function take({ chapters, cards, due }: Summary): void {
  learned.value = chapters;
  learnedCards.value = new Set(cards);
  reviewsDue.value = due;
}

export function setLearned(now: Summary): void {
  take(now);
  try {
    const text = JSON.stringify(now);
    if (localStorage.getItem(KEY) !== text) localStorage.setItem(KEY, text);
  } catch {
    // Without storage the summary lasts as long as the page.
  }
}

// Another tab studied.
addEventListener("storage", (event) => {
  if (event.key === KEY) take(stored());
});
