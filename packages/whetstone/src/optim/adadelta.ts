import type { ParamInput } from "../contract/params.ts";
import { RuleOptimizer } from "./optimizer.ts";
import { decay, epsilon, type Parameters, rate, share } from "./parameters.ts";
import { average, coupledDecay, type Rule } from "./rule.ts";

const table = {
  lr: rate(1),
  rho: share(0.9, "Decay rate of both averages of squares"),
  eps: epsilon(1e-6),
  weightDecay: decay(),
};

/** Options of {@link Adadelta}: `lr` 1, `rho` 0.9, `eps` 1e-6, `weightDecay` 0. */
export type AdadeltaOptions = ParamInput<typeof table>;

/** g times the root of the average square of past moves over that of gradients. */
export const adadelta: Rule<{ readonly rho: number; readonly eps: number }> = {
  state: () => ({ squares: 0, moves: 0 }),
  scalars: (_, h) => ({ rho: h.rho, rest: 1 - h.rho, eps: h.eps }),
  update(g, _, before, k) {
    const squares = average(before.squares!, g.square(), k.rho!, k.rest!);
    const direction = before.moves!.add(k.eps!).sqrt().div(squares.add(k.eps!).sqrt()).mul(g);
    const moves = average(before.moves!, direction.square(), k.rho!, k.rest!);
    return { direction, state: { squares, moves } };
  },
};

/**
 * Adadelta: RMSprop whose rate is the root mean square of the moves so far, so that units agree and `lr` is 1.
 *
 * @param options `lr` 1, `rho` 0.9, `eps` 1e-6, `weightDecay` 0 (in the gradient).
 *
 * Source: Zeiler, "ADADELTA" (2012), algorithm 1.
 * @example
 * const x = Tensor.from(3, { requiresGrad: true });
 * const optimizer = new Adadelta([x]);
 * x.mul(x).backward();
 * optimizer.step();
 * // it starts slowly, with sqrt(eps) for the size of past moves
 * x.item().toFixed(4); // "2.9968"
 */
export class Adadelta extends RuleOptimizer<typeof table> {
  constructor(params: Parameters<typeof table>, options: AdadeltaOptions = {}) {
    super("Adadelta", table, coupledDecay(adadelta), params, options);
  }
}
