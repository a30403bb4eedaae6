import { numericalError } from "../errors.ts";
import { Matrix, svd } from "../math/index.ts";
import { eigh } from "../math/linalg/eigh.ts";
import { scatter } from "../math/linalg/scatter.ts";
import { randomizedSvd } from "../math/linalg/truncated-svd.ts";
import { centreRows, fixRowSigns } from "./projection.ts";
import { topEigenpairs } from "./subspace-iteration.ts";

export interface PcaProblem {
  readonly X: Matrix; // n x d
  readonly weights: Float64Array | null;
  readonly where: string;
}

/** Directions and the variances along them, before any is dropped. */
export interface PcaSolution {
  readonly mean: Float64Array;
  /** k x d, orthonormal rows, falling variance. */
  readonly components: Matrix;
  readonly explainedVariance: Float64Array;
  /** Sum of the variances of all min(n, d) directions. */
  readonly totalVariance: number;
  /** Number of rows, or sum of the weights. */
  readonly total: number;
}

export interface RandomChoices {
  readonly k: number;
  readonly oversampling: number;
  readonly iterations: number;
  readonly seed: number;
}

/** Eigenpairs of the covariance S / (n - 1): one pass over the rows, then work that depends on d only. */
export function byCovariance({ X, weights, where }: PcaProblem, random: RandomChoices | null): PcaSolution {
  const d = X.cols;
  const { total, mean, S } = scatter(X.data, X.rows, d, weights, true);
  // No entry overflows where no variance does.
  requireFinite(
    Float64Array.from({ length: d }, (_, j) => S[j * d + j]!),
    where,
  );
  for (let at = 0; at < S.length; at++) S[at] = S[at]! / (total - 1);
  let totalVariance = 0;
  for (let j = 0; j < d; j++) totalVariance += S[j * d + j]!;
  const found = random
    ? topEigenpairs(S, d, random.k, { ...random })
    : allEigenpairs(new Matrix(S, d, d), Math.min(X.rows, d));
  fixRowSigns(found.vectors);
  const explainedVariance = found.values.map((v) => Math.max(0, v));
  return { mean, components: found.vectors, explainedVariance, totalVariance, total };
}

function allEigenpairs(C: Matrix, k: number): { values: Float64Array; vectors: Matrix } {
  const { values, vectors } = eigh(C);
  const rows = vectors.transpose();
  return { values: values.slice(0, k), vectors: new Matrix(rows.data.slice(0, k * C.rows), k, C.rows) };
}

/** Singular values of the centred rows: keeps the digits that squaring loses. */
export function bySvd({ X, weights, where }: PcaProblem, random: RandomChoices | null): PcaSolution {
  const { rows: n, cols: d } = X;
  const total = weights ? weights.reduce((s, w) => s + w, 0) : n;
  const mean = weightedMean(X, weights, total);
  const A = centreRows(X, mean);
  if (weights) for (let i = 0; i < n; i++) scaleRow(A.row(i), Math.sqrt(weights[i]!));
  requireFinite(A.data, where);
  let squares = 0;
  for (const v of A.data) squares += v * v;
  const { s, Vt } = random
    ? randomizedSvd(A, random.k, {
        seed: random.seed,
        oversampling: random.oversampling,
        powerIterations: random.iterations,
      })
    : svd(A);
  const components = new Matrix(Vt.data.slice(0, s.length * d), s.length, d);
  fixRowSigns(components);
  const explainedVariance = s.map((v) => (v * v) / (total - 1));
  return { mean, components, explainedVariance, totalVariance: squares / (total - 1), total };
}

function weightedMean(X: Matrix, weights: Float64Array | null, total: number): Float64Array {
  const first = X.row(0);
  const sum = new Float64Array(X.cols);
  // Around the first row: exact for constant columns.
  for (let i = 0; i < X.rows; i++) {
    const row = X.row(i);
    const w = weights ? weights[i]! : 1;
    for (let j = 0; j < sum.length; j++) sum[j] = sum[j]! + w * (row[j]! - first[j]!);
  }
  return sum.map((v, j) => first[j]! + v / total);
}

function scaleRow(row: Float64Array, factor: number): void {
  for (let j = 0; j < row.length; j++) row[j] = row[j]! * factor;
}

function requireFinite(values: Float64Array, where: string): void {
  for (const v of values)
    if (v - v !== 0) throw numericalError(where, "X holds numbers whose squares overflow: scale it first");
}
