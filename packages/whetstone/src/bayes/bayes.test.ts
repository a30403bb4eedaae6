import { describe, expect, test } from "vitest";
import { LinearRegression, Ridge } from "../linear/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { normal, poisson } from "../stats/index.ts";
import {
  abcRejection,
  bayesRule,
  betaBernoulli,
  dirichletCategorical,
  effectiveSampleSize,
  elbo,
  expectationPropagation,
  gammaPoisson,
  gammaPrecision,
  gaussianMean,
  hmc,
  laplaceApproximation,
  mapEstimate,
  meanFieldNormal,
  metropolis,
  normalVariational,
  nuts,
  posteriorPredictive,
  rHat,
} from "./index.ts";

/** Integral of exp(f) and moments by the trapezoidal rule. */
function quadrature(f: (t: number) => number, low: number, high: number, count = 40_001) {
  const h = (high - low) / (count - 1);
  let [total, first, second] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const t = low + i * h;
    const w = Math.exp(f(t)) * h * (i === 0 || i === count - 1 ? 0.5 : 1);
    if (!Number.isFinite(w)) continue;
    total += w;
    first += w * t;
    second += w * t * t;
  }
  const mean = first / total;
  return { log: Math.log(total), mean, variance: second / total - mean * mean };
}

test("Bayes' rule", () => {
  const { posterior, evidence } = bayesRule([0.01, 0.99], [0.99, 0.05]);
  expect(posterior[0]).toBeCloseTo(0.0099 / 0.0594, 12);
  expect(evidence).toBeCloseTo(0.0594, 12);
  expect(() => bayesRule([1, 1], [0, 0])).toThrow("no hypothesis explains the data");
});

describe("conjugate posteriors agree with quadrature", () => {
  test("beta and Bernoulli", () => {
    const found = betaBernoulli({ a: 3, b: 4 }, 2, 9);
    const exact = quadrature(
      (p) => 2 * Math.log(p) + 3 * Math.log1p(-p) + Math.log(60) + 2 * Math.log(p) + 7 * Math.log1p(-p),
      0,
      1,
    );
    expect(found.distribution.mean).toBeCloseTo(exact.mean, 8);
    expect(found.logEvidence).toBeCloseTo(exact.log, 8);
    const [low, high] = found.interval(0.9);
    expect(found.distribution.cdf(high) - found.distribution.cdf(low)).toBeCloseTo(0.9, 10);
    expect(betaBernoulli({ a: 1, b: 1 }, 2, 30).parameters).toEqual({ a: 3, b: 29 });
    expect(betaBernoulli({ a: 10, b: 90 }, 2, 30).parameters).toEqual({ a: 12, b: 118 });
  });
  test("normal mean", () => {
    const data = [1.2, 0.4, 2.2];
    const found = gaussianMean({ mean: -1, sd: 2 }, 0.7, data);
    const joint = (m: number) =>
      normal(-1, 2).logPdf(m) + data.reduce((s, v) => s + normal(m, 0.7).logPdf(v), 0);
    const exact = quadrature(joint, -10, 10);
    expect(found.parameters.mean).toBeCloseTo(exact.mean, 9);
    expect(found.parameters.sd ** 2).toBeCloseTo(exact.variance, 9);
    expect(found.logEvidence).toBeCloseTo(exact.log, 9);
    const more = quadrature((m) => joint(m) + normal(m, 0.7).logPdf(1.9), -10, 10);
    expect(found.predictive.logPdf(1.9)).toBeCloseTo(more.log - exact.log, 9);
  });
  test("precision, and Student's t as its predictive", () => {
    const data = [0.3, -1.1, 0.9, 2];
    const found = gammaPrecision({ shape: 2, rate: 1.5 }, 0.2, data);
    const joint = (t: number) =>
      2 * Math.log(1.5) +
      Math.log(t) -
      1.5 * t +
      data.reduce((s, v) => s + normal(0.2, 1 / Math.sqrt(t)).logPdf(v), 0);
    const exact = quadrature(joint, 1e-6, 30);
    expect(found.distribution.mean).toBeCloseTo(exact.mean, 6);
    expect(found.logEvidence).toBeCloseTo(exact.log, 6);
    const more = quadrature((t) => joint(t) + normal(0.2, 1 / Math.sqrt(t)).logPdf(1), 1e-6, 30);
    expect(found.predictive.logPdf(1)).toBeCloseTo(more.log - exact.log, 6);
  });
  test("Poisson rate, and the negative binomial as its predictive", () => {
    const data = [3, 0, 5];
    const found = gammaPoisson({ shape: 2, rate: 0.5 }, data);
    const joint = (r: number) =>
      2 * Math.log(0.5) + Math.log(r) - 0.5 * r + data.reduce((s, v) => s + poisson(r).logPdf(v), 0);
    const exact = quadrature(joint, 1e-9, 60);
    expect(found.distribution.mean).toBeCloseTo(exact.mean, 6);
    expect(found.logEvidence).toBeCloseTo(exact.log, 6);
    const more = quadrature((r) => joint(r) + poisson(r).logPdf(4), 1e-9, 60);
    expect(found.predictive.logPdf(4)).toBeCloseTo(more.log - exact.log, 6);
  });
  test("two categories are beta and Bernoulli", () => {
    const found = dirichletCategorical([3, 4], [2, 7]);
    expect(found.mean[0]).toBeCloseTo(5 / 16, 12);
    expect(found.logEvidence).toBeCloseTo(betaBernoulli({ a: 3, b: 4 }, 2, 9).logEvidence, 12);
  });
});

