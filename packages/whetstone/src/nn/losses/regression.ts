import { argumentError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { softplus } from "../functional.ts";
import { type LossOptions, reduce, requireSame } from "./reduction.ts";

/**
 * (y - t)^2: the negative log likelihood, up to constants, of normal noise of one variance. Its minimiser is
 * the mean.
 *
 * @example
 * mse(Tensor.from([1, 2]), Tensor.from([1, 4])).item(); // 2
 */
export function mse(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  requireSame("mse", "target", target, prediction);
  return reduce("mse", prediction.sub(target).square(), options.reduction);
}

/**
 * |y - t|: Laplace noise. Its minimiser is the median; the derivative at 0 is 0.
 *
 * @example
 * mae(Tensor.from([1, 2]), Tensor.from([1, 4])).item(); // 1
 */
export function mae(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  requireSame("mae", "target", target, prediction);
  return reduce("mae", prediction.sub(target).abs(), options.reduction);
}

/**
 * e^2 / 2 for errors up to delta, delta (|e| - delta / 2) beyond (Huber 1964): normal noise with Laplace tails.
 * Default delta 1.
 *
 * @example
 * huber(Tensor.from([0.5, 3]), Tensor.from([0, 0]), { reduction: "none" }).toArray(); // [0.125, 2.5]
 */
export function huber(
  prediction: Tensor,
  target: Tensor,
  options: LossOptions & { readonly delta?: number } = {},
): Tensor {
  const delta = options.delta ?? 1;
  if (!(delta > 0)) throw argumentError("huber", "delta", delta, "a number > 0");
  requireSame("huber", "target", target, prediction);
  const error = prediction.sub(target).abs();
  const losses = Tensor.where(error.le(delta), error.square().mul(0.5), error.sub(0.5 * delta).mul(delta));
  return reduce("huber", losses, options.reduction);
}

/**
 * {@link huber} divided by beta, its delta: slope 1 outside. Default beta 1.
 *
 * @example
 * smoothL1(Tensor.from([1, 3]), Tensor.from([0, 0]), { beta: 2, reduction: "none" }).toArray(); // [0.25, 2]
 */
export function smoothL1(
  prediction: Tensor,
  target: Tensor,
  options: LossOptions & { readonly beta?: number } = {},
): Tensor {
  const beta = options.beta ?? 1;
  if (!(beta > 0)) throw argumentError("smoothL1", "beta", beta, "a number > 0");
  const losses = huber(prediction, target, { delta: beta, reduction: "none" }).div(beta);
  return reduce("smoothL1", losses, options.reduction);
}

/**
 * log cosh(y - t): about e^2 / 2 for small errors, |e| - log 2 for large ones; hyperbolic secant noise.
 *
 * @example
 * logCosh(Tensor.from([1, 100]), Tensor.from([0, 0]), { reduction: "none" }).toArray(); // [0.4338, 99.3069]
 */
export function logCosh(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  requireSame("logCosh", "target", target, prediction);
  const error = prediction.sub(target).abs();
  return reduce("logCosh", error.add(softplus(error.mul(-2))).sub(Math.LN2), options.reduction);
}

/**
 * q e for errors t - y = e above 0, (q - 1) e below: asymmetric Laplace noise. Its minimiser is the
 * q-quantile.
 *
 * @example
 * quantileLoss(Tensor.from([0, 0]), Tensor.from([1, -1]), 0.9, { reduction: "none" }).toArray(); // [0.9, 0.1]
 */
export function quantileLoss(
  prediction: Tensor,
  target: Tensor,
  q: number,
  options: LossOptions = {},
): Tensor {
  if (!(q > 0 && q < 1)) throw argumentError("quantileLoss", "q", q, "a number between 0 and 1");
  requireSame("quantileLoss", "target", target, prediction);
  const error = target.sub(prediction);
  return reduce("quantileLoss", error.mul(q).maximum(error.mul(q - 1)), options.reduction);
}

/**
 * exp(z) - t z for z = log rate (or rate - t log rate with `logInput: false`): Poisson counts. `full` adds Stirling's
 * approximation of log t! for t > 1.
 *
 * @example
 * poissonNll(Tensor.from([0]), Tensor.from([3])).item(); // 1
 */
export function poissonNll(
  input: Tensor,
  target: Tensor,
  options: LossOptions & { readonly logInput?: boolean; readonly full?: boolean; readonly eps?: number } = {},
): Tensor {
  const { logInput = true, full = false, eps = 1e-8 } = options;
  requireSame("poissonNll", "target", target, input);
  const t = target.to(input.dtype);
  let losses = logInput ? input.exp().sub(t.mul(input)) : input.sub(t.mul(input.add(eps).log()));
  if (full) {
    const safe = t.maximum(1);
    const stirling = safe
      .mul(safe.log())
      .sub(safe)
      .add(
        safe
          .mul(2 * Math.PI)
          .log()
          .mul(0.5),
      );
    losses = losses.add(Tensor.where(t.gt(1), stirling, 0));
  }
  return reduce("poissonNll", losses, options.reduction);
}

/**
 * (log v + (y - t)^2 / v) / 2 for a predicted variance v: normal noise whose variance is learned. v counts as at least
 * `eps` (1e-6), without stopping its gradient. `full` adds log(2 pi) / 2.
 *
 * @example
 * gaussianNll(Tensor.from([0]), Tensor.from([2]), Tensor.from([4])).item(); // 1.1931 = (log 4 + 1) / 2
 */
export function gaussianNll(
  mean: Tensor,
  target: Tensor,
  variance: Tensor,
  options: LossOptions & { readonly full?: boolean; readonly eps?: number } = {},
): Tensor {
  const { full = false, eps = 1e-6 } = options;
  requireSame("gaussianNll", "target", target, mean);
  requireSame("gaussianNll", "variance", variance, mean);
  const v = variance.add(variance.maximum(eps).sub(variance).detach());
  const losses = v.log().add(mean.sub(target).square().div(v)).mul(0.5);
  return reduce("gaussianNll", full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses, options.reduction);
}

/**
 * target (log target - logInput), the terms of the divergence KL(target || input), from log probabilities; a target of
 * 0 counts 0. "batchmean" divides the sum by the first axis, as the definition wants.
 *
 * @example
 * const logInput = Tensor.from([[0.5, 0.5]]).log();
 * klDivergence(logInput, Tensor.from([[1, 0]]), { reduction: "batchmean" }).item(); // 0.6931 = log 2
 */
export function klDivergence(
  logInput: Tensor,
  target: Tensor,
  options: { readonly reduction?: LossOptions["reduction"] | "batchmean"; readonly logTarget?: boolean } = {},
): Tensor {
  const where = "klDivergence";
  requireSame(where, "target", target, logInput);
  const { reduction = "mean", logTarget = false } = options;
  const losses = logTarget
    ? target.exp().mul(target.sub(logInput))
    : Tensor.where(target.gt(0), target.mul(Tensor.where(target.gt(0), target, 1).log().sub(logInput)), 0);
  if (reduction === "batchmean") return losses.sum().div(logInput.shape[0] ?? 1);
  return reduce(where, losses, reduction);
}
