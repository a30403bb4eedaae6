import {
  bool,
  type FitOptions,
  type Label,
  type MatrixLike,
  NamedMatrix,
  type ParamInput,
  type Schema,
  TransformerModel,
  TransformerSpec,
} from "../../contract/index.ts";
import { inputNames } from "../preprocessing/base.ts";
import type { ColumnKind } from "../table/index.ts";
import { readCategories, readKnownCategories } from "./category-frame.ts";

const PARAMS = {
  normalize: bool({ default: true, doc: "Give shares of the training rows rather than counts" }),
} as const;

/**
 * Each value as how often training held it: one number per column, whatever the number of values. Unknown values are 0.
 *
 * @example
 * const t = Table.fromColumns({ city: ["Oslo", "Rome", "Oslo", "Oslo"] });
 * new FrequencyEncoder().fit(t).transform(t).col(0); // Float64Array [0.75, 0.25, 0.75, 0.75]
 */
export class FrequencyEncoder extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "FrequencyEncoder";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("FrequencyEncoder", PARAMS, params);
  }

  static fromState(state: unknown): FrequencyEncoder {
    return new FrequencyEncoder(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): FrequencyEncoderModel {
    const frame = readCategories(X, options, "FrequencyEncoder.fit");
    const total = frame.weights ? frame.weights.reduce((a, b) => a + b, 0) : frame.rows;
    return new FrequencyEncoderModel({
      schema: frame.schema,
      kinds: frame.kinds,
      values: frame.columns.map((c) => c.values),
      frequencies: frame.columns.map((c) =>
        this.params.normalize ? c.counts.map((v) => v / total) : c.counts,
      ),
    });
  }
}

interface FrequencyState {
  readonly schema: Schema;
  readonly kinds: readonly ColumnKind[];
  readonly values: readonly (readonly (Label | null)[])[];
  readonly frequencies: readonly Float64Array[];
}

/** Shares of the values in training. `transform` gives one column for each, with 0 for a value not seen. */
export class FrequencyEncoderModel extends TransformerModel {
  static readonly typeName = "FrequencyEncoderModel";
  readonly #state: FrequencyState;

  constructor(state: FrequencyState) {
    super(state.schema);
    this.#state = state;
  }

  outputNames(): readonly string[] {
    return inputNames(this.schema);
  }

  transform(X: MatrixLike): NamedMatrix {
    const { schema, kinds, values, frequencies } = this.#state;
    const { columns, rows } = readKnownCategories(schema, kinds, values, X, "FrequencyEncoder.transform");
    const d = columns.length;
    const out = new Float64Array(rows * d);
    columns.forEach(({ codes }, j) => {
      for (let i = 0; i < rows; i++) out[i * d + j] = codes[i]! < 0 ? 0 : frequencies[j]![codes[i]!]!;
    });
    return new NamedMatrix(out, rows, this.outputNames());
  }

  toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): FrequencyEncoderModel {
    return new FrequencyEncoderModel(state as FrequencyState);
  }
}
