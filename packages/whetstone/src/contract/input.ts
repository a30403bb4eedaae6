import { argumentError, shapeError, show, valueError, WhetstoneError } from "../errors.ts";
import { Matrix } from "../math/matrix.ts";
import { SparseMatrix } from "../math/sparse.ts";

/** A label of a class, of one kind within one training set. */
export type Label = string | number | boolean;

/**
 * Anything with named columns that can show itself as numbers (a `Table` does). A category column gives codes
 * 0, 1, ... into its list of categories, and NaN where a value is missing.
 */
export interface DesignSource {
  toDesign(where: string): Design;
}

/** What an estimator reads: numbers, and what is known about their columns. */
export interface Design {
  readonly matrix: Matrix;
  /** Column names, where the input had them. */
  readonly names: readonly string[] | null;
  /** Per column: its category names, or null for a numeric column. Null when no column is a category. */
  readonly categories: readonly (readonly string[] | null)[] | null;
}

/** A matrix that knows its columns: what transformers hand on inside a pipeline. */
export class NamedMatrix extends Matrix implements DesignSource {
  static override readonly typeName = "NamedMatrix";
  readonly names: readonly string[];
  readonly categories: Design["categories"];

  constructor(
    data: Float64Array,
    rows: number,
    names: readonly string[],
    categories: Design["categories"] = null,
  ) {
    super(data, rows, names.length);
    this.names = names;
    this.categories = categories;
  }

  toDesign(): Design {
    return { matrix: this, names: this.names, categories: this.categories };
  }

  override toState(): unknown {
    return { data: this.data, rows: this.rows, names: this.names, categories: this.categories };
  }

  static override fromState(state: unknown): NamedMatrix {
    const { data, rows, names, categories } = state as NamedMatrix;
    return new NamedMatrix(data, rows, names, categories);
  }
}

/** What every estimator accepts as features: rows are samples, columns are features. */
export type MatrixLike =
  | Matrix
  | Matrix<Float32Array>
  | SparseMatrix
  | readonly ArrayLike<number>[]
  | DesignSource;

/** Anything that can show itself as one text per row (a `Table` of one column of words does). */
export interface TextSource {
  toTexts(where: string): { readonly texts: readonly string[]; readonly name: string };
}

/** What text vectorisers accept: an array of texts, or a table of one column. */
export type TextLike = readonly string[] | MatrixLike;

/** One text per row, and the name of the column they came from. */
export interface Texts {
  readonly texts: readonly string[];
  readonly name: string | null;
}

/**
 * Reads one text per row.
 *
 * @param minRows fewest rows accepted; 0 by default
 * @example
 * readTexts(["a text", "another"], "f").texts; // ["a text", "another"]
 */
export function readTexts(X: TextLike, where: string, minRows = 0): Texts {
  const source = X as Partial<TextSource>;
  const read: Texts =
    typeof source?.toTexts === "function"
      ? source.toTexts(where)
      : { texts: textArray(X, where), name: null };
  if (read.texts.length < minRows)
    throw shapeError(where, "X", `has ${plural(read.texts.length, "row")}`, `at least ${minRows}`);
  return read;
}

function textArray(X: unknown, where: string): readonly string[] {
  if (!Array.isArray(X)) throw argumentError(where, "X", X, "an array of texts or a Table of one column");
  for (let i = 0; i < X.length; i++)
    if (typeof X[i] !== "string")
      throw valueError(where, "X", `holds ${show(X[i])} at row ${i}, expected a text`);
  return X as readonly string[];
}

/** What is known of the training columns; kept by the model and checked at prediction. */
export interface Schema {
  /** Columns of the training X. */
  readonly nFeatures: number;
  /** Their names; null where X had none. */
  readonly names: readonly string[] | null;
  /** Per column its categories, null for numbers; null where no column has any. */
  readonly categories: readonly (readonly string[] | null)[] | null;
}

/** What the reader of a feature matrix accepts. By default: finite numbers only, and one row or more. */
export interface DesignOptions {
  /** Name of the argument in messages; `"X"` by default. */
  readonly argument?: string;
  /** NaN is a missing value rather than an error. */
  readonly allowMissing?: boolean;
  /** +-Infinity is accepted. */
  readonly allowInfinite?: boolean;
  /** Category columns are accepted as codes; otherwise they are refused with advice. */
  readonly allowCategories?: boolean;
  /** Fewest rows accepted; 1 by default. */
  readonly minRows?: number;
}

