import { AbortError, argumentError, numericalError, requireFunction } from "../errors.ts";
import { Matrix, numericalGradient, type RandomStream, randomStream } from "../math/index.ts";
import { count, numbers, options as readOptions } from "./check.ts";
import type { LogDensity } from "./laplace.ts";

/** Length and number of the chains of a Markov chain sampler. */
export interface McmcOptions {
  /** Draws kept per chain. Default: 1000. */
  readonly draws?: number;
  /** Draws before that, in which the step size settles. Default: 500. */
  readonly warmUp?: number;
  /** Independent chains. Default: 4. */
  readonly chains?: number;
  /** Seed of all chains; each has a stream of its own. Default: 0. */
  readonly seed?: number;
  /** Stops the sampler with an AbortError. */
  readonly signal?: AbortSignal;
}

/** Options of the samplers that follow the gradient of the log density, {@link hmc} and {@link nuts}. */
export interface HmcOptions extends McmcOptions {
  /** Gradient of the log density, written into `out`; by differences where absent. */
  readonly gradient?: (theta: Float64Array, out: Float64Array) => void;
  /** Leapfrog steps per draw (hmc only). Default: 16. */
  readonly steps?: number;
}

/** The draws of a Markov chain sampler, warm-up left out. */
export interface McmcResult {
  /** One matrix per chain, draws x parameters. */
  readonly chains: readonly Matrix[];
  /** Share of accepted proposals after warm-up (for nuts: mean acceptance of the leaves). */
  readonly acceptance: number;
  /** Step size at the end of warm-up, per chain. */
  readonly stepSizes: Float64Array;
}

/** Draws one point from another and tells how willingly it was accepted, from 0 to 1. */
type Kernel = (at: State, step: number, random: RandomStream) => { next: State; accept: number };
interface State {
  readonly theta: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array | null;
}

function run(
  where: string,
  logDensity: LogDensity,
  start: ArrayLike<number>,
  given: McmcOptions | undefined,
  target: number,
  firstStep: number,
  kernelOf: (evaluate: (theta: Float64Array) => State) => Kernel,
  gradient: ((theta: Float64Array, out: Float64Array) => void) | null,
): McmcResult {
  requireFunction(where, "logDensity", logDensity);
  const from = numbers(where, "start", start);
  const o = readOptions(where, given);
  const draws = count(where, "draws", o.draws ?? 1000, 1, 1e7);
  const warmUp = count(where, "warmUp", o.warmUp ?? 500, 0, 1e7);
  const chainCount = count(where, "chains", o.chains ?? 4, 1, 1000);
  const root = randomStream(o.seed ?? 0);
  const evaluate = (theta: Float64Array): State => {
    const value = logDensity(theta);
    if (!gradient)
      return { theta, value: Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value, gradient: null };
    const g = new Float64Array(theta.length);
    if (Number.isFinite(value)) gradient(theta, g);
    return { theta, value: Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value, gradient: g };
  };
  const kernel = kernelOf(evaluate);
  const stepSizes = new Float64Array(chainCount);
  let accepted = 0;
  const chains = Array.from({ length: chainCount }, (_, c) => {
    const random = root.split(c);
    let at = evaluate(from.map((v) => v + 0.1 * random.normal()));
    if (!Number.isFinite(at.value)) at = evaluate(from.slice());
    if (!Number.isFinite(at.value)) throw numericalError(where, "the log density is not finite at start");
    const out = Matrix.zeros(draws, from.length);
    // Dual averaging of the log step (Hoffman and Gelman 2014, section 3.2).
    let [logStep, averaged, error] = [Math.log(firstStep), 0, 0];
    const centre = Math.log(10 * firstStep);
    for (let t = 1; t <= warmUp + draws; t++) {
      if (o.signal?.aborted) throw new AbortError(where, o.signal.reason);
      const warming = t <= warmUp;
      const { next, accept } = kernel(at, Math.exp(warming || warmUp === 0 ? logStep : averaged), random);
      at = next;
      if (warming) {
        error += (target - accept - error) / (t + 10);
        logStep = centre - (Math.sqrt(t) / 0.05) * error;
        averaged += t ** -0.75 * (logStep - averaged);
      } else {
        out.data.set(at.theta, (t - warmUp - 1) * from.length);
        accepted += accept;
      }
    }
    stepSizes[c] = Math.exp(warmUp === 0 ? logStep : averaged);
    return out;
  });
  return { chains, acceptance: accepted / (draws * chainCount), stepSizes };
}

