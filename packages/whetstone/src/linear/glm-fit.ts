import { numericalError } from "../errors.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Family, negativeBinomial } from "./glm-family.ts";
import type { Link } from "./glm-link.ts";
import { leastSquares } from "./least-squares.ts";
import { linearScores } from "./logits.ts";

export interface GlmProblem {
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly weights: Float64Array | null;
  /** Added to the linear predictor with coefficient 1. */
  readonly offset: Float64Array | null;
  readonly family: Family;
  readonly link: Link;
  readonly fitIntercept: boolean;
  /** Half the mean deviance plus alpha / 2 |coef|^2 is minimised. */
  readonly alpha: number;
  readonly where: string;
}

export interface GlmSolution {
  readonly coef: Float64Array;
  readonly intercept: number;
  readonly mu: Float64Array;
  readonly deviance: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * Iteratively reweighted least squares with halved steps where a full one does not lower the penalised deviance.
 *
 * McCullagh, Nelder, "Generalized Linear Models", 1989, section 2.5.
 */
export function irls(
  p: GlmProblem,
  tol: number,
  maxIter: number,
  onIteration: (done: number) => void,
  start: { readonly coef: Float64Array; readonly intercept: number } | null = null,
): GlmSolution {
  const { X, y, weights, offset, family, link, fitIntercept, alpha } = p;
  const n = X.rows;
  const d = X.cols;
  const total = weights ? weights.reduce((s, w) => s + w, 0) : n;
  const at = (coef: Float64Array, intercept: number) => {
    const eta = linearScores(X.data, n, d, coef, Float64Array.of(intercept));
    const mu = new Float64Array(n);
    let deviance = 0;
    for (let i = 0; i < n; i++) {
      if (offset) eta[i] = eta[i]! + offset[i]!;
      mu[i] = link.mean(eta[i]!);
      if (weights && weights[i] === 0) continue;
      deviance += family.possible(mu[i]!)
        ? (weights ? weights[i]! : 1) * family.deviance(y[i]!, mu[i]!)
        : Number.NaN;
    }
    const size = coef.reduce((s, v) => s + v * v, 0);
    return { coef, intercept, eta, mu, deviance, objective: deviance + alpha * total * size };
  };
  const z = new Float64Array(n);
  const W = new Float64Array(n);
  const solve = (eta: Float64Array, mu: Float64Array) => {
    for (let i = 0; i < n; i++) {
      const slope = link.slope(eta[i]!);
      const w = weights ? weights[i]! : 1;
      W[i] = w === 0 ? 0 : (w * slope * slope) / family.variance(mu[i]!);
      z[i] = eta[i]! - (offset ? offset[i]! : 0) + (slope === 0 ? 0 : (y[i]! - mu[i]!) / slope);
      if (!Number.isFinite(W[i]! * z[i]!)) W[i] = z[i] = 0;
    }
    if (!W.some((w) => w > 0))
      throw numericalError(p.where, "the means left floating point: scale X or change the link");
    return leastSquares({ X, y: z, weights: W, fitIntercept, alpha: alpha * total, where: p.where });
  };

  let now = at(start?.coef ?? new Float64Array(d), start?.intercept ?? 0);
  if (!start || !Number.isFinite(now.objective)) {
    // The first means are the targets, drawn half way to their mean so that none is impossible.
    let mean = 0;
    for (let i = 0; i < n; i++) mean += ((weights ? weights[i]! : 1) * y[i]!) / total;
    const mu = y.map((v) => (v + mean) / 2);
    // Where all targets are 0 no mean is possible; any small one lets the fit go there.
    for (let i = 0; i < n; i++)
      if (!family.possible(mu[i]!)) mu[i] = mean === 0 ? 1e-3 : mean === 1 ? 1 - 1e-3 : mean;
    const first = solve(mu.map(link.of), mu);
    now = at(first.coef, first.intercept);
    if (!Number.isFinite(now.objective)) {
      const shift = offset ? offset.reduce((s, v) => s + v, 0) / n : 0;
      const level = family.possible(mean) ? mean : mu[0]!;
      now = at(new Float64Array(d), fitIntercept ? link.of(level) - shift : 0);
    }
    if (!Number.isFinite(now.objective)) {
      throw numericalError(
        p.where,
        "no coefficients with possible means were found: take another link or an intercept",
      );
    }
  }
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIter) {
    const full = solve(now.eta, now.mu);
    let next = at(full.coef, full.intercept);
    for (
      let halvings = 1;
      halvings <= 30 && !(next.objective <= now.objective * (1 + 1e-14) + 1e-300);
      halvings++
    ) {
      const share = 0.5 ** halvings;
      next = at(
        now.coef.map((v, j) => v + share * (full.coef[j]! - v)),
        now.intercept + share * (full.intercept - now.intercept),
      );
    }
    const isLower = next.objective <= now.objective * (1 + 1e-14) + 1e-300;
    iterations++;
    onIteration(iterations);
    if (!isLower) {
      converged = true; // rounding error is all that is left
      break;
    }
    converged = Math.abs(now.objective - next.objective) <= tol * (Math.abs(next.objective) + 1e-8 * total);
    now = next;
  }
  const { coef, intercept, mu, deviance } = now;
  return { coef, intercept, mu, deviance, iterations, converged };
}

/**
 * The alpha of a negative binomial that makes given counts most likely around given means, by Brent-like bisection of
 * the score in log alpha; 0 where the counts vary less than Poisson's.
 */
export function bestDispersion(y: Float64Array, mu: Float64Array, weights: Float64Array | null): number {
  const value = (logAlpha: number): number => {
    const { logLikelihood } = negativeBinomial(Math.exp(logAlpha));
    let sum = 0;
    for (let i = 0; i < y.length; i++) {
      const w = weights ? weights[i]! : 1;
      if (w > 0) sum += w * logLikelihood!(y[i]!, mu[i]!, 1);
    }
    return sum;
  };
  // Slope at alpha = 0: half the sum of (y - mu)^2 - y.
  let slope = 0;
  for (let i = 0; i < y.length; i++) slope += (weights ? weights[i]! : 1) * ((y[i]! - mu[i]!) ** 2 - y[i]!);
  if (!(slope > 0)) return 0;
  let best = -12;
  for (let t = -12; t <= 12; t += 0.5) if (value(t) > value(best)) best = t;
  let [low, high] = [best - 0.5, best + 0.5];
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let k = 0; k < 30; k++) {
    const a = high - ratio * (high - low);
    const b = low + ratio * (high - low);
    if (value(a) < value(b)) low = a;
    else high = b;
  }
  // The maximum of a parabola through three points repairs what a flat top hides from comparisons.
  const m = (low + high) / 2;
  const h = 1e-3;
  const [left, middle, right] = [value(m - h), value(m), value(m + h)];
  const bend = left - 2 * middle + right;
  return Math.exp(bend < 0 ? m + (0.5 * h * (left - right)) / bend : m);
}
