import { next32, unit } from "./xoshiro.ts";

/**
 * Standard normal draws by a ziggurat of 256 layers of equal area. Layer index, sign and abscissa come from
 * disjoint bits, which repairs the correlation of the original method.
 *
 * Marsaglia, Tsang, "The ziggurat method for generating random variables", J. Stat. Softw. 5(8), 2000;
 * Doornik, "An improved ziggurat method to generate normal random samples", 2005.
 */

const LAYERS = 256;
/** Right edge of the base layer and the area of each layer; they solve "the top layer ends at density 1". */
const EDGE = 3.654152885361009;
const AREA = 0.004928673233974655;

interface Tables {
  /** Right edges, from the (virtual) base layer to 0 at the top. */
  readonly x: Float64Array;
  /** Unnormalised density at those edges. */
  readonly f: Float64Array;
}

let tables: Tables | undefined;

function makeTables(): Tables {
  const x = new Float64Array(LAYERS + 1);
  const f = new Float64Array(LAYERS + 1);
  x[0] = AREA / Math.exp(-0.5 * EDGE * EDGE);
  x[1] = EDGE;
  for (let i = 1; i < LAYERS - 1; i++) {
    x[i + 1] = Math.sqrt(-2 * Math.log(AREA / x[i]! + Math.exp(-0.5 * x[i]! * x[i]!)));
  }
  x[LAYERS] = 0;
  for (let i = 0; i <= LAYERS; i++) f[i] = Math.exp(-0.5 * x[i]! * x[i]!);
  return { x, f };
}

/** Beyond {@link EDGE}: exponential proposals (Marsaglia 1964). */
function tail(s: Int32Array): number {
  for (;;) {
    const step = -Math.log(1 - unit(s)) / EDGE;
    const height = -Math.log(1 - unit(s));
    if (height + height > step * step) return EDGE + step;
  }
}

/** One standard normal draw. */
export function standardNormal(s: Int32Array): number {
  if (tables === undefined) tables = makeTables();
  const { x, f } = tables;
  for (;;) {
    const low = next32(s);
    const high = next32(s) >>> 0;
    const layer = low & 255;
    const u = (high * 1048576 + (low >>> 12)) * 2.220446049250313e-16; // 52 bits
    const value = u * x[layer]!;
    if (value < x[layer + 1]!) return (low & 256) === 0 ? value : -value;
    if (layer === 0) {
      const far = tail(s);
      return (low & 256) === 0 ? far : -far;
    }
    const height = f[layer]! + unit(s) * (f[layer + 1]! - f[layer]!);
    if (height < Math.exp(-0.5 * value * value)) return (low & 256) === 0 ? value : -value;
  }
}
