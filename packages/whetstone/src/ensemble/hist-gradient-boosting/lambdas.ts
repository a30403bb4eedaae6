import type { RowDerivatives } from "./objective.ts";

/** How pairs of rows of a query count. */
export interface RankingLoss {
  readonly objective: "ndcg" | "pairwise";
  /** Ranks that count; Infinity: all. */
  readonly truncation: number;
  readonly gain: "exponential" | "linear";
}

/** Rows of each query, in the order of the queries' first rows. */
export function rowsByQuery(queries: ArrayLike<number>): Uint32Array[] {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < queries.length; i++) {
    const group = groups.get(queries[i]!);
    if (group) group.push(i);
    else groups.set(queries[i]!, [i]);
  }
  return Array.from(groups.values(), (rows) => Uint32Array.from(rows));
}

/**
 * Gradients and hessians of LambdaMART (Burges, "From RankNet to LambdaRank to LambdaMART", MSR-TR-2010-82, sections 4
 * and 7). A pair of rows a above b in relevance, with scores s, adds -w r to a's gradient, w r to b's and w r (1 - r) to
 * both hessians, where r = 1 / (1 + exp(s_a - s_b)) and w is the change of NDCG were the two to trade places (1 for
 * pairwise). Rows are ranked by score, ties in their order.
 *
 * @param y relevances >= 0, by row
 * @param groups rows of each query
 */
export function rankingRows(
  y: Float64Array,
  groups: readonly Uint32Array[],
  how: RankingLoss,
): RowDerivatives {
  const queries = groups.map((rows) => new Query(y, rows, how));
  return {
    update(raw, gradient, hessian) {
      gradient.fill(0);
      hessian.fill(0);
      for (const query of queries) query.addPairs(raw, gradient, hessian);
    },
    /** 1 - NDCG, or the log loss per pair: the mean over the queries in which relevances differ. */
    meanLoss(raw, weights) {
      let sum = 0;
      let total = 0;
      for (const query of queries) {
        const loss = query.loss(raw);
        if (Number.isNaN(loss)) continue;
        const weight = weights ? query.meanOf(weights) : 1;
        sum += weight * loss;
        total += weight;
      }
      return total > 0 ? sum / total : 0;
    },
  };
}

class Query {
  readonly #rows: Uint32Array;
  readonly #relevance: Float64Array;
  readonly #worth: Float64Array;
  readonly #discount: Float64Array;
  readonly #how: RankingLoss;
  /** 1 / the best DCG; 0 where all relevances are 0. */
  readonly #scale: number;

  constructor(y: Float64Array, rows: Uint32Array, how: RankingLoss) {
    this.#rows = rows;
    this.#how = how;
    this.#relevance = Float64Array.from(rows, (i) => y[i]!);
    this.#worth = this.#relevance.map((r) => (how.gain === "linear" ? r : 2 ** r - 1));
    this.#discount = Float64Array.from(rows, (_, rank) =>
      rank < how.truncation ? 1 / Math.log2(rank + 2) : 0,
    );
    const best = this.#worth.slice().sort().reverse();
    const ideal = best.reduce((sum, w, rank) => sum + w * this.#discount[rank]!, 0);
    this.#scale = ideal > 0 ? 1 / ideal : 0;
  }

  addPairs(raw: Float64Array, gradient: Float64Array, hessian: Float64Array): void {
    const order = this.#order(raw);
    const ndcg = this.#how.objective === "ndcg";
    if (ndcg && this.#scale === 0) return;
    const m = order.length;
    // Beyond the truncation a swap changes nothing.
    const first = ndcg ? Math.min(m, this.#how.truncation) : m;
    for (let p = 0; p < first; p++) {
      const a = order[p]!;
      const i = this.#rows[a]!;
      for (let q = p + 1; q < m; q++) {
        const b = order[q]!;
        const better = this.#relevance[a]! - this.#relevance[b]!;
        if (better === 0) continue;
        const j = this.#rows[b]!;
        const weight = ndcg
          ? Math.abs(this.#worth[a]! - this.#worth[b]!) *
            (this.#discount[p]! - this.#discount[q]!) *
            this.#scale
          : 1;
        const sign = better > 0 ? 1 : -1;
        const r = 1 / (1 + Math.exp(sign * (raw[i]! - raw[j]!)));
        const g = sign * weight * r;
        const h = weight * r * (1 - r);
        gradient[i] = gradient[i]! - g;
        gradient[j] = gradient[j]! + g;
        hessian[i] = hessian[i]! + h;
        hessian[j] = hessian[j]! + h;
      }
    }
  }

  /** NaN where all relevances are equal or, for ndcg, all are 0. */
  loss(raw: Float64Array): number {
    if (this.#how.objective === "ndcg") {
      if (this.#scale === 0) return Number.NaN;
      return (
        1 -
        this.#scale * this.#order(raw).reduce((sum, a, p) => sum + this.#worth[a]! * this.#discount[p]!, 0)
      );
    }
    let sum = 0;
    let pairs = 0;
    this.#rows.forEach((i, a) => {
      this.#rows.forEach((j, b) => {
        if (!(this.#relevance[a]! > this.#relevance[b]!)) return;
        const d = raw[j]! - raw[i]!;
        sum += Math.max(0, d) + Math.log1p(Math.exp(-Math.abs(d)));
        pairs++;
      });
    });
    return pairs > 0 ? sum / pairs : Number.NaN;
  }

  meanOf(weights: Float64Array): number {
    return this.#rows.reduce((sum, i) => sum + weights[i]!, 0) / this.#rows.length;
  }

  /** The query's own rows by falling score. */
  #order(raw: Float64Array): Uint32Array {
    const rows = this.#rows;
    return Uint32Array.from(rows, (_, a) => a).sort((a, b) => raw[rows[b]!]! - raw[rows[a]!]! || a - b);
  }
}
