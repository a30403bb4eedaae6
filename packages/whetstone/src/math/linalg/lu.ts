import { numericalError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { asColumns, asSquare, type DenseInput, type RightHandSide } from "./check.ts";
import { axpyAt, gemm, gemmBlock, workspace } from "./multiply.ts";
import { triangle, triangularSolve } from "./triangular.ts";

const BLOCK = 32;

/** A with its rows permuted = L U; made by {@link lu}. */
export class Lu {
  /** U on and above the diagonal, L (unit diagonal not stored) below. */
  readonly packed: Matrix;
  /** Row i of L U is row `permutation[i]` of A. */
  readonly permutation: Int32Array;
  /** Determinant of the permutation, 1 or -1. */
  readonly sign: number;

  constructor(packed: Matrix, permutation: Int32Array, sign: number) {
    this.packed = packed;
    this.permutation = permutation;
    this.sign = sign;
  }

  get L(): Matrix {
    const n = this.packed.rows;
    const out = triangle(this.packed.data, n, n, n, true);
    for (let i = 0; i < n; i++) out[i * n + i] = 1;
    return new Matrix(out, n, n);
  }

  get U(): Matrix {
    const n = this.packed.rows;
    return new Matrix(triangle(this.packed.data, n, n, n, false), n, n);
  }

  /** Whether some pivot is exactly zero, so that no solution is determined. */
  get singular(): boolean {
    return this.packed.diag().includes(0);
  }

  /** Solves A x = b; b is n entries, or n x k. Throws if A is singular. */
  solve(b: ArrayLike<number>): Float64Array;
  solve(b: Matrix): Matrix;
  solve(b: RightHandSide): Float64Array | Matrix;
  solve(b: RightHandSide): Float64Array | Matrix {
    const n = this.packed.rows;
    const zero = this.packed.diag().indexOf(0);
    if (zero >= 0)
      throw numericalError("Lu.solve", `the matrix is singular: pivot ${zero} is 0; use lstsq or pinv`);
    const B = asColumns("Lu.solve", "b", b, n);
    const k = B.count;
    const x = new Float64Array(n * k);
    for (let i = 0; i < n; i++) {
      const from = this.permutation[i]! * k;
      x.set(B.data.subarray(from, from + k), i * k);
    }
    triangularSolve(n, this.packed.data, 0, n, true, false, true, x, k);
    triangularSolve(n, this.packed.data, 0, n, false, false, false, x, k);
    return B.wrap(x, n);
  }

  inverse(): Matrix {
    return this.solve(Matrix.identity(this.packed.rows));
  }

  /** Determinant; may overflow or underflow where {@link slogdet} does not. */
  det(): number {
    let product = this.sign;
    for (const d of this.packed.diag()) product *= d;
    return product;
  }

  /** Sign of the determinant and logarithm of its size: det = sign * exp(logAbs). */
  slogdet(): { sign: number; logAbs: number } {
    let { sign } = this;
    let logAbs = 0;
    for (const d of this.packed.diag()) {
      if (d === 0) return { sign: 0, logAbs: Number.NEGATIVE_INFINITY };
      if (d < 0) sign = -sign;
      logAbs += Math.log(Math.abs(d));
    }
    return { sign, logAbs };
  }

  /** P^T L U, to compare with the matrix that was factored. */
  reconstruct(): Matrix {
    const n = this.packed.rows;
    const product = new Float64Array(n * n);
    gemm(false, false, n, n, n, 1, this.L.data, this.U.data, 0, product);
    const out = Matrix.zeros(n, n);
    for (let i = 0; i < n; i++) out.data.set(product.subarray(i * n, i * n + n), this.permutation[i]! * n);
    return out;
  }
}

/**
 * LU factorisation with partial pivoting (blocked, right-looking).
 *
 * @param A n x n. A singular matrix is factored too; only `solve` and `inverse` then refuse.
 *
 * @example
 * const f = lu([[0, 2], [1, 3]]);
 * f.det(); // -2
 * f.solve([4, 7]); // [1, 2]
 */
export function lu(A: DenseInput): Lu {
  const a = asSquare("lu", "A", A).clone();
  const n = a.rows;
  const { permutation, sign } = workspace(n * n, (allocate) => {
    const work = allocate(n * n);
    work.set(a.data);
    const rows = factorLu(n, work);
    a.data.set(work);
    return rows;
  });
  return new Lu(a, permutation, sign);
}

/** Overwrites the n x n array A with its packed factors. */
export function factorLu(n: number, A: Float64Array): { permutation: Int32Array; sign: number } {
  const permutation = Int32Array.from({ length: n }, (_, i) => i);
  const swap = new Float64Array(n);
  let sign = 1;
  for (let j = 0; j < n; j += BLOCK) {
    const end = Math.min(n, j + BLOCK);
    const nb = end - j;
    for (let c = j; c < end; c++) {
      let best = c;
      let size = Math.abs(A[c * n + c]!);
      for (let i = c + 1; i < n; i++) {
        const v = Math.abs(A[i * n + c]!);
        if (v > size) {
          size = v;
          best = i;
        }
      }
      if (best !== c) {
        swap.set(A.subarray(c * n, c * n + n));
        A.copyWithin(c * n, best * n, best * n + n);
        A.set(swap, best * n);
        const p = permutation[c]!;
        permutation[c] = permutation[best]!;
        permutation[best] = p;
        sign = -sign;
      }
      const pivot = A[c * n + c]!;
      if (pivot === 0) continue;
      for (let i = c + 1; i < n; i++) {
        const l = A[i * n + c]! / pivot;
        A[i * n + c] = l;
        if (l !== 0) axpyAt(end - c - 1, -l, A, c * n + c + 1, A, i * n + c + 1);
      }
    }
    const right = n - end;
    if (right === 0) continue;
    for (let i = j + 1; i < end; i++) {
      for (let p = j; p < i; p++) axpyAt(right, -A[i * n + p]!, A, p * n + end, A, i * n + end);
    }
    gemmBlock(false, false, right, right, nb, -1, A, end * n + j, n, A, j * n + end, n, A, end * n + end, n);
  }
  return { permutation, sign };
}
