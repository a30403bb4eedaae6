/** The round that is under way, written with every change, so that a reload goes on where it was. */
import { type Round, roundFrom } from "../../../store/round.ts";

/** Local storage, because it is written before the page is gone; a database may not be. */
export const DRAFT_KEY = "whetstone.interview.round.v1";

/** As it is stored; null where there is none. */
export function draftText(): string | null {
  try {
    return localStorage.getItem(DRAFT_KEY);
  } catch {
    return null;
  }
}

export function readDraft(): Round | null {
  try {
    return roundFrom(JSON.parse(draftText() ?? "null"));
  } catch {
    return null;
  }
}

/** False where the browser keeps nothing. */
export function keepDraft(round: Round): boolean {
  try {
    localStorage.setItem(DRAFT_KEY, JSON.stringify(round));
    return true;
  } catch {
    return false;
  }
}

export function clearDraft(): void {
  try {
    localStorage.removeItem(DRAFT_KEY);
  } catch {
    // Nothing was kept.
  }
}
