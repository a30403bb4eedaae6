import { type MatrixLike, readDesign } from "../contract/index.ts";
import { argumentError, shapeError } from "../errors.ts";
import { pairwiseDistances } from "../math/index.ts";
import { nearestRows } from "./nearest-rows.ts";

/**
 * How far a map can be trusted locally, from 0 to 1: neighbours on the map that are no neighbours in the data cost
 * by how far down they rank there.
 *
 * Source: Venna and Kaski (2001).
 *
 * @param nNeighbors below half the number of rows. Default: 5.
 *
 * @example
 * const X = [[0], [1], [3], [7], [15], [31]];
 * trustworthiness(X, X, { nNeighbors: 2 }); // 1
 */
export function trustworthiness(
  X: MatrixLike,
  embedding: MatrixLike,
  options: { readonly nNeighbors?: number } = {},
): number {
  const where = "trustworthiness";
  const x = readDesign(X, where).matrix;
  const y = readDesign(embedding, where, { argument: "embedding" }).matrix;
  const n = x.rows;
  if (y.rows !== n) throw shapeError(where, "embedding", `has ${y.rows} rows`, `${n} (as X)`);
  const { nNeighbors: k = 5 } = options ?? {};
  if (!(Number.isSafeInteger(k) && k >= 1 && 2 * k < n))
    throw argumentError(where, "nNeighbors", k, `an integer >= 1 and below ${n / 2}, half the rows`);
  const near = nearestRows(y, y, k, true);
  const D = pairwiseDistances(x, undefined, "sqeuclidean");
  let cost = 0;
  for (let i = 0; i < n; i++) {
    const row = D.row(i);
    for (let r = 0; r < k; r++) {
      const j = near.indices[i * k + r]!;
      // Rank of j among the neighbours of i in the data; ties by row.
      let rank = 1;
      for (let m = 0; m < n; m++)
        if (m !== i && m !== j && (row[m]! < row[j]! || (row[m] === row[j] && m < j))) rank++;
      if (rank > k) cost += rank - k;
    }
  }
  return 1 - (2 * cost) / (n * k * (2 * n - 3 * k - 1));
}
