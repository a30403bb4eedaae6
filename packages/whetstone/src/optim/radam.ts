import type { ParamInput } from "../contract/params.ts";
import { moments } from "./adam.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { betas, decay, epsilon, type Parameters, rate } from "./parameters.ts";
import { coupledDecay, type Rule } from "./rule.ts";

const table = { lr: rate(1e-3), betas: betas(0.9, 0.999), eps: epsilon(1e-8), weightDecay: decay() };

/** Options of {@link RAdam}: `lr` 1e-3, `betas` [0.9, 0.999], `eps` 1e-8, `weightDecay` 0. */
export type RAdamOptions = ParamInput<typeof table>;

/** Length of the second moment's average in effective samples, at the end and at step t. */
function lengths(b2: number, t: number): [longest: number, now: number] {
  const longest = 2 / (1 - b2) - 1;
  return [longest, longest - (2 * t * b2 ** t) / (1 - b2 ** t)];
}

/**
 * Adam whose scale is trusted only as far as its variance allows: momentum alone while the average of squares is of
 * fewer than five effective samples, then the adaptive step times a factor that grows to 1.
 */
export const radam: Rule<{ readonly betas: readonly [number, number]; readonly eps: number }> = {
  state: moments.state,
  scalars(t, h) {
    const [longest, now] = lengths(h.betas[1], t);
    const trusted = now > 5;
    const rectified = Math.sqrt(((now - 4) * (now - 2) * longest) / ((longest - 4) * (longest - 2) * now));
    return {
      ...moments.scalars(t, h),
      eps: h.eps,
      adaptive: trusted ? rectified * Math.sqrt(1 - h.betas[1] ** t) : 0,
      plain: trusted ? 0 : 1,
    };
  },
  update(g, _, before, k) {
    const { m, v } = moments.next(g, before, k);
    const scale = k.adaptive!.div(v.sqrt().add(k.eps!)).add(k.plain!);
    return { direction: m.mul(k.fill1!).mul(scale), state: { m, v } };
  },
};

/**
 * RAdam: Adam with a warm-up that follows from the variance of its own scale.
 *
 * @param options `lr` 0.001, `betas` [0.9, 0.999], `eps` 1e-8, `weightDecay` 0 (in the gradient).
 *
 * Source: Liu et al., "On the variance of the adaptive learning rate and beyond" (2020), algorithm 2.
 * @example
 * const x = Tensor.from(3, { requiresGrad: true });
 * const optimizer = new RAdam([x], { lr: 0.1 });
 * x.mul(x).backward();
 * optimizer.step();
 * // the first steps are plain momentum
 * x.item().toFixed(3); // "2.400"
 */
export class RAdam extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: RAdamOptions = {}) {
    super("RAdam", table, coupledDecay(radam), params, options);
  }
}
