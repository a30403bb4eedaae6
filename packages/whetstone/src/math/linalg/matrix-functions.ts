import { argumentError, numericalError, requireFunction } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { asSquare, asSymmetric, type DenseInput } from "./check.ts";
import { type ComplexMatrix, complexProduct, complexSchur, divide } from "./complex-triangular.ts";
import { eigh } from "./eigh.ts";
import { workspace } from "./multiply.ts";
import { realSchur } from "./schur.ts";
import { inverse } from "./solve.ts";

/**
 * f applied to a symmetric matrix through its eigenvalues: V diag(f(values)) V^T.
 *
 * @param A n x n, symmetric to 1e-8 of its largest entry.
 * @throws if f gives NaN or infinity for an eigenvalue.
 *
 * @example
 * symmetricFunction([[2, 0], [0, 3]], (v) => v * v).toArray(); // [[4, 0], [0, 9]]
 */
export function symmetricFunction(A: DenseInput, f: (eigenvalue: number) => number): Matrix {
  const a = asSymmetric("symmetricFunction", "A", A);
  requireFunction("symmetricFunction", "f", f);
  return eigh(a).apply((v) => {
    const out = f(v);
    if (!Number.isFinite(out))
      throw numericalError("symmetricFunction", `f gives ${out} for the eigenvalue ${v}`);
    return out;
  });
}

/**
 * Principal square root: X with X X = A whose eigenvalues have non-negative real part. Through the Schur form
 * (Bjorck & Hammarling 1983), for a symmetric A through its eigenvalues.
 *
 * @param A n x n without negative real eigenvalues (their roots are not real).
 *
 * @example
 * sqrtm([[4, 0], [0, 9]]).toArray(); // [[2, 0], [0, 3]]
 */
export function sqrtm(A: DenseInput): Matrix {
  const where = "sqrtm";
  const a = asSquare(where, "A", A);
  if (isSymmetric(a)) {
    const spectrum = eigh(a);
    const noise = roundingOf(a.rows, spectrum.values);
    return spectrum.apply((v) => Math.sqrt(nonNegative(where, v, noise)));
  }
  return throughSchur(where, a, (n, T) => {
    const noise = 2 ** -52 * n * largestEntry(T);
    for (let i = 0; i < n; i++) {
      const at = i * n + i;
      if (T.im[at] === 0) T.re[at] = nonNegative(where, T.re[at]!, noise);
    }
    return triangularRoot(where, n, T);
  });
}

/**
 * Principal logarithm: the X with exp(X) = A whose eigenvalues have imaginary part between -pi and pi. Square roots
 * until A is close to the identity, then a Pade approximant (Higham 2008, Functions of Matrices, 11.5); for a
 * symmetric A through its eigenvalues.
 *
 * @param A n x n, invertible and without negative real eigenvalues.
 *
 * @example
 * logm([[1, 1], [0, 1]]).toArray(); // [[0, 1], [0, 0]]
 */
export function logm(A: DenseInput): Matrix {
  const where = "logm";
  const a = asSquare(where, "A", A);
  if (isSymmetric(a)) return eigh(a).apply((v) => Math.log(positive(where, v)));
  return throughSchur(where, a, (n, T) => {
    for (let i = 0; i < n; i++) if (T.im[i * n + i] === 0) positive(where, T.re[i * n + i]!);
    return triangularLog(where, n, T);
  });
}

/**
 * A to the power p: repeated squaring for whole p (inverted first if p < 0), else the principal power
 * exp(p log A), for a symmetric A through its eigenvalues.
 *
 * @param A n x n; invertible if p < 0; without negative real eigenvalues if p is not whole.
 *
 * @example
 * powm([[1, 1], [0, 1]], 5).toArray(); // [[1, 5], [0, 1]]
 */
export function powm(A: DenseInput, p: number): Matrix {
  const where = "powm";
  const a = asSquare(where, "A", A);
  if (!Number.isFinite(p)) throw argumentError(where, "p", p, "a finite number");
  if (Number.isInteger(p)) {
    let base = p < 0 ? inverse(a) : a;
    let out = Matrix.identity(a.rows);
    for (let left = Math.abs(p); left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) out = out.matmul(base);
      if (left > 1) base = base.matmul(base);
    }
    return out;
  }
  if (isSymmetric(a)) {
    const spectrum = eigh(a);
    const noise = roundingOf(a.rows, spectrum.values);
    return spectrum.apply((v) => (p > 0 ? nonNegative(where, v, noise) : positive(where, v)) ** p);
  }
  const whole = Math.trunc(p);
  const fraction = throughSchur(where, a, (n, T) => {
    for (let i = 0; i < n; i++) if (T.im[i * n + i] === 0) positive(where, T.re[i * n + i]!);
    return triangularExp(n, triangularLog(where, n, T), p - whole);
  });
  return whole === 0 ? fraction : powm(a, whole).matmul(fraction);
}

