import { argumentError, requireList, shapeError, valueError } from "../errors.ts";
import { Matrix, type RandomStream } from "../math/index.ts";

/** What a hidden state shows: one of m symbols, or numbers that are normal and independent within the state. */
export type Emission =
  | { readonly kind: "categorical"; readonly probabilities: Matrix } // k x m
  | { readonly kind: "gaussian"; readonly means: Matrix; readonly variances: Matrix }; // k x d each

/** Symbols 0 to m - 1, or numbers: one per step, or a row per step. */
export type Observations = ArrayLike<number> | Matrix | ArrayLike<ArrayLike<number>>;

/** One row per step. */
export function readObservations(
  where: string,
  argument: string,
  given: Observations,
  emission: Emission,
): Matrix {
  const rows = given instanceof Matrix ? given : toRows(where, argument, given);
  if (rows.rows === 0) throw shapeError(where, argument, "has 0 steps", "at least 1");
  const width = emission.kind === "gaussian" ? emission.means.cols : 1;
  if (rows.cols !== width) throw shapeError(where, argument, `has ${rows.cols} numbers per step`, `${width}`);
  const symbols = emission.kind === "categorical" ? emission.probabilities.cols : 0;
  for (let at = 0; at < rows.data.length; at++) {
    const v = rows.data[at]!;
    const good = symbols > 0 ? Number.isInteger(v) && v >= 0 && v < symbols : v - v === 0;
    if (good) continue;
    const expected = symbols > 0 ? `an integer from 0 to ${symbols - 1}` : "a finite number";
    throw valueError(where, argument, `holds ${v} at step ${Math.floor(at / width)}, expected ${expected}`);
  }
  return rows;
}

function toRows(where: string, argument: string, given: unknown): Matrix {
  requireList(where, argument, given, "an array of observations");
  const list = given as ArrayLike<unknown>;
  const flat = Array.from({ length: list.length }, (_, i) => list[i]);
  if (flat.every((v) => typeof v === "number")) return Matrix.column(flat as number[]);
  for (const [i, row] of flat.entries()) {
    requireList(where, `${argument}[${i}]`, row);
    const numbers = Array.from(row as ArrayLike<unknown>);
    if (!numbers.every((v) => typeof v === "number"))
      throw valueError(where, `${argument}[${i}]`, "holds something that is no number");
  }
  return Matrix.from(flat as ArrayLike<number>[]);
}

/** log p(observation t | state), T x k. */
export function logEmissions(rows: Matrix, emission: Emission): Matrix {
  if (emission.kind === "categorical") {
    const { probabilities } = emission;
    const k = probabilities.rows;
    return Matrix.zeros(rows.rows, k).map((_, at) =>
      Math.log(probabilities.at(at % k, rows.data[Math.floor(at / k)]!)),
    );
  }
  const { means, variances } = emission;
  const { rows: k, cols: d } = means;
  const out = Matrix.zeros(rows.rows, k);
  for (let t = 0, at = 0; t < rows.rows; t++) {
    for (let s = 0; s < k; s++, at++) {
      let sum = -0.5 * d * Math.log(2 * Math.PI);
      for (let j = 0; j < d; j++) {
        const v = variances.data[s * d + j]!;
        sum -= 0.5 * (Math.log(v) + (rows.data[t * d + j]! - means.data[s * d + j]!) ** 2 / v);
      }
      out.data[at] = sum;
    }
  }
  return out;
}

