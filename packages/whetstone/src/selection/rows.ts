import { argumentError, type MatrixLike, Spec, shapeError } from "../contract/index.ts";

/** Chosen rows of X, in the form X has: a table stays a table. */
export function takeRows(X: MatrixLike, rows: ArrayLike<number>): MatrixLike {
  if (Array.isArray(X)) return Array.from(rows, (i) => X[i]!);
  return (X as { selectRows(rows: ArrayLike<number>): MatrixLike }).selectRows(rows);
}

/** Chosen entries of an array, a typed array staying one. */
export function takeEntries<V>(values: ArrayLike<V>, rows: ArrayLike<number>): V[] | Float64Array {
  if (values instanceof Float64Array) return Float64Array.from(rows, (i) => values[i]!);
  return Array.from(rows, (i) => values[i]!);
}

/** Refuses what is not a specification. */
export function checkSpec(spec: unknown, where: string): void {
  if (!(spec instanceof Spec))
    throw argumentError(
      where,
      "spec",
      spec,
      "a specification of a classifier or regressor, such as new Ridge()",
    );
}

/** Number of rows of X, after checking that y has as many entries. */
export function checkRows(X: MatrixLike, y: ArrayLike<unknown>, where: string): number {
  const n = rowCount(X);
  if (n === undefined) {
    throw shapeError(
      where,
      "X",
      "has no rows that can be chosen",
      "a Matrix, SparseMatrix, Table or array of rows",
    );
  }
  if (y === null || typeof y !== "object" || typeof y.length !== "number" || y.length !== n) {
    throw shapeError(
      where,
      "y",
      `has ${(y as { length?: number } | null)?.length ?? "no"} entries`,
      `${n} (rows of X)`,
    );
  }
  return n;
}

function rowCount(X: MatrixLike): number | undefined {
  if (Array.isArray(X)) return X.length;
  if (X === null || typeof X !== "object") return undefined;
  const { rows, selectRows } = X as { rows?: unknown; selectRows?: unknown };
  return typeof rows === "number" && typeof selectRows === "function" ? rows : undefined;
}
