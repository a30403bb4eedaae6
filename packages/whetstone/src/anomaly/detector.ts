import { type FitOptions, type MatrixLike, Model, type ParamTable, Spec } from "../contract/index.ts";

/** Learns what is usual, without labels. */
export abstract class DetectorSpec<T extends ParamTable> extends Spec<T> {
  readonly kind = "detector";
  /** `y` is ignored; it is there so that a detector fits where other estimators do. */
  abstract fit(X: MatrixLike, y?: unknown, options?: FitOptions): DetectorModel;
  /** As `fit`, in a worker: the calling thread stays free, and `signal` stops at once. */
  fitAsync(X: MatrixLike, y?: unknown, options?: FitOptions): Promise<ReturnType<this["fit"]>> {
    return this.fitElsewhere(X, y ?? null, options) as Promise<ReturnType<this["fit"]>>;
  }
}

/** What a detector learned. Scores are scikit-learn's: the lower, the stranger. */
export abstract class DetectorModel extends Model {
  /** Scores below it are outliers. */
  abstract readonly offset: number;
  /** How usual each row is; the lower, the stranger. */
  abstract scoreSamples(X: MatrixLike): Float64Array;

  /** Score less offset: negative for outliers. */
  decisionFunction(X: MatrixLike): Float64Array {
    return this.scoreSamples(X).map((s) => s - this.offset);
  }

  /** 1 for what is usual, -1 for outliers. */
  predict(X: MatrixLike): Float64Array {
    return this.decisionFunction(X).map((d) => (d < 0 ? -1 : 1));
  }
}
