import { type FitOptions, warn } from "../../contract/index.ts";
import type { RandomStream } from "../../math/random/index.ts";
import type { BoostingProblem } from "./boost.ts";

export function product(a: Float64Array | null, b: Float64Array | null): Float64Array | null {
  return a && b ? a.map((v, i) => v * b[i]!) : (a ?? b);
}

/** Rows of weight 0 are no rows; of the others some are kept for validation. Null stands for all rows. */
export function splitRows(
  { y, sampleWeight, classWeight, stopping, stratify, queries = null }: BoostingProblem,
  random: RandomStream,
): { train: Uint32Array | null; validation: Uint32Array | null } {
  const weight = product(sampleWeight, classWeight);
  if (weight === null && stopping === null) return { train: null, validation: null };
  const all = Uint32Array.from(y, (_, i) => i);
  const rows = weight ? all.filter((i) => weight[i]! > 0) : all;
  const fraction = stopping?.validationFraction ?? null;
  if (fraction === null || rows.length < 2) {
    return { train: rows.length < all.length ? rows : null, validation: null };
  }
  const whole = queries && splitQueries(rows, queries, fraction, random);
  if (whole) return whole;
  const isHeld = new Uint8Array(y.length);
  const groups = new Map<number, number[]>();
  for (const i of rows) {
    const key = stratify ? y[i]! : 0;
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  // Largest shares first get their part; what rounding leaves over is carried to the next class.
  let owed = 0;
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length)) {
    owed += group.length * fraction;
    const count = Math.max(0, Math.min(group.length - 1, Math.round(owed)));
    owed -= count;
    for (const j of random.choice(group.length, count)) isHeld[group[j]!] = 1;
  }
  const validation = rows.filter((i) => isHeld[i] === 1);
  if (validation.length === 0) isHeld[rows[rows.length - 1]!] = 1;
  return {
    train: rows.filter((i) => isHeld[i] === 0),
    validation: validation.length > 0 ? validation : rows.slice(-1),
  };
}

/** Keeps whole queries for validation; null where there is but one. */
function splitQueries(
  rows: Uint32Array,
  queries: Int32Array,
  fraction: number,
  random: RandomStream,
): { train: Uint32Array; validation: Uint32Array } | null {
  const names = [...new Set(Array.from(rows, (i) => queries[i]!))];
  if (names.length < 2) return null;
  const count = Math.min(names.length - 1, Math.max(1, Math.round(fraction * names.length)));
  const held = new Set(Array.from(random.choice(names.length, count), (at) => names[at]!));
  return {
    train: rows.filter((i) => !held.has(queries[i]!)),
    validation: rows.filter((i) => held.has(queries[i]!)),
  };
}

export function warnIfLight(
  { where, limits, sampleWeight }: BoostingProblem,
  counts: Float64Array,
  options: FitOptions,
): void {
  const rows = counts.length;
  const total = counts.reduce((a, b) => a + b, 0);
  const counted = total / Math.min(1, total / rows);
  if (sampleWeight && rows >= 2 * limits.minSamplesLeaf && counted < 2 * limits.minSamplesLeaf) {
    warn(where, options, `the weights add up to ${counted} rows, too few for two leaves of minSamplesLeaf`);
  }
}

/** A sorted random sample of row numbers without replacement (Knuth, TAOCP 2, 3.4.2, algorithm S). */
export function drawRows(rows: number, share: number, random: RandomStream): Uint32Array {
  let missing = Math.max(1, Math.round(share * rows));
  const out = new Uint32Array(missing);
  for (let i = 0, at = 0; missing > 0; i++) {
    if (random.uniform() * (rows - i) < missing) {
      out[at++] = i;
      missing--;
    }
  }
  return out;
}
