/**
 * Schedules as pure functions: from the number of steps taken and the base rate to the rate of the next step. They
 * combine by composition; a {@link Scheduler} applies one to an optimizer.
 */
import { argumentError, requireFunction, requireList } from "../../errors.ts";

/** Rate of the step after `step` steps (0, 1, 2, ...), from the base rate. */
export type Schedule = (step: number, base: number) => number;

/** Refuses what holds no options. */
export function requireOptions(where: string, options: unknown): void {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw argumentError(where, "options", options, "an object");
  }
}

/** Checks a number of steps. */
export function steps(where: string, argument: string, value: number, least = 1): number {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw argumentError(where, argument, value, `an integer >= ${least}`);
  }
  return value;
}

export function positive(where: string, argument: string, value: number): number {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw argumentError(where, argument, value, "a number > 0");
  return value;
}

export function notNegative(where: string, argument: string, value: number): number {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw argumentError(where, argument, value, "a number >= 0");
  return value;
}

/**
 * Always the base rate.
 *
 * @example
 * curve(constant(), 2, 0.1); // [0.1, 0.1]
 */
export const constant = (): Schedule => (_, base) => base;

/**
 * One schedule after another, each for its number of steps, each counting from 0; the last goes on for good.
 *
 * @example
 * const schedule = sequence([[linearWarmup({ steps: 2 }), 2], [cosine({ steps: 4 }), 4]]);
 * curve(schedule, 6, 1).map((v) => Number(v.toFixed(2))); // [0, 0.5, 1, 0.85, 0.5, 0.15]
 */
export function sequence(parts: readonly (readonly [Schedule, number])[]): Schedule {
  requireList("sequence", "parts", parts, "an array of [schedule, steps]");
  if (parts.length === 0) throw argumentError("sequence", "parts", parts, "at least one [schedule, steps]");
  for (let i = 0; i < parts.length; i++) {
    requireList("sequence", `parts[${i}]`, parts[i], "an array [schedule, steps]");
    const [schedule, length] = Array.from(parts[i]!) as [Schedule, number];
    requireFunction("sequence", `parts[${i}][0]`, schedule);
    if (length !== Number.POSITIVE_INFINITY) steps("sequence", `parts[${i}][1]`, length, 0);
  }
  return (step, base) => {
    let at = step;
    for (let i = 0; i < parts.length - 1; i++) {
      const [schedule, length] = parts[i]!;
      if (at < length) return schedule(at, base);
      at -= length;
    }
    return parts[parts.length - 1]![0](at, base);
  };
}

/**
 * The least of several: a warm-up over any other schedule that starts at once.
 *
 * @example
 * curve(least(exponentialDecay({ gamma: 0.5 }), (step) => (step + 1) / 4), 4); // [0.25, 0.5, 0.25, 0.125]
 */
export function least(...schedules: readonly Schedule[]): Schedule {
  for (const [i, schedule] of schedules.entries()) requireFunction("least", `schedules[${i}]`, schedule);
  if (schedules.length === 0) throw argumentError("least", "schedules", schedules, "at least one");
  return (step, base) => Math.min(...schedules.map((s) => s(step, base)));
}

/**
 * Rates of the first `count` steps, to print or draw.
 *
 * @example
 * curve((step, base) => base / (1 + step), 3); // [1, 0.5, 1 / 3]
 */
export function curve(schedule: Schedule, count: number, base: number = 1): number[] {
  requireFunction("curve", "schedule", schedule);
  steps("curve", "count", count, 0);
  if (typeof base !== "number") throw argumentError("curve", "base", base, "a number");
  return Array.from({ length: count }, (_, t) => schedule(t, base));
}
