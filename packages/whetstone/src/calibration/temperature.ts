import type { Label } from "../contract/input.ts";
import { argumentError, requireList, shapeError, show, valueError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { brentRoot } from "../math/optimize/index.ts";

/** softmax(logits / temperature); made by {@link temperatureScaling}. */
export class TemperatureCalibration {
  static readonly typeName = "TemperatureCalibration";
  /** Above 1 softens an over-confident model, below 1 sharpens. */
  readonly temperature: number;

  constructor(temperature: number) {
    this.temperature = temperature;
  }

  /** Probabilities, one row per row of logits. */
  transform(logits: Matrix): Matrix {
    if (!(logits instanceof Matrix))
      throw argumentError(
        "TemperatureCalibration.transform",
        "logits",
        logits,
        "a Matrix, one column per class",
      );
    const out = logits.scale(1 / this.temperature);
    const k = out.cols;
    for (let i = 0; i < out.rows; i++) {
      const row = out.data.subarray(i * k, (i + 1) * k);
      const top = row.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
      let sum = 0;
      for (let c = 0; c < k; c++) sum += row[c] = Math.exp(row[c]! - top);
      for (let c = 0; c < k; c++) row[c]! /= sum;
    }
    return out;
  }

  toState(): unknown {
    return { temperature: this.temperature };
  }

  static fromState(state: unknown): TemperatureCalibration {
    return new TemperatureCalibration((state as { temperature: number }).temperature);
  }
}

/**
 * Temperature scaling: one number T > 0 that minimises the validation log loss of softmax(logits / T). The order of the
 * classes in a row, hence every prediction and the accuracy, stays what it was; it cures one global over- or
 * under-confidence and nothing else.
 *
 * @param logits A row of logits per sample, a column per class. (Log-probabilities do as well.)
 * @param yTrue Labels of the validation rows.
 * @param options.labels Classes of the columns. Default: those in yTrue, sorted.
 * @throws WhetstoneError when every row is predicted right (T would go to 0).
 * Source: Guo et al. (ICML 2017). The loss is convex in 1 / T.
 * @example
 * const logits = Matrix.from([[4, 0], [4, 0], [4, 0], [4, 0]]);
 * temperatureScaling(logits, [0, 0, 0, 1]).temperature; // 4 / Math.log(3)
 */
export function temperatureScaling<L extends Label>(
  logits: Matrix,
  yTrue: ArrayLike<L>,
  options: { labels?: readonly L[]; sampleWeight?: ArrayLike<number> } = {},
): TemperatureCalibration {
  const where = "temperatureScaling";
  if (!(logits instanceof Matrix))
    throw argumentError(where, "logits", logits, "a Matrix, one column per class");
  const { rows: n, cols: k } = logits;
  requireList(where, "yTrue", yTrue, "an array of labels");
  if (yTrue.length !== n)
    throw shapeError(where, "yTrue", `has ${yTrue.length} entries`, `${n} (rows of logits)`);
  const labels =
    options.labels ?? [...new Set(Array.from(yTrue))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (labels.length !== k) {
    throw shapeError(
      where,
      "logits",
      `has ${k} columns`,
      `${labels.length} (one per class; pass labels when a class is absent)`,
    );
  }
  const bad = logits.data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw valueError(where, "logits", `holds ${logits.data[bad]} at row ${Math.floor(bad / k)}`);
  const weight = options.sampleWeight ?? new Float64Array(n).fill(1);
  if (weight.length !== n)
    throw shapeError(where, "sampleWeight", `has ${weight.length} entries`, `${n} (rows of logits)`);
  const code = new Map(labels.map((l, c) => [l, c] as const));
  const own = Int32Array.from({ length: n }, (_, i) => {
    const c = code.get(yTrue[i]!);
    if (c === undefined)
      throw valueError(where, "yTrue", `holds ${show(yTrue[i])} at row ${i}, which is not in labels`);
    return c;
  });
  /** Derivative of the log loss with respect to b = 1 / T: mean of E_softmax[z] - z_true, increasing in b. */
  const slope = (b: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const z = logits.row(i);
      const top = z.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
      let mass = 0;
      let mean = 0;
      for (let c = 0; c < k; c++) {
        const e = Math.exp(b * (z[c]! - top));
        mass += e;
        mean += e * (z[c]! - top);
      }
      sum += weight[i]! * (mean / mass - (z[own[i]!]! - top));
    }
    return sum;
  };
  if (!(slope(0) < 0)) {
    throw valueError(
      where,
      "logits",
      "says nothing about yTrue: no positive temperature lowers the loss of a uniform guess",
    );
  }
  const allRight = own.every((c, i) => weight[i] === 0 || logits.at(i, c) >= Math.max(...logits.row(i)));
  if (allRight) {
    throw valueError(
      where,
      "yTrue",
      "is predicted right in every row, so no finite temperature is best; use more validation rows",
    );
  }
  let high = 1;
  while (slope(high) < 0) high *= 4;
  const b = brentRoot(slope, [0, high], { tolerance: 1e-14 * high }).x;
  return new TemperatureCalibration(1 / b);
}
