import {
  argumentError,
  type FitOptions,
  type MatrixLike,
  readDesign,
  readTarget,
  readWeights,
} from "../contract/index.ts";
import { factorCholesky } from "../math/linalg/cholesky.ts";
import { Matrix } from "../math/matrix.ts";
import { innerProducts } from "./gram.ts";
import { centre, cholSolve, interceptOf, weightedRows } from "./least-squares.ts";

/** Which path is walked, and how far. */
export interface LarsOptions extends Pick<FitOptions, "sampleWeight"> {
  /** `"lasso"` (default) lets coefficients that reach zero leave; `"lar"` never does. */
  readonly method?: "lasso" | "lar";
  /** Whether there is a constant term, which is never shrunk. Default true. */
  readonly fitIntercept?: boolean;
  /** Strength at which to stop; default 0, the end of the path. */
  readonly alphaMin?: number;
  /** Most knots; default 8 times the lesser of rows and columns. */
  readonly maxIter?: number;
}

/** A column that enters or leaves at a knot. */
export interface PathEvent {
  readonly column: number;
  readonly kind: "enter" | "leave";
  readonly alpha: number;
}

/** Coefficients for every strength of the penalty, as the knots between which they are linear. */
export interface LarsPath {
  /** The knots, falling: between two of them every coefficient is linear in alpha. */
  readonly alphas: Float64Array;
  /** Coefficients at the knots, one row each. */
  readonly coefs: Matrix;
  /** Constant term at each knot. */
  readonly intercepts: Float64Array;
  /** What came in or went out at which strength. */
  readonly events: readonly PathEvent[];
  /** Columns with a coefficient at the end of the path, in order of entry. */
  readonly active: readonly number[];
}

/**
 * The whole lasso path, exactly: least-angle regression goes from knot to knot, and between them coefficients move on
 * straight lines. Strengths are those of {@link Lasso}.
 *
 * Efron, Hastie, Johnstone, Tibshirani, "Least angle regression", 2004; the lasso modification is its section 3.1.
 *
 * @example
 * const path = larsPath([[-1], [0], [1]], [-1, 0, 1]);
 * path.alphas.map((a) => Math.round(300 * a) / 300); // [0.6666666666666666, 0]
 * path.coefs.col(0); // [0, 1]
 */
export function larsPath(X: MatrixLike, y: ArrayLike<number>, options: LarsOptions = {}): LarsPath {
  const where = "larsPath";
  const { method = "lasso", fitIntercept = true, alphaMin = 0 } = options;
  if (method !== "lasso" && method !== "lar")
    throw argumentError(where, "method", method, '"lasso" or "lar"');
  if (!(alphaMin >= 0)) throw argumentError(where, "alphaMin", alphaMin, "a number >= 0");
  const { matrix } = readDesign(X, where);
  const maxIter = options.maxIter ?? 8 * Math.min(matrix.rows, matrix.cols);
  if (!(Number.isInteger(maxIter) && maxIter >= 1)) {
    throw argumentError(where, "maxIter", maxIter, "an integer >= 1");
  }
  const weights = readWeights(options.sampleWeight, matrix.rows, where);
  const centred = centre({
    X: matrix,
    y: readTarget(y, matrix.rows, where),
    weights,
    fitIntercept: Boolean(fitIntercept),
    alpha: 0,
    where,
  });
  const { A, b } = weightedRows(centred);
  const total = weights ? weights.reduce((s, w) => s + w, 0) : A.rows;
  const found = homotopy(
    innerProducts(A),
    A.transposedMatVec(b),
    alphaMin * total,
    method === "lasso",
    maxIter,
  );
  if (!found.strengths.every(Number.isFinite)) {
    throw argumentError(where, "X", X, "numbers whose squares do not overflow: scale it first");
  }
  return {
    alphas: Float64Array.from(found.strengths, (v) => v / total),
    coefs: Matrix.from(found.coefs),
    intercepts: Float64Array.from(found.coefs, (w) => interceptOf(centred, w)),
    events: found.events.map((e) => ({ ...e, alpha: e.alpha / total })),
    active: found.active,
  };
}

/**
 * Coefficients of a path at any strength: on the straight line between the knots around it.
 *
 * @example
 * const path = larsPath([[-1], [0], [1]], [-1, 0, 1]);
 * coefAt(path, path.alphas[0] / 2)[0]; // 0.5
 */
