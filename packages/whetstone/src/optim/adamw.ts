import type { ParamInput } from "../contract/params.ts";
import { adam, adamTable } from "./adam.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { decay, type Parameters } from "./parameters.ts";
import { decoupledDecay } from "./rule.ts";

const table = { ...adamTable, weightDecay: decay(0.01) };

/** Options of {@link AdamW}: those of {@link Adam}, with `weightDecay` 0.01. */
export type AdamWOptions = ParamInput<typeof table>;

/**
 * Adam with decoupled weight decay: p <- p - lr (m / (sqrt(v) + eps) + weightDecay p). Every weight shrinks by the same
 * share, whatever its gradients.
 *
 * @param options As {@link Adam}, with `weightDecay` 0.01.
 *
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).
 * @example
 * const x = Tensor.from(1, { requiresGrad: true });
 * const optimizer = new AdamW([x], { lr: 0.1, weightDecay: 0.5 });
 * x.mul(0).backward();
 * optimizer.step();
 * // no gradient, only decay
 * x.item().toFixed(3); // "0.950"
 */
export class AdamW extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: AdamWOptions = {}) {
    super("AdamW", table, decoupledDecay(adam), params, options);
  }
}
