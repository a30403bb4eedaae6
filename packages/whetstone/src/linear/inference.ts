import { argumentError, numericalError } from "../errors.ts";
import { factorCholesky } from "../math/linalg/cholesky.ts";
import { erfc } from "../math/special/erf.ts";
import { betaInc, betaIncInv } from "../math/special/incomplete-beta.ts";
import { normalQuantile } from "../math/special/normal.ts";

/** What is known of one coefficient. */
export interface CoefficientRow {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  /** Estimate over standard error: t for least squares, z for likelihoods. */
  readonly statistic: number;
  /** Two-sided probability of such a statistic if the coefficient were 0. */
  readonly pValue: number;
  /** Confidence interval. */
  readonly lower: number;
  readonly upper: number;
}

/** Rows from estimates and their covariance; `df` residual degrees of freedom, or null for the normal law. */
export function coefficientRows(
  names: readonly string[],
  estimates: ArrayLike<number>,
  covariance: Float64Array,
  df: number | null,
  confidence: number,
): CoefficientRow[] {
  const n = names.length;
  const reach = df === null ? normalQuantile(0.5 + confidence / 2) : studentReach(confidence, df);
  return names.map((name, i) => {
    const estimate = estimates[i]!;
    const standardError = Math.sqrt(covariance[i * n + i]!);
    const statistic = estimate / standardError;
    const pValue =
      df === null
        ? erfc(Math.abs(statistic) / Math.SQRT2)
        : betaInc(df / 2, 0.5, df / (df + statistic * statistic));
    const lower = estimate - reach * standardError;
    return {
      name,
      estimate,
      standardError,
      statistic,
      pValue,
      lower,
      upper: estimate + reach * standardError,
    };
  });
}

/** t with P(|T| <= t) = confidence. */
function studentReach(confidence: number, df: number): number {
  const x = betaIncInv(df / 2, 0.5, 1 - confidence);
  return Math.sqrt((df * (1 - x)) / x);
}

export function checkConfidence(confidence: number, where: string): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw argumentError(where, "confidence", confidence, "a number > 0 and < 1");
  }
}

/**
 * Inverse of a symmetric positive definite matrix (n x n, overwritten), made well scaled first.
 *
 * @throws WhetstoneError "numerical" when columns depend on each other
 */
export function inverseSpd(A: Float64Array, n: number, where: string): Float64Array {
  const scale = new Float64Array(n);
  for (let i = 0; i < n; i++) scale[i] = 1 / Math.sqrt(A[i * n + i]!);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) A[i * n + j] = A[i * n + j]! * scale[i]! * scale[j]!;
  }
  const failed = scale.every(Number.isFinite) ? factorCholesky(n, A) : 0;
  let weakest = 1;
  for (let i = 0; i < n; i++) weakest = Math.min(weakest, A[i * n + i]!);
  // Diagonal of the factor of a matrix with unit diagonal: the share of a column that the earlier ones leave.
  if (failed >= 0 || weakest < 1e-7) {
    throw numericalError(
      where,
      "columns of X depend on each other (or are constant), so standard errors do not exist",
    );
  }
  const inverse = new Float64Array(n * n);
  const v = new Float64Array(n);
  for (let c = 0; c < n; c++) {
    v.fill(0);
    for (let i = c; i < n; i++) {
      let sum = i === c ? 1 : 0;
      for (let j = c; j < i; j++) sum -= A[i * n + j]! * v[j]!;
      v[i] = sum / A[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = v[i]!;
      for (let j = i + 1; j < n; j++) sum -= A[j * n + i]! * v[j]!;
      v[i] = sum / A[i * n + i]!;
    }
    for (let i = 0; i < n; i++) inverse[i * n + c] = v[i]! * scale[i]! * scale[c]!;
  }
  return inverse;
}

/** Coefficients as a text table. */
export function formatCoefficients(
  rows: readonly CoefficientRow[],
  statistic: "t" | "z",
  confidence: number,
): string {
  const level = `${+(confidence * 100).toPrecision(4)} %`;
  const head = ["", "coef", "std err", statistic, `P>|${statistic}|`, `lower ${level}`, `upper ${level}`];
  const body = rows.map((r) => [
    r.name,
    digits(r.estimate),
    digits(r.standardError),
    r.statistic.toFixed(3),
    r.pValue < 5e-4 ? r.pValue.toExponential(1) : r.pValue.toFixed(3),
    digits(r.lower),
    digits(r.upper),
  ]);
  return formatColumns([head, ...body]);
}

/** Lines of cells, the first column left-aligned, the others right-aligned. */
export function formatColumns(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, j) => Math.max(...lines.map((line) => line[j]!.length)));
  const pad = (cell: string, j: number): string =>
    j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!);
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}

export function digits(v: number): string {
  const size = Math.abs(v);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return v.toExponential(3);
  return v.toFixed(size >= 1000 ? 1 : 4);
}
