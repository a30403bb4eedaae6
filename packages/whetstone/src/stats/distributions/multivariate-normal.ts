import { argumentError, numericalError, shapeError } from "../../errors.ts";
import { factorCholesky } from "../../math/linalg/cholesky.ts";
import { Matrix } from "../../math/matrix.ts";
import type { RandomStream } from "../../math/random/index.ts";
import { checkList, type NumberList } from "../vector.ts";

const LOG_2PI = 1.8378770664093453;

/** Anything that can stand for a matrix of numbers. */
export type MatrixInput = Matrix | ArrayLike<ArrayLike<number>>;

function toMatrix(A: MatrixInput): Matrix {
  return A instanceof Matrix ? A : Matrix.from(A);
}

/** Lower Cholesky factor; a pivot that is only rounding counts as singular. */
function choleskyFactor(S: Matrix, where: string): Float64Array {
  const d = S.rows;
  const L = Float64Array.from(S.data);
  let failed = factorCholesky(d, L);
  for (let i = 0; i < d && failed < 0; i++)
    if (!(L[i * d + i]! ** 2 > 1e-14 * S.data[i * d + i]!)) failed = i;
  if (failed >= 0)
    throw numericalError(where, `the covariance is singular at row ${failed}: the density does not exist`);
  return L;
}

/** Solves L z = b in place. */
function forward(L: Float64Array, d: number, b: Float64Array): Float64Array {
  for (let i = 0; i < d; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= L[i * d + k]! * b[k]!;
    b[i] = sum / L[i * d + i]!;
  }
  return b;
}

/**
 * Multivariate normal distribution and its algebra: marginals, conditionals and linear maps are again of this
 * class. The covariance may be singular for everything but the density and for conditioning on the singular
 * part.
 *
 * @example
 * const d = new MultivariateNormal([0, 0], [[1, 0.8], [0.8, 1]]);
 * d.conditional([1], [2]).mean; // [1.6]: E(X0 | X1 = 2)
 */
export class MultivariateNormal {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  #factor: Float64Array | undefined;

  /** `covariance` must be symmetric; it is checked against `mean` and copied. */
  constructor(mean: NumberList, covariance: MatrixInput) {
    const where = "MultivariateNormal";
    checkList(mean, where, "mean");
    const d = mean.length;
    const S = toMatrix(covariance);
    if (S.rows !== d || S.cols !== d) {
      throw shapeError(
        where,
        "covariance",
        `is ${S.rows} x ${S.cols}`,
        `${d} x ${d} (as mean has ${d} entries)`,
      );
    }
    checkList(S.data, where, "covariance");
    for (let i = 0; i < d; i++) {
      if (S.at(i, i) < 0) throw argumentError(where, `covariance[${i}][${i}]`, S.at(i, i), "a variance >= 0");
      for (let j = 0; j < i; j++) {
        const scale = Math.sqrt(S.at(i, i) * S.at(j, j));
        if (Math.abs(S.at(i, j) - S.at(j, i)) > 1e-9 * scale) {
          throw argumentError(
            where,
            `covariance[${i}][${j}]`,
            S.at(i, j),
            `${S.at(j, i)}, as at [${j}][${i}] (symmetric)`,
          );
        }
      }
    }
    this.mean = Float64Array.from(mean);
    this.covariance = new Matrix(Float64Array.from(S.data), d, d);
  }

  get dimension(): number {
    return this.mean.length;
  }

  #cholesky(where: string): Float64Array {
    return (this.#factor ??= choleskyFactor(this.covariance, where));
  }

  /** (x - mean)ᵀ covariance⁻¹ (x - mean), the squared Mahalanobis distance. */
  squaredMahalanobis(x: NumberList): number {
    const where = "MultivariateNormal.squaredMahalanobis";
    const d = this.dimension;
    if (x.length !== d) throw shapeError(where, "x", `has ${x.length} entries`, `${d}`);
    const z = forward(
      this.#cholesky(where),
      d,
      Float64Array.from({ length: d }, (_, i) => x[i]! - this.mean[i]!),
    );
    let sum = 0;
    for (const v of z) sum += v * v;
    return sum;
  }

