import type { Controls, ControlValues } from "./controls.ts";
import { runValues } from "./controls.ts";
import { type Check, createLab, type Lab, type Output } from "./lab.ts";

/** A statement of a sheet in circulation that does not hold. */
export interface Erratum {
  /** Its id in the catalogue, e.g. `"claim-a-019"`. */
  readonly claim: string;
  readonly claimed: string;
  readonly truth: string;
}

export type Level = "easy" | "medium" | "hard";

/** What an interviewer asks next, and what to say. */
export interface FollowUp {
  readonly ask: string;
  readonly answer: string;
}

/** One statement, executed: the page in the studio, the row in `whetstone verify`, and a test. */
export interface Card<C extends Controls = Controls> {
  /** `chapter/name`, as the file: `cards/chapter/name.ts`. */
  readonly id: string;
  readonly title: string;
  /** KaTeX source. */
  readonly formula: string;
  readonly ask: string;
  /** What to say in thirty seconds. */
  readonly answer: string;
  readonly pitfall: string;
  /** How far into an interview the card leads. */
  readonly level: Level;
  /** When the idea is the wrong choice, and what to take instead. */
  readonly whenNot: string;
  readonly followUps: readonly FollowUp[];
  /** Longer explanation, paragraphs separated by an empty line; formulas between `$` signs. */
  readonly derivation: string;
  readonly errata?: readonly Erratum[];
  /** Ids of the catalogue's systems and claims that this card executes. */
  readonly covers: readonly string[];
  /** Ids of the catalogue's questions that this card answers. */
  readonly answers?: readonly string[];
  /** Against what the library's part in this card was proved, e.g. `"SciPy 1.10 linalg.svd, 1e-12"`. */
  readonly verifiedAgainst: readonly string[];
  /** A quick card (well under a second) redraws while a control moves; a costly one waits for Run. */
  readonly budget: "quick" | "costly";
  readonly controls: C;
  run(lab: Lab, controls: ControlValues<C>): void | Promise<void>;
}

/** Declares a card; the identity function, for its types. */
export function card<const C extends Controls>(definition: Card<C>): Card<C> {
  return definition;
}

export const chapterOf = (card: { readonly id: string }): string => card.id.slice(0, card.id.indexOf("/"));

export interface RunOptions {
  readonly seed?: number;
  readonly controls?: Readonly<Record<string, unknown>>;
  readonly onOutput?: (output: Output) => void;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The outcome of one run: a row of `whetstone verify --json`. */
export interface CardResult {
  readonly id: string;
  readonly covers: readonly string[];
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly ms: number;
  /** Why the run threw, if it did. */
  readonly error?: string;
}

/** Runs a card and judges it: it holds when it has checks and all of them hold. */
export async function runCard(card: Card, options: RunOptions = {}): Promise<CardResult> {
  const checks: Check[] = [];
  const lab = createLab(options.seed ?? 0, {
    output(output) {
      if (output.kind === "check") checks.push(output.check);
      options.onOutput?.(output);
    },
    ...(options.onProgress && { progress: options.onProgress }),
  });
  const start = performance.now();
  let error: string | undefined;
  try {
    const values = await runValues(card.controls, options.controls);
    await card.run(lab, values as ControlValues<Controls>);
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause);
  }
  const ms = performance.now() - start;
  const ok = error === undefined && checks.length > 0 && checks.every((c) => c.ok);
  return { id: card.id, covers: card.covers, ok, checks, ms, ...(error !== undefined && { error }) };
}
