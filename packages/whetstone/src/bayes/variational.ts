import { requireFunction, shapeError, valueError } from "../errors.ts";
import { digamma, logGamma, logSumExp } from "../math/index.ts";
import { finite, numbers, positive } from "./check.ts";

/**
 * Both sides of log p(x) = ELBO + KL(q, posterior) for a hidden variable with finitely many values. The ELBO is
 * E_q[log p(x, z)] + entropy(q); it is tight when q is the posterior, which is the E step of EM.
 *
 * @param logJoint log p(x, z) for every z
 * @param q a distribution over z.
 *
 * @example
 * elbo([Math.log(0.1), Math.log(0.3)], [0.25, 0.75]).gap; // 0
 */
export function elbo(
  logJoint: ArrayLike<number>,
  q: ArrayLike<number>,
): { elbo: number; gap: number; logEvidence: number; posterior: Float64Array } {
  const where = "elbo";
  const joint = numbers(where, "logJoint", logJoint);
  const weights = numbers(where, "q", q);
  if (weights.length !== joint.length)
    throw shapeError(where, "q", `has ${weights.length} entries`, `${joint.length}`);
  const total = weights.reduce((s, v) => s + v, 0);
  if (weights.some((v) => v < 0) || Math.abs(total - 1) > 1e-9)
    throw valueError(where, "q", `sums to ${total}, expected a distribution`);
  const logEvidence = logSumExp(joint);
  let bound = 0;
  let gap = 0;
  for (let z = 0; z < joint.length; z++) {
    const p = weights[z]!;
    if (p === 0) continue;
    bound += p * (joint[z]! - Math.log(p));
    gap += p * (Math.log(p) - (joint[z]! - logEvidence));
  }
  return { elbo: bound, gap, logEvidence, posterior: joint.map((v) => Math.exp(v - logEvidence)) };
}

/** Normal data with unknown mean and precision, normal-gamma prior: mu | tau ~ N(mean, 1 / (k tau)), tau ~ Gamma(shape, rate). */
export interface NormalGamma {
  readonly mean: number;
  readonly k: number;
  readonly shape: number;
  readonly rate: number;
}

/** The factors q(mu) q(tau) that {@link meanFieldNormal} ends at, with the bound it climbed. */
export interface MeanFieldResult {
  /** q(mu) = N(mean, 1 / precision), q(tau) = Gamma(shape, rate). */
  readonly mean: number;
  readonly precision: number;
  readonly shape: number;
  readonly rate: number;
  /** ELBO after every round: it never falls, and never passes `logEvidence`. */
  readonly elbos: readonly number[];
  /** The exact log evidence, known because the model is conjugate. */
  readonly logEvidence: number;
}

/**
 * Mean-field variational inference by coordinate ascent: q(mu) q(tau) in place of their joint posterior. Each factor in
 * turn is set to its optimum given the other.
 *
 * Source: Bishop, Pattern Recognition and Machine Learning, 10.1.3.
 *
 * @example
 * const fit = meanFieldNormal([1, 2, 3], { mean: 0, k: 1, shape: 1, rate: 1 });
 * fit.elbos.at(-1) <= fit.logEvidence; // true
 */
