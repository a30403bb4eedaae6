/** How far the learner is: for each chapter the drill items there are, and those that are known. */
import { signal } from "@preact/signals";

export interface Learned {
  readonly known: number;
  readonly total: number;
}

type ByChapter = Readonly<Record<string, Learned>>;

/** The drill writes this summary when it has read the history, so that the first view needs neither. */
const KEY = "whetstone-learned";

function stored(): ByChapter {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter(
        ([, of]) => Number.isInteger(of?.known) && Number.isInteger(of?.total) && of.known <= of.total,
      ),
    );
  } catch {
    return {};
  }
}

export const learned = signal<ByChapter>(stored());

export function setLearned(now: ByChapter): void {
  learned.value = now;
  try {
    const text = JSON.stringify(now);
    if (localStorage.getItem(KEY) !== text) localStorage.setItem(KEY, text);
  } catch {
    // Without storage the summary lasts as long as the page.
  }
}

// Another tab studied.
addEventListener("storage", (event) => {
  if (event.key === KEY) learned.value = stored();
});
