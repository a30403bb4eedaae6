import { bool, int, type ParamInput, parseParams, real, seed } from "../../contract/index.ts";
import { Matrix, type RandomStream, randomStream } from "../../math/index.ts";

/** Points of a bent sheet in space, and where they lie when it is laid flat. */
export interface SurfaceData {
  readonly X: Matrix;
  /** Position along the bend, scikit-learn's second result. */
  readonly t: Float64Array;
  /** Coordinates on the flat sheet without noise: arc length and height. Distances there are distances along the sheet. */
  readonly flat: Matrix;
}

const nSamples = int({ min: 1, default: 100, doc: "Rows" });
const noise = real({ min: 0, default: 0, doc: "Standard deviation of normal noise on every coordinate" });
const SWISS = {
  nSamples,
  noise,
  hole: bool({ default: false, doc: "Leaves a rectangle in the middle of the sheet empty" }),
  seed: seed(),
} as const;
const S_CURVE = { nSamples, noise, seed: seed() } as const;

export const swissRollPoint = (t: number, height: number): [number, number, number] => [
  t * Math.cos(t),
  height,
  t * Math.sin(t),
];
export const sCurvePoint = (t: number, height: number): [number, number, number] => [
  Math.sin(t),
  height,
  Math.sign(t) * (Math.cos(t) - 1),
];

/** Length of the spiral r = t from its middle. */
export const spiralLength = (t: number): number => (t * Math.sqrt(1 + t * t) + Math.asinh(t)) / 2;

/**
 * A sheet rolled up like the cake: (t cos t, height, t sin t) with t from 1.5 pi to 4.5 pi and heights from 0 to 21.
 * Neighbours in space may be far apart along the sheet, which is what methods of embedding are tested on.
 *
 * Source: Marsland, Machine learning: an algorithmic perspective, 2nd edition (2014), chapter 6; the hole as in
 * scikit-learn's `make_swiss_roll`.
 *
 * @example
 * const { X, t } = makeSwissRoll({ nSamples: 3, seed: 1 });
 * Math.hypot(X.at(0, 0), X.at(0, 2)) - t[0] < 1e-12; // true
 */
export function makeSwissRoll(options: ParamInput<typeof SWISS> = {}): SurfaceData {
  const p = parseParams("makeSwissRoll", SWISS, options);
  const rng = randomStream(p.seed);
  return surface(p.nSamples, p.noise, rng, swissRollPoint, spiralLength, () => {
    if (!p.hole) return [1.5 * Math.PI * (1 + 2 * rng.uniform()), 21 * rng.uniform()];
    // Eight of nine tiles of the sheet; the fifth is the hole.
    const drawn = rng.int(8);
    const tile = drawn < 4 ? drawn : drawn + 1;
    const corner = [Math.PI * (1.5 + Math.floor(tile / 3)), 7 * (tile % 3)] as const;
    return [corner[0] + Math.PI * rng.uniform(), corner[1] + 7 * rng.uniform()];
  });
}

/**
 * A sheet bent to an S: (sin t, height, sign(t) (cos t - 1)) with t from -1.5 pi to 1.5 pi and heights from 0 to 2.
 *
 * Source: Tenenbaum's data as in scikit-learn's `make_s_curve`.
 *
 * @example
 * makeSCurve({ nSamples: 4, seed: 1 }).X.cols; // 3
 */
export function makeSCurve(options: ParamInput<typeof S_CURVE> = {}): SurfaceData {
  const p = parseParams("makeSCurve", S_CURVE, options);
  const rng = randomStream(p.seed);
  // Both halves are unit circles, so that the angle is the length.
  return surface(
    p.nSamples,
    p.noise,
    rng,
    sCurvePoint,
    (t) => t,
    () => [3 * Math.PI * (rng.uniform() - 0.5), 2 * rng.uniform()],
  );
}

function surface(
  n: number,
  sd: number,
  rng: RandomStream,
  point: (t: number, height: number) => readonly [number, number, number],
  length: (t: number) => number,
  draw: () => readonly [number, number],
): SurfaceData {
  const X = Matrix.zeros(n, 3);
  const t = new Float64Array(n);
  const flat = Matrix.zeros(n, 2);
  for (let i = 0; i < n; i++) {
    const [along, height] = draw();
    t[i] = along;
    X.row(i).set(point(along, height));
    flat.row(i).set([length(along), height]);
  }
  if (sd > 0) for (let k = 0; k < 3 * n; k++) X.data[k]! += rng.normal(0, sd);
  return { X, t, flat };
}
