import { argumentError, shapeError } from "../../errors.ts";
import type { Tensor } from "../../tensor/index.ts";
import { type LossOptions, reduce, requireSame } from "./reduction.ts";

/** Where the classes are, and what each of them and each place weighs. */
export interface CrossEntropyOptions extends LossOptions {
  /** A weight for each class, [C]. The mean over class numbers is then over weights, as in PyTorch. */
  readonly weight?: Tensor | null;
  /** Share epsilon of the target that is spread over all classes: (1 - epsilon) target + epsilon / C. Default 0. */
  readonly labelSmoothing?: number;
  /** Class number whose places do not count. Default -100. */
  readonly ignoreIndex?: number;
  /** Axis of the classes. Default 1. */
  readonly axis?: number;
}

/** Places of the class axis, and its position. */
function classAxis(where: string, x: Tensor, axis: number): { at: number; classes: number } {
  const at = axis < 0 ? axis + x.rank : axis;
  if (!(Number.isInteger(at) && at >= 0 && at < x.rank)) {
    throw argumentError(where, "axis", axis, `an axis of [${x.shape.join(", ")}]`);
  }
  return { at, classes: x.shape[at]! };
}

/** A vector over classes, shaped to broadcast along the class axis. */
function alongClasses(where: string, weight: Tensor, x: Tensor, at: number): Tensor {
  if (weight.rank !== 1 || weight.size !== x.shape[at]) {
    throw shapeError(where, "weight", `has shape [${weight.shape.join(", ")}]`, `[${x.shape[at]}]`);
  }
  return weight.reshape(x.shape.map((_, i) => (i === at ? -1 : 1)));
}

/** What class numbers pick: values there, their weights, and 0 where the number is to be ignored. */
function pick(where: string, logProb: Tensor, target: Tensor, options: CrossEntropyOptions) {
  const { at } = classAxis(where, logProb, options.axis ?? 1);
  const expected = logProb.shape.filter((_, i) => i !== at);
  if (target.rank !== expected.length || target.shape.some((n, i) => n !== expected[i])) {
    throw shapeError(
      where,
      "target",
      `has shape [${target.shape.join(", ")}] (${target.dtype})`,
      `class numbers of shape [${expected.join(", ")}]`,
    );
  }
  const index = target.to("i32");
  const live = index.ne(options.ignoreIndex ?? -100).to(logProb.dtype);
  const picked = logProb.gather(at, index.unsqueeze(at)).squeeze(at);
  const weights = options.weight ? options.weight.to(logProb.dtype).take(index).mul(live) : live;
  return { at, picked, live, weights };
}

/** Sum of weighted losses over the sum of weights, or as the reduction says. */
function weightedReduce(
  where: string,
  losses: Tensor,
  weights: Tensor,
  reduction: LossOptions["reduction"],
): Tensor {
  if ((reduction ?? "mean") === "mean") return losses.sum().div(weights.sum());
  return reduce(where, losses, reduction);
}

/**
 * -sum_c target_c log softmax(logits)_c: the negative log likelihood of a categorical distribution. `target` holds
 * class numbers ([N, ...], i32) or probabilities (the shape of `logits` [N, C, ...]). Computed by log-softmax, so that
 * no logit overflows.
 *
 * @example
 * const logits = Tensor.from([[0, 0, 0]]);
 * crossEntropy(logits, Tensor.from([2], { dtype: "i32" })).item(); // 1.0986123085021973
 */
export function crossEntropy(logits: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const where = "crossEntropy";
  const { at, classes } = classAxis(where, logits, options.axis ?? 1);
  const smoothing = options.labelSmoothing ?? 0;
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw argumentError(where, "labelSmoothing", smoothing, "a number from 0 to 1");
  }
  const logProb = logits.logSoftmax(at);
  const weight = options.weight ? alongClasses(where, options.weight.to(logProb.dtype), logProb, at) : null;
  const probabilities =
    target.rank === logits.rank &&
    (target.dtype === "f32" || target.dtype === "f64" || target.dtype === logits.dtype);
  if (probabilities) {
    requireSame(where, "target", target, logits);
    const smooth = smoothing > 0 ? target.mul(1 - smoothing).add(smoothing / classes) : target;
    const losses = (weight ? logProb.mul(weight) : logProb).mul(smooth).sum(at).neg();
    return reduce(where, losses, options.reduction);
  }
  const { picked, live, weights } = pick(where, logProb, target, options);
  let losses = picked.mul(weights).neg();
  if (smoothing > 0) {
    const spread = (weight ? logProb.mul(weight) : logProb).sum(at).mul(live).neg();
    losses = losses.mul(1 - smoothing).add(spread.mul(smoothing / classes));
  }
  return weightedReduce(where, losses, weights, options.reduction);
}

/**
 * -log probability of the target classes, from log probabilities [N, C, ...]: {@link crossEntropy} without
 * softmax.
 *
 * @example
 * nll(Tensor.from([[-0.5, -1.5]]), Tensor.from(Int32Array.of(1))).item(); // 1.5
 */
export function nll(
  logProb: Tensor,
  target: Tensor,
  options: Omit<CrossEntropyOptions, "labelSmoothing"> = {},
): Tensor {
  const { picked, weights } = pick("nll", logProb, target, options);
  return weightedReduce("nll", picked.mul(weights).neg(), weights, options.reduction);
}

/** As {@link CrossEntropyOptions}, with less weight on what is easy. */
export interface FocalOptions extends Omit<CrossEntropyOptions, "labelSmoothing"> {
  /** How much easy examples are down-weighted; 0 gives weighted cross-entropy. Default 2. */
  readonly gamma?: number;
}

/**
 * -alpha_y (1 - p_y)^gamma log p_y with class weights alpha (Lin et al. 2017); the mean is over weights.
 *
 * @example
 * focal(Tensor.from([[0, 0]]), Tensor.from(Int32Array.of(1))).item(); // 0.1733 = 0.5^2 log 2
 */
export function focal(logits: Tensor, target: Tensor, options: FocalOptions = {}): Tensor {
  const where = "focal";
  const gamma = options.gamma ?? 2;
  if (!(gamma >= 0)) throw argumentError(where, "gamma", gamma, "a number >= 0");
  const { at } = classAxis(where, logits, options.axis ?? 1);
  const { picked, weights } = pick(where, logits.logSoftmax(at), target, options);
  const hardness = gamma === 0 ? null : picked.expm1().neg().pow(gamma); // (1 - p)^gamma, exact for p near 1
  const losses = picked.mul(weights).neg();
  return weightedReduce(where, hardness ? losses.mul(hardness) : losses, weights, options.reduction);
}
