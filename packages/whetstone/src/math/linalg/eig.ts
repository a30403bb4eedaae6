import { Matrix } from "../matrix.ts";
import { asSquare, type DenseInput } from "./check.ts";
import {
  complexProduct,
  complexSchur,
  pairEigenvalue,
  triangularEigenvectors,
} from "./complex-triangular.ts";
import { balance } from "./hessenberg.ts";
import { type Allocate, workspace } from "./multiply.ts";
import { realSchur } from "./schur.ts";

/** Eigenvalues of a real matrix: number j is `real[j] + i imag[j]`. */
export interface Eigenvalues {
  readonly real: Float64Array;
  readonly imag: Float64Array;
}

/** A v = lambda v for each pair; made by {@link eig}. */
export class Eig {
  /** Real parts of the eigenvalues. */
  readonly real: Float64Array;
  /** Imaginary parts; exactly 0 for a real eigenvalue. */
  readonly imag: Float64Array;
  /** Real parts of the eigenvectors, vector j in column j, each of length 1 with its largest entry real and positive. */
  readonly vectorsReal: Matrix;
  /** Imaginary parts of the eigenvectors. */
  readonly vectorsImag: Matrix;

  constructor(real: Float64Array, imag: Float64Array, vectorsReal: Matrix, vectorsImag: Matrix) {
    this.real = real;
    this.imag = imag;
    this.vectorsReal = vectorsReal;
    this.vectorsImag = vectorsImag;
  }

  /** Whether all eigenvalues are real. */
  get isReal(): boolean {
    return this.imag.every((v) => v === 0);
  }

  /** Size of the largest eigenvalue. */
  get spectralRadius(): number {
    return this.real.reduce((most, re, j) => Math.max(most, Math.hypot(re, this.imag[j]!)), 0);
  }
}

/**
 * Eigenvalues and right eigenvectors of a general real matrix, by descending size of the eigenvalue (of a complex pair
 * the positive imaginary part first): balancing, Hessenberg form, Francis' QR iteration, back substitution (Golub &
 * Van Loan, Matrix Computations, 7.4 to 7.6). A symmetric matrix belongs to `eigh`.
 *
 * A defective matrix has fewer eigenvectors than columns; some of those returned are then nearly parallel.
 *
 * @param A n x n.
 *
 * @example
 * const { real, imag } = eig([[0, -1], [1, 0]]);
 * imag; // [1, -1]
 */
export function eig(A: DenseInput): Eig {
  const a = asSquare("eig", "A", A);
  const n = a.rows;
  return workspace(n * n, (allocate) => {
    const { scales, T, Zt } = balancedSchur("eig", a, allocate);
    const values = blockEigenvalues(n, T);
    const schur = complexSchur(n, T, Zt);
    const V = complexProduct(n, schur.Z, triangularEigenvectors(n, schur.T));
    const order = bySize(values);
    const re = Matrix.zeros(n, n);
    const im = Matrix.zeros(n, n);
    for (let g = 0; g < n; g++) {
      const j = order[g]!;
      const mate = values.imag[j]! < 0 ? j - 1 : j;
      const sign = mate === j ? 1 : -1;
      const vr = new Float64Array(n);
      const vi = new Float64Array(n);
      let largest = 0;
      let best = 0;
      for (let i = 0; i < n; i++) {
        vr[i] = V.re[i * n + mate]! * scales[i]!;
        vi[i] = V.im[i * n + mate]! * scales[i]!;
        const size = Math.hypot(vr[i]!, vi[i]!);
        // Slack, so that rounding does not choose between entries of equal size.
        if (size > largest * (1 + 1e-8)) {
          largest = size;
          best = i;
        }
      }
      // Turn the vector so that its largest entry is real and positive, then make it a unit vector.
      const cr = vr[best]! / largest;
      const ci = vi[best]! / largest;
      let length = 0;
      for (let i = 0; i < n; i++) {
        const x = (vr[i]! / largest) * cr + (vi[i]! / largest) * ci;
        const y =
          values.imag[mate] === 0 || i === best ? 0 : (vi[i]! / largest) * cr - (vr[i]! / largest) * ci;
        vr[i] = x;
        vi[i] = y;
        length += x * x + y * y;
      }
      length = Math.sqrt(length);
      for (let i = 0; i < n; i++) {
        re.data[i * n + g] = vr[i]! / length;
        im.data[i * n + g] = vi[i]! === 0 ? 0 : (sign * vi[i]!) / length;
      }
    }
    const pick = (from: Float64Array): Float64Array => Float64Array.from(order, (j) => from[j]!);
    return new Eig(pick(values.real), pick(values.imag), re, im);
  });
}

/**
 * Eigenvalues of a general real matrix in the order of {@link eig}, without vectors.
 *
 * @example
 * eigvals([[2, 1], [0, 3]]).real; // [3, 2]
 */
export function eigvals(A: DenseInput): Eigenvalues {
  const a = asSquare("eigvals", "A", A);
  return workspace(a.rows ** 2, (allocate) => {
    const values = blockEigenvalues(a.rows, balancedSchur("eigvals", a, allocate).T);
    const order = bySize(values);
    const pick = (from: Float64Array): Float64Array => Float64Array.from(order, (j) => from[j]!);
    return { real: pick(values.real), imag: pick(values.imag) };
  });
}

function balancedSchur(where: string, a: Matrix, allocate: Allocate) {
  const n = a.rows;
  const T = allocate(n * n);
  T.set(a.data);
  const scales = balance(n, T);
  const Zt = realSchur(where, n, T, allocate);
  return { scales, T, Zt };
}

/** Eigenvalues from the diagonal blocks of a real Schur form, in their order there. */
export function blockEigenvalues(n: number, T: Float64Array): Eigenvalues {
  const real = new Float64Array(n);
  const imag = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    if (k < n - 1 && T[(k + 1) * n + k] !== 0) {
      const { re, im } = pairEigenvalue(n, T, k);
      real[k] = real[k + 1] = re;
      imag[k] = im;
      imag[k + 1] = -im;
      k++;
    } else real[k] = T[k * n + k]!;
  }
  return { real, imag };
}

function bySize({ real, imag }: Eigenvalues): number[] {
  const sizes = Array.from(real, (re, j) => Math.hypot(re, imag[j]!));
  return Array.from(real, (_, j) => j).sort(
    (a, b) => sizes[b]! - sizes[a]! || real[b]! - real[a]! || imag[b]! - imag[a]! || a - b,
  );
}
