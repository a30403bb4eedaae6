/** A walk through a design prompt, and where it is kept between visits. */
import { PROMPTS, RUBRIC, STEP_MINUTES, STEPS, type Step } from "@whetstone/sheet/interview";

/** What was done about the number of a step. */
export interface OwnNumber {
  /** What was said before calculating, as typed. */
  readonly estimate: string;
  /** What was entered into the calculator, as typed; its result follows from them. */
  readonly given: Readonly<Record<string, string>>;
}

export interface Walk {
  /** 0 to 5: the step being answered; 6: answers beside the model points. */
  readonly step: number;
  readonly notes: readonly string[];
  readonly seconds: readonly number[];
  /** Model points that were said, `"metrics.1"`. */
  readonly said: readonly string[];
  /** Grades 1 to 4 by signal. */
  readonly grades: Readonly<Record<string, number>>;
  readonly numbers: Readonly<Partial<Record<Step, OwnNumber>>>;
}

export const NEW_WALK: Walk = {
  step: 0,
  notes: STEPS.map(() => ""),
  seconds: STEPS.map(() => 0),
  said: [],
  grades: {},
  numbers: {},
};

export const NO_NUMBER: OwnNumber = { estimate: "", given: {} };

const keyOf = (id: string, version: 1 | 2 = 2) => `whetstone.interview.walk.v${version}.${id}`;
const list = (x: unknown, type: string): x is unknown[] =>
  Array.isArray(x) && x.length === STEPS.length && x.every((v) => typeof v === type);
const isRecord = (x: unknown): x is Record<string, unknown> =>
  x !== null && typeof x === "object" && !Array.isArray(x);

function ownNumbers(x: unknown): Walk["numbers"] {
  if (!isRecord(x)) return {};
  const kept = STEPS.flatMap((step) => {
    const own = x[step];
    if (!isRecord(own) || typeof own.estimate !== "string" || !isRecord(own.given)) return [];
    const given = Object.entries(own.given).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return [[step, { estimate: own.estimate, given: Object.fromEntries(given) }] as const];
  });
  return Object.fromEntries(kept);
}

/** Reads a stored walk; null where it is none, or damaged. One of the first version has no numbers of its own yet. */
export function parseWalk(text: string | null): Walk | null {
  try {
    const w = JSON.parse(text ?? "null") as Walk | null;
    if (w === null || !list(w.notes, "string") || !list(w.seconds, "number")) return null;
    if (!Number.isInteger(w.step) || w.step < 0 || w.step > STEPS.length || !Array.isArray(w.said))
      return null;
    const grades = Object.entries(w.grades ?? {}).filter(
      ([id, g]) => RUBRIC.some((s) => s.id === id) && [1, 2, 3, 4].includes(g),
    );
    const { step, notes, seconds } = w;
    const said = w.said.filter((id) => typeof id === "string");
    return { step, notes, seconds, said, grades: Object.fromEntries(grades), numbers: ownNumbers(w.numbers) };
  } catch {
    return null;
  }
}

export function readWalk(id: string): Walk | null {
  try {
    return parseWalk(localStorage.getItem(keyOf(id))) ?? parseWalk(localStorage.getItem(keyOf(id, 1)));
  } catch {
    return null;
  }
}

/** False where the browser keeps nothing. What the first version kept goes once the walk is kept anew. */
export function keepWalk(id: string, walk: Walk): boolean {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(walk));
    localStorage.removeItem(keyOf(id, 1));
    return true;
  } catch {
    return false;
  }
}

/** Whether a walk holds anything that would be missed. */
export const isBegun = (walk: Walk): boolean =>
  walk.notes.some((note) => note.trim() !== "") ||
  walk.said.length > 0 ||
  Object.keys(walk.grades).length > 0 ||
  Object.values(walk.numbers).some(({ estimate, given }) => estimate !== "" || Object.keys(given).length > 0);

/** The signal with the lowest grade, once all are graded. */
export const weakest = ({ grades }: Walk) =>
  RUBRIC.every((s) => grades[s.id] !== undefined)
    ? RUBRIC.reduce((a, b) => (grades[b.id]! < grades[a.id]! ? b : a))
    : null;

export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

export const totalSeconds = ({ seconds }: Walk): number => seconds.reduce((a, b) => a + b, 0);

/** "1:20 of 5 minutes left", or how far the plan is overrun. */
export function timeLeft(step: Step, seconds: number): string {
  const minutes = STEP_MINUTES[step];
  const left = 60 * minutes - seconds;
  return left >= 0
    ? `${clock(left)} of ${minutes} minutes left`
    : `${clock(-left)} over the ${minutes} minutes planned`;
}

/** No line ends between a number and its per cent or its spread. */
export const glued = (text: string): string =>
  text.replace(/(\d) ([%±])/g, "$1\u00a0$2").replace(/± (\d)/g, "±\u00a0$1");

export const findPrompt = (id: string) => PROMPTS.find((p) => p.id === id);

export const named = (step: string) => `${step[0]!.toUpperCase()}${step.slice(1)}`;
