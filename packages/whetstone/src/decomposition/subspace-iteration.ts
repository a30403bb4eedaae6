import { Matrix, randomStream } from "../math/index.ts";
import { nearlyOrthonormalColumns, orthonormalColumns } from "../math/linalg/column-basis.ts";
import { eigh } from "../math/linalg/eigh.ts";
import { gemm, workspace } from "../math/linalg/multiply.ts";

/** Leading eigenpairs: values descending, vectors as rows (k x n). */
export interface TopEigen {
  readonly values: Float64Array;
  readonly vectors: Matrix;
}

/**
 * The k largest eigenpairs of a symmetric positive semi-definite matrix by block power iteration from a random start,
 * with a Rayleigh-Ritz step at the end (Halko, Martinsson and Tropp 2011, section 4.5). Close to exact where the
 * spectrum falls off after the first k.
 */
export function topEigenpairs(
  C: Float64Array,
  n: number,
  k: number,
  options: { readonly oversampling: number; readonly iterations: number; readonly seed: number },
): TopEigen {
  const width = Math.min(n, k + options.oversampling);
  const random = randomStream(options.seed);
  const start = Matrix.zeros(n, width).map(() => random.normal());
  return workspace(n * n, (allocate) => {
    const held = allocate(n * n); // C where the kernels read it without a copy for each product
    held.set(C);
    const times = (B: Matrix): Matrix => {
      const out = Matrix.zeros(n, width);
      gemm(false, false, n, width, n, 1, held, B.data, 0, out.data);
      return out;
    };
    let range = times(start);
    for (let i = 0; i < options.iterations; i++) range = times(nearlyOrthonormalColumns(range));
    const Q = orthonormalColumns(range);
    const small = Matrix.zeros(width, width);
    gemm(true, false, width, width, n, 1, Q.data, times(Q).data, 0, small.data);
    for (let i = 0; i < width; i++)
      for (let j = 0; j < i; j++)
        small.data[i * width + j] = small.data[j * width + i] = (small.at(i, j) + small.at(j, i)) / 2;
    const { values, vectors } = eigh(small);
    const rotated = Q.matmul(vectors).transpose();
    return { values: values.slice(0, k), vectors: new Matrix(rotated.data.slice(0, k * n), k, n) };
  });
}
