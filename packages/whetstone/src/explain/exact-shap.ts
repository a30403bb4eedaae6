import {
  argumentError,
  type MatrixLike,
  readDesign,
  readLike,
  schemaOf,
  shapeError,
  valueError,
} from "../contract/index.ts";
import { requireFunction } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { requirePlayers, valuesOf } from "./shapley.ts";
import type { ShapValues } from "./tree-shap.ts";

/** What stands in for columns that a coalition leaves out. */
export interface ExactShapOptions {
  /** Rows whose values stand in, in turn, for the columns that a coalition leaves out. */
  readonly background: MatrixLike;
}

/** Rows handed to the model at a time. */
const rowsPerCall = 1 << 14;

/**
 * Shapley values of any model's outputs by enumeration: a coalition of columns is worth the mean output over the
 * background rows with the coalition's columns taken from the row explained. It is the game of `treeShap` with a
 * `background`, at a cost of rows x 2^columns x background rows predictions.
 *
 * @param predict the model: rows x columns in; one number per row, or a matrix with one column per output, out
 * @param X rows x columns (at most 20) to explain
 * @returns one rows x columns matrix per output; base value plus a row's values is the row's output
 * @throws WhetstoneError where shapes do not fit, or `predict` gives anything but finite numbers
 * @example
 * const product = (X) => Array.from({ length: X.rows }, (_, i) => X.at(i, 0) * X.at(i, 1));
 * const { values, baseValues } = exactShap(product, [[2, 3]], { background: [[0, 0], [0, 1]] });
 * baseValues[0]; // 0
 * values[0].row(0); // [3.5, 2.5]
 */
export function exactShap(
  predict: (X: Matrix) => ArrayLike<number> | Matrix,
  X: MatrixLike,
  options: ExactShapOptions,
): ShapValues {
  const where = "exactShap";
  requireFunction(where, "predict", predict);
  if (options === null || typeof options !== "object")
    throw argumentError(where, "options", options, "an object with background rows");
  const missing = { allowMissing: true };
  const design = readDesign(X, where, missing);
  const rows = design.matrix;
  const M = rows.cols;
  requirePlayers(M, where, "columns of X");
  const others = readDesign(options.background, where, { ...missing, argument: "background" });
  if (others.matrix.cols !== M)
    throw shapeError(where, "background", `has ${others.matrix.cols} columns`, `${M}, as X`);
  // Named columns in X's order.
  const { matrix: background } = readLike(schemaOf(design), options.background, where, {
    ...{ ...missing, argument: "background" },
  });
  const explained = Array.from({ length: rows.rows }, (_, i) => {
    const worth = worthOf(predict, rows.row(i), background, where);
    return { none: worth.row(0), values: valuesOf(worth) };
  });
  const outputs = explained[0]!.none.length;
  return {
    values: Array.from(
      { length: outputs },
      (_, o) =>
        new Matrix(Float64Array.from(explained.flatMap(({ values }) => [...values.col(o)])), rows.rows, M),
    ),
    baseValues: explained[0]!.none.slice(),
  };
}

/** 2^columns x outputs: the mean output of every coalition of columns. */
function worthOf(
  predict: (X: Matrix) => ArrayLike<number> | Matrix,
  row: Float64Array,
  background: Matrix,
  where: string,
): Matrix {
  const [M, B] = [row.length, background.rows];
  const sets = 2 ** M;
  const setsPerCall = Math.max(1, Math.floor(rowsPerCall / B));
  let worth: Matrix | null = null;
  for (let first = 0; first < sets; first += setsPerCall) {
    const count = Math.min(setsPerCall, sets - first);
    const mixed = Matrix.zeros(count * B, M);
    for (let k = 0; k < count; k++) {
      mixed.data.set(background.data, k * B * M);
      for (let j = 0; j < M; j++) {
        if ((((first + k) >> j) & 1) === 0) continue;
        for (let b = 0; b < B; b++) mixed.data[(k * B + b) * M + j] = row[j]!;
      }
    }
    const { data, outputs } = outputsOf(predict(mixed), mixed.rows, where);
    worth ??= Matrix.zeros(sets, outputs);
    if (worth.cols !== outputs)
      throw valueError(where, "predict", `gives ${outputs} outputs, expected ${worth.cols}, as before`);
    for (let at = 0; at < data.length; at++) {
      const place = (first + Math.floor(at / (outputs * B))) * outputs + (at % outputs);
      worth.data[place] = worth.data[place]! + data[at]! / B;
    }
  }
  return worth!;
}

function outputsOf(
  found: ArrayLike<number> | Matrix,
  rows: number,
  where: string,
): { readonly data: ArrayLike<number>; readonly outputs: number } {
  const data = found instanceof Matrix ? found.data : found;
  const has = found instanceof Matrix ? found.rows : found?.length;
  if (has !== rows || data.length === 0)
    throw valueError(
      where,
      "predict",
      `gives ${has ?? "no"} rows of outputs, expected ${rows}, as many as it got`,
    );
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i]))
      throw valueError(where, "predict", `gives ${String(data[i])}, expected finite numbers`);
  }
  return { data, outputs: data.length / rows };
}