/**
 * Random-walk Metropolis: a normal step, accepted with probability min(1, density ratio). The step size is tuned in
 * warm-up to accept 30 %.
 *
 * Source: Metropolis et al. (1953).
 *
 * @example
 * const { chains } = metropolis((t) => -(t[0] ** 2) / 2, [0], { draws: 10, seed: 1 });
 * chains[0].rows; // 10
 */
export function metropolis(
  logDensity: LogDensity,
  start: ArrayLike<number>,
  options?: McmcOptions,
): McmcResult {
  return run(
    "metropolis",
    logDensity,
    start,
    options,
    0.3,
    1,
    (evaluate) => (at, step, random) => {
      const next = evaluate(at.theta.map((v) => v + step * random.normal()));
      const accept = Math.min(1, Math.exp(next.value - at.value));
      return { next: random.uniform() < accept ? next : at, accept };
    },
    null,
  );
}

function gradientOf(
  where: string,
  logDensity: LogDensity,
  given: HmcOptions | undefined,
): NonNullable<HmcOptions["gradient"]> {
  const g = given?.gradient;
  if (g !== undefined) requireFunction(where, "gradient", g);
  return g ?? ((theta, out) => out.set(numericalGradient(logDensity, theta)));
}

interface Moving {
  readonly state: State;
  readonly momentum: Float64Array;
}

function leapfrog(
  { state, momentum }: Moving,
  step: number,
  evaluate: (theta: Float64Array) => State,
): Moving {
  const half = momentum.map((p, i) => p + 0.5 * step * state.gradient![i]!);
  const next = evaluate(state.theta.map((v, i) => v + step * half[i]!));
  return { state: next, momentum: half.map((p, i) => p + 0.5 * step * next.gradient![i]!) };
}

const energy = ({ state, momentum }: Moving): number =>
  state.value - 0.5 * momentum.reduce((s, p) => s + p * p, 0);

/**
 * Hamiltonian Monte Carlo: leapfrog paths along the gradient, far from where they began and still likely to be
 * accepted. The step size is tuned in warm-up to accept 80 %.
 *
 * Source: Neal, MCMC using Hamiltonian dynamics (2011).
 *
 * @example
 * const { chains } = hmc((t) => -(t[0] ** 2) / 2, [0], { draws: 10, seed: 1 });
 * chains.length; // 4
 */
export function hmc(logDensity: LogDensity, start: ArrayLike<number>, options?: HmcOptions): McmcResult {
  const where = "hmc";
  const steps = count(where, "steps", readOptions(where, options).steps ?? 16, 1, 1e5);
  const kernel =
    (evaluate: (theta: Float64Array) => State): Kernel =>
    (at, step, random) => {
      let moving: Moving = { state: at, momentum: at.theta.map(() => random.normal()) };
      const before = energy(moving);
      // A length that varies breaks the cycles of a fixed one.
      const length = 1 + random.int(2 * steps - 1);
      for (let s = 0; s < length && Number.isFinite(moving.state.value); s++)
        moving = leapfrog(moving, step, evaluate);
      const gain = energy(moving) - before;
      const accept = Number.isNaN(gain) ? 0 : Math.min(1, Math.exp(gain));
      return { next: random.uniform() < accept ? moving.state : at, accept };
    };
  return run(where, logDensity, start, options, 0.8, 0.1, kernel, gradientOf(where, logDensity, options));
}