function isSymmetric(a: Matrix): boolean {
  const n = a.rows;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) if (a.data[i * n + j] !== a.data[j * n + i]) return false;
  return true;
}

function roundingOf(n: number, values: Float64Array): number {
  return 2 ** -52 * n * values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}

function largestEntry(T: ComplexMatrix): number {
  return T.re.reduce((most, v, at) => Math.max(most, Math.abs(v), Math.abs(T.im[at]!)), 0);
}

function nonNegative(where: string, value: number, noise: number): number {
  // Up to the noise nothing is known but that the value is small, and its root would be large next to it.
  if (Math.abs(value) <= noise) return 0;
  if (value > 0) return value;
  throw numericalError(where, `A has the negative eigenvalue ${value}, so the result is not a real matrix`);
}

function positive(where: string, value: number): number {
  if (value > 0) return value;
  throw numericalError(
    where,
    value === 0
      ? "A is singular"
      : `A has the negative eigenvalue ${value}, so the result is not a real matrix`,
  );
}

/** Z f(T) Z^H for the complex Schur form of A; the answer is real, and its imaginary rounding is dropped. */
function throughSchur(where: string, a: Matrix, f: (n: number, T: ComplexMatrix) => ComplexMatrix): Matrix {
  const n = a.rows;
  const { T, Z } = workspace(n * n, (allocate) => {
    const work = allocate(n * n);
    work.set(a.data);
    const Zt = realSchur(where, n, work, allocate);
    return complexSchur(n, work, Zt);
  });
  const { re } = complexProduct(n, complexProduct(n, Z, f(n, T)), Z, true);
  return new Matrix(re, n, n);
}

/** Principal root of a complex number. */
function complexRoot(re: number, im: number): [number, number] {
  if (re === 0 && im === 0) return [0, 0];
  const t = Math.sqrt((Math.abs(re) + Math.hypot(re, im)) / 2);
  if (re >= 0) return [t, im / (2 * t)];
  return [Math.abs(im) / (2 * t), im < 0 ? -t : t];
}

/** Square root of an upper-triangular matrix, superdiagonal by superdiagonal. */
function triangularRoot(where: string, n: number, T: ComplexMatrix): ComplexMatrix {
  const re = new Float64Array(n * n);
  const im = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    [re[j * n + j], im[j * n + j]] = complexRoot(T.re[j * n + j]!, T.im[j * n + j]!);
    for (let i = j - 1; i >= 0; i--) {
      let sr = T.re[i * n + j]!;
      let si = T.im[i * n + j]!;
      for (let p = i + 1; p < j; p++) {
        const a = i * n + p;
        const b = p * n + j;
        sr -= re[a]! * re[b]! - im[a]! * im[b]!;
        si -= re[a]! * im[b]! + im[a]! * re[b]!;
      }
      const dr = re[i * n + i]! + re[j * n + j]!;
      const di = im[i * n + i]! + im[j * n + j]!;
      if (dr === 0 && di === 0) {
        if (Math.abs(sr) + Math.abs(si) <= 2 ** -50 * n * largestEntry(T)) continue;
        throw numericalError(where, "A has a defective eigenvalue 0, so it has no square root");
      }
      [re[i * n + j], im[i * n + j]] = divide(sr, si, dr, di);
    }
  }
  return { re, im };
}

