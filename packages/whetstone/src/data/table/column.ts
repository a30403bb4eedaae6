import { argumentError, requireList, shapeError, show, valueError } from "../../errors.ts";

/** A value of a table as seen from outside: `null` where it is missing. */
export type Cell = number | string | boolean | Date | null;

/** Numbers; NaN is missing. */
export interface NumberColumn {
  readonly kind: "number";
  readonly values: Float64Array;
}
/** Codes into a list of category names; -1 is missing. The order of the list is the order of the categories. */
export interface CategoryColumn {
  readonly kind: "category";
  readonly codes: Int32Array;
  readonly categories: readonly string[];
}
/** Milliseconds since 1970-01-01T00:00:00Z; NaN is missing. */
export interface DateColumn {
  readonly kind: "date";
  readonly values: Float64Array;
}
/** Free text; null is missing. */
export interface TextColumn {
  readonly kind: "text";
  readonly values: readonly (string | null)[];
}
/** 0 is false, 1 is true, 255 is missing. Estimators read it as the numbers 0, 1 and NaN. */
export interface BooleanColumn {
  readonly kind: "boolean";
  readonly values: Uint8Array;
}
/** One column of a `Table`; `kind` tells which. */
export type Column = NumberColumn | CategoryColumn | DateColumn | TextColumn | BooleanColumn;
/** What a column of a table holds: `"number"`, `"category"`, `"date"`, `"text"` or `"boolean"`. */
export type ColumnKind = Column["kind"];

/** Code of a missing value in a {@link BooleanColumn}. */
export const MISSING_BOOLEAN = 255;

/** What can become a column: a column, numbers, or a list of cells of one kind. */
export type ColumnInput = Column | Float64Array | Float32Array | Int32Array | readonly (Cell | undefined)[];

/**
 * A number column; the array is wrapped when it is a Float64Array, copied otherwise.
 *
 * @example
 * numberColumn([1, null]).values; // Float64Array [1, NaN]
 */
export function numberColumn(values: ArrayLike<number | null | undefined>): NumberColumn {
  requireList("numberColumn", "values", values, "an array of numbers");
  if (values instanceof Float64Array) return { kind: "number", values };
  return { kind: "number", values: Float64Array.from(values, (v) => v ?? Number.NaN) };
}

/**
 * A date column from dates or milliseconds since 1970 (UTC).
 *
 * @example
 * dateColumn([new Date("1970-01-02"), null]).values[0]; // 86400000
 */
export function dateColumn(values: ArrayLike<Date | number | null | undefined>): DateColumn {
  requireList("dateColumn", "values", values, "an array of dates or milliseconds");
  if (values instanceof Float64Array) return { kind: "date", values };
  return {
    kind: "date",
    values: Float64Array.from(values, (v) => (v == null ? Number.NaN : Number(v))),
  };
}

/**
 * A column of free text, which estimators do not read as categories.
 *
 * @param values texts; null and undefined are missing
 * @throws WhetstoneError if `values` is not an array
 *
 * @example
 * textColumn(["to be", null]).values; // ["to be", null]
 */
export function textColumn(values: readonly (string | null | undefined)[]): TextColumn {
  if (!Array.isArray(values)) throw argumentError("textColumn", "values", values, "an array of strings");
  return { kind: "text", values: values.map((v) => v ?? null) };
}

/**
 * A column of truth values, one byte each.
 *
 * @param values null and undefined are missing
 * @throws WhetstoneError if `values` is not a list
 *
 * @example
 * booleanColumn([true, false, null]).values; // Uint8Array [1, 0, 255]
 */
export function booleanColumn(values: ArrayLike<boolean | null | undefined>): BooleanColumn {
  requireList("booleanColumn", "values", values, "an array of booleans");
  return {
    kind: "boolean",
    values: Uint8Array.from(values, (v) => (v == null ? MISSING_BOOLEAN : v ? 1 : 0)),
  };
}

