import { Matrix, qr, type RandomStream } from "../math/index.ts";
import { eigh } from "../math/linalg/eigh.ts";
import type { SparseRows } from "./nearest-rows.ts";

/**
 * Eigenvectors 2 to k + 1 of the normalised Laplacian of a graph, roughly: block power iteration on I + D^-1/2 W D^-1/2.
 * Good enough to start a layout from.
 */
export function spectralLayout(graph: SparseRows, k: number, random: RandomStream): Matrix {
  const { n, indptr, indices, values } = graph;
  const width = Math.min(n, k + 1 + 6);
  const root = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let e = indptr[i]!; e < indptr[i + 1]!; e++) root[i] = root[i]! + values[e]!;
    root[i] = 1 / Math.sqrt(Math.max(root[i]!, 1e-12));
  }
  const times = (B: Matrix): Matrix => {
    const out = B.clone();
    for (let i = 0; i < n; i++) {
      for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
        const j = indices[e]!;
        const w = values[e]! * root[i]! * root[j]!;
        for (let c = 0; c < width; c++)
          out.data[i * width + c] = out.data[i * width + c]! + w * B.data[j * width + c]!;
      }
    }
    return out;
  };
  let Q = qr(Matrix.zeros(n, width).map(() => random.normal())).Q;
  for (let round = 0; round < 40; round++) {
    for (let inner = 0; inner < 4; inner++) Q = times(Q);
    Q = qr(Q).Q;
  }
  const small = Q.transpose().matmul(times(Q));
  const { vectors } = eigh(
    small.map((v, at) => (v + small.data[(at % width) * width + Math.floor(at / width)]!) / 2),
  );
  const V = Q.matmul(vectors);
  return Matrix.zeros(n, k).map((_, at) =>
    1 + (at % k) < width ? V.at(Math.floor(at / k), 1 + (at % k)) : 0,
  );
}
