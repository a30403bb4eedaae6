import {
  argumentError,
  ClassifierModel,
  ClassifierSpec,
  type Label,
  type MatrixLike,
  type ParamInput,
  readDesign,
  readLabels,
  readWeights,
  type Schema,
  schemaOf,
  show,
  valueError,
} from "../../contract/index.ts";
import { Matrix } from "../../math/matrix.ts";
import { boost } from "./boost.ts";
import {
  type BoostedParts,
  type ImportanceKind,
  importances,
  partsOf,
  rawPredictions,
  stagedRaw,
} from "./boosted-model.ts";
import { type BoostingFitOptions, readValidation } from "./held-rows.ts";
import { lossOf } from "./losses.ts";
import { checkOrdered, classifierParams } from "./params.ts";
import { sharedProblem } from "./problem.ts";
import type { TreeEnsemble } from "./trees.ts";

/**
 * Histogram gradient boosting for labels: trees fitted one after another to the gradients of the log loss, on features
 * cut into at most 255 bins. Two classes take one tree per iteration, more take one per class (softmax).
 *
 * Algorithm, parameters and the handling of missing values, categories, weights and threads are described at
 * {@link HistGradientBoostingRegressor}. Ordered boosting knows any number of classes, ordered target statistics two.
 * `classWeight` multiplies gradients and hessians; unlike `sampleWeight` it does not change how many rows a leaf counts.
 *
 * @example
 * const X = Array.from({ length: 100 }, (_, i) => [i]);
 * const y = X.map(([x]) => (x < 50 ? "low" : "high"));
 * const model = new HistGradientBoostingClassifier().fit(X, y);
 * model.predict([[10], [90]]); // ["low", "high"]
 */
export class HistGradientBoostingClassifier extends ClassifierSpec<typeof classifierParams> {
  static readonly typeName = "HistGradientBoostingClassifier";
  static readonly params = classifierParams;

  constructor(given: ParamInput<typeof classifierParams> = {}) {
    super(HistGradientBoostingClassifier.typeName, classifierParams, given);
    checkOrdered(this.params, HistGradientBoostingClassifier.typeName);
  }

  static fromState(state: unknown): HistGradientBoostingClassifier {
    return new HistGradientBoostingClassifier(state as ParamInput<typeof classifierParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: BoostingFitOptions = {},
  ): HistGradientBoostingClassifierModel<L> {
    const where = "HistGradientBoostingClassifier.fit";
    const design = readDesign(X, where, { allowMissing: true, allowCategories: true });
    const { classes, codes } = readLabels(y, design.matrix.rows, where);
    const sampleWeight = readWeights(options.sampleWeight, codes.length, where);
    const K = classes.length;
    if (K < 2) throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
    if (this.params.monotonicCst !== null && K > 2) {
      throw valueError(
        where,
        "monotonicCst",
        `is given with ${K} classes, expected two: more have no single direction`,
      );
    }
    const perClass = this.classWeights(classes, codes, sampleWeight, where);
    const ofClasses = (own: Int32Array) => perClass && Float64Array.from(own, (k) => perClass[k]!);
    const validation = readValidation(
      options.validation,
      schemaOf(design),
      this.params,
      where,
      ["X", "y", "sampleWeight"],
      (given, rows) => {
        const own = readKnownLabels(given.y, rows, classes, where);
        return { y: Float64Array.from(own), classWeight: ofClasses(own) };
      },
    );
    const problem = sharedProblem(this.params, design, where, options, validation);
    if (K > 2 && problem.priorWeight !== null && problem.categories.some((values) => values !== null)) {
      throw argumentError(
        where,
        "categoryEncoding",
        this.params.categoryEncoding,
        `"subsets" with ${K} classes: a statistic is the share of one class of two`,
      );
    }
    const found = boost(
      {
        ...problem,
        y: Float64Array.from(codes),
        sampleWeight,
        classWeight: ofClasses(codes),
        loss: lossOf(K === 2 ? "binomial" : "multinomial"),
        outputs: K === 2 ? 1 : K,
        stratify: true,
        permutations: this.params.boosting === "ordered" ? this.params.permutations : null,
      },
      options,
    );
    return new HistGradientBoostingClassifierModel(schemaOf(design), classes, {
      ...found,
      categories: problem.categories,
    });
  }

  override fitAsync<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options?: BoostingFitOptions,
  ): Promise<HistGradientBoostingClassifierModel<L>> {
    return super.fitAsync(X, y, options) as Promise<HistGradientBoostingClassifierModel<L>>;
  }