/**
 * A category column. Without `categories`, they are the distinct values in ascending order; with them, their
 * order is kept and a value outside the list is an error.
 *
 * @example
 * const size = categoryColumn(["S", "L", null, "S"], ["S", "M", "L"]);
 * size.codes; // Int32Array [0, 2, -1, 0]
 */
export function categoryColumn(
  values: readonly (string | null | undefined)[],
  categories?: readonly string[],
): CategoryColumn {
  if (!Array.isArray(values)) throw argumentError("categoryColumn", "values", values, "an array of strings");
  if (
    categories !== undefined &&
    !(Array.isArray(categories) && categories.every((c) => typeof c === "string"))
  )
    throw argumentError("categoryColumn", "categories", categories, "an array of strings");
  const list = categories ?? sortedDistinct(values);
  const codeOf = new Map(list.map((name, code) => [name, code]));
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    const code = v == null ? -1 : codeOf.get(v);
    if (code === undefined)
      throw valueError(
        "categoryColumn",
        "values",
        `holds ${show(v)} at row ${i}, which is not in categories`,
      );
    codes[i] = code;
  }
  return { kind: "category", codes, categories: list };
}

function sortedDistinct(values: readonly (string | null | undefined)[]): string[] {
  const seen = new Set<string>();
  for (const v of values) if (v != null) seen.add(v);
  return [...seen].sort(compareText);
}

/** Code-unit order, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Most categories that text is taken for when nothing else is said. */
export const MAX_CATEGORIES = 1000;

/**
 * Whether text with `distinct` values among `present` ones is a category rather than free text: at most ten
 * distinct values, or at most half as many as there are values and no more than a thousand.
 */
export function looksCategorical(distinct: number, present: number, most = MAX_CATEGORIES): boolean {
  return distinct <= most && distinct <= Math.max(10, present / 2);
}

/**
 * Rows of a column, whatever its kind.
 *
 * @example
 * columnLength(categoryColumn(["S", "L", "S"])); // 3
 */
export function columnLength(column: Column): number {
  return column.kind === "category" ? column.codes.length : column.values.length;
}

/**
 * Whether the cell of row i is missing, in the way of the column's kind: NaN, code -1, null or 255.
 *
 * @param i row, from 0; not checked
 *
 * @example
 * isMissing(numberColumn([1, null]), 1); // true
 */
export function isMissing(column: Column, i: number): boolean {
  switch (column.kind) {
    case "number":
    case "date":
      return Number.isNaN(column.values[i]!);
    case "category":
      return column.codes[i]! < 0;
    case "text":
      return column.values[i] === null;
    case "boolean":
      return column.values[i] === MISSING_BOOLEAN;
  }
}

/**
 * Missing cells of a column.
 *
 * @example
 * countMissing(textColumn(["a", null, null])); // 2
 */
export function countMissing(column: Column): number {
  let count = 0;
  const n = columnLength(column);
  for (let i = 0; i < n; i++) if (isMissing(column, i)) count++;
  return count;
}

/**
 * Value of row i, null where missing.
 *
 * @example
 * cellOf(categoryColumn(["S", null]), 0); // "S"
 * cellOf(categoryColumn(["S", null]), 1); // null
 */
export function cellOf(column: Column, i: number): Cell {
  if (isMissing(column, i)) return null;
  switch (column.kind) {
    case "number":
      return column.values[i]!;
    case "date":
      return new Date(column.values[i]!);
    case "category":
      return column.categories[column.codes[i]!]!;
    case "text":
      return column.values[i]!;
    case "boolean":
      return column.values[i] === 1;
  }
}

