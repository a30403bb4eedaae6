import { type Design, type FitOptions, step } from "../../contract/index.ts";
import { withScratch } from "../../kernels/index.ts";
import { Matrix } from "../../math/matrix.ts";
import { randomStream } from "../../math/random/index.ts";
import { addLeaves, addTree } from "./add-trees.ts";
import { binRows, fitBins, hasMissing } from "./binning.ts";
import { type Dropout, Dropouts } from "./dart.ts";
import { type CategoryStatistics, EncodedRows, encodeRows } from "./encoded-categories.ts";
import { GradientRows } from "./gradients.ts";
import { TreeGrower } from "./grower.ts";
import type { GrowthLimits } from "./grown-node.ts";
import { type HeldRows, heldOut } from "./held-rows.ts";
import { binBytes, kindCategory, kindMissing } from "./layout.ts";
import { leafQuantiles } from "./leaf-quantiles.ts";
import { baselineOf, type Loss } from "./losses.ts";
import { sampleOneSide } from "./one-side.ts";
import { OrderedBoosting } from "./ordered-boosting.ts";
import { drawRows, product, splitRows, warnIfLight } from "./rows.ts";
import { type TreeArrays, TreeEnsemble } from "./trees.ts";

/** A checked training problem. */
export interface BoostingProblem {
  readonly where: string;
  readonly design: Design;
  /** Targets, or codes of the classes. */
  readonly y: Float64Array;
  /** How many rows each row counts as; null for one each. */
  readonly sampleWeight: Float64Array | null;
  /** Factor of the gradients beyond that: class weights; null for one each. */
  readonly classWeight: Float64Array | null;
  readonly loss: Loss;
  /** Trees per iteration. */
  readonly outputs: number;
  /** Whether the validation rows are drawn class by class. */
  readonly stratify: boolean;
  /** Query of each row where rows of a query stay together, also on the validation side; null: rows stand alone. */
  readonly queries?: Int32Array | null;
  readonly categories: readonly (Float64Array | null)[];
  /** Categories become ordered target statistics with this weight of their prior; null: they stay categories. */
  readonly priorWeight: number | null;
  readonly limits: GrowthLimits;
  readonly maxIter: number;
  readonly maxBins: number;
  readonly subsample: number;
  /** Gradient-based one-side sampling; null: none. */
  readonly oneSide: { readonly topRate: number; readonly otherRate: number } | null;
  /** Ordered boosting on so many random orders; null or absent: plain. */
  readonly permutations?: number | null;
  /** DART; null: none. */
  readonly dropout: Dropout | null;
  /** Null: no early stopping. */
  readonly stopping: {
    readonly validationFraction: number | null;
    readonly nIterNoChange: number;
    readonly tol: number;
  } | null;
  /** Rows from elsewhere that are watched in place of some of these. */
  readonly validation?: HeldRows | null;
  readonly seed: number;
}

/** What boosting learned. */
export interface Boosted {
  readonly trees: TreeEnsemble;
  readonly baseline: Float64Array;
  readonly trainScore: Float64Array;
  readonly validationScore: Float64Array;
  /** Raw predictions of the rows by models that have not seen them, NaN for rows not learned from; null: plain boosting. */
  readonly orderedPredictions: Matrix | null;
  /** What the categories became; null where they stayed categories. */
  readonly statistics: CategoryStatistics | null;
}

