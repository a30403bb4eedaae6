import {
  custom,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  optional,
  type ParamInput,
  type Schema,
  TransformerModel,
  TransformerSpec,
} from "../../contract/index.ts";
import { shapeError } from "../../errors.ts";
import { outputDesign } from "../features.ts";
import { inputNames } from "../preprocessing/base.ts";
import { type Column, type ColumnInput, type ColumnKind, Table } from "../table/index.ts";
import {
  type CategoryValues,
  readCategories,
  readKnownCategories,
  unknownValue,
  valueName,
} from "./category-frame.ts";

const PARAMS = {
  handleUnknown: oneOf(["error", "ignore", "infrequent"], {
    default: "error",
    doc: "A value training never saw: an error, all zeros, or the infrequent column where there is one (else all zeros)",
  }),
  drop: optional(
    oneOf(["first", "ifBinary"], {
      default: "first",
      doc: "Leave out the first value of each column, or of columns with two values; null keeps all",
    }),
  ),
  minFrequency: custom<number | null>({
    default: null,
    doc: "Values rarer than this (a count, or a share of the rows below 1) share one infrequent column",
    expected: "an integer >= 1, a number between 0 and 1, or null",
    accepts: (v) =>
      v === null || (typeof v === "number" && ((v > 0 && v < 1) || (Number.isSafeInteger(v) && v >= 1))),
  }),
  maxCategories: optional(
    int({
      min: 1,
      default: 20,
      doc: "Most columns per input column; the rarest values share the infrequent one",
    }),
  ),
} as const;

/**
 * A column of 0 and 1 per category. Values are sorted; the categories of a category column keep their order;
 * a missing value is a category of its own, the last.
 *
 * @example
 * const t = Table.fromColumns({ c: ["b", "a", "b"] });
 * new OneHotEncoder().fit(t).transform(t).toArray(); // [[0, 1], [1, 0], [0, 1]]
 */
export class OneHotEncoder extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "OneHotEncoder";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("OneHotEncoder", PARAMS, params);
  }

  static fromState(state: unknown): OneHotEncoder {
    return new OneHotEncoder(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): OneHotEncoderModel {
    const { handleUnknown, drop } = this.params;
    const frame = readCategories(X, options, "OneHotEncoder.fit");
    const total = frame.weights ? frame.weights.reduce((a, b) => a + b, 0) : frame.rows;
    const slots = frame.columns.map((column) => {
      const rare = this.#rare(column, total);
      // Frequent values in order, then one slot for all the rare ones.
      let next = 0;
      const slot = column.values.map((_, k) => (rare[k] ? -1 : next++));
      const infrequent = rare.includes(true) ? next++ : null;
      const all = slot.map((s) => (s < 0 ? infrequent! : s));
      const dropped = drop === "first" || (drop === "ifBinary" && next === 2) ? 0 : null;
      return { slot: all, size: next, infrequent, dropped };
    });
    return new OneHotEncoderModel({
      schema: frame.schema,
      kinds: frame.kinds,
      values: frame.columns.map((c) => c.values),
      slots,
      handleUnknown,
    });
  }

  #rare({ values, counts }: CategoryValues, total: number): boolean[] {
    const { minFrequency, maxCategories } = this.params;
    const least = minFrequency === null ? 0 : minFrequency < 1 ? minFrequency * total : minFrequency;
    const rare = Array.from(counts, (c) => c < least);
    if (maxCategories !== null) {
      const frequent = rare.filter((r) => !r).length;
      const columns = frequent + (frequent < values.length ? 1 : 0);
      if (columns > maxCategories) {
        // The rarest go first; among equals the later ones in the order of the values.
        const order = Array.from(values.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
        order.slice(maxCategories - 1).forEach((k) => {
          rare[k] = true;
        });
      }
    }
    return rare;
  }
}

/** Where the values of one input column go. */
interface Slots {
  /** Slot of each value. */
  readonly slot: readonly number[];
  /** Number of slots, the dropped one included. */
  readonly size: number;
  readonly infrequent: number | null;
  readonly dropped: number | null;
}

interface OneHotState {
  readonly schema: Schema;
  readonly kinds: readonly ColumnKind[];
  readonly values: readonly (readonly (Label | null)[])[];
  readonly slots: readonly Slots[];
  readonly handleUnknown: "error" | "ignore" | "infrequent";
}

