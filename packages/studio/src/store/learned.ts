/** How far the learner is: for each chapter the drill items there are, and those that are known. */
import { signal } from "@preact/signals";

export interface Learned {
  readonly known: number;
  readonly total: number;
}

type ByChapter = Readonly<Record<string, Learned>>;

interface Summary {
  readonly chapters: ByChapter;
  /** Ids of the cards whose own question is known. */
  readonly cards: readonly string[];
}

/** The drill writes this summary when it has read the history, so that the first view needs neither. */
const KEY = "whetstone-learned";

function stored(): Summary {
  try {
    const { chapters, cards } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return {
      chapters: Object.fromEntries(
        Object.entries<Learned>(chapters ?? {}).filter(
          ([, of]) => Number.isInteger(of?.known) && Number.isInteger(of?.total) && of.known <= of.total,
        ),
      ),
      cards: Array.isArray(cards) ? cards.filter((id) => typeof id === "string") : [],
    };
  } catch {
    return { chapters: {}, cards: [] };
  }
}

const first = stored();
export const learned = signal<ByChapter>(first.chapters);
export const learnedCards = signal<ReadonlySet<string>>(new Set(first.cards));

function take({ chapters, cards }: Summary): void {
  learned.value = chapters;
  learnedCards.value = new Set(cards);
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
