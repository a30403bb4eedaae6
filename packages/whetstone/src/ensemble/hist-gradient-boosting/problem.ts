import type { Design, FitOptions, ParamValues } from "../../contract/index.ts";
import type { BoostingProblem } from "./boost.ts";
import { categoryValues, directions, interactionSets } from "./columns.ts";
import type { sharedParams } from "./params.ts";

/** Rows above which `earlyStopping: "auto"` means true. */
const manyRows = 10_000;

/** The part of a training problem that classifier and regressor share. */
export function sharedProblem(
  params: ParamValues<typeof sharedParams>,
  design: Design,
  where: string,
  options: FitOptions,
): Pick<
  BoostingProblem,
  "where" | "design" | "categories" | "limits" | "maxIter" | "maxBins" | "subsample" | "stopping" | "seed"
> {
  const { validationFraction, nIterNoChange, tol, earlyStopping, maxIter, maxBins, subsample, seed } = params;
  const categories = categoryValues(design, params.categoricalFeatures, maxBins, where, options);
  const stops = earlyStopping === "auto" ? design.matrix.rows > manyRows : earlyStopping;
  return {
    where,
    design,
    categories,
    limits: {
      maxLeafNodes: params.maxLeafNodes,
      maxDepth: params.maxDepth,
      minSamplesLeaf: params.minSamplesLeaf,
      l2Regularization: params.l2Regularization,
      minGainToSplit: params.minGainToSplit,
      minHessianToSplit: params.minHessianToSplit,
      maxFeatures: params.maxFeatures,
      learningRate: params.learningRate,
      monotonic: directions(design, params.monotonicCst, categories, where),
      interactions: interactionSets(design, params.interactionCst, where),
    },
    maxIter,
    maxBins,
    subsample,
    stopping: stops ? { validationFraction, nIterNoChange, tol } : null,
    seed,
  };
}
