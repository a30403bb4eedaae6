import { argumentError, shapeError, valueError } from "../errors.ts";

/** Unit of entropies and divergences. */
export interface BaseOption {
  /** Base of the logarithm: 2 gives bits, Math.E (default) nats, 10 dits. */
  base?: number;
}

/** Nats per unit of the base asked for. */
export function unit(where: string, options: BaseOption): number {
  const { base = Math.E } = options;
  if (!(base > 0 && base !== 1 && Number.isFinite(base))) {
    throw argumentError(where, "base", base, "a finite number > 0 other than 1");
  }
  return base === Math.E ? 1 : base === 2 ? Math.LN2 : Math.log(base);
}

/** Non-negative numbers, normalised to sum to 1. */
export function readDistribution(where: string, argument: string, p: ArrayLike<number>): Float64Array {
  if (p === null || typeof p !== "object" || typeof p.length !== "number") {
    throw argumentError(where, argument, p, "an array of probabilities or counts");
  }
  if (p.length === 0) throw shapeError(where, argument, "is empty", "at least one entry");
  const out = Float64Array.from(p);
  let sum = 0;
  for (let i = 0; i < out.length; i++) {
    const v = out[i]!;
    if (!(v >= 0 && v < Number.POSITIVE_INFINITY)) {
      throw valueError(where, argument, `holds ${p[i]} at index ${i}, expected finite numbers >= 0`);
    }
    sum += v;
  }
  if (!(sum > 0)) throw valueError(where, argument, "holds only zeros");
  // Exactly normalised input stays bit for bit what it was.
  if (sum !== 1) for (let i = 0; i < out.length; i++) out[i]! /= sum;
  return out;
}

export function readPair(
  where: string,
  p: ArrayLike<number>,
  q: ArrayLike<number>,
): { p: Float64Array; q: Float64Array } {
  const a = readDistribution(where, "p", p);
  const b = readDistribution(where, "q", q);
  if (a.length !== b.length)
    throw shapeError(where, "q", `has ${b.length} entries`, `${a.length} (length of p)`);
  return { p: a, q: b };
}

/**
 * a log(a / b) - a + b >= 0. Summed over two distributions it gives KL, without negative terms to cancel; exact to
 * rounding also where a and b nearly agree.
 */
export function klTerm(a: number, b: number): number {
  if (a === 0) return b;
  const r = (b - a) / a;
  return Math.abs(r) < 0.5 ? a * (r - Math.log1p(r)) : a * (Math.log(a) - Math.log(b)) - a + b;
}
