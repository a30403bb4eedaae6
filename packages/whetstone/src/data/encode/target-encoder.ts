import {
  custom,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  type ParamInput,
  readLabels,
  readTarget,
  type Schema,
  seed,
  TransformerModel,
  TransformerSpec,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { inputNames } from "../preprocessing/base.ts";
import { KFold, type Splitter, StratifiedKFold } from "../splits/index.ts";
import type { ColumnKind } from "../table/index.ts";
import { type CategoryFrame, readCategories, readKnownCategories, valueName } from "./category-frame.ts";

const PARAMS = {
  smooth: custom<"auto" | number>({
    default: "auto",
    doc: "Rows' worth of the overall mean mixed into each value's mean; auto chooses it per value (empirical Bayes)",
    expected: '"auto" or a number >= 0',
    accepts: (v) => v === "auto" || (typeof v === "number" && v >= 0 && Number.isFinite(v)),
  }),
  target: oneOf(["auto", "continuous", "classes"], {
    default: "auto",
    doc: "What y is; auto takes strings, booleans and at most 20 distinct integers for classes",
  }),
  cv: int({ min: 2, default: 5, doc: "Folds of the cross-fitting in fitTransform" }),
  seed: seed(),
} as const;

/**
 * Each value as the mean of the target over the rows that hold it, shrunk towards the overall mean. Two classes
 * give one column (the share of the second), more give one column per class. A missing value is a value of its
 * own; unknown values get the overall mean.
 *
 * **`fitTransform` differs from `fit` and then `transform`**: it encodes each fold of the training rows with the
 * means of the other folds. Encoding training rows with their own targets leaks the answer into the features, so
 * a pipeline uses `fitTransform`.
 *
 * Source: Micci-Barreca (2001), SIGKDD Explorations 3.
 *
 * @example
 * const t = Table.fromColumns({ city: ["Oslo", "Rome", "Oslo", "Rome"] });
 * const model = new TargetEncoder({ smooth: 2, target: "continuous" }).fit(t, [1, 3, 1, 3]);
 * model.transform(t).col(0); // Float64Array [1.5, 2.5, 1.5, 2.5]: half way to the mean 2
 */
export class TargetEncoder extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "TargetEncoder";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("TargetEncoder", PARAMS, params);
  }

  static fromState(state: unknown): TargetEncoder {
    return new TargetEncoder(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, y?: ArrayLike<Label> | null, options?: FitOptions): TargetEncoderModel {
    const where = "TargetEncoder.fit";
    const frame = readCategories(X, options, where);
    return this.#model(frame, this.#readTarget(y, frame.rows, where));
  }

  /** The model of all rows, and the training rows encoded by cross-fitting. */
  override fitTransform(
    X: MatrixLike,
    y?: ArrayLike<Label> | null,
    options?: FitOptions,
  ): { model: TargetEncoderModel; transformed: NamedMatrix } {
    const where = "TargetEncoder.fitTransform";
    const frame = readCategories(X, options, where);
    const target = this.#readTarget(y, frame.rows, where);
    const model = this.#model(frame, target);
    const { cv, seed: s } = this.params;
    const splitter: Splitter = target.codes
      ? new StratifiedKFold({ nSplits: cv, shuffle: true, seed: s })
      : new KFold({ nSplits: cv, shuffle: true, seed: s });
    const names = model.outputNames();
    const k = target.columns.length;
    const out = new Float64Array(frame.rows * names.length);
    for (const { train, test } of splitter.split(frame.rows, target.codes)) {
      const { means, overall } = encodings(frame, target.columns, train, this.params.smooth);
      for (const i of test) {
        frame.columns.forEach((column, j) => {
          for (let t = 0; t < k; t++) {
            const code = column.codes[i]!;
            const mean = code < 0 ? Number.NaN : means[j]![code * k + t]!;
            out[i * names.length + j * k + t] = Number.isNaN(mean) ? overall[t]! : mean;
          }
        });
      }
    }
    return { model, transformed: new NamedMatrix(out, frame.rows, names) };
  }

  #model(frame: CategoryFrame, target: Target): TargetEncoderModel {
    const { means, overall } = encodings(frame, target.columns, null, this.params.smooth);
    return new TargetEncoderModel({
      schema: frame.schema,
      kinds: frame.kinds,
      values: frame.columns.map((c) => c.values),
      means,
      overall,
      classes: target.classes,
    });
  }

  #readTarget(y: ArrayLike<Label> | null | undefined, rows: number, where: string): Target {
    if (y === null || y === undefined) throw argumentError(where, "y", y, "the target of every row");
    const asClasses =
      this.params.target === "classes" || (this.params.target === "auto" && looksLikeClasses(y));
    if (!asClasses) {
      return { columns: [readTarget(y as ArrayLike<number>, rows, where)], classes: null, codes: null };
    }
    const { classes, codes } = readLabels(y, rows, where);
    const wanted = classes.length === 2 ? [1] : Array.from(classes.keys());
    return {
      columns: wanted.map((c) => Float64Array.from(codes, (code) => (code === c ? 1 : 0))),
      classes,
      codes,
    };
  }
}

