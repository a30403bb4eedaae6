import type { Label } from "../contract/input.ts";
import { argumentError, requireList, shapeError, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { digamma } from "../math/special/index.ts";
import { type BaseOption, klTerm, unit } from "./distribution.ts";
import { entropy, giniImpurity } from "./entropy.ts";

/** Counts of each pair of labels: rows by x, columns by y, both in order of first appearance. */
function contingency(where: string, x: ArrayLike<Label>, y: ArrayLike<Label>): Matrix {
  requireList(where, "x", x, "an array of labels");
  requireList(where, "y", y, "an array of labels");
  if (x.length !== y.length)
    throw shapeError(where, "y", `has ${y.length} entries`, `${x.length} (length of x)`);
  if (x.length === 0) throw shapeError(where, "x", "is empty", "at least one entry");
  const codes = (v: ArrayLike<Label>): { code: Int32Array; size: number } => {
    const seen = new Map<Label, number>();
    const code = Int32Array.from({ length: v.length }, (_, i) => {
      const label = v[i]!;
      let c = seen.get(label);
      if (c === undefined) seen.set(label, (c = seen.size));
      return c;
    });
    return { code, size: seen.size };
  };
  const a = codes(x);
  const b = codes(y);
  const out = Matrix.zeros(a.size, b.size);
  for (let i = 0; i < x.length; i++) out.data[a.code[i]! * b.size + b.code[i]!]!++;
  return out;
}

function jointOf(where: string, joint: Matrix): Matrix {
  if (!(joint instanceof Matrix))
    throw argumentError(where, "joint", joint, "a Matrix of joint probabilities or counts");
  const bad = joint.data.findIndex((v) => !(v >= 0 && v < Number.POSITIVE_INFINITY));
  if (bad >= 0) throw valueError(where, "joint", `holds ${joint.data[bad]}, expected finite numbers >= 0`);
  return joint;
}

/**
 * Mutual information of a joint table: KL(joint || product of its margins) = H(X) - H(X | Y), 0 when independent.
 *
 * @param joint Probabilities or counts, X in rows and Y in columns.
 * @example
 * mutualInformation(Matrix.from([[1, 0], [0, 1]]), { base: 2 }); // 1 bit
 */
export function mutualInformation(joint: Matrix, options: BaseOption = {}): number {
  const where = "mutualInformation";
  const nats = unit(where, options);
  const table = jointOf(where, joint);
  const rows = table.rowSums();
  const cols = table.columnSums();
  const total = rows.reduce((a, b) => a + b, 0);
  if (!(total > 0)) throw valueError(where, "joint", "holds only zeros");
  let sum = 0;
  for (let i = 0; i < table.rows; i++) {
    for (let j = 0; j < table.cols; j++) {
      const p = table.at(i, j) / total;
      sum += klTerm(p, (rows[i]! / total) * (cols[j]! / total));
    }
  }
  return Math.max(0, sum) / nats;
}

/**
 * Mutual information of two columns of labels, by counting (plug-in). Biased upwards by about
 * (rows - 1)(columns - 1) / (2 n); `correct: true` subtracts that (Miller and Madow) and may go below 0.
 *
 * @example
 * mutualInformationLabels(["a", "a", "b", "b"], [1, 1, 2, 2]); // Math.log(2)
 */
export function mutualInformationLabels(
  x: ArrayLike<Label>,
  y: ArrayLike<Label>,
  options: BaseOption & { correct?: boolean } = {},
): number {
  const where = "mutualInformationLabels";
  const table = contingency(where, x, y);
  const plugIn = mutualInformation(table, options);
  if (options.correct !== true) return plugIn;
  const cells = table.data.reduce((n, v) => n + (v > 0 ? 1 : 0), 0);
  return plugIn + (table.rows + table.cols - cells - 1) / (2 * x.length) / unit(where, options);
}

/**
 * Conditional entropy H(X | Y) of a joint table with X in rows and Y in columns: what is left to learn about X once Y
 * is known.
 *
 * @example
 * conditionalEntropy(Matrix.from([[1, 1], [1, 1]]), { base: 2 }); // 1
 */
export function conditionalEntropy(joint: Matrix, options: BaseOption = {}): number {
  const where = "conditionalEntropy";
  const table = jointOf(where, joint);
  return Math.max(0, entropy(table.data, options) - entropy(table.columnSums(), options));
}

/**
 * Information gain of a split: impurity of the parent less the size-weighted impurity of its groups. With entropy this
 * is the mutual information of label and group.
 *
 * @param y Class labels.
 * @param groups The group each row falls into.
 * @param options.criterion `"entropy"` (default, in units of `base`) or `"gini"`.
 * @example
 * informationGain([0, 0, 1, 1], ["l", "l", "r", "r"], { base: 2 }); // 1
 */
export function informationGain(
  y: ArrayLike<Label>,
  groups: ArrayLike<Label>,
  options: BaseOption & { criterion?: "entropy" | "gini" } = {},
): number {
  const where = "informationGain";
  const { criterion = "entropy" } = options;
  if (criterion !== "entropy" && criterion !== "gini") {
    throw argumentError(where, "criterion", criterion, '"entropy" or "gini"');
  }
  const table = contingency(where, y, groups);
  if (criterion === "entropy") return mutualInformation(table, options);
  const sizes = table.columnSums();
  let after = 0;
  for (let j = 0; j < table.cols; j++) after += (sizes[j]! / y.length) * giniImpurity(table.col(j));
  return Math.max(0, giniImpurity(table.rowSums()) - after);
}

/**
 * Mutual information of two continuous variables by nearest neighbours (Kraskov, Stögbauer and Grassberger 2004,
 * estimator 1), in nats or the base asked for. Needs no bins; can come out slightly negative near independence.
 * Ties should be rare. Cost O(n^2).
 *
 * @param x n numbers, or an n x d matrix.
 * @param y n numbers, or an n x e matrix.
 * @param options.neighbors Default 3; more lowers the variance and raises the bias.
 * @example
 * const x = Array.from({ length: 200 }, (_, i) => Math.sin(i * 12.9898) * 43758.5453 % 1);
 * mutualInformationKnn(x, x.map((v, i) => v + 0.01 * Math.cos(i * 78.233))) > 1; // true
 */
export function mutualInformationKnn(
  x: ArrayLike<number> | Matrix,
  y: ArrayLike<number> | Matrix,
  options: BaseOption & { neighbors?: number } = {},
): number {
  const where = "mutualInformationKnn";
  const { neighbors = 3 } = options;
  const X = x instanceof Matrix ? x : Matrix.column(x);
  const Y = y instanceof Matrix ? y : Matrix.column(y);
  const n = X.rows;
  if (Y.rows !== n) throw shapeError(where, "y", `has ${Y.rows} rows`, `${n} (rows of x)`);
  if (!(Number.isInteger(neighbors) && neighbors >= 1 && neighbors < n)) {
    throw argumentError(where, "neighbors", neighbors, `an integer from 1 to ${n - 1} (rows - 1)`);
  }
  for (const [name, M] of [
    ["x", X],
    ["y", Y],
  ] as const) {
    if (M.data.some((v) => !Number.isFinite(v)))
      throw valueError(where, name, "holds a value that is not finite");
  }
  const dx = new Float64Array(n);
  const dy = new Float64Array(n);
  const nearest = new Float64Array(neighbors);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    nearest.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      dx[j] = largestGap(X, i, j);
      dy[j] = largestGap(Y, i, j);
      let d = Math.max(dx[j]!, dy[j]!);
      for (let k = 0; k < neighbors && d < Number.POSITIVE_INFINITY; k++) {
        if (d < nearest[k]!) {
          const moved = nearest[k]!;
          nearest[k] = d;
          d = moved;
        }
      }
    }
    const radius = nearest[neighbors - 1]!;
    let nx = 0;
    let ny = 0;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      if (dx[j]! < radius) nx++;
      if (dy[j]! < radius) ny++;
    }
    sum += digamma(nx + 1) + digamma(ny + 1);
  }
  return (digamma(neighbors) + digamma(n) - sum / n) / unit(where, options);
}

