import { custom, int, optional, type ParamInput, parseParams, real, seed } from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { randomStream } from "../../math/index.ts";

/** How a series behaves while a regime lasts. */
export interface Regime {
  /** Level it returns to. */
  readonly mean: number;
  /** Standard deviation of each step's shock. */
  readonly sd: number;
  /** Share of the distance from the level that is left after a step, between -1 and 1; 0 by default. */
  readonly persistence?: number;
  /** Rise of the level with each step of the regime; 0 by default. */
  readonly slope?: number;
}

const isRegime = (r: Partial<Regime> | null): boolean =>
  r !== null &&
  typeof r === "object" &&
  Number.isFinite(r.mean) &&
  Number.isFinite(r.sd) &&
  r.sd! >= 0 &&
  (r.persistence === undefined || Math.abs(r.persistence) < 1) &&
  (r.slope === undefined || Number.isFinite(r.slope));

const REGIMES = {
  nSamples: int({ min: 1, default: 300, doc: "Steps" }),
  regimes: custom<readonly Regime[]>({
    default: [
      { mean: 0, sd: 1 },
      { mean: 3, sd: 1 },
    ],
    doc: "What the series can be like",
    expected: "an array of regimes { mean, sd >= 0, persistence between -1 and 1, slope }",
    accepts: (v) => Array.isArray(v) && v.length > 0 && v.every(isRegime),
  }),
  stay: real({
    min: 0,
    max: 1,
    default: 0.98,
    doc: "Probability that a regime lasts one more step; another one follows, each with the same chance",
  }),
  changes: optional(
    custom<readonly number[]>({
      default: [],
      doc: "Steps at which the next regime of the list begins, in place of chance",
      expected: "an array of ascending integers >= 1",
      accepts: (v) =>
        Array.isArray(v) && v.every((c, i) => Number.isSafeInteger(c) && c >= 1 && (i === 0 || c > v[i - 1])),
    }),
  ),
  seed: seed(),
} as const;

/** A series of {@link makeRegimes}, with the regime behind each step. */
export interface RegimeSeries {
  readonly values: Float64Array;
  /** Regime of each step, a position in `regimes`. */
  readonly state: Int32Array;
  /** First steps of new regimes. */
  readonly changePoints: Int32Array;
  /** Mean of each value given the steps before it and its regime: nobody can predict better. */
  readonly expected: Float64Array;
}

/**
 * A series whose behaviour changes: each regime pulls it to its level, and a Markov chain (or a list of steps)
 * switches between them. The regimes, the change points and the best possible forecast are told.
 *
 * Source: Hamilton (1989), A new approach to the economic analysis of nonstationary time series.
 *
 * @example
 * const { changePoints, state } = makeRegimes({ nSamples: 100, changes: [40, 70], seed: 1 });
 * [...changePoints, state[39], state[40], state[70]]; // [40, 70, 0, 1, 0]
 */
export function makeRegimes(options: ParamInput<typeof REGIMES> = {}): RegimeSeries {
  const where = "makeRegimes";
  const p = parseParams(where, REGIMES, options);
  const { nSamples: n, regimes } = p;
  if (p.changes?.some((c) => c >= n))
    throw argumentError(where, "changes", p.changes, `steps below ${n} (nSamples)`);
  const random = randomStream(p.seed);
  const k = regimes.length;
  const begins = new Set(p.changes ?? []);
  const values = new Float64Array(n);
  const expected = new Float64Array(n);
  const state = new Int32Array(n);
  const changePoints: number[] = [];
  let s = p.changes === null ? random.int(k) : 0;
  let since = 0;
  let gap = 0;
  for (let t = 0; t < n; t++) {
    if (t > 0) {
      const leaves = p.changes === null ? k > 1 && !random.bernoulli(p.stay) : begins.has(t);
      if (leaves) {
        const next = p.changes === null ? (s + 1 + random.int(k - 1)) % k : (s + 1) % k;
        // The series stands where it stood: what changes is the level that pulls it.
        const here = values[t - 1]!;
        s = next;
        since = t;
        changePoints.push(t);
        gap = here - regimes[s]!.mean;
      }
    }
    const { mean, sd, persistence = 0, slope = 0 } = regimes[s]!;
    const level = mean + slope * (t - since);
    // Without a step before it, the series starts at its level.
    expected[t] = level + (t === 0 ? 0 : persistence * gap);
    values[t] = expected[t]! + (sd > 0 ? random.normal(0, sd) : 0);
    gap = values[t]! - level;
    state[t] = s;
  }
  return { values, state, changePoints: Int32Array.from(changePoints), expected };
}