/** The emission that fits best when row t belongs to state s with the given share (T x k per sequence). */
export function fitEmission(
  sequences: readonly Matrix[],
  shares: readonly Matrix[],
  like: Emission,
  varianceFloor: number,
): Emission {
  if (like.kind === "categorical") {
    const { rows: k, cols: m } = like.probabilities;
    const counts = Matrix.zeros(k, m);
    sequences.forEach((rows, q) => {
      shares[q]!.data.forEach((share, at) => {
        const cell = (at % k) * m + rows.data[Math.floor(at / k)]!;
        counts.data[cell] = counts.data[cell]! + share;
      });
    });
    return { kind: "categorical", probabilities: normaliseRows(counts, like.probabilities) };
  }
  const { rows: k, cols: d } = like.means;
  const sizes = new Float64Array(k);
  const means = Matrix.zeros(k, d);
  const variances = Matrix.zeros(k, d);
  const each = (f: (share: number, state: number, row: Float64Array) => void): void => {
    sequences.forEach((rows, q) => {
      shares[q]!.data.forEach((share, at) => {
        f(share, at % k, rows.row(Math.floor(at / k)));
      });
    });
  };
  each((share, s, row) => {
    sizes[s] = sizes[s]! + share;
    for (let j = 0; j < d; j++) means.data[s * d + j] = means.data[s * d + j]! + share * row[j]!;
  });
  for (let s = 0; s < k; s++) {
    for (let j = 0; j < d; j++)
      means.data[s * d + j] = sizes[s]! > 0 ? means.data[s * d + j]! / sizes[s]! : like.means.at(s, j);
  }
  each((share, s, row) => {
    for (let j = 0; j < d; j++)
      variances.data[s * d + j] =
        variances.data[s * d + j]! + share * (row[j]! - means.data[s * d + j]!) ** 2;
  });
  for (let s = 0; s < k; s++) {
    for (let j = 0; j < d; j++) {
      const v = sizes[s]! > 0 ? variances.data[s * d + j]! / sizes[s]! : like.variances.at(s, j);
      variances.data[s * d + j] = Math.max(v, varianceFloor);
    }
  }
  return { kind: "gaussian", means, variances };
}

/** Rows divided by their sums; a row of zeros stays as it was in `before`. */
export function normaliseRows(counts: Matrix, before: Matrix): Matrix {
  const sums = counts.rowSums();
  return counts.map((v, at) => {
    const row = Math.floor(at / counts.cols);
    return sums[row]! > 0 ? v / sums[row]! : before.data[at]!;
  });
}

export function drawEmission(emission: Emission, state: number, random: RandomStream): number[] {
  if (emission.kind === "categorical") return [random.categorical(emission.probabilities.row(state))];
  const { means, variances } = emission;
  return Array.from(means.row(state), (m, j) => random.normal(m, Math.sqrt(variances.at(state, j))));
}

/** Checks and copies an emission of k states. */
export function readEmission(where: string, given: Emission, k: number): Emission {
  if (given === null || typeof given !== "object")
    throw argumentError(where, "emission", given, 'an object such as { kind: "categorical", probabilities }');
  if (given.kind === "categorical")
    return {
      kind: "categorical",
      probabilities: readProbabilities(where, "emission.probabilities", given.probabilities, k),
    };
  if (given.kind !== "gaussian")
    throw argumentError(where, "emission.kind", (given as Emission).kind, '"categorical" or "gaussian"');
  const means = toMatrix(where, "emission.means", given.means, k);
  const variances = toMatrix(where, "emission.variances", given.variances, k);
  if (variances.cols !== means.cols)
    throw shapeError(
      where,
      "emission.variances",
      `has ${variances.cols} columns`,
      `${means.cols} (as means)`,
    );
  const bad = variances.data.findIndex((v) => !(v > 0));
  if (bad >= 0)
    throw valueError(where, "emission.variances", `holds ${variances.data[bad]}, expected numbers > 0`);
  return { kind: "gaussian", means, variances };
}

/** k rows of probabilities that sum to 1 (to 1e-6). */
export function readProbabilities(where: string, argument: string, given: unknown, k: number): Matrix {
  const P = toMatrix(where, argument, given, k);
  const sums = P.rowSums();
  for (let s = 0; s < k; s++) {
    const bad = P.row(s).find((v) => v < 0);
    if (bad !== undefined)
      throw valueError(where, argument, `holds ${bad} in row ${s}, expected numbers >= 0`);
    if (!(Math.abs(sums[s]! - 1) <= 1e-6))
      throw valueError(where, argument, `sums to ${sums[s]} in row ${s}, expected 1`);
  }
  return P.map((v, at) => v / sums[Math.floor(at / P.cols)]!);
}

function toMatrix(where: string, argument: string, given: unknown, k: number): Matrix {
  const M = given instanceof Matrix ? (given as Matrix).clone() : toRows(where, argument, given);
  if (M.rows !== k || M.cols === 0)
    throw shapeError(
      where,
      argument,
      `is ${M.rows} x ${M.cols}`,
      `${k} rows (one per state), at least one column`,
    );
  const bad = M.data.findIndex((v) => v - v !== 0);
  if (bad >= 0) throw valueError(where, argument, `holds ${M.data[bad]}, expected finite numbers`);
  return M;
}
