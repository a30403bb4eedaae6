import { oneOf, type Param, real } from "../contract/index.ts";

/** A distance between rows, ready to use. */
export interface RowMetric {
  readonly kind: "euclidean" | "manhattan" | "chebyshev" | "minkowski" | "cosine";
  /** Exponent of `minkowski`. */
  readonly p: number;
}

export const METRICS = ["minkowski", "euclidean", "manhattan", "chebyshev", "cosine"] as const;
/**
 * A distance between rows: Minkowski's of any exponent p >= 1, its cases p = 1 (`"manhattan"`), 2
 * (`"euclidean"`) and Infinity (`"chebyshev"`), and `"cosine"`, 1 minus the cosine of the angle.
 */
export type MetricName = (typeof METRICS)[number];

/**
 * The parameters `metric` (default `"minkowski"`) and `p` (default 2) that every method over neighbours has.
 *
 * @example
 * parseParams("f", metricParams, {}); // { metric: "minkowski", p: 2 }
 */
export const metricParams: { readonly metric: Param<MetricName>; readonly p: Param<number> } = {
  metric: oneOf(METRICS, {
    default: "minkowski",
    doc: "Distance between rows: minkowski of exponent p, or one by name; cosine is 1 minus the cosine of the angle",
  }),
  p: real({
    min: 1,
    default: 2,
    doc: "Exponent of the minkowski distance: 1 is manhattan, 2 euclidean, Infinity chebyshev; of no effect on other metrics",
    search: { low: 1, high: 4 },
  }),
};

/** The metric of a name and an exponent, with the special exponents recognised. */
export function rowMetric(name: MetricName, p: number): RowMetric {
  if (name !== "minkowski") return { kind: name, p: 2 };
  if (p === 1) return { kind: "manhattan", p };
  if (p === 2) return { kind: "euclidean", p };
  if (p === Number.POSITIVE_INFINITY) return { kind: "chebyshev", p };
  return { kind: "minkowski", p };
}

/**
 * The distance of row i of A and row j of B (d wide) before its last step: searches compare these, which order as
 * distances do. Euclidean leaves out the root, minkowski the p-th root.
 */
export type Reduced = (A: Float64Array, i: number, B: Float64Array, j: number, d: number) => number;

export function reducedDistance({ kind, p }: RowMetric): Reduced {
  switch (kind) {
    case "euclidean":
      return (A, i, B, j, d) => {
        let sum = 0;
        for (let q = 0, a = i * d, b = j * d; q < d; q++) {
          const gap = A[a++]! - B[b++]!;
          sum += gap * gap;
        }
        return sum;
      };
    case "manhattan":
      return (A, i, B, j, d) => {
        let sum = 0;
        for (let q = 0, a = i * d, b = j * d; q < d; q++) sum += Math.abs(A[a++]! - B[b++]!);
        return sum;
      };
    case "chebyshev":
      return (A, i, B, j, d) => {
        let most = 0;
        for (let q = 0, a = i * d, b = j * d; q < d; q++) most = Math.max(most, Math.abs(A[a++]! - B[b++]!));
        return most;
      };
    case "minkowski":
      return (A, i, B, j, d) => {
        let sum = 0;
        for (let q = 0, a = i * d, b = j * d; q < d; q++) sum += Math.abs(A[a++]! - B[b++]!) ** p;
        return sum;
      };
    case "cosine":
      return (A, i, B, j, d) => {
        let dot = 0;
        let aa = 0;
        let bb = 0;
        for (let q = 0, a = i * d, b = j * d; q < d; q++) {
          const u = A[a++]!;
          const v = B[b++]!;
          dot += u * v;
          aa += u * u;
          bb += v * v;
        }
        if (aa === 0 || bb === 0) return 1;
        return Math.min(2, Math.max(0, 1 - dot / (Math.sqrt(aa) * Math.sqrt(bb))));
      };
  }
}

/** The distance from its reduced form. */
export function fromReduced({ kind, p }: RowMetric, value: number): number {
  return kind === "euclidean" ? Math.sqrt(value) : kind === "minkowski" ? value ** (1 / p) : value;
}

/** The reduced form of a distance. */
export function toReduced({ kind, p }: RowMetric, distance: number): number {
  return kind === "euclidean" ? distance * distance : kind === "minkowski" ? distance ** p : distance;
}
