import { type Label, type MatrixLike, readDesign, readLabels } from "../../contract/index.ts";
import { argumentError, shapeError, valueError } from "../../errors.ts";
import { Matrix, randomStream, type Seed } from "../../math/index.ts";
import { quantile } from "../quantile.ts";

/** The interval around the estimated rate of wrong labels. */
export interface LabelNoiseOptions {
  /** Resamples of the rows for the interval; 200 by default. */
  readonly resamples?: number;
  /** Coverage of the interval, below 1; 0.95 by default. */
  readonly confidence?: number;
  /** Default 0. */
  readonly seed?: Seed;
}

/** A row whose label is probably wrong. */
export interface LabelSuspect<L extends Label = Label> {
  readonly row: number;
  readonly given: L;
  readonly suggested: L;
  /** Probability of the given label less that of the best other one, from -1 to 1; the lowest leads the list. */
  readonly margin: number;
}

/**
 * How many labels are wrong, which way, and which ones are suspected. Counts are of rows, shares of all rows.
 */
export interface LabelNoise<L extends Label = Label> {
  /** Sorted labels: rows and columns of `joint`, columns of the probabilities. */
  readonly classes: readonly L[];
  /** Estimated share of all rows with given label i (row) and true label j (column). */
  readonly joint: Matrix;
  /** Mean probability of each class over the rows that carry its label: what counts as confident. */
  readonly thresholds: Float64Array;
  /** Estimated share of wrong labels: 1 less the diagonal of `joint`. */
  readonly rate: number;
  /** Percentile interval of the rate over resampled rows; the probabilities are taken as they are. */
  readonly interval: readonly [number, number];
  /** Per given label: share of it that is wrong. */
  readonly rateByClass: Float64Array;
  /** Probability of given label i (row) when the true label is j (column); columns sum to 1. */
  readonly transition: Matrix;
  /** Rows that are confidently of another class, the surest first. */
  readonly suspects: readonly LabelSuspect<L>[];
}

/**
 * How many labels are wrong, which classes they are confused with, and which rows to look at: confident learning. A
 * row counts as truly of class j when its probability of j is at least the mean such probability among the rows
 * labelled j; counts of given against true classes, scaled to the sizes of the given ones, are the joint.
 *
 * The probabilities must come from models that have not seen the row's label (`crossValPredict` with
 * `method: "predictProba"`): a model that has learned a wrong label by heart defends it. Where classes overlap, rows
 * in the overlap look like wrong labels, so the rate is a suspicion to be checked on a reviewed sample
 * ({@link reviewSample}).
 *
 * Northcutt, Jiang, Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70, 2021, section 3.
 *
 * @param labels the given label of each row, at least two different ones
 * @param probabilities one row per label, one column per sorted class
 * @example
 * const labels = ["a", "a", "a", "b", "b", "b"];
 * const p = [[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.1, 0.9], [0.2, 0.8], [0.1, 0.9]];
 * labelNoise(labels, p).suspects.map((s) => s.row); // [2]
 */
