import { type Label, type MatrixLike, readDesign, readLabels, readTarget } from "../../contract/index.ts";
import { valueError } from "../../errors.ts";
import { betaInc, gammaQ, Matrix, SparseMatrix } from "../../math/index.ts";

/** How strongly each column goes with the target. */
export interface FeatureScores {
  /** Larger is stronger; NaN where the score is not defined (a constant column). */
  readonly scores: Float64Array;
  /** Probability of so large a score without any relation; null where the score has no test. */
  readonly pValues: Float64Array | null;
}

/** P(F > f) for d1 and d2 degrees of freedom. */
function fTail(f: number, d1: number, d2: number): number {
  if (Number.isNaN(f)) return Number.NaN;
  if (f === Number.POSITIVE_INFINITY) return 0;
  return betaInc(d2 / 2, d1 / 2, d2 / (d2 + d1 * f));
}

/**
 * One-way analysis of variance of each column over the classes of y: variance between classes against variance within.
 *
 * @param X n rows; @param y n labels of at least two classes
 * @returns F statistics and p-values. A column that is constant scores NaN; one that is constant within every class
 * and differs between them scores Infinity.
 * @example
 * fClassif([[1, 5], [2, 6], [8, 5], [9, 6]], ["a", "a", "b", "b"]).scores; // Float64Array [98, 0]
 */
export function fClassif(X: MatrixLike, y: ArrayLike<Label>): FeatureScores {
  return varianceScores(X, y, "fClassif");
}

/** As {@link fClassif}, with sentences led by the caller. */
export function varianceScores(X: MatrixLike, y: ArrayLike<Label>, where: string): FeatureScores {
  const { matrix } = readDesign(X, where);
  const { data, rows, cols } = matrix;
  const { classes, codes } = readLabels(y, rows, where);
  requireClasses(classes.length, rows, where);
  const counts = new Float64Array(classes.length);
  for (const c of codes) counts[c]!++;
  const scores = new Float64Array(cols);
  const pValues = new Float64Array(cols);
  const d1 = classes.length - 1;
  const d2 = rows - classes.length;
  const means = new Float64Array(classes.length);
  for (let j = 0; j < cols; j++) {
    means.fill(0);
    let mean = 0;
    for (let i = 0; i < rows; i++) {
      means[codes[i]!]! += data[i * cols + j]!;
      mean += data[i * cols + j]!;
    }
    mean /= rows;
    for (let c = 0; c < means.length; c++) means[c]! /= counts[c]!;
    let between = 0;
    for (let c = 0; c < means.length; c++) between += counts[c]! * (means[c]! - mean) ** 2;
    let within = 0;
    let constant = true;
    for (let i = 0; i < rows; i++) {
      within += (data[i * cols + j]! - means[codes[i]!]!) ** 2;
      if (data[i * cols + j] !== data[j]) constant = false;
    }
    scores[j] = constant ? Number.NaN : between / d1 / (within / d2);
    pValues[j] = fTail(scores[j]!, d1, d2);
  }
  return { scores, pValues };
}

function requireClasses(classes: number, rows: number, where: string): void {
  if (classes < 2) throw valueError(where, "y", "holds one class, expected at least two");
  if (classes === rows)
    throw valueError(where, "y", "holds every class once, expected more rows than classes");
}

/**
 * Squared correlation of each column with a numeric target, as the F statistic of a regression on that column alone:
 * r^2 / (1 - r^2) (n - 2).
 *
 * @returns a constant column (or target) scores 0 with p-value 1; a column that is a linear function of the target
 * scores Infinity.
 * @example
 * fRegression([[1, 0], [2, 1], [3, 0], [4, 1]], [1, 2, 3, 5]).scores[0] > 50; // true
 */
export function fRegression(X: MatrixLike, y: ArrayLike<number>): FeatureScores {
  return regressionScores(X, y, "fRegression");
}

/** As {@link fRegression}, with sentences led by the caller. */
export function regressionScores(X: MatrixLike, y: ArrayLike<number>, where: string): FeatureScores {
  const { matrix } = readDesign(X, where);
  const { data, rows, cols } = matrix;
  const target = readTarget(y, rows, where);
  if (rows < 3) throw valueError(where, "X", `has ${rows} rows, expected at least 3`);
  const yMean = target.reduce((a, b) => a + b, 0) / rows;
  const dy = target.map((v) => v - yMean);
  const yy = dy.reduce((a, v) => a + v * v, 0);
  const scores = new Float64Array(cols);
  const pValues = new Float64Array(cols);
  for (let j = 0; j < cols; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * cols + j]!;
    mean /= rows;
    let xx = 0;
    let xy = 0;
    let constant = true;
    for (let i = 0; i < rows; i++) {
      const d = data[i * cols + j]! - mean;
      xx += d * d;
      xy += d * dy[i]!;
      if (data[i * cols + j] !== data[j]) constant = false;
    }
    const r2 = constant || yy === 0 ? 0 : Math.min(1, (xy * xy) / (xx * yy));
    scores[j] = (r2 / (1 - r2)) * (rows - 2);
    pValues[j] = fTail(scores[j]!, 1, rows - 2);
  }
  return { scores, pValues };
}

/**
 * Chi-squared statistic of counts (or frequencies) against classes: how far each column's sum per class is from the
 * share its class would give it. Made for words in documents; a sparse matrix is read as it is.
 *
 * @param X n rows of numbers >= 0
 * @returns a column of zeros scores NaN
 * @example
 * chi2([[3, 1], [4, 1], [0, 1], [0, 1]], ["a", "a", "b", "b"]).scores; // Float64Array [7, 0]
 */
export function chi2(X: MatrixLike, y: ArrayLike<Label>): FeatureScores {
  return chiSquareScores(X, y, "chi2");
}

/** As {@link chi2}, with sentences led by the caller. */
export function chiSquareScores(X: MatrixLike, y: ArrayLike<Label>, where: string): FeatureScores {
  const sparse = X instanceof SparseMatrix ? X : SparseMatrix.fromDense(readDesign(X, where).matrix);
  const { values, indices, indptr, rows, cols } = sparse;
  const { classes, codes } = readLabels(y, rows, where);
  if (classes.length < 2) throw valueError(where, "y", "holds one class, expected at least two");
  const bad = values.findIndex((v) => !(v >= 0 && v < Number.POSITIVE_INFINITY));
  if (bad >= 0) throw valueError(where, "X", `holds ${values[bad]}, expected finite numbers >= 0`);
  const k = classes.length;
  const observed = Matrix.zeros(k, cols);
  const share = new Float64Array(k);
  for (let i = 0; i < rows; i++) {
    const c = codes[i]!;
    share[c]! += 1 / rows;
    for (let q = indptr[i]!; q < indptr[i + 1]!; q++) observed.data[c * cols + indices[q]!]! += values[q]!;
  }
  const totals = sparse.columnSums();
  const scores = new Float64Array(cols);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < cols; j++) {
      const expected = share[c]! * totals[j]!;
      scores[j]! += (observed.data[c * cols + j]! - expected) ** 2 / expected;
    }
  }
  return { scores, pValues: scores.map((s) => (Number.isNaN(s) ? s : gammaQ((k - 1) / 2, s / 2))) };
}
