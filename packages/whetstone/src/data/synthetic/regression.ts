import { int, type ParamInput, parseParams, real, seed } from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { Matrix, randomStream } from "../../math/index.ts";

/** Features and a target with the function that made it. */
export interface RegressionData {
  readonly X: Matrix;
  readonly y: Float64Array;
  /** The target without noise. */
  readonly signal: Float64Array;
}

const nSamples = (n = 100) => int({ min: 1, default: n, doc: "Rows" });
const noise = real({ min: 0, default: 0, doc: "Standard deviation of normal noise on the target" });

const REGRESSION = {
  nSamples: nSamples(),
  nFeatures: int({ min: 1, default: 100, doc: "Columns" }),
  nInformative: int({ min: 0, default: 10, doc: "Columns with a coefficient, drawn between 1 and 100" }),
  bias: real({ default: 0, doc: "Intercept" }),
  effectiveRank: int({
    min: 0,
    default: 0,
    doc: "Number of directions that carry most of the variance of X; 0 makes the columns independent",
  }),
  noise,
  seed: seed(),
} as const;

/**
 * A linear function of normal columns; only some have a coefficient. The coefficients are told.
 *
 * @example
 * const { X, y, coef } = makeRegression({ nSamples: 50, nFeatures: 5, nInformative: 3, noise: 0, seed: 1 });
 * Math.abs(new LinearRegression().fit(X, y).coef[0] - coef[0]) < 1e-9; // true
 */
export function makeRegression(
  options: ParamInput<typeof REGRESSION> = {},
): RegressionData & { readonly coef: Float64Array; readonly intercept: number } {
  const where = "makeRegression";
  const p = parseParams(where, REGRESSION, options);
  const { nSamples: n, nFeatures: d } = p;
  if (p.nInformative > d)
    throw argumentError(where, "nInformative", p.nInformative, `at most ${d} (nFeatures)`);
  if (p.effectiveRank > d)
    throw argumentError(where, "effectiveRank", p.effectiveRank, `at most ${d} (nFeatures)`);
  const rng = randomStream(p.seed);
  const X = new Matrix(rng.fillNormal(new Float64Array(n * d)), n, d);
  if (p.effectiveRank > 0) {
    // Each row is a sum of few common directions and a little of its own.
    const k = p.effectiveRank;
    const directions = rng.fillNormal(new Float64Array(k * d));
    for (let i = 0; i < n; i++) {
      const row = X.row(i);
      for (let j = 0; j < d; j++) row[j]! *= 0.1;
      for (let m = 0; m < k; m++) {
        const amount = rng.normal() / Math.sqrt(k);
        for (let j = 0; j < d; j++) row[j]! += amount * directions[m * d + j]!;
      }
    }
  }
  const coef = new Float64Array(d);
  for (const j of rng.choice(d, p.nInformative)) coef[j] = rng.uniform(1, 100);
  return {
    ...withNoise(X, (row) => row.reduce((sum, v, j) => sum + v * coef[j]!, p.bias), p.noise, rng),
    coef,
    intercept: p.bias,
  };
}

const FRIEDMAN = {
  nSamples: nSamples(),
  nFeatures: int({ min: 5, default: 10, doc: "Columns; only the first five matter" }),
  noise,
  seed: seed(),
} as const;

/**
 * 10 sin(pi x0 x1) + 20 (x2 - 1/2)^2 + 10 x3 + 5 x4 of uniform columns.
 *
 * Source: Friedman (1991), Multivariate adaptive regression splines, section 4.3.
 *
 * @example
 * makeFriedman1({ nSamples: 10 }).X.cols; // 10
 */
export function makeFriedman1(options: ParamInput<typeof FRIEDMAN> = {}): RegressionData {
  const p = parseParams("makeFriedman1", FRIEDMAN, options);
  const rng = randomStream(p.seed);
  const X = new Matrix(rng.fillUniform(new Float64Array(p.nSamples * p.nFeatures)), p.nSamples, p.nFeatures);
  const f = (x: Float64Array) =>
    10 * Math.sin(Math.PI * x[0]! * x[1]!) + 20 * (x[2]! - 0.5) ** 2 + 10 * x[3]! + 5 * x[4]!;
  return withNoise(X, f, p.noise, rng);
}

const FRIEDMAN_CIRCUIT = { nSamples: nSamples(), noise, seed: seed() } as const;

/** Impedance of a circuit of resistance x0, frequency x1, inductance x2 and capacitance x3. */
export const friedman2Signal = (x: ArrayLike<number>): number =>
  Math.sqrt(x[0]! ** 2 + (x[1]! * x[2]! - 1 / (x[1]! * x[3]!)) ** 2);
