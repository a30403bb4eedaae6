import { shapeError, show, valueError } from "../../errors.ts";
import { Matrix } from "../../math/index.ts";
import { type Column, isMissing, MISSING_BOOLEAN } from "../table/column.ts";
import { Table } from "../table/table.ts";

/** A column's place among the coordinates, and what is needed to go back. */
type Field =
  | {
      readonly kind: "number" | "date" | "boolean";
      readonly name: string;
      readonly at: number;
      readonly mean: number;
      readonly sd: number;
      readonly low: number;
      readonly high: number;
      readonly whole: boolean;
      /** Coordinate that says whether the value is missing, where any was. */
      readonly gap: number | null;
    }
  | {
      readonly kind: "category";
      readonly name: string;
      readonly at: number;
      readonly categories: readonly string[];
      /** Whether one more coordinate stands for a missing value. */
      readonly gaps: boolean;
    };

/** So that two rows of different categories are 1 apart, a standard deviation. */
const LEVEL = Math.SQRT1_2;

/**
 * Records as points: numbers and dates in standard deviations of the table that made the space, each category a
 * coordinate of its own. A gap is a value like any other. Text columns have no place and are left out.
 */
export class RecordSpace {
  readonly #fields: readonly Field[];
  readonly dimensions: number;

  constructor(table: Table, where: string) {
    if (table.rows === 0) throw shapeError(where, "table", "has 0 rows", "at least 1");
    let at = 0;
    this.#fields = table.names.flatMap((name, j): Field[] => {
      const column = table.columns[j]!;
      if (column.kind === "text") return [];
      const gaps = Array.from({ length: table.rows }, (_, i) => isMissing(column, i)).includes(true);
      if (column.kind === "category") {
        const field: Field = { kind: "category", name, at, categories: column.categories, gaps };
        at += column.categories.length + (gaps ? 1 : 0);
        return [field];
      }
      const values = Float64Array.from(column.values).filter(
        (v) => !Number.isNaN(v) && !(column.kind === "boolean" && v === MISSING_BOOLEAN),
      );
      if (!values.every(Number.isFinite))
        throw valueError(where, "table", `holds an infinite number in column ${show(name)}`);
      const n = Math.max(1, values.length);
      const mean = values.reduce((s, v) => s + v / n, 0);
      const sd = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2 / n, 0));
      const low = values.reduce((m, v) => Math.min(m, v), values[0] ?? 0);
      const high = values.reduce((m, v) => Math.max(m, v), values[0] ?? 0);
      const whole = values.every(Number.isInteger);
      const gap = gaps ? at + 1 : null;
      const kept = Number.isFinite(sd) && sd > 0 ? sd : 1;
      const field: Field = { kind: column.kind, name, at, mean, sd: kept, low, high, whole, gap };
      at += gaps ? 2 : 1;
      return [field];
    });
    this.dimensions = at;
    if (at === 0) throw valueError(where, "table", "has no column of numbers, dates, booleans or categories");
  }

  /** One row of coordinates per row of a table with the same columns. */
  encode(table: Table, where: string, argument: string): Matrix {
    const out = Matrix.zeros(table.rows, this.dimensions);
    const d = this.dimensions;
    for (const field of this.#fields) {
      const column = matchingColumn(table, field, where, argument);
      if (field.kind === "category" && column.kind === "category") {
        const place = column.categories.map((c) => field.categories.indexOf(c));
        const missing = field.gaps ? field.categories.length : -1;
        column.codes.forEach((code, i) => {
          // A category that the space does not know is no place: as far from all others.
          const to = code < 0 ? missing : place[code]!;
          if (to >= 0) out.data[i * d + field.at + to] = LEVEL;
        });
      } else if (field.kind !== "category" && column.kind !== "category" && column.kind !== "text") {
        for (let i = 0; i < table.rows; i++) {
          const absent = isMissing(column, i);
          const v = absent ? field.mean : column.values[i]!;
          out.data[i * d + field.at] = (v - field.mean) / field.sd;
          if (absent && field.gap !== null) out.data[i * d + field.gap] = 1;
        }
      }
    }
    return out;
  }

  /** The nearest record to each point: whole numbers stay whole, and nothing leaves the range of the table. */
  decode(X: Matrix): Table {
    const names = this.#fields.map((f) => f.name);
    const columns = this.#fields.map((field): Column => {
      if (field.kind === "category") {
        const size = field.categories.length + (field.gaps ? 1 : 0);
        const codes = Int32Array.from({ length: X.rows }, (_, i) => {
          let best = 0;
          for (let c = 1; c < size; c++) if (X.at(i, field.at + c) > X.at(i, field.at + best)) best = c;
          return best < field.categories.length ? best : -1;
        });
        return { kind: "category", codes, categories: field.categories };
      }
      const values = Float64Array.from({ length: X.rows }, (_, i) => {
        if (field.gap !== null && X.at(i, field.gap) > 0.5) return Number.NaN;
        const v = field.mean + field.sd * X.at(i, field.at);
        return Math.max(field.low, Math.min(field.high, field.whole ? Math.round(v) : v));
      });
      if (field.kind !== "boolean") return { kind: field.kind, values };
      return {
        kind: "boolean",
        values: Uint8Array.from(values, (v) => (Number.isNaN(v) ? MISSING_BOOLEAN : v)),
      };
    });
    return new Table(names, columns, X.rows);
  }
}

function matchingColumn(table: Table, field: Field, where: string, argument: string): Column {
  if (!table.has(field.name)) throw valueError(where, argument, `lacks the column ${show(field.name)}`);
  const column = table.column(field.name);
  if (column.kind !== field.kind)
    throw valueError(
      where,
      argument,
      `has ${show(field.name)} as a ${column.kind} column, expected ${field.kind} (as the real table)`,
    );
  return column;
}
