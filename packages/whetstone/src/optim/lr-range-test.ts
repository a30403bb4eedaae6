import { argumentError, requireFunction } from "../errors.ts";
import { flush, noGrad } from "../tensor/index.ts";
import { Optimizer } from "./optimizer.ts";
import { positive, requireOptions, steps } from "./schedules/schedule.ts";

/** The ramp of rates, and where it ends. */
export interface RangeTestOptions {
  /** First and last rate. Default 1e-7 and 10. */
  readonly from?: number;
  readonly to?: number;
  /** Steps of the ramp. Default 100. */
  readonly steps?: number;
  /** Share of the smoothed loss that stays at each step. Default 0.9. */
  readonly smoothing?: number;
  /** Ends when the smoothed loss exceeds this multiple of its least value so far. Default 4. */
  readonly stopAt?: number;
}

/** Losses over a ramp of learning rates, and the rates they speak for. */
export interface RangeTestResult {
  /** Rates tried, and for each the loss before its step, raw and smoothed. */
  readonly rates: number[];
  readonly losses: number[];
  readonly smoothed: number[];
  /** Rate where the smoothed loss falls fastest, by the logarithm of the rate. */
  readonly steepest: number;
  /** Rate at the least smoothed loss: the edge of the blow-up. */
  readonly lowest: number;
  /** A tenth of `lowest`. */
  readonly suggestion: number;
}

/**
 * Learning-rate range test: one run in which the rate grows exponentially from step to step, until the loss blows up.
 * Parameters and optimizer are put back as they were.
 *
 * @param trainStep Computes loss and gradients on the next batch (zeroGrad, forward, backward), steps the optimizer, and
 * returns the loss.
 *
 * Source: Smith, "Cyclical learning rates" (2017), section 3.3; the tenth of the minimum is fast.ai's recipe.
 * @example
 * const x = Tensor.from([3, 3], { requiresGrad: true });
 * const optimizer = new SGD([x], { lr: 0 });
 * const { suggestion } = lrRangeTest(optimizer, () => {
 *   optimizer.zeroGrad();
 *   const loss = x.mul(x).sum();
 *   loss.backward();
 *   optimizer.step();
 *   return loss.item();
 * });
 * // the loss grows above 1, where |1 - 2 lr| > 1
 * suggestion > 0.01 && suggestion < 1; // true
 */
export function lrRangeTest(
  optimizer: Optimizer,
  trainStep: () => number,
  options: RangeTestOptions = {},
): RangeTestResult {
  const where = "lrRangeTest";
  requireOptions(where, options);
  const { from = 1e-7, to = 10, steps: count = 100, smoothing = 0.9, stopAt = 4 } = options;
  if (!(optimizer instanceof Optimizer)) throw argumentError(where, "optimizer", optimizer, "an optimizer");
  requireFunction(where, "trainStep", trainStep);
  positive(where, "from", from);
  if (!(to > from)) throw argumentError(where, "to", to, `a number > from (${from})`);
  steps(where, "steps", count, 3);
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw argumentError(where, "smoothing", smoothing, "a number >= 0 and < 1");
  }
  if (!(stopAt > 1)) throw argumentError(where, "stopAt", stopAt, "a number > 1");

  const before = optimizer.stateDict();
  const home = optimizer.params.map((p) => p.clone());
  const [rates, losses, smoothed]: [number[], number[], number[]] = [[], [], []];
  let average = 0;
  let least = Number.POSITIVE_INFINITY;
  try {
    for (let i = 0; i < count; i++) {
      optimizer.lr = from * (to / from) ** (i / (count - 1));
      const loss = trainStep();
      if (!Number.isFinite(loss)) break;
      average = smoothing * average + (1 - smoothing) * loss;
      const corrected = average / (1 - smoothing ** (i + 1));
      if (i > 0 && corrected > stopAt * least) break;
      least = Math.min(least, corrected);
      rates.push(optimizer.lr);
      losses.push(loss);
      smoothed.push(corrected);
    }
  } finally {
    optimizer.loadStateDict(before);
    noGrad(() => {
      optimizer.params.forEach((p, i) => {
        p.assign(home[i]!);
        p.grad = null;
      });
    });
    flush();
  }
  if (rates.length === 0)
    throw argumentError(where, "trainStep", "a loss that is not finite", "a finite loss");
  return { rates, losses, smoothed, ...pick(rates, smoothed) };
}

function pick(rates: readonly number[], smoothed: readonly number[]) {
  let [lowest, steepest] = [0, 0];
  let slope = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rates.length; i++) {
    if (smoothed[i]! < smoothed[lowest]!) lowest = i;
    if (i === 0 || i + 1 === rates.length) continue;
    const here = (smoothed[i + 1]! - smoothed[i - 1]!) / 2;
    if (here < slope) [slope, steepest] = [here, i];
  }
  return { steepest: rates[steepest]!, lowest: rates[lowest]!, suggestion: rates[lowest]! / 10 };
}
