import { withScratch } from "../kernels/index.ts";
import { Matrix } from "../math/index.ts";
import {
  evaluate,
  type KernelFunction,
  type KernelSpec,
  kernelMatrix,
  loadRows,
  shiftFor,
} from "./kernel.ts";

/** Support vectors and the functions they carry: f_m(x) = sum over vectors of coef_m k(vector, x) - rho_m. */
export interface Expansion {
  readonly kernel: KernelSpec;
  readonly vectors: Matrix; // nVectors x d
  readonly coef: Matrix; // functions x nVectors
  readonly rho: Float64Array;
}

/** Rows of the matrix a fit used that carry weight in any of its functions. */
export function expand(
  kernel: KernelSpec,
  X: Matrix,
  machines: readonly { readonly rows: Int32Array; readonly coef: Float64Array; readonly rho: number }[],
): { expansion: Expansion; support: Int32Array } {
  const used = new Uint8Array(X.rows);
  for (const { rows, coef } of machines)
    coef.forEach((v, i) => {
      if (v !== 0) used[rows[i]!] = 1;
    });
  const support = Int32Array.from(used.keys()).filter((i) => used[i] === 1);
  const place = new Int32Array(X.rows);
  support.forEach((row, q) => {
    place[row] = q;
  });
  const coef = Matrix.zeros(machines.length, support.length);
  machines.forEach((machine, m) => {
    machine.coef.forEach((v, i) => {
      if (v !== 0) {
        const at = m * support.length + place[machine.rows[i]!]!;
        coef.data[at] = coef.data[at]! + v;
      }
    });
  });
  const rho = Float64Array.from(machines, (m) => m.rho);
  return { expansion: { kernel, vectors: X.selectRows(support), coef, rho }, support };
}

/** All functions at all rows of X, a column per function. */
export function evaluateExpansion(
  { kernel, vectors, coef, rho }: Expansion,
  X: Matrix,
  where: string,
): Matrix {
  const [n, v, m, d] = [X.rows, vectors.rows, coef.rows, X.cols];
  const out = Matrix.zeros(n, m);
  const put = (i: number, k: Float64Array, from: number) => {
    for (let f = 0; f < m; f++) {
      let sum = 0;
      for (let q = 0; q < v; q++) sum += coef.data[f * v + q]! * k[from + q]!;
      out.data[i * m + f] = sum - rho[f]!;
    }
  };
  if (v === 0) return out.map((_, at) => -rho[at % m]!);
  if (typeof kernel.kernel === "function") {
    const f: KernelFunction = kernel.kernel;
    const rows = Array.from({ length: v }, (_, q) => vectors.row(q).slice());
    for (let i = 0; i < n; i++) {
      const x = X.row(i).slice();
      put(
        i,
        Float64Array.from(rows, (row) => evaluate(f, row, x, where)),
        0,
      );
    }
    return out;
  }
  const shift = shiftFor(kernel, vectors.data, d);
  const slab = Math.max(16, Math.floor(2 ** 21 / v));
  withScratch((s) => {
    const V = loadRows(
      s,
      vectors.data,
      Int32Array.from({ length: v }, (_, q) => q),
      d,
      shift,
    );
    for (let from = 0; from < n; from += slab) {
      const rows = Math.min(slab, n - from);
      withScratch((inner) => {
        const A = loadRows(
          inner,
          X.data,
          Int32Array.from({ length: rows }, (_, i) => from + i),
          d,
          shift,
        );
        const { view, stride } = kernelMatrix(inner, kernel, A, V, d);
        for (let i = 0; i < rows; i++) put(from + i, view, i * stride);
      });
    }
  });
  return out;
}
