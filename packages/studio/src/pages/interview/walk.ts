/** A walk through a design prompt, and where it is kept between visits. */
import { PROMPTS, RUBRIC, STEPS } from "@whetstone/sheet/interview";

export interface Walk {
  /** 0 to 5: the step being answered; 6: answers beside the model points. */
  readonly step: number;
  readonly notes: readonly string[];
  readonly seconds: readonly number[];
  /** Model points that were said, `"metrics.1"`. */
  readonly said: readonly string[];
  /** Grades 1 to 4 by signal. */
  readonly grades: Readonly<Record<string, number>>;
}

export const NEW_WALK: Walk = {
  step: 0,
  notes: STEPS.map(() => ""),
  seconds: STEPS.map(() => 0),
  said: [],
  grades: {},
};

const keyOf = (id: string) => `whetstone.interview.walk.v1.${id}`;
const list = (x: unknown, type: string): x is unknown[] =>
  Array.isArray(x) && x.length === STEPS.length && x.every((v) => typeof v === type);

/** Reads a stored walk; null where it is none, damaged or of another version. */
export function parseWalk(text: string | null): Walk | null {
  try {
    const w = JSON.parse(text ?? "null") as Walk | null;
    if (w === null || !list(w.notes, "string") || !list(w.seconds, "number")) return null;
    if (!Number.isInteger(w.step) || w.step < 0 || w.step > STEPS.length || !Array.isArray(w.said))
      return null;
    const grades = Object.entries(w.grades ?? {}).filter(
      ([id, g]) => RUBRIC.some((s) => s.id === id) && [1, 2, 3, 4].includes(g),
    );
    return { ...w, grades: Object.fromEntries(grades) };
  } catch {
    return null;
  }
}

export function readWalk(id: string): Walk | null {
  try {
    return parseWalk(localStorage.getItem(keyOf(id)));
  } catch {
    return null;
  }
}

/** False where the browser keeps nothing. */
export function keepWalk(id: string, walk: Walk): boolean {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(walk));
    return true;
  } catch {
    return false;
  }
}

/** The signal with the lowest grade, once all are graded. */
export const weakest = ({ grades }: Walk) =>
  RUBRIC.every((s) => grades[s.id] !== undefined)
    ? RUBRIC.reduce((a, b) => (grades[b.id]! < grades[a.id]! ? b : a))
    : null;

export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

export const findPrompt = (id: string) => PROMPTS.find((p) => p.id === id);