/** Fits trees one after another to the gradients of the loss at the predictions so far. */
export function boost(problem: BoostingProblem, options: FitOptions): Boosted {
  const { where, design, loss, outputs, limits, stopping, maxIter } = problem;
  const random = randomStream(problem.seed);
  const split = splitRows(problem, random.split("validation"));
  const { train } = split;
  const watched = heldOut(problem, split.validation);
  const take = (values: Float64Array | null, rows: Uint32Array | null) =>
    values && rows ? Float64Array.from(rows, (i) => values[i]!) : values;
  const y = take(problem.y, train)!;
  const counts = take(problem.sampleWeight, train);
  const factors = product(counts, take(problem.classWeight, train));
  const queries = problem.queries ?? null;
  const ownQueries = queries && train ? Int32Array.from(train, (i) => queries[i]!) : queries;
  const baseline = baselineOf(loss, y, factors, outputs, where);
  if (counts) warnIfLight(problem, counts, options);

  const encoded = encodeTraining(problem, train, y, counts);
  const order = encoded && random.split("order").permutation(y.length);
  const X = encoded ? encoded.inOrder(order!) : design.matrix;
  const rows = encoded ? null : train;
  const categories = encoded ? problem.categories.map(() => null) : problem.categories;

  return withScratch((s) => {
    const n = y.length;
    const mapper = fitBins(X, rows, counts, categories, problem.maxBins, random.split("bins"));
    const bins = s.u8(binBytes(n, X.cols), false);
    binRows(mapper, X, rows, bins);
    const kinds = Uint8Array.from(
      categories,
      (known, f) => (hasMissing(bins, n, f) ? kindMissing : 0) | (known ? kindCategory : 0),
    );
    const state = new GradientRows(
      s,
      loss,
      y,
      { sample: counts, gradient: factors },
      outputs,
      problem.oneSide !== null,
      loss.derivatives?.(y, ownQueries, where),
    );
    state.setRaw(baseline);
    let held: { readonly state: GradientRows; readonly bins: number } | null = null;
    if (watched) {
      const heldBins = s.u8(binBytes(watched.y.length, X.cols), false);
      const heldX = encodeRows(watched.X, problem.categories, encoded?.statistics ?? null);
      binRows(mapper, heldX, watched.rows, heldBins);
      held = {
        state: new GradientRows(
          s,
          loss,
          watched.y,
          { sample: null, gradient: watched.weights },
          outputs,
          false,
          loss.derivatives?.(watched.y, watched.queries, where),
        ),
        bins: heldBins.ptr,
      };
      held.state.setRaw(baseline);
    }
    const grower = new TreeGrower(s, state, mapper, bins.ptr, kinds, limits);
    const weights = { sample: counts, gradient: factors };
    const prepared = { loss, y, weights, baseline, mapper, kinds, limits, bins: bins.ptr, encoded };
    const ordered = problem.permutations
      ? new OrderedBoosting(s, state, prepared, problem.permutations, random.split("orders"))
      : null;
    const trees: TreeArrays[] = [];
    const trainScore: number[] = [];
    const validationScore: number[] = [];
    const record = () => {
      trainScore.push(state.meanLoss());
      if (held) validationScore.push(held.state.meanLoss());
    };
    if (stopping) record();
    const draws = random.split("trees");
    const dropouts = problem.dropout && new Dropouts(problem.dropout, trees, outputs, limits.learningRate);
    let done = 0;
    while (done < maxIter) {
      step(where, options, done, maxIter, "iterations");
      const draw = draws.split(done);
      const drawn = problem.subsample < 1 ? drawRows(n, problem.subsample, draw) : null;
      dropouts?.drop(draw.split("dropout"), bins.ptr, state);
      if (ordered) ordered.begin(draw.split("order"));
      else if (outputs > 1) state.updateProbabilities();
      for (let k = 0; k < outputs; k++) {
        if (ordered) {
          const tree = ordered.grow(k, drawn, draw.split(k));
          trees.push(tree);
          if (held) addTree(tree, held.bins, held.state, k);
          continue;
        }
        const sums = state.updateGradients(k);
        const sample = problem.oneSide
          ? sampleOneSide(state, problem.oneSide, draw.split("rows").split(k))
          : drawn;
        const update =
          loss.leafQuantile === null
            ? null
            : leafQuantiles(loss.leafQuantile, grower, state, factors, limits);
        const { tree: grown, leaves } = grower.grow(sums, sample, draw.split(k), update);
        const tree = dropouts ? dropouts.scaled(grown) : grown;
        trees.push(tree);
        if (sample) addTree(tree, bins.ptr, state, k);
        else addLeaves(tree, leaves, grower, state, k);
        if (held) addTree(tree, held.bins, held.state, k);
      }
      dropouts?.restore(bins.ptr, state, held);
      done++;
      if (!stopping) continue;
      record();
      if (stalled(held ? validationScore : trainScore, stopping.nIterNoChange, stopping.tol)) break;
    }
    step(where, options, maxIter, maxIter, "iterations");
    return {
      trees: TreeEnsemble.join(trees),
      baseline,
      trainScore: Float64Array.from(trainScore),
      validationScore: Float64Array.from(validationScore),
      orderedPredictions: ordered && inPlace(ordered.honest(), train, problem.y.length),
      statistics: encoded?.statistics ?? null,
    };
  });
}

/** Rows of a matrix at their places among all rows; NaN elsewhere. */
function inPlace(own: Matrix, train: Uint32Array | null, rows: number): Matrix {
  if (!train) return own;
  const out = new Matrix(new Float64Array(rows * own.cols).fill(Number.NaN), rows, own.cols);
  train.forEach((i, at) => void out.row(i).set(own.row(at)));
  return out;
}

/** The training rows with target statistics to come; null where no category becomes one. */
function encodeTraining(
  { design, categories, priorWeight }: BoostingProblem,
  train: Uint32Array | null,
  y: Float64Array,
  counts: Float64Array | null,
): EncodedRows | null {
  if (priorWeight === null || !categories.some((values) => values !== null)) return null;
  const X = train ? design.matrix.selectRows(train) : design.matrix;
  return new EncodedRows(X, categories, y, counts, priorWeight);
}

/** The losses must have fallen by more than tol at least once in the last `patience` iterations. */
export function stalled(losses: readonly number[], patience: number, tol: number): boolean {
  if (losses.length <= patience) return false;
  const reference = losses[losses.length - 1 - patience]! - tol;
  return losses.slice(-patience).every((loss) => !(loss < reference));
}
