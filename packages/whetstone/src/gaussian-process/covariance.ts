import { Matrix } from "../math/index.ts";
import { mirrorLower } from "../math/linalg/mirror.ts";
import { gemm } from "../math/linalg/multiply.ts";
import type { GpKernel } from "./kernels.ts";

/** What radial parts of a kernel came to among the rows of X, kept from the value for its gradient. */
export type Leaves = Map<GpKernel, Matrix>;

/**
 * Covariances between rows of X and rows of Y (n x m). With Y null, those among the rows of X, where noise counts.
 * `leaves` is looked at and filled for Y null alone, and must be used with one X only.
 */
export function covariance(k: GpKernel, X: Matrix, Y: Matrix | null, leaves?: Leaves): Matrix {
  const other = Y ?? X;
  switch (k.kind) {
    case "sum":
    case "product": {
      // Constants last: they need no matrix of their own.
      const [first, ...rest] = [...k.parts].sort((a, b) => Number(isConstant(a)) - Number(isConstant(b)));
      const out = covariance(first!, X, Y, leaves);
      for (const part of rest) {
        if (k.kind === "sum") addTo(out, part, X, Y, leaves);
        else multiplyBy(out, part, X, Y, leaves);
      }
      return out;
    }
    case "constant":
      return new Matrix(new Float64Array(X.rows * other.rows).fill(k.value), X.rows, other.rows);
    case "white":
      return Y ? Matrix.zeros(X.rows, Y.rows) : Matrix.identity(X.rows).scale(k.noise);
    case "dotProduct": {
      const out = Matrix.zeros(X.rows, other.rows);
      gemm(false, true, X.rows, other.rows, X.cols, 1, X.data, other.data, 0, out.data);
      return out.map((v) => v + k.sigma0 ** 2);
    }
    default:
      return leaves && Y === null
        ? leafOf(k, X, leaves).clone()
        : radial(X, other, inverseScales(k, X.cols), Y === null, profile(k));
  }
}

function leafOf(k: Radial, X: Matrix, leaves: Leaves): Matrix {
  const known = leaves.get(k);
  if (known) return known;
  const made = radial(X, X, inverseScales(k, X.cols), true, profile(k));
  leaves.set(k, made);
  return made;
}

const isConstant = (k: GpKernel): boolean => k.kind === "constant";

function addTo(out: Matrix, part: GpKernel, X: Matrix, Y: Matrix | null, leaves?: Leaves): void {
  const { data } = out;
  if (part.kind === "constant") {
    for (let at = 0; at < data.length; at++) data[at] = data[at]! + part.value;
  } else if (part.kind === "white") {
    if (Y === null) for (let i = 0; i < out.rows; i++) out.set(i, i, out.at(i, i) + part.noise);
  } else {
    const more = covariance(part, X, Y, leaves).data;
    for (let at = 0; at < data.length; at++) data[at] = data[at]! + more[at]!;
  }
}

function multiplyBy(out: Matrix, part: GpKernel, X: Matrix, Y: Matrix | null, leaves?: Leaves): void {
  const { data } = out;
  if (part.kind === "constant") {
    for (let at = 0; at < data.length; at++) data[at] = data[at]! * part.value;
  } else {
    const more = covariance(part, X, Y, leaves).data;
    for (let at = 0; at < data.length; at++) data[at] = data[at]! * more[at]!;
  }
}

/** Covariance of every row with itself, noise included. */
export function selfCovariance(k: GpKernel, X: Matrix): Float64Array {
  switch (k.kind) {
    case "sum":
    case "product": {
      const [first, ...rest] = k.parts.map((part) => selfCovariance(part, X));
      return rest.reduce((a, b) => a.map((v, i) => (k.kind === "sum" ? v + b[i]! : v * b[i]!)), first!);
    }
    case "constant":
      return new Float64Array(X.rows).fill(k.value);
    case "white":
      return new Float64Array(X.rows).fill(k.noise);
    case "dotProduct":
      return Float64Array.from({ length: X.rows }, (_, i) =>
        X.row(i).reduce((s, v) => s + v * v, k.sigma0 ** 2),
      );
    default:
      return new Float64Array(X.rows).fill(1);
  }
}

