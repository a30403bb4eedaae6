/** The learner's history as a file: all of it, versioned, and checked when it comes back. */
import { type Entry, fromV1, isGrade, merge, type Settings, settingsFrom, VERSION } from "./log.ts";

const FORMAT = "whetstone-history";

export interface History {
  readonly settings: Settings;
  readonly log: readonly Entry[];
}

export function toJson({ settings, log }: History, time: number): string {
  const exported = new Date(time).toISOString();
  return `${JSON.stringify({ format: FORMAT, version: VERSION, exported, settings, log }, null, 1)}\n`;
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
  const { version, log, settings } = value;
  if (version !== 1 && version !== VERSION)
    throw new Error(
      `This history has version ${String(version)}; this studio reads versions 1 and ${VERSION}.`,
    );
  if (!Array.isArray(log)) throw new Error("This history holds no log of reviews.");
  return {
    settings: settingsFrom(settings),
    log: merge(
      [],
      log.map((entry: unknown, i) => readEntry(entry, version, i)),
    ),
  };
}

function readEntry(entry: unknown, version: 1 | typeof VERSION, i: number): Entry {
  const wrong = (what: string) =>
    new Error(`Entry ${i + 1} of this history ${what}, so nothing was imported.`);
  if (!isRecord(entry)) throw wrong("is not a record");
  const { id, item, time, ms, from, undoes } = entry;
  if (typeof id !== "string" || id === "") throw wrong("has no id");
  if (typeof time !== "number" || !Number.isFinite(time) || Math.abs(time) > 8.64e15)
    throw wrong("has no time");
  if (version === VERSION && entry.kind === "undo") {
    if (typeof undoes !== "string") throw wrong("takes back nothing");
    return { kind: "undo", id, undoes, time };
  }
  if (typeof item !== "string" || item === "") throw wrong("names no item");
  const grade = version === 1 ? entry.rating : entry.grade;
  if (!isGrade(grade)) throw wrong("has no grade of 1 to 4");
  if (version === 1) return fromV1({ id, item, rating: grade, time });
  if (entry.kind !== "review") throw wrong("is neither a review nor an undo");
  return {
    kind: "review",
    id,
    item,
    grade,
    time,
    ms: typeof ms === "number" && Number.isFinite(ms) ? ms : null,
    from: from === "speed" ? "speed" : "drill",
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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
