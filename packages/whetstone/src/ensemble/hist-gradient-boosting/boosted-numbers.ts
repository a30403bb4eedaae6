import { type MatrixLike, RegressorModel, type Schema } from "../../contract/index.ts";
import {
  type BoostedParts,
  type ImportanceKind,
  importances,
  rawPredictions,
  stagedRaw,
} from "./boosted-model.ts";
import type { TreeEnsemble } from "./trees.ts";

/** A boosted model with one number per row: what the regressor's and the ranker's have in common. */
export abstract class BoostedNumbers extends RegressorModel {
  /** Category values per feature, ascending; null for numbers. */
  readonly categories: readonly (Float64Array | null)[];
  /** Target statistic of each category, which the trees' thresholds are about; null where they split by subsets. */
  readonly statistics: BoostedParts["statistics"];
  /** The trees as flat arrays, one per iteration. */
  readonly trees: TreeEnsemble;
  /** Mean training loss before the first and after each iteration; empty without early stopping. */
  readonly trainScore: Float64Array;
  /** Mean loss of what was held out likewise; empty where nothing was. */
  readonly validationScore: Float64Array;
  protected readonly parts: BoostedParts;

  constructor(schema: Schema, parts: BoostedParts) {
    super(schema);
    this.categories = parts.categories;
    this.statistics = parts.statistics;
    this.trees = parts.trees;
    this.trainScore = parts.trainScore;
    this.validationScore = parts.validationScore;
    this.parts = parts;
  }

  /** Boosting iterations done. */
  get nIter(): number {
    return this.trees.nTrees;
  }

  /** Share of each feature in the summed gain of all splits. */
  get featureImportances(): Float64Array {
    return this.importances("gain");
  }

  /** Importance of each feature by gain, number of splits, or gain per split. */
  importances(kind: ImportanceKind): Float64Array {
    return importances(this.schema, this.parts, kind, this.#at("importances"));
  }

  override predict(X: MatrixLike): Float64Array {
    return this.respond(rawPredictions(this.schema, this.parts, X, this.#at("predict")).data);
  }

  /** Predictions after 1, 2, ... iterations. */
  *stagedPredict(X: MatrixLike): Generator<Float64Array, void, void> {
    for (const raw of stagedRaw(this.schema, this.parts, X, this.#at("stagedPredict")))
      yield this.respond(raw.data);
  }

  /** Predictions from the sums of the trees. */
  protected respond(raw: Float64Array): Float64Array {
    return raw;
  }

  #at(method: string): string {
    return `${(this.constructor as unknown as { typeName: string }).typeName}.${method}`;
  }
}
