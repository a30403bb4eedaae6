import { bool, type ParamInput } from "../contract/params.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { decay, epsilon, type Parameters, rate, share } from "./parameters.ts";
import { average, coupledDecay, type Rule } from "./rule.ts";
import { heavyBall } from "./sgd.ts";

const table = {
  lr: rate(1e-2),
  alpha: share(0.99, "Decay rate of the average of squares"),
  eps: epsilon(1e-8),
  weightDecay: decay(),
  momentum: share(0, "Share of the velocity that stays at each step"),
  centered: bool({ default: false, doc: "Divides by the spread around the average gradient" }),
  epsInsideRoot: bool({ default: false, doc: "sqrt(v + eps) instead of sqrt(v) + eps" }),
};

/**
 * Options of {@link RMSprop}: `lr` 0.01, `alpha` 0.99 (decay rate of the average of squares), `eps` 1e-8,
 * `weightDecay` 0, `momentum` 0, `centered` false, `epsInsideRoot` false.
 */
export type RMSpropOptions = ParamInput<typeof table>;

interface Hyper {
  readonly alpha: number;
  readonly eps: number;
  readonly centered: boolean;
  readonly epsInsideRoot: boolean;
}

/** g / (sqrt(v) + eps), v the average of squares (less the square of the average, if centered). */
export const rmsprop: Rule<Hyper> = {
  state: (h) => ({ v: 0, ...(h.centered && { mean: 0 }) }),
  scalars: (_, h) => ({ alpha: h.alpha, rest: 1 - h.alpha, eps: h.eps }),
  update(g, _, before, k, h) {
    const v = average(before.v!, g.square(), k.alpha!, k.rest!);
    const mean = h.centered ? average(before.mean!, g, k.alpha!, k.rest!) : undefined;
    const spread = mean ? v.sub(mean.square()) : v;
    const scale = h.epsInsideRoot ? spread.add(k.eps!).sqrt() : spread.sqrt().add(k.eps!);
    return { direction: g.div(scale), state: { v, ...(mean && { mean }) } };
  },
};

/**
 * RMSprop: each gradient divided by the root of the running average of its squares, so that steep and flat directions
 * move at like speed.
 *
 * @param options `lr` 0.01, `alpha` 0.99, `eps` 1e-8, `weightDecay` 0 (in the gradient), `momentum` 0, `centered`
 * false, `epsInsideRoot` false.
 *
 * Source: Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5 (2012); centered: Graves (2013).
 * @example
 * const x = Tensor.from(3, { requiresGrad: true });
 * const optimizer = new RMSprop([x], { lr: 0.01 });
 * x.mul(x).backward();
 * optimizer.step();
 * // the first step is lr / sqrt(1 - alpha)
 * x.item().toFixed(4); // "2.9000"
 */
export class RMSprop extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: RMSpropOptions = {}) {
    super("RMSprop", table, coupledDecay(heavyBall(rmsprop)), params, options);
  }
}
