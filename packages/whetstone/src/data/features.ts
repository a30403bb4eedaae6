import {
  type Design,
  type DesignSource,
  type MatrixLike,
  NamedMatrix,
  readDesign,
  type Schema,
} from "../contract/index.ts";
import { argumentError, shapeError, show, valueError } from "../errors.ts";
import { Matrix, SparseMatrix } from "../math/index.ts";
import type { Column, ColumnKind } from "./table/index.ts";
import { Table } from "./table/index.ts";

/** What a transformer gave, as numbers with names where it has them. Any number of rows and columns is fine. */
export function outputDesign(X: MatrixLike, where: string): Design {
  const plain = (matrix: Matrix): Design => ({ matrix, names: null, categories: null });
  if (X instanceof NamedMatrix) return X.toDesign();
  if (X instanceof Matrix)
    return plain(
      X.data instanceof Float64Array ? (X as Matrix) : new Matrix(Float64Array.from(X.data), X.rows, X.cols),
    );
  if (X instanceof SparseMatrix) return plain(X.toDense());
  if (typeof (X as Partial<DesignSource>)?.toDesign === "function")
    return (X as DesignSource).toDesign(where);
  return readDesign(X, where, { allowMissing: true, allowInfinite: true, allowCategories: true, minRows: 0 });
}

function tableOf({ matrix, names, categories }: Design): Table {
  const columns = Array.from({ length: matrix.cols }, (_, j): Column => {
    const values = matrix.col(j);
    const list = categories?.[j];
    if (!list) return { kind: "number", values };
    return {
      kind: "category",
      codes: Int32Array.from(values, (v) => (Number.isNaN(v) ? -1 : v)),
      categories: list,
    };
  });
  return new Table(names ?? columns.map((_, j) => `x${j}`), columns, matrix.rows);
}

/** Features column by column, text and dates included: what encoders and `ColumnTransformer` read. */
export interface Frame {
  readonly table: Table;
  /** Whether the input named its columns; otherwise they are called x0, x1, ... */
  readonly named: boolean;
}

/** Reads features of any kind for training. Infinity is refused; missing values are not. */
export function readFrame(X: MatrixLike, where: string): Frame {
  const frame = toFrame(X, where);
  const { table } = frame;
  if (table.rows < 1) throw shapeError(where, "X", "has 0 rows", "at least 1");
  if (table.cols < 1) throw shapeError(where, "X", "has 0 columns", "at least 1");
  refuseInfinite(table, where);
  return frame;
}

/** Reads features for prediction: the training columns in training order, each of its training kind. */
export function readFrameLike(
  schema: Schema,
  kinds: readonly ColumnKind[],
  X: MatrixLike,
  where: string,
): Table {
  const { table: given, named } = toFrame(X, where);
  let table = given;
  if (named && schema.names) {
    for (const name of schema.names) {
      if (!given.has(name)) throw valueError(where, "X", `lacks the column ${show(name)} seen in training`);
    }
    table = given.select(schema.names);
  } else if (given.cols !== schema.nFeatures) {
    throw shapeError(
      where,
      "X",
      `has ${given.cols} ${given.cols === 1 ? "column" : "columns"}`,
      `${schema.nFeatures} (as in training)`,
    );
  }
  const names = schema.names ?? table.names;
  const columns = table.columns.map((column, j) => ofKind(column, kinds[j]!, names[j]!, where));
  const out = new Table(names, columns, table.rows);
  refuseInfinite(out, where);
  return out;
}

function toFrame(X: MatrixLike, where: string): Frame {
  if (X instanceof Table) return { table: X, named: true };
  const isSource = typeof (X as Partial<DesignSource>)?.toDesign === "function";
  if (isSource) {
    const design = (X as DesignSource).toDesign(where);
    return { table: tableOf(design), named: design.names !== null };
  }
  if (X === null || typeof X !== "object")
    throw argumentError(where, "X", X, "a Matrix, SparseMatrix, Table or array of rows");
  return { table: tableOf(outputDesign(X, where)), named: false };
}

function refuseInfinite(table: Table, where: string): void {
  table.columns.forEach((column, j) => {
    if (column.kind !== "number") return;
    const i = column.values.findIndex(
      (v) => v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY,
    );
    if (i >= 0)
      throw valueError(where, "X", `holds ${column.values[i]} at row ${i}, column ${show(table.names[j])}`);
  });
}

/** A column as the kind it had in training: text and categories are interchangeable, so are booleans and numbers. */
function ofKind(column: Column, kind: ColumnKind, name: string, where: string): Column {
  if (column.kind === kind) return column;
  const worded = (k: ColumnKind) => k === "text" || k === "category";
  if (worded(column.kind) && worded(kind)) return column;
  if (column.kind === "boolean" && kind === "number") return { kind, values: booleanNumbers(column.values) };
  if (column.kind === "number" && kind === "boolean") {
    return {
      kind,
      values: Uint8Array.from(column.values, (v) => (Number.isNaN(v) ? 255 : v === 0 ? 0 : 1)),
    };
  }
  if (column.kind === "number" && kind === "date") return { kind, values: column.values };
  // A file whose column is empty cannot show its kind.
  const n = column.kind === "category" ? column.codes.length : column.values.length;
  const empty =
    column.kind === "category"
      ? column.codes.every((c) => c < 0)
      : column.kind === "text"
        ? column.values.every((v) => v === null)
        : column.kind === "boolean"
          ? column.values.every((v) => v === 255)
          : column.values.every((v) => Number.isNaN(v));
  if (empty) return missingColumn(kind, n);
  throw valueError(
    where,
    "X",
    `holds ${column.kind} values in column ${show(name)}, which held ${kind} values in training`,
  );
}

function booleanNumbers(values: Uint8Array): Float64Array {
  return Float64Array.from(values, (v) => (v === 255 ? Number.NaN : v));
}

function missingColumn(kind: ColumnKind, n: number): Column {
  switch (kind) {
    case "number":
    case "date":
      return { kind, values: new Float64Array(n).fill(Number.NaN) };
    case "boolean":
      return { kind, values: new Uint8Array(n).fill(255) };
    case "category":
      return { kind, codes: new Int32Array(n).fill(-1), categories: [] };
    case "text":
      return { kind, values: new Array<null>(n).fill(null) };
  }
}
