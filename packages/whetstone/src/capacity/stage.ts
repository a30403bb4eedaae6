import { argumentError, requireList, valueError } from "../errors.ts";
import { normalCdf, normalQuantile } from "../math/index.ts";
import { requireNonNegative, requirePositive } from "./check.ts";

/**
 * One stage of a request: a lognormal time by its mean and standard deviation (0 for a stage that always takes as
 * long), times that were measured, or a histogram of them, spread evenly within each bin.
 */
export type LatencyStage =
  | { readonly mean: number; readonly sd: number }
  | { readonly samples: ArrayLike<number> }
  | { readonly edges: ArrayLike<number>; readonly counts: ArrayLike<number> };

/** What a sum needs to know of a stage. */
export interface Part {
  readonly mean: number;
  readonly variance: number;
  /** Share of times <= t. */
  cdf(t: number): number;
  /** Least t that the share p does not exceed. */
  quantile(p: number): number;
}

export function readStage(where: string, name: string, stage: unknown): Part {
  const given = (stage !== null && typeof stage === "object" ? stage : {}) as Record<string, unknown>;
  if ("samples" in given) return ofSamples(where, `${name}.samples`, given.samples);
  if ("edges" in given || "counts" in given) return ofHistogram(where, name, given.edges, given.counts);
  if (!("mean" in given))
    throw argumentError(
      where,
      name,
      stage,
      "an object with mean and sd, with samples, or with edges and counts",
    );
  requirePositive(where, `${name}.mean`, given.mean as number);
  requireNonNegative(where, `${name}.sd`, given.sd as number);
  return lognormal(given.mean as number, given.sd as number);
}

function lognormal(mean: number, sd: number): Part {
  const logVariance = Math.log1p((sd / mean) ** 2);
  const s = Math.sqrt(logVariance);
  const m = Math.log(mean) - logVariance / 2;
  if (s === 0) return { mean, variance: 0, cdf: (t) => (t >= mean ? 1 : 0), quantile: () => mean };
  return {
    mean,
    variance: sd ** 2,
    cdf: (t) => (t > 0 ? normalCdf((Math.log(t) - m) / s) : 0),
    quantile: (p) => Math.exp(m + s * normalQuantile(p)),
  };
}

/** How many of the sorted values are <= t. */
function countUpTo(sorted: Float64Array, t: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

function ofSamples(where: string, name: string, samples: unknown): Part {
  requireList(where, name, samples, "an array of times");
  const sorted = Float64Array.from(samples as ArrayLike<number>);
  if (sorted.length === 0) throw argumentError(where, name, samples, "at least one time");
  for (let i = 0; i < sorted.length; i++) requireNonNegative(where, `${name}[${i}]`, sorted[i]!);
  sorted.sort();
  const n = sorted.length;
  const mean = sorted.reduce((sum, x) => sum + x, 0) / n;
  return {
    mean,
    variance: sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n,
    cdf: (t) => countUpTo(sorted, t) / n,
    // p n is a hair above a whole number where p is rounded up.
    quantile: (p) => sorted[Math.min(n, Math.max(1, Math.ceil(p * n * (1 - 1e-12)))) - 1]!,
  };
}

function ofHistogram(where: string, name: string, bins: unknown, numbers: unknown): Part {
  requireList(where, `${name}.edges`, bins, "an array of times");
  requireList(where, `${name}.counts`, numbers);
  const edges = Float64Array.from(bins as ArrayLike<number>);
  const counts = Float64Array.from(numbers as ArrayLike<number>);
  if (counts.length === 0 || edges.length !== counts.length + 1)
    throw valueError(
      where,
      `${name}.edges`,
      `${name} has ${edges.length} edges and ${counts.length} counts, expected one edge more than counts`,
    );
  requireNonNegative(where, `${name}.edges[0]`, edges[0]!);
  for (let i = 0; i < counts.length; i++) {
    requireNonNegative(where, `${name}.counts[${i}]`, counts[i]!);
    if (!(edges[i + 1]! > edges[i]! && edges[i + 1]! < Infinity))
      throw argumentError(where, `${name}.edges[${i + 1}]`, edges[i + 1], `a finite number > ${edges[i]}`);
  }
  const total = counts.reduce((sum, x) => sum + x, 0);
  if (!(total > 0 && total < Infinity))
    throw argumentError(where, `${name}.counts`, numbers, "counts with a finite sum > 0");
  const upTo = new Float64Array(edges.length); // share below each edge
  let mean = 0;
  for (let i = 0; i < counts.length; i++) {
    const [low, high, share] = [edges[i]!, edges[i + 1]!, counts[i]! / total];
    upTo[i + 1] = i + 1 === counts.length ? 1 : Math.min(1, upTo[i]! + share);
    mean += (share * (low + high)) / 2;
  }
  let variance = 0;
  for (let i = 0; i < counts.length; i++) {
    const [low, high] = [edges[i]!, edges[i + 1]!];
    variance += (counts[i]! / total) * (((low + high) / 2 - mean) ** 2 + (high - low) ** 2 / 12);
  }
  const between = (x: number, from: Float64Array, to: Float64Array, i: number) =>
    to[i]! + ((x - from[i]!) / (from[i + 1]! - from[i]!)) * (to[i + 1]! - to[i]!);
  return {
    mean,
    variance,
    cdf(t) {
      const i = countUpTo(edges, t) - 1;
      return i < 0 ? 0 : i >= counts.length ? 1 : between(t, edges, upTo, i);
    },
    quantile(p) {
      // The bin in which p is reached; empty ones before it are passed over.
      let i = Math.min(countUpTo(upTo, p), counts.length) - 1;
      while (i > 0 && upTo[i]! >= p) i--;
      return between(p, upTo, edges, i);
    },
  };
}
