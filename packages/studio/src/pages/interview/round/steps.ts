/** A round as a machine: what each thing that happens makes of it. Pure. */
import type { Grade } from "../../../store/log.ts";
import { type Asked, type Part, type Round, spent } from "../../../store/round.ts";
import type { Put } from "./choose.ts";

export type Step =
  | { readonly kind: "tick"; readonly ms: number }
  | { readonly kind: "write"; readonly notes: string }
  | {
      readonly kind: "record";
      readonly question: number;
      readonly part: number;
      readonly recorded: boolean;
    }
  | { readonly kind: "next" }
  | { readonly kind: "end" }
  | { readonly kind: "grade"; readonly question: number; readonly grade: Grade }
  | { readonly kind: "signal"; readonly signal: string; readonly grade: Grade }
  | { readonly kind: "finish" };

export interface Plan {
  readonly id: string;
  readonly started: number;
  readonly role: string | null;
  readonly minutes: number;
  /** At least one question, each with its follow-ups. */
  readonly questions: readonly (readonly Put[])[];
}

export const newRound = ({ questions, ...plan }: Plan): Round => ({
  ...plan,
  stage: "run",
  question: 0,
  part: 0,
  asked: questions.map((parts) => ({
    parts: parts.map((put) => ({ ...put, notes: "", ms: 0, recorded: false })),
    grade: 0,
  })),
  signals: {},
});

/** Milliseconds until time is over; negative after it. */
export const left = (round: Round): number => round.minutes * 60_000 - spent(round);

export const currentPart = ({ asked, question, part }: Round): Part => asked[question]!.parts[part]!;

/** What "next" leads to. */
export function ahead(round: Round): "follow-up" | "question" | "review" {
  if (left(round) <= 0) return "review";
  if (round.part + 1 < round.asked[round.question]!.parts.length) return "follow-up";
  return round.question + 1 < round.asked.length ? "question" : "review";
}

export function after(round: Round, step: Step): Round {
  switch (step.kind) {
    case "grade":
      if (round.stage !== "review") return round;
      return changed(round, step.question, (asked) => ({ ...asked, grade: step.grade }));
    case "signal":
      if (round.stage !== "review") return round;
      return { ...round, signals: { ...round.signals, [step.signal]: step.grade } };
    case "finish":
      return round.stage === "review" ? { ...round, stage: "done" } : round;
    case "record":
      // A recording may end a moment after its question did.
      return changedPart(round, step.question, step.part, { recorded: step.recorded });
    default:
      return round.stage === "run" ? running(round, step) : round;
  }
}

function running(round: Round, step: Extract<Step, { kind: "tick" | "write" | "next" | "end" }>): Round {
  const { question, part } = round;
  if (step.kind === "tick")
    return changedPart(round, question, part, { ms: currentPart(round).ms + awake(step.ms) });
  if (step.kind === "write") return changedPart(round, question, part, { notes: step.notes });
  const to = step.kind === "end" ? "review" : ahead(round);
  if (to === "follow-up") return { ...round, part: part + 1 };
  if (to === "question") return { ...round, question: question + 1, part: 0 };
  return { ...round, stage: "review" };
}

/** A page in the background ticks once a minute at least; what is longer, the machine was asleep. */
const ASLEEP_MS = 150_000;
const awake = (ms: number): number => (ms > 0 && ms < ASLEEP_MS ? ms : 0);

function changed(round: Round, question: number, of: (asked: Asked) => Asked): Round {
  return { ...round, asked: round.asked.map((asked, i) => (i === question ? of(asked) : asked)) };
}

const changedPart = (round: Round, question: number, part: number, to: Partial<Part>): Round =>
  changed(round, question, (asked) => ({
    ...asked,
    parts: asked.parts.map((p, i) => (i === part ? { ...p, ...to } : p)),
  }));
