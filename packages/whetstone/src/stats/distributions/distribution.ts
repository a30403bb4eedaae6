import { argumentError } from "../../errors.ts";
import type { RandomStream } from "../../math/random/index.ts";
import { normalQuantile } from "../../math/special/index.ts";

/** A univariate distribution. For discrete ones `pdf` is the probability mass. */
export interface Distribution {
  /** Such as `"normal"`. */
  readonly name: string;
  readonly kind: "continuous" | "discrete";
  /** The parameters it was made with. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Smallest and largest possible value. */
  readonly support: readonly [number, number];
  /** `NaN` where undefined, `Infinity` where it diverges. */
  readonly mean: number;
  readonly variance: number;
  /** Differential entropy, or Shannon's for discrete distributions, in nats. */
  readonly entropy: number;
  /** Density at x, or probability of x; 0 outside the support. */
  pdf(x: number): number;
  /** Its logarithm, also where the density underflows. */
  logPdf(x: number): number;
  /** P(X <= x). */
  cdf(x: number): number;
  /** P(X > x), accurate where it is tiny. */
  sf(x: number): number;
  /** log P(X <= x), also where that underflows. */
  logCdf(x: number): number;
  /** log P(X > x), also where that underflows. */
  logSf(x: number): number;
  /** The smallest x with P(X <= x) >= p. */
  quantile(p: number): number;
  /** The smallest x with P(X > x) <= q: `quantile(1 - q)` without losing the digits of a tiny q. */
  upperQuantile(q: number): number;
  /** n independent draws, one draw when n is left out. */
  sample(stream: RandomStream): number;
  sample(stream: RandomStream, n: number): Float64Array;
}

/** What a family must say; the rest follows. All functions may assume x inside the open support. */
export interface Family {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly support: readonly [number, number];
  readonly mean: number;
  readonly variance: number;
  readonly entropy: () => number;
  readonly logPdf: (x: number) => number;
  /** Where more precise or defined than exp(logPdf). */
  readonly pdf?: (x: number) => number;
  readonly cdf: (x: number) => number;
  readonly sf: (x: number) => number;
  readonly logCdf?: (x: number) => number;
  readonly logSf?: (x: number) => number;
  readonly draw: (stream: RandomStream) => number;
}

interface Inverses {
  readonly quantile: (p: number) => number;
  readonly upperQuantile: (q: number) => number;
}

/**
 * The entropy, computed when it is asked for. A getter of the class: one of each object would make distributions ten
 * times as expensive to create, and densities are often made anew for every parameter.
 */
class LazyEntropy {
  readonly #compute: () => number;
  #value: number | undefined;

  constructor(compute: () => number) {
    this.#compute = compute;
  }

