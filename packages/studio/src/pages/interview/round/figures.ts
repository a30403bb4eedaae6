/** What a round that is over tells the learner. Pure. */
import { RUBRIC, type Signal } from "@whetstone/sheet/interview";
import { type Asked, type Round, reached } from "../../../store/round.ts";

export const GRADES = ["Weak", "Partial", "Good", "Strong"] as const;

/** Questions graded 1 or 2: these go to the drill. */
export const weakOnes = (round: Round): readonly Asked[] =>
  reached(round).filter(({ grade }) => grade === 1 || grade === 2);

/** The mean of the questions' grades; null where none is graded. */
export function meanGrade(round: Round): number | null {
  const grades = reached(round).flatMap(({ grade }) => (grade === 0 ? [] : [grade]));
  return grades.length === 0 ? null : grades.reduce((a: number, b) => a + b, 0) / grades.length;
}

/** The signal with the lowest grade, the first of them; null where none is graded or all are strong. */
export function weakestSignal({ signals }: Round): Signal | null {
  const graded = RUBRIC.filter(({ id }) => signals[id] !== undefined);
  const lowest = Math.min(...graded.map(({ id }) => signals[id]!));
  return lowest < 4 ? graded.find(({ id }) => signals[id] === lowest)! : null;
}

/** How many grades are not given yet: of questions that were reached, and of signals. */
export function ungraded(round: Round): number {
  const questions = reached(round).filter(({ grade }) => grade === 0).length;
  return questions + RUBRIC.filter(({ id }) => round.signals[id] === undefined).length;
}

export interface NextStep {
  readonly says: string;
  readonly label: string;
  readonly href: string;
}

/** One thing to do next: what was weak, then the weakest signal, then the next round. */
export function nextStep(round: Round): NextStep {
  const weak = weakOnes(round).length;
  if (weak > 0)
    return {
      says: `${weak} weak ${weak === 1 ? "answer waits" : "answers wait"} in the drill.`,
      label: "Study them in the drill",
      href: "#/drill/study",
    };
  const signal = weakestSignal(round)?.id;
  if (signal === "numbers")
    return {
      says: "Say magnitudes aloud before you read them.",
      label: "Estimate with the calculators",
      href: "#/interview/calculators",
    };
  if (signal === "framing" || signal === "trade-offs")
    return {
      says: "A system design makes you ask for goals and choose between two ways.",
      label: "Walk a system design",
      href: "#/interview",
    };
  return {
    says: "Ask yourself for more: fewer minutes, or chapters you avoid.",
    label: "Another round",
    href: "#/interview/round",
  };
}

/** The grades of each signal over rounds, the oldest first; null where a round has none. */
export const signalHistory = (rounds: readonly Round[]) =>
  RUBRIC.map((signal) => ({
    signal,
    grades: [...rounds].reverse().map(({ signals }) => signals[signal.id] ?? null),
  }));
