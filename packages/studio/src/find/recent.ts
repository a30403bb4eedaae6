/** What was opened from the palette, newest first; forgotten where nothing can be stored. */
import type { FindDoc } from "./search.ts";

const KEY = "whetstone-found";
const MOST = 8;
export type Recent = Pick<FindDoc, "kind" | "title" | "text" | "href">;

const isRecent = (v: unknown): v is Recent =>
  typeof v === "object" &&
  v !== null &&
  ["kind", "title", "text", "href"].every((k) => typeof (v as Record<string, unknown>)[k] === "string");

export function recent(): Recent[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isRecent).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function remember({ kind, title, text, href }: Recent): void {
  try {
    const others = recent().filter((r) => r.href !== href);
    localStorage.setItem(KEY, JSON.stringify([{ kind, title, text, href }, ...others].slice(0, MOST)));
  } catch {
    // The list is a convenience; the page was opened all the same.
  }
}
