import { type Design, type FitOptions, step, warn } from "../../contract/index.ts";
import { boostKernels, withScratch } from "../../kernels/index.ts";
import { type RandomStream, randomStream } from "../../math/random/index.ts";
import { binRows, fitBins, hasMissing } from "./binning.ts";
import { GradientRows } from "./gradients.ts";
import { TreeGrower } from "./grower.ts";
import type { GrownNode, GrowthLimits, Leaf, LeafUpdate } from "./grown-node.ts";
import { binBytes, chunksOf, kindCategory, kindMissing, rowsPerChunk } from "./layout.ts";
import { baselineOf, type Loss } from "./losses.ts";
import { sampleOneSide } from "./one-side.ts";
import { quantileReader, sortWeighted } from "./quantile.ts";
import { packNodes, type TreeArrays, TreeEnsemble } from "./trees.ts";

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
  readonly categories: readonly (Float64Array | null)[];
  readonly limits: GrowthLimits;
  readonly maxIter: number;
  readonly maxBins: number;
  readonly subsample: number;
  /** Gradient-based one-side sampling; null: none. */
  readonly oneSide: { readonly topRate: number; readonly otherRate: number } | null;
  /** Null: no early stopping. */
  readonly stopping: {
    readonly validationFraction: number | null;
    readonly nIterNoChange: number;
    readonly tol: number;
  } | null;
  readonly seed: number;
}

/** What boosting learned. */
export interface Boosted {
  readonly trees: TreeEnsemble;
  readonly baseline: Float64Array;
  readonly trainScore: Float64Array;
  readonly validationScore: Float64Array;
}

/** Fits trees one after another to the gradients of the loss at the predictions so far. */
export function boost(problem: BoostingProblem, options: FitOptions): Boosted {
  const { where, design, loss, outputs, limits, stopping, maxIter } = problem;
  const random = randomStream(problem.seed);
  const split = splitRows(problem, random.split("validation"));
  const { train, validation } = split;
  const X = design.matrix;
  const take = (values: Float64Array | null, rows: Uint32Array | null) =>
    values && rows ? Float64Array.from(rows, (i) => values[i]!) : values;
  const y = take(problem.y, train)!;
  const counts = take(problem.sampleWeight, train);
  const factors = product(counts, take(problem.classWeight, train));
  const baseline = baselineOf(loss, y, factors, outputs);
  if (counts) warnIfLight(problem, counts, options);

  return withScratch((s) => {
    const n = y.length;
    const mapper = fitBins(X, train, counts, problem.categories, problem.maxBins, random.split("bins"));
    const bins = s.u8(binBytes(n, X.cols), false);
    binRows(mapper, X, train, bins);
    const kinds = Uint8Array.from(
      problem.categories,
      (known, f) => (hasMissing(bins, n, f) ? kindMissing : 0) | (known ? kindCategory : 0),
    );
    const state = new GradientRows(
      s,
      loss,
      y,
      { sample: counts, gradient: factors },
      outputs,
      problem.oneSide !== null,
    );
    state.setRaw(baseline);
    let held: { readonly state: GradientRows; readonly bins: number } | null = null;
    if (validation) {
      const heldY = take(problem.y, validation)!;
      const weights = product(take(problem.sampleWeight, validation), take(problem.classWeight, validation));
      const heldBins = s.u8(binBytes(heldY.length, X.cols), false);
      binRows(mapper, X, validation, heldBins);
      held = {
        state: new GradientRows(s, loss, heldY, { sample: null, gradient: weights }, outputs),
        bins: heldBins.ptr,
      };
      held.state.setRaw(baseline);
    }
    const grower = new TreeGrower(s, state, mapper, bins.ptr, kinds, limits);
    const trees: TreeArrays[] = [];
    const trainScore: number[] = [];
    const validationScore: number[] = [];
    const record = () => {
      trainScore.push(state.meanLoss());
      if (held) validationScore.push(held.state.meanLoss());
    };
    if (stopping) record();
    const draws = random.split("trees");
    let done = 0;
    while (done < maxIter) {
      step(where, options, done, maxIter, "iterations");
      const draw = draws.split(done);
      const drawn = problem.subsample < 1 ? drawRows(n, problem.subsample, draw) : null;
      if (outputs > 1) state.updateProbabilities();
      for (let k = 0; k < outputs; k++) {
        const sums = state.updateGradients(k);
        const sample = problem.oneSide
          ? sampleOneSide(state, problem.oneSide, draw.split("rows").split(k))
          : drawn;
        const update =
          loss.leafQuantile === null
            ? null
            : leafQuantiles(loss.leafQuantile, grower, state, factors, limits);
        const { tree, leaves } = grower.grow(sums, sample, draw.split(k), update);
        trees.push(tree);
        if (sample) addTree(tree, bins.ptr, state, k);
        else addLeaves(tree, leaves, grower, state, k);
        if (held) addTree(tree, held.bins, held.state, k);
      }
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
    };
  });
}

function product(a: Float64Array | null, b: Float64Array | null): Float64Array | null {
  return a && b ? a.map((v, i) => v * b[i]!) : (a ?? b);
}

