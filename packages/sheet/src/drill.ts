import type { Level } from "./card.ts";

/**
 * What a learner repeats until it is known. Questions are those of the catalogue, formulas and predictions are the
 * sheet's own; what circulates wrongly comes from the errata of the cards. Every item points to the card that shows
 * its answer.
 */
export type DrillItem = Question | FormulaItem | Prediction;

interface Item {
  /** The card that shows the answer, `"chapter/name"`. */
  readonly card: string;
  readonly level: Level;
}

/** A question of the catalogue, its answer in one to three short sentences; formulas between `$` signs. */
export interface Question extends Item {
  readonly kind: "question";
  /** The catalogue's id, `"q-a-124"`. */
  readonly id: string;
  readonly ask: string;
  readonly answer: string;
  /** The question this one follows in an interview. */
  readonly after?: string;
}

/** A formula with one part missing: `\\gap` stands in `formula` where `missing` belongs (KaTeX source, both). */
export interface FormulaItem extends Item {
  readonly kind: "formula";
  /** `"f-<chapter>-<name>"`. */
  readonly id: string;
  readonly ask: string;
  readonly formula: string;
  readonly missing: string;
}

/** A number to guess before the lab shows it: the value of one check of the card's run at these controls. */
export interface Prediction extends Item {
  readonly kind: "prediction";
  /** `"p-<chapter>-<name>"`. */
  readonly id: string;
  readonly ask: string;
  readonly controls: Readonly<Record<string, number | string | boolean>>;
  /** The name of the check, exactly as the card states it. */
  readonly check: string;
  readonly unit?: string;
}

/** The longest texts that fit a drill card: characters. */
export const DRILL_LIMITS = { ask: 220, answer: 360, formula: 240, missing: 90 } as const;

/** Declares the items of a chapter; the identity function, for its types. */
export function drill(items: readonly DrillItem[]): readonly DrillItem[] {
  return items;
}
