import {
  type Label,
  type MatrixLike,
  readDesign,
  readLabels,
  readTarget,
  shapeError,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { digamma, randomStream } from "../../math/index.ts";

/** What columns hold, and how mutual information is estimated from neighbours. */
export interface MutualInfoOptions {
  /** Neighbours of the estimate; more lowers its variance and raises its bias. Default 3. */
  readonly nNeighbors?: number;
  /** Whether columns hold labels rather than quantities: all, none (default), or one entry per column. */
  readonly discreteFeatures?: boolean | readonly boolean[];
  /** Seed of the noise of 1e-10 that breaks ties. Default 0. */
  readonly seed?: number;
}

/**
 * Mutual information of each column with the classes, in nats: 0 where they are independent, of any shape otherwise.
 * Quantities by nearest neighbours within the class (Ross, PLoS ONE 9, 2014), labels by counting.
 *
 * @returns one number >= 0 per column
 * @example
 * const X = Array.from({ length: 60 }, (_, i) => [i % 2, (i * 37) % 60]);
 * mutualInfoClassif(X, X.map(([a]) => a), { discreteFeatures: [true, false] })[0]; // Math.log(2)
 */
export function mutualInfoClassif(
  X: MatrixLike,
  y: ArrayLike<Label>,
  options: MutualInfoOptions = {},
): Float64Array {
  return classInformation(X, y, options, "mutualInfoClassif");
}

/** As {@link mutualInfoClassif}, with sentences led by the caller. */
export function classInformation(
  X: MatrixLike,
  y: ArrayLike<Label>,
  options: MutualInfoOptions,
  where: string,
): Float64Array {
  const columns = readColumns(X, options, where);
  const { codes, classes } = readLabels(y, columns.rows, where);
  return columns.map((x, discrete, k) =>
    discrete ? countedInformation(labelCodes(x), codes) : mixedInformation(x, codes, classes.length, k),
  );
}

/**
 * Mutual information of each column with a numeric target, in nats, by nearest neighbours (Kraskov, Stögbauer and
 * Grassberger 2004, estimator 1; Ross 2014 for columns that hold labels).
 *
 * @returns one number >= 0 per column
 * @example
 * const X = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(7 * i)]);
 * const [first, second] = mutualInfoRegression(X, X.map(([a]) => a ** 2));
 * first > 1 && second < 0.2; // true: a relation that correlation does not see
 */
export function mutualInfoRegression(
  X: MatrixLike,
  y: ArrayLike<number>,
  options: MutualInfoOptions = {},
): Float64Array {
  return targetInformation(X, y, options, "mutualInfoRegression");
}

/** As {@link mutualInfoRegression}, with sentences led by the caller. */
export function targetInformation(
  X: MatrixLike,
  y: ArrayLike<number>,
  options: MutualInfoOptions,
  where: string,
): Float64Array {
  const columns = readColumns(X, options, where);
  const target = withNoise(scaled(readTarget(y, columns.rows, where)), options.seed ?? 0, "y");
  return columns.map((x, discrete, k) => {
    if (!discrete) return continuousInformation(x, target, k);
    const codes = labelCodes(x);
    return mixedInformation(target, codes, codes.reduce((m, c) => Math.max(m, c), 0) + 1, k);
  });
}

interface Columns {
  readonly rows: number;
  map(score: (x: Float64Array, discrete: boolean, k: number) => number): Float64Array;
}

function readColumns(X: MatrixLike, options: MutualInfoOptions, where: string): Columns {
  const { matrix } = readDesign(X, where);
  const { nNeighbors = 3, discreteFeatures = false, seed = 0 } = options;
  if (!(Number.isInteger(nNeighbors) && nNeighbors >= 1))
    throw argumentError(where, "nNeighbors", nNeighbors, "an integer >= 1");
  if (!(Number.isSafeInteger(seed) && seed >= 0)) throw argumentError(where, "seed", seed, "an integer >= 0");
  if (typeof discreteFeatures !== "boolean" && !Array.isArray(discreteFeatures))
    throw argumentError(where, "discreteFeatures", discreteFeatures, "true, false or one of them per column");
  if (Array.isArray(discreteFeatures) && discreteFeatures.length !== matrix.cols)
    throw shapeError(
      where,
      "discreteFeatures",
      `has ${discreteFeatures.length} entries`,
      `${matrix.cols} (columns of X)`,
    );
  return {
    rows: matrix.rows,
    map: (score) =>
      Float64Array.from({ length: matrix.cols }, (_, j) => {
        const discrete =
          typeof discreteFeatures === "boolean" ? discreteFeatures : discreteFeatures[j] === true;
        const x = matrix.col(j);
        // A constant column says nothing, whatever its noise.
        if (x.every((v) => v === x[0])) return 0;
        return Math.max(
          0,
          score(discrete ? x : withNoise(scaled(x), seed, `column ${j}`), discrete, nNeighbors),
        );
      }),
  };
}

/** Divided by the standard deviation, so that neither variable rules the joint distance. */
function scaled(x: Float64Array): Float64Array {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const sd = Math.sqrt(x.reduce((a, v) => a + (v - mean) ** 2, 0) / x.length);
  return sd > 0 ? x.map((v) => v / sd) : x;
}

function withNoise(x: Float64Array, seed: number, name: string): Float64Array {
  const size = 1e-10 * Math.max(1, x.reduce((a, v) => a + Math.abs(v), 0) / x.length);
  const random = randomStream(seed).split(name);
  return x.map((v) => v + size * random.normal());
}

function labelCodes(x: Float64Array): Int32Array {
  const seen = new Map<number, number>();
  return Int32Array.from(x, (v) => {
    let code = seen.get(v);
    if (code === undefined) seen.set(v, (code = seen.size));
    return code;
  });
}

function countedInformation(a: Int32Array, b: Int32Array): number {
  const n = a.length;
  const joint = new Map<number, number>();
  const left = new Map<number, number>();
  const right = new Map<number, number>();
  const width = b.reduce((m, c) => Math.max(m, c), 0) + 1;
  const add = (map: Map<number, number>, key: number) => map.set(key, (map.get(key) ?? 0) + 1);
  for (let i = 0; i < n; i++) {
    add(joint, a[i]! * width + b[i]!);
    add(left, a[i]!);
    add(right, b[i]!);
  }
  let sum = 0;
  for (const [key, count] of joint) {
    const [p, q] = [left.get(Math.floor(key / width))!, right.get(key % width)!];
    sum += (count / n) * Math.log((count * n) / (p * q));
  }
  return sum;
}

/** How many sorted numbers are nearer to v than `radius` (equal to v, where it is 0); v itself counts. */
function countWithin(sorted: Float64Array, v: number, radius: number): number {
  // By differences, as the radius is one: a sum would round the border across the neighbour that set it.
  if (radius === 0) return firstWhere(sorted, (u) => u - v > 0) - firstWhere(sorted, (u) => u - v >= 0);
  return firstWhere(sorted, (u) => u - v >= radius) - firstWhere(sorted, (u) => v - u < radius);
}

/** The first entry for which a predicate holds that holds for all later ones. */
function firstWhere(sorted: Float64Array, holds: (u: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A quantity against labels: distance to the k-th neighbour of the same label, counted among all rows. */
function mixedInformation(x: Float64Array, codes: Int32Array, classes: number, k: number): number {
  const groups: number[][] = Array.from({ length: classes }, () => []);
  codes.forEach((c, i) => {
    groups[c]!.push(x[i]!);
  });
  // A label that occurs once has no neighbour of its kind.
  const large = groups.filter((g) => g.length > 1).map((g) => Float64Array.from(g).sort());
  const all = Float64Array.from(large.flatMap((g) => Array.from(g))).sort();
  const n = all.length;
  if (n === 0) return 0;
  let sum = 0;
  for (const group of large) {
    const near = Math.min(k, group.length - 1);
    sum += group.length * (digamma(near) - digamma(group.length));
    for (let i = 0; i < group.length; i++)
      sum -= digamma(countWithin(all, group[i]!, nearestInSorted(group, i, near)));
  }
  return digamma(n) + sum / n;
}

/** Distance of entry i of a sorted list to its k-th nearest other entry. */
function nearestInSorted(sorted: Float64Array, i: number, k: number): number {
  let [low, high, distance] = [i - 1, i + 1, 0];
  for (let step = 0; step < k; step++) {
    const left = low >= 0 ? sorted[i]! - sorted[low]! : Number.POSITIVE_INFINITY;
    const right = high < sorted.length ? sorted[high]! - sorted[i]! : Number.POSITIVE_INFINITY;
    if (left <= right) low--;
    else high++;
    distance = Math.min(left, right);
  }
  return distance;
}

/** Two quantities: the k-th neighbour in the plane is found by walking outwards along sorted x. */
function continuousInformation(x: Float64Array, y: Float64Array, neighbors: number): number {
  const n = x.length;
  const k = Math.min(neighbors, n - 1);
  if (k < 1) return 0;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => x[a]! - x[b]!);
  const xs = Float64Array.from(order, (i) => x[i]!);
  const ys = Float64Array.from(order, (i) => y[i]!);
  const sortedY = ys.slice().sort();
  const nearest = new Float64Array(k);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    nearest.fill(Number.POSITIVE_INFINITY);
    let [low, high] = [i - 1, i + 1];
    for (;;) {
      const left = low >= 0 ? xs[i]! - xs[low]! : Number.POSITIVE_INFINITY;
      const right = high < n ? xs[high]! - xs[i]! : Number.POSITIVE_INFINITY;
      const gap = Math.min(left, right);
      if (gap >= nearest[k - 1]! || gap === Number.POSITIVE_INFINITY) break;
      const other = left <= right ? low-- : high++;
      let d = Math.max(gap, Math.abs(ys[i]! - ys[other]!));
      for (let q = 0; q < k; q++) {
        if (d < nearest[q]!) {
          const moved = nearest[q]!;
          nearest[q] = d;
          d = moved;
        }
      }
    }
    const radius = nearest[k - 1]!;
    sum += digamma(countWithin(xs, xs[i]!, radius)) + digamma(countWithin(sortedY, ys[i]!, radius));
  }
  return digamma(k) + digamma(n) - sum / n;
}
