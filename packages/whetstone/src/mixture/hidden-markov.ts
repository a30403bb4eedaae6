import { AbortError, argumentError, requireList, requireRows, shapeError } from "../errors.ts";
import { Matrix, randomStream } from "../math/index.ts";
import {
  drawEmission,
  type Emission,
  fitEmission,
  logEmissions,
  normaliseRows,
  type Observations,
  readEmission,
  readObservations,
  readProbabilities,
} from "./emissions.ts";
import { forwardBackward, viterbi } from "./forward-backward.ts";
import { kMeansShares } from "./starting-shares.ts";

/**
 * The probabilities that make a hidden Markov model of k states. Rows are probabilities: >= 0, with sum 1.
 */
export interface HiddenMarkovParts {
  /** P(first state), k. */
  readonly start: ArrayLike<number>;
  /** P(next state | state), k x k, one row per state. */
  readonly transition: Matrix | ArrayLike<ArrayLike<number>>;
  /** What a state shows: a table of symbol probabilities, or a normal distribution per state. */
  readonly emission: Emission;
}

/**
 * Hidden Markov model: a chain of states nobody sees, each of which shows a symbol or numbers.
 *
 * Source: Rabiner (Proc. IEEE 77, 1989).
 *
 * @example
 * const weather = new HiddenMarkovModel({
 *   start: [0.6, 0.4],
 *   transition: [[0.7, 0.3], [0.4, 0.6]],
 *   emission: { kind: "categorical", probabilities: [[0.1, 0.4, 0.5], [0.6, 0.3, 0.1]] },
 * });
 * weather.decode([2, 1, 0]).states; // [0, 0, 1]
 */
export class HiddenMarkovModel {
  static readonly typeName = "HiddenMarkovModel";
  readonly start: Float64Array;
  readonly transition: Matrix;
  readonly emission: Emission;

  constructor(parts: HiddenMarkovParts) {
    const where = "HiddenMarkovModel";
    if (parts === null || typeof parts !== "object")
      throw argumentError(where, "parts", parts, "an object with start, transition and emission");
    requireList(where, "start", parts.start, "an array of probabilities");
    const k = parts.start.length;
    if (k === 0) throw shapeError(where, "start", "is empty", "one probability per state");
    this.start = readProbabilities(where, "start", [parts.start], 1).data;
    this.transition = readProbabilities(where, "transition", parts.transition, k);
    if (this.transition.cols !== k)
      throw shapeError(where, "transition", `has ${this.transition.cols} columns`, `${k} (one per state)`);
    this.emission = readEmission(where, parts.emission, k);
  }

  get nStates(): number {
    return this.start.length;
  }

  #logB(where: string, observations: Observations): Matrix {
    return logEmissions(readObservations(where, "observations", observations, this.emission), this.emission);
  }

  /** log p(observations), summed over every path of states. */
  logLikelihood(observations: Observations): number {
    const logB = this.#logB("HiddenMarkovModel.logLikelihood", observations);
    return forwardBackward(this.start, this.transition, logB).logLikelihood;
  }

  /** P(state at step t | all observations), T x k. */
  posteriors(observations: Observations): Matrix {
    const logB = this.#logB("HiddenMarkovModel.posteriors", observations);
    const { posterior } = forwardBackward(this.start, this.transition, logB);
    return new Matrix(posterior, logB.rows, logB.cols);
  }

  /** The most probable path as a whole (Viterbi), with log p(path, observations). */
  decode(observations: Observations): { states: Int32Array; logProbability: number } {
    return viterbi(this.start, this.transition, this.#logB("HiddenMarkovModel.decode", observations));
  }

  /** A path of states and what it showed, one row per step. */
  sample(length: number, seed = 0): { states: Int32Array; observations: Matrix } {
    if (!(Number.isSafeInteger(length) && length >= 1))
      throw argumentError("HiddenMarkovModel.sample", "length", length, "an integer >= 1");
    const random = randomStream(seed);
    const states = new Int32Array(length);
    const rows: number[][] = [];
    for (let t = 0; t < length; t++) {
      states[t] = random.categorical(t === 0 ? this.start : this.transition.row(states[t - 1]!));
      rows.push(drawEmission(this.emission, states[t]!, random));
    }
    return { states, observations: Matrix.from(rows) };
  }

  toState(): unknown {
    const { start, transition, emission } = this;
    return { start, transition, emission };
  }
  static fromState(state: unknown): HiddenMarkovModel {
    return new HiddenMarkovModel(state as HiddenMarkovParts);
  }
}

/** When the rounds of {@link baumWelch} end, and what keeps variances from vanishing. */
export interface BaumWelchOptions {
  /** Most rounds. Default: 100. */
  readonly maxIter?: number;
  /** Stops when the log-likelihood rises by less. Default: 1e-6. */
  readonly tol?: number;
  /** Least variance of a Gaussian emission. Default: 1e-6. */
  readonly varianceFloor?: number;
  /** Stops between rounds with an AbortError. */
  readonly signal?: AbortSignal;
}

