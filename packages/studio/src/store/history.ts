/**
 * The learner's history as the page sees it: signals over the log and the settings. What is written goes to
 * IndexedDB and to the other tabs; where there is no storage it stays in memory, and `trouble` says so.
 */
import { computed, signal } from "@preact/signals";
import { now } from "./clock.ts";
import {
  addEntries,
  addRounds,
  type Database,
  openDatabase,
  readAll,
  removeRound,
  replaceAll,
} from "./database.ts";
import type { History } from "./exchange.ts";
import {
  DEFAULTS,
  type Entry,
  type Grade,
  merge,
  newId,
  type Settings,
  type Source,
  settingsFrom,
} from "./log.ts";
import { type Memory, replay } from "./memory.ts";
import { mergeRounds, type Round } from "./round.ts";

export const log = signal<readonly Entry[]>([]);
export const settings = signal<Settings>(DEFAULTS);
/** Rounds of the interview that are over, the latest first. */
export const rounds = signal<readonly Round[]>([]);
/** Why the history is not kept, in one sentence. */
export const trouble = signal<string | null>(null);

let last: Memory | undefined;
export const memory = computed<Memory>(() => (last = replay(log.value, settings.value.retention, last)));

const BLOCKED =
  "This browser keeps nothing for this page, so what you study is gone when you close it; export it under Settings.";
const FULL =
  "The browser could not store your last answers (is its storage full?); they last until you close this page, so export them under Settings.";
const CLOSED =
  "The browser closed this page's storage; reload the page before you study on, or export under Settings.";

type News =
  | { readonly kind: "entries"; readonly entries: readonly Entry[] }
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "rounds"; readonly rounds: readonly Round[] }
  | { readonly kind: "round gone"; readonly id: string }
  | { readonly kind: "reload" };

let db: Database | null = null;
let channel: BroadcastChannel | null = null;
let opening: Promise<void> | null = null;

/** The database, where there is one and it is open. */
export const connection = (): Database | null => db;

/** Reads the history, the first time it is called. */
export function openHistory(): Promise<void> {
  opening ??= open();
  return opening;
}

async function open(): Promise<void> {
  try {
    channel = new BroadcastChannel("whetstone-history");
    channel.onmessage = ({ data }: MessageEvent<News>) => void hear(data);
  } catch {
    // Without a channel each tab reads what the others wrote when it is opened next.
  }
  try {
    db = await openDatabase(() => {
      db = null;
      trouble.value = CLOSED;
    });
    await read(true);
  } catch {
    trouble.value = BLOCKED;
  }
}

/** Takes what is stored, beside what other tabs told of meanwhile or in its place. */
async function read(beside: boolean): Promise<void> {
  if (!db) return;
  const stored = await readAll(db);
  log.value = merge(beside ? log.value : [], stored.log);
  settings.value = stored.settings;
  rounds.value = mergeRounds(rounds.value, stored.rounds);
}

async function hear(news: News): Promise<void> {
  if (news.kind === "entries") log.value = merge(log.value, news.entries);
  else if (news.kind === "settings") settings.value = settingsFrom(news.settings);
  else if (news.kind === "rounds") rounds.value = mergeRounds(rounds.value, news.rounds);
  else if (news.kind === "round gone") forget(news.id);
  else await read(false).catch(() => {});
}

/** True where it was written. */
async function keep(write: (db: Database) => Promise<unknown>): Promise<boolean> {
  if (!db) return false;
  try {
    await write(db);
    return true;
  } catch {
    trouble.value = FULL;
    return false;
  }
}

/** Entries that could not be stored yet: each later answer tries again with all of them. */
let unsaved: readonly Entry[] = [];

async function append(entries: readonly Entry[]): Promise<void> {
  log.value = merge(log.value, entries);
  channel?.postMessage({ kind: "entries", entries } satisfies News);
  unsaved = [...unsaved, ...entries];
  const all = unsaved;
  await keep(async (open) => {
    await addEntries(open, all);
    unsaved = unsaved.filter((entry) => !all.includes(entry));
    if (trouble.value === FULL) trouble.value = null;
  });
}

/** Reviews of this tab that u takes back, the latest last. */
const mine: string[] = [];

export async function review(
  item: string,
  grade: Grade,
  from: Source,
  ms: number | null = null,
): Promise<void> {
  const entry: Entry = { kind: "review", id: newId(), item, grade, time: now(), ms, from };
  if (from === "drill") mine.push(entry.id);
  // Asks once not to be the first to go when the disk is full; the answer changes nothing here.
  if (log.value.length === 0) void navigator.storage?.persist?.().catch(() => false);
  await append([entry]);
}

/** Sends what was missed elsewhere to the drill, as an item answered Again. */
export const miss = (item: string, from: "speed" | "interview", ms: number): Promise<void> =>
  review(item, 1, from, ms);

/** Takes back this tab's last review; returns its item, or null when there is none left. */
export function undo(): string | null {
  const id = mine.pop();
  if (id === undefined) return null;
  const entry = log.value.find((e) => e.id === id);
  if (entry?.kind !== "review") return undo();
  void append([{ kind: "undo", id: newId(), undoes: id, time: now() }]);
  return entry.item;
}

export async function saveSettings(changed: Partial<Settings>): Promise<void> {
  const all = settingsFrom({ ...settings.value, ...changed });
  settings.value = all;
  channel?.postMessage({ kind: "settings", settings: all } satisfies News);
  await keep((open) => open.put("settings", all, "settings"));
}

/** Keeps rounds that are over. False where the browser does not: they last until the page is closed. */
export async function keepRounds(some: readonly Round[]): Promise<boolean> {
  rounds.value = mergeRounds(rounds.value, some);
  channel?.postMessage({ kind: "rounds", rounds: some } satisfies News);
  return keep((open) => addRounds(open, some));
}

const forget = (id: string) => {
  rounds.value = rounds.value.filter((round) => round.id !== id);
};

/** Deletes a round with its recordings. The caller has offered to export it before. */
export async function deleteRound(id: string): Promise<void> {
  forget(id);
  channel?.postMessage({ kind: "round gone", id } satisfies News);
  await keep((open) => removeRound(open, id));
}

/** Adds what a file holds to what is here; nothing is lost. */
export async function importMerging(history: History): Promise<number> {
  const known = new Set(log.value.map((entry) => entry.id));
  const added = history.log.filter((entry) => !known.has(entry.id));
  await append(added);
  await addMissing(history.rounds);
  return added.length;
}

async function addMissing(some: readonly Round[]): Promise<void> {
  const added = some.filter(({ id }) => !rounds.value.some((round) => round.id === id));
  if (added.length > 0) await keepRounds(added);
}

/**
 * Puts a log and settings in the place of these; the caller has exported these before. Rounds of the interview are
 * added to those that are here: what was recorded in them is in no file.
 */
export async function replaceHistory(history: History): Promise<void> {
  mine.length = 0;
  unsaved = [];
  log.value = merge([], history.log);
  settings.value = history.settings;
  await keep((open) => replaceAll(open, history.log, history.settings));
  channel?.postMessage({ kind: "reload" } satisfies News);
  await addMissing(history.rounds);
}
