import { valueError } from "../contract/index.ts";

/** The Poisson deviance knows no negative numbers, and nothing but zeros has no mean to compare with. */
export function checkCounts(y: Float64Array, weights: Float64Array, where: string): void {
  const i = y.findIndex((v) => v < 0);
  if (i >= 0)
    throw valueError(where, "y", `holds ${y[i]} at row ${i}, expected numbers >= 0 for criterion "poisson"`);
  if (!y.some((v, j) => v > 0 && weights[j]! > 0))
    throw valueError(
      where,
      "y",
      'holds only zeros, expected at least one number > 0 for criterion "poisson"',
    );
}
