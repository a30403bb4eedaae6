import {
  DetectorModel,
  DetectorSpec,
  either,
  type FitOptions,
  formatError,
  int,
  type Label,
  type MatrixLike,
  numericalError,
  oneOf,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  type Schema,
  schemaOf,
  seed,
  step,
} from "../contract/index.ts";
import { quantile } from "../data/index.ts";
import type { Matrix } from "../math/index.ts";
import { type Dense, forward, type Hidden, train } from "./reconstruction.ts";

const params = {
  hidden: int({
    min: 1,
    default: 32,
    doc: "Units of the layers before and after the code",
    search: { low: 8, high: 128, scale: "log" },
  }),
  codeSize: either(
    oneOf(["auto"], {
      default: "auto",
      doc: 'Numbers that a row is squeezed into; "auto": the root of the number of columns, rounded',
    }),
    int({ min: 1, default: 2, doc: "" }),
  ),
  activation: oneOf(["relu", "tanh", "identity"], {
    default: "relu",
    doc: "Of the two hidden layers; with identity the best code is that of principal components",
  }),
  learningRateInit: real({
    min: 0,
    exclusiveMin: true,
    max: 1,
    default: 3e-3,
    doc: "Rate of Adam; it falls to a tenth along a half cosine",
    search: { low: 1e-4, high: 1e-2, scale: "log" },
  }),
  maxIter: int({ min: 1, default: 100, doc: "Passes over the rows" }),
  batchSize: int({ min: 1, default: 64, doc: "Rows of a step" }),
  alpha: real({
    min: 0,
    default: 0,
    doc: "Weight decay: every step shrinks the weights by rate times alpha",
  }),
  contamination: real({
    min: 0,
    exclusiveMin: true,
    max: 0.5,
    default: 0.1,
    doc: "Share of training rows that count as outliers",
  }),
  seed: seed(),
};

/**
 * Autoencoder as a detector (Hawkins et al., "Outlier detection using replicator neural networks", DaWaK 2002): a net
 * squeezes rows through a narrow code and learns to give them back. What is unlike most rows comes back wrong: the score
 * of a row is minus its mean squared error over the columns, each in units of its own deviation.
 *
 * It needs no labels, so it suits positives that are too rare to learn from; they must be unlike the rest in how columns
 * go together, and few among the rows of `fit`. A code as wide as the rows lets everything through. Training is in
 * float32 and starts from `seed`; scoring is in float64. `sampleWeight` weighs a row's part in deviations and loss, 0
 * leaves it out. Columns without variation count as they are.
 *
 * @example
 * // rows on a circle; a point inside it has usual columns, but not together
 * const X = Array.from({ length: 200 }, (_, i) => [Math.cos(i / 5), Math.sin(i / 5)]);
 * const model = new AutoencoderDetector({ codeSize: 1, contamination: 0.01, seed: 1 }).fit(X);
 * const [inside, on] = model.scoreSamples([[0.1, 0.1], [0.6, 0.8]]);
 * inside < on; // true
 */
export class AutoencoderDetector extends DetectorSpec<typeof params> {
  static readonly typeName = "AutoencoderDetector";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(AutoencoderDetector.typeName, params, given);
  }

  static fromState(state: unknown): AutoencoderDetector {
    return new AutoencoderDetector(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): AutoencoderDetectorModel {
    const where = "AutoencoderDetector.fit";
    const design = readDesign(X, where);
    const given = readWeights(options.sampleWeight, design.matrix.rows, where);
    const used = [...Array(design.matrix.rows).keys()].filter((i) => given === null || given[i]! > 0);
    const rows = given ? design.matrix.selectRows(used) : design.matrix;
    const weights = given ? Float64Array.from(used, (i) => given[i]!) : new Float64Array(rows.rows).fill(1);
    const { centre, scale } = unitsOf(rows, weights);
    const { codeSize, activation, contamination, maxIter } = this.params;
    const code = codeSize === "auto" ? Math.max(1, Math.round(Math.sqrt(rows.cols))) : codeSize;
    const { layers, lossCurve } = train(
      standardise(rows, centre, scale),
      weights,
      { ...this.params, code },
      (done) => step(where, options, done, maxIter, "passes"),
    );
    if (!lossCurve.every(Number.isFinite)) {
      throw numericalError(where, "the loss grew without bound: lower learningRateInit");
    }
    const schema = schemaOf(design);
    const state = { schema, centre, scale, layers, activation, lossCurve };
    const scores = new AutoencoderDetectorModel({ ...state, offset: 0 }).scoreSamples(rows);
    return new AutoencoderDetectorModel({ ...state, offset: quantile(scores, contamination) });
  }
}

