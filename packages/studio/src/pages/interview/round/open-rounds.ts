import { keepRounds, openHistory } from "../../../store/history.ts";
import { clearDraft, readDraft } from "./draft.ts";

/** Reads the history, and stores the round that was over but found no room the last time. */
export async function openRounds(): Promise<void> {
  await openHistory();
  const draft = readDraft();
  if (draft?.stage === "done" && (await keepRounds([draft]))) clearDraft();
}

export const pastHref = (id: string): string => `#/interview/history/${id}`;
