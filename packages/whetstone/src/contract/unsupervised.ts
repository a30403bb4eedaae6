import { argumentError } from "../errors.ts";
import { Model, Spec } from "./estimator.ts";
import { type Label, type MatrixLike, type Schema, unsupported } from "./input.ts";
import type { ParamTable } from "./params.ts";
import type { FitOptions } from "./run.ts";

/** Learns groups of rows. A second argument of `fit` is ignored, so that clusterers fit where other estimators do. */
export abstract class ClustererSpec<T extends ParamTable> extends Spec<T> {
  readonly kind = "clusterer";
  /** Groups the rows of X (n x d); a second argument is ignored. */
  abstract fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): ClustererModel;
  /** The group of every row: `fit(X).labels`. */
  fitPredict(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): Int32Array {
    return this.fit(X, y, options).labels;
  }
  /** As `fit`, in a worker: the calling thread stays free, and `signal` stops at once. */
  fitAsync(
    X: MatrixLike,
    y?: ArrayLike<Label> | null,
    options?: FitOptions,
  ): Promise<ReturnType<this["fit"]>> {
    return this.fitElsewhere(X, y, options) as Promise<ReturnType<this["fit"]>>;
  }
}

/** What a clusterer found in its training rows: a group for each. */
export abstract class ClustererModel extends Model {
  /** Group of each training row, 0 to nClusters - 1; -1 for noise, where the method knows noise. */
  readonly labels: Int32Array;

  constructor(schema: Schema, labels: Int32Array) {
    super(schema);
    this.labels = labels;
  }

  /** Groups found, noise not counted. */
  get nClusters(): number {
    return this.labels.reduce((most, label) => Math.max(most, label + 1), 0);
  }
}

/** A clusterer's model that can also place new rows. */
export abstract class InductiveClustererModel extends ClustererModel {
  /** The group of each row of X. */
  abstract predict(X: MatrixLike): Int32Array;
}

/** Learns what is ordinary. */
export abstract class DetectorSpec<T extends ParamTable> extends Spec<T> {
  readonly kind = "detector";
  /** Learns from X (n x d) what is ordinary; a second argument is ignored. */
  abstract fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): DetectorModel;
  /** As `fit`, in a worker: the calling thread stays free, and `signal` stops at once. */
  fitAsync(
    X: MatrixLike,
    y?: ArrayLike<Label> | null,
    options?: FitOptions,
  ): Promise<ReturnType<this["fit"]>> {
    return this.fitElsewhere(X, y, options) as Promise<ReturnType<this["fit"]>>;
  }
}

/** What a detector learned of ordinary rows; it judges any rows with the columns of training. */
export abstract class DetectorModel extends Model {
  /** Negative for outliers: how far each row of X lies on the ordinary side. */
  abstract decisionFunction(X: MatrixLike): Float64Array;
  /** 1 for ordinary rows, -1 for outliers. */
  predict(X: MatrixLike): Int32Array {
    return Int32Array.from(this.decisionFunction(X), (v) => (v < 0 ? -1 : 1));
  }
}

/** Refuses weights where an algorithm has no meaning for them. */
export function refuseWeights(options: FitOptions | undefined, where: string, why: string): void {
  if (options?.sampleWeight !== undefined) throw unsupported(where, `sampleWeight was given, but ${why}`);
}

/** Refuses a count that exceeds the rows there are. */
export function requireRowsFor(where: string, name: string, value: number, rows: number): void {
  if (value > rows) throw argumentError(where, name, value, `at most ${rows}, the number of rows of X`);
}
