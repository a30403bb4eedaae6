import { argumentError, type FitOptions, warn } from "../../contract/index.ts";
import { Matrix } from "../../math/matrix.ts";
import { randomStream } from "../../math/random/index.ts";
import {
  featuresOf,
  type GrowthProblem,
  growTrees,
  limitsOf,
  prunedTree,
  TreeSet,
} from "../../tree/index.ts";
import type { ForestValues } from "./params.ts";

type Rows = Pick<GrowthProblem, "where" | "X" | "targets" | "outputs" | "criterion" | "weights">;

/** Rows each tree draws; 0: it takes all. */
function drawsOf(params: ForestValues, rows: number): number {
  const { bootstrap, maxSamples } = params;
  if (!bootstrap) return 0;
  if (maxSamples === null) return rows;
  return maxSamples < 1 ? Math.max(1, Math.round(maxSamples * rows)) : Math.min(rows, maxSamples);
}

/** Refuses combinations of parameters that say nothing. */
export function checkForest(name: string, params: ForestValues): void {
  if (params.bootstrap) return;
  if (params.oobScore)
    throw argumentError(name, "oobScore", true, "false without bootstrap: every tree sees every row");
  if (params.maxSamples !== null)
    throw argumentError(
      name,
      "maxSamples",
      params.maxSamples,
      "null without bootstrap: every tree takes all rows",
    );
}

/** Grows the trees of a forest. Tree t draws from child t of the seed, whatever thread grows it. */
export function growForest(
  rows: Rows,
  params: ForestValues,
  randomSplits: boolean,
  options: FitOptions,
): TreeSet {
  // Rows of weight 0 are no rows: they are not drawn either.
  const kept = [...rows.weights.keys()].filter((i) => rows.weights[i]! > 0);
  const all = kept.length === rows.weights.length;
  const floats = (a: Float64Array) => (all ? a : Float64Array.from(kept, (i) => a[i]!));
  const { targets } = rows;
  const random = randomStream(params.seed);
  const grown = growTrees(
    {
      ...rows,
      X: all ? rows.X : rows.X.selectRows(kept),
      targets:
        targets instanceof Float64Array
          ? floats(targets)
          : all
            ? targets
            : Int32Array.from(kept, (i) => targets[i]!),
      weights: floats(rows.weights),
      ...limitsOf(params),
      maxFeatures: featuresOf(params.maxFeatures, rows.X.cols),
      randomSplits,
      trees: params.nEstimators,
      draws: drawsOf(params, kept.length),
      random: (t) => random.split(t),
    },
    options,
  );
  if (params.ccpAlpha === 0) return grown;
  return TreeSet.join(
    Array.from({ length: grown.nTrees }, (_, t) => prunedTree(grown.tree(t), params.ccpAlpha)),
  );
}

/**
 * Mean over the trees that did not draw a row of what they say about it: rows x outputs, NaN for rows that every tree
 * drew. The draws are repeated from the seed.
 */
export function outOfBag(trees: TreeSet, rows: Rows, params: ForestValues, options: FitOptions): Matrix {
  const { X, weights, outputs, where } = rows;
  const kept = Int32Array.from([...weights.keys()].filter((i) => weights[i]! > 0));
  const draws = drawsOf(params, kept.length);
  const random = randomStream(params.seed);
  const out = Matrix.zeros(X.rows, outputs);
  const votes = new Int32Array(X.rows);
  for (let t = 0; t < trees.nTrees; t++) {
    const stream = random.split(t);
    const drawn = new Uint8Array(X.rows);
    for (let i = 0; i < draws; i++) drawn[kept[stream.int(kept.length)]!] = 1;
    const left = [...drawn.keys()].filter((i) => drawn[i] === 0);
    const says = trees.tree(t).mean(X.selectRows(left));
    left.forEach((i, at) => {
      votes[i] = votes[i]! + 1;
      for (let k = 0; k < outputs; k++)
        out.data[i * outputs + k] = out.data[i * outputs + k]! + says.data[at * outputs + k]!;
    });
  }
  let missing = 0;
  for (let i = 0; i < X.rows; i++) {
    if (votes[i] === 0) missing++;
    for (let k = 0; k < outputs; k++)
      out.data[i * outputs + k] = votes[i] === 0 ? Number.NaN : out.data[i * outputs + k]! / votes[i]!;
  }
  if (missing > 0)
    warn(
      where,
      options,
      `${missing} rows were drawn by every tree and have no out-of-bag prediction; take more trees`,
    );
  return out;
}

/** Share of weight that the out-of-bag votes get right, over rows that have one. */
export function oobAccuracy(oob: Matrix, codes: Int32Array, weights: Float64Array): number {
  let right = 0;
  let total = 0;
  for (let i = 0; i < oob.rows; i++) {
    const row = oob.row(i);
    if (Number.isNaN(row[0]!)) continue;
    total += weights[i]!;
    if (row.indexOf(Math.max(...row)) === codes[i]) right += weights[i]!;
  }
  return right / total;
}

/** Coefficient of determination of the out-of-bag means, over rows that have one. */
export function oobR2(oob: Matrix, y: Float64Array, weights: Float64Array): number {
  let total = 0;
  let sum = 0;
  const has = (i: number) => !Number.isNaN(oob.data[i]!);
  for (let i = 0; i < y.length; i++) {
    if (!has(i)) continue;
    total += weights[i]!;
    sum += weights[i]! * y[i]!;
  }
  let residual = 0;
  let spread = 0;
  for (let i = 0; i < y.length; i++) {
    if (!has(i)) continue;
    residual += weights[i]! * (y[i]! - oob.data[i]!) ** 2;
    spread += weights[i]! * (y[i]! - sum / total) ** 2;
  }
  return 1 - residual / spread;
}
