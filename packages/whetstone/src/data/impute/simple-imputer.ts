import {
  bool,
  custom,
  type FitOptions,
  featureName,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  type ParamInput,
  readLike,
  type Schema,
  TransformerModel,
  TransformerSpec,
  warn,
} from "../../contract/index.ts";
import { argumentError, show, valueError } from "../../errors.ts";
import { columnMoments, inputNames, startFit } from "../preprocessing/base.ts";
import { quantileSorted, sortSample } from "../quantile.ts";

const PARAMS = {
  strategy: oneOf(["mean", "median", "mostFrequent", "constant"], {
    default: "mean",
    doc: "What fills a missing number; categories take mostFrequent or constant",
  }),
  fillValue: custom<number | string | null>({
    default: null,
    doc: 'The constant; null is 0 for numbers and "missing" for categories',
    expected: "a finite number, a string or null",
    accepts: (v) => v === null || typeof v === "string" || (typeof v === "number" && Number.isFinite(v)),
  }),
  addIndicator: bool({
    default: false,
    doc: "Add a column of 0 and 1 for every column with missing values in training",
  }),
} as const;

/**
 * Fills missing values with one value per column. Columns of categories stay categories. A column without any
 * value in training is filled with 0, with a warning.
 *
 * @example
 * new SimpleImputer().fit([[1], [NaN], [3]]).transform([[NaN]]).at(0, 0); // 2
 */
export class SimpleImputer extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "SimpleImputer";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("SimpleImputer", PARAMS, params);
    if (this.params.fillValue !== null && this.params.strategy !== "constant")
      throw argumentError(
        "SimpleImputer",
        "fillValue",
        this.params.fillValue,
        'null unless strategy is "constant"',
      );
  }

  static fromState(state: unknown): SimpleImputer {
    return new SimpleImputer(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): SimpleImputerModel {
    const where = "SimpleImputer.fit";
    const { strategy, fillValue, addIndicator } = this.params;
    const { design, schema, weights } = startFit(X, options, where, {
      allowMissing: true,
      allowCategories: true,
    });
    const { rows, cols } = design.matrix;
    const fill = new Float64Array(cols);
    const indicators: number[] = [];
    const categories = schema.categories?.slice() ?? null;
    for (let j = 0; j < cols; j++) {
      const column = design.matrix.col(j);
      const name = show(featureName(schema, j));
      const missing = column.some((v, i) => Number.isNaN(v) && (!weights || weights[i]! > 0));
      if (missing) indicators.push(j);
      const list = categories?.[j] ?? null;
      if (list !== null && (strategy === "mean" || strategy === "median")) {
        throw valueError(
          where,
          "X",
          `holds the category column ${name}, which has no ${strategy}: use the strategy "mostFrequent" or "constant" for it`,
        );
      }
      if (strategy === "constant") {
        if (list === null) {
          if (typeof fillValue === "string")
            throw argumentError(where, "fillValue", fillValue, `a number for the numeric column ${name}`);
          fill[j] = fillValue ?? 0;
        } else {
          const word = fillValue === null ? "missing" : String(fillValue);
          const known = list.indexOf(word);
          fill[j] = known < 0 ? list.length : known;
          if (known < 0) categories![j] = [...list, word];
        }
        continue;
      }
      if (column.every((v, i) => Number.isNaN(v) || weights?.[i] === 0)) {
        warn(where, options ?? {}, `column ${name} has no value in ${rows} rows, so it is filled with 0`);
        if (list?.length === 0) categories![j] = ["missing"];
        continue;
      }
      if (strategy === "mean") fill[j] = columnMoments(column, weights).mean;
      else if (strategy === "median") fill[j] = quantileSorted(sortSample(column, weights), 0.5);
      else fill[j] = mostFrequent(column, weights);
    }
    return new SimpleImputerModel({ schema, fill, categories, indicators: addIndicator ? indicators : [] });
  }
}

/** The value with the largest weight, the smallest of them on a tie. */
function mostFrequent(column: Float64Array, weights: Float64Array | null): number {
  const totals = new Map<number, number>();
  column.forEach((v, i) => {
    if (!Number.isNaN(v)) totals.set(v, (totals.get(v) ?? 0) + (weights ? weights[i]! : 1));
  });
  let best = Number.NaN;
  let most = Number.NEGATIVE_INFINITY;
  for (const [v, total] of totals) {
    if (total > most || (total === most && v < best)) {
      best = v;
      most = total;
    }
  }
  return best;
}

interface SimpleImputerState {
  readonly schema: Schema;
  readonly fill: Float64Array;
  readonly categories: Schema["categories"];
  readonly indicators: readonly number[];
}

