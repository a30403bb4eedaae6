/**
 * Laplace's approximation for binary Gaussian process classification: the posterior of the latent values is replaced by a
 * normal distribution at its mode. Rasmussen and Williams (2006), sections 3.4 and 5.5.
 */
import { WhetstoneError } from "../errors.ts";
import { type Cholesky, cholesky, Matrix, normalCdf } from "../math/index.ts";
import { covariance, thetaGradient } from "./covariance.ts";
import type { GpKernel } from "./kernels.ts";

export interface Mode {
  /** Log marginal likelihood under the approximation. */
  readonly value: number;
  /** y - p at the mode: the weights of the training rows in latent means. */
  readonly pull: Float64Array;
  /** Roots of the curvatures p (1 - p). */
  readonly root: Float64Array;
  /** Factor of I + W^1/2 K W^1/2. */
  readonly factor: Cholesky;
  readonly share: Float64Array; // p at the mode
  /** K^-1 f. */
  readonly a: Float64Array;
}

const sigmoid = (f: number): number => (f >= 0 ? 1 / (1 + Math.exp(-f)) : Math.exp(f) / (1 + Math.exp(f)));
/** log sigmoid(f) */
const logSigmoid = (f: number): number => (f >= 0 ? -Math.log1p(Math.exp(-f)) : f - Math.log1p(Math.exp(f)));

/**
 * The mode by Newton steps (algorithm 3.1), halved where they overshoot; null where the matrix cannot be factored.
 *
 * @param positive 1 for rows of the class, 0 for others
 */
export function findMode(K: Matrix, positive: Uint8Array, maxIter: number): Mode | null {
  const n = K.rows;
  let f: Float64Array = new Float64Array(n);
  let a: Float64Array = new Float64Array(n);
  const height = (u: Float64Array, g: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += logSigmoid(positive[i] ? g[i]! : -g[i]!) - 0.5 * u[i]! * g[i]!;
    return sum;
  };
  let psi = height(a, f);
  let here = curvature(K, f, positive);
  for (let iteration = 0; here !== null && iteration < maxIter; iteration++) {
    const { root, factor, pull } = here;
    const b = f.map((v, i) => root[i]! ** 2 * v + pull[i]!);
    const Kb = K.matVec(b);
    const solved = factor.solve(Kb.map((v, i) => root[i]! * v));
    const target = b.map((v, i) => v - root[i]! * solved[i]!);
    const there = K.matVec(target);
    let next = target;
    let g = there;
    let height2 = height(next, g);
    // The last step may look like a fall by rounding: it still brings the mode closer.
    const slack = 1e-12 * Math.max(1, Math.abs(psi));
    for (let t = 0.5; !(height2 >= psi - slack) && t > 1e-8; t /= 2) {
      next = target.map((v, i) => a[i]! + t * (v - a[i]!));
      g = there.map((v, i) => f[i]! + t * (v - f[i]!));
      height2 = height(next, g);
    }
    const gain = height2 - psi;
    if (!(gain >= -slack)) break;
    [a, f, psi] = [next, g, height2];
    here = curvature(K, f, positive);
    if (gain < slack) break;
  }
  return here && { ...here, value: psi - here.factor.logDet() / 2, a };
}

function curvature(
  K: Matrix,
  f: Float64Array,
  positive: Uint8Array,
): Pick<Mode, "root" | "factor" | "pull" | "share"> | null {
  const n = f.length;
  const share = f.map(sigmoid);
  // p (1 - p) without cancellation for sure rows.
  const root = f.map((v) => Math.sqrt(sigmoid(v) * sigmoid(-v)));
  const pull = f.map((v, i) => (positive[i] ? sigmoid(-v) : -sigmoid(v)));
  const B = new Matrix(
    K.data.map((v, at) => root[Math.floor(at / n)]! * v * root[at % n]!),
    n,
    n,
  );
  for (let i = 0; i < n; i++) B.data[i * n + i] = B.data[i * n + i]! + 1;
  try {
    return { root, pull, share, factor: cholesky(B) };
  } catch (cause) {
    if (cause instanceof WhetstoneError && cause.code === "numerical") return null;
    throw cause;
  }
}

/**
 * Log marginal likelihood and its gradient in theta (algorithm 5.1). The gradient is a sum over pairs of M dK: the explicit
 * part, and that of the mode, which moves with theta.
 */
export function laplaceEvidence(
  kernel: GpKernel,
  X: Matrix,
  positive: Uint8Array,
  maxIter: number,
): { value: number; gradient: number[] } | null {
  const K = covariance(kernel, X, null);
  const mode = findMode(K, positive, maxIter);
  if (mode === null) return null;
  const n = K.rows;
  const { root, factor, pull, share, a } = mode;
  // R = W^1/2 B^-1 W^1/2
  const R = factor.inverse();
  for (let at = 0; at < n * n; at++) R.data[at] = R.data[at]! * root[Math.floor(at / n)]! * root[at % n]!;
  // Diagonal of (K^-1 + W)^-1 = K - K R K, times half the third derivatives.
  const KR = K.matmul(R);
  const s = Float64Array.from({ length: n }, (_, i) => {
    let variance = K.at(i, i);
    for (let j = 0; j < n; j++) variance -= KR.data[i * n + j]! * K.data[i * n + j]!;
    const p = share[i]!;
    return -0.5 * variance * p * (1 - p) * (1 - 2 * p);
  });
  // s^T (I - K R) dK pull, as a symmetric matrix of weights.
  const moved = R.matVec(K.matVec(s));
  const u = s.map((v, i) => v - moved[i]!);
  const M = new Matrix(new Float64Array(n * n), n, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      M.data[i * n + j] = 0.5 * (a[i]! * a[j]! - R.data[i * n + j]! + u[i]! * pull[j]! + u[j]! * pull[i]!);
  return { value: mode.value, gradient: thetaGradient(kernel, X, M) };
}

/** Mean of sigmoid(f) for normal f: what averages the class over the uncertainty of the latent value. */
export function averagedSigmoid(mean: number, variance: number): number {
  const sd = Math.sqrt(Math.max(0, variance));
  if (sd < 1) {
    // The trapezoid rule converges exponentially: sigmoid has no pole within pi of the real line.
    let sum = 0;
    let total = 0;
    for (let z = -8.5; z <= 8.5; z += 0.25) {
      const w = Math.exp(-0.5 * z * z);
      sum += w * sigmoid(mean + sd * z);
      total += w;
    }
    return sum / total;
  }
  // Sigmoid is the step at 0 and a tail of e^-t on both sides: the step is a normal probability.
  const density = (t: number) => Math.exp(-0.5 * ((t - mean) / sd) ** 2) / (sd * Math.sqrt(2 * Math.PI));
  let tails = 0;
  for (let from = 0; from < 40; from += 2)
    for (const [x, w] of GAUSS)
      for (const t of [from + 1 - x, from + 1 + x]) tails += w * sigmoid(-t) * (density(-t) - density(t));
  return Math.min(1, Math.max(0, normalCdf(mean / sd) + tails));
}

/** Gauss-Legendre nodes and weights on [-1, 1], eight points by their right half. */
const GAUSS: readonly (readonly [number, number])[] = [
  [0.1834346424956498, 0.362683783378362],
  [0.525532409916329, 0.3137066458778873],
  [0.7966664774136267, 0.2223810344533745],
  [0.9602898564975363, 0.1012285362903763],
];