const isDesignSource = (X: unknown): X is DesignSource =>
  typeof X === "object" && X !== null && typeof (X as Partial<DesignSource>).toDesign === "function";

/**
 * Reads features for training: a float64 matrix that must not be written to (it may be the caller's own).
 *
 * @example
 * readDesign([[1, 2], [3, 4]], "f").matrix.row(1); // [3, 4]
 */
export function readDesign(X: MatrixLike, where: string, options: DesignOptions = {}): Design {
  const argument = options.argument ?? "X";
  const design = toDesign(X, where, argument);
  const { matrix } = design;
  const minRows = options.minRows ?? 1;
  if (matrix.rows < minRows) {
    throw shapeError(where, argument, `has ${plural(matrix.rows, "row")}`, `at least ${minRows}`);
  }
  if (matrix.cols < 1) throw shapeError(where, argument, "has 0 columns", "at least 1");
  if (design.categories && !options.allowCategories) {
    const j = design.categories.findIndex((c) => c !== null);
    if (j >= 0) {
      const name = design.names?.[j] ?? `column ${j}`;
      throw valueError(
        where,
        argument,
        `holds the category column ${show(name)}, expected numbers: encode it first, e.g. with OneHotEncoder in a ColumnTransformer`,
      );
    }
  }
  checkFinite(design, where, argument, options);
  return design;
}

/** What an estimator reads that takes sparse rows as they are. */
export interface RowsDesign extends Omit<Design, "matrix"> {
  readonly matrix: Matrix | SparseMatrix;
}

/** As {@link readDesign}, but a sparse matrix stays one, unless it is more than half full: then dense rows are smaller. */
export function readRows(X: MatrixLike, where: string, options: DesignOptions = {}): RowsDesign {
  if (!staysSparse(X)) return readDesign(X, where, options);
  checkStored(X, where, options);
  return { matrix: X, names: null, categories: null };
}

/** As {@link readLike}, but a sparse matrix stays one. */
export function readRowsLike(
  schema: Schema,
  X: MatrixLike,
  where: string,
  options: DesignOptions = {},
): RowsDesign {
  if (!staysSparse(X) || X.cols !== schema.nFeatures || schema.categories)
    return readLike(schema, X, where, options);
  checkStored(X, where, options);
  return { matrix: X, names: null, categories: null };
}

const staysSparse = (X: MatrixLike): X is SparseMatrix =>
  X instanceof SparseMatrix && X.rows > 0 && X.cols > 0 && X.nnz <= 0.5 * X.rows * X.cols;

/** Reads features for prediction and checks them against the training columns; named columns are put in training order. */
export function readLike(schema: Schema, X: MatrixLike, where: string, options: DesignOptions = {}): Design {
  const argument = options.argument ?? "X";
  let design = toDesign(X, where, argument);
  if (schema.names && design.names) design = inTrainingOrder(schema, design, where, argument);
  const { matrix } = design;
  if (matrix.cols !== schema.nFeatures) {
    throw shapeError(
      where,
      argument,
      `has ${plural(matrix.cols, "column")}`,
      `${schema.nFeatures} (as in training)`,
    );
  }
  if (design.categories || schema.categories) design = recode(schema, design, where, argument);
  if (matrix.rows > 0) checkFinite(design, where, argument, options);
  return design;
}

/**
 * What a model has to keep of its training matrix, to check the features at prediction: number of columns,
 * their names and their categories.
 *
 * @param design what {@link readDesign} or {@link readRows} gave
 *
 * @example
 * schemaOf(readDesign([[1, 2]], "f")).nFeatures; // 2
 */
export function schemaOf(design: RowsDesign): Schema {
  return { nFeatures: design.matrix.cols, names: design.names, categories: design.categories };
}

/**
 * Name of feature j for messages, importances and plots.
 *
 * @example
 * featureName({ names: null }, 2); // "x2"
 */
export function featureName(schema: { readonly names: readonly string[] | null }, j: number): string {
  return schema.names?.[j] ?? `x${j}`;
}

