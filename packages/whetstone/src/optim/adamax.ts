import type { ParamInput } from "../contract/params.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { betas, decay, epsilon, type Parameters, rate } from "./parameters.ts";
import { average, coupledDecay, type Rule } from "./rule.ts";

const table = { lr: rate(2e-3), betas: betas(0.9, 0.999), eps: epsilon(1e-8), weightDecay: decay() };

/** Options of {@link Adamax}: `lr` 2e-3, `betas` [0.9, 0.999], `eps` 1e-8, `weightDecay` 0. */
export type AdamaxOptions = ParamInput<typeof table>;

/** Average gradient over the greatest (discounted) gradient. */
export const adamax: Rule<{ readonly betas: readonly [number, number]; readonly eps: number }> = {
  state: () => ({ m: 0, u: 0 }),
  scalars: (t, { betas: [b1, b2], eps }) => ({ b1, rest1: 1 - b1, b2, total1: 1 - b1 ** t, eps }),
  update(g, _, before, k) {
    const m = average(before.m!, g, k.b1!, k.rest1!);
    const u = before.u!.mul(k.b2!).maximum(g.abs().add(k.eps!));
    return { direction: m.div(u).div(k.total1!), state: { m, u } };
  },
};

/**
 * Adamax: Adam with the greatest discounted gradient in place of the root mean square.
 *
 * @param options `lr` 0.002, `betas` [0.9, 0.999], `eps` 1e-8, `weightDecay` 0 (in the gradient).
 *
 * Source: Kingma and Ba, "Adam" (2015), section 7.1.
 * @example
 * const x = Tensor.from(3, { requiresGrad: true });
 * const optimizer = new Adamax([x], { lr: 0.5 });
 * x.mul(x).backward();
 * optimizer.step();
 * x.item(); // 2.5
 */
export class Adamax extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: AdamaxOptions = {}) {
    super("Adamax", table, coupledDecay(adamax), params, options);
  }
}
