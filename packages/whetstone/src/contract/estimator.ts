import type { Matrix } from "../math/matrix.ts";
import { encode } from "./codec.ts";
import { fitInWorker } from "./fit-async.ts";
import type { Label, MatrixLike, Schema, TextLike } from "./input.ts";
import { type ParamInput, type ParamTable, type ParamValues, parseParams } from "./params.ts";
import type { FitOptions } from "./run.ts";

/**
 * What an estimator learns, which says what its model can do: `"classifier"` predicts labels, `"regressor"`
 * numbers, `"transformer"` maps features, `"clusterer"` groups rows, `"detector"` tells outliers, `"density"`
 * scores how likely a row is, `"embedding"` lays the training rows out in few dimensions.
 */
export type EstimatorKind =
  | "classifier"
  | "regressor"
  | "transformer"
  | "clusterer"
  | "detector"
  | "density"
  | "embedding";

/**
 * What to learn: an immutable set of checked parameters. `fit` gives a model; only models predict. A concrete
 * class has a static `typeName`, its parameter table as static `params`, and a constructor that takes a subset
 * of the parameters.
 */
export abstract class Spec<T extends ParamTable> {
  /** Every parameter with the value in force: those given, and the defaults of the rest. */
  readonly params: ParamValues<T>;
  /** What it learns; see {@link EstimatorKind}. */
  abstract readonly kind: EstimatorKind;

  constructor(typeName: string, table: T, given: ParamInput<T>) {
    this.params = parseParams(typeName, table, given);
  }

  /** The same estimator with some parameters changed. */
  with(changes: ParamInput<T>): this {
    return new (this.constructor as new (p: ParamInput<T>) => this)({ ...this.params, ...changes });
  }

  /** The parameters as plain values: what `save` of a search or pipeline keeps, and `fromState` takes. */
  toState(): unknown {
    return this.params;
  }

  protected fitElsewhere(X: unknown, y: unknown, options: FitOptions | undefined): Promise<unknown> {
    return fitInWorker(this, X, y, options ?? {});
  }
}

/** Learns labels. */
export abstract class ClassifierSpec<T extends ParamTable> extends Spec<T> {
  readonly kind = "classifier";
  /**
   * Learns from X (n x d) and one label per row of it; throws where their lengths differ or X holds NaN the
   * method cannot read.
   */
  abstract fit<L extends Label>(X: MatrixLike, y: ArrayLike<L>, options?: FitOptions): ClassifierModel<L>;
  /** As `fit`, in a worker: the calling thread stays free, and `signal` stops at once. */
  fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: FitOptions,
  ): Promise<ClassifierModel<L>> {
    return this.fitElsewhere(X, y, options) as Promise<ClassifierModel<L>>;
  }
}

/** Learns numbers. */
export abstract class RegressorSpec<T extends ParamTable> extends Spec<T> {
  readonly kind = "regressor";
  /**
   * Learns from X (n x d) and one finite number per row of it; throws where their lengths differ or X holds
   * NaN the method cannot read.
   */
  abstract fit(X: MatrixLike, y: ArrayLike<number>, options?: FitOptions): RegressorModel;
  /** As `fit`, in a worker: the calling thread stays free, and `signal` stops at once. */
  fitAsync(X: MatrixLike, y: ArrayLike<number>, options?: FitOptions): Promise<ReturnType<this["fit"]>> {
    return this.fitElsewhere(X, y, options) as Promise<ReturnType<this["fit"]>>;
  }
}

/** Learns a map of features. `y` is used by supervised transformers (target encoding) and ignored by the others. */
export abstract class TransformerSpec<T extends ParamTable> extends Spec<T> {
  readonly kind = "transformer";
  /** Learns the map from the columns of X (n x d). */
  abstract fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): TransformerModel;
  /**
   * Fits and gives the training rows transformed. For most transformers that is `fit(X).transform(X)`; one that
   * learns from `y` (target encoding) gives each row a value learned without that row.
   */
  fitTransform(
    X: MatrixLike,
    y?: ArrayLike<Label> | null,
    options?: FitOptions,
  ): { model: TransformerModel; transformed: MatrixLike } {
    const model = this.fit(X, y, options);
    return { model, transformed: model.transform(X) };
  }
  /** As `fit`, in a worker: the calling thread stays free, and `signal` stops at once. */
  fitAsync(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): Promise<TransformerModel> {
    return this.fitElsewhere(X, y, options) as Promise<TransformerModel>;
  }
}

