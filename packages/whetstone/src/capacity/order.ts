import { normalCdf, normalPdf, normalQuantile } from "../math/index.ts";
import { requireOptions, requirePositive } from "./check.ts";

/** How much to have on hand, and what to expect of it. */
export interface OrderPlan {
  /** Stock at which cost is least: the forecast's quantile at `level`. */
  readonly quantity: number;
  /** Chance that the stock covers demand: shortage / (shortage + leftover). */
  readonly level: number;
  /** Stock beyond the mean demand; negative where leftovers cost more than shortages. */
  readonly safetyStock: number;
  /** Mean units of demand that are not met. */
  readonly expectedShort: number;
  /** Mean units left over. */
  readonly expectedLeft: number;
}

/**
 * The newsvendor's order for normal demand over several periods: the quantile of demand at which one unit more costs
 * as much as it saves, shortage / (shortage + leftover). Periods are independent, so means and variances add.
 *
 * `mean` and `sd` are of one period (the sd is that of the forecast's error, > 0), `periods` (default 1) may be a
 * fraction; `shortage` is lost on each unit too few, `leftover` on each too many. Throws where a number is not > 0.
 * Source: Arrow, Harris and Marschak, Optimal Inventory Policy (1951); Silver, Pyke and Peterson, Inventory
 * Management and Production Planning and Scheduling (1998), section 10.2.
 *
 * @example
 * ```ts
 * orderQuantity({ mean: 100, sd: 30, shortage: 4, leftover: 1 }).quantity.toFixed(1); // "125.2"
 * ```
 */
export function orderQuantity(options: {
  readonly mean: number;
  readonly sd: number;
  readonly shortage: number;
  readonly leftover: number;
  readonly periods?: number;
}): OrderPlan {
  const where = "orderQuantity";
  requireOptions(where, options);
  const { mean, sd, shortage, leftover, periods = 1 } = options;
  for (const [name, x] of Object.entries({ mean, sd, shortage, leftover, periods }))
    requirePositive(where, name, x);
  const level = shortage / (shortage + leftover);
  const z = normalQuantile(level);
  const spread = sd * Math.sqrt(periods);
  // The normal loss function: E[(Z - z)+].
  const loss = normalPdf(z) - z * normalCdf(-z);
  return {
    quantity: mean * periods + z * spread,
    level,
    safetyStock: z * spread,
    expectedShort: spread * loss,
    expectedLeft: spread * (z + loss),
  };
}
