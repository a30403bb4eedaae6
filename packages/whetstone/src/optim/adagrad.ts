import { type ParamInput, real } from "../contract/params.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { decay, epsilon, type Parameters, rate } from "./parameters.ts";
import { coupledDecay, type Rule } from "./rule.ts";

const table = {
  lr: rate(1e-2),
  lrDecay: real({ min: 0, default: 0, doc: "The rate of step t is lr / (1 + (t - 1) lrDecay)" }),
  weightDecay: decay(),
  initialAccumulatorValue: real({ min: 0, default: 0, doc: "Where the sum of squares starts" }),
  eps: epsilon(1e-10),
};

/**
 * Options of {@link Adagrad}: `lr` 0.01, `lrDecay` 0 (the rate of step t is lr / (1 + (t - 1) lrDecay)),
 * `weightDecay` 0, `initialAccumulatorValue` 0 (where the sum of squares starts), `eps` 1e-10.
 */
export type AdagradOptions = ParamInput<typeof table>;

interface Hyper {
  readonly lrDecay: number;
  readonly initialAccumulatorValue: number;
  readonly eps: number;
}

/** g / (sqrt(sum of squares so far) + eps). */
export const adagrad: Rule<Hyper> = {
  state: (h) => ({ sum: h.initialAccumulatorValue }),
  scalars: (t, h) => ({ eps: h.eps, slower: 1 + (t - 1) * h.lrDecay }),
  update(g, _, before, k, h) {
    const sum = before.sum!.add(g.square());
    const direction = g.div(sum.sqrt().add(k.eps!));
    return { direction: h.lrDecay === 0 ? direction : direction.div(k.slower!), state: { sum } };
  },
};

/**
 * Adagrad: each gradient divided by the root of the sum of all its squares so far, so that rare features keep long
 * steps; the rate only ever falls.
 *
 * @param options `lr` 0.01, `lrDecay` 0, `weightDecay` 0 (in the gradient), `initialAccumulatorValue` 0, `eps` 1e-10.
 *
 * Source: Duchi, Hazan and Singer (JMLR 12, 2011).
 * @example
 * const x = Tensor.from(3, { requiresGrad: true });
 * const optimizer = new Adagrad([x], { lr: 0.5 });
 * x.mul(x).backward();
 * optimizer.step();
 * x.item(); // 2.5
 */
export class Adagrad extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: AdagradOptions = {}) {
    super("Adagrad", table, coupledDecay(adagrad), params, options);
  }
}