/**
 * No-U-Turn sampler: Hamiltonian paths doubled forwards or backwards until their ends turn towards each other, and a
 * draw from the whole path. No length to choose.
 *
 * Source: Hoffman and Gelman (JMLR 15, 2014), algorithm 6.
 *
 * @example
 * const { chains } = nuts((t) => -(t[0] ** 2) / 2, [0], { draws: 10, seed: 1 });
 * chains[0].cols; // 1
 */
export function nuts(logDensity: LogDensity, start: ArrayLike<number>, options?: HmcOptions): McmcResult {
  const where = "nuts";
  readOptions(where, options);
  const kernel =
    (evaluate: (theta: Float64Array) => State): Kernel =>
    (at, step, random) => {
      const first: Moving = { state: at, momentum: at.theta.map(() => random.normal()) };
      const joint = energy(first);
      const slice = joint - random.exponential();
      let tree: Tree = { left: first, right: first, sample: at, size: 1, whole: true, accept: 0, leaves: 0 };
      for (let depth = 0; depth < 10 && tree.whole; depth++) {
        const forward = random.bernoulli();
        const added = grow(
          forward ? tree.right : tree.left,
          forward ? step : -step,
          depth,
          slice,
          joint,
          evaluate,
          random,
        );
        const sample = added.whole && random.uniform() < added.size / tree.size ? added.sample : tree.sample;
        const [left, right] = forward ? [tree.left, added.right] : [added.left, tree.right];
        const whole = added.whole && !turns(left, right);
        tree = {
          left,
          right,
          sample,
          size: tree.size + added.size,
          whole,
          accept: tree.accept + added.accept,
          leaves: tree.leaves + added.leaves,
        };
      }
      return { next: tree.sample, accept: tree.leaves > 0 ? tree.accept / tree.leaves : 0 };
    };
  return run(where, logDensity, start, options, 0.8, 0.1, kernel, gradientOf(where, logDensity, options));
}

interface Tree {
  readonly left: Moving;
  readonly right: Moving;
  readonly sample: State;
  /** States within the slice. */
  readonly size: number;
  /** No turn and no runaway energy so far. */
  readonly whole: boolean;
  readonly accept: number;
  readonly leaves: number;
}

function turns(left: Moving, right: Moving): boolean {
  let [a, b] = [0, 0];
  for (let i = 0; i < left.momentum.length; i++) {
    const gap = right.state.theta[i]! - left.state.theta[i]!;
    a += gap * left.momentum[i]!;
    b += gap * right.momentum[i]!;
  }
  return a < 0 || b < 0;
}

function grow(
  from: Moving,
  step: number,
  depth: number,
  slice: number,
  joint: number,
  evaluate: (theta: Float64Array) => State,
  random: RandomStream,
): Tree {
  if (depth === 0) {
    const end = leapfrog(from, step, evaluate);
    const e = energy(end);
    const gain = Number.isNaN(e) ? Number.NEGATIVE_INFINITY : e;
    const accept = Math.min(1, Math.exp(gain - joint));
    return {
      left: end,
      right: end,
      sample: end.state,
      size: slice <= gain ? 1 : 0,
      whole: slice < gain + 1000,
      accept,
      leaves: 1,
    };
  }
  const a = grow(from, step, depth - 1, slice, joint, evaluate, random);
  if (!a.whole) return a;
  const b = grow(step > 0 ? a.right : a.left, step, depth - 1, slice, joint, evaluate, random);
  const [left, right] = step > 0 ? [a.left, b.right] : [b.left, a.right];
  const size = a.size + b.size;
  const sample = size > 0 && random.uniform() < b.size / size ? b.sample : a.sample;
  const whole = b.whole && !turns(left, right);
  return { left, right, sample, size, whole, accept: a.accept + b.accept, leaves: a.leaves + b.leaves };
}

function readChains(where: string, chains: readonly ArrayLike<number>[]): Float64Array[] {
  if (!Array.isArray(chains) || chains.length === 0)
    throw argumentError(where, "chains", chains, "an array of chains");
  const out = chains.map((chain, c) => numbers(where, `chains[${c}]`, chain, 4));
  for (const [c, chain] of out.entries())
    if (chain.length !== out[0]!.length)
      throw argumentError(where, `chains[${c}]`, chain, `${out[0]!.length} draws (as chains[0])`);
  return out;
}