/**
 * Values seen in training. `transform` gives their columns of 0 and 1, named `column_value`; it throws for a
 * value not seen unless `handleUnknown` says otherwise.
 */
export class OneHotEncoderModel extends TransformerModel {
  static readonly typeName = "OneHotEncoderModel";
  readonly #state: OneHotState;
  readonly #names: readonly string[];

  constructor(state: OneHotState) {
    super(state.schema);
    this.#state = state;
    const inputs = inputNames(state.schema);
    this.#names = state.slots.flatMap((s, j) => {
      const words = Array.from({ length: s.size }, (_, k) => {
        if (k === s.infrequent) return "infrequent";
        return valueName(state.values[j]![s.slot.indexOf(k)]!);
      });
      return words.filter((_, k) => k !== s.dropped).map((word) => `${inputs[j]}_${word}`);
    });
  }

  /** Values of each column in the order of their codes; null is a missing value. */
  get categories(): readonly (readonly (Label | null)[])[] {
    return this.#state.values;
  }

  outputNames(): readonly string[] {
    return this.#names;
  }

  transform(X: MatrixLike): NamedMatrix {
    const where = "OneHotEncoder.transform";
    const { schema, kinds, values, slots, handleUnknown } = this.#state;
    const { columns, rows } = readKnownCategories(schema, kinds, values, X, where);
    const width = this.#names.length;
    const out = new Float64Array(rows * width);
    let offset = 0;
    slots.forEach((s, j) => {
      const { codes, unknown } = columns[j]!;
      if (unknown && handleUnknown === "error") {
        throw unknownValue(
          where,
          inputNames(schema)[j]!,
          unknown,
          'pass handleUnknown: "ignore" to take it as none of them',
        );
      }
      for (let i = 0; i < rows; i++) {
        const code = codes[i]!;
        const slot = code >= 0 ? s.slot[code]! : handleUnknown === "infrequent" ? s.infrequent : null;
        if (slot === null || slot === s.dropped) continue;
        out[i * width + offset + slot - (s.dropped !== null && slot > s.dropped ? 1 : 0)] = 1;
      }
      offset += s.size - (s.dropped === null ? 0 : 1);
    });
    return new NamedMatrix(out, rows, this.#names);
  }

  /**
   * The values again. A row of zeros is the dropped value, or missing where none was dropped; the infrequent
   * column, too, is missing.
   */
  inverseTransform(X: MatrixLike): Table {
    const where = "OneHotEncoder.inverseTransform";
    const { schema, slots, values, kinds } = this.#state;
    const { matrix } = outputDesign(X, where);
    if (matrix.cols !== this.#names.length)
      throw shapeError(where, "X", `has ${matrix.cols} columns`, `${this.#names.length}`);
    let offset = 0;
    const entries = slots.map((s, j): [string, ColumnInput] => {
      const shown = Array.from({ length: s.size }, (_, k) => k).filter((k) => k !== s.dropped);
      const cells = Array.from({ length: matrix.rows }, (_, i) => {
        let best = -1;
        for (let k = 0; k < shown.length; k++) {
          const v = matrix.at(i, offset + k);
          if (v > 0 && (best < 0 || v > matrix.at(i, offset + best))) best = k;
        }
        const slot = best >= 0 ? shown[best]! : s.dropped;
        return slot === null || slot === s.infrequent ? null : values[j]![s.slot.indexOf(slot)]!;
      });
      offset += shown.length;
      return [inputNames(schema)[j]!, columnOfKind(cells, kinds[j]!)];
    });
    return Table.fromColumns(entries);
  }

  toState(): unknown {
    return this.#state;
  }
  static fromState(state: unknown): OneHotEncoderModel {
    return new OneHotEncoderModel(state as OneHotState);
  }
}

/** Cells as a column of the kind they had in training. */
export function columnOfKind(cells: readonly (Label | null)[], kind: ColumnKind): Column | ColumnInput {
  if (kind === "text") return { kind: "text", values: cells as (string | null)[] };
  if (kind === "number") return Float64Array.from(cells, (v) => (v as number | null) ?? Number.NaN);
  return cells;
}
