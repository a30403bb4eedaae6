import {
  type Design,
  type DesignOptions,
  type FitOptions,
  featureName,
  type MatrixLike,
  NamedMatrix,
  readDesign,
  readLike,
  readWeights,
  type Schema,
  schemaOf,
  TransformerModel,
  throwIfAborted,
} from "../../contract/index.ts";

/** What every numeric transformer starts with. */
export interface FitStart {
  readonly design: Design;
  readonly schema: Schema;
  /** Null where every row counts once. */
  readonly weights: Float64Array | null;
}

/** Checks signal, features and weights. NaN is a missing value unless `design` says otherwise. */
export function startFit(
  X: MatrixLike,
  options: FitOptions | undefined,
  where: string,
  designOptions: DesignOptions = { allowMissing: true },
): FitStart {
  throwIfAborted(options?.signal, where);
  const design = readDesign(X, where, designOptions);
  return {
    design,
    schema: schemaOf(design),
    weights: readWeights(options?.sampleWeight, design.matrix.rows, where),
  };
}

/** Names of the training columns, x0, x1, ... where they had none. */
export function inputNames(schema: Schema): string[] {
  return Array.from({ length: schema.nFeatures }, (_, j) => featureName(schema, j));
}

/** A model that turns each column into one column. */
export abstract class ColumnwiseModel extends TransformerModel {
  /** The new value of v in column j. NaN never gets here. */
  protected abstract forward(v: number, j: number): number;
  /** Whether a missing value is passed on rather than refused. */
  protected get passesMissing(): boolean {
    return true;
  }
  protected get specName(): string {
    return (this.constructor as unknown as { typeName: string }).typeName.replace(/Model$/, "");
  }

  outputNames(): readonly string[] {
    return inputNames(this.schema);
  }

  /** The features with every column transformed; missing values stay missing. */
  transform(X: MatrixLike): NamedMatrix {
    return this.map(X, "transform", (v, j) => this.forward(v, j));
  }

  protected map(X: MatrixLike, method: string, f: (v: number, j: number) => number): NamedMatrix {
    const where = `${this.specName}.${method}`;
    const { matrix } = readLike(this.schema, X, where, { allowMissing: this.passesMissing });
    const { data, rows, cols } = matrix;
    const out = new Float64Array(data.length);
    for (let i = 0, at = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++, at++) {
        const v = data[at]!;
        out[at] = Number.isNaN(v) ? v : f(v, j);
      }
    }
    return new NamedMatrix(out, rows, this.outputNames());
  }
}

/** A columnwise model that can be undone. */
export abstract class InvertibleModel extends ColumnwiseModel {
  protected abstract backward(v: number, j: number): number;

  /** Undoes `transform`, up to rounding and to what the transformation itself loses. */
  inverseTransform(X: MatrixLike): NamedMatrix {
    return this.map(X, "inverseTransform", (v, j) => this.backward(v, j));
  }
}

/** Weighted mean and population variance of one column, missing values skipped. */
export function columnMoments(
  column: Float64Array,
  weights: Float64Array | null,
): { mean: number; variance: number; total: number } {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < column.length; i++) {
    const v = column[i]!;
    if (Number.isNaN(v)) continue;
    const w = weights ? weights[i]! : 1;
    total += w;
    sum += w * v;
  }
  if (total === 0) return { mean: Number.NaN, variance: Number.NaN, total };
  const mean = sum / total;
  let squares = 0;
  let drift = 0;
  for (let i = 0; i < column.length; i++) {
    const v = column[i]!;
    if (Number.isNaN(v)) continue;
    const w = weights ? weights[i]! : 1;
    squares += w * (v - mean) * (v - mean);
    drift += w * (v - mean);
  }
  // The second term removes the rounding of the mean (Chan, Golub and LeVeque 1983).
  return {
    mean: mean + drift / total,
    variance: Math.max(0, squares - (drift * drift) / total) / total,
    total,
  };
}

/** Whether the spread is nothing but rounding, so that dividing by it would blow noise up. */
export function isConstant(mean: number, variance: number, total: number): boolean {
  const eps = Number.EPSILON;
  return variance <= total * eps * variance + (total * mean * eps) ** 2;
}
