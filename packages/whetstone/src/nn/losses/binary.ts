import { argumentError } from "../../errors.ts";
import type { Tensor } from "../../tensor/index.ts";
import { softplus } from "../functional.ts";
import { type LossOptions, reduce, requireSame } from "./reduction.ts";

/** What each element weighs in a loss of two classes. */
export interface BinaryOptions extends LossOptions {
  /** A weight for each element; broadcasts. */
  readonly weight?: Tensor | null;
}

/**
 * -[y log p + (1 - y) log(1 - p)]: the negative log likelihood of Bernoulli variables, from probabilities. Inside the
 * logarithms p and 1 - p count as at least `epsilon`, by default 1e-12: no answer costs more than 27.6. Prefer
 * {@link binaryCrossEntropyWithLogits}, which needs no guard.
 *
 * @example
 * binaryCrossEntropy(Tensor.from([0.5]), Tensor.from([1])).item(); // 0.6931 = log 2
 */
export function binaryCrossEntropy(
  probability: Tensor,
  target: Tensor,
  options: BinaryOptions & { readonly epsilon?: number } = {},
): Tensor {
  const where = "binaryCrossEntropy";
  requireSame(where, "target", target, probability);
  const epsilon = options.epsilon ?? 1e-12;
  if (!(epsilon >= 0 && epsilon < 0.5))
    throw argumentError(where, "epsilon", epsilon, "a number >= 0 and < 0.5");
  const y = target.to(probability.dtype);
  const logOf = (p: Tensor) => p.maximum(epsilon).log();
  const positive = y.mul(logOf(probability));
  const negative = y
    .neg()
    .add(1)
    .mul(logOf(probability.neg().add(1)));
  const losses = positive.add(negative).neg();
  return reduce(where, options.weight ? losses.mul(options.weight) : losses, options.reduction);
}

/**
 * Binary cross-entropy of sigmoid(logits), computed as (1 - y) z + softplus(-z): finite for every logit. `posWeight`
 * multiplies the loss of positives; one output for each label makes a multi-label head.
 *
 * @example
 * binaryCrossEntropyWithLogits(Tensor.from([0, 200]), Tensor.from([1, 0]), { reduction: "none" }).toArray(); // [0.6931, 200]
 */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  target: Tensor,
  options: BinaryOptions & { readonly posWeight?: Tensor | number } = {},
): Tensor {
  const where = "binaryCrossEntropyWithLogits";
  requireSame(where, "target", target, logits);
  const y = target.to(logits.dtype);
  const { posWeight } = options;
  const missed = softplus(logits.neg()); // -log sigmoid(z)
  const factor =
    posWeight === undefined
      ? null
      : y.mul(typeof posWeight === "number" ? posWeight - 1 : posWeight.sub(1)).add(1);
  const losses = y
    .neg()
    .add(1)
    .mul(logits)
    .add(factor ? factor.mul(missed) : missed);
  return reduce(where, options.weight ? losses.mul(options.weight) : losses, options.reduction);
}

/** How a focal loss weighs positives, negatives and easy examples. */
export interface SigmoidFocalOptions extends LossOptions {
  /** Weight of positives, 1 - alpha of negatives; negative: none. Default 0.25. */
  readonly alpha?: number;
  /** How much easy examples are down-weighted. Default 2. */
  readonly gamma?: number;
}

/**
 * alpha_t (1 - p_t)^gamma times binary cross-entropy, from logits (Lin et al. 2017).
 *
 * @example
 * sigmoidFocal(Tensor.from([0]), Tensor.from([1])).item(); // 0.0433 = 0.25 * 0.5^2 * log 2
 */
export function sigmoidFocal(logits: Tensor, target: Tensor, options: SigmoidFocalOptions = {}): Tensor {
  const { alpha = 0.25, gamma = 2, reduction } = options;
  if (!(gamma >= 0)) throw argumentError("sigmoidFocal", "gamma", gamma, "a number >= 0");
  const y = target.to(logits.dtype);
  const ce = binaryCrossEntropyWithLogits(logits, target, { reduction: "none" });
  const p = logits.sigmoid();
  const wrong = p.add(y).sub(p.mul(y).mul(2)); // 1 - p_t
  let losses = gamma === 0 ? ce : ce.mul(wrong.pow(gamma));
  if (alpha >= 0) losses = losses.mul(y.mul(2 * alpha - 1).add(1 - alpha));
  return reduce("sigmoidFocal", losses, reduction);
}

/**
 * max(0, 1 - y s) for scores s and targets -1 and 1: the loss of a support vector machine, or its square.
 *
 * @example
 * hinge(Tensor.from([0.5, 2]), Tensor.from([1, 1])).item(); // 0.25
 */
export function hinge(
  scores: Tensor,
  target: Tensor,
  options: LossOptions & { readonly squared?: boolean } = {},
): Tensor {
  requireSame("hinge", "target", target, scores);
  const losses = scores.mul(target.to(scores.dtype)).neg().add(1).relu();
  return reduce("hinge", options.squared ? losses.square() : losses, options.reduction);
}
