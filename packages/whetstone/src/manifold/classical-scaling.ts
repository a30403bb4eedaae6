import type { Matrix } from "../math/index.ts";
import { eigh } from "../math/linalg/eigh.ts";

/** Leading eigenpairs of the doubly centred -D^2 / 2. */
export interface ClassicalScaling {
  readonly values: Float64Array;
  /** k x n, each with its largest entry positive. */
  readonly vectors: Matrix;
  readonly rowMeans: Float64Array;
  readonly mean: number;
}

/** Torgerson (1952): the inner products that distances imply, and their leading eigenvectors. */
export function classicalScaling(D: Matrix, k: number): ClassicalScaling {
  const n = D.rows;
  const G = D.map((v) => -0.5 * v * v);
  const rowMeans = G.rowSums().map((v) => v / n);
  const mean = rowMeans.reduce((s, v) => s + v, 0) / n;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const v = G.at(i, j) - rowMeans[i]! - rowMeans[j]! + mean;
      G.set(i, j, v);
      G.set(j, i, v);
    }
  const { values, vectors } = eigh(G, { count: k });
  const kept = vectors.transpose();
  for (let r = 0; r < k; r++) {
    const row = kept.row(r);
    const top = row.reduce((a, b) => (Math.abs(b) > Math.abs(a) * (1 + 1e-9) ? b : a), 0);
    if (top < 0) for (let j = 0; j < n; j++) row[j] = -row[j]!;
  }
  return { values, vectors: kept, rowMeans, mean };
}
