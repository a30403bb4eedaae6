import { shapeError, valueError } from "../errors.ts";
import { numbers } from "./check.ts";

/**
 * Bayes' rule over a list of hypotheses: posterior = prior x likelihood / evidence.
 *
 * @param prior probability of each hypothesis, >= 0; scaled to sum 1.
 * @param likelihood probability (or density) of the data under each, >= 0.
 *
 * @example
 * // A test that finds 99 % of cases and errs on 5 % of the healthy, for a disease of 1 in 100:
 * bayesRule([0.01, 0.99], [0.99, 0.05]).posterior[0]; // 0.16667
 */
export function bayesRule(
  prior: ArrayLike<number>,
  likelihood: ArrayLike<number>,
): { posterior: Float64Array; evidence: number } {
  const where = "bayesRule";
  const p = numbers(where, "prior", prior);
  const l = numbers(where, "likelihood", likelihood);
  if (l.length !== p.length)
    throw shapeError(where, "likelihood", `has ${l.length} entries`, `${p.length} (as prior)`);
  for (const [name, list] of [
    ["prior", p],
    ["likelihood", l],
  ] as const)
    if (list.some((v) => v < 0))
      throw valueError(where, name, "holds a negative number, expected numbers >= 0");
  const total = p.reduce((s, v) => s + v, 0);
  const joint = p.map((v, i) => (v / total) * l[i]!);
  const evidence = joint.reduce((s, v) => s + v, 0);
  if (!(evidence > 0 && evidence < Number.POSITIVE_INFINITY))
    throw valueError(where, "likelihood", `gives the evidence ${evidence}: no hypothesis explains the data`);
  return { posterior: joint.map((v) => v / evidence), evidence };
}
