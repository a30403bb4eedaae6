import { bool, type ParamInput } from "../contract/params.ts";
import { adam } from "./adam.ts";
import { trustRatio } from "./lars.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { betas, decay, epsilon, type Options, type Parameters, rate } from "./parameters.ts";
import { decoupledDecay, type Rule } from "./rule.ts";

const table = {
  lr: rate(1e-3),
  betas: betas(0.9, 0.999),
  eps: epsilon(1e-6),
  weightDecay: decay(0.01),
  biasCorrection: bool({ default: true, doc: "Divides the averages by what their weights add up to" }),
};

/**
 * Options of {@link LAMB}: `lr` 1e-3, `betas` [0.9, 0.999], `eps` 1e-6, `weightDecay` 0.01, `biasCorrection`
 * true.
 */
export type LAMBOptions = ParamInput<typeof table>;

const layerwise = trustRatio(decoupledDecay(adam));

const lamb: Rule<Options<typeof table>> = {
  state: (h) => layerwise.state({ ...h, trust: 1 }),
  scalars: (t, h) => layerwise.scalars(t, { ...h, trust: 1 }),
  update: (g, p, state, k, h) => layerwise.update(g, p, state, k, { ...h, trust: 1 }),
};

/**
 * LAMB: AdamW in which each layer's step has the norm of its weights (times lr). Tensors of fewer than two axes get
 * plain AdamW.
 *
 * @param options `lr` 0.001, `betas` [0.9, 0.999], `eps` 1e-6, `weightDecay` 0.01, `biasCorrection` true.
 *
 * Source: You et al., "Large batch optimization for deep learning" (2020), algorithm 2, with phi the identity.
 * @example
 * const w = Tensor.from([[3, 4]], { requiresGrad: true });
 * const optimizer = new LAMB([w], { lr: 0.1, weightDecay: 0 });
 * w.mul(w).sum().backward();
 * optimizer.step();
 * // a step of length 0.1 * 5
 * w.data().map((v) => Number(v.toFixed(3))); // [2.646, 3.646]
 */
export class LAMB extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: LAMBOptions = {}) {
    super("LAMB", table, lamb, params, options);
  }
}
