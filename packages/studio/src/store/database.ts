/** The history in IndexedDB. Version 1 had one store of reviews; version 2 has the log and the settings. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type Entry, fromV1, type ReviewV1, type Settings, settingsFrom, VERSION } from "./log.ts";

interface Schema extends DBSchema {
  reviews: { key: string; value: ReviewV1 };
  log: { key: string; value: Entry };
  settings: { key: "settings"; value: Settings };
}

export const NAME = "whetstone-history";

export type Database = IDBPDatabase<Schema>;

/** `lost` is called when the browser closes the database under us. */
export function openDatabase(lost: () => void): Promise<Database> {
  return openDB<Schema>(NAME, VERSION, {
    async upgrade(db, from, _to, transaction) {
      const log = db.createObjectStore("log", { keyPath: "id" });
      db.createObjectStore("settings");
      if (from !== 1) return;
      for (const review of await transaction.objectStore("reviews").getAll()) await log.put(fromV1(review));
      db.deleteObjectStore("reviews");
    },
    // A newer studio in another tab wants to change the schema: it may.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      lost();
    },
    terminated: lost,
  });
}

export async function readAll(db: Database): Promise<{ log: Entry[]; settings: Settings }> {
  const [log, settings] = await Promise.all([db.getAll("log"), db.get("settings", "settings")]);
  return { log, settings: settingsFrom(settings) };
}

export async function addEntries(db: Database, entries: readonly Entry[]): Promise<void> {
  const transaction = db.transaction("log", "readwrite");
  for (const entry of entries) void transaction.store.put(entry).catch(() => {});
  await transaction.done;
}

/** The whole history in one transaction: all of the new, or all of the old. */
export async function replaceAll(db: Database, log: readonly Entry[], settings: Settings): Promise<void> {
  const transaction = db.transaction(["log", "settings"], "readwrite");
  const failed = () => {};
  void transaction.objectStore("log").clear().catch(failed);
  for (const entry of log) void transaction.objectStore("log").put(entry).catch(failed);
  void transaction.objectStore("settings").put(settings, "settings").catch(failed);
  await transaction.done;
}
