import { type ParamInput, real } from "../contract/params.ts";
import { moments } from "./adam.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { betas, decay, epsilon, type Parameters, rate } from "./parameters.ts";
import { coupledDecay, type Rule } from "./rule.ts";

const table = {
  lr: rate(2e-3),
  betas: betas(0.9, 0.999),
  eps: epsilon(1e-8),
  weightDecay: decay(),
  momentumDecay: real({ min: 0, default: 4e-3, doc: "How fast the momentum grows to its full size" }),
};

/**
 * Options of {@link NAdam}: `lr` 2e-3, `betas` [0.9, 0.999], `eps` 1e-8, `weightDecay` 0, `momentumDecay`
 * 4e-3 (how fast the momentum grows to its full size).
 */
export type NAdamOptions = ParamInput<typeof table>;

interface Hyper {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly momentumDecay: number;
}

const mu = (t: number, h: Hyper): number => h.betas[0] * (1 - 0.5 * 0.96 ** (t * h.momentumDecay));

/** Products mu(1) ... mu(t), continued from the last one asked for. */
function momentumProducts(): (t: number, h: Hyper) => number {
  const last = new WeakMap<Hyper, { t: number; product: number }>();
  return (t, h) => {
    let { t: s, product } = last.get(h) ?? { t: 0, product: 1 };
    if (s > t) [s, product] = [0, 1];
    while (s < t) product *= mu(++s, h);
    last.set(h, { t, product });
    return product;
  };
}

const momentumProduct = momentumProducts();

/** Adam with Nesterov's look-ahead; the momentum of step t is mu_t = b1 (1 - 0.96^(t momentumDecay) / 2). */
export const nadam: Rule<Hyper> = {
  state: moments.state,
  scalars(t, h) {
    const product = momentumProduct(t, h);
    return {
      ...moments.scalars(t, h),
      eps: h.eps,
      now: (1 - mu(t, h)) / (1 - product),
      ahead: mu(t + 1, h) / (1 - product * mu(t + 1, h)),
    };
  },
  update(g, _, before, k) {
    const { m, v } = moments.next(g, before, k);
    const scale = v.mul(k.fill2!).sqrt().add(k.eps!);
    return { direction: g.mul(k.now!).add(m.mul(k.ahead!)).div(scale), state: { m, v } };
  },
};

/**
 * NAdam: Adam that steps along the average gradient as it will be after the next step.
 *
 * @param options `lr` 0.002, `betas` [0.9, 0.999], `eps` 1e-8, `weightDecay` 0 (in the gradient), `momentumDecay` 0.004.
 *
 * Source: Dozat, "Incorporating Nesterov momentum into Adam" (2016).
 * @example
 * const x = Tensor.from(3, { requiresGrad: true });
 * const optimizer = new NAdam([x], { lr: 0.1 });
 * x.mul(x).backward();
 * optimizer.step();
 * // a little more than lr
 * x.item() < 2.9; // true
 */
export class NAdam extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: NAdamOptions = {}) {
    super("NAdam", table, coupledDecay(nadam), params, options);
  }
}
