import { custom, either, int, oneOf, type Param, real, valueError } from "../contract/index.ts";
import { requireFunction } from "../errors.ts";
import { type I32Block, type Scratch, svmKernels } from "../kernels/index.ts";

/** k(x, y) of two rows: symmetric, and positive semi-definite for the problem to be convex. */
export type KernelFunction = (x: Float64Array, y: Float64Array) => number;
/**
 * A built-in kernel: `"linear"` x.y, `"poly"` (gamma x.y + coef0)^degree, `"rbf"` exp(-gamma |x - y|^2),
 * `"sigmoid"` tanh(gamma x.y + coef0). The last is positive semi-definite for some gamma and coef0 only.
 */
export type KernelName = "linear" | "poly" | "rbf" | "sigmoid";

export const kernelParams: {
  readonly kernel: Param<KernelName | KernelFunction>;
  readonly degree: Param<number>;
  readonly gamma: Param<number | "scale" | "auto">;
  readonly coef0: Param<number>;
} = {
  kernel: either(
    oneOf(["rbf", "linear", "poly", "sigmoid"], {
      default: "rbf",
      doc: "rbf exp(-gamma |x - y|^2), linear x.y, poly (gamma x.y + coef0)^degree, sigmoid tanh(gamma x.y + coef0), or a function of two rows; a model with a function cannot be saved",
    }),
    custom<KernelFunction>({
      default: () => 0,
      doc: "",
      expected: "a function (x, y) => number",
      accepts: (v) => typeof v === "function",
    }),
  ),
  degree: int({
    min: 1,
    default: 3,
    doc: "Degree of kernel poly; of no effect on others",
    search: { low: 2, high: 5 },
  }),
  gamma: either(
    oneOf(["scale", "auto"], {
      default: "scale",
      doc: "Factor of rbf, poly and sigmoid: scale is 1 / (columns x variance of X), auto is 1 / columns",
    }),
    real({
      min: 0,
      exclusiveMin: true,
      max: Number.MAX_VALUE,
      default: 1,
      doc: "",
      search: { low: 1e-4, high: 10, scale: "log" },
    }),
  ),
  coef0: real({
    min: -Number.MAX_VALUE,
    max: Number.MAX_VALUE,
    default: 0,
    doc: "Constant of poly and sigmoid; of no effect on others",
  }),
};

/** A kernel with every number in place. */
export interface KernelSpec {
  readonly kernel: KernelName | KernelFunction;
  readonly degree: number;
  readonly gamma: number;
  readonly coef0: number;
}

/** The kernel of some parameters for these rows. */
export function kernelFor(
  given: {
    kernel: KernelName | KernelFunction;
    degree: number;
    gamma: number | "scale" | "auto";
    coef0: number;
  },
  X: Float64Array,
  cols: number,
): KernelSpec {
  const { kernel, degree, coef0 } = given;
  if (typeof given.gamma === "number") return { kernel, degree, coef0, gamma: given.gamma };
  let gamma = 1 / cols;
  if (given.gamma === "scale") {
    let mean = 0;
    for (const v of X) mean += v / X.length;
    let variance = 0;
    for (const v of X) variance += (v - mean) ** 2 / X.length;
    gamma = variance > 0 && Number.isFinite(variance) ? 1 / (cols * variance) : 1;
  }
  return { kernel, degree, coef0, gamma };
}

const CODES: Readonly<Record<KernelName, number>> = { linear: 0, poly: 1, rbf: 2, sigmoid: 3 };

/** The numbers with which the kernels' kernel is called: kind, gamma, coef0, degree. */
export function kernelCodes({ kernel, gamma, coef0, degree }: KernelSpec): [number, number, number, number] {
  return [typeof kernel === "string" ? CODES[kernel] : 0, gamma, coef0, degree];
}

/** Rows on kernel memory in the forms that kernel evaluations read. */
export interface LoadedRows {
  readonly x: number;
  readonly packed: number;
  readonly norms: number;
  readonly count: number;
}

