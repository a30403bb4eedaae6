import { argumentError } from "../../errors.ts";
import { linear, linearWarmup } from "./decays.ts";
import { constant, notNegative, requireOptions, type Schedule, sequence, steps } from "./schedule.ts";

/**
 * Warm-up, stable, decay: a line up in `warmup` steps, the base rate for `stable` steps, then down to `end` (a share of
 * the base rate) in `decay` steps, along a line or 1 - sqrt. The length of the stable part may be decided late.
 *
 * Source: Hu et al., "MiniCPM" (2024), section 4; 1 - sqrt: Hägele et al. (2024).
 * @example
 * curve(warmupStableDecay({ warmup: 2, stable: 2, decay: 2 }), 7); // [0, 0.5, 1, 1, 1, 0.5, 0]
 */
export function warmupStableDecay(options: {
  warmup: number;
  stable: number;
  decay: number;
  end?: number;
  shape?: "linear" | "sqrt";
}): Schedule {
  const where = "warmupStableDecay";
  requireOptions(where, options);
  const { warmup, stable, decay, end = 0, shape = "linear" } = options;
  steps(where, "warmup", warmup, 0);
  steps(where, "stable", stable, 0);
  steps(where, "decay", decay);
  notNegative(where, "end", end);
  if (shape !== "linear" && shape !== "sqrt")
    throw argumentError(where, "shape", shape, '"linear" or "sqrt"');
  const fall: Schedule =
    shape === "linear"
      ? linear({ steps: decay, end })
      : (t, base) => base * (1 - (1 - end) * Math.sqrt(Math.min(1, t / decay)));
  const rise: Schedule = warmup === 0 ? constant() : linearWarmup({ steps: warmup });
  return sequence([
    [rise, warmup],
    [constant(), stable],
    [fall, decay],
  ]);
}
