import { argumentError, shapeError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { asFiniteMatrix, asFiniteVector, type DenseInput } from "./check.ts";
import { gemm } from "./multiply.ts";
import { svd } from "./svd.ts";
import { checkCount } from "./truncated-svd.ts";

/** Best approximation of a given rank; made by {@link lowRankApproximation}. */
export interface LowRankApproximation {
  /** m x k factor: the left singular vectors times the singular values. */
  readonly B: Matrix;
  /** k x n factor: the right singular vectors. `B A` is the approximation. */
  readonly A: Matrix;
  /** B A. */
  readonly approximation: Matrix;
  /** All singular values of the given matrix, descending. */
  readonly singularValues: Float64Array;
  /** Sum of the squares of the dropped singular values: the squared Frobenius distance from the given matrix. */
  readonly droppedEnergy: number;
  /** Largest dropped singular value: the distance in the spectral norm. */
  readonly spectralError: number;
  /** Share of the squared Frobenius norm that is kept, from 0 to 1 (1 for a zero matrix). */
  readonly energyShare: number;
}

/**
 * Best rank-k approximation of a matrix, as two factors (Eckart & Young 1936; Mirsky 1960: best in every
 * orthogonally invariant norm).
 *
 * @param k from 0 to min(m, n).
 *
 * @example
 * lowRankApproximation([[3, 0], [0, 2]], 1).droppedEnergy; // 4
 */
export function lowRankApproximation(A: DenseInput, k: number): LowRankApproximation {
  const a = asFiniteMatrix("lowRankApproximation", "A", A);
  checkCount("lowRankApproximation", k, a.rows, a.cols);
  const { U, s, Vt } = svd(a);
  const left = Matrix.zeros(a.rows, k);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < k; j++) left.data[i * k + j] = U.at(i, j) * s[j]!;
  const right = new Matrix(Vt.data.slice(0, k * a.cols), k, a.cols);
  let droppedEnergy = 0;
  for (let j = s.length - 1; j >= k; j--) droppedEnergy += s[j]! * s[j]!;
  return {
    B: left,
    A: right,
    approximation: left.matmul(right),
    singularValues: s,
    droppedEnergy,
    spectralError: s[k] ?? 0,
    energyShare: spectralEnergyShare(s, k),
  };
}

/**
 * Share of the first k singular values in the sum of all squares; 1 when all are zero.
 *
 * @param s singular values, descending.
 *
 * @example
 * spectralEnergyShare([2, 1], 1); // 0.8
 */
export function spectralEnergyShare(s: ArrayLike<number>, k: number): number {
  const values = checkedSpectrum("spectralEnergyShare", s);
  if (!(Number.isInteger(k) && k >= 0 && k <= values.length)) {
    throw argumentError("spectralEnergyShare", "k", k, `a whole number from 0 to ${values.length}`);
  }
  const largest = values.reduce((x, y) => Math.max(x, y), 0);
  if (largest === 0) return 1;
  let kept = 0;
  let dropped = 0;
  for (let j = values.length - 1; j >= 0; j--) {
    const square = (values[j]! / largest) ** 2;
    if (j < k) kept += square;
    else dropped += square;
  }
  return kept / (kept + dropped);
}

/**
 * Smallest k whose {@link spectralEnergyShare} reaches `share`.
 *
 * @example
 * rankForEnergy([2, 1], 0.75); // 1
 */
export function rankForEnergy(s: ArrayLike<number>, share: number): number {
  const values = checkedSpectrum("rankForEnergy", s);
  if (!(share >= 0 && share <= 1))
    throw argumentError("rankForEnergy", "share", share, "a number from 0 to 1");
  for (let k = 0; k < values.length; k++) if (spectralEnergyShare(values, k) >= share) return k;
  return values.length;
}

/**
 * Effective rank exp(H), with H the entropy (in nats) of the singular values as shares of their sum (Roy & Vetterli
 * 2007): the number of singular values if all are equal, 1 if one dominates, 0 for a zero matrix.
 *
 * @example
 * effectiveRank([1, 1, 0]); // 2
 */
export function effectiveRank(s: ArrayLike<number>): number {
  const values = checkedSpectrum("effectiveRank", s);
  const largest = values.reduce((x, y) => Math.max(x, y), 0);
  if (largest === 0) return 0;
  const total = values.reduce((x, y) => x + y / largest, 0);
  let entropy = 0;
  for (const v of values) {
    const share = v / largest / total;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}

function checkedSpectrum(where: string, s: ArrayLike<number>): Float64Array {
  const values = asFiniteVector(where, "s", s);
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < 0) throw argumentError(where, `s[${i}]`, values[i], "a singular value >= 0");
  }
  return values;
}

/**
 * W + scale B A: merges a low-rank update into a weight matrix, as LoRA does before inference (Hu et al. 2021).
 *
 * @param W m x n.
 * @param B m x r.
 * @param A r x n.
 * @param scale default 1 (LoRA: alpha / r).
 * @returns a new m x n matrix.
 *
 * @example
 * mergeLowRank([[1, 0], [0, 1]], [[1], [2]], [[1, 1]]).toArray(); // [[2, 1], [2, 3]]
 */
export function mergeLowRank(W: DenseInput, B: DenseInput, A: DenseInput, scale = 1): Matrix {
  const where = "mergeLowRank";
  const w = asFiniteMatrix(where, "W", W);
  const b = asFiniteMatrix(where, "B", B);
  const a = asFiniteMatrix(where, "A", A);
  if (b.rows !== w.rows) throw shapeError(where, "B", `has ${b.rows} rows`, `${w.rows} (rows of W)`);
  if (a.cols !== w.cols) throw shapeError(where, "A", `has ${a.cols} columns`, `${w.cols} (columns of W)`);
  if (a.rows !== b.cols) throw shapeError(where, "A", `has ${a.rows} rows`, `${b.cols} (columns of B)`);
  if (!Number.isFinite(scale)) throw argumentError(where, "scale", scale, "a finite number");
  const out = w.clone();
  gemm(false, false, w.rows, w.cols, b.cols, scale, b.data, a.data, 1, out.data);
  return out;
}
