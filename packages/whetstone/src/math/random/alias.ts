import { unit } from "./xoshiro.ts";

/** Vose's tables: slot i keeps its own outcome with probability `keep[i]`, else gives `other[i]`. */
export interface AliasTable {
  readonly keep: Float64Array;
  readonly other: Int32Array;
}

/**
 * Builds the tables in linear time from weights of positive sum. Vose, "A linear algorithm for generating
 * random numbers with a given distribution", IEEE Trans. Softw. Eng. 17(9), 1991.
 */
export function aliasTable(weights: ArrayLike<number>, total: number): AliasTable {
  const n = weights.length;
  const keep = new Float64Array(n);
  const other = new Int32Array(n);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < n; i++) {
    keep[i] = (weights[i]! / total) * n;
    other[i] = i;
    (keep[i]! < 1 ? small : large).push(i);
  }
  while (small.length > 0 && large.length > 0) {
    const i = small.pop()!;
    const j = large[large.length - 1]!;
    other[i] = j;
    keep[j] = keep[j]! - (1 - keep[i]!);
    if (keep[j]! < 1) small.push(large.pop()!);
  }
  // What is left differs from 1 by rounding only, except an outcome of weight 0, which must stay impossible.
  let heaviest = 0;
  for (let i = 1; i < n; i++) if (weights[i]! > weights[heaviest]!) heaviest = i;
  for (const i of [...small, ...large]) {
    if (weights[i] === 0) {
      keep[i] = 0;
      other[i] = heaviest;
    } else keep[i] = 1;
  }
  return { keep, other };
}

export function aliasDraw(s: Int32Array, table: AliasTable): number {
  const u = unit(s) * table.keep.length;
  const slot = Math.floor(u);
  return unit(s) < table.keep[slot]! ? slot : table.other[slot]!;
}
