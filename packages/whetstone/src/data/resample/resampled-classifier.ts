import {
  ClassifierModel,
  ClassifierSpec,
  custom,
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  type ParamTable,
  readDesign,
  readLabels,
  readLike,
  readWeights,
  type Schema,
  schemaOf,
  throwIfAborted,
  unsupported,
} from "../../contract/index.ts";
import { argumentError, valueError } from "../../errors.ts";
import type { Matrix } from "../../math/index.ts";
import type { Resampler } from "./common.ts";
import { RandomOverSampler } from "./random.ts";

type AnyClassifier = ClassifierSpec<ParamTable>;

const PARAMS = {
  resampler: custom<Resampler>({
    default: new RandomOverSampler(),
    doc: "What changes the training rows",
    expected: "a resampler",
    accepts: (v) =>
      typeof v === "object" && v !== null && typeof (v as Partial<Resampler>).resample === "function",
  }),
  estimator: custom<AnyClassifier | null>({
    default: null,
    doc: "Classifier that is fitted to the resampled rows",
    expected: "a classifier",
    accepts: (v) => v instanceof ClassifierSpec,
  }),
} as const;

/**
 * A classifier that is fitted to resampled rows. As resampling happens inside `fit`, cross-validation resamples the
 * training part of each fold only, and rows to predict are left as they are.
 */
export class ResampledClassifier extends ClassifierSpec<typeof PARAMS> {
  static readonly typeName = "ResampledClassifier";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("ResampledClassifier", PARAMS, params);
    if (this.params.estimator === null) {
      throw argumentError("ResampledClassifier", "estimator", undefined, "a classifier");
    }
  }

  static fromState(state: unknown): ResampledClassifier {
    return new ResampledClassifier(state as ParamInput<typeof PARAMS>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): ResampledClassifierModel<L> {
    const where = "ResampledClassifier.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { classes } = readLabels(y, design.matrix.rows, where);
    if (classes.length < 2) throw valueError(where, "y", "holds one class, expected at least two");
    if (readWeights(options.sampleWeight, design.matrix.rows, where)) {
      throw unsupported(where, "sampleWeight does not go with resampling: weigh the classes instead");
    }
    const more = this.params.resampler.resample(design.matrix, y);
    const model = this.params.estimator!.fit(more.X, more.y, options);
    return new ResampledClassifierModel(schemaOf(design), model);
  }
}

/** What {@link ResampledClassifier} learned. */
export class ResampledClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "ResampledClassifierModel";
  /** The classifier fitted to the resampled rows. */
  readonly model: ClassifierModel<L>;

  constructor(schema: Schema, model: ClassifierModel<L>) {
    super(schema, model.classes);
    this.model = model;
  }

  override predictProba(X: MatrixLike): Matrix {
    return this.model.predictProba(readLike(this.schema, X, "ResampledClassifierModel.predictProba").matrix);
  }

  override toState(): unknown {
    return { schema: this.schema, model: this.model };
  }

  static fromState(state: unknown): ResampledClassifierModel {
    const s = state as { schema: Schema; model: ClassifierModel };
    return new ResampledClassifierModel(s.schema, s.model);
  }
}
