import {
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
import { norm2 } from "../../math/index.ts";
import { ColumnwiseModel, inputNames, startFit } from "./base.ts";

const NORMALIZER_PARAMS = {
  norm: oneOf(["l2", "l1", "max"], { default: "l2", doc: "Length that becomes 1" }),
} as const;

/**
 * Rows of length 1; a row of zeros stays. Nothing is learned but the number of columns.
 *
 * @example
 * new Normalizer().fit([[3, 4]]).transform([[3, 4]]).toArray(); // [[0.6, 0.8]]
 */
export class Normalizer extends TransformerSpec<typeof NORMALIZER_PARAMS> {
  static readonly typeName = "Normalizer";
  static readonly params = NORMALIZER_PARAMS;

  constructor(params: ParamInput<typeof NORMALIZER_PARAMS> = {}) {
    super("Normalizer", NORMALIZER_PARAMS, params);
  }

  static fromState(state: unknown): Normalizer {
    return new Normalizer(state as ParamInput<typeof NORMALIZER_PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): NormalizerModel {
    const { schema } = startFit(X, options, "Normalizer.fit", {});
    return new NormalizerModel({ schema, norm: this.params.norm });
  }
}

interface NormalizerState {
  readonly schema: Schema;
  readonly norm: "l1" | "l2" | "max";
}

/** Divides each row by its norm; nothing was learned but the columns. */
export class NormalizerModel extends TransformerModel {
  static readonly typeName = "NormalizerModel";
  /** Sum of absolute values, Euclidean length, or largest absolute value. */
  readonly norm: NormalizerState["norm"];

  constructor(state: NormalizerState) {
    super(state.schema);
    this.norm = state.norm;
  }

  outputNames(): readonly string[] {
    return inputNames(this.schema);
  }

  transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "Normalizer.transform");
    const out = matrix.data.slice();
    const d = matrix.cols;
    for (let i = 0; i < matrix.rows; i++) {
      const row = out.subarray(i * d, (i + 1) * d);
      let length = 0;
      if (this.norm === "l2") length = norm2(row);
      else
        for (const v of row)
          length = this.norm === "l1" ? length + Math.abs(v) : Math.max(length, Math.abs(v));
      if (length > 0) for (let j = 0; j < d; j++) row[j]! /= length;
    }
    return new NamedMatrix(out, matrix.rows, this.outputNames());
  }
  toState(): unknown {
    return { schema: this.schema, norm: this.norm };
  }
  static fromState(state: unknown): NormalizerModel {
    return new NormalizerModel(state as NormalizerState);
  }
}

const BINARIZER_PARAMS = {
  threshold: real({ default: 0, doc: "Values above it become 1, the others 0" }),
} as const;

/**
 * 1 above a threshold, 0 at or below it; missing values stay missing.
 *
 * @example
 * new Binarizer({ threshold: 5 }).fit([[1], [9]]).transform([[1], [9]]).col(0); // Float64Array [0, 1]
 */
export class Binarizer extends TransformerSpec<typeof BINARIZER_PARAMS> {
  static readonly typeName = "Binarizer";
  static readonly params = BINARIZER_PARAMS;

  constructor(params: ParamInput<typeof BINARIZER_PARAMS> = {}) {
    super("Binarizer", BINARIZER_PARAMS, params);
  }

  static fromState(state: unknown): Binarizer {
    return new Binarizer(state as ParamInput<typeof BINARIZER_PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): BinarizerModel {
    const { schema } = startFit(X, options, "Binarizer.fit");
    return new BinarizerModel({ schema, threshold: this.params.threshold });
  }
}

interface BinarizerState {
  readonly schema: Schema;
  readonly threshold: number;
}

/** Compares every value with the threshold; nothing was learned but the columns. */
export class BinarizerModel extends ColumnwiseModel {
  static readonly typeName = "BinarizerModel";
  readonly threshold: number;

  constructor(state: BinarizerState) {
    super(state.schema);
    this.threshold = state.threshold;
  }

  protected forward(v: number): number {
    return v > this.threshold ? 1 : 0;
  }

  toState(): unknown {
    return { schema: this.schema, threshold: this.threshold };
  }
  static fromState(state: unknown): BinarizerModel {
    return new BinarizerModel(state as BinarizerState);
  }
}