const meanOf = (x: Float64Array): number => x.reduce((s, v) => s + v, 0) / x.length;
const varianceOf = (x: Float64Array): number => {
  const m = meanOf(x);
  return x.reduce((s, v) => s + (v - m) ** 2, 0) / (x.length - 1);
};

/** Each chain cut in two, so that a drift within a chain shows. */
function halves(chains: readonly Float64Array[]): Float64Array[] {
  const n = Math.floor(chains[0]!.length / 2);
  return chains.flatMap((c) => [c.subarray(0, n), c.subarray(c.length - n)]);
}

/**
 * Split R-hat of one parameter: the spread between (half) chains against that within. Near 1 when they agree; above
 * 1.01 they do not yet.
 *
 * Source: Gelman et al., Bayesian Data Analysis, 11.4.
 *
 * @param chains the draws of one parameter, one list per chain.
 *
 * @example
 * rHat([[1, 2, 1, 2], [9, 8, 9, 8]]) > 3; // true
 */
export function rHat(chains: readonly ArrayLike<number>[]): number {
  const parts = halves(readChains("rHat", chains));
  const n = parts[0]!.length;
  const within = meanOf(Float64Array.from(parts, varianceOf));
  const between = varianceOf(Float64Array.from(parts, meanOf));
  if (within === 0) return between === 0 ? 1 : Number.POSITIVE_INFINITY;
  return Math.sqrt((n - 1) / n + between / within);
}

/**
 * Effective sample size of one parameter: how many independent draws would say as much about its mean. Autocorrelations
 * are summed as long as pairs of them are positive (Geyer 1992).
 *
 * @example
 * effectiveSampleSize([[1, 2, 2, 1, 1, 2, 2, 1]]) > 0; // true
 */
export function effectiveSampleSize(chains: readonly ArrayLike<number>[]): number {
  const parts = halves(readChains("effectiveSampleSize", chains));
  const n = parts[0]!.length;
  const total = n * parts.length;
  const within = meanOf(Float64Array.from(parts, varianceOf));
  const between = parts.length > 1 ? varianceOf(Float64Array.from(parts, meanOf)) : 0;
  const spread = (within * (n - 1)) / n + between;
  if (!(spread > 0)) return total;
  const centred = parts.map((p) => {
    const m = meanOf(p);
    return p.map((v) => v - m);
  });
  const rho = (lag: number): number => {
    let sum = 0;
    for (const p of centred) for (let t = lag; t < n; t++) sum += p[t]! * p[t - lag]!;
    return 1 - (within - sum / (parts.length * (n - 1))) / spread;
  };
  let tau = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = rho(lag) + rho(lag + 1);
    if (pair < 0) break;
    least = Math.min(least, pair);
    tau += 2 * least;
  }
  return Math.min(total * Math.log10(Math.max(total, 10)), total / Math.max(tau, 1e-12));
}

/**
 * Predictive density of y: the mean of p(y | theta) over posterior draws. Wider than the plug-in density at one theta.
 *
 * @param density p(y | theta).
 * @param draws one theta per row.
 *
 * @example
 * posteriorPredictive((y, t) => (Math.abs(y - t[0]) < 1 ? 0.5 : 0), Matrix.from([[0], [1]]), 1.5); // 0.25
 */
export function posteriorPredictive(
  density: (y: number, theta: Float64Array) => number,
  draws: Matrix,
  y: number,
): number {
  const where = "posteriorPredictive";
  requireFunction(where, "density", density);
  if (!(draws instanceof Matrix) || draws.rows === 0)
    throw argumentError(where, "draws", draws, "a Matrix with a draw per row");
  let sum = 0;
  for (let i = 0; i < draws.rows; i++) sum += density(y, draws.row(i));
  return sum / draws.rows;
}
