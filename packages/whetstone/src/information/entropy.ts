import { requireList, shapeError, valueError } from "../errors.ts";
import { type BaseOption, klTerm, readDistribution, readPair, unit } from "./distribution.ts";

/*
 * Distributions are given as probabilities or counts and are normalised to sum to 1.
 */

/**
 * Shannon entropy -sum p log p: 0 when the outcome is certain, log K for K equally likely ones.
 *
 * @example
 * entropy([0.5, 0.5], { base: 2 }); // 1 bit
 */
export function entropy(p: ArrayLike<number>, options: BaseOption = {}): number {
  const where = "entropy";
  const nats = unit(where, options);
  let sum = 0;
  for (const v of readDistribution(where, "p", p)) if (v > 0) sum -= v * Math.log(v);
  return Math.max(0, sum) / nats;
}

/**
 * Cross-entropy -sum p log q = entropy(p) + KL(p || q): the cost of coding p with the code of q. Infinite where
 * q = 0 and p > 0.
 *
 * @example
 * crossEntropy([1, 0], [0.25, 0.75], { base: 2 }); // 2
 */
export function crossEntropy(p: ArrayLike<number>, q: ArrayLike<number>, options: BaseOption = {}): number {
  const where = "crossEntropy";
  const nats = unit(where, options);
  const d = readPair(where, p, q);
  let sum = 0;
  for (let i = 0; i < d.p.length; i++) if (d.p[i]! > 0) sum -= d.p[i]! * Math.log(d.q[i]!);
  return sum / nats;
}

/**
 * Cross-entropy of a target distribution with softmax(logits), in nats, and its gradient with respect to the logits,
 * which is simply softmax(logits) - target.
 *
 * @example
 * crossEntropyFromLogits([0, 1], [0, 0]).gradient; // [0.5, -0.5]
 */
export function crossEntropyFromLogits(
  target: ArrayLike<number>,
  logits: ArrayLike<number>,
): { value: number; gradient: Float64Array; probabilities: Float64Array } {
  const where = "crossEntropyFromLogits";
  const p = readDistribution(where, "target", target);
  requireList(where, "logits", logits);
  if (logits.length !== p.length) {
    throw shapeError(where, "logits", `has ${logits.length} entries`, `${p.length} (length of target)`);
  }
  const z = Float64Array.from(logits);
  const bad = z.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw valueError(where, "logits", `holds ${z[bad]} at index ${bad}, expected finite numbers`);
  const top = z.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
  const logSum = top + Math.log(z.reduce((s, v) => s + Math.exp(v - top), 0));
  const probabilities = z.map((v) => Math.exp(v - logSum));
  let value = 0;
  for (let i = 0; i < z.length; i++) value += p[i]! * (logSum - z[i]!);
  return { value, gradient: probabilities.map((q, i) => q - p[i]!), probabilities };
}

/**
 * Kullback-Leibler divergence sum p log(p / q) >= 0. Not symmetric; p = 0 contributes 0, q = 0 with p > 0 makes it
 * infinite.
 *
 * @example
 * klDivergence([0.5, 0.5], [0.9, 0.1]); // 0.510...
 */
export function klDivergence(p: ArrayLike<number>, q: ArrayLike<number>, options: BaseOption = {}): number {
  const where = "klDivergence";
  const nats = unit(where, options);
  const d = readPair(where, p, q);
  return divergence(d.p, d.q) / nats;
}

function divergence(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += klTerm(p[i]!, q[i]!);
  return Math.max(0, sum);
}

/**
 * Jensen-Shannon divergence (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2: symmetric, in [0, log 2].
 *
 * @example
 * jsDivergence([1, 0], [0, 1], { base: 2 }); // 1
 */
export function jsDivergence(p: ArrayLike<number>, q: ArrayLike<number>, options: BaseOption = {}): number {
  const where = "jsDivergence";
  const nats = unit(where, options);
  const d = readPair(where, p, q);
  let sum = 0;
  for (let i = 0; i < d.p.length; i++) {
    const m = (d.p[i]! + d.q[i]!) / 2;
    // m = 0 with p or q above it happens where halving underflows.
    if (m > 0) sum += klTerm(d.p[i]!, m) + klTerm(d.q[i]!, m);
  }
  return Math.max(0, sum) / 2 / nats;
}

/**
 * Jensen-Shannon distance, the square root of the divergence; unlike the divergence it obeys the triangle inequality.
 *
 * @example
 * jsDistance([1, 0], [0, 1], { base: 2 }); // 1
 */
export function jsDistance(p: ArrayLike<number>, q: ArrayLike<number>, options: BaseOption = {}): number {
  return Math.sqrt(jsDivergence(p, q, options));
}

/**
 * Gini impurity 1 - sum p^2: the chance that two draws differ.
 *
 * @param p Class probabilities or counts.
 * @example
 * giniImpurity([5, 5]); // 0.5
 */
export function giniImpurity(p: ArrayLike<number>): number {
  let sum = 0;
  for (const v of readDistribution("giniImpurity", "p", p)) sum += v * v;
  return Math.max(0, 1 - sum);
}