/** Its phase angle. */
export const friedman3Signal = (x: ArrayLike<number>): number =>
  Math.atan((x[1]! * x[2]! - 1 / (x[1]! * x[3]!)) / x[0]!);

/** Uniform columns: 0 to 100, 40 pi to 560 pi, 0 to 1 and 1 to 11. */
function circuits(
  where: string,
  f: (x: Float64Array) => number,
  options: ParamInput<typeof FRIEDMAN_CIRCUIT>,
): RegressionData {
  const p = parseParams(where, FRIEDMAN_CIRCUIT, options);
  const rng = randomStream(p.seed);
  const X = Matrix.zeros(p.nSamples, 4);
  for (let i = 0; i < p.nSamples; i++)
    X.row(i).set([
      rng.uniform(0, 100),
      rng.uniform(40 * Math.PI, 560 * Math.PI),
      rng.uniform(),
      rng.uniform(1, 11),
    ]);
  return withNoise(X, f, p.noise, rng);
}

/**
 * sqrt(x0^2 + (x1 x2 - 1 / (x1 x3))^2), the impedance of a circuit, of four uniform columns of very different scales.
 *
 * Source: Friedman (1991), Multivariate adaptive regression splines, section 4.4.
 *
 * @example
 * makeFriedman2({ nSamples: 5, seed: 1 }).X.cols; // 4
 */
export function makeFriedman2(options: ParamInput<typeof FRIEDMAN_CIRCUIT> = {}): RegressionData {
  return circuits("makeFriedman2", friedman2Signal, options);
}

/**
 * atan((x1 x2 - 1 / (x1 x3)) / x0), the phase angle of the same circuits: steep near x0 = 0, flat elsewhere.
 *
 * Source: Friedman (1991), Multivariate adaptive regression splines, section 4.4.
 *
 * @example
 * makeFriedman3({ seed: 1 }).y.every((v) => Math.abs(v) < Math.PI / 2); // true
 */
export function makeFriedman3(options: ParamInput<typeof FRIEDMAN_CIRCUIT> = {}): RegressionData {
  return circuits("makeFriedman3", friedman3Signal, options);
}

const SPARSE = {
  nSamples: nSamples(),
  nFeatures: int({ min: 1, default: 50, doc: "Columns" }),
  nNonzero: int({ min: 0, default: 5, doc: "Columns with a coefficient" }),
  signalToNoise: real({
    min: 0,
    exclusiveMin: true,
    default: 5,
    doc: "Variance of the signal over the variance of the noise; Infinity is no noise",
  }),
  correlation: real({
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0,
    doc: "Correlation of neighbouring columns; it decays as correlation^distance",
  }),
  seed: seed(),
} as const;

/**
 * A linear target with few coefficients of +1 and -1 among many columns, and a chosen signal-to-noise ratio.
 *
 * @example
 * const { coef, support } = makeSparseRegression({ nSamples: 20 });
 * support.length === coef.filter((c) => c !== 0).length; // true
 */
export function makeSparseRegression(
  options: ParamInput<typeof SPARSE> = {},
): RegressionData & { readonly coef: Float64Array; readonly support: Int32Array; readonly noiseSd: number } {
  const where = "makeSparseRegression";
  const p = parseParams(where, SPARSE, options);
  const { nSamples: n, nFeatures: d, correlation: rho } = p;
  if (p.nNonzero > d) throw argumentError(where, "nNonzero", p.nNonzero, `at most ${d} (nFeatures)`);
  const rng = randomStream(p.seed);
  const X = Matrix.zeros(n, d);
  for (let i = 0; i < n; i++) {
    const row = X.row(i);
    for (let j = 0; j < d; j++)
      row[j] = j === 0 ? rng.normal() : rho * row[j - 1]! + Math.sqrt(1 - rho * rho) * rng.normal();
  }
  const support = rng.choice(d, p.nNonzero).sort();
  const coef = new Float64Array(d);
  for (const j of support) coef[j] = rng.bernoulli() ? 1 : -1;
  // coef' Sigma coef, with Sigma_jk = rho^|j - k|.
  let variance = 0;
  for (const j of support) for (const k of support) variance += coef[j]! * coef[k]! * rho ** Math.abs(j - k);
  const noiseSd = Math.sqrt(variance / p.signalToNoise);
  const made = withNoise(X, (row) => row.reduce((sum, v, j) => sum + v * coef[j]!, 0), noiseSd, rng);
  return { ...made, coef, support, noiseSd };
}

function withNoise(
  X: Matrix,
  f: (row: Float64Array) => number,
  sd: number,
  rng: { normal(mean?: number, sd?: number): number },
): RegressionData {
  const signal = Float64Array.from({ length: X.rows }, (_, i) => f(X.row(i)));
  return { X, signal, y: sd > 0 ? signal.map((v) => v + rng.normal(0, sd)) : signal.slice() };
}
