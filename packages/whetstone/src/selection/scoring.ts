import { argumentError, type EstimatorKind, show } from "../contract/index.ts";
import type { Evaluation } from "./evaluation.ts";
import { namedScorer, scorerNames } from "./named-scorers.ts";

/** A way to judge a fitted model on rows it has not seen. */
export interface Scorer {
  readonly name: string;
  readonly greaterIsBetter: boolean;
  /** The score of a model on some rows; see {@link Evaluation} for what it can look at. */
  score(evaluation: Evaluation): number;
}

/** Names of metrics, scorers of one's own, or a list of both. */
export type Scoring = string | Scorer | readonly (string | Scorer)[];

/** Scorers asked for; by default accuracy for classifiers and R2 for regressors. */
export function scorersOf(scoring: Scoring | undefined, kind: EstimatorKind, where: string): Scorer[] {
  const asked = scoring ?? (kind === "classifier" ? "accuracy" : kind === "regressor" ? "r2" : undefined);
  if (asked === undefined) {
    throw argumentError(where, "scoring", scoring, `a scorer: a ${kind} has no usual one`);
  }
  const list = (Array.isArray(asked) ? asked : [asked]) as readonly (string | Scorer)[];
  if (list.length === 0) throw argumentError(where, "scoring", asked, "at least one metric");
  const scorers = list.map((item) => {
    if (typeof item !== "string") {
      if (typeof item?.score === "function" && typeof item.name === "string") return item;
      throw argumentError(
        where,
        "scoring",
        item,
        "names of metrics or objects with name, greaterIsBetter and score",
      );
    }
    const found = namedScorer(item);
    if (!found) throw argumentError(where, "scoring", item, `one of ${scorerNames().join(", ")}`);
    return found;
  });
  const names = scorers.map((s) => s.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw argumentError(where, "scoring", twice, "every metric once");
  return scorers;
}

/** The scorer that decides between candidates. */
export function chooseScorer(scorers: readonly Scorer[], name: string | undefined, where: string): Scorer {
  if (name === undefined) return scorers[0]!;
  const found = scorers.find((s) => s.name === name);
  if (!found)
    throw argumentError(where, "rankBy", name, `one of ${scorers.map((s) => show(s.name)).join(", ")}`);
  return found;
}