/** The model that the rounds led to, and how its likelihood rose. */
export interface BaumWelchResult {
  readonly model: HiddenMarkovModel;
  /** Log-likelihood before each round and after the last: it never falls. */
  readonly logLikelihoods: Float64Array;
  /** False where `maxIter` ended it. */
  readonly converged: boolean;
}

/**
 * Learns a hidden Markov model from sequences without states, by expectation-maximisation: forward-backward counts how
 * often each state and each change of state is expected, and the counts become probabilities (Baum et al. 1970).
 *
 * @param sequences one or more sequences of observations.
 * @param initial where to start, which decides where it ends; also says how many states and which emission.
 *
 * @example
 * const initial = initialHmm([[0, 0, 1, 1]], 2, { symbols: 2, seed: 1 });
 * baumWelch([[0, 0, 1, 1, 0, 0, 1, 1]], initial, { maxIter: 1000 }).converged; // true
 */
export function baumWelch(
  sequences: readonly Observations[],
  initial: HiddenMarkovModel,
  options: BaumWelchOptions = {},
): BaumWelchResult {
  const where = "baumWelch";
  if (!(initial instanceof HiddenMarkovModel))
    throw argumentError(where, "initial", initial, "a HiddenMarkovModel");
  const { maxIter = 100, tol = 1e-6, varianceFloor = 1e-6, signal } = options ?? {};
  if (!(Number.isSafeInteger(maxIter) && maxIter >= 1))
    throw argumentError(where, "maxIter", maxIter, "an integer >= 1");
  if (!(tol >= 0)) throw argumentError(where, "tol", tol, "a number >= 0");
  if (!(varianceFloor > 0 && varianceFloor < Number.POSITIVE_INFINITY))
    throw argumentError(where, "varianceFloor", varianceFloor, "a number > 0");
  const data = readSequences(where, sequences, initial.emission);
  const k = initial.nStates;
  let model = initial;
  const logLikelihoods: number[] = [];
  let converged = false;
  for (let round = 0; ; round++) {
    if (signal?.aborted) throw new AbortError(where, signal.reason);
    const found = data.map((rows) =>
      forwardBackward(model.start, model.transition, logEmissions(rows, model.emission)),
    );
    const now = found.reduce((s, f) => s + f.logLikelihood, 0);
    converged = round > 0 && Math.abs(now - logLikelihoods[round - 1]!) < tol;
    logLikelihoods.push(now);
    if (converged || round === maxIter || !Number.isFinite(now)) break;
    const start = Matrix.zeros(1, k);
    const moves = Matrix.zeros(k, k);
    for (const f of found) {
      for (let s = 0; s < k; s++) start.data[s] = start.data[s]! + f.posterior[s]!;
      for (let at = 0; at < k * k; at++) moves.data[at] = moves.data[at]! + f.transitions[at]!;
    }
    const shares = found.map((f, q) => new Matrix(f.posterior, data[q]!.rows, k));
    model = new HiddenMarkovModel({
      start: normaliseRows(start, new Matrix(model.start, 1, k)).data,
      transition: normaliseRows(moves, model.transition),
      emission: fitEmission(data, shares, model.emission, varianceFloor),
    });
  }
  return { model, logLikelihoods: Float64Array.from(logLikelihoods), converged };
}

function readSequences(where: string, sequences: readonly Observations[], emission: Emission): Matrix[] {
  requireList(where, "sequences", sequences, "an array of sequences");
  if (sequences.length === 0) throw shapeError(where, "sequences", "is empty", "at least one sequence");
  return Array.from(sequences, (s, q) => readObservations(where, `sequences[${q}]`, s, emission));
}

/**
 * A start for {@link baumWelch}. With `symbols`, emissions of that many symbols, near uniform; else Gaussian emissions
 * from k-means clusters of the steps. States tend to stay where they are.
 *
 * @example
 * initialHmm([[0.1, 0.2, 5.1, 5.3]], 2, { seed: 1 }).nStates; // 2
 */