export function meanFieldNormal(data: ArrayLike<number>, prior: NormalGamma, rounds = 30): MeanFieldResult {
  const where = "meanFieldNormal";
  const x = numbers(where, "data", data);
  const m0 = finite(where, "prior.mean", prior?.mean);
  const [k0, a0, b0] = (["k", "shape", "rate"] as const).map((n) =>
    positive(where, `prior.${n}`, prior?.[n]),
  ) as [number, number, number];
  if (!(Number.isSafeInteger(rounds) && rounds >= 1 && rounds <= 1e6))
    throw valueError(where, "rounds", `is ${rounds}, expected an integer from 1 to 1000000`);
  const n = x.length;
  const sum = x.reduce((s, v) => s + v, 0);
  const mean = (k0 * m0 + sum) / (k0 + n);
  const shape = a0 + (n + 1) / 2;
  let tau = a0 / b0; // E[tau]
  let precision = 0;
  let rate = b0;
  const elbos: number[] = [];
  for (let round = 0; round < rounds; round++) {
    precision = (k0 + n) * tau;
    const v = 1 / precision;
    const squares = x.reduce((s, d) => s + (d - mean) ** 2 + v, 0);
    const shift = k0 * ((mean - m0) ** 2 + v);
    rate = b0 + 0.5 * (squares + shift);
    tau = shape / rate;
    const logTau = digamma(shape) - Math.log(rate);
    const half = 0.5 * Math.log(2 * Math.PI);
    const data = n * (0.5 * logTau - half) - 0.5 * tau * squares;
    const priorMean = 0.5 * (Math.log(k0) + logTau) - half - 0.5 * tau * shift;
    const priorTau = a0 * Math.log(b0) - logGamma(a0) + (a0 - 1) * logTau - b0 * tau;
    const entropy =
      half +
      0.5 -
      0.5 * Math.log(precision) +
      shape -
      Math.log(rate) +
      logGamma(shape) +
      (1 - shape) * digamma(shape);
    elbos.push(data + priorMean + priorTau + entropy);
  }
  const kn = k0 + n;
  const an = a0 + n / 2;
  const average = sum / n;
  const spread = x.reduce((s, d) => s + (d - average) ** 2, 0);
  const bn = b0 + 0.5 * spread + (0.5 * k0 * n * (average - m0) ** 2) / kn;
  const logEvidence =
    logGamma(an) -
    logGamma(a0) +
    a0 * Math.log(b0) -
    an * Math.log(bn) +
    0.5 * Math.log(k0 / kn) -
    (n / 2) * Math.log(2 * Math.PI);
  return { mean, precision, shape, rate, elbos, logEvidence };
}

/**
 * Minimises KL(q, p) over normals q for an unnormalised log density on the line: the reverse direction.
 *
 * @example
 * const fit = normalVariational((t) => -((t - 3) ** 2) / 8, { mean: 0, sd: 1 });
 * fit.mean; // about 3
 * fit.sd; // about 2
 */
export function normalVariational(
  logDensity: (theta: number) => number,
  start: { readonly mean: number; readonly sd: number },
): { mean: number; sd: number; elbo: number } {
  const where = "normalVariational";
  requireFunction(where, "logDensity", logDensity);
  let mean = finite(where, "start.mean", start?.mean);
  let logSd = Math.log(positive(where, "start.sd", start?.sd));
  // Gauss-Hermite would do; a fixed fine grid of the standard normal is as good and simpler to trust.
  const grid = Array.from({ length: 201 }, (_, i) => -6 + (12 * i) / 200);
  const raw = grid.map((z) => Math.exp((-z * z) / 2));
  const scale = raw.reduce((s, v) => s + v, 0);
  const value = (m: number, l: number): number => {
    let sum = l + 0.5 * Math.log(2 * Math.PI * Math.E);
    grid.forEach((z, i) => {
      sum += (raw[i]! / scale) * logDensity(m + Math.exp(l) * z);
    });
    return sum;
  };
  let best = value(mean, logSd);
  // Compass search: halves its steps when no direction helps.
  for (let step = 0.5 * Math.exp(logSd), ratio = 0.5; ratio > 1e-9; ) {
    const moves = [
      [step, 0],
      [-step, 0],
      [0, ratio],
      [0, -ratio],
    ] as const;
    const better = moves.find(([a, b]) => value(mean + a, logSd + b) > best + 1e-15);
    if (better) {
      mean += better[0];
      logSd += better[1];
      best = value(mean, logSd);
    } else {
      step /= 2;
      ratio /= 2;
    }
  }
  return { mean, sd: Math.exp(logSd), elbo: best };
}
