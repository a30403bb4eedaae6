/** Schedules that fall: step, exponential, linear, polynomial. Names and meanings as in torch.optim.lr_scheduler. */
import { argumentError, requireList } from "../../errors.ts";
import { notNegative, positive, requireOptions, type Schedule, steps } from "./schedule.ts";

/**
 * Times `gamma` every `every` steps.
 *
 * @example
 * curve(stepDecay({ every: 2, gamma: 0.5 }), 5); // [1, 1, 0.5, 0.5, 0.25]
 */
export function stepDecay(options: { every?: number; gamma?: number } = {}): Schedule {
  requireOptions("stepDecay", options);
  const { every = 10, gamma = 0.1 } = options;
  steps("stepDecay", "every", every);
  positive("stepDecay", "gamma", gamma);
  return (t, base) => base * gamma ** Math.floor(t / every);
}

/**
 * Times `gamma` at each of the given steps.
 *
 * @example
 * curve(milestones({ at: [2], gamma: 0.1 }), 4); // [1, 1, 0.1, 0.1]
 */
export function milestones(options: { at: readonly number[]; gamma?: number }): Schedule {
  requireOptions("milestones", options);
  const { at, gamma = 0.1 } = options;
  requireList("milestones", "at", at, "an array of step numbers");
  for (let i = 0; i < at.length; i++) steps("milestones", `at[${i}]`, at[i]!, 0);
  positive("milestones", "gamma", gamma);
  return (t, base) => base * gamma ** at.filter((step) => step <= t).length;
}

/**
 * Times `gamma` at every step.
 *
 * @example
 * curve(exponentialDecay({ gamma: 0.5 }), 3); // [1, 0.5, 0.25]
 */
export function exponentialDecay(options: { gamma: number }): Schedule {
  requireOptions("exponentialDecay", options);
  const { gamma } = options;
  positive("exponentialDecay", "gamma", gamma);
  return (t, base) => base * gamma ** t;
}

/**
 * A straight line from `start` to `end` (shares of the base rate) in `steps` steps, then flat.
 *
 * @example
 * curve(linear({ steps: 4 }), 6); // [1, 0.75, 0.5, 0.25, 0, 0]
 */
export function linear(options: { steps: number; start?: number; end?: number }): Schedule {
  requireOptions("linear", options);

  const { steps: n, start = 1, end = 0 } = options;
  steps("linear", "steps", n);
  notNegative("linear", "start", start);
  notNegative("linear", "end", end);
  return (t, base) => base * (start + (end - start) * Math.min(1, t / n));
}

/**
 * (1 - t / steps)^power, then 0.
 *
 * @example
 * curve(polynomial({ steps: 4 }), 5); // [1, 0.75, 0.5, 0.25, 0]
 */
export function polynomial(options: { steps: number; power?: number }): Schedule {
  requireOptions("polynomial", options);
  const { steps: n, power = 1 } = options;
  steps("polynomial", "steps", n);
  positive("polynomial", "power", power);
  return (t, base) => base * (1 - Math.min(t, n) / n) ** power;
}

/**
 * Linear warm-up: min(base, step / steps * base). The first step has rate 0, as in the formula; `start` sets
 * another share of the base rate to begin with.
 *
 * @example
 * curve(linearWarmup({ steps: 4 }), 6); // [0, 0.25, 0.5, 0.75, 1, 1]
 */
export function linearWarmup(options: { steps: number; start?: number }): Schedule {
  requireOptions("linearWarmup", options);
  const { steps: n, start = 0 } = options;
  if (!(start >= 0 && start <= 1))
    throw argumentError("linearWarmup", "start", start, "a number from 0 to 1");
  steps("linearWarmup", "steps", n);
  return (t, base) => base * (start + (1 - start) * Math.min(1, t / n));
}
