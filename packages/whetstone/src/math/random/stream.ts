import { argumentError, shapeError, valueError } from "../../errors.ts";
import { Matrix } from "../matrix.ts";
import { type AliasTable, aliasDraw, aliasTable } from "./alias.ts";
import { betaDraw, logGammaDraw, standardExponential, standardGamma } from "./continuous.ts";
import { type CovarianceFactor, covarianceFactor, toCovariance } from "./covariance-factor.ts";
import { binomialDraw, geometricDraw, poissonDraw } from "./discrete.ts";
import { absorb, domain, philox4x32, wordsOf } from "./philox.ts";
import { below, next32, unit } from "./xoshiro.ts";
import { standardNormal } from "./ziggurat.ts";

/** What a stream can be made from. */
export type Seed = number | string | bigint;

/** Everything a stream knows, as plain numbers: JSON-safe, small enough for any checkpoint. */
export interface RandomState {
  /** Who the stream is: four words from seed and path. Children derive from it. */
  readonly identity: readonly number[];
  /** Where the generator is: four words. */
  readonly words: readonly number[];
  /** How many unnamed children were split off. */
  readonly splits: number;
}

/**
 * Makes a stream of random numbers. Equal seeds give equal streams on every machine; an integer may be
 * given as number or bigint.
 *
 * @example
 * const stream = randomStream(7);
 * stream.uniform();            // in [0, 1)
 * const child = stream.split("fold-3"); // same child however much of `stream` was used
 */
export function randomStream(seed: Seed): RandomStream {
  const ok = typeof seed === "bigint" || typeof seed === "string" || Number.isSafeInteger(seed);
  if (!ok) throw argumentError("randomStream", "seed", seed, "a safe integer, a bigint or a string");
  return streamOf(absorb(new Int32Array(4), wordsOf(seed), domain.seed));
}

function streamOf(identity: Int32Array): RandomStream {
  const words = identity.slice();
  philox4x32(words, 0, domain.output);
  // The all-zero state is the generator's only fixed point.
  if ((words[0]! | words[1]! | words[2]! | words[3]!) === 0) words[0] = 1;
  return new RandomStream(identity, words, 0);
}

/**
 * A seeded stream of random numbers (xoshiro128++), made by {@link randomStream}. Drawing advances it;
 * {@link RandomStream.split} makes independent children, whatever was drawn before.
 */
export class RandomStream {
  static readonly typeName = "RandomStream";
  readonly #identity: Int32Array;
  readonly #s: Int32Array;
  #splits: number;

  /** For {@link randomStream} and {@link RandomStream.fromState}; the arrays are kept, not copied. */
  constructor(identity: Int32Array, words: Int32Array, splits: number) {
    this.#identity = identity;
    this.#s = words;
    this.#splits = splits;
  }