export function labelNoise<L extends Label>(
  labels: ArrayLike<L>,
  probabilities: MatrixLike,
  options: LabelNoiseOptions = {},
): LabelNoise<L> {
  const where = "labelNoise";
  const { resamples = 200, confidence = 0.95, seed = 0 } = options;
  if (!(Number.isSafeInteger(resamples) && resamples >= 1 && resamples <= 100_000))
    throw argumentError(where, "resamples", resamples, "an integer from 1 to 100000");
  if (!(confidence > 0 && confidence < 1))
    throw argumentError(where, "confidence", confidence, "a number above 0 and below 1");
  const P = readDesign(probabilities, where, { argument: "probabilities" }).matrix;
  const { classes, codes } = readLabels(labels, P.rows, where, "labels");
  const k = classes.length;
  if (k < 2) throw valueError(where, "labels", "hold one class, expected at least two");
  if (P.cols !== k)
    throw shapeError(where, "probabilities", `has ${P.cols} columns`, `${k} (one per class, sorted)`);
  if (P.data.some((p) => p < 0 || p > 1 + 1e-9))
    throw valueError(where, "probabilities", "holds a number outside 0 to 1");
  const n = P.rows;
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const { joint, thresholds, truth } = confidentJoint(P, codes, all);
  const rate = wrongShare(joint, k);

  const random = randomStream(seed);
  const rates = new Float64Array(resamples);
  const drawn = new Int32Array(n);
  for (let b = 0; b < resamples; b++) {
    for (let i = 0; i < n; i++) drawn[i] = random.int(n);
    rates[b] = wrongShare(confidentJoint(P, codes, drawn).joint, k);
  }
  rates.sort();
  const tail = (1 - confidence) / 2;

  const suspects: LabelSuspect<L>[] = [];
  truth.forEach((j, i) => {
    const given = codes[i]!;
    if (j < 0 || j === given) return;
    let other = 0;
    for (let c = 0; c < k; c++) if (c !== given) other = Math.max(other, P.at(i, c));
    suspects.push({ row: i, given: classes[given]!, suggested: classes[j]!, margin: P.at(i, given) - other });
  });
  suspects.sort((a, b) => a.margin - b.margin || a.row - b.row);

  const transition = Matrix.zeros(k, k);
  const rateByClass = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    const given = joint.slice(i * k, (i + 1) * k).reduce((s, v) => s + v, 0);
    rateByClass[i] = 1 - joint[i * k + i]! / given;
    for (let j = 0; j < k; j++) {
      let column = 0;
      for (let r = 0; r < k; r++) column += joint[r * k + j]!;
      transition.set(i, j, column > 0 ? joint[i * k + j]! / column : i === j ? 1 : 0);
    }
  }
  return {
    classes,
    joint: new Matrix(joint, k, k),
    thresholds,
    rate,
    interval: [quantile(rates, tail), quantile(rates, 1 - tail)],
    rateByClass,
    transition,
    suspects,
  };
}

const wrongShare = (joint: Float64Array, k: number): number => {
  let right = 0;
  for (let j = 0; j < k; j++) right += joint[j * k + j]!;
  return Math.max(0, 1 - right);
};

/** The joint over the given rows (repeats count), and the confident class of each of them, -1 for none. */
function confidentJoint(
  P: Matrix, // (n, k)
  codes: Int32Array,
  rows: Int32Array,
): { joint: Float64Array; thresholds: Float64Array; truth: Int32Array } {
  const { cols: k, data } = P;
  const thresholds = new Float64Array(k);
  const sizes = new Float64Array(k);
  for (const i of rows) {
    const c = codes[i]!;
    sizes[c]!++;
    thresholds[c]! += data[i * k + c]!;
  }
  // A class that a resample lacks has no threshold, and nobody is confidently of it.
  for (let c = 0; c < k; c++)
    thresholds[c] = sizes[c]! > 0 ? thresholds[c]! / sizes[c]! : Number.POSITIVE_INFINITY;
  const counts = new Float64Array(k * k);
  const truth = new Int32Array(rows.length).fill(-1);
  rows.forEach((i, at) => {
    let best = -1;
    for (let c = 0; c < k; c++) {
      const p = data[i * k + c]!;
      // The margin of rounding counts a constant probability, whose mean may be above it, as reached.
      if (p >= thresholds[c]! - 1e-9 && (best < 0 || p > data[i * k + best]!)) best = c;
    }
    truth[at] = best;
    if (best >= 0) counts[codes[i]! * k + best]!++;
  });
  const joint = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    if (sizes[i] === 0) continue;
    // At least one row of each class is taken as right.
    counts[i * k + i] = Math.max(1, counts[i * k + i]!);
    let sum = 0;
    for (let j = 0; j < k; j++) sum += counts[i * k + j]!;
    for (let j = 0; j < k; j++) joint[i * k + j] = ((counts[i * k + j]! / sum) * sizes[i]!) / rows.length;
  }
  return { joint, thresholds, truth };
}