  #logDeterminant(where: string): number {
    const L = this.#cholesky(where);
    const d = this.dimension;
    let sum = 0;
    for (let i = 0; i < d; i++) sum += Math.log(L[i * d + i]!);
    return 2 * sum;
  }

  /** Log density at a point, or at every row of a matrix. */
  logPdf(x: NumberList): number;
  logPdf(X: Matrix): Float64Array;
  logPdf(x: NumberList | Matrix): number | Float64Array {
    if (x instanceof Matrix) return Float64Array.from({ length: x.rows }, (_, i) => this.logPdf(x.row(i)));
    const where = "MultivariateNormal.logPdf";
    return -0.5 * (this.dimension * LOG_2PI + this.#logDeterminant(where) + this.squaredMahalanobis(x));
  }

  /** Differential entropy in nats, the largest of all distributions with this covariance. */
  get entropy(): number {
    return 0.5 * (this.dimension * (1 + LOG_2PI) + this.#logDeterminant("MultivariateNormal.entropy"));
  }

  /** Distribution of the coordinates `keep`, in that order. */
  marginal(keep: ArrayLike<number>): MultivariateNormal {
    const indices = this.#indices(keep, "MultivariateNormal.marginal", "keep");
    const rows = indices.map((i) => indices.map((j) => this.covariance.at(i, j)));
    return new MultivariateNormal(
      indices.map((i) => this.mean[i]!),
      rows,
    );
  }

  /**
   * Distribution of the other coordinates (in ascending order) given that coordinates `given` take `values`:
   * mean a + C_ab C_bb⁻¹ (values - b), covariance C_aa - C_ab C_bb⁻¹ C_ba.
   */
  conditional(given: ArrayLike<number>, values: NumberList): MultivariateNormal {
    const where = "MultivariateNormal.conditional";
    const b = this.#indices(given, where, "given");
    checkList(values, where, "values");
    if (values.length !== b.length) {
      throw shapeError(where, "values", `has ${values.length} entries`, `${b.length} (as given)`);
    }
    const a = Array.from(this.mean.keys()).filter((i) => !b.includes(i));
    if (a.length === 0) throw argumentError(where, "given", given, "at least one coordinate left free");
    const k = b.length;
    const C = this.covariance;
    const L = choleskyFactor(this.marginal(b).covariance, where);
    // Everything through W = L⁻¹ C_ba, so the reduced covariance is C_aa - Wᵀ W, symmetric by construction.
    const W = a.map((i) =>
      forward(
        L,
        k,
        Float64Array.from(b, (j) => C.at(j, i)),
      ),
    );
    const z = forward(
      L,
      k,
      Float64Array.from(b, (j, r) => values[r]! - this.mean[j]!),
    );
    const dot = (u: Float64Array, v: Float64Array): number => u.reduce((sum, w, r) => sum + w * v[r]!, 0);
    return new MultivariateNormal(
      a.map((i, r) => this.mean[i]! + dot(W[r]!, z)),
      a.map((i, r) =>
        a.map((j, s) => {
          const left = C.at(i, j) - dot(W[r]!, W[s]!);
          return r === s ? Math.max(0, left) : left;
        }),
      ),
    );
  }

  /** Distribution of A x + b, for A with `dimension` columns: mean A m + b, covariance A C Aᵀ. */
  linearMap(A: MatrixInput, b?: NumberList): MultivariateNormal {
    const where = "MultivariateNormal.linearMap";
    const M = toMatrix(A);
    const d = this.dimension;
    if (M.cols !== d) throw shapeError(where, "A", `has ${M.cols} columns`, `${d} (the dimension)`);
    if (b !== undefined && b.length !== M.rows) {
      throw shapeError(where, "b", `has ${b.length} entries`, `${M.rows} (rows of A)`);
    }
    const mean = Float64Array.from({ length: M.rows }, (_, i) => {
      let sum = b?.[i] ?? 0;
      for (let j = 0; j < d; j++) sum += M.at(i, j) * this.mean[j]!;
      return sum;
    });
    const half = Matrix.zeros(M.rows, d); // A C
    for (let i = 0; i < M.rows; i++) {
      for (let j = 0; j < d; j++) {
        let sum = 0;
        for (let k = 0; k < d; k++) sum += M.at(i, k) * this.covariance.at(k, j);
        half.set(i, j, sum);
      }
    }
    const out = Matrix.zeros(M.rows, M.rows);
    for (let i = 0; i < M.rows; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k < d; k++) sum += half.at(i, k) * M.at(j, k);
        out.set(i, j, i === j ? Math.max(0, sum) : sum);
        out.set(j, i, out.at(i, j));
      }
    }
    return new MultivariateNormal(mean, out);
  }

  /** n draws, one per row. */
  sample(stream: RandomStream, n: number): Matrix {
    return stream.multivariateNormal(this.mean, this.covariance, n);
  }

  #indices(list: ArrayLike<number>, where: string, argument: string): number[] {
    const out = Array.from(list);
    const ok = out.every((i) => Number.isInteger(i) && i >= 0 && i < this.dimension);
    if (out.length === 0 || !ok || new Set(out).size !== out.length) {
      throw argumentError(
        where,
        argument,
        `[${out}]`,
        `different coordinates from 0 to ${this.dimension - 1}`,
      );
    }
    return out;
  }
}

/**
 * Makes a {@link MultivariateNormal}.
 *
 * @example
 * const p = multivariateNormal([0, 0], [[1, 0], [0, 1]]);
 * p.logPdf([0, 0]); // -Math.log(2 * Math.PI)
 */
export function multivariateNormal(mean: NumberList, covariance: MatrixInput): MultivariateNormal {
  return new MultivariateNormal(mean, covariance);
}