function toDesign(X: MatrixLike, where: string, argument: string): Design {
  const plain = (matrix: Matrix): Design => ({ matrix, names: null, categories: null });
  // Before Matrix: a NamedMatrix is a matrix that also knows its names.
  if (isDesignSource(X)) return X.toDesign(where);
  if (X instanceof Matrix) {
    return plain(
      X.data instanceof Float64Array ? (X as Matrix) : new Matrix(Float64Array.from(X.data), X.rows, X.cols),
    );
  }
  if (X instanceof SparseMatrix) return plain(X.toDense());
  if (Array.isArray(X)) {
    const d = X.length === 0 ? 0 : lengthOf(X[0], where, argument, 0);
    const data = new Float64Array(X.length * d);
    for (let i = 0; i < X.length; i++) {
      const row = X[i] as ArrayLike<unknown>;
      if (lengthOf(row, where, argument, i) !== d) {
        throw shapeError(where, argument, `has ${row.length} entries in row ${i}`, `${d} (as in row 0)`);
      }
      for (let j = 0; j < d; j++) {
        const v = row[j];
        if (typeof v !== "number")
          throw valueError(where, argument, `holds ${show(v)} at row ${i}, column ${j}, expected a number`);
        data[i * d + j] = v;
      }
    }
    return plain(new Matrix(data, X.length, d));
  }
  throw argumentError(where, argument, X, "a Matrix, SparseMatrix, Table or array of rows");
}

function lengthOf(row: unknown, where: string, argument: string, i: number): number {
  if (!Array.isArray(row) && !ArrayBuffer.isView(row)) {
    throw valueError(where, argument, `holds ${show(row)} as row ${i}, expected an array of numbers`);
  }
  return (row as unknown as ArrayLike<unknown>).length;
}

function checkFinite(design: Design, where: string, argument: string, options: DesignOptions): void {
  if (options.allowMissing && options.allowInfinite) return;
  const { data, cols } = design.matrix;
  for (let i = 0; i < data.length; i++) {
    const v = data[i]!;
    // v - v is 0 for every finite number and NaN otherwise.
    if (v - v === 0) continue;
    const isCategory = design.categories?.[i % cols] != null;
    if (
      Number.isNaN(v)
        ? options.allowMissing || (isCategory && options.allowCategories)
        : options.allowInfinite
    )
      continue;
    const name = design.names ? `${show(design.names[i % cols])}` : `${i % cols}`;
    throw notFinite(v, Math.floor(i / cols), name, where, argument);
  }
}

/** The numbers that a sparse matrix stores. */
function checkStored(X: SparseMatrix, where: string, options: DesignOptions): void {
  for (let at = 0, row = 0; at < X.nnz; at++) {
    const v = X.values[at]!;
    if (v - v === 0 || (Number.isNaN(v) ? options.allowMissing : options.allowInfinite)) continue;
    while (X.indptr[row + 1]! <= at) row++;
    throw notFinite(v, row, `${X.indices[at]}`, where, options.argument ?? "X");
  }
}

function notFinite(v: number, row: number, column: string, where: string, argument: string) {
  const advice = Number.isNaN(v) ? ": fill it first, e.g. with SimpleImputer" : "";
  return valueError(where, argument, `holds ${v} at row ${row}, column ${column}${advice}`);
}

function inTrainingOrder(schema: Schema, design: Design, where: string, argument: string): Design {
  const wanted = schema.names!;
  const have = design.names!;
  if (wanted.length === have.length && wanted.every((name, j) => name === have[j])) return design;
  const order = wanted.map((name) => {
    const j = have.indexOf(name);
    if (j < 0) throw valueError(where, argument, `lacks the column ${show(name)} seen in training`);
    return j;
  });
  return {
    matrix: design.matrix.selectCols(order),
    names: wanted,
    categories: design.categories && order.map((j) => design.categories![j]!),
  };
}

