import { logisticKernels, type Scratch } from "../kernels/index.ts";
import type { Matrix } from "../math/matrix.ts";
import type { LogisticProblem } from "./logistic-problem.ts";

/** Fewest rows per chunk. Chunks depend on sizes only, so sums do not depend on the number of threads. */
const CHUNK_ROWS = 2048;
/** Most numbers that the chunks' gradients may take together. */
const PARTIAL_NUMBERS = 2 ** 22;

/** The rows of a problem in kernel memory, in the problem's coordinates. */
export interface LogisticRows {
  /** n x d: `(x - centre) * scale`. */
  readonly Z: { readonly ptr: number; readonly view: Float64Array };
  /** Weight of each row; they sum to 1. */
  readonly weights: { readonly ptr: number; readonly view: Float64Array };
  /** Penalised mean loss at u, with its gradient. */
  evaluate(u: Float64Array, gradient: Float64Array): number;
}

/** Copies the rows of X into kernel memory and gives the loss over them. */
export function loadRows(problem: LogisticProblem, X: Matrix, s: Scratch): LogisticRows {
  const { outputs, centre, scale, penalty, interceptScale, codes, weights } = problem;
  const n = X.rows;
  const d = X.cols;
  const stride = d + 1;
  const Z = s.f64(n * d, false);
  const { data } = X;
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < d; j++, at++) Z.view[at] = (data[at]! - centre[j]!) * scale[j]!;
  }
  const w = s.f64(weights);
  const labels = outputs === 1 ? s.f64(codes) : s.i32(codes);
  const theta = s.f64(outputs * stride);
  const length = outputs * stride + 1;
  const most = Math.max(1, Math.floor(PARTIAL_NUMBERS / length));
  const rowsPerChunk = Math.max(CHUNK_ROWS, Math.ceil(n / most));
  const chunks = Math.ceil(n / rowsPerChunk);
  const partial = s.f64(chunks * length, false);
  const work = s.f64(chunks * (outputs === 1 ? 4 : 2 * outputs), false);

  const evaluate = (u: Float64Array, gradient: Float64Array): number => {
    theta.view.set(u);
    for (let t = d; t < u.length; t += stride) theta.view[t] = u[t]! * interceptScale;
    if (outputs === 1) {
      const at = [Z.ptr, labels.ptr, w.ptr, theta.ptr, n, d, partial.ptr, work.ptr] as const;
      logisticKernels.parallel("logisticBinary", chunks, ...at, rowsPerChunk);
    } else {
      const at = [Z.ptr, labels.ptr, w.ptr, theta.ptr, n, d, outputs, partial.ptr, work.ptr] as const;
      logisticKernels.parallel("logisticSoftmax", chunks, ...at, rowsPerChunk);
    }
    gradient.fill(0);
    let loss = 0;
    for (let c = 0, at = 0; c < chunks; c++, at += length) {
      for (let t = 0; t < length - 1; t++) gradient[t] = gradient[t]! + partial.view[at + t]!;
      loss += partial.view[at + length - 1]!;
    }
    for (let t = 0; t < u.length; t += stride) {
      for (let j = 0; j < d; j++) {
        const pull = penalty[j]! * u[t + j]!;
        loss += 0.5 * pull * u[t + j]!;
        gradient[t + j] = gradient[t + j]! + pull;
      }
      gradient[t + d] = gradient[t + d]! * interceptScale;
    }
    return loss;
  };
  return { Z, weights: w, evaluate };
}
