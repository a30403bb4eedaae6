/**
 * The history in IndexedDB. Version 1 had one store of reviews; version 2 has the log and the settings; version 3
 * has rounds of the interview too, what was recorded in them, and a place for what could not be read.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type Entry, entryFrom, fromV1, type Settings, settingsFrom, sorted, VERSION } from "./log.ts";
import { type Round, roundFrom } from "./round.ts";

interface Schema extends DBSchema {
  reviews: { key: string; value: unknown };
  log: { key: string; value: Entry };
  settings: { key: "settings"; value: Settings };
  rounds: { key: string; value: Round };
  recordings: { key: string; value: Blob };
  damaged: { key: number; value: unknown };
}

export const NAME = "whetstone-history";

export type Database = IDBPDatabase<Schema>;

/** `lost` is called when the browser closes the database under us. */
export function openDatabase(lost: () => void): Promise<Database> {
  return openDB<Schema>(NAME, VERSION, {
    async upgrade(db, from, _to, transaction) {
      if (from < 2) {
        db.createObjectStore("log", { keyPath: "id" });
        db.createObjectStore("settings");
      }
      db.createObjectStore("rounds", { keyPath: "id" });
      db.createObjectStore("recordings");
      const aside = db.createObjectStore("damaged", { autoIncrement: true });
      if (from === 0) return;
      // One damaged entry must not keep the rest from the learner: it is put aside, and nothing is thrown away.
      const log = transaction.objectStore("log");
      const old = await (from === 1 ? transaction.objectStore("reviews") : log).getAll();
      const { entries, damaged } = sorted(old, from === 1 ? fromV1 : entryFrom);
      if (from === 1) db.deleteObjectStore("reviews");
      else if (damaged.length > 0) await log.clear();
      else return;
      for (const entry of entries) await log.put(entry);
      for (const value of damaged) await aside.add(value);
    },
    // A newer studio in another tab wants to change the schema: it may.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      lost();
    },
    terminated: lost,
  });
}

export interface Stored {
  readonly log: Entry[];
  readonly settings: Settings;
  readonly rounds: Round[];
}

/** All but the recordings. What is damaged is left where it is. */
export async function readAll(db: Database): Promise<Stored> {
  const [log, settings, rounds] = await Promise.all([
    db.getAll("log"),
    db.get("settings", "settings"),
    db.getAll("rounds"),
  ]);
  return {
    log: sorted(log, entryFrom).entries,
    settings: settingsFrom(settings),
    rounds: rounds.map(roundFrom).filter((round) => round !== null),
  };
}

export async function addEntries(db: Database, entries: readonly Entry[]): Promise<void> {
  const transaction = db.transaction("log", "readwrite");
  for (const entry of entries) void transaction.store.put(entry).catch(() => {});
  await transaction.done;
}

export async function addRounds(db: Database, rounds: readonly Round[]): Promise<void> {
  const transaction = db.transaction("rounds", "readwrite");
  for (const round of rounds) void transaction.store.put(round).catch(() => {});
  await transaction.done;
}

/** A round, and what was recorded in it. */
export async function removeRound(db: Database, id: string): Promise<void> {
  const transaction = db.transaction(["rounds", "recordings"], "readwrite");
  const failed = () => {};
  void transaction.objectStore("rounds").delete(id).catch(failed);
  void transaction
    .objectStore("recordings")
    .delete(IDBKeyRange.bound(`${id}/`, `${id}/\uffff`))
    .catch(failed);
  await transaction.done;
}

/** The whole log in one transaction: all of the new, or all of the old. */
export async function replaceAll(db: Database, log: readonly Entry[], settings: Settings): Promise<void> {
  const transaction = db.transaction(["log", "settings"], "readwrite");
  const failed = () => {};
  void transaction.objectStore("log").clear().catch(failed);
  for (const entry of log) void transaction.objectStore("log").put(entry).catch(failed);
  void transaction.objectStore("settings").put(settings, "settings").catch(failed);
  await transaction.done;
}