/** What was learned. A concrete class has a static `typeName` (that of its spec plus "Model") and `fromState`. */
export abstract class Model {
  /** What is known of the training columns. */
  readonly schema: Schema;

  constructor(schema: Schema) {
    this.schema = schema;
  }

  /** Columns of the training X; prediction asks for as many. */
  get nFeatures(): number {
    return this.schema.nFeatures;
  }
  /** Names of the training columns, or null where X had none. */
  get featureNames(): readonly string[] | null {
    return this.schema.names;
  }

  /** Everything needed to rebuild the model: plain values, typed arrays and other encodable instances. */
  abstract toState(): unknown;

  /** The model as one file: JSON header and safetensors body. `load` of `whetstone` reads it back. */
  save(): Uint8Array {
    return encode(this, `${(this.constructor as { typeName?: string }).typeName ?? "Model"}.save`);
  }
}

/**
 * What a regressor learned. `predict` wants the columns of training: named columns in any order, others in
 * the same order; it throws a shape error for another number of them.
 */
export abstract class RegressorModel extends Model {
  /** One number per row of X. */
  abstract predict(X: MatrixLike): Float64Array;
}

/**
 * What a classifier learned. `predictProba` and `predict` want the columns of training: named columns in any
 * order, others in the same order; they throw a shape error for another number of them.
 */
export abstract class ClassifierModel<L extends Label = Label> extends Model {
  /** The labels, sorted; columns of `predictProba` are in this order. */
  readonly classes: readonly L[];

  constructor(schema: Schema, classes: readonly L[]) {
    super(schema);
    this.classes = classes;
  }

  /** False where {@link predictProba} refuses, since the method gives scores only. */
  get givesProbabilities(): boolean {
    return true;
  }

  /** Probabilities, one row per row of X and one column per class; rows sum to 1. */
  abstract predictProba(X: MatrixLike): Matrix;

  /** The most probable label of each row; ties go to the first class. */
  predict(X: MatrixLike): L[] {
    const { data, rows, cols } = this.predictProba(X);
    const out = new Array<L>(rows);
    for (let i = 0; i < rows; i++) {
      let best = 0;
      for (let k = 1; k < cols; k++) if (data[i * cols + k]! > data[i * cols + best]!) best = k;
      out[i] = this.classes[best]!;
    }
    return out;
  }
}

/**
 * What a transformer learned: the map from the training columns to new ones, to be put on any rows with these
 * columns.
 */
export abstract class TransformerModel extends Model {
  /** The transformed features. */
  abstract transform(X: MatrixLike): MatrixLike;
  /** Names of the columns that `transform` gives. */
  abstract outputNames(): readonly string[];
}

/** A spec class as the registry and searches see it. */
export interface SpecClass {
  readonly typeName: string;
  readonly params: ParamTable;
  new (params?: Record<string, unknown>): Spec<ParamTable>;
}

/** A fitted map of features: a {@link TransformerModel}, or a pipeline that ends in one. */
export interface FittedTransform extends Model {
  transform(X: TextLike): MatrixLike;
  /** Names of the columns that `transform` gives. */
  outputNames(): readonly string[];
}

/** Whatever can be a step before the last: a {@link TransformerSpec}, or a pipeline that ends in one. */
export interface Transforms extends Spec<ParamTable> {
  fitTransform(
    X: TextLike,
    y?: ArrayLike<Label> | null,
    options?: FitOptions,
  ): { model: FittedTransform; transformed: MatrixLike };
}

/**
 * Whether a value can be a step before the last of a pipeline: a spec of kind `"transformer"` that has
 * `fitTransform`.
 *
 * @example
 * isTransforms(new StandardScaler()); // true
 * isTransforms(new Ridge()); // false
 */
export function isTransforms(value: unknown): value is Transforms {
  return value instanceof Spec && value.kind === "transformer" && "fitTransform" in value;
}
