import { argumentError, shapeError } from "../../errors.ts";
import type { Tensor } from "../../tensor/index.ts";

/** How the losses of single elements become one number: their mean (the default), their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

/** How the losses of single elements become one number. */
export interface LossOptions {
  /** Default "mean". */
  readonly reduction?: Reduction;
}

export function reduce(where: string, losses: Tensor, reduction: Reduction = "mean"): Tensor {
  switch (reduction) {
    case "mean":
      return losses.mean();
    case "sum":
      return losses.sum();
    case "none":
      return losses;
    default:
      throw argumentError(where, "reduction", reduction, '"mean", "sum" or "none"');
  }
}

export function requireSame(where: string, argument: string, x: Tensor, as: Tensor): void {
  if (x.rank === as.rank && x.shape.every((n, i) => n === as.shape[i])) return;
  const [has, expected] = [x, as].map((t) => `[${t.shape.join(", ")}]`) as [string, string];
  throw shapeError(where, argument, `has shape ${has}`, expected);
}
