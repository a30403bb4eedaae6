/** Complex matrices as two real row-major arrays, as far as eigenvectors and matrix functions need them. */
import { gemm } from "./multiply.ts";

export interface ComplexMatrix {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * Complex Schur form A = Z T Z^H from a real one: each 2 x 2 block is made triangular by a unitary rotation. `T` is
 * upper triangular with zeros below.
 *
 * @param Zt transpose of the real Z.
 */
export function complexSchur(
  n: number,
  T: Float64Array,
  Zt: Float64Array,
): { T: ComplexMatrix; Z: ComplexMatrix } {
  const t = { re: T.slice(), im: new Float64Array(n * n) };
  const z = { re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) z.re[i * n + j] = Zt[j * n + i]!;
  for (let k = 0; k < n - 1; k++) {
    const c = T[(k + 1) * n + k]!;
    if (c === 0) continue;
    const { re: real, im: imag } = pairEigenvalue(n, T, k);
    const d = T[(k + 1) * n + k + 1]!;
    // Eigenvector of the block for real + i imag: (real - d + i imag, c), made a unit vector (u, v), v real.
    const length = Math.hypot(real - d, imag, c);
    const ur = (real - d) / length;
    const ui = imag / length;
    const v = c / length;
    // Columns: (x, y) -> (u x + v y, -v x + conj(u) y); rows with the conjugates.
    rotateColumns(t, n, k + 2, k, ur, ui, v);
    rotateColumns(z, n, n, k, ur, ui, v);
    rotateRowsConjugate(t, n, k, ur, ui, v);
    const at = k * n + k;
    t.re[at] = real;
    t.im[at] = imag;
    t.re[at + n + 1] = real;
    t.im[at + n + 1] = -imag;
    t.re[at + n] = 0;
    t.im[at + n] = 0;
  }
  for (let i = 1; i < n; i++) {
    t.re.fill(0, i * n, i * n + i);
    t.im.fill(0, i * n, i * n + i);
  }
  return { T: t, Z: z };
}

/** The eigenvalue with positive imaginary part of the 2 x 2 block at k. */
export function pairEigenvalue(n: number, T: Float64Array, k: number): { re: number; im: number } {
  const a = T[k * n + k]!;
  const b = T[k * n + k + 1]!;
  const c = T[(k + 1) * n + k]!;
  const d = T[(k + 1) * n + k + 1]!;
  const half = (a - d) / 2;
  const scale = Math.max(Math.abs(half), Math.abs(b), Math.abs(c));
  const square = -((half / scale) ** 2 + (b / scale) * (c / scale));
  return { re: d + half, im: Math.sqrt(Math.max(0, square)) * scale };
}

function rotateColumns(
  A: ComplexMatrix,
  n: number,
  rows: number,
  k: number,
  ur: number,
  ui: number,
  v: number,
): void {
  const { re, im } = A;
  for (let i = 0; i < rows; i++) {
    const at = i * n + k;
    const xr = re[at]!;
    const xi = im[at]!;
    const yr = re[at + 1]!;
    const yi = im[at + 1]!;
    re[at] = ur * xr - ui * xi + v * yr;
    im[at] = ur * xi + ui * xr + v * yi;
    re[at + 1] = ur * yr + ui * yi - v * xr;
    im[at + 1] = ur * yi - ui * yr - v * xi;
  }
}

function rotateRowsConjugate(
  A: ComplexMatrix,
  n: number,
  k: number,
  ur: number,
  ui: number,
  v: number,
): void {
  const { re, im } = A;
  for (let j = k; j < n; j++) {
    const at = k * n + j;
    const xr = re[at]!;
    const xi = im[at]!;
    const yr = re[at + n]!;
    const yi = im[at + n]!;
    re[at] = ur * xr + ui * xi + v * yr;
    im[at] = ur * xi - ui * xr + v * yi;
    re[at + n] = ur * yr - ui * yi - v * xr;
    im[at + n] = ur * yi + ui * yr - v * xi;
  }
}

/** Eigenvectors of the upper-triangular T in the columns of an upper-triangular matrix with unit diagonal. */
export function triangularEigenvectors(n: number, T: ComplexMatrix): ComplexMatrix {
  const { re, im } = T;
  const out = { re: new Float64Array(n * n), im: new Float64Array(n * n) };
  let size = 0;
  for (let i = 0; i < n * n; i++) size = Math.max(size, Math.abs(re[i]!) + Math.abs(im[i]!));
  const smallest = Math.max(2 ** -52 * size, 1e-290);
  const yr = new Float64Array(n);
  const yi = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    yr[j] = 1;
    yi[j] = 0;
    for (let i = j - 1; i >= 0; i--) {
      let sr = 0;
      let si = 0;
      for (let p = i + 1; p <= j; p++) {
        const at = i * n + p;
        sr += re[at]! * yr[p]! - im[at]! * yi[p]!;
        si += re[at]! * yi[p]! + im[at]! * yr[p]!;
      }
      let dr = re[j * n + j]! - re[i * n + i]!;
      let di = im[j * n + j]! - im[i * n + i]!;
      // Equal eigenvalues: a tiny gap gives the (nearly) dependent vector that a defective matrix has.
      if (Math.abs(dr) + Math.abs(di) < smallest) {
        dr = smallest;
        di = 0;
      }
      [yr[i], yi[i]] = divide(sr, si, dr, di);
      const grown = Math.abs(yr[i]!) + Math.abs(yi[i]!);
      if (grown > 1e100) {
        for (let p = i; p <= j; p++) {
          yr[p] = yr[p]! / grown;
          yi[p] = yi[p]! / grown;
        }
      }
    }
    for (let i = 0; i <= j; i++) {
      out.re[i * n + j] = yr[i]!;
      out.im[i * n + j] = yi[i]!;
    }
  }
  return out;
}

/** Quotient of complex numbers (Smith 1962). */
export function divide(ar: number, ai: number, br: number, bi: number): [number, number] {
  if (Math.abs(br) >= Math.abs(bi)) {
    const ratio = bi / br;
    const bottom = br + bi * ratio;
    return [(ar + ai * ratio) / bottom, (ai - ar * ratio) / bottom];
  }
  const ratio = br / bi;
  const bottom = br * ratio + bi;
  return [(ar * ratio + ai) / bottom, (ai * ratio - ar) / bottom];
}

/** A B, or A B^H, of n x n matrices. */
export function complexProduct(
  n: number,
  A: ComplexMatrix,
  B: ComplexMatrix,
  conjugate = false,
): ComplexMatrix {
  const re = new Float64Array(n * n);
  const im = new Float64Array(n * n);
  const sign = conjugate ? -1 : 1;
  gemm(false, conjugate, n, n, n, 1, A.re, B.re, 0, re);
  gemm(false, conjugate, n, n, n, -sign, A.im, B.im, 1, re);
  gemm(false, conjugate, n, n, n, sign, A.re, B.im, 0, im);
  gemm(false, conjugate, n, n, n, 1, A.im, B.re, 1, im);
  return { re, im };
}