type Radial = Extract<GpKernel, { kind: "rbf" | "matern" | "rationalQuadratic" | "periodic" }>;

function inverseScales(k: Radial, d: number): Float64Array {
  if (k.kind === "periodic") return new Float64Array(d).fill(1);
  const scales = typeof k.lengthScale === "number" ? [k.lengthScale] : k.lengthScale;
  return Float64Array.from({ length: d }, (_, j) => 1 / scales[scales.length === 1 ? 0 : j]!);
}

/** k as a function of s, the squared distance in units of the length scale. */
function profile(k: Radial): (s: number) => number {
  switch (k.kind) {
    case "rbf":
      return (s) => Math.exp(-0.5 * s);
    case "rationalQuadratic":
      return (s) => (1 + s / (2 * k.alpha)) ** -k.alpha;
    case "periodic":
      return (s) => Math.exp(-2 * (Math.sin((Math.PI * Math.sqrt(s)) / k.period) / k.lengthScale) ** 2);
    case "matern": {
      if (k.nu === 0.5) return (s) => Math.exp(-Math.sqrt(s));
      if (k.nu === 1.5)
        return (s) => {
          const r = Math.sqrt(3 * s);
          return (1 + r) * Math.exp(-r);
        };
      return (s) => {
        const r = Math.sqrt(5 * s);
        return (1 + r + (r * r) / 3) * Math.exp(-r);
      };
    }
  }
}

/** f of the squared distances between scaled rows; half of them where Y is X itself. */
function radial(X: Matrix, Y: Matrix, inverse: Float64Array, own: boolean, f: (s: number) => number): Matrix {
  const d = X.cols;
  const out = Matrix.zeros(X.rows, Y.rows);
  const scale = (M: Matrix): Float64Array => M.data.map((v, at) => v * inverse[at % d]!);
  const a = scale(X);
  const b = own ? a : scale(Y);
  for (let i = 0; i < X.rows; i++) {
    for (let j = 0; j < (own ? i + 1 : Y.rows); j++) {
      let sum = 0;
      for (let c = 0; c < d; c++) {
        const gap = a[i * d + c]! - b[j * d + c]!;
        sum += gap * gap;
      }
      const value = f(sum);
      out.data[i * Y.rows + j] = value;
    }
  }
  if (own) mirrorLower(out.rows, out.data);
  return out;
}

/**
 * Gradient of factor * sum over pairs of W_ij k(x_i, x_j) in theta, by going backwards through the kernel: a sum hands
 * W on, a product hands on W times the other parts, of which constants go into the factor. W is symmetric; `leaves`
 * are those of the kernel's value.
 */
export function thetaGradient(
  k: GpKernel,
  X: Matrix,
  W: Matrix,
  leaves: Leaves = new Map(),
  factor = 1,
  out: number[] = [],
): number[] {
  if (k.kind === "sum") for (const part of k.parts) thetaGradient(part, X, W, leaves, factor, out);
  else if (k.kind === "product") {
    const varying = k.parts.filter((part) => !isConstant(part));
    const allBut = (at: number) => varying.filter((_, other) => other !== at);
    const constants = k.parts.reduce((c, part) => c * (part.kind === "constant" ? part.value : 1), factor);
    const weighted = (parts: readonly GpKernel[]) =>
      parts.reduce((w, part) => w.hadamard(valuesOf(part, X, leaves)), W);
    // A constant's logarithm scales the whole product.
    const whole = lazily(() => {
      const last = varying.at(-1);
      const w = weighted(varying.slice(0, -1)).data;
      return constants * (last ? pairSum(w, valuesOf(last, X, leaves).data) : total(w));
    });
    let at = 0;
    for (const part of k.parts) {
      if (part.kind !== "constant") thetaGradient(part, X, weighted(allBut(at++)), leaves, constants, out);
      else if (part.bounds !== "fixed") out.push(whole());
    }
  } else if (k.bounds !== "fixed") out.push(...leafGradient(k, X, W, leaves).map((g) => factor * g));
  return out;
}

