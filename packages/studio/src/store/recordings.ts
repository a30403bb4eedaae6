/** What the learner said, as the browser recorded it. It is kept beside the history and is part of no file. */
import { connection } from "./history.ts";

/** Those that the browser did not store: they last until the page is closed. */
const unstored = new Map<string, Blob>();

/** False where it lasts only until the page is closed. */
export async function keepRecording(key: string, sound: Blob): Promise<boolean> {
  try {
    const db = connection();
    if (!db) throw new Error("there is no storage");
    await db.put("recordings", sound, key);
    unstored.delete(key);
    return true;
  } catch {
    unstored.set(key, sound);
    return false;
  }
}

/** Null where there is none on this machine. */
export async function readRecording(key: string): Promise<Blob | null> {
  const last = unstored.get(key);
  if (last) return last;
  try {
    return (await connection()?.get("recordings", key)) ?? null;
  } catch {
    return null;
  }
}

export async function dropRecording(key: string): Promise<void> {
  unstored.delete(key);
  await connection()
    ?.delete("recordings", key)
    .catch(() => {});
}
