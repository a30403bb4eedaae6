/** Keeps small pictures between visits, for as long as cards and library stay the same. Without storage, keeps nothing. */

import { id as build } from "virtual:build";
import { type IDBPDatabase, openDB } from "idb";
import type { Picture } from "./picture.ts";

const PICTURES = "pictures";
const TIMES = "times";
let opening: Promise<IDBPDatabase | null> | undefined;

async function open(): Promise<IDBPDatabase | null> {
  try {
    const db = await openDB("whetstone-gallery", 1, {
      upgrade(fresh) {
        fresh.createObjectStore(PICTURES);
        fresh.createObjectStore(TIMES);
      },
    });
    // Pictures of another build are of no more use; how long a card took still is.
    for (const key of await db.getAllKeys(PICTURES))
      if (!String(key).startsWith(`${build}:`)) await db.delete(PICTURES, key);
    return db;
  } catch {
    return null;
  }
}
const database = () => (opening ??= open());

export interface Kept {
  readonly pictures: ReadonlyMap<string, Picture>;
  /** How long each card took here when it last ran, in milliseconds. */
  readonly times: ReadonlyMap<string, number>;
}

/** All that is kept of a chapter's cards. */
export async function kept(chapter: string): Promise<Kept> {
  try {
    const db = await database();
    if (!db) return { pictures: new Map(), times: new Map() };
    const read = async <T>(store: string, prefix: string): Promise<Map<string, T>> => {
      const range = IDBKeyRange.bound(`${prefix}${chapter}/`, `${prefix}${chapter}/\uffff`);
      const [keys, values] = await Promise.all([db.getAllKeys(store, range), db.getAll(store, range)]);
      return new Map(keys.map((key, i) => [String(key).slice(prefix.length), values[i] as T]));
    };
    return { pictures: await read<Picture>(PICTURES, `${build}:`), times: await read<number>(TIMES, "") };
  } catch {
    return { pictures: new Map(), times: new Map() };
  }
}

export async function keep(id: string, picture: Picture): Promise<void> {
  try {
    const db = await database();
    await db?.put(PICTURES, picture, `${build}:${id}`);
    await db?.put(TIMES, picture.ms, id);
  } catch {
    // A full store: the picture is computed again next time.
  }
}
