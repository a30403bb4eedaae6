import { argumentError, type Design, type FitOptions, type ParamValues } from "../../contract/index.ts";
import type { BoostingProblem } from "./boost.ts";
import { categoryValues, directions, interactionSets } from "./columns.ts";
import { randomDropout } from "./dart.ts";
import type { HeldRows } from "./held-rows.ts";
import type { sharedParams } from "./params.ts";

/** Rows above which `earlyStopping: "auto"` means true. */
const manyRows = 10_000;

/** Shares of one-side sampling, or null; refuses what contradicts itself. */
function oneSide(params: ParamValues<typeof sharedParams>, where: string): BoostingProblem["oneSide"] {
  const { topRate, otherRate, subsample } = params;
  if (topRate === null) return null;
  const rest = 1 - topRate;
  if (subsample < 1)
    throw argumentError(where, "subsample", subsample, "1 with topRate: rows are sampled once");
  if (rest <= 0 || otherRate > rest + 1e-12)
    throw argumentError(
      where,
      "otherRate",
      otherRate,
      `a number > 0 and <= ${Number(rest.toPrecision(12))} (1 - topRate)`,
    );
  return { topRate, otherRate };
}

/** The part of a training problem that classifier and regressor share. */
export function sharedProblem(
  params: ParamValues<typeof sharedParams>,
  design: Design,
  where: string,
  options: FitOptions,
  validation: HeldRows | null = null,
): Pick<
  BoostingProblem,
  | "where"
  | "design"
  | "categories"
  | "priorWeight"
  | "limits"
  | "maxIter"
  | "maxBins"
  | "subsample"
  | "oneSide"
  | "dropout"
  | "stopping"
  | "validation"
  | "seed"
> {
  const { validationFraction, nIterNoChange, tol, earlyStopping, maxIter, maxBins, subsample, seed } = params;
  const priorWeight = params.categoryEncoding === "ordered" ? params.priorWeight : null;
  // Statistics are numbers, of which bins hold as many as they like.
  const most = priorWeight === null ? maxBins : Number.POSITIVE_INFINITY;
  const categories = categoryValues(design, params.categoricalFeatures, most, where, options);
  const stops =
    earlyStopping === "auto" ? validation !== null || design.matrix.rows > manyRows : earlyStopping;
  return {
    where,
    design,
    categories,
    priorWeight,
    limits: {
      maxLeafNodes: params.maxLeafNodes,
      maxDepth: params.maxDepth,
      minSamplesLeaf: params.minSamplesLeaf,
      l1Regularization: params.l1Regularization,
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
    oneSide: oneSide(params, where),
    dropout:
      params.dropRate === null
        ? null
        : randomDropout(params.dropRate, params.skipDrop, params.oneDrop, params.dropNormalization),
    stopping: stops
      ? { validationFraction: validation ? null : validationFraction, nIterNoChange, tol }
      : null,
    validation,
    seed,
  };
}
