import type { FitOptions, ParamValues } from "../contract/index.ts";
import { formatError, type Schema } from "../contract/index.ts";
import { randomStream } from "../math/random/index.ts";
import { type GrowthLimits, type GrowthProblem, growTrees } from "./grow.ts";
import { featuresOf, type growthParams, type MaxFeatures } from "./params.ts";
import { prunedTree } from "./prune.ts";
import { TreeSet } from "./tree-set.ts";

interface TreeParams extends ParamValues<typeof growthParams> {
  readonly splitter: "best" | "random";
  readonly maxFeatures: MaxFeatures;
  readonly seed: number;
}

/** Picks the limits of growth out of an estimator's parameters. */
export function limitsOf(p: ParamValues<typeof growthParams>): GrowthLimits {
  const {
    maxDepth,
    minSamplesSplit,
    minSamplesLeaf,
    maxLeafNodes,
    minImpurityDecrease,
    minWeightFractionLeaf,
  } = p;
  return {
    maxDepth,
    minSamplesSplit,
    minSamplesLeaf,
    maxLeafNodes,
    minImpurityDecrease,
    minWeightFractionLeaf,
  };
}

/** Grows one tree on all rows of positive weight, and prunes it. */
export function fitTree(
  params: TreeParams,
  problem: Pick<GrowthProblem, "where" | "X" | "targets" | "outputs" | "criterion" | "weights">,
  options: FitOptions,
): TreeSet {
  const grown = growTrees(
    {
      ...problem,
      ...limitsOf(params),
      maxFeatures: featuresOf(params.maxFeatures, problem.X.cols),
      randomSplits: params.splitter === "random",
      trees: 1,
      draws: 0,
      random: () => randomStream(params.seed),
    },
    options,
  );
  return prunedTree(grown, params.ccpAlpha);
}

/** Checks that trees from a file belong to the model around them. */
export function checkFits(trees: unknown, schema: Schema, outputs: number): TreeSet {
  const fits =
    trees instanceof TreeSet && trees.outputs === outputs && trees.feature.every((f) => f < schema.nFeatures);
  if (!fits) throw formatError("load", "the trees in the file do not fit the model");
  return trees;
}
