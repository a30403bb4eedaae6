import { numericalError } from "../errors.ts";
import type { Scratch } from "../kernels/index.ts";
import { factorCholesky } from "../math/linalg/cholesky.ts";
import { gramWithOnes } from "./gram.ts";
import type { LogisticRows } from "./logistic-loss.ts";
import type { LogisticProblem } from "./logistic-problem.ts";
import type { Solution, SolveOptions } from "./logistic-solve.ts";
import { probabilities } from "./logits.ts";

/**
 * Newton's method with an exact Hessian, solved by Cholesky, and backtracking. Few iterations, each of
 * O(n (K d)^2): for few columns and classes.
 */
export function newtonCholesky(
  problem: LogisticProblem,
  rows: LogisticRows,
  n: number,
  start: Float64Array,
  options: SolveOptions,
  s: Scratch,
): Solution {
  const { outputs: K, cols: d } = problem;
  const stride = d + 1;
  const size = K * stride;
  const curvature = s.f64(n, false);
  const gram = gramWithOnes(s, rows.Z.ptr, curvature.ptr, n, d);
  let u: Float64Array = K === 1 ? start.slice() : balanced(start, K, stride);
  let g: Float64Array = new Float64Array(size);
  let loss = rows.evaluate(u, g);
  let trial: Float64Array = new Float64Array(size);
  let trialG: Float64Array = new Float64Array(size);
  let iterations = 0;
  let norm = largest(g);
  while (norm > options.tol && iterations < options.maxIter) {
    const H = hessian(problem, rows, n, u, curvature.view, gram);
    const step = newtonStep(H, g, size);
    let slope = 0;
    for (let t = 0; t < size; t++) slope += step[t]! * g[t]!;
    let length = 1;
    let found = false;
    for (let tries = 0; tries < 40; tries++, length /= 2) {
      for (let t = 0; t < size; t++) trial[t] = u[t]! + length * step[t]!;
      const value = rows.evaluate(trial, trialG);
      // At the bottom the loss is all rounding error; there a smaller gradient is what counts.
      const isLower = value <= loss + 1e-4 * length * slope;
      const isFlat = value <= loss + 1e-15 * Math.abs(loss) && largest(trialG) < norm;
      if (isLower || isFlat) {
        loss = value;
        found = true;
        break;
      }
    }
    if (!found) break;
    [u, trial] = [trial, u];
    [g, trialG] = [trialG, g];
    norm = largest(g);
    iterations++;
    options.onIteration(iterations);
  }
  const atRounding = iterations < options.maxIter && norm <= Math.max(options.tol, 1e-7);
  return { u, loss, iterations, converged: norm <= options.tol || atRounding, gradientNorm: norm };
}

/** The same softmax with coefficients that sum to zero over the classes: what the penalty prefers. */
function balanced(u: Float64Array, K: number, stride: number): Float64Array {
  const out = u.slice();
  for (let j = 0; j < stride; j++) {
    let mean = 0;
    for (let k = 0; k < K; k++) mean += u[k * stride + j]! / K;
    for (let k = 0; k < K; k++) out[k * stride + j] = u[k * stride + j]! - mean;
  }
  return out;
}

function hessian(
  problem: LogisticProblem,
  rows: LogisticRows,
  n: number,
  u: Float64Array,
  curvature: Float64Array,
  gram: () => Float64Array,
): Float64Array {
  const { outputs: K, cols: d, penalty, interceptScale, weights } = problem;
  const stride = d + 1;
  const size = K * stride;
  const theta = u.slice();
  for (let t = d; t < size; t += stride) theta[t] = theta[t]! * interceptScale;
  const p = probabilities(rows.Z.view, n, d, theta, K);
  const H = new Float64Array(size * size);
  for (let k = 0; k < K; k++) {
    for (let l = 0; l <= k; l++) {
      for (let i = 0; i < n; i++) {
        const pk = p[i * K + k]!;
        curvature[i] = weights[i]! * pk * (k === l ? 1 - pk : p[i * K + l]!);
      }
      const block = gram();
      const sign = k === l ? 1 : -1;
      for (let a = 0; a < stride; a++) {
        for (let b = 0; b < stride; b++) {
          const v =
            sign * block[a * stride + b]! * (a === d ? interceptScale : 1) * (b === d ? interceptScale : 1);
          H[(k * stride + a) * size + l * stride + b] = v;
          H[(l * stride + b) * size + k * stride + a] = v;
        }
      }
    }
  }
  for (let k = 0; k < K; k++) {
    for (let j = 0; j < stride; j++) {
      const at = k * stride + j;
      H[at * size + at] = H[at * size + at]! + (j < d ? penalty[j]! : interceptScale === 0 ? 1 : 0);
      // Adding one vector to the coefficients of all classes changes nothing; curvature in that direction (in which
      // the gradient is zero) makes the solution unique.
      if (K > 1) {
        for (let l = 0; l < K; l++) {
          H[at * size + l * stride + j] = H[at * size + l * stride + j]! + 1 / K;
        }
      }
    }
  }
  return H;
}

/** -H^-1 g; where H has no Cholesky factor in floating point, with a growing multiple of the identity added. */
function newtonStep(H: Float64Array, g: Float64Array, size: number): Float64Array {
  let most = 0;
  for (let t = 0; t < size; t++) most = Math.max(most, H[t * size + t]!);
  if (!Number.isFinite(most))
    throw numericalError("LogisticRegression.fit", "the Hessian left floating point");
  for (let ridge = 0; ; ridge = ridge === 0 ? 1e-14 * (most || 1) : ridge * 10) {
    const L = H.slice();
    for (let t = 0; t < size; t++) L[t * size + t] = L[t * size + t]! + ridge;
    if (factorCholesky(size, L) >= 0) continue;
    const step = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      let v = -g[i]!;
      for (let j = 0; j < i; j++) v -= L[i * size + j]! * step[j]!;
      step[i] = v / L[i * size + i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      let v = step[i]!;
      for (let j = i + 1; j < size; j++) v -= L[j * size + i]! * step[j]!;
      step[i] = v / L[i * size + i]!;
    }
    return step;
  }
}

function largest(g: Float64Array): number {
  let most = 0;
  for (const v of g) most = Math.max(most, Math.abs(v));
  return most;
}
