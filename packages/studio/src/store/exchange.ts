/** The learner's history as a file: all of it, versioned, and checked when it comes back. */
import {
  type Entry,
  entryFrom,
  fromV1,
  isRecord,
  merge,
  type Settings,
  settingsFrom,
  VERSION,
} from "./log.ts";
import { mergeRounds, type Round, roundFrom } from "./round.ts";

const FORMAT = "whetstone-history";

export interface History {
  readonly settings: Settings;
  readonly log: readonly Entry[];
  /** Rounds of the interview: all but what was recorded. */
  readonly rounds: readonly Round[];
}

export function toJson({ settings, log, rounds }: History, time: number): string {
  const exported = new Date(time).toISOString();
  return `${JSON.stringify({ format: FORMAT, version: VERSION, exported, settings, log, rounds }, null, 1)}\n`;
}

/** Throws a sentence where the text is not a history. */
export function fromJson(text: string): History {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("This file is not JSON, so it cannot be a history of the drill.");
  }
  if (!isRecord(value) || value.format !== FORMAT)
    throw new Error("This file is JSON, but not a history exported by the drill.");
  const { version, log, settings, rounds = [] } = value;
  if (version !== 1 && version !== 2 && version !== VERSION)
    throw new Error(
      `This history has version ${String(version)}; this studio reads versions 1 to ${VERSION}.`,
    );
  if (!Array.isArray(log)) throw new Error("This history holds no log of reviews.");
  if (!Array.isArray(rounds)) throw new Error("This history holds no list of interview rounds.");
  const read = version === 1 ? fromV1 : entryFrom;
  return {
    settings: settingsFrom(settings),
    log: merge(
      [],
      log.map((found: unknown, i) => {
        const entry = read(found);
        if (typeof entry === "string") throw refused("Entry", i, entry);
        return entry;
      }),
    ),
    rounds: mergeRounds(
      [],
      rounds.map((found: unknown, i) => {
        const round = roundFrom(found);
        if (round === null) throw refused("Interview round", i, "is damaged");
        return round;
      }),
    ),
  };
}

const refused = (what: string, i: number, why: string) =>
  new Error(`${what} ${i + 1} of this history ${why}, so nothing was imported.`);

/** A note for Anki: front, back, tags. */
export type AnkiNote = readonly [front: string, back: string, tags: string];

/** Anki's text format: its header lines, then a note a line. */
export function toAnki(notes: readonly AnkiNote[]): string {
  const field = (text: string) => text.replaceAll(/\s*[\t\r\n]+\s*/g, " ");
  return [
    "#separator:tab",
    "#html:true",
    "#tags column:3",
    ...notes.map((note) => note.map(field).join("\t")),
    "",
  ].join("\n");
}