/** The target as one column of numbers, or as one per class. */
interface Target {
  readonly columns: readonly Float64Array[];
  readonly classes: readonly Label[] | null;
  readonly codes: Int32Array | null;
}

function looksLikeClasses(y: ArrayLike<Label>): boolean {
  const seen = new Set<Label>();
  for (let i = 0; i < y.length; i++) {
    const v = y[i]!;
    if (typeof v === "number") {
      if (!Number.isInteger(v)) return false;
      seen.add(v);
      if (seen.size > 20) return false;
    }
  }
  return true;
}

/** Shrunk means of the target columns per value (value by value, NaN for a value without rows), and the overall means. */
function encodings(
  frame: CategoryFrame,
  targets: readonly Float64Array[],
  rows: Int32Array | null,
  smooth: "auto" | number,
): { means: Float64Array[]; overall: Float64Array } {
  const k = targets.length;
  const { weights } = frame;
  const list = rows ?? Int32Array.from({ length: frame.rows }, (_, i) => i);
  const weight = (i: number) => (weights ? weights[i]! : 1);
  const overall = new Float64Array(k);
  const variance = new Float64Array(k);
  targets.forEach((target, t) => {
    let total = 0;
    let sum = 0;
    for (const i of list) {
      total += weight(i);
      sum += weight(i) * target[i]!;
    }
    overall[t] = sum / total;
    for (const i of list) variance[t]! += (weight(i) * (target[i]! - overall[t]!) ** 2) / total;
  });
  const means = frame.columns.map(({ codes, values }) => {
    const out = new Float64Array(values.length * k).fill(Number.NaN);
    targets.forEach((target, t) => {
      const counts = new Float64Array(values.length);
      const sums = new Float64Array(values.length);
      for (const i of list) {
        const code = codes[i]!;
        if (code < 0) continue;
        counts[code]! += weight(i);
        sums[code]! += weight(i) * target[i]!;
      }
      const squares = new Float64Array(values.length);
      for (const i of list) {
        const code = codes[i]!;
        if (code >= 0 && counts[code]! > 0)
          squares[code]! += weight(i) * (target[i]! - sums[code]! / counts[code]!) ** 2;
      }
      for (let v = 0; v < values.length; v++) {
        const n = counts[v]!;
        if (n === 0) continue;
        const mean = sums[v]! / n;
        if (smooth === "auto") {
          // The share of a value's own mean: variance between values against the noise of its mean.
          const between = variance[t]! * n;
          const share = between + squares[v]! / n === 0 ? 0 : between / (between + squares[v]! / n);
          out[v * k + t] = share * mean + (1 - share) * overall[t]!;
        } else out[v * k + t] = (sums[v]! + smooth * overall[t]!) / (n + smooth);
      }
    });
    return out;
  });
  return { means, overall };
}

interface TargetState {
  readonly schema: Schema;
  readonly kinds: readonly ColumnKind[];
  readonly values: readonly (readonly (Label | null)[])[];
  readonly means: readonly Float64Array[];
  readonly overall: Float64Array;
  readonly classes: readonly Label[] | null;
}

/**
 * Means of the target per value. `transform` gives one column for each, or one per class (`column_class`)
 * where there are more than two; a value not seen gets the overall mean.
 */
export class TargetEncoderModel extends TransformerModel {
  static readonly typeName = "TargetEncoderModel";
  readonly #state: TargetState;

  constructor(state: TargetState) {
    super(state.schema);
    this.#state = state;
  }

  /** Mean of the target over the training rows; one entry per class where there are more than two. */
  get overall(): Float64Array {
    return this.#state.overall;
  }

  outputNames(): readonly string[] {
    const names = inputNames(this.schema);
    const { classes, overall } = this.#state;
    if (overall.length === 1) return names;
    return names.flatMap((name) => classes!.map((c) => `${name}_${valueName(c)}`));
  }

  transform(X: MatrixLike): NamedMatrix {
    const { schema, kinds, values, means, overall } = this.#state;
    const { columns, rows } = readKnownCategories(schema, kinds, values, X, "TargetEncoder.transform");
    const k = overall.length;
    const width = columns.length * k;
    const out = new Float64Array(rows * width);
    columns.forEach(({ codes }, j) => {
      for (let i = 0; i < rows; i++)
        for (let t = 0; t < k; t++)
          out[i * width + j * k + t] = codes[i]! < 0 ? overall[t]! : means[j]![codes[i]! * k + t]!;
    });
    return new NamedMatrix(out, rows, this.outputNames());
  }

  toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): TargetEncoderModel {
    return new TargetEncoderModel(state as TargetState);
  }
}
