/**
 * Update rules: from a gradient and a state to a direction and the next state, as graphs. The optimizer then moves the
 * parameter by -lr times the direction. Rules are built from one another: AdamW is Adam with decoupled decay, LAMB is
 * AdamW with a trust ratio.
 */
import type { Tensor } from "../tensor/index.ts";

export type Tensors = Readonly<Record<string, Tensor>>;
type Numbers = Readonly<Record<string, number>>;

export interface Proposal {
  /** The parameter moves by -lr times this. */
  readonly direction: Tensor;
  readonly state: Tensors;
}

export interface Rule<H> {
  /** State tensors, each of the parameter's shape: their names and the value that fills them at the start. */
  state(hyper: H): Numbers;
  /**
   * The numbers of step t = 1, 2, ...: handed to `update` (with `lr`) as tensors of no axes, so that a change of rate,
   * momentum or step count does not make a new graph each time.
   */
  scalars(t: number, hyper: H): Numbers;
  update(gradient: Tensor, parameter: Tensor, state: Tensors, k: Tensors, hyper: H): Proposal;
  /** What becomes of the parameter after its move, e.g. a proximal map. */
  settle?(moved: Tensor, k: Tensors, hyper: H): Tensor;
}

/** The gradient itself. */
export const steepest: Rule<object> = {
  state: () => ({}),
  scalars: () => ({}),
  update: (direction) => ({ direction, state: {} }),
};

/** Weight decay inside the gradient: g + weightDecay * parameter, which the rule then averages and rescales. */
export const coupledDecay = <H>(rule: Rule<H>): Rule<H & { readonly weightDecay: number }> => ({
  state: rule.state,
  scalars: (t, h) => ({ ...rule.scalars(t, h), weightDecay: h.weightDecay }),
  update: (g, p, state, k, h) =>
    rule.update(h.weightDecay === 0 ? g : g.add(p.mul(k.weightDecay)), p, state, k, h),
});

/** Weight decay beside the rule: direction + weightDecay * parameter, untouched by averages and scales. */
export const decoupledDecay = <H>(rule: Rule<H>): Rule<H & { readonly weightDecay: number }> => ({
  state: rule.state,
  scalars: (t, h) => ({ ...rule.scalars(t, h), weightDecay: h.weightDecay }),
  update(g, p, before, k, h) {
    const { direction, state } = rule.update(g, p, before, k, h);
    return { direction: h.weightDecay === 0 ? direction : direction.add(p.mul(k.weightDecay)), state };
  },
});

/** b before + (1 - b) now, with 1 - b computed in double precision. */
export const average = (before: Tensor, now: Tensor, b: Tensor, rest: Tensor): Tensor =>
  withoutSubnormals(before.mul(b).add(now.mul(rest)));

/**
 * What decays step by step and gets nothing new (the momentum of a dead unit's weights) would become subnormal and stay
 * so, as 0.9 times the smallest number is rounded to itself; processors are many times slower with such numbers.
 */
export const withoutSubnormals = (x: Tensor): Tensor =>
  x.maskedFill(x.abs().lt(x.dtype === "f64" ? 2 ** -1022 : 2 ** -126), 0);