  get entropy(): number {
    return (this.#value ??= this.#compute());
  }
}

function assemble(
  family: Family,
  kind: Distribution["kind"],
  inverses: Inverses,
  inside: (x: number) => boolean,
): Distribution {
  const [low, high] = family.support;
  const where = family.name;
  const cdf = (x: number): number => (x < low ? 0 : x >= high ? 1 : Number.isNaN(x) ? x : family.cdf(x));
  const sf = (x: number): number => (x < low ? 1 : x >= high ? 0 : Number.isNaN(x) ? x : family.sf(x));
  const logOf = (
    own: ((x: number) => number) | undefined,
    value: number,
    other: number,
    x: number,
  ): number => {
    if (value === 0) return own === undefined || x < low || x >= high ? Number.NEGATIVE_INFINITY : own(x);
    if (own !== undefined && value < 1) return own(x);
    return value < 0.5 ? Math.log(value) : Math.log1p(-other);
  };
  const logPdf = (x: number): number =>
    Number.isNaN(x) ? x : inside(x) ? family.logPdf(x) : Number.NEGATIVE_INFINITY;
  const probability = (p: number, method: string, argument: string): number => {
    if (!(p >= 0 && p <= 1))
      throw argumentError(`${where}.${method}`, argument, p, "a probability in [0, 1]");
    return p;
  };
  function sample(stream: RandomStream): number;
  function sample(stream: RandomStream, n: number): Float64Array;
  function sample(stream: RandomStream, n?: number): number | Float64Array {
    if (n === undefined) return family.draw(stream);
    if (!Number.isInteger(n) || n < 0) throw argumentError(`${where}.sample`, "n", n, "an integer >= 0");
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = family.draw(stream);
    return out;
  }
  return Object.assign(new LazyEntropy(family.entropy), {
    name: family.name,
    kind,
    parameters: family.parameters,
    support: family.support,
    mean: family.mean,
    variance: family.variance,
    pdf: (x: number) => (family.pdf !== undefined && inside(x) ? family.pdf(x) : Math.exp(logPdf(x))),
    logPdf,
    cdf,
    sf,
    logCdf: (x: number) => logOf(family.logCdf, cdf(x), sf(x), x),
    logSf: (x: number) => logOf(family.logSf, sf(x), cdf(x), x),
    quantile: (p: number) => inverses.quantile(probability(p, "quantile", "p")),
    upperQuantile: (q: number) => inverses.upperQuantile(probability(q, "upperQuantile", "q")),
    sample,
  });
}

/** A continuous distribution; the ends of the support answer probabilities 0 and 1. */
export function continuous(family: Family & Inverses): Distribution {
  const [low, high] = family.support;
  return assemble(
    family,
    "continuous",
    {
      quantile: (p) => (p === 0 ? low : p === 1 ? high : family.quantile(p)),
      upperQuantile: (q) => (q === 0 ? high : q === 1 ? low : family.upperQuantile(q)),
    },
    (x) => x >= low && x <= high,
  );
}

/** An integer-valued distribution; quantiles by bisection on the cdf (or sf) from a normal guess. */
export function discrete(family: Family): Distribution {
  const [low, high] = family.support;
  const guess = (z: number): number => {
    const x = Math.round(family.mean + z * Math.sqrt(family.variance));
    return Math.min(high, Math.max(low, Number.isFinite(x) ? x : low));
  };
  const floored: Family = {
    ...family,
    cdf: (x) => family.cdf(Math.floor(x)),
    sf: (x) => family.sf(Math.floor(x)),
  };
  const result = assemble(
    floored,
    "discrete",
    {
      quantile: (p) =>
        p === 0
          ? low
          : p === 1
            ? high
            : search((k) => result.cdf(k) >= p, guess(normalQuantile(p)), low, high),
      upperQuantile: (q) =>
        q === 0
          ? high
          : q === 1
            ? low
            : search((k) => result.sf(k) <= q, guess(-normalQuantile(q)), low, high),
    },
    (x) => x >= low && x <= high && Number.isInteger(x),
  );
  return result;
}

/** The smallest integer in [low, high] where a monotone condition holds; gallops out from a guess. */
function search(holds: (k: number) => boolean, guess: number, low: number, high: number): number {
  let step = 1;
  let yes = guess;
  let no = guess;
  if (holds(guess)) {
    while (yes > low) {
      no = Math.max(low - 1, yes - step);
      if (no < low || !holds(no)) break;
      yes = no;
      step *= 2;
    }
    if (yes === low) return low;
  } else {
    for (;;) {
      yes = Math.min(high, no + step);
      if (yes === high || holds(yes)) break;
      no = yes;
      step *= 2;
      if (yes > 9e15) return yes;
    }
  }
  while (yes - no > 1) {
    const middle = Math.floor(no + (yes - no) / 2);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

/** Shannon entropy by summing the mass between quantiles of 1e-20. */
export function summedEntropy(make: () => Distribution): number {
  const d = make();
  const from = d.quantile(1e-20);
  const to = d.upperQuantile(1e-20);
  let sum = 0;
  for (let k = from; k <= to; k++) {
    const log = d.logPdf(k);
    if (log > -745) sum -= Math.exp(log) * log;
  }
  return sum;
}

export function positiveParameter(value: number, where: string, argument: string): number {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw argumentError(where, argument, value, "a finite number > 0");
  return value;
}

export function finiteParameter(value: number, where: string, argument: string): number {
  if (!Number.isFinite(value)) throw argumentError(where, argument, value, "a finite number");
  return value;
}

export function countParameter(value: number, where: string, argument: string): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw argumentError(where, argument, value, "an integer >= 0");
  return value;
}

export function probabilityParameter(value: number, where: string, argument: string): number {
  if (!(value >= 0 && value <= 1)) throw argumentError(where, argument, value, "a probability in [0, 1]");
  return value;
}
