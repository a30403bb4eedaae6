import {
  bool,
  type FitOptions,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  type ParamInput,
  readLike,
  real,
  type Schema,
  TransformerModel,
  TransformerSpec,
} from "../../contract/index.ts";
import { valueError } from "../../errors.ts";
import { eigh, Matrix } from "../../math/index.ts";
import { inputNames, startFit } from "./base.ts";

const PARAMS = {
  method: oneOf(["zca", "pca"], {
    default: "zca",
    doc: "pca turns to the principal axes, zca turns back again and so stays closest to the columns as they were",
  }),
  center: bool({ default: true, doc: "Whether the means are taken off" }),
  epsilon: real({
    min: 0,
    default: 1e-12,
    doc: "Added to every variance, as a share of the largest, so that directions without spread do not blow up",
  }),
} as const;

/**
 * Whitening: columns without correlation and of unit variance (population, as StandardScaler's).
 *
 * Kessy, Lewin, Strimmer, "Optimal whitening and decorrelation", 2018.
 *
 * @example
 * const W = new Whitening().fit([[1, 1], [-1, -1], [2, -2], [-2, 2]]);
 * W.transform([[1, 1]]).data.map((v) => Math.round(v * 1e6) / 1e6); // [1, 1]
 */
export class Whitening extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "Whitening";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("Whitening", PARAMS, params);
  }

  static fromState(state: unknown): Whitening {
    return new Whitening(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): WhiteningModel {
    const where = "Whitening.fit";
    const { design, schema, weights } = startFit(X, options, where, {});
    const { rows: n, cols: d, data } = design.matrix;
    const { method, center, epsilon } = this.params;
    const total = weights ? weights.reduce((a, b) => a + b, 0) : n;
    const means = new Float64Array(d);
    for (let i = 0; i < n; i++) {
      const w = (weights ? weights[i]! : 1) / total;
      for (let j = 0; j < d; j++) means[j] = means[j]! + w * (data[i * d + j]! - data[j]!);
    }
    for (let j = 0; j < d; j++) means[j] = means[j]! + data[j]!;
    const C = Matrix.zeros(d, d);
    for (let i = 0; i < n; i++) {
      const w = (weights ? weights[i]! : 1) / total;
      for (let a = 0; a < d; a++) {
        const v = w * (data[i * d + a]! - means[a]!);
        for (let b = 0; b < d; b++)
          C.data[a * d + b] = C.data[a * d + b]! + v * (data[i * d + b]! - means[b]!);
      }
    }
    if (!C.data.every(Number.isFinite)) {
      throw valueError(where, "X", "holds numbers whose squares overflow: scale it first");
    }
    for (let a = 0; a < d; a++) for (let b = 0; b < a; b++) C.data[a * d + b] = C.data[b * d + a]!;
    const { values, vectors } = eigh(C, { order: "descending" });
    const most = Math.max(0, values[0]!);
    const gains = values.map((v) => {
      const s = Math.max(0, v) + epsilon * most;
      return s > 0 ? 1 / Math.sqrt(s) : 0;
    });
    // Rows are the new axes: D^-1/2 V^T, and V times that for zca.
    const half = Matrix.zeros(d, d);
    for (let k = 0; k < d; k++) for (let j = 0; j < d; j++) half.set(k, j, gains[k]! * vectors.at(j, k));
    const W = method === "pca" ? half : vectors.matmul(half);
    return new WhiteningModel(schema, center ? means : new Float64Array(d), W, method);
  }
}

/** What {@link Whitening} learned. */
export class WhiteningModel extends TransformerModel {
  static readonly typeName = "WhiteningModel";
  readonly means: Float64Array;
  /** Each row is a new axis: z = components (x - means). */
  readonly components: Matrix;
  readonly method: "zca" | "pca";

  constructor(schema: Schema, means: Float64Array, components: Matrix, method: "zca" | "pca") {
    super(schema);
    this.means = means;
    this.components = components;
    this.method = method;
  }

  outputNames(): readonly string[] {
    const names = inputNames(this.schema);
    return this.method === "zca" ? names : names.map((_, k) => `pc${k}`);
  }

  transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "Whitening.transform");
    const { rows, cols: d, data } = matrix;
    const out = new Float64Array(rows * d);
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < d; k++) {
        let sum = 0;
        for (let j = 0; j < d; j++)
          sum += this.components.data[k * d + j]! * (data[i * d + j]! - this.means[j]!);
        out[i * d + k] = sum;
      }
    }
    return new NamedMatrix(out, rows, this.outputNames());
  }

  override toState(): unknown {
    return { schema: this.schema, means: this.means, components: this.components, method: this.method };
  }

  static fromState(state: unknown): WhiteningModel {
    const s = state as { schema: Schema; means: Float64Array; components: Matrix; method: "zca" | "pca" };
    return new WhiteningModel(s.schema, s.means, s.components, s.method);
  }
}
