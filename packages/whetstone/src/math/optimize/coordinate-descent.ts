import { Monitor } from "./monitor.ts";
import { Objective, startPoint } from "./objective.ts";
import { brentMinimize } from "./scalar.ts";
import type { MinimizeOptions, MinimizeResult, Problem, StopReason } from "./types.ts";

/** How far each coordinate is searched. */
export interface CoordinateDescentOptions extends MinimizeOptions {
  /** Radius of the first search around each coordinate; it grows while the minimum lies at its end. Default 1. */
  radius?: number;
}

/**
 * Cyclic coordinate descent with a scalar minimisation (Brent) per coordinate; needs only values.
 * One iteration is one sweep over all coordinates. Converges for smooth convex f and for smooth plus separable
 * convex f (the lasso), and can stick at kinks that are not separable.
 *
 * Default tolerances: step 1e-8, value off; no gradient is computed. `maxIterations` 1000.
 *
 * @example
 * coordinateDescent((x) => (x[0] - 1) ** 2 + (x[1] - x[0]) ** 2 + Math.abs(x[1]), [0, 0]).x; // about [0.5, 0]
 */
export function coordinateDescent(
  problem: Problem,
  x0: ArrayLike<number>,
  options: CoordinateDescentOptions = {},
): MinimizeResult {
  const where = "coordinateDescent";
  const x = startPoint(where, x0);
  const n = x.length;
  const { radius = 1 } = options;
  const objective = new Objective(where, problem, n);
  const monitor = new Monitor(where, options, { gradient: 0, value: 0, step: 1e-8, maxIterations: 1000 });
  const radii = new Float64Array(n).fill(radius);
  const old = new Float64Array(n);
  let f = objective.value(x);
  objective.requireFinite(f);
  let reason: StopReason | undefined = monitor.start(x, f, Number.NaN);
  while (reason === undefined) {
    old.set(x);
    const fOld = f;
    for (let i = 0; i < n; i++) {
      const centre = x[i]!;
      const along = (v: number): number => {
        x[i] = v;
        const value = objective.value(x);
        return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
      };
      let best = { x: centre, value: f };
      let r = radii[i]!;
      for (let grow = 0; grow < 40; grow++) {
        const found = brentMinimize(along, [centre - r, centre + r], { tolerance: 1e-10 });
        if (found.value < best.value) best = { x: found.x, value: found.value };
        if (Math.abs(found.x - centre) < 0.9 * r) break;
        r *= 4;
      }
      // Next time search a few times as far as this coordinate moved.
      radii[i] = Math.max(4 * Math.abs(best.x - centre), 1e-6 * Math.max(Math.abs(best.x), 1));
      x[i] = best.x;
      f = best.value;
    }
    reason = monitor.next(old, x, fOld, f, Number.NaN, Number.NaN);
  }
  return monitor.result(x, f, new Float64Array(n).fill(Number.NaN), objective.evaluations, reason);
}
