import {
  ClassifierModel,
  ClassifierSpec,
  type FitOptions,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  readDesign,
  readLabels,
  readLike,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  shapeError,
  throwIfAborted,
  valueError,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { reducedDistance } from "./metric.ts";

const params = {
  metric: oneOf(["euclidean", "manhattan"], {
    default: "euclidean",
    doc: "Distance to the centroids, which are means (euclidean) or medians (manhattan)",
  }),
  shrinkThreshold: optional(
    real({
      min: 0,
      exclusiveMin: true,
      default: 0.5,
      doc: "Moves centroids towards the overall mean by this many standard errors, which removes columns that do not tell classes apart; null for none",
    }),
  ),
};

/**
 * The class whose centroid is nearest. With `shrinkThreshold` these are nearest shrunken centroids.
 *
 * Distances are no probabilities: `predictProba` gives 1 to the nearest class.
 *
 * Source: Tibshirani et al. (2002), PNAS 99.
 *
 * @example
 * const model = new NearestCentroid().fit([[0], [2], [9]], ["a", "a", "b"]);
 * model.centroids.col(0); // [1, 9]
 */
export class NearestCentroid extends ClassifierSpec<typeof params> {
  static readonly typeName = "NearestCentroid";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(NearestCentroid.typeName, params, given);
  }

  static fromState(state: unknown): NearestCentroid {
    return new NearestCentroid(state as ParamInput<typeof params>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): NearestCentroidModel<L> {
    const where = "NearestCentroid.fit";
    throwIfAborted(options.signal, where);
    refuseWeights(options, where, "centroids weigh rows alike: repeat rows instead");
    const design = readDesign(X, where);
    const { matrix } = design;
    const { classes, codes } = readLabels(y, matrix.rows, where);
    if (classes.length < 2) throw valueError(where, "y", "holds one class, expected at least two");
    const { metric, shrinkThreshold } = this.params;
    const centroids = Matrix.zeros(classes.length, matrix.cols);
    classes.forEach((_, k) => {
      const rows = Array.from(codes.keys()).filter((i) => codes[i] === k);
      for (let j = 0; j < matrix.cols; j++) {
        const values = Float64Array.from(rows, (i) => matrix.at(i, j));
        centroids.set(k, j, metric === "manhattan" ? median(values) : mean(values));
      }
    });
    if (shrinkThreshold !== null) shrink(matrix, codes, centroids, shrinkThreshold, where);
    return new NearestCentroidModel(schemaOf(design), classes, centroids, metric);
  }
}

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
const median = (values: Float64Array): number => {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Soft-thresholds each centroid's standardised distance from the overall mean, in place. */
function shrink(X: Matrix, codes: Int32Array, centroids: Matrix, threshold: number, where: string): void {
  const [n, K] = [X.rows, centroids.rows];
  if (n <= K) throw shapeError(where, "X", `has ${n} rows`, `more than ${K}, the number of classes`);
  const counts = new Float64Array(K);
  for (const code of codes) counts[code] = counts[code]! + 1;
  const spread = Float64Array.from({ length: X.cols }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (X.at(i, j) - centroids.at(codes[i]!, j)) ** 2;
    return Math.sqrt(sum / (n - K));
  });
  const typical = median(spread);
  for (let j = 0; j < X.cols; j++) {
    const overall = mean(X.col(j));
    const s = spread[j]! + typical;
    if (s === 0) continue;
    for (let k = 0; k < K; k++) {
      const unit = s * Math.sqrt(1 / counts[k]! - 1 / n);
      const deviation = (centroids.at(k, j) - overall) / unit;
      const kept = Math.sign(deviation) * Math.max(0, Math.abs(deviation) - threshold);
      centroids.set(k, j, overall + kept * unit);
    }
  }
}

/** What {@link NearestCentroid} learned. */
export class NearestCentroidModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "NearestCentroidModel";
  /** One row per class. */
  readonly centroids: Matrix;
  readonly metric: "euclidean" | "manhattan";

  constructor(schema: Schema, classes: readonly L[], centroids: Matrix, metric: "euclidean" | "manhattan") {
    super(schema, classes);
    this.centroids = centroids;
    this.metric = metric;
  }

  override predictProba(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, "NearestCentroidModel.predictProba");
    const K = this.classes.length;
    const reduced = reducedDistance({ kind: this.metric, p: 2 });
    const out = Matrix.zeros(matrix.rows, K);
    for (let i = 0; i < matrix.rows; i++) {
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let k = 0; k < K; k++) {
        const value = reduced(matrix.data, i, this.centroids.data, k, matrix.cols);
        if (value < least) {
          least = value;
          best = k;
        }
      }
      out.data[i * K + best] = 1;
    }
    return out;
  }

  override toState(): unknown {
    const { schema, classes, centroids, metric } = this;
    return { schema, classes, centroids, metric };
  }

  static fromState(state: unknown): NearestCentroidModel {
    const s = state as {
      schema: Schema;
      classes: Label[];
      centroids: Matrix;
      metric: "euclidean" | "manhattan";
    };
    return new NearestCentroidModel(s.schema, s.classes, s.centroids, s.metric);
  }
}
