import { KMeans } from "../cluster/index.ts";
import type { Matrix, RandomStream } from "../math/index.ts";

/** Hard shares of k-means clusters: k x n, the row's weight where it belongs, else 0. */
export function kMeansShares(
  X: Matrix,
  k: number,
  weights: Float64Array | null,
  random: RandomStream,
): Float64Array {
  const n = X.rows;
  const spec = new KMeans({ nClusters: k, nInit: 1, maxIter: 100, seed: random.int(2 ** 32) });
  const options = { onWarning: () => {}, ...(weights && { sampleWeight: weights }) };
  const shares = new Float64Array(k * n);
  spec.fit(X, null, options).labels.forEach((c, i) => {
    shares[c * n + i] = weights ? weights[i]! : 1;
  });
  return shares;
}

/** Shares to start from, k x n: clusters, or random ones that sum to the weight of each row. */
export function startingShares(
  how: "kmeans" | "random",
  X: Matrix,
  k: number,
  weights: Float64Array | null,
  random: RandomStream,
): Float64Array {
  if (how === "kmeans") return kMeansShares(X, k, weights, random);
  const n = X.rows;
  const shares = random.fillUniform(new Float64Array(k * n));
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (let c = 0; c < k; c++) total += shares[c * n + i]!;
    for (let c = 0; c < k; c++)
      shares[c * n + i] = (shares[c * n + i]! / total) * (weights ? weights[i]! : 1);
  }
  return shares;
}
