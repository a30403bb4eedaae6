import { randomStream } from "../random/index.ts";
import { axpyAt, dotAt, norm2At } from "./multiply.ts";

const EPS = 2 ** -52;
/** Eigenvalues closer than this share of the norm have their vectors made orthogonal to each other. */
const CLUSTER = 1e-3;
/** A residual below this many units of rounding of the norm is as good as that of a full decomposition. */
const GOOD = 16;
const MOST_ROUNDS = 6;

/**
 * Unit eigenvectors, as rows of `out` (values.length x n), of the symmetric tridiagonal matrix with diagonal d and
 * off-diagonal e (its first n - 1 entries), for eigenvalues that are sorted one way: inverse iteration, with vectors of
 * close values made orthogonal (Golub & Van Loan, Matrix Computations, 8.4; as LAPACK's stein). Each vector is proved by
 * its residual; false where one cannot be.
 */
export function tridiagonalVectors(
  n: number,
  d: Float64Array,
  e: Float64Array,
  values: Float64Array,
  out: Float64Array,
): boolean {
  let norm = 0;
  for (let i = 0; i < n; i++) {
    const row = Math.abs(d[i]!) + (i > 0 ? Math.abs(e[i - 1]!) : 0) + (i < n - 1 ? Math.abs(e[i]!) : 0);
    norm = Math.max(norm, row);
  }
  if (!(norm > 0 && norm < Number.MAX_VALUE)) return false;
  const random = randomStream("tridiagonal vectors");
  const lu = new TridiagonalLu(n, d, e, EPS * norm);
  const falling = values.length > 1 && values[0]! > values[values.length - 1]!;
  let shift = Number.NaN;
  let first = 0; // of the cluster
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (k > 0 && Math.abs(value - values[k - 1]!) > CLUSTER * norm) first = k;
    // Equal eigenvalues get shifts of their own, or all would give the same vector.
    const least = 10 * EPS * norm;
    const apart = falling ? shift - value : value - shift;
    shift = k > first && !(apart >= least) ? shift + (falling ? -least : least) : value;
    lu.factor(shift);
    const at = k * n;
    for (let i = 0; i < n; i++) out[at + i] = random.uniform() - 0.5;
    let good = false;
    for (let round = 0; round < MOST_ROUNDS && !good; round++) {
      lu.solve(out, at);
      if (!normalise(n, out, at)) return false;
      for (let twice = 0; twice < 2; twice++) {
        for (let j = first; j < k; j++) axpyAt(n, -dotAt(n, out, j * n, out, at), out, j * n, out, at);
        if (!normalise(n, out, at)) return false;
      }
      good = round > 0 && residual(n, d, e, value, out, at) <= GOOD * EPS * norm;
    }
    if (!good) return false;
  }
  return true;
}

function normalise(n: number, x: Float64Array, at: number): boolean {
  const length = norm2At(n, x, at);
  if (!(length > 1e-300 && length < Number.MAX_VALUE)) return false;
  for (let i = at; i < at + n; i++) x[i] = x[i]! / length;
  return true;
}

/** Length of (T - value) x. */
function residual(
  n: number,
  d: Float64Array,
  e: Float64Array,
  value: number,
  x: Float64Array,
  at: number,
): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let r = (d[i]! - value) * x[at + i]!;
    if (i > 0) r += e[i - 1]! * x[at + i - 1]!;
    if (i < n - 1) r += e[i]! * x[at + i + 1]!;
    sum += r * r;
  }
  return Math.sqrt(sum);
}

/** L U of a shifted tridiagonal matrix with row exchanges; pivots of zero become `tiny`. */
class TridiagonalLu {
  readonly #n: number;
  readonly #d: Float64Array;
  readonly #e: Float64Array;
  readonly #tiny: number;
  // U: pivots and the two entries right of each; L: a multiplier per row, and whether rows i and i + 1 changed places.
  readonly #pivot: Float64Array;
  readonly #right: Float64Array;
  readonly #second: Float64Array;
  readonly #factor: Float64Array;
  readonly #swapped: Uint8Array;

  constructor(n: number, d: Float64Array, e: Float64Array, tiny: number) {
    this.#n = n;
    this.#d = d;
    this.#e = e;
    this.#tiny = tiny;
    this.#pivot = new Float64Array(n);
    this.#right = new Float64Array(n);
    this.#second = new Float64Array(n);
    this.#factor = new Float64Array(n);
    this.#swapped = new Uint8Array(n);
  }

  factor(shift: number): void {
    const n = this.#n;
    let own = this.#d[0]! - shift;
    let right = n > 1 ? this.#e[0]! : 0;
    for (let i = 0; i < n - 1; i++) {
      const below = this.#e[i]!;
      const diagonal = this.#d[i + 1]! - shift;
      const next = i < n - 2 ? this.#e[i + 1]! : 0;
      if (Math.abs(own) >= Math.abs(below)) {
        if (own === 0) own = this.#tiny;
        const f = below / own;
        this.#set(i, own, right, 0, f, 0);
        own = diagonal - f * right;
        right = next;
      } else {
        const f = own / below;
        this.#set(i, below, diagonal, next, f, 1);
        own = right - f * diagonal;
        right = -f * next;
      }
    }
    this.#set(n - 1, Math.abs(own) < this.#tiny ? this.#tiny : own, 0, 0, 0, 0);
  }

  #set(i: number, pivot: number, right: number, second: number, factor: number, swapped: number): void {
    this.#pivot[i] = Math.abs(pivot) < this.#tiny ? this.#tiny : pivot;
    this.#right[i] = right;
    this.#second[i] = second;
    this.#factor[i] = factor;
    this.#swapped[i] = swapped;
  }

  /** Overwrites the n entries of x from `at` on. */
  solve(x: Float64Array, at: number): void {
    const n = this.#n;
    for (let i = 0; i < n - 1; i++) {
      const [a, b] = [x[at + i]!, x[at + i + 1]!];
      const first = this.#swapped[i] ? b : a;
      x[at + i] = first;
      x[at + i + 1] = (this.#swapped[i] ? a : b) - this.#factor[i]! * first;
    }
    for (let i = n - 1; i >= 0; i--) {
      let value = x[at + i]!;
      if (i < n - 1) value -= this.#right[i]! * x[at + i + 1]!;
      if (i < n - 2) value -= this.#second[i]! * x[at + i + 2]!;
      x[at + i] = value / this.#pivot[i]!;
    }
  }
}
