import {
  bool,
  custom,
  type FitOptions,
  type Label,
  type MatrixLike,
  NamedMatrix,
  type ParamInput,
  readWeights,
  type Schema,
  TransformerModel,
  TransformerSpec,
  throwIfAborted,
} from "../../contract/index.ts";
import { show, valueError } from "../../errors.ts";
import { readFrame, readFrameLike } from "../features.ts";
import type { ColumnKind, DateColumn, NumberColumn } from "../table/index.ts";

const DAY = 86_400_000;

/** Each part of a date (UTC) and, where it repeats, its period and its first value. */
const PARTS = {
  year: { of: (d: Date) => d.getUTCFullYear(), cycle: null },
  quarter: { of: (d: Date) => Math.floor(d.getUTCMonth() / 3) + 1, cycle: [4, 1] },
  month: { of: (d: Date) => d.getUTCMonth() + 1, cycle: [12, 1] },
  day: { of: (d: Date) => d.getUTCDate(), cycle: [31, 1] },
  /** Monday is 0. */
  dayOfWeek: { of: (d: Date) => (d.getUTCDay() + 6) % 7, cycle: [7, 0] },
  dayOfYear: {
    of: (d: Date) => Math.floor((d.getTime() - Date.UTC(d.getUTCFullYear(), 0, 1)) / DAY) + 1,
    cycle: [365.25, 1],
  },
  hour: { of: (d: Date) => d.getUTCHours(), cycle: [24, 0] },
  minute: { of: (d: Date) => d.getUTCMinutes(), cycle: [60, 0] },
  isWeekend: { of: (d: Date) => (d.getUTCDay() % 6 === 0 ? 1 : 0), cycle: null },
  /** Days since 1970, with a fraction for the time of day. */
  days: { of: (d: Date) => d.getTime() / DAY, cycle: null },
} as const;
/**
 * A number made of a date, in UTC: `year`, `quarter` (1 to 4), `month` (1 to 12), `day` (1 to 31),
 * `dayOfWeek` (0 is Monday), `dayOfYear` (1 to 366), `hour`, `minute`, `isWeekend` (0 or 1), `days` (since
 * 1970, with a fraction for the time of day).
 */
export type DatePart = keyof typeof PARTS;

const NAMES = Object.keys(PARTS) as DatePart[];
const isParts = (v: unknown) =>
  v === null ||
  (Array.isArray(v) &&
    v.length > 0 &&
    new Set(v).size === v.length &&
    v.every((p) => (NAMES as unknown[]).includes(p)));

const PARAMS = {
  features: custom<readonly DatePart[] | null>({
    default: null,
    doc: "Parts to take; null is year, month, day, dayOfWeek, isWeekend and days, and hour where training has times of day",
    expected: `an array of ${NAMES.join(", ")}, or null`,
    accepts: isParts,
  }),
  cyclical: bool({
    default: false,
    doc: "Give repeating parts as sine and cosine, so that December is next to January",
  }),
} as const;

/**
 * Dates as numbers: year, month, day of the week and so on, in UTC. Columns must be dates, or numbers in
 * milliseconds since 1970. A missing date gives missing parts.
 *
 * @example
 * const t = Table.fromColumns({ when: [new Date("2024-02-29")] });
 * new DateFeatures({ features: ["year", "dayOfWeek"] }).fit(t).transform(t).row(0); // [2024, 3]
 */
export class DateFeatures extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "DateFeatures";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("DateFeatures", PARAMS, params);
  }

  static fromState(state: unknown): DateFeatures {
    return new DateFeatures(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): DateFeaturesModel {
    const where = "DateFeatures.fit";
    throwIfAborted(options?.signal, where);
    const { table, named } = readFrame(X, where);
    readWeights(options?.sampleWeight, table.rows, where);
    let timed = false;
    const kinds = table.columns.map((column, j) => {
      if (column.kind !== "date" && column.kind !== "number")
        throw valueError(
          where,
          "X",
          `holds the ${column.kind} column ${show(table.names[j])}, expected dates`,
        );
      timed ||= column.values.some((v) => v % DAY !== 0 && !Number.isNaN(v));
      return column.kind;
    });
    const usual: DatePart[] = ["year", "month", "day", "dayOfWeek", "isWeekend", "days"];
    return new DateFeaturesModel({
      schema: { nFeatures: table.cols, names: named ? table.names : null, categories: null },
      kinds,
      features: this.params.features ?? (timed ? [...usual, "hour"] : usual),
      cyclical: this.params.cyclical,
    });
  }
}

interface DateState {
  readonly schema: Schema;
  readonly kinds: readonly ColumnKind[];
  readonly features: readonly DatePart[];
  readonly cyclical: boolean;
}

/**
 * Which parts of which columns `transform` gives, named `column_part`; parts that repeat are two columns,
 * sine and cosine, where `cyclical` is set.
 */
export class DateFeaturesModel extends TransformerModel {
  static readonly typeName = "DateFeaturesModel";
  /** Kind of each training column, date or number. */
  readonly kinds: readonly ColumnKind[];
  readonly features: readonly DatePart[];
  readonly cyclical: boolean;

  constructor(state: DateState) {
    super(state.schema);
    this.kinds = state.kinds;
    this.features = state.features;
    this.cyclical = state.cyclical;
  }

  outputNames(): readonly string[] {
    return Array.from({ length: this.schema.nFeatures }, (_, j) => this.schema.names?.[j] ?? `x${j}`).flatMap(
      (name) =>
        this.features.flatMap((part) =>
          this.cyclical && PARTS[part].cycle
            ? [`${name}_${part}_sin`, `${name}_${part}_cos`]
            : [`${name}_${part}`],
        ),
    );
  }

  transform(X: MatrixLike): NamedMatrix {
    const table = readFrameLike(this.schema, this.kinds, X, "DateFeatures.transform");
    const names = this.outputNames();
    const out = new Float64Array(table.rows * names.length);
    const columns = table.columns.map((c) => (c as DateColumn | NumberColumn).values);
    for (let i = 0, at = 0; i < table.rows; i++) {
      for (const values of columns) {
        const date = new Date(values[i]!);
        for (const part of this.features) {
          const { of, cycle } = PARTS[part];
          const v = of(date);
          if (this.cyclical && cycle) {
            const angle = (2 * Math.PI * (v - cycle[1])) / cycle[0];
            out[at++] = Math.sin(angle);
            out[at++] = Math.cos(angle);
          } else out[at++] = Number.isNaN(date.getTime()) ? Number.NaN : v;
        }
      }
    }
    return new NamedMatrix(out, table.rows, names);
  }

  toState(): unknown {
    const { schema, kinds, features, cyclical } = this;
    return { schema, kinds, features, cyclical };
  }
  static fromState(state: unknown): DateFeaturesModel {
    return new DateFeaturesModel(state as DateState);
  }
}
