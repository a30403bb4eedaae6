import { mixtureKernels, type Scratch, withScratch } from "../kernels/index.ts";
import { Matrix } from "../math/index.ts";
import { aboutMean, GramSums } from "../math/linalg/gram-sums.ts";
import { type Components, type CovarianceType, type Whitening, whitening } from "./components.ts";

const ROWS_PER_CHUNK = 1024;
const LANES = 8;

/** Rows in kernel memory, with room for the shares of every component. */
export interface MixtureData {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  /** Sum of the weights. */
  readonly total: number;
  /** k x n: share of component c in row i (times the row's weight). */
  readonly shares: Float64Array;
  /** Log density of the mixture at every row, from the last E step. */
  readonly logDensity: Float64Array;
  /** Mean log density under these components; leaves the shares. */
  expect(whitening: Whitening, means: Matrix): number;
  /** Entropy of the shares, summed over the rows by weight. */
  entropy(): number;
  /** Components that fit the shares best. */
  maximise(type: CovarianceType, regCovar: number, near: Matrix | null): Components;
}

/** Runs `body` with the rows in kernel memory. */
export function withMixtureData<R>(
  X: Matrix,
  k: number,
  weights: Float64Array | null,
  body: (data: MixtureData) => R,
): R {
  return withScratch((s) => {
    const { rows: n, cols: d } = X;
    const x = s.f64(X.data);
    const w = weights ? s.f64(weights) : null;
    const shares = s.f64(k * n);
    const norm = s.f64(n);
    const chunks = Math.ceil(n / ROWS_PER_CHUNK);
    const buffer = s.f64(chunks * 2 * d * LANES, false);
    const means = s.f64(k * d);
    const whiten = s.f64(k * d * d);
    const constants = s.f64(k);
    const total = weights ? weights.reduce((sum, v) => sum + v, 0) : n;
    const gram = weightedGram(s, x.ptr, n, d);
    return body({
      n,
      d,
      k,
      total,
      shares: shares.view,
      logDensity: norm.view,
      expect(found, centres) {
        means.view.set(centres.data);
        whiten.view.set(found.whiten);
        constants.view.set(found.constants);
        const [full, wAt] = [found.full ? 1 : 0, w?.ptr ?? 0];
        mixtureKernels.parallel(
          "mixtureShares",
          chunks,
          x.ptr,
          wAt,
          n,
          d,
          k,
          means.ptr,
          whiten.ptr,
          constants.ptr,
          full,
          shares.ptr,
          norm.ptr,
          buffer.ptr,
          ROWS_PER_CHUNK,
        );
        let sum = 0;
        for (let i = 0; i < n; i++) sum += norm.view[i]! * (weights ? weights[i]! : 1);
        return sum / total;
      },
      entropy() {
        let sum = 0;
        for (let at = 0; at < k * n; at++) {
          const share = shares.view[at]!;
          if (share > 0) sum -= share * Math.log(weights ? share / weights[at % n]! : share);
        }
        return sum;
      },
      maximise: (type, regCovar, near) => maximise(type, regCovar, near, { n, d, k, total, x, shares, gram }),
    });
  });
}

interface Moments {
  readonly total: number;
  readonly mean: Float64Array;
  /** d x d about the mean. */
  readonly S: Float64Array;
}

interface MaximiseInput {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly total: number;
  readonly x: { readonly view: Float64Array };
  readonly shares: { readonly ptr: number; readonly view: Float64Array };
  readonly gram: (w: number, shift: Float64Array) => Moments;
}

/** A share of rounding keeps an empty component's weight above zero, as in scikit-learn. */
const EMPTY = 10 * Number.EPSILON;

