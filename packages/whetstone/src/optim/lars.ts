import { type ParamInput, real } from "../contract/params.ts";
import { Tensor } from "../tensor/index.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { decay, type Parameters, rate, share } from "./parameters.ts";
import type { Rule } from "./rule.ts";
import { heavyBall } from "./sgd.ts";

const table = {
  lr: rate(0.1),
  trust: real({
    min: 0,
    exclusiveMin: true,
    default: 1e-3,
    doc: "Length of a step, as a share of the weights' norm",
  }),
  momentum: share(0.9, "Share of the velocity that stays at each step"),
  weightDecay: decay(),
};

/**
 * Options of {@link LARS}: `lr` 0.1, `trust` 1e-3 > 0 (length of a step, as a share of the weights' norm),
 * `momentum` 0.9, `weightDecay` 0.
 */
export type LARSOptions = ParamInput<typeof table>;

const norm = (x: Tensor): Tensor => x.square().sum().sqrt();

/** `direction` times trust |p| / length; as it is where either norm is zero. */
function scaledTo(direction: Tensor, p: Tensor, length: Tensor, trust: Tensor): Tensor {
  const size = norm(p);
  const usable = size.gt(0).and(length.gt(0));
  // The divisor is made safe first: a 0 / 0 that is not chosen would still be NaN.
  const ratio = size.mul(trust).div(Tensor.where(usable, length, 1));
  return direction.mul(Tensor.where(usable, ratio, 1));
}

/**
 * A direction scaled to trust times the norm of the parameter, one norm per tensor ("layer"). As it is where either
 * norm is zero, and for biases and gains (fewer than two axes), whose norm says nothing.
 */
export const trustRatio = <H>(rule: Rule<H>): Rule<H & { readonly trust: number }> => ({
  state: rule.state,
  scalars: (t, h) => ({ ...rule.scalars(t, h), trust: h.trust }),
  update(g, p, before, k, h) {
    const { direction, state } = rule.update(g, p, before, k, h);
    return { direction: p.rank < 2 ? direction : scaledTo(direction, p, norm(direction), k.trust!), state };
  },
});

/** The gradient with its decay, g + λp, scaled by trust |p| / (|g| + λ|p|). */
const layerRate: Rule<{ readonly trust: number; readonly weightDecay: number }> = {
  state: () => ({}),
  scalars: (_, { trust, weightDecay }) => ({ trust, weightDecay }),
  update(g, p, _, k, { weightDecay }) {
    const direction = weightDecay === 0 ? g : g.add(p.mul(k.weightDecay!));
    if (p.rank < 2) return { direction, state: {} };
    const length = weightDecay === 0 ? norm(g) : norm(g).add(norm(p).mul(k.weightDecay!));
    return { direction: scaledTo(direction, p, length, k.trust!), state: {} };
  },
};

/**
 * LARS: momentum SGD in which each layer's rate is trust |w| / (|g| + weightDecay |w|), so that no step is longer than
 * a fixed share of its weights' norm, for large batches. Tensors of fewer than two axes get plain momentum SGD. The rate multiplies the velocity, not what enters it.
 *
 * @param options `lr` 0.1, `trust` 0.001, `momentum` 0.9, `weightDecay` 0 (in the gradient).
 *
 * Source: You, Gitman and Ginsburg, "Large batch training of convolutional networks" (2017), algorithm 1.
 * @example
 * const w = Tensor.from([[3, 4]], { requiresGrad: true });
 * const optimizer = new LARS([w], { lr: 1, trust: 0.1 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * // a tenth of the norm, whatever the gradient's size
 * w.data().map((v) => Number(v.toFixed(3))); // [2.7, 3.6]
 */
export class LARS extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: LARSOptions = {}) {
    super("LARS", table, heavyBall(layerRate), params, options);
  }
}
