/** The one clock of the drill, so that a test can say what time it is. */
let source: () => number = () => Date.now();

/** Milliseconds since 1970. */
export const now = (): number => source();

export function setClock(clock: () => number): void {
  source = clock;
}

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Somebody who studies past midnight is still at today's cards: as in Anki, the day turns at four. */
const TURNS_AT = 4 * HOUR;

/** The number of the learner's own day at a time: whole days of the calendar, in local time. */
export function dayOf(time: number): number {
  const local = new Date(time - TURNS_AT);
  return Math.round(Date.UTC(local.getFullYear(), local.getMonth(), local.getDate()) / DAY);
}

/** A day's number as a date: `3 May`. */
export const dateOf = (day: number): string =>
  new Date(day * DAY).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