test("MAP under a normal prior is ridge, under a flat one least squares", () => {
  const random = randomStream(1);
  const X = Array.from({ length: 30 }, () => [random.normal(), random.normal()]);
  const y = X.map(([a, b]) => 2 * a! - b! + random.normal());
  const fit = (penalty: number) =>
    mapEstimate(
      (w) =>
        -0.5 *
        (X.reduce((s, r, i) => s + (y[i]! - r[0]! * w[0]! - r[1]! * w[1]!) ** 2, 0) +
          penalty * (w[0]! ** 2 + w[1]! ** 2)),
      [0, 0],
    ).mode;
  const ridge = new Ridge({ alpha: 5, fitIntercept: false }).fit(X, y).coef;
  const plain = new LinearRegression({ fitIntercept: false }).fit(X, y).coef;
  for (const j of [0, 1]) {
    expect(fit(5)[j]).toBeCloseTo(ridge[j]!, 5);
    expect(fit(0)[j]).toBeCloseTo(plain[j]!, 5);
  }
});

test("Laplace: exact for a normal, close for a beta with much data", () => {
  const two = laplaceApproximation(
    (t) => -0.5 * (2 * t[0]! ** 2 + 2 * t[0]! * t[1]! + 3 * t[1]! ** 2),
    [1, 1],
  );
  const exact = [0.6, -0.2, -0.2, 0.4];
  two.covariance.data.forEach((v, i) => {
    expect(v).toBeCloseTo(exact[i]!, 5);
  });
  expect(two.logEvidence).toBeCloseTo(Math.log(2 * Math.PI) - 0.5 * Math.log(5), 5);
  // In the log odds, k successes of n.
  const errors = [10, 100, 1000].map((n) => {
    const k = 0.3 * n;
    const logPost = (z: number) => k * z - n * Math.log1p(Math.exp(z));
    const { logEvidence } = laplaceApproximation((t) => logPost(t[0]!), [0]);
    return Math.abs(
      logEvidence - betaBernoulli({ a: k, b: n - k }, 0, 0).logEvidence - quadrature(logPost, -30, 30).log,
    );
  });
  expect(errors[1]).toBeLessThan(errors[0]! / 5);
  expect(errors[2]).toBeLessThan(errors[1]! / 5);
});

describe.each([
  ["metropolis", metropolis],
  ["hmc", hmc],
  ["nuts", nuts],
] as const)("%s", (_, sampler) => {
  test("finds mean and covariance of a correlated normal", () => {
    // Precision [[4, -3], [-3, 4]] / 7 has covariance [[4, 3], [3, 4]].
    const log = (t: Float64Array) => -0.5 * ((4 * t[0]! ** 2 - 6 * t[0]! * t[1]! + 4 * t[1]! ** 2) / 7);
    const { chains, acceptance } = sampler(log, [1, 1], { draws: 4000, seed: 5 });
    const columns = [0, 1].map((j) => chains.map((c) => c.col(j)));
    for (const parts of columns) {
      expect(rHat(parts)).toBeLessThan(1.03);
      const ess = effectiveSampleSize(parts);
      expect(ess).toBeGreaterThan(300);
      const all = parts.flatMap((p) => [...p]);
      const mean = all.reduce((s, v) => s + v, 0) / all.length;
      expect(Math.abs(mean)).toBeLessThan((5 * 2) / Math.sqrt(ess));
      const variance = all.reduce((s, v) => s + (v - mean) ** 2, 0) / all.length;
      expect(Math.abs(variance / 4 - 1)).toBeLessThan(8 / Math.sqrt(ess));
    }
    const cross =
      chains.reduce((s, c) => s + c.col(0).reduce((t, v, i) => t + v * c.at(i, 1), 0), 0) / 16_000;
    expect(Math.abs(cross - 3)).toBeLessThan(0.8);
    expect(acceptance).toBeGreaterThan(0.15);
  });
  test("same seed, same draws", () => {
    const log = (t: Float64Array) => -(t[0]! ** 4);
    const run = () => sampler(log, [0], { draws: 20, warmUp: 20, chains: 2, seed: 3 }).chains[1]!.data;
    expect(run()).toEqual(run());
  });
});

test("R-hat and effective size: independent draws, a slow chain, chains apart", () => {
  const random = randomStream(8);
  const parts = Array.from({ length: 4 }, () => random.fillNormal(new Float64Array(1000)));
  expect(rHat(parts)).toBeLessThan(1.01);
  expect(Math.abs(effectiveSampleSize(parts) / 4000 - 1)).toBeLessThan(0.2);
  const rho = 0.9;
  const slow = parts.map((p) => {
    const out = p.slice();
    for (let t = 1; t < out.length; t++) out[t] = rho * out[t - 1]! + Math.sqrt(1 - rho ** 2) * p[t]!;
    return out;
  });
  // An autoregression of 0.9 leaves (1 - rho) / (1 + rho) of the draws.
  expect(Math.abs(effectiveSampleSize(slow) / (4000 * (0.1 / 1.9)) - 1)).toBeLessThan(0.35);
  expect(rHat(parts.map((p, c) => p.map((v) => v + c)))).toBeGreaterThan(1.3);
});

