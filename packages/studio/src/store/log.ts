/**
 * What is kept of the learner: a log that only grows. Everything else is computed from it, so two tabs, or two
 * machines by way of a file, merge by taking every entry of both.
 */

/** Again, Hard, Good, Easy, as on Anki's keys. */
export type Grade = 1 | 2 | 3 | 4;

export interface Review {
  readonly kind: "review";
  readonly id: string;
  readonly item: string;
  readonly grade: Grade;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** How long the question was looked at, where that is known. */
  readonly ms: number | null;
  readonly from: "drill" | "speed";
}

/** Takes one review back: both stay in the log, neither counts. */
export interface Undo {
  readonly kind: "undo";
  readonly id: string;
  readonly undoes: string;
  readonly time: number;
}

export type Entry = Review | Undo;

export interface Settings {
  /** The share of due items that should still be known. */
  readonly retention: number;
  readonly newPerDay: number;
  /** The most reviews of a day; what is above it waits for the next days. */
  readonly dailyCap: number;
  /** Chapters that are studied; none named, all are. */
  readonly chapters: readonly string[];
}

export const DEFAULTS: Settings = { retention: 0.9, newPerDay: 10, dailyCap: 100, chapters: [] };
export const RANGES = { retention: [0.8, 0.97], newPerDay: [0, 200], dailyCap: [5, 2000] } as const;

export const VERSION = 2;

/** A review as version 1 wrote it. */
export interface ReviewV1 {
  readonly id: string;
  readonly item: string;
  readonly rating: number;
  readonly time: number;
}

/** Version 1 knew reviews of the drill only, and not how long they took. */
export function fromV1({ id, item, rating, time }: ReviewV1): Review {
  if (!isGrade(rating)) throw new Error(`review ${id} has the rating ${rating}, which is none of 1 to 4`);
  return { kind: "review", id, item, grade: rating, time, ms: null, from: "drill" };
}

export const isGrade = (value: unknown): value is Grade =>
  value === 1 || value === 2 || value === 3 || value === 4;

export const inOrder = (a: Entry, b: Entry): number => a.time - b.time || (a.id < b.id ? -1 : 1);

/** Every entry of both, once, in order of time. */
export function merge(a: readonly Entry[], b: readonly Entry[]): Entry[] {
  const all = new Map(a.map((entry) => [entry.id, entry]));
  for (const entry of b) if (!all.has(entry.id)) all.set(entry.id, entry);
  return [...all.values()].sort(inOrder);
}

/** The reviews that were not taken back, in order of time. */
export function standing(log: readonly Entry[]): Review[] {
  const undone = new Set(log.flatMap((entry) => (entry.kind === "undo" ? [entry.undoes] : [])));
  return log
    .filter((entry): entry is Review => entry.kind === "review" && !undone.has(entry.id))
    .sort(inOrder);
}

/** An id no other tab or machine will draw. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Settings within their ranges; what is missing or not a setting is as at the start. */
export function settingsFrom(value: unknown): Settings {
  const given = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const within = (name: keyof typeof RANGES) => {
    const v = given[name];
    const [low, high] = RANGES[name];
    return typeof v === "number" && Number.isFinite(v) ? Math.min(high, Math.max(low, v)) : DEFAULTS[name];
  };
  const { chapters } = given;
  return {
    retention: within("retention"),
    newPerDay: Math.round(within("newPerDay")),
    dailyCap: Math.round(within("dailyCap")),
    chapters: Array.isArray(chapters) ? chapters.filter((c): c is string => typeof c === "string") : [],
  };
}
