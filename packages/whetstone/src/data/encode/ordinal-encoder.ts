import {
  custom,
  type FitOptions,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  type ParamInput,
  type Schema,
  TransformerModel,
  TransformerSpec,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { outputDesign } from "../features.ts";
import { inputNames } from "../preprocessing/base.ts";
import { type ColumnInput, type ColumnKind, Table } from "../table/index.ts";
import { readCategories, readKnownCategories, unknownValue } from "./category-frame.ts";
import { columnOfKind } from "./one-hot-encoder.ts";

const number = (doc: string) =>
  custom<number | null>({
    default: null,
    doc,
    expected: "a finite number or null",
    accepts: (v) => v === null || (typeof v === "number" && Number.isFinite(v)),
  });

const PARAMS = {
  handleUnknown: oneOf(["error", "useEncodedValue"], {
    default: "error",
    doc: "A value training never saw: an error, or unknownValue",
  }),
  unknownValue: number("Code of unknown values with useEncodedValue; null is missing (NaN)"),
  encodedMissingValue: number("Code of missing values; null keeps them missing (NaN)"),
} as const;

/**
 * Categories as 0, 1, 2, ...: sorted, or in the order of a category column.
 *
 * @example
 * const t = Table.fromColumns({ size: ["S", "L", "M"] });
 * new OrdinalEncoder().fit(t).transform(t).col(0); // Float64Array [2, 0, 1]: by name
 */
export class OrdinalEncoder extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "OrdinalEncoder";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("OrdinalEncoder", PARAMS, params);
    const { unknownValue: v, handleUnknown } = this.params;
    if (v !== null && handleUnknown === "error")
      throw argumentError(
        "OrdinalEncoder",
        "unknownValue",
        v,
        'null unless handleUnknown is "useEncodedValue"',
      );
  }

  static fromState(state: unknown): OrdinalEncoder {
    return new OrdinalEncoder(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): OrdinalEncoderModel {
    const where = "OrdinalEncoder.fit";
    const frame = readCategories(X, options, where);
    const values = frame.columns.map((c) => c.values.filter((v) => v !== null));
    for (const key of ["unknownValue", "encodedMissingValue"] as const) {
      const code = this.params[key];
      const taken =
        code !== null && Number.isInteger(code) && code >= 0 && values.some((v) => code < v.length);
      if (taken) throw argumentError(where, key, code, "a number that is no category's code");
    }
    return new OrdinalEncoderModel({ schema: frame.schema, kinds: frame.kinds, values, ...this.params });
  }
}

interface OrdinalState {
  readonly schema: Schema;
  readonly kinds: readonly ColumnKind[];
  readonly values: readonly (readonly Label[])[];
  readonly handleUnknown: "error" | "useEncodedValue";
  readonly unknownValue: number | null;
  readonly encodedMissingValue: number | null;
}

/** Values seen in training. `transform` gives each column as their codes. */
export class OrdinalEncoderModel extends TransformerModel {
  static readonly typeName = "OrdinalEncoderModel";
  readonly #state: OrdinalState;

  constructor(state: OrdinalState) {
    super(state.schema);
    this.#state = state;
  }

  /** Values of each column in the order of their codes. */
  get categories(): readonly (readonly Label[])[] {
    return this.#state.values;
  }

  outputNames(): readonly string[] {
    return inputNames(this.schema);
  }

  transform(X: MatrixLike): NamedMatrix {
    const where = "OrdinalEncoder.transform";
    const { schema, kinds, values, handleUnknown, unknownValue: other, encodedMissingValue } = this.#state;
    // With null in the list, a missing value has a position of its own: the last.
    const known = values.map((v) => [...v, null]);
    const { columns, rows } = readKnownCategories(schema, kinds, known, X, where);
    const d = columns.length;
    const out = new Float64Array(rows * d);
    columns.forEach(({ codes, unknown }, j) => {
      if (unknown && handleUnknown === "error")
        throw unknownValue(
          where,
          inputNames(schema)[j]!,
          unknown,
          'pass handleUnknown: "useEncodedValue" to give it a code',
        );
      const size = values[j]!.length;
      for (let i = 0; i < rows; i++) {
        const code = codes[i]!;
        const v = code < 0 ? other : code === size ? encodedMissingValue : code;
        out[i * d + j] = v ?? Number.NaN;
      }
    });
    return new NamedMatrix(out, rows, this.outputNames());
  }

  /** The values again; codes of unknown and missing values become missing. */
  inverseTransform(X: MatrixLike): Table {
    const { matrix } = outputDesign(X, "OrdinalEncoder.inverseTransform");
    const { values, kinds } = this.#state;
    return Table.fromColumns(
      this.outputNames().map((name, j): [string, ColumnInput] => [
        name,
        columnOfKind(
          Array.from(matrix.col(j), (code) => values[j]![code] ?? null),
          kinds[j]!,
        ),
      ]),
    );
  }

  toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): OrdinalEncoderModel {
    return new OrdinalEncoderModel(state as OrdinalState);
  }
}
