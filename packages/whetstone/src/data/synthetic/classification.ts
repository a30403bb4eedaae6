import {
  bool,
  custom,
  int,
  optional,
  type ParamInput,
  parseParams,
  real,
  seed,
} from "../../contract/index.ts";
import { argumentError } from "../../errors.ts";
import { Matrix, normalCdf, type RandomStream, randomStream } from "../../math/index.ts";

/** Features and numbered classes. */
export interface ClassificationData {
  readonly X: Matrix;
  /** Class of each row: 0, 1, ... */
  readonly y: number[];
}

const nSamples = (n = 100) => int({ min: 1, default: n, doc: "Rows" });
const noise = (o: { default: number; doc: string }) => real({ min: 0, ...o });

const shares = custom<readonly number[] | null>({
  default: null,
  doc: "Share of each class; null is equal shares",
  expected: "an array of positive numbers that sum to 1, or null",
  accepts: (v) =>
    v === null ||
    (Array.isArray(v) &&
      v.length > 0 &&
      v.every((p) => typeof p === "number" && p > 0) &&
      Math.abs(v.reduce((a: number, b: number) => a + b, 0) - 1) < 1e-9),
});

const CLASSIFICATION = {
  nSamples: nSamples(),
  nFeatures: int({ min: 1, default: 20, doc: "Columns" }),
  nInformative: int({ min: 1, default: 2, doc: "Columns in which the clusters differ" }),
  nRedundant: int({
    min: 0,
    default: 2,
    doc: "Columns that are random combinations of the informative ones",
  }),
  nRepeated: int({ min: 0, default: 0, doc: "Columns that copy an informative or redundant one" }),
  nClasses: int({ min: 2, default: 2, doc: "Classes" }),
  nClustersPerClass: int({ min: 1, default: 2, doc: "Clusters per class, at corners of a hypercube" }),
  weights: shares,
  flipY: real({ min: 0, max: 1, default: 0.01, doc: "Share of rows whose class is drawn anew, at random" }),
  classSep: real({ min: 0, default: 1, doc: "Half the side of the hypercube" }),
  shuffle: bool({ default: true, doc: "Put rows and columns in random order" }),
  seed: seed(),
} as const;

/** Rows and labels of {@link makeClassification}, with what is true of them. */
export interface ClusterClassification extends ClassificationData {
  /** What each column is. */
  readonly columns: readonly ("informative" | "redundant" | "repeated" | "noise")[];
  /** Rows whose class was drawn anew. */
  readonly flipped: Int32Array;
}

/**
 * Normal clusters at corners of a hypercube, some columns that repeat them, and noise. Which column is what, and
 * which rows got a random class, is told.
 *
 * Source: Guyon (2003), Design of experiments for the NIPS 2003 variable selection benchmark.
 *
 * @example
 * const { X, columns } = makeClassification({ nSamples: 20, nFeatures: 5 });
 * X.cols; // 5
 * columns.filter((c) => c === "informative").length; // 2
 */
export function makeClassification(options: ParamInput<typeof CLASSIFICATION> = {}): ClusterClassification {
  const where = "makeClassification";
  const p = parseParams(where, CLASSIFICATION, options);
  const {
    nSamples: n,
    nFeatures: d,
    nInformative: k,
    nRedundant,
    nRepeated,
    nClasses,
    nClustersPerClass,
  } = p;
  if (k + nRedundant + nRepeated > d)
    throw argumentError(
      where,
      "nFeatures",
      d,
      `at least ${k + nRedundant + nRepeated} (informative, redundant and repeated)`,
    );
  const clusters = nClasses * nClustersPerClass;
  if (clusters > 2 ** k)
    throw argumentError(
      where,
      "nInformative",
      k,
      `at least ${Math.ceil(Math.log2(clusters))} for ${clusters} clusters`,
    );
  if (p.weights && p.weights.length !== nClasses)
    throw argumentError(where, "weights", p.weights, `${nClasses} shares (one per class)`);
  const rng = randomStream(p.seed);
  const corners = distinctCorners(clusters, k, rng);
  const mixing = Array.from({ length: clusters }, () => Matrix.zeros(k, k));
  for (const A of mixing) for (let i = 0; i < k * k; i++) A.data[i] = rng.uniform(-1, 1);
  const blend = Array.from({ length: k * nRedundant }, () => rng.uniform(-1, 1));
  const copies = Array.from({ length: nRepeated }, () => rng.int(k + nRedundant));
  const sizes = classSizes(n, p.weights ?? Array.from({ length: nClasses }, () => 1 / nClasses));
  const X = Matrix.zeros(n, d);
  const y: number[] = [];
  sizes.forEach((size, c) => {
    for (let i = 0; i < size; i++) {
      const cluster = c + nClasses * (i % nClustersPerClass);
      const row = X.row(y.length);
      const z = Float64Array.from({ length: k }, () => rng.normal());
      for (let j = 0; j < k; j++) {
        let v = 0;
        for (let m = 0; m < k; m++) v += z[m]! * mixing[cluster]!.at(m, j);
        row[j] = v + p.classSep * (((corners[cluster]! >> j) & 1) === 1 ? 1 : -1);
      }
      for (let r = 0; r < nRedundant; r++) {
        let v = 0;
        for (let j = 0; j < k; j++) v += row[j]! * blend[r * k + j]!;
        row[k + r] = v;
      }
      copies.forEach((from, r) => {
        row[k + nRedundant + r] = row[from]!;
      });
      for (let j = k + nRedundant + nRepeated; j < d; j++) row[j] = rng.normal();
      y.push(c);
    }
  });
  const flipped: number[] = [];
  for (let i = 0; i < n; i++) {
    if (!rng.bernoulli(p.flipY)) continue;
    y[i] = rng.int(nClasses);
    flipped.push(i);
  }
  const role = (j: number) =>
    j < k
      ? "informative"
      : j < k + nRedundant
        ? "redundant"
        : j < k + nRedundant + nRepeated
          ? "repeated"
          : "noise";
  const columns = Array.from({ length: d }, (_, j) => role(j));
  if (!p.shuffle) return { X, y, columns, flipped: Int32Array.from(flipped) };
  const rows = rng.permutation(n);
  const order = rng.permutation(d);
  const was = new Set(flipped);
  return {
    X: X.selectRows(rows).selectCols(order),
    y: Array.from(rows, (i) => y[i]!),
    columns: Array.from(order, (j) => columns[j]!),
    flipped: Int32Array.from([...rows.keys()].filter((i) => was.has(rows[i]!))),
  };
}

