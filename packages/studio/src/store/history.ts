/**
 * The learner's history as the page sees it: signals over the log and the settings. What is written goes to
 * IndexedDB and to the other tabs; where there is no storage it stays in memory, and `trouble` says so.
 */
import { computed, signal } from "@preact/signals";
import { now } from "./clock.ts";
import { addEntries, type Database, openDatabase, readAll, replaceAll } from "./database.ts";
import type { History } from "./exchange.ts";
import { DEFAULTS, type Entry, type Grade, merge, newId, type Settings, settingsFrom } from "./log.ts";
import { type Memory, replay } from "./memory.ts";

export const log = signal<readonly Entry[]>([]);
export const settings = signal<Settings>(DEFAULTS);
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
  | { readonly kind: "reload" };

let db: Database | null = null;
let channel: BroadcastChannel | null = null;
let opening: Promise<void> | null = null;

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
}

async function hear(news: News): Promise<void> {
  if (news.kind === "entries") log.value = merge(log.value, news.entries);
  else if (news.kind === "settings") settings.value = settingsFrom(news.settings);
  else await read(false).catch(() => {});
}

async function keep(write: (db: Database) => Promise<unknown>): Promise<void> {
  if (!db) return;
  try {
    await write(db);
  } catch {
    trouble.value = FULL;
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
  from: "drill" | "speed",
  ms: number | null = null,
): Promise<void> {
  const entry: Entry = { kind: "review", id: newId(), item, grade, time: now(), ms, from };
  if (from === "drill") mine.push(entry.id);
  // Asks once not to be the first to go when the disk is full; the answer changes nothing here.
  if (log.value.length === 0) void navigator.storage?.persist?.().catch(() => false);
  await append([entry]);
}

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

/** Adds what a file holds to what is here; nothing is lost. */
export async function importMerging(history: History): Promise<number> {
  const known = new Set(log.value.map((entry) => entry.id));
  const added = history.log.filter((entry) => !known.has(entry.id));
  await append(added);
  return added.length;
}

/** Puts a history in the place of this one. The caller has exported this one before. */
export async function replaceHistory(history: History): Promise<void> {
  mine.length = 0;
  unsaved = [];
  log.value = merge([], history.log);
  settings.value = history.settings;
  await keep((open) => replaceAll(open, history.log, history.settings));
  channel?.postMessage({ kind: "reload" } satisfies News);
}
