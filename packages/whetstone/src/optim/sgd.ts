import { bool, type ParamInput } from "../contract/params.ts";
import { WhetstoneError } from "../errors.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { decay, type Parameters, rate, share } from "./parameters.ts";
import { coupledDecay, type Rule, steepest, withoutSubnormals } from "./rule.ts";

const table = {
  lr: rate(1e-3),
  momentum: share(0, "Share of the velocity that stays at each step"),
  dampening: share(0, "Share of the gradient that does not enter the velocity"),
  nesterov: bool({ default: false, doc: "Steps along the gradient plus the velocity to come" }),
  weightDecay: decay(),
};

/**
 * Options of {@link SGD}: `lr` 1e-3, `momentum` 0, `dampening` 0, `nesterov` false (wants momentum and no
 * dampening), `weightDecay` 0.
 */
export type SGDOptions = ParamInput<typeof table>;

interface MomentumOptions {
  readonly momentum: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
}

/**
 * Momentum on whatever direction a rule gives: v = momentum v + (1 - dampening) d; the direction is v, or
 * d + momentum v for Nesterov. The first velocity is d itself (v starts at 0 and is not dampened then).
 */
export const heavyBall = <H>(rule: Rule<H>): Rule<H & MomentumOptions> => ({
  state: (h) => ({ ...rule.state(h), ...(h.momentum > 0 && { velocity: 0 }) }),
  scalars: (t, h) => ({
    ...rule.scalars(t, h),
    momentum: h.momentum,
    fresh: t === 1 ? 1 : 1 - (h.dampening ?? 0),
  }),
  update(g, p, before, k, h) {
    const { direction: d, state } = rule.update(g, p, before, k, h);
    if (h.momentum === 0) return { direction: d, state };
    const push = h.dampening ? d.mul(k.fresh!) : d;
    const velocity = withoutSubnormals(before.velocity!.mul(k.momentum!).add(push));
    const direction = h.nesterov ? d.add(velocity.mul(k.momentum!)) : velocity;
    return { direction, state: { ...state, velocity } };
  },
});

/**
 * Stochastic gradient descent: p <- p - lr g, with momentum (Polyak) or look-ahead momentum (Nesterov). Weight decay
 * is part of the gradient (an L2 penalty of weightDecay / 2 times the squared norm).
 *
 * @param params Leaves that require gradients, or groups `{ params, lr, ... }` with options of their own.
 * @param options `lr` 1e-3, `momentum` 0, `dampening` 0, `nesterov` false, `weightDecay` 0.
 * @example
 * const x = Tensor.from(3, { requiresGrad: true });
 * const optimizer = new SGD([x], { lr: 0.25 });
 * x.mul(x).backward();
 * optimizer.step();
 * x.item(); // 1.5
 */
export class SGD extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: SGDOptions = {}) {
    super("SGD", table, coupledDecay(heavyBall(steepest)), params, options);
    for (const { options } of this.groups) {
      if (options.nesterov && (options.momentum === 0 || options.dampening !== 0)) {
        throw new WhetstoneError(
          "argument",
          { where: "SGD", argument: "nesterov" },
          "nesterov needs momentum > 0 and dampening 0",
        );
      }
    }
  }
}
