import type { ParamInput } from "../contract/params.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { betas, decay, type Parameters, rate } from "./parameters.ts";
import { average, decoupledDecay, type Rule } from "./rule.ts";

const table = { lr: rate(1e-4), betas: betas(0.9, 0.99), weightDecay: decay() };

/** Options of {@link Lion}: `lr` 1e-4, `betas` [0.9, 0.99], `weightDecay` 0. */
export type LionOptions = ParamInput<typeof table>;

/** The sign of a mix of the gradient and its average. */
export const lion: Rule<{ readonly betas: readonly [number, number] }> = {
  state: () => ({ m: 0 }),
  scalars: (_, { betas: [b1, b2] }) => ({ b1, rest1: 1 - b1, b2, rest2: 1 - b2 }),
  update: (g, _, before, k) => ({
    direction: average(before.m!, g, k.b1!, k.rest1!).sign(),
    state: { m: average(before.m!, g, k.b2!, k.rest2!) },
  }),
};

/**
 * Lion: every coordinate moves by exactly lr, in the direction of the averaged gradient's sign. One state tensor where
 * Adam has two; rates about ten times smaller, decay about ten times larger than AdamW's.
 *
 * @param options `lr` 1e-4, `betas` [0.9, 0.99], `weightDecay` 0 (decoupled).
 *
 * Source: Chen et al., "Symbolic discovery of optimization algorithms" (2023), program 1.
 * @example
 * const x = Tensor.from([3, -1], { requiresGrad: true });
 * const optimizer = new Lion([x], { lr: 0.5 });
 * x.mul(x).sum().backward();
 * optimizer.step();
 * x.toArray(); // [2.5, -0.5]
 */
export class Lion extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: LionOptions = {}) {
    super("Lion", table, decoupledDecay(lion), params, options);
  }
}
