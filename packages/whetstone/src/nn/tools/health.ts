/** What a net in training looks like inside: gradient norms, units that never fire, activations. */
import { argumentError } from "../../errors.ts";
import { flush, noGrad, Tensor } from "../../tensor/index.ts";
import type { AnyModule } from "../module.ts";
import { leafOutputs } from "../observe.ts";
import type { OptimizerLike } from "../training/history.ts";

/** Size of one parameter's gradient, beside the parameter's own. */
export interface LayerGradient {
  readonly name: string;
  /** Euclidean norm of the gradient; NaN if it holds one. */
  readonly norm: number;
  /** Norm of the parameter. */
  readonly weightNorm: number;
}

/**
 * Gradient and weight norms of each parameter that has a gradient. Call it after `backward`, before the step.
 *
 * @example
 * const net = new Linear(2, 1, { bias: false, seed: 0 });
 * net.forward(Tensor.from([[3, 4]])).sum().backward();
 * gradientReport(net)[0].norm; // 5
 */
export function gradientReport(net: AnyModule): LayerGradient[] {
  const length = (t: Tensor) => noGrad(() => t.to("f32").square().sum().sqrt()).keep();
  const found = net
    .namedParameters()
    .flatMap(([name, p]) => (p.grad ? [{ name, g: length(p.grad), w: length(p) }] : []));
  return found.map(({ name, g, w }) => ({ name, norm: g.item(), weightNorm: w.item() }));
}

/** What one layer gave out for a batch. */
export interface ActivationReport {
  readonly name: string;
  /** Class of the layer. */
  readonly type: string;
  readonly mean: number;
  readonly std: number;
  /** Share of outputs that are exactly 0. */
  readonly zeros: number;
  /** Units (last axis, or channels of [N, C, ...]) that fire, being above 0, for less than `threshold` of the inputs. */
  readonly dead: number;
  /** How many there are. */
  readonly units: number;
}

/**
 * Statistics of what each layer gives out for `x`, in the net's present mode. A unit is dead if it is above 0 for less
 * than `threshold` (1 %) of rows and places.
 *
 * @example
 * const net = new Sequential(new ReLU());
 * activationReport(net, () => net.forward(Tensor.from([[-1, 2], [-3, 4]])))[0].dead; // 1: the first unit never fires
 */
export function activationReport(
  net: AnyModule,
  run: () => unknown,
  options: { readonly threshold?: number } = {},
): ActivationReport[] {
  const threshold = options.threshold ?? 0.01;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw argumentError("activationReport", "threshold", threshold, "a number from 0 to 1");
  }
  return noGrad(() => {
    const outputs = leafOutputs(net, run).filter(([, , y]) => y.rank >= 2);
    for (const [, , y] of outputs) y.keep();
    flush(); // all in one pass, however much is asked of each
    return outputs.map(([name, module, y]) => {
      const unit = y.rank === 4 ? 1 : y.rank - 1;
      const others = y.shape.flatMap((_, i) => (i === unit ? [] : [i]));
      const firing = y.gt(0).to("f32").mean(others).data();
      return {
        name,
        type: module.typeName,
        mean: y.mean().item(),
        std: y.std(undefined, false, 0).item(),
        zeros: y.eq(0).to("f32").mean().item(),
        dead: firing.filter((share) => share < threshold).length,
        units: firing.length,
      };
    });
  });
}

/**
 * Share of the units behind layers of the given types (default: the rectifiers) that are dead on `run`'s
 * inputs.
 *
 * @example
 * const net = new Sequential(new ReLU());
 * deadUnits(net, () => net.forward(Tensor.from([[-1, 2], [-3, 4]]))); // 0.5
 */
export function deadUnits(
  net: AnyModule,
  run: () => unknown,
  options: { readonly threshold?: number; readonly types?: readonly string[] } = {},
): number {
  const { types = ["ReLU", "LeakyReLU", "PReLU", "ELU", "GELU", "SiLU"], ...rest } = options;
  const layers = activationReport(net, run, rest).filter((l) => types.includes(l.type));
  const units = layers.reduce((n, l) => n + l.units, 0);
  return units === 0 ? 0 : layers.reduce((n, l) => n + l.dead, 0) / units;
}

/**
 * Trains on one batch again and again: a net and loop that work bring the loss near 0. Returns the losses; the weights
 * are put back.
 *
 * @example
 * const net = new Linear(1, 1, { seed: 0 });
 * const optimizer = new Adam(net.parameters(), { lr: 0.1 });
 * const losses = overfitOneBatch(net, optimizer, () => mse(net.forward(Tensor.from([[1], [2]])), Tensor.from([[3], [5]])));
 * losses.at(-1) < losses[0] / 10; // true
 */
export function overfitOneBatch(
  net: AnyModule,
  optimizer: OptimizerLike,
  loss: () => Tensor,
  options: { readonly steps?: number } = {},
): number[] {
  const { steps = 100 } = options;
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw argumentError("overfitOneBatch", "steps", steps, "a whole number >= 1");
  }
  const before = { net: net.stateDict(), random: net.randomState(), optimizer: optimizer.stateDict() };
  const losses = Array.from({ length: steps }, () => {
    optimizer.zeroGrad();
    const value = loss();
    value.backward();
    optimizer.step();
    return value.item();
  });
  net.loadStateDict(before.net);
  net.loadRandomState(before.random);
  optimizer.loadStateDict(before.optimizer as never);
  optimizer.zeroGrad();
  return losses;
}

/**
 * Uncertainty by dropout at prediction time (Gal and Ghahramani 2016): mean and deviation over `samples`
 * passes.
 *
 * @example
 * const net = new Sequential(new Dropout(0.5, { seed: 0 }));
 * monteCarloDropout(net, () => net.forward(Tensor.ones([1])), { samples: 200 }).std.item() > 0.8; // true: near 1
 */
export function monteCarloDropout(
  net: AnyModule,
  run: () => Tensor,
  options: { readonly samples?: number } = {},
): { mean: Tensor; std: Tensor } {
  const { samples = 20 } = options;
  if (!Number.isSafeInteger(samples) || samples < 2) {
    throw argumentError("monteCarloDropout", "samples", samples, "a whole number >= 2");
  }
  const modes = new Map(net.modules().map((m) => [m, m.training]));
  net.eval();
  for (const m of net.modules()) if ("draws" in m) m.training = true;
  try {
    return noGrad(() => {
      const all = Tensor.stack(Array.from({ length: samples }, () => run().realize()));
      return { mean: all.mean(0).realize(), std: all.std(0).realize() };
    });
  } finally {
    for (const [m, on] of modes) m.training = on;
  }
}