/** Weighted mean and deviation of each column; 1 for columns that do not vary. Large numbers do not overflow. */
function unitsOf(X: Matrix, weights: Float64Array): { centre: Float64Array; scale: Float64Array } {
  const total = weights.reduce((a, w) => a + w, 0);
  const centre = new Float64Array(X.cols);
  const scale = new Float64Array(X.cols);
  for (let j = 0; j < X.cols; j++) {
    const column = X.col(j);
    const size = column.reduce((m, v) => Math.max(m, Math.abs(v)), 0) || 1;
    let mean = 0;
    for (let i = 0; i < X.rows; i++) mean += (weights[i]! / total) * (column[i]! / size);
    let variance = 0;
    for (let i = 0; i < X.rows; i++) variance += (weights[i]! / total) * (column[i]! / size - mean) ** 2;
    centre[j] = mean * size;
    scale[j] = variance > 1e-24 ? Math.sqrt(variance) * size : 1;
  }
  return { centre, scale };
}

function standardise(X: Matrix, centre: Float64Array, scale: Float64Array): Matrix {
  return X.map((v, at) => (v - centre[at % X.cols]!) / scale[at % X.cols]!);
}

interface State {
  readonly schema: Schema;
  readonly centre: Float64Array;
  readonly scale: Float64Array;
  readonly layers: readonly Dense[];
  readonly activation: Hidden;
  readonly lossCurve: Float64Array;
  readonly offset: number;
}

/** What {@link AutoencoderDetector} learned. */
export class AutoencoderDetectorModel extends DetectorModel {
  static readonly typeName = "AutoencoderDetectorModel";
  /** Mean loss of each pass: squared error in units of the columns' deviations. */
  readonly lossCurve: Float64Array;
  /** Scores below it are outliers. */
  readonly offset: number;
  readonly #state: State;

  constructor(state: State) {
    super(state.schema);
    this.#state = state;
    this.lossCurve = state.lossCurve;
    this.offset = state.offset;
  }

  /** The code of each row: [n, codeSize]. */
  encode(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, "AutoencoderDetectorModel.encode");
    const { centre, scale, layers, activation } = this.#state;
    return forward(layers.slice(0, 2), activation, standardise(matrix, centre, scale));
  }

  /** Each row as it comes back, in its own units: [n, columns]. */
  reconstruct(X: MatrixLike): Matrix {
    const { matrix } = readLike(this.schema, X, "AutoencoderDetectorModel.reconstruct");
    const { centre, scale, layers, activation } = this.#state;
    const back = forward(layers, activation, standardise(matrix, centre, scale));
    return back.map((v, at) => centre[at % matrix.cols]! + scale[at % matrix.cols]! * v);
  }

  /** Minus the mean squared error of each row; the lower, the stranger. */
  scoreSamples(X: MatrixLike): Float64Array {
    const { matrix } = readLike(this.schema, X, "AutoencoderDetectorModel.scoreSamples");
    const { centre, scale, layers, activation } = this.#state;
    const z = standardise(matrix, centre, scale);
    const back = forward(layers, activation, z);
    return Float64Array.from({ length: matrix.rows }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < matrix.cols; j++) sum += (z.at(i, j) - back.at(i, j)) ** 2;
      // Rows so far out that the net overflows are as strange as can be.
      return Number.isNaN(sum) ? Number.NEGATIVE_INFINITY : -sum / matrix.cols;
    });
  }

  /** Score less offset: negative for outliers. */
  override decisionFunction(X: MatrixLike): Float64Array {
    return this.scoreSamples(X).map((s) => s - this.offset);
  }

  override toState(): unknown {
    return this.#state;
  }

  static fromState(state: unknown): AutoencoderDetectorModel {
    const s = state as State;
    const widths = s.layers.map((l) => [l.weight.cols, l.weight.rows, l.bias.length]);
    const d = s.schema.nFeatures;
    const chained = widths.every(
      ([from, to, b], i) => to === b && from === (i === 0 ? d : widths[i - 1]![1]),
    );
    if (
      widths.length !== 4 ||
      !chained ||
      widths[3]![1] !== d ||
      s.centre.length !== d ||
      s.scale.length !== d
    ) {
      throw formatError(
        "AutoencoderDetectorModel.fromState",
        "the layers do not fit each other or the columns",
      );
    }
    return new AutoencoderDetectorModel(s);
  }
}