/** Corners of a hypercube as bit patterns, all different. */
function distinctCorners(count: number, k: number, rng: RandomStream): number[] {
  // Beyond 20 dimensions a repeated draw is rare, and a list of all corners is long.
  if (k <= 20) return Array.from(rng.choice(2 ** k, count));
  const found = new Set<number>();
  while (found.size < count) found.add(rng.int(2 ** Math.min(k, 30)));
  return [...found];
}

/** Rows per class by largest remainder. */
function classSizes(n: number, weights: readonly number[]): number[] {
  const exact = weights.map((w) => w * n);
  const sizes = exact.map(Math.floor);
  const order = [...weights.keys()].sort((a, b) => exact[b]! - sizes[b]! - (exact[a]! - sizes[a]!));
  let open = n - sizes.reduce((a, b) => a + b, 0);
  for (const c of order) if (open-- > 0) sizes[c]!++;
  return sizes;
}

const BLOBS = {
  nSamples: nSamples(),
  nFeatures: int({ min: 1, default: 2, doc: "Columns" }),
  centers: custom<number | readonly (readonly number[])[]>({
    default: 3,
    doc: "Number of centres, or the centres",
    expected: "an integer >= 1 or an array of points",
    accepts: (v) =>
      (Number.isSafeInteger(v) && (v as number) >= 1) ||
      (Array.isArray(v) &&
        v.length > 0 &&
        v.every(
          (c) => Array.isArray(c) && c.length === v[0].length && c.length > 0 && c.every(Number.isFinite),
        )),
  }),
  clusterStd: real({ min: 0, default: 1, doc: "Standard deviation of every cluster" }),
  centerBox: custom<readonly [number, number]>({
    default: [-10, 10],
    doc: "Range of drawn centres",
    expected: "[low, high] with low < high",
    accepts: (v) =>
      Array.isArray(v) && v.length === 2 && Number.isFinite(v[0]) && v[0] < v[1] && Number.isFinite(v[1]),
  }),
  seed: seed(),
} as const;

/**
 * Round normal clusters. The centres are told; rows come in random order.
 *
 * @example
 * makeBlobs({ seed: 1 }).X.cols; // 2
 */
export function makeBlobs(
  options: ParamInput<typeof BLOBS> = {},
): ClassificationData & { readonly centers: Matrix } {
  const p = parseParams("makeBlobs", BLOBS, options);
  const rng = randomStream(p.seed);
  const centers =
    typeof p.centers === "number"
      ? new Matrix(
          rng.fillUniform(new Float64Array(p.centers * p.nFeatures), p.centerBox[0], p.centerBox[1]),
          p.centers,
          p.nFeatures,
        )
      : Matrix.from(p.centers);
  const X = Matrix.zeros(p.nSamples, centers.cols);
  const y = Array.from(rng.permutation(p.nSamples), (i) => i % centers.rows);
  y.forEach((c, i) => {
    for (let j = 0; j < centers.cols; j++) X.set(i, j, rng.normal(centers.at(c, j), p.clusterStd));
  });
  return { X, y, centers };
}

const MOONS = {
  nSamples: nSamples(),
  noise: noise({ default: 0, doc: "Standard deviation of normal noise" }),
  seed: seed(),
} as const;

