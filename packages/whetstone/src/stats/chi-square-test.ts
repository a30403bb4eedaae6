import { argumentError, shapeError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { gammaQ } from "../math/special/index.ts";
import type { TestResult } from "./test-result.ts";
import { checkList, checkSameLength, type NumberList, sumOf } from "./vector.ts";

/** Pearson's chi-square test, with the counts it compares with. */
export interface ChiSquareResult extends TestResult {
  /** Degrees of freedom of the reference distribution. */
  readonly df: number;
  /** Expected counts, in the order (row-major for a table) of the observed ones. */
  readonly expected: Float64Array;
}

function checkCounts(x: NumberList, where: string, argument: string): void {
  checkList(x, where, argument);
  for (let i = 0; i < x.length; i++) {
    if (x[i]! < 0) throw argumentError(where, `${argument}[${i}]`, x[i], "a count >= 0");
  }
}

/**
 * Chi-square goodness of fit: sum (O - E)² / E, with k - 1 - ddof degrees of freedom.
 *
 * @param expected Counts or weights, scaled to the observed total; equal by default. `ddof` is the number of
 * parameters that were estimated from these counts.
 *
 * @example
 * // sample-ratio mismatch: 50:50 was planned
 * chiSquareTest([5100, 4900]).pValue; // 0.0455
 */
export function chiSquareTest(
  observed: NumberList,
  options: { readonly expected?: NumberList; readonly ddof?: number } = {},
): ChiSquareResult {
  const where = "chiSquareTest";
  checkCounts(observed, where, "observed");
  const k = observed.length;
  const ddof = options.ddof ?? 0;
  if (!Number.isInteger(ddof) || ddof < 0) throw argumentError(where, "ddof", ddof, "an integer >= 0");
  if (k - 1 - ddof < 1)
    throw shapeError(where, "observed", `has ${k} entries`, `${ddof + 2} or more (ddof = ${ddof})`);
  const total = sumOf(k, (i) => observed[i]!);
  if (!(total > 0)) throw argumentError(where, "observed", "counts that sum to 0", "a positive total");
  const expected = new Float64Array(k).fill(total / k);
  if (options.expected !== undefined) {
    const given = options.expected;
    checkSameLength(observed, given, where, "expected");
    checkList(given, where, "expected");
    const sum = sumOf(k, (i) => given[i]!);
    for (let i = 0; i < k; i++) {
      if (!(given[i]! > 0)) throw argumentError(where, `expected[${i}]`, given[i], "a number > 0");
      expected[i] = (given[i]! * total) / sum;
    }
  }
  const statistic = sumOf(k, (i) => (observed[i]! - expected[i]!) ** 2 / expected[i]!);
  const df = k - 1 - ddof;
  return { statistic, df, pValue: gammaQ(df / 2, statistic / 2), expected };
}

/**
 * Chi-square test of independence of the rows and columns of a table of counts. `correction` (default true, as
 * in SciPy) applies Yates' continuity correction, which acts on 2 x 2 tables only.
 *
 * @example
 * chiSquareIndependence([[10, 20], [20, 10]]).statistic; // 5.4
 * chiSquareIndependence([[10, 20], [20, 10]], { correction: false }).statistic; // 6.6667
 */
export function chiSquareIndependence(
  table: Matrix | ArrayLike<ArrayLike<number>>,
  options: { readonly correction?: boolean } = {},
): ChiSquareResult {
  const where = "chiSquareIndependence";
  const T = table instanceof Matrix ? table : Matrix.from(table);
  checkCounts(T.data, where, "table");
  if (T.rows < 2 || T.cols < 2)
    throw shapeError(where, "table", `is ${T.rows} x ${T.cols}`, "2 x 2 or larger");
  const { rows, cols } = T;
  const rowSums = Float64Array.from({ length: rows }, (_, i) => sumOf(cols, (j) => T.at(i, j)));
  const colSums = Float64Array.from({ length: cols }, (_, j) => sumOf(rows, (i) => T.at(i, j)));
  const total = sumOf(rows, (i) => rowSums[i]!);
  const expected = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const e = (rowSums[i]! * colSums[j]!) / total;
      if (!(e > 0))
        throw argumentError(
          where,
          "table",
          "a table with an empty row or column",
          "positive row and column sums",
        );
      expected[i * cols + j] = e;
    }
  }
  const df = (rows - 1) * (cols - 1);
  const shrink = df === 1 && options.correction !== false ? 0.5 : 0;
  const statistic = sumOf(rows * cols, (k) => {
    const gap = Math.abs(T.data[k]! - expected[k]!);
    return (gap - Math.min(shrink, gap)) ** 2 / expected[k]!;
  });
  return { statistic, df, pValue: gammaQ(df / 2, statistic / 2), expected };
}
