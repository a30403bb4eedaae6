import { oneOf, type ParamInput, real } from "../contract/params.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { type Parameters, rate, share } from "./parameters.ts";
import { type Rule, steepest } from "./rule.ts";
import { heavyBall } from "./sgd.ts";

const table = {
  lr: rate(1e-2),
  l1: real({ min: 0, default: 0, doc: "Weight of the sum of absolute values" }),
  momentum: share(0, "Share of the velocity that stays at each step"),
  method: oneOf(["proximal", "subgradient"], {
    default: "proximal",
    doc: "Soft threshold after the step, or the sign of the parameter in the gradient",
  }),
};

/**
 * Options of {@link ProximalSGD}: `lr` 0.01, `l1` 0 (weight of the sum of absolute values), `momentum` 0,
 * `method` "proximal" or "subgradient".
 */
export type ProximalSGDOptions = ParamInput<typeof table>;

interface Hyper {
  readonly l1: number;
  readonly method: "proximal" | "subgradient";
}

/** Adds the L1 norm to what a rule minimises, by its proximal map or by its subgradient. */
export const withL1 = <H>(rule: Rule<H>): Rule<H & Hyper> => ({
  state: rule.state,
  scalars: (t, h) => ({ ...rule.scalars(t, h), l1: h.l1 }),
  update: (g, p, state, k, h) =>
    rule.update(h.method === "subgradient" ? g.add(p.sign().mul(k.l1!)) : g, p, state, k, h),
  settle(moved, k, h) {
    if (h.method === "subgradient") return moved;
    return moved.abs().sub(k.l1!.mul(k.lr!)).relu().mul(moved.sign());
  },
});

/**
 * SGD on a loss plus l1 times the sum of |p|. `proximal`: a gradient step on the loss, then a soft threshold by lr l1,
 * which sets small weights to exactly zero. `subgradient`: the sign of p in the gradient, which leaves them jittering
 * around zero.
 *
 * @param options `lr` 0.01, `l1` 0, `momentum` 0, `method` "proximal".
 *
 * Source: Duchi and Singer, "Efficient online and batch learning using forward backward splitting" (JMLR 10, 2009).
 * @example
 * const x = Tensor.from([1, 0.01], { requiresGrad: true });
 * const optimizer = new ProximalSGD([x], { lr: 0.5, l1: 1 });
 * x.mul(0).sum().backward();
 * optimizer.step();
 * x.toArray(); // [0.5, 0]
 */
export class ProximalSGD extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: ProximalSGDOptions = {}) {
    super("ProximalSGD", table, withL1(heavyBall(steepest)), params, options);
  }
}