/** Rows in the given order; an index of -1 gives a missing value. */
export function takeRows(column: Column, indices: ArrayLike<number>): Column {
  const n = indices.length;
  switch (column.kind) {
    case "number":
    case "date": {
      const values = new Float64Array(n);
      for (let i = 0; i < n; i++) values[i] = indices[i]! < 0 ? Number.NaN : column.values[indices[i]!]!;
      return { kind: column.kind, values };
    }
    case "category": {
      const codes = new Int32Array(n);
      for (let i = 0; i < n; i++) codes[i] = indices[i]! < 0 ? -1 : column.codes[indices[i]!]!;
      return { kind: "category", codes, categories: column.categories };
    }
    case "text": {
      const values = new Array<string | null>(n);
      for (let i = 0; i < n; i++) values[i] = indices[i]! < 0 ? null : column.values[indices[i]!]!;
      return { kind: "text", values };
    }
    case "boolean": {
      const values = new Uint8Array(n);
      for (let i = 0; i < n; i++) values[i] = indices[i]! < 0 ? MISSING_BOOLEAN : column.values[indices[i]!]!;
      return { kind: "boolean", values };
    }
  }
}

/** Puts columns of one kind below each other; lists of categories are merged. */
export function concatColumns(columns: readonly Column[], where: string, name: string): Column {
  const first = columns[0]!;
  const other = columns.find((c) => c.kind !== first.kind);
  // A category and a text column hold the same values; together they are text.
  if (other && columns.every((c) => c.kind === "text" || c.kind === "category")) {
    return { kind: "text", values: columns.flatMap((c) => asText(c)) };
  }
  if (other) {
    throw valueError(
      where,
      "tables",
      `hold ${show(name)} once as ${first.kind} and once as ${other.kind}, expected one kind`,
    );
  }
  const total = columns.reduce((n, c) => n + columnLength(c), 0);
  switch (first.kind) {
    case "number":
    case "date": {
      const values = new Float64Array(total);
      let at = 0;
      for (const c of columns as (NumberColumn | DateColumn)[]) {
        values.set(c.values, at);
        at += c.values.length;
      }
      return { kind: first.kind, values };
    }
    case "boolean": {
      const values = new Uint8Array(total);
      let at = 0;
      for (const c of columns as BooleanColumn[]) {
        values.set(c.values, at);
        at += c.values.length;
      }
      return { kind: "boolean", values };
    }
    case "text":
      return { kind: "text", values: (columns as TextColumn[]).flatMap((c) => c.values) };
    case "category": {
      const codeOf = new Map<string, number>();
      for (const c of columns as CategoryColumn[])
        for (const name of c.categories) if (!codeOf.has(name)) codeOf.set(name, codeOf.size);
      const codes = new Int32Array(total);
      let at = 0;
      for (const c of columns as CategoryColumn[]) {
        const map = c.categories.map((name) => codeOf.get(name)!);
        for (const code of c.codes) codes[at++] = code < 0 ? -1 : map[code]!;
      }
      return { kind: "category", codes, categories: [...codeOf.keys()] };
    }
  }
}

/** Category or text values as strings. */
export function asText(column: CategoryColumn | TextColumn): (string | null)[] {
  if (column.kind === "text") return column.values.slice();
  return Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]!));
}

/** Every value as a number: booleans are 0 and 1, dates milliseconds, missing NaN. Null where that has no meaning. */
export function asNumbers(column: Column): Float64Array | null {
  switch (column.kind) {
    case "number":
    case "date":
      return column.values;
    case "boolean":
      return Float64Array.from(column.values, (v) => (v === MISSING_BOOLEAN ? Number.NaN : v));
    default:
      return null;
  }
}

/** Category levels of a column: the distinct values, and each row's position among them (-1 is missing). */
export interface Levels {
  readonly values: readonly (string | number | boolean)[];
  readonly codes: Int32Array;
}

/**
 * Dictionary encoding of any column. Categories keep their order, everything else is sorted ascending. Only
 * values that occur are listed.
 *
 * @example
 * levelsOf(textColumn(["b", "a", "b"])).codes; // Int32Array [1, 0, 1]
 */
