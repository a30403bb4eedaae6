import { levenbergMarquardt } from "../math/index.ts";

/**
 * The two numbers of 1 / (1 + a d^(2b)), fitted by least squares to the curve that is 1 up to minDist and then falls
 * as exp(-(d - minDist) / spread), on 300 points up to three spreads.
 */
export function layoutCurve(minDist: number, spread: number): { a: number; b: number } {
  const x = Float64Array.from({ length: 300 }, (_, i) => (3 * spread * i) / 299);
  const y = x.map((d) => (d < minDist ? 1 : Math.exp(-(d - minDist) / spread)));
  const residuals = (p: Float64Array): Float64Array =>
    x.map((d, i) => 1 / (1 + Math.exp(p[0]!) * d ** (2 * Math.exp(p[1]!))) - y[i]!);
  // Logarithms keep both positive.
  const { x: found } = levenbergMarquardt({ residuals }, [0, 0]);
  return { a: Math.exp(found[0]!), b: Math.exp(found[1]!) };
}