/** Covariances among the rows of X, to be read only. */
function valuesOf(k: GpKernel, X: Matrix, leaves: Leaves): Matrix {
  return isRadial(k) ? leafOf(k, X, leaves) : covariance(k, X, null, leaves);
}

const isRadial = (k: GpKernel): k is Radial =>
  !["sum", "product", "constant", "white", "dotProduct"].includes(k.kind);

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function pairSum(w: Float64Array, k: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < w.length; at++) sum += w[at]! * k[at]!;
  return sum;
}

function total(w: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < w.length; at++) sum += w[at]!;
  return sum;
}

function leafGradient(
  k: Exclude<GpKernel, { kind: "sum" | "product" }>,
  X: Matrix,
  W: Matrix,
  leaves: Leaves,
): number[] {
  switch (k.kind) {
    case "constant":
      return [k.value * total(W.data)];
    case "white":
      return [k.noise * W.trace()];
    case "dotProduct":
      return [2 * k.sigma0 ** 2 * total(W.data)];
    default:
      return radialGradient(k, X, W, leaves);
  }
}

function radialGradient(k: Radial, X: Matrix, W: Matrix, leaves: Leaves): number[] {
  const { rows: n, cols: d } = X;
  // The slope of a squared exponential is a multiple of its value.
  const values = k.kind === "rbf" ? leafOf(k, X, leaves).data : null;
  const inverse = inverseScales(k, d);
  const a = X.data.map((v, at) => v * inverse[at % d]!);
  const byColumn = new Float64Array(d); // sum of W dk/ds (gap_c)^2
  const squares = new Float64Array(d);
  let alpha = 0;
  let scale = 0;
  let period = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let s = 0;
      for (let c = 0; c < d; c++) {
        const gap = a[i * d + c]! - a[j * d + c]!;
        squares[c] = gap * gap;
        s += gap * gap;
      }
      const w = 2 * W.data[i * n + j]!;
      if (k.kind === "periodic") {
        const u = (Math.PI * Math.sqrt(s)) / k.period;
        const sine = Math.sin(u);
        const value = Math.exp(-2 * (sine / k.lengthScale) ** 2);
        scale += (w * value * 4 * sine * sine) / k.lengthScale ** 2;
        period += (w * value * 4 * u * sine * Math.cos(u)) / k.lengthScale ** 2;
        continue;
      }
      const slope = w * (values ? 0.5 * values[i * n + j]! : minusSlope(k, s));
      for (let c = 0; c < d; c++) byColumn[c] = byColumn[c]! + slope * squares[c]!;
      if (k.kind === "rationalQuadratic") {
        const base = 1 + s / (2 * k.alpha);
        alpha += w * base ** -k.alpha * (s / (2 * base) - k.alpha * Math.log(base));
      }
    }
  }
  if (k.kind === "periodic") return [scale, period];
  // d s / d log(scale_c) = -2 (gap_c)^2.
  const perColumn = Array.from(byColumn, (v) => 2 * v);
  const total = perColumn.reduce((s, v) => s + v, 0);
  if (k.kind === "rationalQuadratic") return [alpha, total];
  return k.lengthScale.length === 1 ? [total] : perColumn;
}

/** -dk/ds. */
function minusSlope(k: Exclude<Radial, { kind: "periodic" }>, s: number): number {
  switch (k.kind) {
    case "rbf":
      return 0.5 * Math.exp(-0.5 * s);
    case "rationalQuadratic":
      return 0.5 * (1 + s / (2 * k.alpha)) ** (-k.alpha - 1);
    case "matern": {
      if (k.nu === 0.5) return s > 0 ? Math.exp(-Math.sqrt(s)) / (2 * Math.sqrt(s)) : 0;
      if (k.nu === 1.5) return 1.5 * Math.exp(-Math.sqrt(3 * s));
      const r = Math.sqrt(5 * s);
      return (5 / 6) * (1 + r) * Math.exp(-r);
    }
  }
}