/**
 * Two interleaving half circles in the plane.
 *
 * @example
 * new Set(makeMoons({ seed: 1 }).y).size; // 2
 */
export function makeMoons(options: ParamInput<typeof MOONS> = {}): ClassificationData {
  const p = parseParams("makeMoons", MOONS, options);
  const outer = Math.ceil(p.nSamples / 2);
  return planar(p.nSamples, outer, p.noise, p.seed, (k, count, c) => {
    const angle = (Math.PI * k) / Math.max(1, count - 1);
    return c === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
  });
}

const CIRCLES = {
  nSamples: nSamples(),
  noise: noise({ default: 0, doc: "Standard deviation of normal noise" }),
  factor: real({
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0.8,
    doc: "Radius of the inner circle; the outer one has 1",
  }),
  seed: seed(),
} as const;

/**
 * A circle (class 0) around another (class 1).
 *
 * @example
 * const { X } = makeCircles({ nSamples: 10, noise: 0 });
 * Math.hypot(X.at(0, 0), X.at(0, 1)) <= 1.0001; // true
 */
export function makeCircles(options: ParamInput<typeof CIRCLES> = {}): ClassificationData {
  const p = parseParams("makeCircles", CIRCLES, options);
  return planar(p.nSamples, Math.ceil(p.nSamples / 2), p.noise, p.seed, (k, count, c) => {
    const angle = (2 * Math.PI * k) / count;
    const radius = c === 0 ? 1 : p.factor;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Points of two curves with noise, in random order. */
function planar(
  n: number,
  first: number,
  sd: number,
  s: number,
  point: (k: number, count: number, c: 0 | 1) => readonly [number, number],
): ClassificationData {
  const rng = randomStream(s);
  const X = Matrix.zeros(n, 2);
  const y: number[] = [];
  for (const i of rng.permutation(n)) {
    const c = i < first ? 0 : 1;
    const [a, b] = c === 0 ? point(i, first, 0) : point(i - first, n - first, 1);
    X.set(y.length, 0, a + (sd > 0 ? rng.normal(0, sd) : 0));
    X.set(y.length, 1, b + (sd > 0 ? rng.normal(0, sd) : 0));
    y.push(c);
  }
  return { X, y };
}

const IMBALANCED = {
  nSamples: nSamples(1000),
  nFeatures: int({ min: 1, default: 5, doc: "Columns" }),
  positiveShare: real({
    min: 0,
    max: 1,
    exclusiveMin: true,
    exclusiveMax: true,
    default: 0.01,
    doc: "Probability of class 1",
  }),
  separation: real({ min: 0, default: 2, doc: "Distance of the class means, in standard deviations" }),
  exact: optional(int({ min: 0, default: 10, doc: "Exact number of rows of class 1; null draws it" })),
  seed: seed(),
} as const;

/** Rows and labels of {@link makeImbalanced}, with the best that any classifier can do. */
export interface ImbalancedData extends ClassificationData {
  /** P(class 1 | row), known because both classes are normal with equal covariance. */
  readonly probability: Float64Array;
  /** Area under the ROC curve of the best possible classifier: Phi(separation / sqrt 2). */
  readonly bestAuc: number;
}

/**
 * Two normal classes of very different size, with the true probability of every row.
 *
 * @example
 * const { y, bestAuc } = makeImbalanced({ nSamples: 1000, exact: 10, separation: 2 });
 * y.filter((c) => c === 1).length; // 10
 * bestAuc; // 0.9214
 */
export function makeImbalanced(options: ParamInput<typeof IMBALANCED> = {}): ImbalancedData {
  const where = "makeImbalanced";
  const p = parseParams(where, IMBALANCED, options);
  if (p.exact !== null && p.exact > p.nSamples)
    throw argumentError(where, "exact", p.exact, `at most ${p.nSamples} (nSamples)`);
  const rng = randomStream(p.seed);
  const y = Array.from({ length: p.nSamples }, () => (rng.bernoulli(p.positiveShare) ? 1 : 0));
  if (p.exact !== null) {
    y.fill(0);
    for (const i of rng.choice(p.nSamples, p.exact)) y[i] = 1;
  }
  // The means differ by `separation` along the diagonal.
  const shift = p.separation / Math.sqrt(p.nFeatures);
  const prior = Math.log(p.positiveShare / (1 - p.positiveShare));
  const X = Matrix.zeros(p.nSamples, p.nFeatures);
  const probability = new Float64Array(p.nSamples);
  y.forEach((c, i) => {
    let score = prior;
    for (let j = 0; j < p.nFeatures; j++) {
      const v = rng.normal(c === 1 ? shift : 0);
      X.set(i, j, v);
      score += shift * (v - shift / 2);
    }
    probability[i] = 1 / (1 + Math.exp(-score));
  });
  return { X, y, probability, bestAuc: normalCdf(p.separation / Math.SQRT2) };
}