  /** Weight of each class, null for ones. */
  private classWeights(
    classes: readonly Label[],
    codes: Int32Array,
    sampleWeight: Float64Array | null,
    where: string,
  ): Float64Array | null {
    const { classWeight } = this.params;
    if (classWeight === null) return null;
    const K = classes.length;
    const perClass = new Float64Array(K).fill(1);
    if (classWeight === "balanced") {
      const totals = new Float64Array(K);
      codes.forEach((k, i) => {
        totals[k] = totals[k]! + (sampleWeight ? sampleWeight[i]! : 1);
      });
      const total = totals.reduce((a, b) => a + b, 0);
      for (let k = 0; k < K; k++) perClass[k] = totals[k]! > 0 ? total / (K * totals[k]!) : 0;
    } else {
      for (const [label, weight] of Object.entries(classWeight)) {
        const k = classes.findIndex((c) => String(c) === label);
        if (k < 0) {
          const known = classes.map(String).join(", ");
          throw valueError(
            where,
            "classWeight",
            `is given for ${show(label)}, expected labels of y only (${known})`,
          );
        }
        perClass[k] = weight;
      }
      if (!codes.some((k, i) => perClass[k]! > 0 && (sampleWeight === null || sampleWeight[i]! > 0))) {
        throw valueError(where, "classWeight", "leaves every row without weight, expected a weight > 0");
      }
    }
    return perClass;
  }
}

/** Codes of labels that must be among the classes. */
function readKnownLabels(
  y: ArrayLike<Label>,
  rows: number,
  classes: readonly Label[],
  where: string,
): Int32Array {
  const own = readLabels(y, rows, where, "validation.y");
  const code = own.classes.map((label) => classes.indexOf(label));
  const odd = own.codes.findIndex((k) => code[k]! < 0);
  if (odd >= 0) {
    throw valueError(
      where,
      "validation.y",
      `holds ${show(own.classes[own.codes[odd]!])} at row ${odd}, expected labels of y (${classes.map(show).join(", ")})`,
    );
  }
  return own.codes.map((k) => code[k]!);
}