/** Rewrites category codes into those of training; a category not seen in training becomes missing (NaN). */
function recode(schema: Schema, design: Design, where: string, argument: string): Design {
  let data: Float64Array | null = null;
  const { rows, cols } = design.matrix;
  for (let j = 0; j < cols; j++) {
    const trained = schema.categories?.[j] ?? null;
    const given = design.categories?.[j] ?? null;
    // Plain numbers for a category column are taken as codes of training.
    if (given === null || trained === given) continue;
    if (trained === null) {
      throw valueError(
        where,
        argument,
        `has categories in column ${show(featureName(schema, j))}, which held numbers in training`,
      );
    }
    const codes = new Map(trained.map((name, code) => [name, code]));
    const map = given.map((name) => codes.get(name) ?? Number.NaN);
    data ??= design.matrix.data.slice();
    for (let i = j; i < rows * cols; i += cols)
      data[i] = Number.isNaN(data[i]!) ? Number.NaN : map[data[i]!]!;
  }
  return {
    matrix: data ? new Matrix(data, rows, cols) : design.matrix,
    names: design.names,
    categories: schema.categories,
  };
}

/**
 * Reads a numeric target of `rows` finite numbers.
 *
 * @example
 * readTarget([1, 2], 2, "f"); // Float64Array [1, 2]
 */
export function readTarget(y: ArrayLike<number>, rows: number, where: string, argument = "y"): Float64Array {
  checkLength(y, rows, where, argument);
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const v = y[i];
    if (typeof v !== "number")
      throw valueError(where, argument, `holds ${show(v)} at row ${i}, expected a number`);
    if (!Number.isFinite(v))
      throw valueError(where, argument, `holds ${v} at row ${i}, expected a finite number`);
    out[i] = v;
  }
  return out;
}

/** Labels as codes into their sorted classes. */
export interface EncodedLabels<L extends Label> {
  readonly classes: readonly L[];
  readonly codes: Int32Array;
}

/**
 * Reads `rows` labels of one kind; classes are sorted (numbers by value, false before true).
 *
 * @example
 * const { classes, codes } = readLabels(["b", "a", "b"], 3, "f");
 * classes; // ["a", "b"]
 * codes; // [1, 0, 1]
 */
export function readLabels<L extends Label>(
  y: ArrayLike<L>,
  rows: number,
  where: string,
  argument = "y",
): EncodedLabels<L> {
  checkLength(y, rows, where, argument);
  const first = typeof y[0];
  const seen = new Map<L, number>();
  const order = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const v = y[i] as L;
    const kind = typeof v;
    if (kind !== "string" && kind !== "boolean" && !(kind === "number" && Number.isFinite(v))) {
      throw valueError(where, argument, `holds ${show(v)} at row ${i}, expected a string, number or boolean`);
    }
    if (kind !== first)
      throw valueError(
        where,
        argument,
        `mixes ${first}s and ${kind}s (row ${i}), expected labels of one kind`,
      );
    let id = seen.get(v);
    if (id === undefined) seen.set(v, (id = seen.size));
    order[i] = id;
  }
  const found = [...seen.keys()];
  const classes = found.slice().sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const rank = new Int32Array(found.length);
  classes.forEach((c, code) => {
    rank[seen.get(c)!] = code;
  });
  return { classes, codes: order.map((id) => rank[id]!) };
}

/**
 * Weights of the rows: non-negative, finite, not all zero; ones when absent.
 *
 * @example
 * readWeights(undefined, 3, "f"); // null
 * readWeights([1, 2], 2, "f"); // Float64Array [1, 2]
 */
export function readWeights(
  weights: ArrayLike<number> | undefined,
  rows: number,
  where: string,
  argument = "sampleWeight",
): Float64Array | null {
  if (weights === undefined) return null;
  const out = readTarget(weights, rows, where, argument);
  const negative = out.findIndex((w) => w < 0);
  if (negative >= 0)
    throw valueError(where, argument, `holds ${out[negative]} at row ${negative}, expected numbers >= 0`);
  if (!out.some((w) => w > 0))
    throw valueError(where, argument, "holds only zeros, expected at least one weight > 0");
  return out;
}

function checkLength(y: ArrayLike<unknown>, rows: number, where: string, argument: string): void {
  if (y === null || typeof y !== "object" || typeof y.length !== "number")
    throw argumentError(where, argument, y, "an array");
  if (y.length !== rows)
    throw shapeError(where, argument, `has ${plural(y.length, "entry", "entries")}`, `${rows} (rows of X)`);
}

function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Refuses an input kind in so many words. */
export function unsupported(where: string, sentence: string): WhetstoneError {
  return new WhetstoneError("unsupported", { where }, sentence);
}
