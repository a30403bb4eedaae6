import { bool, type ParamInput } from "../contract/params.ts";
import type { Tensor } from "../tensor/index.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { betas, decay, epsilon, type Parameters, rate } from "./parameters.ts";
import { average, coupledDecay, type Rule, type Tensors } from "./rule.ts";

export const adamTable = {
  lr: rate(1e-3),
  betas: betas(0.9, 0.999),
  eps: epsilon(1e-8),
  weightDecay: decay(),
  amsgrad: bool({ default: false, doc: "Divides by the greatest second moment so far" }),
  biasCorrection: bool({ default: true, doc: "Divides the averages by what their weights add up to" }),
  epsInsideRoot: bool({ default: false, doc: "sqrt(v + eps) instead of sqrt(v) + eps" }),
};

/**
 * Options of {@link Adam}: `lr` 1e-3, `betas` [0.9, 0.999], `eps` 1e-8, `weightDecay` 0, `amsgrad` false,
 * `biasCorrection` true, `epsInsideRoot` false.
 */
export type AdamOptions = ParamInput<typeof adamTable>;

export interface AdamHyper {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly amsgrad?: boolean;
  readonly biasCorrection: boolean;
  readonly epsInsideRoot?: boolean;
}

/**
 * The averages of the gradient and of its square, and what makes up for their having started at zero: the inverse of
 * what their weights add up to, since products are several times as fast as quotients.
 */
export const moments = {
  state: () => ({ m: 0, v: 0 }),
  scalars(
    t: number,
    { betas: [b1, b2], biasCorrection = true }: Pick<AdamHyper, "betas"> & Partial<AdamHyper>,
  ) {
    return {
      b1,
      b2,
      rest1: 1 - b1,
      rest2: 1 - b2,
      fill1: biasCorrection ? 1 / (1 - b1 ** t) : 1,
      fill2: biasCorrection ? 1 / (1 - b2 ** t) : 1,
    };
  },
  next: (g: Tensor, before: Tensors, k: Tensors) => ({
    m: average(before.m!, g, k.b1!, k.rest1!),
    v: average(before.v!, g.square(), k.b2!, k.rest2!),
  }),
};

/** m / (sqrt(v) + eps), both moments corrected for having started at zero. */
export const adam: Rule<AdamHyper> = {
  state: (h) => ({ ...moments.state(), ...(h.amsgrad && { greatest: 0 }) }),
  scalars: (t, h) => ({ ...moments.scalars(t, h), eps: h.eps }),
  update(g, _, before, k, h) {
    const { m, v } = moments.next(g, before, k);
    const greatest = h.amsgrad ? before.greatest!.maximum(v) : v;
    const vHat = greatest.mul(k.fill2!);
    const scale = h.epsInsideRoot ? vHat.add(k.eps!).sqrt() : vHat.sqrt().add(k.eps!);
    return { direction: m.mul(k.fill1!).div(scale), state: { m, v, ...(h.amsgrad && { greatest }) } };
  },
};

/**
 * Adam: steps along the average gradient divided by the root of its average square, so that every coordinate moves by
 * about lr whatever the size of its gradients. `weightDecay` is an L2 penalty inside the gradient, and is divided like
 * it: use {@link AdamW} for decay proper.
 *
 * @param options `lr` 1e-3, `betas` [0.9, 0.999], `eps` 1e-8, `weightDecay` 0, `amsgrad` false, `biasCorrection` true,
 * `epsInsideRoot` false.
 *
 * Source: Kingma and Ba, "Adam" (2015), algorithm 1; AMSGrad: Reddi, Kale and Kumar (2018), with the correction that
 * PyTorch applies.
 * @example
 * const x = Tensor.from(3, { requiresGrad: true });
 * const optimizer = new Adam([x], { lr: 0.5 });
 * x.mul(x).backward();
 * optimizer.step();
 * // the first step is lr
 * x.item(); // 2.5
 */
export class Adam extends RuleOptimizer<typeof adamTable> {
  constructor(params: Parameters<typeof adamTable>, options: AdamOptions = {}) {
    super("Adam", adamTable, coupledDecay(adam), params, options);
  }
}