/** What {@link HistGradientBoostingClassifier} learned. */
export class HistGradientBoostingClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "HistGradientBoostingClassifierModel";
  /** Category values per feature, ascending; null for numbers. */
  readonly categories: readonly (Float64Array | null)[];
  /** Target statistic of each category, which the trees' thresholds are about; null where they split by subsets. */
  readonly statistics: BoostedParts["statistics"];
  /** The trees as flat arrays: one per iteration for two classes, else one per iteration and class in turn. */
  readonly trees: TreeEnsemble;
  /** The raw predictions before the first tree, one per output. */
  readonly baseline: Float64Array;
  /** Mean training loss before the first and after each iteration; empty without early stopping. */
  readonly trainScore: Float64Array;
  /** Mean validation loss likewise; empty without validation rows. */
  readonly validationScore: Float64Array;
  readonly #parts: BoostedParts;

  /**
   * With boosting "ordered": raw predictions of the training rows by models that had not seen them (rows x outputs), the
   * average over the orders; NaN for rows not learned from. Null with plain boosting.
   */
  readonly orderedPredictions: Matrix | null;

  constructor(schema: Schema, classes: readonly L[], parts: BoostedParts) {
    super(schema, classes);
    this.categories = parts.categories;
    this.statistics = parts.statistics;
    this.trees = parts.trees;
    this.baseline = parts.baseline;
    this.orderedPredictions = parts.orderedPredictions;
    this.trainScore = parts.trainScore;
    this.validationScore = parts.validationScore;
    this.#parts = parts;
  }

  /** Boosting iterations done. */
  get nIter(): number {
    return this.trees.nTrees / this.baseline.length;
  }

  /** Share of each feature in the summed gain of all splits. */
  get featureImportances(): Float64Array {
    return this.importances("gain");
  }

  /** Importance of each feature by gain, number of splits, or gain per split. */
  importances(kind: ImportanceKind): Float64Array {
    return importances(this.schema, this.#parts, kind, "HistGradientBoostingClassifierModel.importances");
  }

  /** Raw predictions: n x 1 for two classes (the logit of the second class), else n x classes. */
  decisionFunction(X: MatrixLike): Matrix {
    return rawPredictions(
      this.schema,
      this.#parts,
      X,
      "HistGradientBoostingClassifierModel.decisionFunction",
    );
  }

  override predictProba(X: MatrixLike): Matrix {
    return toProbabilities(
      rawPredictions(this.schema, this.#parts, X, "HistGradientBoostingClassifierModel.predictProba"),
    );
  }

  /** Raw predictions after 1, 2, ... iterations. */
  stagedDecisionFunction(X: MatrixLike): Generator<Matrix, void, void> {
    const where = "HistGradientBoostingClassifierModel.stagedDecisionFunction";
    return stagedRaw(this.schema, this.#parts, X, where);
  }

  /** Probabilities after 1, 2, ... iterations. */
  *stagedPredictProba(X: MatrixLike): Generator<Matrix, void, void> {
    const where = "HistGradientBoostingClassifierModel.stagedPredictProba";
    for (const raw of stagedRaw(this.schema, this.#parts, X, where)) yield toProbabilities(raw);
  }

  /** Labels after 1, 2, ... iterations. */
  *stagedPredict(X: MatrixLike): Generator<L[], void, void> {
    const where = "HistGradientBoostingClassifierModel.stagedPredict";
    for (const raw of stagedRaw(this.schema, this.#parts, X, where)) {
      const p = toProbabilities(raw);
      yield Array.from({ length: p.rows }, (_, i) => {
        const row = p.row(i);
        return this.classes[row.indexOf(Math.max(...row))]!;
      });
    }
  }

  override toState(): unknown {
    return { schema: this.schema, classes: this.classes, ...this.#parts };
  }

  static fromState(state: unknown): HistGradientBoostingClassifierModel {
    const { schema, classes } = state as { schema: Schema; classes: Label[] };
    const outputs = classes.length === 2 ? 1 : classes.length;
    return new HistGradientBoostingClassifierModel(schema, classes, partsOf(state, schema, outputs));
  }
}

function toProbabilities(raw: Matrix): Matrix {
  const { data, rows, cols } = raw;
  if (cols === 1) {
    const out = Matrix.zeros(rows, 2);
    for (let i = 0; i < rows; i++) {
      const e = Math.exp(-Math.abs(data[i]!));
      const near = 1 / (1 + e);
      const far = e / (1 + e);
      out.data[2 * i] = data[i]! >= 0 ? far : near;
      out.data[2 * i + 1] = data[i]! >= 0 ? near : far;
    }
    return out;
  }
  const out = raw.clone();
  for (let i = 0; i < rows; i++) {
    const row = out.row(i);
    const top = row.reduce((a, b) => Math.max(a, b));
    let total = 0;
    for (let k = 0; k < cols; k++) total += row[k] = Math.exp(row[k]! - top);
    for (let k = 0; k < cols; k++) row[k] = row[k]! / total;
  }
  return out;
}
