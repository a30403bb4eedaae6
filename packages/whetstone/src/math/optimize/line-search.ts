import type { Objective } from "./objective.ts";
import { addScaled, dot } from "./vector.ts";

/** Relative room for rounding when two function values are compared. */
const ROUNDING = 4 * Number.EPSILON;
/** A bracket this narrow, relative to its position, cannot be refined. */
const BRACKET_TOLERANCE = 1e-14;
const MAX_EVALUATIONS = 30;

/**
 * Line search for the strong Wolfe conditions
 *   f(x + t d) <= f(x) + c1 t g'd   and   |g(x + t d)'d| <= c2 |g'd|
 * by Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease" (ACM TOMS 20, 1994).
 * Where f no longer resolves the decrease, the approximate Wolfe condition of Hager and Zhang (SIAM J. Optim. 16,
 * 2005) is accepted, so that gradients can be driven to rounding level. Owns its buffers: a search allocates nothing.
 */
export class StrongWolfe {
  /** The accepted point, its gradient, value and step length. */
  readonly x: Float64Array;
  readonly g: Float64Array;
  f = 0;
  step = 0;
  private readonly objective: Objective;
  private readonly c1: number;
  private readonly c2: number;
  private readonly project: ((x: Float64Array) => void) | undefined;
  private slope = 0;
  private bracketed = false;
  // The best point so far (a) and the other end of the interval that holds a minimum (b): step, value, slope.
  private ta = 0;
  private fa = 0;
  private ga = 0;
  private tb = 0;
  private fb = 0;
  private gb = 0;

  /** @param project Undoes the rounding that may carry a trial point across a bound. */
  constructor(objective: Objective, c1: number, c2: number, project?: (x: Float64Array) => void) {
    this.objective = objective;
    this.x = new Float64Array(objective.n);
    this.g = new Float64Array(objective.n);
    this.c1 = c1;
    this.c2 = c2;
    this.project = project;
  }

  /**
   * Searches from x along d, where f(x) = f0 and the slope g'd = slope0 < 0.
   * @returns true when a lower point is in `x`, `g`, `f`, `step`.
   */
  search(
    x: Float64Array,
    d: Float64Array,
    f0: number,
    slope0: number,
    first: number,
    stepMax: number,
  ): boolean {
    const { c1, c2 } = this;
    const sufficient = c1 * slope0;
    const ceiling = f0 + ROUNDING * Math.abs(f0);
    let limit = stepMax;
    let width = limit;
    let oldWidth = 2 * width;
    let stageOne = true;
    let t = Math.min(first, limit);
    this.ta = this.tb = 0;
    this.fa = this.fb = f0;
    this.ga = this.gb = slope0;
    this.bracketed = false;
    let low = 0;
    let high = 5 * t;

    for (let k = 0; k < MAX_EVALUATIONS; k++) {
      const f = this.evaluate(x, d, t);
      const g = this.slope;
      if (!Number.isFinite(f) || !Number.isFinite(g)) {
        // Left the domain: no further than here, and nearer to the best point.
        limit = t;
        high = Math.min(high, t);
        t = this.ta + (t - this.ta) / 4;
        continue;
      }
      const target = f0 + t * sufficient;
      if (Math.abs(g) <= -c2 * slope0) {
        if (f <= target) return true;
        if (f <= ceiling && g <= (2 * c1 - 1) * slope0) return true;
      }
      if (t === limit && f <= target && g <= sufficient) return true; // still falling where it must stop
      if (stageOne && f <= target && g >= 0) stageOne = false;

      if (stageOne && f <= this.fa && f > target) {
        // Not low enough yet: work on f minus its sufficient-decrease line, whose minimum satisfies it.
        this.fa -= this.ta * sufficient;
        this.fb -= this.tb * sufficient;
        this.ga -= sufficient;
        this.gb -= sufficient;
        t = this.update(t, f - t * sufficient, g - sufficient, low, high);
        this.fa += this.ta * sufficient;
        this.fb += this.tb * sufficient;
        this.ga += sufficient;
        this.gb += sufficient;
      } else {
        t = this.update(t, f, g, low, high);
      }
      if (this.bracketed) {
        const gap = Math.abs(this.tb - this.ta);
        if (gap >= 0.66 * oldWidth) t = this.ta + 0.5 * (this.tb - this.ta);
        oldWidth = width;
        width = gap;
        low = Math.min(this.ta, this.tb);
        high = Math.max(this.ta, this.tb);
        if (high - low <= BRACKET_TOLERANCE * high) break;
      } else {
        low = t + 1.1 * (t - this.ta);
        high = t + 4 * (t - this.ta);
      }
      t = Math.min(Math.max(t, 0), limit);
      if (this.bracketed && (t <= low || t >= high)) t = this.ta;
      if (t === this.ta) break;
    }
    // The best point seen is still progress, even if the curvature condition never held.
    return this.ta > 0 && this.fa < f0 && Number.isFinite(this.evaluate(x, d, this.ta));
  }

