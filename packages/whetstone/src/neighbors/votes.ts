import { oneOf, type Param } from "../contract/index.ts";

export type NeighborWeights = "uniform" | "distance";

export const weightsParam: Param<NeighborWeights> = oneOf(["uniform", "distance"], {
  default: "uniform",
  doc: "Every neighbour counts alike, or by 1 / distance; neighbours at distance 0 then count alone",
});

/** Weights of the neighbours `from` to `to` - 1, written to `out` from 0 on. */
export function neighborWeights(
  weights: NeighborWeights,
  distances: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
): void {
  if (weights === "uniform") {
    out.fill(1, 0, to - from);
    return;
  }
  let exact = false;
  for (let q = from; q < to; q++) if (distances[q] === 0) exact = true;
  // 1 / distance relative to the nearest: denormal distances then give no infinity.
  let least = Number.POSITIVE_INFINITY;
  for (let q = from; q < to; q++) least = Math.min(least, distances[q]!);
  for (let q = from; q < to; q++)
    out[q - from] = exact ? (distances[q] === 0 ? 1 : 0) : least / distances[q]!;
}
