import {
  argumentError,
  custom,
  type Design,
  type DesignSource,
  type FitOptions,
  type FittedTransform,
  featureName,
  isTransforms,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  type Schema,
  shapeError,
  show,
  TransformerModel,
  TransformerSpec,
  type Transforms,
  throwIfAborted,
  valueError,
} from "../../contract/index.ts";
import { Matrix, SparseMatrix } from "../../math/index.ts";
import { type ColumnKind, Table } from "../table/index.ts";

const KINDS: readonly ColumnKind[] = ["number", "category", "date", "text", "boolean"];

/** Columns by name, by position, or by what they hold (`{ kind: ["number", "boolean"] }`). */
export type ColumnSelector =
  | readonly string[]
  | readonly number[]
  | { readonly kind: ColumnKind | readonly ColumnKind[] };
/** A transformer for some columns; `"passthrough"` keeps them as they are, `"drop"` leaves them out. */
export type ColumnStep = readonly [string, Transforms | "passthrough" | "drop", ColumnSelector];

const params = {
  transformers: custom<readonly ColumnStep[]>({
    default: [],
    doc: "What happens to which columns: [name, transformer or passthrough or drop, columns]; columns are names, positions or { kind }",
    expected: 'a list of [name, transformer | "passthrough" | "drop", columns] with different names',
    accepts: isColumnSteps,
  }),
  remainder: oneOf(["drop", "passthrough"], {
    default: "drop",
    doc: "What happens to columns that no transformer takes",
  }),
  sparseThreshold: real({
    min: 0,
    max: 1,
    default: 0.3,
    doc: "Where a transformer gives a sparse matrix, the result is one too if less than this share of it is not zero",
  }),
};

function isColumnSteps(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const names = new Set<unknown>();
  return value.every((step: unknown) => {
    if (!Array.isArray(step) || step.length !== 3) return false;
    const [name, spec, columns] = step as [unknown, unknown, unknown];
    if (typeof name !== "string" || name === "" || names.has(name)) return false;
    names.add(name);
    return (spec === "passthrough" || spec === "drop" || isTransforms(spec)) && isSelector(columns);
  });
}

function isSelector(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.every((v) => typeof v === "string") || value.every((v) => Number.isSafeInteger(v) && v >= 0);
  }
  if (typeof value !== "object" || value === null) return false;
  const kinds = [(value as { kind?: unknown }).kind].flat();
  return kinds.length > 0 && kinds.every((kind) => KINDS.includes(kind as ColumnKind));
}

/**
 * Different transformers for different columns, side by side; their outputs are joined in the order given, the
 * remainder last. By-kind selections are resolved on the training columns and kept.
 *
 * @example
 * const table = Table.fromColumns({ age: [20, 40, 30], city: ["Rome", "Oslo", "Rome"] });
 * const spec = new ColumnTransformer({
 *   transformers: [
 *     ["numbers", new StandardScaler(), { kind: "number" }],
 *     ["categories", new OneHotEncoder(), ["city"]],
 *   ],
 * });
 * spec.fit(table).outputNames().length; // 3
 */
export class ColumnTransformer extends TransformerSpec<typeof params> {
  static readonly typeName = "ColumnTransformer";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(ColumnTransformer.typeName, params, given);
  }

  static fromState(state: unknown): ColumnTransformer {
    return new ColumnTransformer(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    y: ArrayLike<Label> | null = null,
    options: FitOptions = {},
  ): ColumnTransformerModel {
    return this.fitTransform(X, y, options).model;
  }

  override fitTransform(
    X: MatrixLike,
    y: ArrayLike<Label> | null = null,
    options: FitOptions = {},
  ): { model: ColumnTransformerModel; transformed: NamedMatrix | SparseMatrix } {
    const where = "ColumnTransformer.fit";
    throwIfAborted(options.signal, where);
    const source = sourceOf(X, where);
    readWeights(options.sampleWeight, source.rows, where);
    const { schema, kinds } = source;
    const taken = new Set<number>();
    const parts: Part[] = [];
    const outputs: Output[] = [];
    const add = (name: string, spec: ColumnStep[1], columns: readonly number[]) => {
      if (spec === "drop" || columns.length === 0) return;
      if (spec === "passthrough") {
        const part = source.pick(columns).toDesign(where);
        parts.push({
          name,
          columns,
          model: null,
          names: part.names ?? columns.map((j) => featureName(schema, j)),
        });
        outputs.push(part);
        return;
      }
      const { model, transformed } = spec.fitTransform(source.pick(columns), y, options);
      parts.push({ name, columns, model, names: model.outputNames() });
      outputs.push(asOutput(transformed, where));
    };
    for (const [name, spec, selector] of this.params.transformers) {
      const columns = resolve(selector, schema, kinds, where);
      for (const j of columns) taken.add(j);
      add(name, spec, columns);
    }
    const rest = Array.from({ length: schema.nFeatures }, (_, j) => j).filter((j) => !taken.has(j));
    if (this.params.remainder === "passthrough") add("remainder", "passthrough", rest);
    if (parts.length === 0) {
      throw valueError(where, "X", "has no column that a transformer takes: the result would be empty");
    }
    const model = new ColumnTransformerModel(schema, parts, this.params.sparseThreshold);
    return { model, transformed: model.join(outputs, source.rows) };
  }
}