test("posterior predictive equals the closed form", () => {
  const exact = gaussianMean({ mean: 0, sd: 2 }, 1, [1, 2]);
  const random = randomStream(2);
  const draws = Matrix.zeros(20_000, 1).map(() => random.normal(exact.parameters.mean, exact.parameters.sd));
  for (const y of [-1, 1, 3])
    expect(posteriorPredictive((v, t) => normal(t[0]!, 1).pdf(v), draws, y)).toBeCloseTo(
      exact.predictive.pdf(y),
      2,
    );
});

test("the bound, the gap and the evidence add up", () => {
  const joint = [Math.log(0.1), Math.log(0.25), Math.log(0.05)];
  for (const q of [
    [0.2, 0.3, 0.5],
    [1, 0, 0],
  ]) {
    const found = elbo(joint, q);
    expect(found.elbo + found.gap).toBeCloseTo(Math.log(0.4), 12);
    expect(found.gap).toBeGreaterThan(0);
  }
  expect(elbo(joint, elbo(joint, [1, 0, 0]).posterior).gap).toBeCloseTo(0, 12);
});

test("mean field: the bound rises and stays below the evidence, which quadrature confirms", () => {
  const prior = { mean: 0.5, k: 0.7, shape: 2, rate: 1.5 };
  const data = [1, 2.5, 0.3, 1.9];
  const fit = meanFieldNormal(data, prior);
  fit.elbos.forEach((v, i) => {
    if (i > 0) expect(v).toBeGreaterThanOrEqual(fit.elbos[i - 1]! - 1e-12);
    expect(v).toBeLessThan(fit.logEvidence);
  });
  expect(fit.logEvidence - fit.elbos.at(-1)!).toBeLessThan(0.2);
  // Integrate the mean in closed form, the precision by quadrature.
  const n = data.length;
  const exact = quadrature(
    (t) => {
      const kn = prior.k + n;
      const m = (prior.k * prior.mean + data.reduce((s, v) => s + v, 0)) / kn;
      const squares = data.reduce((s, v) => s + v * v, 0) + prior.k * prior.mean ** 2 - kn * m * m;
      return (
        prior.shape * Math.log(prior.rate) +
        (prior.shape - 1) * Math.log(t) -
        prior.rate * t +
        (n / 2) * Math.log(t / (2 * Math.PI)) +
        0.5 * Math.log(prior.k / kn) -
        0.5 * t * squares
      );
    },
    1e-6,
    40,
  );
  expect(fit.logEvidence).toBeCloseTo(exact.log, 5);
});

test("EP matches moments; reverse KL is narrower", () => {
  // Steps at 0.5 and -1, seen through a probit-like curve.
  const sites = [
    (t: number) => -Math.log1p(Math.exp(-4 * (t - 0.5))),
    (t: number) => -Math.log1p(Math.exp(-3 * (t + 1))),
  ];
  const joint = (t: number) => normal(0, 1).logPdf(t) + sites.reduce((s, f) => s + f(t), 0);
  const exact = quadrature(joint, -10, 10);
  const ep = expectationPropagation({ mean: 0, sd: 1 }, sites);
  expect(ep.converged).toBe(true);
  expect(Math.abs(ep.mean - exact.mean)).toBeLessThan(0.01);
  expect(Math.abs(ep.sd ** 2 - exact.variance)).toBeLessThan(0.01);
  const one = expectationPropagation({ mean: 0, sd: 1 }, [sites[0]!]);
  const alone = quadrature((t) => normal(0, 1).logPdf(t) + sites[0]!(t), -10, 10);
  expect(one.mean).toBeCloseTo(alone.mean, 6); // one site: exact moments
  const vi = normalVariational(joint, { mean: 0, sd: 1 });
  expect(vi.sd).toBeLessThan(ep.sd);
  expect(vi.elbo).toBeLessThan(exact.log);
});

test("ABC tightens to the posterior as epsilon falls", () => {
  const exact = betaBernoulli({ a: 1, b: 1 }, 6, 20);
  const run = (epsilon: number) =>
    abcRejection(
      (r) => [r.uniform()],
      (t, r) => [r.binomial(20, t[0]!)],
      [6],
      { epsilon, draws: 40_000, seed: 1 },
    );
  const found = run(0);
  expect(Math.abs(found.acceptance - 1 / 21)).toBeLessThan(0.005); // uniform prior: every count equally likely
  const mean = found.draws.col(0).reduce((s, v) => s + v, 0) / found.draws.rows;
  expect(Math.abs(mean - exact.distribution.mean)).toBeLessThan(0.01);
  expect(run(5).acceptance).toBeGreaterThan(found.acceptance);
});