/** Rows of weight 0 are no rows; of the others some are kept for validation. Null stands for all rows. */
function splitRows(
  { y, sampleWeight, classWeight, stopping, stratify }: BoostingProblem,
  random: RandomStream,
): { train: Uint32Array | null; validation: Uint32Array | null } {
  const weight = product(sampleWeight, classWeight);
  if (weight === null && stopping === null) return { train: null, validation: null };
  const all = Uint32Array.from(y, (_, i) => i);
  const rows = weight ? all.filter((i) => weight[i]! > 0) : all;
  const fraction = stopping?.validationFraction ?? null;
  if (fraction === null || rows.length < 2) {
    return { train: rows.length < all.length ? rows : null, validation: null };
  }
  const isHeld = new Uint8Array(y.length);
  const groups = new Map<number, number[]>();
  for (const i of rows) {
    const key = stratify ? y[i]! : 0;
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  // Largest shares first get their part; what rounding leaves over is carried to the next class.
  let owed = 0;
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length)) {
    owed += group.length * fraction;
    const count = Math.max(0, Math.min(group.length - 1, Math.round(owed)));
    owed -= count;
    for (const j of random.choice(group.length, count)) isHeld[group[j]!] = 1;
  }
  const validation = rows.filter((i) => isHeld[i] === 1);
  if (validation.length === 0) isHeld[rows[rows.length - 1]!] = 1;
  return {
    train: rows.filter((i) => isHeld[i] === 0),
    validation: validation.length > 0 ? validation : rows.slice(-1),
  };
}

function warnIfLight(
  { where, limits, sampleWeight }: BoostingProblem,
  counts: Float64Array,
  options: FitOptions,
): void {
  const rows = counts.length;
  const total = counts.reduce((a, b) => a + b, 0);
  const counted = total / Math.min(1, total / rows);
  if (sampleWeight && rows >= 2 * limits.minSamplesLeaf && counted < 2 * limits.minSamplesLeaf) {
    warn(where, options, `the weights add up to ${counted} rows, too few for two leaves of minSamplesLeaf`);
  }
}

/** The losses must have fallen by more than tol at least once in the last `patience` iterations. */
export function stalled(losses: readonly number[], patience: number, tol: number): boolean {
  if (losses.length <= patience) return false;
  const reference = losses[losses.length - 1 - patience]! - tol;
  return losses.slice(-patience).every((loss) => !(loss < reference));
}

/** A sorted random sample of row numbers without replacement (Knuth, TAOCP 2, 3.4.2, algorithm S). */
function drawRows(rows: number, share: number, random: RandomStream): Uint32Array {
  let missing = Math.max(1, Math.round(share * rows));
  const out = new Uint32Array(missing);
  for (let i = 0, at = 0; missing > 0; i++) {
    if (random.uniform() * (rows - i) < missing) {
      out[at++] = i;
      missing--;
    }
  }
  return out;
}

/** Adds a tree to the raw predictions of the rows it grew on. */
function addLeaves(
  tree: TreeArrays,
  leaves: readonly Leaf[],
  grower: TreeGrower,
  state: GradientRows,
  k: number,
): void {
  withScratch((s) => {
    const starts = s.u32(leaves.map((leaf) => leaf.start)).ptr;
    const ends = s.u32(leaves.map((leaf) => leaf.end)).ptr;
    const values = s.f64(leaves.map((leaf) => tree.value[leaf.node]!)).ptr;
    boostKernels.parallel(
      "addLeaves",
      chunksOf(state.rows),
      ...[grower.list.ptr, starts, ends, values, leaves.length, state.rawOf(k), rowsPerChunk],
    );
  });
}

/** Adds a tree to the raw predictions of binned rows. */
function addTree(tree: TreeArrays, bins: number, state: GradientRows, k: number): void {
  withScratch((s) => {
    const nodes = s.u8(packNodes(tree)).ptr;
    const bitsets = s.u8(tree.bitsets).ptr;
    boostKernels.parallel(
      "predictBinned",
      chunksOf(state.rows),
      ...[bins, state.rows, nodes, bitsets, state.rawOf(k), rowsPerChunk],
    );
  });
}

/**
 * Leaf values of absolute and quantile losses: the quantile of the residuals in the leaf. Where a constraint is in
 * force, the quantiles of the two sides of every constrained split bound what lies below them.
 */
function leafQuantiles(
  p: number,
  grower: TreeGrower,
  state: GradientRows,
  weights: Float64Array | null,
  limits: GrowthLimits,
): LeafUpdate {
  const quantile = (node: GrownNode): number => {
    const rows = grower.list.view.subarray(node.start, node.end);
    const residuals = Float64Array.from(rows, (i) => state.y[i]! - state.raw[i]!);
    const own = weights && Float64Array.from(rows, (i) => weights[i]!);
    return quantileReader(sortWeighted(residuals, own))(p);
  };
  return (root, setValue) => {
    const visit = (node: GrownNode, lower: number, upper: number): void => {
      const { left, right } = node;
      if (!left || !right) {
        setValue(node.node, Math.min(upper, Math.max(lower, quantile(node))));
        return;
      }
      const direction = limits.monotonic?.[node.splitFeature] ?? 0;
      if (direction === 0) {
        visit(left, lower, upper);
        visit(right, lower, upper);
        return;
      }
      const middle = Math.min(upper, Math.max(lower, (quantile(left) + quantile(right)) / 2));
      const [low, high] = direction > 0 ? [left, right] : [right, left];
      visit(low, lower, middle);
      visit(high, middle, upper);
    };
    // A root without split keeps the prediction as it is, as for other losses.
    if (root.left) visit(root, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  };
}
