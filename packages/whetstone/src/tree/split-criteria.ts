import { argumentError, requireList, shapeError } from "../errors.ts";

/** A measure of how mixed the classes of a node are. */
export type ClassCriterion = "gini" | "entropy";

/**
 * Gini impurity `1 - sum p^2` of class counts or weights: the probability that two draws differ. 0 for a pure node, at
 * most `1 - 1/K`.
 *
 * @param counts numbers >= 0, one per class, not all 0
 * @example
 * giniImpurity([5, 5]); // 0.5
 * giniImpurity([10, 0]); // 0
 */
export function giniImpurity(counts: ArrayLike<number>): number {
  const total = totalOf("giniImpurity", counts);
  let sum = 0;
  for (let k = 0; k < counts.length; k++) sum += (counts[k]! / total) * (1 - counts[k]! / total);
  return sum;
}

/**
 * Entropy `-sum p log2 p` of class counts or weights, in bits. 0 for a pure node, 1 for a fair coin.
 *
 * @param counts numbers >= 0, one per class, not all 0
 * @example
 * entropyImpurity([5, 5]); // 1
 */
export function entropyImpurity(counts: ArrayLike<number>): number {
  const total = totalOf("entropyImpurity", counts);
  let sum = 0;
  for (let k = 0; k < counts.length; k++) {
    const p = counts[k]! / total;
    if (p > 0) sum -= p * Math.log2(p);
  }
  return sum;
}

/**
 * What a split gains: impurity of the parent less that of the children, by their shares of the rows. Never negative up
 * to rounding, as both impurities are concave.
 *
 * @param children class counts of each child
 * @param criterion `"entropy"` (the default) gives the information gain in bits, `"gini"` the decrease of Gini impurity
 * @example
 * splitGain([[5, 0], [0, 5]]); // 1
 * splitGain([[5, 0], [0, 5]], "gini"); // 0.5
 */
export function splitGain(
  children: readonly ArrayLike<number>[],
  criterion: ClassCriterion = "entropy",
): number {
  const where = "splitGain";
  requireList(where, "children", children, "an array of class counts per child");
  if (criterion !== "entropy" && criterion !== "gini")
    throw argumentError(where, "criterion", criterion, '"gini" or "entropy"');
  if (children.length === 0) throw shapeError(where, "children", "is empty", "at least one child");
  const K = totalOf(where, children[0]!) > 0 ? children[0]!.length : 0;
  const parent = new Float64Array(K);
  const impurity = criterion === "gini" ? giniImpurity : entropyImpurity;
  let total = 0;
  let inside = 0;
  children.forEach((counts, v) => {
    const n = totalOf(where, counts);
    if (counts.length !== K)
      throw shapeError(where, `children[${v}]`, `has ${counts.length} classes`, `${K} (as the first child)`);
    for (let k = 0; k < K; k++) parent[k] = parent[k]! + counts[k]!;
    total += n;
    inside += n * impurity(counts);
  });
  return impurity(parent) - inside / total;
}

function totalOf(where: string, counts: ArrayLike<number>): number {
  requireList(where, "counts", counts, "an array of numbers >= 0");
  let total = 0;
  for (let k = 0; k < counts.length; k++) {
    const c = counts[k];
    if (!(typeof c === "number" && c >= 0 && c < Number.POSITIVE_INFINITY))
      throw argumentError(where, `counts[${k}]`, c, "a finite number >= 0");
    total += c;
  }
  if (!(total > 0)) throw argumentError(where, "counts", counts, "at least one count > 0");
  return total;
}