/**
 * The value that fills each column; with `addIndicator`, `transform` appends columns of 0 and 1 that tell
 * where it did.
 */
export class SimpleImputerModel extends TransformerModel {
  static readonly typeName = "SimpleImputerModel";
  /** What fills each column; a code for a column of categories. */
  readonly fill: Float64Array;
  /** Categories of the output: those of training, and the constant where it is a new one. */
  readonly categories: Schema["categories"];
  readonly #indicators: readonly number[];

  constructor(state: SimpleImputerState) {
    super(state.schema);
    this.fill = state.fill;
    this.categories = state.categories;
    this.#indicators = state.indicators;
  }

  outputNames(): readonly string[] {
    const names = inputNames(this.schema);
    return [...names, ...this.#indicators.map((j) => `${names[j]}_missing`)];
  }

  transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "SimpleImputer.transform", {
      allowMissing: true,
      allowCategories: true,
    });
    const { data, rows, cols } = matrix;
    const width = cols + this.#indicators.length;
    const out = new Float64Array(rows * width);
    for (let i = 0; i < rows; i++) {
      const at = i * width;
      for (let j = 0; j < cols; j++) {
        const v = data[i * cols + j]!;
        out[at + j] = Number.isNaN(v) ? this.fill[j]! : v;
      }
      this.#indicators.forEach((j, k) => {
        out[at + cols + k] = Number.isNaN(data[i * cols + j]!) ? 1 : 0;
      });
    }
    const categories = this.categories && [...this.categories, ...this.#indicators.map(() => null)];
    return new NamedMatrix(out, rows, this.outputNames(), categories);
  }

  toState(): unknown {
    return {
      schema: this.schema,
      fill: this.fill,
      categories: this.categories,
      indicators: this.#indicators,
    };
  }
  static fromState(state: unknown): SimpleImputerModel {
    return new SimpleImputerModel(state as SimpleImputerState);
  }
}

const INDICATOR_PARAMS = {
  features: oneOf(["missingOnly", "all"], {
    default: "missingOnly",
    doc: "Columns to report: those with missing values in training, or all",
  }),
} as const;

/**
 * 1 where a value is missing and 0 elsewhere. With no missing value in training, all columns are reported.
 *
 * @example
 * const X = [[1, Number.NaN], [2, 5]];
 * new MissingIndicator().fit(X).transform(X).toArray(); // [[1], [0]]: only the second column has gaps
 */
export class MissingIndicator extends TransformerSpec<typeof INDICATOR_PARAMS> {
  static readonly typeName = "MissingIndicator";
  static readonly params = INDICATOR_PARAMS;

  constructor(params: ParamInput<typeof INDICATOR_PARAMS> = {}) {
    super("MissingIndicator", INDICATOR_PARAMS, params);
  }

  static fromState(state: unknown): MissingIndicator {
    return new MissingIndicator(state as ParamInput<typeof INDICATOR_PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): MissingIndicatorModel {
    const where = "MissingIndicator.fit";
    const { design, schema, weights } = startFit(X, options, where, {
      allowMissing: true,
      allowCategories: true,
    });
    const all = Array.from({ length: schema.nFeatures }, (_, j) => j);
    const some = all.filter((j) =>
      design.matrix.col(j).some((v, i) => Number.isNaN(v) && (!weights || weights[i]! > 0)),
    );
    const columns = this.params.features === "all" || some.length === 0 ? all : some;
    return new MissingIndicatorModel({ schema, columns });
  }
}

interface IndicatorState {
  readonly schema: Schema;
  readonly columns: readonly number[];
}

/** The columns with gaps in training. `transform` gives 1 where they have one and 0 elsewhere. */
export class MissingIndicatorModel extends TransformerModel {
  static readonly typeName = "MissingIndicatorModel";
  /** Positions of the columns reported, ascending. */
  readonly columns: readonly number[];

  constructor(state: IndicatorState) {
    super(state.schema);
    this.columns = state.columns;
  }

  outputNames(): readonly string[] {
    return this.columns.map((j) => `${featureName(this.schema, j)}_missing`);
  }

  transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "MissingIndicator.transform", {
      allowMissing: true,
      allowCategories: true,
    });
    const width = this.columns.length;
    const out = new Float64Array(matrix.rows * width);
    for (let i = 0; i < matrix.rows; i++)
      for (let k = 0; k < width; k++)
        out[i * width + k] = Number.isNaN(matrix.at(i, this.columns[k]!)) ? 1 : 0;
    return new NamedMatrix(out, matrix.rows, this.outputNames());
  }

  toState(): unknown {
    return { schema: this.schema, columns: this.columns };
  }
  static fromState(state: unknown): MissingIndicatorModel {
    return new MissingIndicatorModel(state as IndicatorState);
  }
}
