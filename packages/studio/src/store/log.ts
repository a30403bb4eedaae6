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
  readonly from: Source;
}

export const SOURCES = ["drill", "speed", "interview"] as const;
/** Where an item was answered; only the drill counts towards the day. */
export type Source = (typeof SOURCES)[number];

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

export const VERSION = 3;

/** Reads an entry from storage or a file, or says what is wrong with it. */
export function entryFrom(value: unknown): Entry | string {
  if (!isRecord(value)) return "is not a record";
  const { kind, id, item, grade, time, ms, from, undoes } = value;
  if (typeof id !== "string" || id === "") return "has no id";
  if (typeof time !== "number" || !Number.isFinite(time) || Math.abs(time) > 8.64e15) return "has no time";
  if (kind === "undo") return typeof undoes === "string" ? { kind, id, undoes, time } : "takes back nothing";
  if (kind !== "review") return "is neither a review nor an undo";
  if (typeof item !== "string" || item === "") return "names no item";
  if (!isGrade(grade)) return "has no grade of 1 to 4";
  return {
    kind,
    id,
    item,
    grade,
    time,
    ms: typeof ms === "number" && Number.isFinite(ms) ? ms : null,
    from: SOURCES.find((source) => source === from) ?? "drill",
  };
}

/** Version 1 knew reviews of the drill only, called the grade a rating, and not how long they took. */
export const fromV1 = (value: unknown): Entry | string =>
  isRecord(value)
    ? entryFrom({ kind: "review", id: value.id, item: value.item, grade: value.rating, time: value.time })
    : "is not a record";

/** Those that can be read, and those that cannot, as they were found. */
export function sorted(
  found: readonly unknown[],
  read: (value: unknown) => Entry | string,
): { readonly entries: Entry[]; readonly damaged: unknown[] } {
  const entries: Entry[] = [];
  const damaged: unknown[] = [];
  for (const value of found) {
    const entry = read(value);
    if (typeof entry === "string") damaged.push(value);
    else entries.push(entry);
  }
  return { entries, damaged };
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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
  const given = isRecord(value) ? value : {};
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