export function coefAt(path: Pick<LarsPath, "alphas" | "coefs">, alpha: number): Float64Array {
  const where = "coefAt";
  if (!(path?.alphas instanceof Float64Array && path.coefs instanceof Matrix)) {
    throw argumentError(where, "path", path, "what larsPath or lassoPath gave");
  }
  const { alphas, coefs } = path;
  if (!(alpha >= 0)) throw argumentError(where, "alpha", alpha, "a number >= 0");
  let k = 0;
  while (k < alphas.length && alphas[k]! > alpha) k++;
  if (k === 0) return coefs.row(0).slice();
  if (k === alphas.length) return coefs.row(k - 1).slice();
  const t = (alphas[k - 1]! - alpha) / (alphas[k - 1]! - alphas[k]!);
  const last = coefs.row(k);
  return coefs.row(k - 1).map((v, j) => v + t * (last[j]! - v));
}

/** Follows the path down in the strength `lambda` of |b - A w|^2 / 2 + lambda |w|_1. */
export function homotopy(G: Float64Array, xy: Float64Array, stop: number, drops: boolean, maxKnots: number) {
  const d = xy.length;
  const w = new Float64Array(d);
  const c = xy.slice(); // A^T (b - A w)
  const sign = new Float64Array(d);
  const active: number[] = [];
  const excluded = new Uint8Array(d);
  const events: PathEvent[] = [];
  const strengths: number[] = [];
  const coefs: Float64Array[] = [];
  let lambda = c.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  const start = lambda;
  const record = (): void => {
    strengths.push(lambda);
    coefs.push(w.slice());
  };
  record();
  if (!(lambda > stop) || !Number.isFinite(lambda)) return { strengths, coefs, events, active };
  // Several columns may enter at once where they tie.
  const enter = (slack: number, except: number): void => {
    for (let j = 0; j < d; j++) {
      if (sign[j] !== 0 || excluded[j] === 1 || j === except) continue;
      if (Math.abs(c[j]!) < lambda - slack) continue;
      active.push(j);
      sign[j] = Math.sign(c[j]!);
      if (factor(G, d, active) === null) {
        // Depends on the columns already in: it can never add anything.
        active.pop();
        sign[j] = 0;
        excluded[j] = 1;
      } else events.push({ column: j, kind: "enter", alpha: lambda });
    }
  };
  let left = -1;
  enter(1e-12 * start, -1);
  while (strengths.length <= maxKnots && lambda > stop && active.length > 0) {
    const L = factor(G, d, active)!;
    const k = active.length;
    const direction = Float64Array.from(active, (j) => sign[j]!);
    cholSolve(L, k, direction);
    const a = new Float64Array(d); // how fast the correlations fall
    active.forEach((j, t) => {
      for (let i = 0; i < d; i++) a[i] = a[i]! + direction[t]! * G[j * d + i]!;
    });
    let length = lambda - stop;
    let leaves = -1;
    for (let j = 0; j < d; j++) {
      if (sign[j] !== 0 || excluded[j] === 1) continue;
      for (const s of [1, -1]) {
        if (1 - s * a[j]! <= 1e-12) continue;
        const t = (lambda - s * c[j]!) / (1 - s * a[j]!);
        // One that has just left touches the bound here and moves away from it.
        if (t < length && t >= (j === left ? 1e-9 * lambda : 0)) length = t;
      }
    }
    if (drops) {
      active.forEach((j, t) => {
        const when = -w[j]! / direction[t]!;
        if (w[j] !== 0 && when > 0 && when < length) {
          length = when;
          leaves = t;
        }
      });
    }
    active.forEach((j, t) => {
      w[j] = w[j]! + length * direction[t]!;
    });
    for (let i = 0; i < d; i++) c[i] = c[i]! - length * a[i]!;
    lambda = Math.max(stop, lambda - length);
    left = -1;
    if (leaves >= 0) {
      left = active[leaves]!;
      active.splice(leaves, 1);
      sign[left] = 0;
      w[left] = 0;
      events.push({ column: left, kind: "leave", alpha: lambda });
    } else if (lambda > stop) {
      // Correlations of the active columns equal lambda; rounding must not part them.
      for (const j of active) c[j] = sign[j]! * lambda;
      enter(1e-11 * start, -1);
    }
    record();
    if (lambda <= 1e-13 * start) break;
  }
  return { strengths, coefs, events, active };
}

/** Cholesky factor of the active columns' inner products; null where they depend on each other. */
function factor(G: Float64Array, d: number, active: readonly number[]): Float64Array | null {
  const k = active.length;
  const L = new Float64Array(k * k);
  for (let r = 0; r < k; r++) {
    for (let c = 0; c < k; c++) L[r * k + c] = G[active[r]! * d + active[c]!]!;
  }
  if (factorCholesky(k, L) >= 0) return null;
  const last = active[k - 1]!;
  return L[k * k - 1]! ** 2 > 1e-12 * G[last * d + last]! ? L : null;
}