export function initialHmm(
  sequences: readonly Observations[],
  nStates: number,
  options: { readonly symbols?: number; readonly seed?: number } = {},
): HiddenMarkovModel {
  const where = "initialHmm";
  const { symbols, seed = 0 } = options ?? {};
  if (!(Number.isSafeInteger(nStates) && nStates >= 1 && nStates <= 10_000))
    throw argumentError(where, "nStates", nStates, "an integer from 1 to 10000");
  const random = randomStream(seed);
  const stay = 1 / (nStates + 1);
  const transition = Matrix.zeros(nStates, nStates).map((_, at) =>
    nStates === 1 ? 1 : stay * (at % (nStates + 1) === 0 ? 2 : 1),
  );
  const start = new Float64Array(nStates).fill(1 / nStates);
  if (symbols !== undefined) {
    if (!(Number.isSafeInteger(symbols) && symbols >= 1 && symbols <= 1e6))
      throw argumentError(where, "symbols", symbols, "an integer from 1 to 1000000");
    const rows = Array.from({ length: nStates }, () => random.dirichlet(new Float64Array(symbols).fill(20)));
    const emission: Emission = { kind: "categorical", probabilities: Matrix.from(rows) };
    readSequences(where, sequences, emission);
    return new HiddenMarkovModel({ start, transition, emission });
  }
  requireList(where, "sequences", sequences, "an array of sequences");
  const first = sequences[0];
  const width =
    first instanceof Matrix
      ? first.cols
      : typeof first?.[0] === "number"
        ? 1
        : ((first?.[0] as ArrayLike<number> | undefined)?.length ?? 1);
  const blank = Matrix.zeros(nStates, width);
  const like: Emission = { kind: "gaussian", means: blank, variances: blank.map(() => 1) };
  const all = Matrix.vstack(readSequences(where, sequences, like));
  if (all.rows < nStates)
    throw shapeError(where, "sequences", `holds ${all.rows} steps`, `at least ${nStates}`);
  const shares = kMeansShares(all, nStates, null, random);
  const emission = fitEmission([all], [new Matrix(shares, nStates, all.rows).transpose()], like, 1e-3);
  return new HiddenMarkovModel({ start, transition, emission });
}

/**
 * A hidden Markov model of symbols from sequences whose states are known (a tagger from tagged text): counts, plus
 * `smoothing` in every cell, divided by their sums.
 *
 * @example
 * hmmFromLabelled([[0, 1, 1]], [[0, 1, 1]], { smoothing: 0 }).transition.toArray(); // [[0, 1], [0, 1]]
 */
export function hmmFromLabelled(
  sequences: readonly ArrayLike<number>[],
  states: readonly ArrayLike<number>[],
  options: { readonly nStates?: number; readonly symbols?: number; readonly smoothing?: number } = {},
): HiddenMarkovModel {
  const where = "hmmFromLabelled";
  requireList(where, "sequences", sequences, "an array of sequences");
  requireList(where, "states", states, "an array of sequences");
  if (sequences.length === 0) throw shapeError(where, "sequences", "is empty", "at least one sequence");
  if (states.length !== sequences.length)
    throw shapeError(where, "states", `has ${states.length} sequences`, `${sequences.length} (as sequences)`);
  const { smoothing = 1 } = options ?? {};
  if (!(smoothing >= 0 && smoothing < 1e12))
    throw argumentError(where, "smoothing", smoothing, "a number >= 0");
  const most = (lists: readonly ArrayLike<number>[], name: string, asked: number | undefined): number => {
    let top = 0;
    for (let q = 0; q < lists.length; q++) {
      requireList(where, `${name}[${q}]`, lists[q]);
      for (const v of Array.from(lists[q]!)) {
        if (!(Number.isSafeInteger(v) && v >= 0 && v < 1e6))
          throw argumentError(where, `${name}[${q}]`, v, "integers from 0 to 999999");
        top = Math.max(top, v + 1);
      }
    }
    if (asked === undefined) return top;
    if (!(Number.isSafeInteger(asked) && asked >= top && asked >= 1 && asked <= 1e6))
      throw argumentError(where, name, asked, `a count of at least ${Math.max(1, top)}`);
    return asked;
  };
  const k = most(states, "states", options?.nStates);
  const m = most(sequences, "sequences", options?.symbols);
  if (k === 0 || m === 0) throw shapeError(where, "sequences", "holds no step", "at least one");
  if (k * Math.max(k, m) > 1e8)
    throw shapeError(where, "sequences", `asks for ${k} states and ${m} symbols`, "fewer");
  const start = Matrix.zeros(1, k).map(() => smoothing);
  const moves = Matrix.zeros(k, k).map(() => smoothing);
  const shown = Matrix.zeros(k, m).map(() => smoothing);
  const add = (M: Matrix, i: number, j: number): void => M.set(i, j, M.at(i, j) + 1);
  for (let q = 0; q < states.length; q++) {
    const path = states[q]!;
    if (path.length !== sequences[q]!.length)
      throw shapeError(
        where,
        `states[${q}]`,
        `has ${path.length} steps`,
        `${sequences[q]!.length} (as sequences[${q}])`,
      );
    requireRows(where, path, k, "states");
    for (let t = 0; t < path.length; t++) {
      if (t === 0) add(start, 0, path[0]!);
      else add(moves, path[t - 1]!, path[t]!);
      add(shown, path[t]!, sequences[q]![t]!);
    }
  }
  const even = (M: Matrix): Matrix =>
    normaliseRows(
      M,
      M.map(() => 1 / M.cols),
    );
  return new HiddenMarkovModel({
    start: even(start).data,
    transition: even(moves),
    emission: { kind: "categorical", probabilities: even(shown) },
  });
}