function largestGap(M: Matrix, i: number, j: number): number {
  let m = 0;
  for (let c = 0; c < M.cols; c++) {
    const d = Math.abs(M.data[i * M.cols + c]! - M.data[j * M.cols + c]!);
    if (d > m) m = d;
  }
  return m;
}

/** What a critic's scores of a batch tell of the mutual information. */
export interface InfoNce {
  /** Mean contrastive loss: cross-entropy of picking the true partner among the batch, in nats. */
  readonly loss: number;
  /** log N - loss: a lower bound of the mutual information, which can never exceed log N. */
  readonly bound: number;
}

/**
 * InfoNCE: I(X; Y) >= log N - loss for a batch of N pairs.
 *
 * @param scores N x N, entry (i, j) the critic's score of pairing x_i with y_j; true pairs on the diagonal.
 * Source: van den Oord, Li and Vinyals (2018).
 * @example
 * infoNce(Matrix.zeros(4, 4)).bound; // 0: a critic that knows nothing
 */
export function infoNce(scores: Matrix): InfoNce {
  const where = "infoNce";
  if (!(scores instanceof Matrix)) throw argumentError(where, "scores", scores, "a square Matrix");
  const n = scores.rows;
  if (n === 0 || scores.cols !== n) {
    throw shapeError(where, "scores", `is ${n} x ${scores.cols}`, "a square matrix with at least one row");
  }
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const row = scores.row(i);
    const top = row.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
    if (!Number.isFinite(top)) throw valueError(where, "scores", `holds ${top} in row ${i}`);
    loss += top + Math.log(row.reduce((s, v) => s + Math.exp(v - top), 0)) - row[i]!;
  }
  loss /= n;
  return { loss, bound: Math.log(n) - loss };
}
