import { type MatrixLike, NamedMatrix, readLike, type Schema, TransformerModel } from "../contract/index.ts";
import { Matrix } from "../math/index.ts";
import { gemm } from "../math/linalg/multiply.ts";

/** Largest entry of each row positive: what makes components the same on every run and solver. */
export function fixRowSigns(C: Matrix): void {
  for (let k = 0; k < C.rows; k++) {
    const row = C.row(k);
    let top = 0;
    for (let j = 1; j < row.length; j++) if (Math.abs(row[j]!) > Math.abs(row[top]!)) top = j;
    if (row[top]! < 0) for (let j = 0; j < row.length; j++) row[j] = -row[j]!;
  }
}

/** X - mean, or X itself where there is no mean. */
export function centreRows(X: Matrix, mean: Float64Array | null): Matrix {
  return mean ? X.addRow(mean.map((v) => -v)) : X;
}

/** (X - mean) C^T with C k x d: rows on the components. The mean is taken off afterwards, as one row of C mean. */
export function project(X: Matrix, C: Matrix, mean: Float64Array | null): Matrix {
  const out = Matrix.zeros(X.rows, C.rows);
  const centred = centreRows(X, mean);
  gemm(false, true, X.rows, C.rows, X.cols, 1, centred.data, C.data, 0, out.data);
  return out;
}

export const schemaOfOutput = (n: number): Schema => ({ nFeatures: n, names: null, categories: null });

/** A model whose output columns are `name0`, `name1`, ... */
export abstract class ComponentModel extends TransformerModel {
  /** Number of output columns. */
  abstract get nComponents(): number;

  protected get specName(): string {
    return (this.constructor as unknown as { typeName: string }).typeName.replace(/Model$/, "");
  }

  outputNames(): readonly string[] {
    const stem = this.specName.toLowerCase();
    return Array.from({ length: this.nComponents }, (_, k) => `${stem}${k}`);
  }

  protected named(out: Matrix): NamedMatrix {
    return new NamedMatrix(out.data, out.rows, this.outputNames());
  }

  /** Reads rows in the space of the training features. */
  protected rowsLike(X: MatrixLike, method = "transform"): Matrix {
    return readLike(this.schema, X, `${this.specName}.${method}`).matrix;
  }

  /** Reads rows in the space of the components. */
  protected projected(X: MatrixLike, method = "inverseTransform"): Matrix {
    return readLike(schemaOfOutput(this.nComponents), X, `${this.specName}.${method}`).matrix;
  }

  protected backNamed(out: Matrix): Matrix {
    return this.schema.names ? new NamedMatrix(out.data, out.rows, this.schema.names) : out;
  }
}