/** Rows `which` of an n x d matrix; `shift` (one entry per column) is taken away first, which rbf does not feel. */
export function loadRows(
  s: Scratch,
  X: Float64Array,
  which: ArrayLike<number>,
  d: number,
  shift: Float64Array,
): LoadedRows {
  const count = which.length;
  const padded = Math.ceil(count / 8) * 8;
  const x = s.f64(count * d, false);
  const norms = s.f64(padded);
  for (let i = 0; i < count; i++) {
    let norm = 0;
    for (let j = 0; j < d; j++) {
      const v = X[which[i]! * d + j]! - shift[j]!;
      x.view[i * d + j] = v;
      norm += v * v;
    }
    norms.view[i] = norm;
  }
  const packed = s.f64(padded * d);
  const order = s.i32(Int32Array.from({ length: count }, (_, i) => i));
  svmKernels.call("packRows8", x.ptr, order.ptr, count, d, packed.ptr);
  return { x: x.ptr, packed: packed.ptr, norms: norms.ptr, count };
}

/** What to take away from every row: the mean for rbf, so that its distances lose no digits; nothing for others. */
export function shiftFor(spec: KernelSpec, X: Float64Array, d: number): Float64Array {
  const shift = new Float64Array(d);
  if (spec.kernel !== "rbf") return shift;
  const n = X.length / d;
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < d; j++) shift[j] = shift[j]! + X[at++]! / n;
  return shift;
}

/** k of each row of A against each row of B, count x stride numbers at the returned place. */
export function kernelMatrix(
  s: Scratch,
  spec: KernelSpec,
  A: LoadedRows,
  B: LoadedRows,
  d: number,
): { view: Float64Array; ptr: number; stride: number } {
  const stride = Math.ceil(B.count / 8) * 8;
  const out = s.f64(A.count * stride, false);
  kernelRows(spec, A, null, B, d, out.ptr, stride);
  return { view: out.view, ptr: out.ptr, stride };
}

/** Multiplications per chunk of kernel values. */
const CHUNK_WORK = 2 ** 18;

const panelsPerChunk = (count: number, d: number) =>
  Math.max(1, Math.ceil(CHUNK_WORK / (8 * count * (d + 16))));

/** k of rows of A against each row of B, to `out`: all of them in order, or rows `which` to the places `slots`. */
export function kernelRows(
  spec: KernelSpec,
  A: LoadedRows,
  chosen: { readonly which: I32Block; readonly slots: I32Block; readonly count: number } | null,
  B: LoadedRows,
  d: number,
  out: number,
  stride: number,
): void {
  const count = chosen?.count ?? A.count;
  if (count === 0) return;
  const panels = panelsPerChunk(count, d);
  svmKernels.parallel(
    "kernelRows",
    Math.ceil(B.count / 8 / panels),
    ...kernelCodes(spec),
    A.x,
    A.norms,
    chosen?.which.ptr ?? 0,
    chosen?.slots.ptr ?? 0,
    count,
    B.packed,
    B.norms,
    B.count,
    d,
    out,
    stride,
    panels,
  );
}

/** sum over rows q of A of factor_q k(row q, row t of B), for every t. */
export function kernelSums(
  s: Scratch,
  spec: KernelSpec,
  A: LoadedRows,
  factors: Float64Array,
  B: LoadedRows,
  d: number,
): Float64Array {
  const out = s.f64(Math.ceil(B.count / 8) * 8);
  const panels = panelsPerChunk(A.count, d);
  const chunks = Math.ceil(B.count / 8 / panels);
  svmKernels.parallel(
    "kernelSums",
    chunks,
    ...kernelCodes(spec),
    A.x,
    A.norms,
    s.f64(factors).ptr,
    A.count,
    B.packed,
    B.norms,
    B.count,
    d,
    out.ptr,
    s.f64(16 * chunks, false).ptr,
    panels,
  );
  return out.view;
}

/** The value of a user's kernel, which must be a finite number. */
export function evaluate(f: KernelFunction, x: Float64Array, y: Float64Array, where: string): number {
  requireFunction(where, "kernel", f);
  const v = f(x, y);
  if (typeof v !== "number" || !Number.isFinite(v))
    throw valueError(where, "kernel", `gave ${String(v)} for two rows, expected a finite number`);
  return v;
}
