import {
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  readDesign,
  real,
  schemaOf,
  TransformerSpec,
} from "../../contract/index.ts";
import { valueError } from "../../errors.ts";
import { columnsWhere, type Selection, SelectorModel, startSelection } from "./selector.ts";

const PARAMS = {
  threshold: real({ min: 0, default: 0, doc: "Columns whose variance is not above it are dropped" }),
} as const;

/**
 * Drops columns that hardly vary: by default only constant ones. Missing values are left out of the variance.
 * Variances depend on units, so a threshold above 0 needs columns of one scale.
 *
 * @throws a sentence where no column is left
 * @example
 * new VarianceThreshold().fit([[1, 7], [2, 7], [3, 7]]).support; // Int32Array [0]
 */
export class VarianceThreshold extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "VarianceThreshold";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("VarianceThreshold", PARAMS, params);
  }
  static fromState(state: unknown): VarianceThreshold {
    return new VarianceThreshold(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): VarianceThresholdModel {
    const where = "VarianceThreshold.fit";
    startSelection(options, 0, where);
    const design = readDesign(X, where, { allowMissing: true });
    const { matrix } = design;
    const { threshold } = this.params;
    const variances = Float64Array.from({ length: matrix.cols }, (_, j) => populationVariance(matrix.col(j)));
    const support = columnsWhere(matrix.cols, (j) => variances[j]! > threshold);
    if (support.length === 0)
      throw valueError(
        where,
        "X",
        `has no column whose variance is above ${threshold}${matrix.rows === 1 ? ": it has one row" : ""}`,
      );
    return new VarianceThresholdModel({ schema: schemaOf(design), support, variances });
  }
}

/** Population variance of the values that are there; exactly 0 for equal ones, whatever the rounding of the mean. */
function populationVariance(column: Float64Array): number {
  const present = column.filter((v) => !Number.isNaN(v));
  if (present.length === 0 || present.every((v) => v === present[0])) return 0;
  const mean = present.reduce((a, b) => a + b, 0) / present.length;
  return present.reduce((a, v) => a + (v - mean) ** 2, 0) / present.length;
}

interface State extends Selection {
  readonly variances: Float64Array;
}

/** Columns whose variance exceeds the threshold; `transform` keeps them. */
export class VarianceThresholdModel extends SelectorModel {
  static readonly typeName = "VarianceThresholdModel";
  /** Population variance of each training column. */
  readonly variances: Float64Array;

  constructor(state: State) {
    super(state);
    this.variances = state.variances;
  }
  protected override get passesMissing(): boolean {
    return true;
  }
  toState(): unknown {
    return { schema: this.schema, support: this.support, variances: this.variances };
  }
  static fromState(state: unknown): VarianceThresholdModel {
    return new VarianceThresholdModel(state as State);
  }
}
