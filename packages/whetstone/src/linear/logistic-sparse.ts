import type { Scratch } from "../kernels/index.ts";
import { gramWithOnes } from "./gram.ts";
import type { LogisticRows } from "./logistic-loss.ts";
import type { LogisticProblem } from "./logistic-problem.ts";
import type { Solution, SolveOptions } from "./logistic-solve.ts";
import { probabilities } from "./logits.ts";

/** Most coordinate sweeps per quadratic model. */
export const INNER_SWEEPS = 200;

/** A step for the coefficients of one class: the minimum of a quadratic model of the loss plus their L1 penalty. */
export type ClassStep = (k: number, u: Float64Array, gradient: Float64Array) => Float64Array;

/**
 * Log loss with an L1 penalty beside the problem's own L2: per class a quadratic model of the loss, minimised by
 * coordinate descent with soft thresholds, and a line search on the whole objective (Friedman, Hastie, Tibshirani
 * 2010, sections 3 and 4; Yuan, Ho, Lin 2012). Stops on the smallest subgradient.
 *
 * @param options `l1`: strength of |u_j|, one per column of the problem
 */
export function sparseNewton(
  problem: LogisticProblem,
  lossAt: LogisticRows["evaluate"],
  stepOf: ClassStep,
  start: Float64Array,
  options: SolveOptions,
): Solution {
  const { outputs: K, cols: d } = problem;
  const { l1 } = options;
  const stride = d + 1;
  const u = start.slice();
  const g = new Float64Array(u.length);
  const trial = new Float64Array(u.length);
  const trialG = new Float64Array(u.length);
  const size = (v: Float64Array): number => {
    let sum = 0;
    for (let t = 0; t < v.length; t++) if (t % stride < d) sum += l1[t % stride]! * Math.abs(v[t]!);
    return sum;
  };
  let smooth = lossAt(u, g);
  let breach = subgradient(u, g, l1, stride);
  let iterations = 0;
  let stuck = 0;
  while (breach > options.tol && iterations < options.maxIter && stuck < K) {
    for (let k = 0; k < K && stuck < K; k++) {
      const step = stepOf(k, u, g);
      let slope = size(addTo(trial, u, step, k * stride, 1)) - size(u);
      for (let a = 0; a < stride; a++) slope += g[k * stride + a]! * step[a]!;
      const before = smooth + size(u);
      let found = false;
      for (let length = 1, tries = 0; tries < 30 && slope < 0; tries++, length /= 2) {
        addTo(trial, u, step, k * stride, length);
        const value = lossAt(trial, trialG);
        const whole = value + size(trial);
        const flat = Math.abs(whole - before) <= 1e-15 * Math.abs(before);
        if (
          whole <= before + 1e-4 * length * slope ||
          (flat && subgradient(trial, trialG, l1, stride) < breach)
        ) {
          u.set(trial);
          g.set(trialG);
          smooth = value;
          found = true;
          break;
        }
      }
      stuck = found ? 0 : stuck + 1;
    }
    breach = subgradient(u, g, l1, stride);
    iterations++;
    options.onIteration(iterations);
  }
  const atRounding = iterations < options.maxIter && breach <= Math.max(options.tol, 1e-7);
  return {
    u,
    loss: smooth,
    iterations,
    converged: breach <= options.tol || atRounding,
    gradientNorm: breach,
  };
}

/** Steps from a matrix of columns by columns, for rows in kernel memory. */
export function gramSteps(
  problem: LogisticProblem,
  rows: LogisticRows,
  n: number,
  l1: Float64Array,
  s: Scratch,
): ClassStep {
  const { outputs: K, cols: d, penalty, interceptScale, weights } = problem;
  const stride = d + 1;
  const curvature = s.f64(n, false);
  const gram = gramWithOnes(s, rows.Z.ptr, curvature.ptr, n, d);
  return (k, u, g) => {
    const theta = u.slice();
    for (let t = d; t < u.length; t += stride) theta[t] = theta[t]! * interceptScale;
    const p = probabilities(rows.Z.view, n, d, theta, K);
    for (let i = 0; i < n; i++) {
      const q = p[i * K + k]!;
      curvature.view[i] = weights[i]! * Math.max(q * (1 - q), 1e-9);
    }
    const H = gram();
    for (let a = 0; a < stride; a++) {
      H[a * stride + d] = H[a * stride + d]! * interceptScale;
      H[d * stride + a] = H[d * stride + a]! * interceptScale;
      if (a < d) H[a * stride + a] = H[a * stride + a]! + penalty[a]!;
    }
    const own = u.subarray(k * stride, (k + 1) * stride);
    return quadraticStep(H, own, g.subarray(k * stride), l1, d, interceptScale > 0);
  };
}

function addTo(
  out: Float64Array,
  u: Float64Array,
  step: Float64Array,
  at: number,
  length: number,
): Float64Array {
  out.set(u);
  for (let a = 0; a < step.length; a++) out[at + a] = u[at + a]! + length * step[a]!;
  return out;
}

/** Minimises g.v + v H v / 2 + sum l1 |u + v| over v by coordinate descent. */
function quadraticStep(
  H: Float64Array,
  u: Float64Array,
  g: Float64Array,
  l1: Float64Array,
  d: number,
  withIntercept: boolean,
): Float64Array {
  const stride = d + 1;
  const v = new Float64Array(stride);
  const slope = g.slice(0, stride);
  for (let sweep = 0; sweep < INNER_SWEEPS; sweep++) {
    let change = 0;
    for (let j = 0; j < (withIntercept ? stride : d); j++) {
      const h = H[j * stride + j]!;
      if (!(h > 0)) continue;
      const old = u[j]! + v[j]!;
      const target = old - slope[j]! / h;
      const cut = j < d ? l1[j]! / h : 0;
      const next = Math.sign(target) * Math.max(0, Math.abs(target) - cut);
      const by = next - old;
      // Set, not added: a coefficient that becomes zero must be exactly that.
      v[j] = next === 0 ? -u[j]! : v[j]! + by;
      if (by === 0) continue;
      for (let a = 0; a < stride; a++) slope[a] = slope[a]! + by * H[j * stride + a]!;
      change = Math.max(change, by * by * h);
    }
    if (change < 1e-18) break;
  }
  return v;
}

/** Largest entry of the smallest subgradient. */
function subgradient(u: Float64Array, g: Float64Array, l1: Float64Array, stride: number): number {
  let most = 0;
  for (let t = 0; t < u.length; t++) {
    const j = t % stride;
    const bound = j < stride - 1 ? l1[j]! : 0;
    const v = u[t] === 0 ? Math.max(0, Math.abs(g[t]!) - bound) : Math.abs(g[t]! + bound * Math.sign(u[t]!));
    most = Math.max(most, v);
  }
  return most;
}