export function levelsOf(column: Column): Levels {
  const n = columnLength(column);
  const raw = new Int32Array(n);
  let found: (string | number | boolean)[];
  if (column.kind === "category") {
    found = column.categories.slice();
    raw.set(column.codes);
  } else if (column.kind === "boolean") {
    found = [false, true];
    for (let i = 0; i < n; i++) raw[i] = column.values[i] === MISSING_BOOLEAN ? -1 : column.values[i]!;
  } else {
    const codeOf = new Map<string | number, number>();
    const values = column.values as ArrayLike<string | number | null>;
    for (let i = 0; i < n; i++) {
      const v = values[i]!;
      if (v === null || Number.isNaN(v)) {
        raw[i] = -1;
        continue;
      }
      let code = codeOf.get(v);
      if (code === undefined) codeOf.set(v, (code = codeOf.size));
      raw[i] = code;
    }
    found = [...codeOf.keys()];
  }
  const used = new Uint8Array(found.length);
  for (let i = 0; i < n; i++) if (raw[i]! >= 0) used[raw[i]!] = 1;
  let order = Array.from(found.keys()).filter((code) => used[code] === 1);
  if (column.kind !== "category" && column.kind !== "boolean")
    order = order.sort((a, b) => (found[a]! < found[b]! ? -1 : 1));
  const rank = new Int32Array(found.length);
  order.forEach((code, r) => {
    rank[code] = r;
  });
  for (let i = 0; i < n; i++) if (raw[i]! >= 0) raw[i] = rank[raw[i]!]!;
  return { values: order.map((code) => found[code]!), codes: raw };
}

const KINDS: readonly ColumnKind[] = ["number", "category", "date", "text", "boolean"];

function isColumn(value: unknown): value is Column {
  return (
    typeof value === "object" &&
    value !== null &&
    KINDS.includes((value as Column).kind) &&
    !Array.isArray(value)
  );
}

/** Reads what a caller gives as a column; cells decide the kind, and short lists of text become categories. */
export function toColumn(input: ColumnInput, where: string, name: string): Column {
  if (isColumn(input)) return input;
  if (input instanceof Float64Array) return { kind: "number", values: input };
  if (ArrayBuffer.isView(input) && !(input instanceof DataView))
    return numberColumn(input as unknown as ArrayLike<number>);
  if (!Array.isArray(input)) {
    throw argumentError(where, name, input, "a column, a typed array or an array of cells");
  }
  let kind: "number" | "text" | "boolean" | "date" | null = null;
  for (let i = 0; i < input.length; i++) {
    const v = input[i];
    // NaN in a list of text or dates is how other tools write a missing value.
    if (v == null || (Number.isNaN(v) && kind !== "number")) continue;
    const here = cellKind(v);
    if (here === null) {
      throw valueError(
        where,
        name,
        `holds ${show(v)} at row ${i}, expected a number, string, boolean, Date or null`,
      );
    }
    if (kind !== null && here !== kind) {
      throw valueError(where, name, `mixes ${kind} and ${here} values (row ${i}), expected one kind`);
    }
    kind = here;
  }
  const cells: (Cell | undefined)[] = input.map((v) => (Number.isNaN(v) ? null : v));
  switch (kind) {
    case null:
    case "number":
      return numberColumn(cells as (number | null)[]);
    case "boolean":
      return booleanColumn(cells as (boolean | null)[]);
    case "date":
      return dateColumn(cells as (Date | null)[]);
    case "text": {
      const text = cells as (string | null)[];
      const present = text.filter((v) => v != null);
      return looksCategorical(new Set(present).size, present.length)
        ? categoryColumn(text)
        : textColumn(text);
    }
  }
}

function cellKind(v: unknown): "number" | "text" | "boolean" | "date" | null {
  if (typeof v === "number") return "number";
  if (typeof v === "string") return "text";
  if (typeof v === "boolean") return "boolean";
  return v instanceof Date ? "date" : null;
}

export function checkColumnLength(column: Column, rows: number, where: string, name: string): void {
  const n = columnLength(column);
  if (n !== rows) throw shapeError(where, name, `has ${n} rows`, `${rows} (as the other columns)`);
}
