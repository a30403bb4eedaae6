import { argumentError } from "../../errors.ts";
import { linearWarmup } from "./decays.ts";
import { notNegative, requireOptions, type Schedule, sequence, steps } from "./schedule.ts";

const between = (from: number, to: number, part: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2;

/**
 * Cosine annealing from the base rate to `min` in `steps` steps: min + (base - min) (1 + cos(pi t / steps)) / 2; stays
 * there. `warmup` steps of linear warm-up may come first; `steps` counts what follows them.
 *
 * Source: Loshchilov and Hutter, "SGDR" (2017).
 * @example
 * curve(cosine({ steps: 4 }), 6).map((v) => Number(v.toFixed(3))); // [1, 0.854, 0.5, 0.146, 0, 0]
 */
export function cosine(options: { steps: number; min?: number; warmup?: number }): Schedule {
  requireOptions("cosine", options);
  const { steps: n, min = 0, warmup = 0 } = options;
  steps("cosine", "steps", n);
  notNegative("cosine", "min", min);
  steps("cosine", "warmup", warmup, 0);
  const anneal: Schedule = (t, base) => between(base, min, Math.min(1, t / n));
  return warmup === 0
    ? anneal
    : sequence([
        [linearWarmup({ steps: warmup }), warmup],
        [anneal, n],
      ]);
}

/**
 * Cosine annealing that starts again: the first cycle has `first` steps, each next one `factor` times as
 * many.
 *
 * @example
 * curve(cosineRestarts({ first: 2 }), 5); // [1, 0.5, 1, 0.5, 1]
 */
export function cosineRestarts(options: { first: number; factor?: number; min?: number }): Schedule {
  requireOptions("cosineRestarts", options);
  const { first, factor = 1, min = 0 } = options;
  steps("cosineRestarts", "first", first);
  steps("cosineRestarts", "factor", factor);
  notNegative("cosineRestarts", "min", min);
  return (t, base) => {
    let at = t;
    let length = first;
    if (factor === 1) at %= first;
    else {
      while (at >= length) {
        at -= length;
        length *= factor;
      }
    }
    return between(base, min, at / length);
  };
}

/** Length and shape of a cycle that rises once and falls once. */
export interface OneCycleOptions {
  /** Steps of the whole cycle. */
  readonly steps: number;
  /** Share of the steps in which the rate rises. Default 0.3. */
  readonly rise?: number;
  /** The cycle starts at base / startDivisor. Default 25. */
  readonly startDivisor?: number;
  /** ... and ends at the start rate / endDivisor. Default 10,000. */
  readonly endDivisor?: number;
  /** Of both slopes. Default "cosine". */
  readonly shape?: "cosine" | "linear";
  /** Falls back to the start rate as fast as it rose, then on to the end. Default false: falls at once. */
  readonly threePhase?: boolean;
}

/** The phases of a cycle: where each ends (a step, may be a fraction), and its level there (0: start, 1: top, 2: end). */
function phases(where: string, o: OneCycleOptions): { end: number; level: 0 | 1 | 2 }[] {
  const { steps: n, rise = 0.3, threePhase = false } = o;
  steps(where, "steps", n, 2);
  if (!(rise > 0 && rise < (threePhase ? 0.5 : 1))) {
    throw argumentError(where, "rise", rise, `a number > 0 and < ${threePhase ? 0.5 : 1}`);
  }
  const top = rise * n - 1;
  return threePhase
    ? [
        { end: top, level: 1 },
        { end: 2 * rise * n - 2, level: 0 },
        { end: n - 1, level: 2 },
      ]
    : [
        { end: top, level: 1 },
        { end: n - 1, level: 2 },
      ];
}

function cycle(
  where: string,
  o: OneCycleOptions,
  levels: (base: number) => readonly [start: number, top: number, end: number],
): Schedule {
  const parts = phases(where, o);
  const shape = o.shape ?? "cosine";
  if (shape !== "cosine" && shape !== "linear")
    throw argumentError(where, "shape", shape, '"cosine" or "linear"');
  return (t, base) => {
    const at = levels(base);
    let [start, level]: [number, 0 | 1 | 2] = [0, 0];
    for (const [i, part] of parts.entries()) {
      if (t <= part.end || i === parts.length - 1) {
        const [from, to] = [at[level], at[part.level]];
        const share = Math.min(1, (t - start) / (part.end - start));
        return shape === "cosine" ? between(from, to, share) : from + (to - from) * share;
      }
      start = part.end;
      level = part.level;
    }
    return at[2];
  };
}

/**
 * One cycle: from base / startDivisor up to the base rate (here the greatest), then down to almost nothing. Pair it with
 * {@link oneCycleMomentum}.
 *
 * Source: Smith and Topin, "Super-convergence" (2018); PyTorch's OneCycleLR, of which these are the same numbers.
 * @example
 * const rates = curve(oneCycle({ steps: 10 }), 10);
 * rates.indexOf(Math.max(...rates)); // 2
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  requireOptions("oneCycle", options);
  const { startDivisor = 25, endDivisor = 1e4 } = options;
  for (const [name, value] of Object.entries({ startDivisor, endDivisor })) {
    if (!(value >= 1)) throw argumentError("oneCycle", name, value, "a number >= 1");
  }
  return cycle("oneCycle", options, (base) => [base / startDivisor, base, base / startDivisor / endDivisor]);
}

/**
 * The momentum that goes with {@link oneCycle}: low while the rate is high. Give it the same steps and shape.
 *
 * @example
 * const momentum = oneCycleMomentum({ steps: 10, shape: "linear" });
 * momentum(0, 1); // 0.95
 */
export function oneCycleMomentum(
  options: Omit<OneCycleOptions, "startDivisor" | "endDivisor"> & {
    readonly low?: number;
    readonly high?: number;
  },
): Schedule {
  requireOptions("oneCycleMomentum", options);
  const { low = 0.85, high = 0.95 } = options;
  if (!(low >= 0 && low <= high && high < 1)) {
    throw argumentError("oneCycleMomentum", "low", low, "0 <= low <= high < 1");
  }
  return cycle("oneCycleMomentum", options, () => [high, low, high]);
}