function maximise(type: CovarianceType, reg: number, near: Matrix | null, input: MaximiseInput): Components {
  const { n, d, k, total, x, shares, gram } = input;
  const sizes = new Float64Array(k);
  const means = Matrix.zeros(k, d);
  const covariances = new Float64Array(
    type === "full" ? k * d * d : type === "tied" ? d * d : type === "diag" ? k * d : k,
  );
  for (let c = 0; c < k; c++) {
    // The mean of the last round is a good origin: moments about it keep their digits.
    const shift = near ? near.row(c) : firstMember(x.view, shares.view, c, n, d);
    if (type === "full" || type === "tied") {
      const m = gram(shares.ptr + 8 * c * n, shift);
      sizes[c] = m.total + EMPTY;
      means.data.set(m.mean, c * d);
      if (type === "full")
        for (let at = 0; at < d * d; at++) covariances[c * d * d + at] = m.S[at]! / sizes[c]!;
      else for (let at = 0; at < d * d; at++) covariances[at] = covariances[at]! + m.S[at]! / total;
    } else {
      const variances = diagonalMoments(x.view, shares.view, c, n, d, shift, means, sizes);
      if (type === "diag") covariances.set(variances, c * d);
      else covariances[c] = variances.reduce((s, v) => s + v, 0) / d;
    }
  }
  if (type === "full") for (let c = 0; c < k; c++) lift(covariances, c * d * d, d, reg);
  else if (type === "tied") lift(covariances, 0, d, reg);
  else for (let at = 0; at < covariances.length; at++) covariances[at] = covariances[at]! + reg;
  const sum = sizes.reduce((s, v) => s + v, 0);
  return { type, weights: sizes.map((v) => v / sum), means, covariances };
}

function lift(S: Float64Array, at: number, d: number, reg: number): void {
  for (let j = 0; j < d; j++) S[at + j * d + j] = S[at + j * d + j]! + reg;
}

/** The row with the largest share: some origin within the component. */
function firstMember(x: Float64Array, shares: Float64Array, c: number, n: number, d: number): Float64Array {
  let best = 0;
  for (let i = 1; i < n; i++) if (shares[c * n + i]! > shares[c * n + best]!) best = i;
  return x.slice(best * d, (best + 1) * d);
}

/** Writes mean and size of component c, and returns the variances of its columns. */
function diagonalMoments(
  x: Float64Array,
  shares: Float64Array,
  c: number,
  n: number,
  d: number,
  shift: Float64Array,
  means: Matrix,
  sizes: Float64Array,
): Float64Array {
  const sums = new Float64Array(d);
  const squares = new Float64Array(d);
  let size = 0;
  for (let i = 0; i < n; i++) {
    const r = shares[c * n + i]!;
    size += r;
    for (let j = 0, at = i * d; j < d; j++, at++) {
      const v = x[at]! - shift[j]!;
      sums[j] = sums[j]! + r * v;
      squares[j] = squares[j]! + r * v * v;
    }
  }
  sizes[c] = size + EMPTY;
  for (let j = 0; j < d; j++) {
    const off = sums[j]! / sizes[c]!;
    means.set(c, j, shift[j]! + off);
    squares[j] = Math.max(0, squares[j]! / sizes[c]! - off * off);
  }
  return squares;
}

/** Moments of rows that lie in kernel memory, with one weight per row. */
function weightedGram(s: Scratch, x: number, n: number, d: number): MaximiseInput["gram"] {
  const gram = new GramSums(s, d + 1, n, false);
  const { size } = gram;
  const origin = s.f64(d + 1);
  return (w, shift) => {
    origin.view.set(shift);
    gram.add({ x, y: 0, w, shift: origin.ptr, rows: n, cols: d });
    const sums = gram.take();
    const total = sums[d * size + d]!;
    const off = new Float64Array(d);
    const floor = Math.max(total, EMPTY);
    for (let j = 0; j < d; j++) off[j] = sums[d * size + j]! / floor;
    const S = aboutMean(sums, size, d, total, off);
    return { total, mean: off.map((v, j) => v + shift[j]!), S };
  };
}

export interface EmOptions {
  readonly type: CovarianceType;
  readonly tol: number;
  readonly regCovar: number;
  readonly maxIter: number;
  readonly where: string;
  readonly progress: (iteration: number) => void;
}

export interface EmResult {
  readonly components: Components;
  /** Mean log density before each M step; it does not fall by more than regCovar costs. */
  readonly lowerBounds: readonly number[];
  readonly converged: boolean;
}

/** Rounds of E and M from given components, until the mean log density rises by less than tol. */
export function expectationMaximisation(data: MixtureData, first: Components, options: EmOptions): EmResult {
  const { type, tol, regCovar, maxIter, where, progress } = options;
  let components = first;
  const lowerBounds: number[] = [];
  let converged = false;
  for (let iteration = 1; iteration <= maxIter && !converged; iteration++) {
    lowerBounds.push(data.expect(whitening(components, where), components.means));
    components = data.maximise(type, regCovar, components.means);
    const gain = lowerBounds[iteration - 1]! - (lowerBounds[iteration - 2] ?? Number.NEGATIVE_INFINITY);
    converged = Math.abs(gain) < tol;
    progress(iteration);
  }
  return { components, lowerBounds, converged };
}
