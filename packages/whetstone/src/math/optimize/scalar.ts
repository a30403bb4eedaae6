import { argumentError, requireFunction, requireList, valueError } from "../../errors.ts";
import { numberOption } from "./monitor.ts";

const GOLDEN = (3 - Math.sqrt(5)) / 2;

/** When a search on the line stops. */
export interface ScalarOptions {
  /** Absolute tolerance on x, on top of a relative one at rounding level. Minimum: default 1e-8; root: 1e-15. */
  tolerance?: number;
  /** Default 200. */
  maxIterations?: number;
}

/** Minimum or root of a function of one number. */
export interface ScalarResult {
  readonly x: number;
  /** f(x). */
  readonly value: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly converged: boolean;
}

/**
 * Minimum of a function of one variable on [a, b]: Brent's mix of golden section and parabolas. Finds the minimum
 * of a unimodal f, otherwise a local one. Minima of smooth functions are resolved to about 1e-8 relative, because
 * f is flat there.
 *
 * Source: Brent, Algorithms for Minimization without Derivatives (1973), chapter 5.
 * @example
 * brentMinimize((x) => (x - 2) ** 2, [0, 5]).x; // 2
 */
export function brentMinimize(
  f: (x: number) => number,
  interval: readonly [number, number],
  options: ScalarOptions = {},
): ScalarResult {
  const where = "brentMinimize";
  requireFunction(where, "f", f);
  requireList(where, "interval", interval, "finite [a, b]");
  const { tolerance = 1e-8, maxIterations = 200 } = options;
  numberOption(where, "tolerance", tolerance, "nonnegative");
  let [a, b] = [interval[0], interval[1]];
  if (!(Number.isFinite(a) && Number.isFinite(b) && a < b)) {
    throw argumentError(where, "interval", interval, "finite [a, b] with a < b");
  }
  const relative = Math.sqrt(Number.EPSILON);
  // x: best, w: second best, v: the previous w; d: last move, e: the move before it.
  let x = a + GOLDEN * (b - a);
  let w = x;
  let v = x;
  let fx = f(x);
  if (Number.isNaN(fx)) throw valueError(where, "f", `is NaN at ${x}`);
  let fw = fx;
  let fv = fx;
  let d = 0;
  let e = 0;
  let iterations = 0;
  let converged = false;
  for (; iterations < maxIterations; iterations++) {
    const middle = (a + b) / 2;
    const tol = relative * Math.abs(x) + tolerance / 3;
    if (Math.abs(x - middle) <= 2 * tol - (b - a) / 2) {
      converged = true;
      break;
    }
    let parabolic = false;
    if (Math.abs(e) > tol) {
      const r = (x - w) * (fx - fv);
      let q = (x - v) * (fx - fw);
      let p = (x - v) * q - (x - w) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      q = Math.abs(q);
      const before = e;
      e = d;
      if (Math.abs(p) < Math.abs((q * before) / 2) && p > q * (a - x) && p < q * (b - x)) {
        d = p / q;
        const u = x + d;
        if (u - a < 2 * tol || b - u < 2 * tol) d = x < middle ? tol : -tol;
        parabolic = true;
      }
    }
    if (!parabolic) {
      e = x < middle ? b - x : a - x;
      d = GOLDEN * e;
    }
    const u = x + (Math.abs(d) >= tol ? d : d > 0 ? tol : -tol);
    const fu = f(u);
    if (fu <= fx) {
      if (u < x) b = x;
      else a = x;
      [v, fv, w, fw, x, fx] = [w, fw, x, fx, u, fu];
    } else {
      if (u < x) a = u;
      else b = u;
      if (fu <= fw || w === x) [v, fv, w, fw] = [w, fw, u, fu];
      else if (fu <= fv || v === x || v === w) [v, fv] = [u, fu];
    }
  }
  return { x, value: fx, iterations, evaluations: iterations + 1, converged };
}

/**
 * Root of a continuous function between a and b, where f changes sign: Brent's mix of bisection, secant and inverse
 * quadratic interpolation. Never leaves the interval.
 *
 * @throws WhetstoneError when f(a) and f(b) have the same sign.
 * Source: Brent (1973), chapter 4.
 * @example
 * brentRoot((x) => x * x - 2, [0, 2]).x; // 1.4142135623730951
 */
export function brentRoot(
  f: (x: number) => number,
  interval: readonly [number, number],
  options: ScalarOptions = {},
): ScalarResult {
  const where = "brentRoot";
  requireFunction(where, "f", f);
  requireList(where, "interval", interval, "finite [a, b]");
  const { tolerance = 1e-15, maxIterations = 200 } = options;
  numberOption(where, "tolerance", tolerance, "nonnegative");
  let [a, b] = [interval[0], interval[1]];
  if (!(Number.isFinite(a) && Number.isFinite(b)))
    throw argumentError(where, "interval", interval, "finite [a, b]");
  let fa = f(a);
  let fb = f(b);
  let evaluations = 2;
  if (Number.isNaN(fa) || Number.isNaN(fb)) throw valueError(where, "f", `is NaN at an end of [${a}, ${b}]`);
  if (fa * fb > 0 && fa !== 0 && fb !== 0) {
    throw valueError(where, "f", `has the same sign at both ends: f(${a}) = ${fa}, f(${b}) = ${fb}`);
  }
  // b: best, c: the end on the other side of the root, a: the previous b.
  let c = a;
  let fc = fa;
  let d = b - a;
  let e = d;
  let iterations = 0;
  for (; iterations < maxIterations; iterations++) {
    if (fb > 0 === fc > 0) {
      c = a;
      fc = fa;
      d = e = b - a;
    }
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const tol = 2 * Number.EPSILON * Math.abs(b) + tolerance / 2;
    const half = (c - b) / 2;
    if (Math.abs(half) <= tol || fb === 0)
      return { x: b, value: fb, iterations, evaluations, converged: true };
    if (Math.abs(e) >= tol && Math.abs(fa) > Math.abs(fb)) {
      const s = fb / fa;
      let p: number;
      let q: number;
      if (a === c) {
        p = 2 * half * s;
        q = 1 - s;
      } else {
        const u = fa / fc;
        const r = fb / fc;
        p = s * (2 * half * u * (u - r) - (b - a) * (r - 1));
        q = (u - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      p = Math.abs(p);
      if (2 * p < Math.min(3 * half * q - Math.abs(tol * q), Math.abs(e * q))) {
        e = d;
        d = p / q;
      } else {
        d = e = half;
      }
    } else {
      d = e = half;
    }
    a = b;
    fa = fb;
    b += Math.abs(d) > tol ? d : half > 0 ? tol : -tol;
    fb = f(b);
    evaluations++;
  }
  return { x: b, value: fb, iterations, evaluations, converged: false };
}
