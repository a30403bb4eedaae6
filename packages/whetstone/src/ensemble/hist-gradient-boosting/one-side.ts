import type { RandomStream } from "../../math/random/index.ts";
import type { GradientRows } from "./gradients.ts";

/**
 * Gradient-based one-side sampling (Ke et al., "LightGBM", NeurIPS 2017, section 3): keeps the share `topRate` of the
 * rows with the largest gradients, draws the share `otherRate` of all rows from the rest, and multiplies gradients and
 * hessians of those by (1 - topRate) / otherRate, so that sums keep their expectation. Counts stay as they are.
 *
 * @returns the rows to grow on, ascending
 */
export function sampleOneSide(
  state: GradientRows,
  { topRate, otherRate }: { readonly topRate: number; readonly otherRate: number },
  random: RandomStream,
): Uint32Array {
  const n = state.rows;
  const pairs = state.pairIntegers;
  const words = new Int32Array(pairs.buffer, pairs.byteOffset, 4 * n);
  const size = new Float64Array(n);
  for (let i = 0; i < n; i++) size[i] = Math.abs(words[4 * i + 1]! * 4294967296 + (words[4 * i]! >>> 0));
  const top = Math.min(n, Math.max(1, Math.round(topRate * n)));
  const others = Math.min(n - top, Math.max(1, Math.round(otherRate * n)));
  const threshold = size.slice().sort()[n - top]!;
  const kept = new Uint8Array(n);
  let left = top;
  for (let i = 0; i < n; i++) {
    if (size[i]! > threshold) {
      kept[i] = 1;
      left--;
    }
  }
  // Of rows that tie at the threshold the first ones.
  for (let i = 0; i < n && left > 0; i++) {
    if (size[i] === threshold) {
      kept[i] = 1;
      left--;
    }
  }
  const rest = new Uint32Array(n - top);
  for (let i = 0, at = 0; i < n; i++) if (kept[i] === 0) rest[at++] = i;
  if (others > 0) {
    const factor = rest.length / others;
    const below = (1n << BigInt(state.countShift)) - 1n;
    for (const at of random.choice(rest.length, others)) {
      const i = rest[at]!;
      kept[i] = 1;
      if (factor === 1) continue;
      const h = pairs[2 * i + 1]!;
      pairs[2 * i] = BigInt(Math.round(Number(pairs[2 * i]!) * factor));
      pairs[2 * i + 1] = (h & ~below) | BigInt(Math.round(Number(h & below) * factor));
    }
  }
  const rows = new Uint32Array(top + others);
  for (let i = 0, at = 0; i < n; i++) if (kept[i] === 1) rows[at++] = i;
  return rows;
}