  /**
   * A child stream, independent of this one and of its siblings. With a key (integer, bigint or string) the
   * child depends on seed and path only. Without a key the n-th call gives the n-th child. Neither depends
   * on, nor changes, what this stream draws.
   */
  split(key?: Seed): RandomStream {
    if (key === undefined) return streamOf(absorb(this.#identity, wordsOf(this.#splits++), domain.counted));
    const ok = typeof key === "bigint" || typeof key === "string" || Number.isSafeInteger(key);
    if (!ok) throw argumentError("RandomStream.split", "key", key, "a safe integer, a bigint or a string");
    return streamOf(absorb(this.#identity, wordsOf(key), domain.key));
  }

  /** A snapshot; give it to {@link RandomStream.restore} or {@link RandomStream.fromState} to continue there. */
  get state(): RandomState {
    return { identity: Array.from(this.#identity), words: Array.from(this.#s), splits: this.#splits };
  }

  /** Continues from a snapshot of a stream of any seed. */
  restore(state: RandomState): void {
    const checked = checkState(state, "RandomStream.restore");
    this.#identity.set(checked.identity);
    this.#s.set(checked.words);
    this.#splits = checked.splits;
  }

  /** An independent object that will draw the same numbers from here on. */
  clone(): RandomStream {
    return RandomStream.fromState(this.state);
  }

  toState(): unknown {
    return this.state;
  }

  static fromState(state: unknown): RandomStream {
    const { identity, words, splits } = checkState(state, "RandomStream.fromState");
    return new RandomStream(Int32Array.from(identity), Int32Array.from(words), splits);
  }

  /** 32 uniform bits as an unsigned integer. */
  bits(): number {
    return next32(this.#s) >>> 0;
  }

  /** Uniform on [low, high), by default [0, 1), with 53 bits. */
  uniform(low = 0, high = 1): number {
    if (low === 0 && high === 1) return unit(this.#s);
    if (!(low <= high && high - low < Number.POSITIVE_INFINITY)) {
      throw argumentError("RandomStream.uniform", "high", high, `a finite number >= low = ${low}`);
    }
    if (low === high) return low;
    for (;;) {
      const value = low + (high - low) * unit(this.#s);
      if (value < high) return value;
    }
  }

  /** Uniform integer in [0, n), or in [low, high) with two arguments; without bias. */
  int(n: number, high?: number): number {
    const low = high === undefined ? 0 : n;
    const range = high === undefined ? n : high - n;
    if (!(Number.isSafeInteger(range) && range >= 1 && Number.isSafeInteger(low))) {
      if (high === undefined) throw argumentError("RandomStream.int", "n", n, "an integer >= 1");
      throw argumentError("RandomStream.int", "high", high, `an integer > low = ${n}, less than 2^53 apart`);
    }
    return low + below(this.#s, range);
  }

  /** True with probability p. */
  bernoulli(p = 0.5): boolean {
    return unit(this.#s) < probability(p, "RandomStream.bernoulli", "p");
  }

  /** Normal with the given mean and standard deviation. */
  normal(mean = 0, sd = 1): number {
    if (!(sd >= 0 && sd < Number.POSITIVE_INFINITY)) {
      throw argumentError("RandomStream.normal", "sd", sd, "a finite number >= 0");
    }
    return mean + sd * standardNormal(this.#s);
  }

  /** Exponential with the given rate; its mean is 1 / rate. */
  exponential(rate = 1): number {
    return standardExponential(this.#s) / positive(rate, "RandomStream.exponential", "rate");
  }

  /** Gamma with mean shape * scale. */
  gamma(shape: number, scale = 1): number {
    positive(shape, "RandomStream.gamma", "shape");
    return standardGamma(this.#s, shape) * positive(scale, "RandomStream.gamma", "scale");
  }

  /** Beta with mean a / (a + b). */
  beta(a: number, b: number): number {
    positive(a, "RandomStream.beta", "a");
    return betaDraw(this.#s, a, positive(b, "RandomStream.beta", "b"));
  }

  chiSquare(df: number): number {
    return 2 * standardGamma(this.#s, positive(df, "RandomStream.chiSquare", "df") / 2);
  }

  studentT(df: number): number {
    positive(df, "RandomStream.studentT", "df");
    const z = standardNormal(this.#s);
    // In logarithms: the chi-square of a tiny df underflows.
    return z * Math.exp(0.5 * (Math.log(df / 2) - logGammaDraw(this.#s, df / 2)));
  }

  /** Poisson with the given mean. */
  poisson(mean: number): number {
    if (!(mean >= 0 && mean <= 9007199254740992)) {
      throw argumentError("RandomStream.poisson", "mean", mean, "a number in [0, 2^53]");
    }
    return mean === 0 ? 0 : poissonDraw(this.#s, mean);
  }

  /** Successes in n trials of probability p. */
  binomial(n: number, p: number): number {
    if (!Number.isSafeInteger(n) || n < 0)
      throw argumentError("RandomStream.binomial", "n", n, "an integer >= 0");
    return binomialDraw(this.#s, n, probability(p, "RandomStream.binomial", "p"));
  }

  /** Trials up to and including the first success, from 1; mean 1 / p. */
  geometric(p: number): number {
    if (!(p > 0 && p <= 1)) throw argumentError("RandomStream.geometric", "p", p, "a probability in (0, 1]");
    return geometricDraw(this.#s, p);
  }

  /** Failures before the n-th success (n > 0 may be fractional); mean n (1 - p) / p. */
  negativeBinomial(n: number, p: number): number {
    positive(n, "RandomStream.negativeBinomial", "n");
    if (!(p > 0 && p <= 1))
      throw argumentError("RandomStream.negativeBinomial", "p", p, "a probability in (0, 1]");
    const mean = (standardGamma(this.#s, n) * (1 - p)) / p;
    return mean === 0 ? 0 : poissonDraw(this.#s, mean);
  }

  /** A probability vector, Dirichlet with the given concentrations (> 0). */
  dirichlet(alpha: ArrayLike<number>): Float64Array {
    if (alpha.length === 0)
      throw shapeError("RandomStream.dirichlet", "alpha", "is empty", "one entry or more");
    const logs = new Float64Array(alpha.length);
    let top = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < logs.length; i++) {
      logs[i] = logGammaDraw(this.#s, positive(alpha[i]!, "RandomStream.dirichlet", `alpha[${i}]`));
      top = Math.max(top, logs[i]!);
    }
    let sum = 0;
    for (let i = 0; i < logs.length; i++) sum += logs[i] = Math.exp(logs[i]! - top);
    for (let i = 0; i < logs.length; i++) logs[i] = logs[i]! / sum;
    return logs;
  }

  /** Index i with probability weights[i] / sum; one pass. Many draws: {@link RandomStream.categoricalSampler}. */
  categorical(weights: ArrayLike<number>): number {
    let left = unit(this.#s) * weightSum(weights, "RandomStream.categorical");
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] === 0) continue;
      last = i;
      left -= weights[i]!;
      if (left < 0) return i;
    }
    return last; // only by rounding of the sum
  }

  /** Prepares the weights once (alias tables, linear time); each draw then takes constant time. */
  categoricalSampler(weights: ArrayLike<number>): () => number {
    const total = weightSum(weights, "RandomStream.categoricalSampler");
    const table: AliasTable = aliasTable(weights, total);
    return () => aliasDraw(this.#s, table);
  }

  /** Counts of n draws from the categories. */
  multinomial(n: number, weights: ArrayLike<number>): Float64Array {
    if (!Number.isSafeInteger(n) || n < 0)
      throw argumentError("RandomStream.multinomial", "n", n, "an integer >= 0");
    let total = weightSum(weights, "RandomStream.multinomial");
    const counts = new Float64Array(weights.length);
    let last = weights.length - 1;
    while (weights[last] === 0) last--;
    let left = n;
    for (let i = 0; i < last && left > 0; i++) {
      counts[i] = binomialDraw(this.#s, left, Math.min(1, Math.max(0, weights[i]! / total)));
      left -= counts[i]!;
      total -= weights[i]!;
    }
    counts[last] = left;
    return counts;
  }

  /**
   * One draw from the normal with this mean and covariance (symmetric positive semi-definite; singular
   * covariances are fine), or with `n` a Matrix of n draws, one per row, which factorises only once.
   */
  multivariateNormal(mean: ArrayLike<number>, cov: Matrix | ArrayLike<ArrayLike<number>>): Float64Array;
  multivariateNormal(mean: ArrayLike<number>, cov: Matrix | ArrayLike<ArrayLike<number>>, n: number): Matrix;
  multivariateNormal(
    mean: ArrayLike<number>,
    cov: Matrix | ArrayLike<ArrayLike<number>>,
    n?: number,
  ): Float64Array | Matrix {
    const where = "RandomStream.multivariateNormal";
    const factor = covarianceFactor(toCovariance(cov, mean.length, where), where);
    if (n === undefined) {
      const out = new Float64Array(mean.length);
      this.#fillMultivariate(out, 0, mean, factor);
      return out;
    }
    if (!Number.isInteger(n) || n < 0) throw argumentError(where, "n", n, "an integer >= 0");
    const out = Matrix.zeros(n, mean.length);
    for (let i = 0; i < n; i++) this.#fillMultivariate(out.data, i * mean.length, mean, factor);
    return out;
  }

  #fillMultivariate(out: Float64Array, at: number, mean: ArrayLike<number>, factor: CovarianceFactor): void {
    const d = factor.dimension;
    for (let i = 0; i < d; i++) out[at + i] = mean[i]!;
    for (let k = 0; k < factor.rank; k++) {
      const z = standardNormal(this.#s);
      for (let i = 0; i < d; i++) out[at + i] = out[at + i]! + factor.root[i * d + k]! * z;
    }
  }

  /** The integers 0 to n - 1 in random order. */
  permutation(n: number): Int32Array {
    if (!Number.isInteger(n) || n < 0 || n > 2147483647) {
      throw argumentError("RandomStream.permutation", "n", n, "an integer in [0, 2^31)");
    }
    const out = new Int32Array(n);
    for (let i = 0; i < n; i++) out[i] = i;
    return this.shuffle(out);
  }

  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<A extends { readonly length: number; [index: number]: unknown }>(array: A): A {
    const items: { [index: number]: unknown } = array;
    for (let i = array.length - 1; i > 0; i--) {
      const j = below(this.#s, i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return array;
  }

  /** k of the integers 0 to n - 1, in random order; `replace` (default false) allows repeats. */
  choice(n: number, k: number, replace = false): Int32Array {
    if (!Number.isInteger(n) || n < 1 || n > 2147483647) {
      throw argumentError("RandomStream.choice", "n", n, "an integer in [1, 2^31)");
    }
    if (!Number.isInteger(k) || k < 0) throw argumentError("RandomStream.choice", "k", k, "an integer >= 0");
    if (!replace && k > n) {
      throw argumentError("RandomStream.choice", "k", k, `at most n = ${n} when drawing without replacement`);
    }
    const out = new Int32Array(k);
    if (replace) {
      for (let i = 0; i < k; i++) out[i] = below(this.#s, n);
      return out;
    }
    // Fisher-Yates on 0..n-1, of which only the touched entries exist.
    const moved = new Map<number, number>();
    for (let i = 0; i < k; i++) {
      const j = i + below(this.#s, n - i);
      out[i] = moved.get(j) ?? j;
      moved.set(j, moved.get(i) ?? i);
      moved.delete(i);
    }
    return out;
  }

  /** Fills with uniforms on [low, high) and returns the same array. */
  fillUniform<A extends Float64Array | Float32Array>(out: A, low = 0, high = 1): A {
    if (!(low <= high && high - low < Number.POSITIVE_INFINITY)) {
      throw argumentError("RandomStream.fillUniform", "high", high, `a finite number >= low = ${low}`);
    }
    const s = this.#s;
    const range = high - low;
    const narrow = out instanceof Float32Array;
    for (let i = 0; i < out.length; i++) {
      // 24 bits for single precision, so that rounding cannot reach `high`.
      const u = narrow ? (next32(s) >>> 8) * 2 ** -24 : unit(s);
      out[i] = low + range * u;
      if (out[i]! >= high) out[i] = low; // the sum rounded up
    }
    return out;
  }

  /** Fills with normal draws and returns the same array. */
  fillNormal<A extends Float64Array | Float32Array>(out: A, mean = 0, sd = 1): A {
    if (!(sd >= 0 && sd < Number.POSITIVE_INFINITY)) {
      throw argumentError("RandomStream.fillNormal", "sd", sd, "a finite number >= 0");
    }
    const s = this.#s;
    for (let i = 0; i < out.length; i++) out[i] = mean + sd * standardNormal(s);
    return out;
  }
}

function positive(value: number, where: string, argument: string): number {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw argumentError(where, argument, value, "a finite number > 0");
  return value;
}

function probability(p: number, where: string, argument: string): number {
  if (!(p >= 0 && p <= 1)) throw argumentError(where, argument, p, "a probability in [0, 1]");
  return p;
}

function weightSum(weights: ArrayLike<number>, where: string): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i]!;
    if (!(w >= 0 && w < Number.POSITIVE_INFINITY))
      throw argumentError(where, `weights[${i}]`, w, "a finite number >= 0");
    sum += w;
  }
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY))
    throw valueError(where, "weights", "has no positive finite sum");
  return sum;
}

function checkState(state: unknown, where: string): RandomState {
  const { identity, words, splits } = (state ?? {}) as Partial<RandomState>;
  const four = (a: unknown): boolean =>
    (Array.isArray(a) || ArrayBuffer.isView(a)) && (a as ArrayLike<number>).length === 4;
  if (!four(identity) || !four(words) || !Number.isSafeInteger(splits) || (splits as number) < 0) {
    throw argumentError(where, "state", state, "a snapshot { identity, words, splits } taken from a stream");
  }
  return state as RandomState;
}