/** One group of columns of the input and what was learned for it. */
interface Part {
  readonly name: string;
  readonly columns: readonly number[];
  /** Null where the columns pass through. */
  readonly model: FittedTransform | null;
  readonly names: readonly string[];
}

/** What {@link ColumnTransformer} learned. */
export class ColumnTransformerModel extends TransformerModel {
  static readonly typeName = "ColumnTransformerModel";
  readonly parts: readonly Part[];
  readonly #names: readonly string[];
  readonly #sparseThreshold: number;

  constructor(schema: Schema, parts: readonly Part[], sparseThreshold: number) {
    super(schema);
    this.parts = parts;
    this.#sparseThreshold = sparseThreshold;
    const plain = parts.flatMap((part) => part.names);
    const clashes = new Set(plain).size < plain.length;
    // Names stay as short as they can be: the group's name leads only where columns would be confused.
    this.#names = clashes ? parts.flatMap((part) => part.names.map((n) => `${part.name}__${n}`)) : plain;
  }

  override outputNames(): readonly string[] {
    return this.#names;
  }

  override transform(X: MatrixLike): NamedMatrix | SparseMatrix {
    const where = "ColumnTransformer.transform";
    const source = sourceOf(X, where, this.schema);
    const outputs = this.parts.map(({ model, columns }) => {
      const part = source.pick(columns);
      return asOutput(model ? model.transform(part) : part, where);
    });
    return this.join(outputs, source.rows);
  }