  private evaluate(x: Float64Array, d: Float64Array, t: number): number {
    addScaled(x, t, d, this.x);
    this.project?.(this.x);
    this.step = t;
    this.f = this.objective.valueAndGradient(this.x, this.g);
    this.slope = dot(this.g, d);
    return this.f;
  }

  /** One safeguarded interpolation step (section 4 of the paper): updates the interval, returns the next trial. */
  private update(t: number, f: number, g: number, low: number, high: number): number {
    const { ta, fa, ga, tb, fb, gb } = this;
    const opposite = g * Math.sign(ga) < 0;
    let next: number;
    if (f > fa) {
      // Higher than the best point: a minimum lies between.
      const cubic = cubicMinimum(ta, fa, ga, t, f, g);
      const quadratic = ta + (ga / ((fa - f) / (t - ta) + ga) / 2) * (t - ta);
      next = Math.abs(cubic - ta) < Math.abs(quadratic - ta) ? cubic : cubic + (quadratic - cubic) / 2;
      this.bracketed = true;
    } else if (opposite) {
      // Lower, slope of the other sign: a minimum lies between.
      const cubic = cubicMinimum(t, f, g, ta, fa, ga);
      const secant = t + (g / (g - ga)) * (ta - t);
      next = Math.abs(cubic - t) > Math.abs(secant - t) ? cubic : secant;
      this.bracketed = true;
    } else if (Math.abs(g) < Math.abs(ga)) {
      // Lower, same sign, flattening: extrapolate, with care.
      const secant = t + (g / (g - ga)) * (ta - t);
      const cubic = cubicBeyond(t, f, g, ta, fa, ga, low, high);
      if (this.bracketed) {
        next = Math.abs(cubic - t) < Math.abs(secant - t) ? cubic : secant;
        const wall = t + 0.66 * (tb - t);
        next = t > ta ? Math.min(wall, next) : Math.max(wall, next);
      } else {
        next = Math.abs(cubic - t) > Math.abs(secant - t) ? cubic : secant;
        next = Math.max(low, Math.min(high, next));
      }
    } else if (this.bracketed) {
      next = cubicMinimum(t, f, g, tb, fb, gb);
    } else {
      next = t > ta ? high : low;
    }

    if (f > fa) {
      this.tb = t;
      this.fb = f;
      this.gb = g;
    } else {
      if (opposite) {
        this.tb = ta;
        this.fb = fa;
        this.gb = ga;
      }
      this.ta = t;
      this.fa = f;
      this.ga = g;
    }
    return next;
  }
}

/** Minimiser of the cubic through (p, fp, gp) and (q, fq, gq), computed without overflow; p is the anchor. */
function cubicMinimum(p: number, fp: number, gp: number, q: number, fq: number, gq: number): number {
  const theta = (3 * (fp - fq)) / (q - p) + gp + gq;
  const s = Math.max(Math.abs(theta), Math.abs(gp), Math.abs(gq));
  let gamma = s * Math.sqrt(Math.max(0, (theta / s) ** 2 - (gp / s) * (gq / s)));
  if (q < p) gamma = -gamma;
  const r = (gamma - gp + theta) / (gamma - gp + gamma + gq);
  return p + r * (q - p);
}

/** As {@link cubicMinimum} when the minimum may lie beyond t or not exist; then the end of the allowed interval. */
function cubicBeyond(
  t: number,
  f: number,
  g: number,
  ta: number,
  fa: number,
  ga: number,
  low: number,
  high: number,
): number {
  const theta = (3 * (fa - f)) / (t - ta) + ga + g;
  const s = Math.max(Math.abs(theta), Math.abs(ga), Math.abs(g));
  let gamma = s * Math.sqrt(Math.max(0, (theta / s) ** 2 - (ga / s) * (g / s)));
  if (t > ta) gamma = -gamma;
  const r = (gamma - g + theta) / (gamma - g + gamma + ga);
  if (r < 0 && gamma !== 0) return t + r * (ta - t);
  return t > ta ? high : low;
}

/**
 * Backtracking for sufficient decrease (Armijo): halves the step, or takes the minimum of the interpolating
 * parabola when that lies within [0.1, 0.5] of it. Writes the trial point into `out`.
 * @returns the step and the value there; step 0 when none was found.
 */
export function backtrack(
  objective: Objective,
  x: Float64Array,
  d: Float64Array,
  f0: number,
  slope0: number,
  first: number,
  out: Float64Array,
  c1 = 1e-4,
): { step: number; value: number } {
  let t = first;
  for (let k = 0; k < 60; k++) {
    addScaled(x, t, d, out);
    const f = objective.value(out);
    if (f <= f0 + c1 * t * slope0) return { step: t, value: f };
    const parabola = (-slope0 * t * t) / (2 * (f - f0 - slope0 * t));
    t = Number.isFinite(parabola) ? Math.min(Math.max(parabola, 0.1 * t), 0.5 * t) : 0.5 * t;
  }
  return { step: 0, value: f0 };
}