/** Logarithm of an upper-triangular matrix by inverse scaling and squaring. */
function triangularLog(where: string, n: number, T: ComplexMatrix): ComplexMatrix {
  let root = T;
  let roots = 0;
  while (distanceFromIdentity(n, root) > 0.25) {
    if (roots === 100) throw numericalError(where, "square roots of A do not approach the identity");
    root = triangularRoot(where, n, root);
    roots++;
  }
  const scale = 2 ** roots;
  const X = { re: root.re.slice(), im: root.im.slice() };
  const logs: [number, number][] = [];
  for (let i = 0; i < n; i++) {
    const at = i * n + i;
    // Diagonal of root - 1 from the logarithm itself, without cancellation.
    const lr = Math.log(Math.hypot(T.re[at]!, T.im[at]!));
    const li = Math.atan2(T.im[at]!, T.re[at]!);
    logs.push([lr, li]);
    const [er, ei] = complexExpm1(lr / scale, li / scale);
    X.re[at] = er;
    X.im[at] = ei;
  }
  // log(I + X) = sum w_j (I + x_j X)^-1 X with Gauss-Legendre nodes: the Pade approximant of that degree.
  const out = { re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (const [node, weight] of gaussLegendre(7)) addShiftedSolve(n, X, node, weight * scale, out);
  for (let i = 0; i < n; i++) [out.re[i * n + i], out.im[i * n + i]] = logs[i]!;
  return out;
}

function distanceFromIdentity(n: number, T: ComplexMatrix): number {
  let most = 0;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += Math.hypot(T.re[i * n + j]! - (i === j ? 1 : 0), T.im[i * n + j]!);
    most = Math.max(most, sum);
  }
  return most;
}

function complexExpm1(re: number, im: number): [number, number] {
  const cos1 = -2 * Math.sin(im / 2) ** 2;
  return [Math.expm1(re) * Math.cos(im) + cos1, Math.exp(re) * Math.sin(im)];
}

/** out += weight (I + node X)^-1 X for upper-triangular X. */
function addShiftedSolve(
  n: number,
  X: ComplexMatrix,
  node: number,
  weight: number,
  out: ComplexMatrix,
): void {
  const yr = new Float64Array(n);
  const yi = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i >= 0; i--) {
      let sr = X.re[i * n + j]!;
      let si = X.im[i * n + j]!;
      for (let p = i + 1; p <= j; p++) {
        const a = i * n + p;
        sr -= node * (X.re[a]! * yr[p]! - X.im[a]! * yi[p]!);
        si -= node * (X.re[a]! * yi[p]! + X.im[a]! * yr[p]!);
      }
      [yr[i], yi[i]] = divide(sr, si, 1 + node * X.re[i * n + i]!, node * X.im[i * n + i]!);
    }
    for (let i = 0; i <= j; i++) {
      out.re[i * n + j] = out.re[i * n + j]! + weight * yr[i]!;
      out.im[i * n + j] = out.im[i * n + j]! + weight * yi[i]!;
    }
  }
}

/** Nodes and weights on [0, 1], by Newton's method on the Legendre polynomial. */
function gaussLegendre(degree: number): [node: number, weight: number][] {
  const out: [number, number][] = [];
  for (let g = 1; g <= degree; g++) {
    let x = Math.cos((Math.PI * (g - 0.25)) / (degree + 0.5));
    let slope = 0;
    for (let round = 0; round < 8; round++) {
      let before = 1;
      let value = x;
      for (let k = 2; k <= degree; k++)
        [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (degree * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    out.push([(1 + x) / 2, 1 / ((1 - x * x) * slope * slope)]);
  }
  return out;
}

/** exp(factor L) of an upper-triangular matrix: Taylor series of the scaled matrix, squared back. */
function triangularExp(n: number, L: ComplexMatrix, factor: number): ComplexMatrix {
  let size = 0;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += Math.hypot(L.re[i * n + j]!, L.im[i * n + j]!);
    size = Math.max(size, sum * Math.abs(factor));
  }
  const squarings = Math.max(0, Math.ceil(Math.log2(size / 0.5)));
  const scale = factor * 2 ** -squarings;
  const X = { re: L.re.map((v) => v * scale), im: L.im.map((v) => v * scale) };
  let out: ComplexMatrix = { re: Matrix.identity(n).data, im: new Float64Array(n * n) };
  // Horner: 1 + X (1 + X / 2 (1 + X / 3 (...))); the 18th term is below rounding for |X| <= 1 / 2.
  for (let k = 18; k >= 1; k--) {
    out = complexProduct(n, X, out);
    for (let at = 0; at < n * n; at++) {
      out.re[at] = out.re[at]! / k;
      out.im[at] = out.im[at]! / k;
    }
    for (let i = 0; i < n; i++) out.re[i * n + i] = out.re[i * n + i]! + 1;
  }
  for (let round = 0; round < squarings; round++) {
    out = complexProduct(n, out, out);
    const left = 2 ** (round + 1 - squarings) * factor;
    for (let i = 0; i < n; i++) {
      // The diagonal is known without the error that squaring gathers.
      const at = i * n + i;
      const r = Math.exp(L.re[at]! * left);
      out.re[at] = r * Math.cos(L.im[at]! * left);
      out.im[at] = r * Math.sin(L.im[at]! * left);
    }
  }
  return out;
}
