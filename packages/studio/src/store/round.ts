/** A round of interview questions: what was asked, what was said, and how the learner judged it. */
import { type Grade, isGrade, isRecord } from "./log.ts";

/** A question as it was put: the one that was drawn, or a follow-up to it. */
export interface Part {
  /** A drill item's id, or `"chapter/card#1"`: a follow-up of a card. */
  readonly ref: string;
  /** The card that shows the answer. */
  readonly card: string;
  /** The question as plain text, for a sheet that has it no more. */
  readonly ask: string;
  readonly notes: string;
  readonly ms: number;
  /** A recording of the answer is kept, under `recordingKey`. */
  readonly recorded: boolean;
}

export interface Asked {
  /** The question, then its follow-ups. */
  readonly parts: readonly Part[];
  /** 0: not graded. */
  readonly grade: Grade | 0;
}

export interface Round {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly role: string | null;
  readonly minutes: number;
  readonly stage: "run" | "review" | "done";
  /** The question and the part of it that is asked now; in the end, the last that was reached. */
  readonly question: number;
  readonly part: number;
  readonly asked: readonly Asked[];
  /** Grades of the rubric, by signal. */
  readonly signals: Readonly<Record<string, Grade>>;
}

export const recordingKey = (round: string, question: number, part: number): string =>
  `${round}/${question}.${part}`;

/** The questions that were put before time was over. */
export const reached = ({ asked, question }: Round): readonly Asked[] => asked.slice(0, question + 1);

export const millisecondsOf = ({ parts }: Asked): number => parts.reduce((sum, { ms }) => sum + ms, 0);
export const spent = (round: Round): number =>
  round.asked.reduce((sum, asked) => sum + millisecondsOf(asked), 0);

/** The latest first, each once. What has come further replaces what has not. */
export function mergeRounds(a: readonly Round[], b: readonly Round[]): Round[] {
  const all = new Map<string, Round>();
  for (const round of [...a, ...b]) {
    const known = all.get(round.id);
    if (!known || (known.stage !== "done" && round.stage === "done")) all.set(round.id, round);
  }
  return [...all.values()].sort((x, y) => y.started - x.started || (x.id < y.id ? -1 : 1));
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isSpan = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
const LATEST = 8.64e15;

/** Reads a round from storage or a file; null where it is none, or damaged. */
export function roundFrom(value: unknown): Round | null {
  if (!isRecord(value) || !isText(value.id) || !isSpan(value.started) || value.started > LATEST) return null;
  const { id, started, role, stage, question, part } = value;
  if (stage !== "run" && stage !== "review" && stage !== "done") return null;
  if (!Array.isArray(value.asked) || !isSpan(value.minutes) || !isCount(question) || !isCount(part))
    return null;
  const asked = value.asked.map(askedFrom);
  if (!asked.every((a) => a !== null) || part >= (asked[question]?.parts.length ?? 0)) return null;
  const signals = Object.entries(isRecord(value.signals) ? value.signals : {}).filter(
    (entry): entry is [string, Grade] => isGrade(entry[1]),
  );
  return {
    id,
    started,
    role: isText(role) ? role : null,
    minutes: value.minutes,
    stage,
    question,
    part,
    asked,
    signals: Object.fromEntries(signals),
  };
}

function askedFrom(value: unknown): Asked | null {
  if (!isRecord(value) || !Array.isArray(value.parts)) return null;
  const parts = value.parts.map(partFrom);
  if (parts.length === 0 || !parts.every((p) => p !== null)) return null;
  return { parts, grade: isGrade(value.grade) ? value.grade : 0 };
}

function partFrom(value: unknown): Part | null {
  if (!isRecord(value)) return null;
  const { ref, card, ask, notes, ms, recorded } = value;
  if (!isText(ref) || !isText(card) || typeof ask !== "string" || typeof notes !== "string") return null;
  return { ref, card, ask, notes, ms: isSpan(ms) ? ms : 0, recorded: recorded === true };
}