  /** Puts the outputs of all parts side by side. */
  join(outputs: readonly Output[], rows: number): NamedMatrix | SparseMatrix {
    const sparse = outputs.some((o) => o instanceof SparseMatrix);
    if (sparse && densityOf(outputs, rows) < this.#sparseThreshold)
      return sideBySide(
        outputs.map((o) => (o instanceof SparseMatrix ? o : SparseMatrix.fromDense(o.matrix))),
      );
    const designs = outputs.map(
      (o): Design => (o instanceof SparseMatrix ? { matrix: o.toDense(), names: null, categories: null } : o),
    );
    const width = designs.reduce((sum, o) => sum + o.matrix.cols, 0);
    const data = new Float64Array(rows * width);
    let at = 0;
    for (const { matrix } of designs) {
      for (let i = 0; i < rows; i++) data.set(matrix.row(i), i * width + at);
      at += matrix.cols;
    }
    const categories = designs.some((o) => o.categories)
      ? designs.flatMap((o) => o.categories ?? new Array<null>(o.matrix.cols).fill(null))
      : null;
    return new NamedMatrix(data, rows, this.#names, categories);
  }

  override toState(): unknown {
    return { schema: this.schema, parts: this.parts, sparseThreshold: this.#sparseThreshold };
  }

  static fromState(state: unknown): ColumnTransformerModel {
    const { schema, parts, sparseThreshold } = state as {
      schema: Schema;
      parts: readonly Part[];
      sparseThreshold?: number;
    };
    // Files of before the parameter hold dense results only.
    return new ColumnTransformerModel(schema, parts, sparseThreshold ?? 0);
  }
}

/** Columns to pick from: a table keeps its kinds, anything else is numbers with or without names. */
interface Source {
  readonly rows: number;
  readonly schema: Schema;
  readonly kinds: readonly ColumnKind[];
  pick(columns: readonly number[]): DesignSource;
}

function sourceOf(X: MatrixLike, where: string, trained?: Schema): Source {
  if (X instanceof Table) {
    if (trained && !trained.names && X.cols !== trained.nFeatures) {
      throw shapeError(where, "X", `has ${X.cols} columns`, `${trained.nFeatures} (as in training)`);
    }
    const names = trained?.names ?? X.names;
    const missing = names.find((name) => !X.has(name));
    if (missing !== undefined)
      throw valueError(where, "X", `lacks the column ${show(missing)} seen in training`);
    const kinds = names.map((name) => X.kind(name));
    return {
      rows: X.rows,
      schema: trained ?? { nFeatures: X.cols, names, categories: null },
      kinds,
      pick: (columns) => X.select(columns.map((j) => names[j]!)),
    };
  }
  const anything = { allowMissing: true, allowCategories: true };
  const { matrix, names, categories } = trained
    ? readLike(trained, X, where, anything)
    : readDesign(X, where, anything);
  return {
    rows: matrix.rows,
    schema: trained ?? { nFeatures: matrix.cols, names, categories },
    kinds: Array.from({ length: matrix.cols }, (_, j) => (categories?.[j] ? "category" : "number")),
    pick: (columns) => ({
      toDesign: () => ({
        matrix: matrix.selectCols(columns),
        names: names && columns.map((j) => names[j]!),
        categories: categories && columns.map((j) => categories[j]!),
      }),
    }),
  };
}

function resolve(
  selector: ColumnSelector,
  schema: Schema,
  kinds: readonly ColumnKind[],
  where: string,
): number[] {
  if ("kind" in selector) {
    const wanted = [selector.kind].flat();
    return kinds.flatMap((kind, j) => (wanted.includes(kind) ? [j] : []));
  }
  return selector.map((column) => {
    if (typeof column === "number") {
      if (column < schema.nFeatures) return column;
      throw argumentError(where, "transformers", column, `a column position below ${schema.nFeatures}`);
    }
    const j = schema.names?.indexOf(column) ?? -1;
    if (j >= 0) return j;
    const known = schema.names
      ? `one of ${schema.names.join(", ")}`
      : "a position, because X has no column names";
    throw argumentError(where, "transformers", column, known);
  });
}

/** What a part gives: numbers that know their columns, or a sparse matrix. */
type Output = Design | SparseMatrix;

function asOutput(output: MatrixLike, where: string): Output {
  if (output instanceof SparseMatrix) return output;
  if (output instanceof Matrix && !(output instanceof NamedMatrix)) {
    return { matrix: output as Matrix, names: null, categories: null };
  }
  return readDesign(output, where, {
    allowMissing: true,
    allowInfinite: true,
    allowCategories: true,
    minRows: 0,
  });
}

/** Share of entries that are not zero. */
function densityOf(outputs: readonly Output[], rows: number): number {
  let filled = 0;
  let width = 0;
  for (const o of outputs) {
    width += o instanceof SparseMatrix ? o.cols : o.matrix.cols;
    if (o instanceof SparseMatrix) filled += o.nnz;
    else for (const v of o.matrix.data) filled += v === 0 ? 0 : 1;
  }
  return rows * width === 0 ? 1 : filled / (rows * width);
}

function sideBySide(parts: readonly SparseMatrix[]): SparseMatrix {
  const rows = parts[0]!.rows;
  const nnz = parts.reduce((sum, p) => sum + p.nnz, 0);
  const values = new Float64Array(nnz);
  const indices = new Int32Array(nnz);
  const indptr = new Int32Array(rows + 1);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    let offset = 0;
    for (const p of parts) {
      for (let k = p.indptr[i]!; k < p.indptr[i + 1]!; k++, at++) {
        values[at] = p.values[k]!;
        indices[at] = offset + p.indices[k]!;
      }
      offset += p.cols;
    }
    indptr[i + 1] = at;
  }
  return new SparseMatrix(
    values,
    indices,
    indptr,
    rows,
    parts.reduce((sum, p) => sum + p.cols, 0),
  );
}
