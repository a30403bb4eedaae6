import { averagePathLength, IsolationForestModel } from "../anomaly/index.ts";
import { formatError, type Label, type Schema } from "../contract/index.ts";
import {
  ExtraTreesClassifierModel,
  ExtraTreesRegressorModel,
  HistGradientBoostingClassifierModel,
  HistGradientBoostingRegressorModel,
  RandomForestClassifierModel,
  RandomForestRegressorModel,
} from "../ensemble/index.ts";
import { DecisionTreeClassifierModel, DecisionTreeRegressorModel, TreeSet } from "../tree/index.ts";
import { roundedAtMost } from "./float32.ts";
import { ImportedClassifierModel, ImportedRegressorModel } from "./imported-model.ts";
import { JsonAt } from "./json-reader.ts";
import type { ColumnCode } from "./plain-trees.ts";
import { type Arranged, arrange, ensembleOf } from "./source-tree.ts";

/** What {@link importScikitLearn} gives. */
export type FromScikitLearn =
  | DecisionTreeClassifierModel
  | DecisionTreeRegressorModel
  | RandomForestClassifierModel
  | RandomForestRegressorModel
  | ExtraTreesClassifierModel
  | ExtraTreesRegressorModel
  | IsolationForestModel
  | HistGradientBoostingClassifierModel
  | HistGradientBoostingRegressorModel
  | ImportedClassifierModel
  | ImportedRegressorModel;

/** A file that is being read. */
interface File {
  readonly at: JsonAt;
  readonly where: string;
  readonly schema: Schema;
  readonly classes: readonly Label[];
}

/**
 * A fitted model of scikit-learn, from the JSON that `docs/interchange/export_sklearn.py` writes (its README describes
 * the format). Trees, forests, extra trees and isolation forests become the library's own models; so does histogram
 * gradient boosting. Gradient boosting becomes an {@link ImportedRegressorModel} or {@link ImportedClassifierModel}.
 * Predictions are scikit-learn's: it rounds rows to float32 (but for histogram boosting), for which thresholds make up.
 *
 * @param text the file's content
 * @throws WhetstoneError "format", naming what is missing or in the way
 * @example
 * const text = JSON.stringify({
 *   format: "whetstone-trees", version: 1, model: "DecisionTreeRegressor",
 *   nFeatures: 1, featureNames: null, classes: null,
 *   trees: [{
 *     feature: [0, -1, -1], threshold: [1.5, -2, -2], left: [1, -1, -1], right: [2, -1, -1],
 *     value: [15, 10, 20], impurity: [25, 0, 0], count: [2, 1, 1], weight: [2, 1, 1],
 *   }],
 * });
 * importScikitLearn(text).predict([[1], [2]]); // [10, 20]
 */
export function importScikitLearn(text: string): FromScikitLearn {
  const where = "importScikitLearn";
  const at = JsonAt.parse(text, where);
  if (at.get("format").text() !== "whetstone-trees") throw at.get("format").expected('"whetstone-trees"');
  if (at.get("version").number() !== 1) throw at.get("version").expected("1");
  const name = at.get("model").text();
  const read = Object.hasOwn(readers, name) ? readers[name]! : null;
  if (read === null) throw formatError(where, `the model is a ${name}, which is none that can be read`);
  const nFeatures = at.get("nFeatures").integer(1, 2 ** 31 - 1);
  const names = at.get("featureNames").value === null ? null : at.get("featureNames").texts();
  if (names !== null && names.length !== nFeatures)
    throw formatError(where, `featureNames has ${names.length} entries, expected ${nFeatures}`);
  const classes = name.endsWith("Classifier") ? readClasses(at.get("classes")) : [];
  return read({ at, where, schema: { nFeatures, names, categories: null }, classes });
}

function readClasses(at: JsonAt): readonly Label[] {
  const { value } = at;
  const kinds = ["string", "number", "boolean"];
  const fits =
    Array.isArray(value) &&
    value.length > 0 &&
    kinds.includes(typeof value[0]) &&
    value.every((v) => typeof v === typeof value[0]) &&
    new Set(value).size === value.length;
  if (!fits) throw at.expected("a list of different labels of one kind");
  return value;
}

const forestClassifier = (file: File) =>
  [
    file.schema,
    file.classes,
    { trees: treeSet(file, file.classes.length), oobScore: null, oobDecisionFunction: null },
  ] as const;
const forestRegressor = (file: File) =>
  [file.schema, { trees: treeSet(file, 1), oobScore: null, oobPrediction: null }] as const;
const oneTree = (file: File, outputs: number): TreeSet => {
  const trees = treeSet(file, outputs);
  if (trees.nTrees !== 1) throw formatError(file.where, `trees holds ${trees.nTrees} trees, expected one`);
  return trees;
};
const treeClassifier = (file: File) =>
  new DecisionTreeClassifierModel(file.schema, file.classes, oneTree(file, file.classes.length));
const treeRegressor = (file: File) => new DecisionTreeRegressorModel(file.schema, oneTree(file, 1));

const readers: Readonly<Record<string, (file: File) => FromScikitLearn>> = {
  DecisionTreeClassifier: treeClassifier,
  ExtraTreeClassifier: treeClassifier,
  DecisionTreeRegressor: treeRegressor,
  ExtraTreeRegressor: treeRegressor,
  RandomForestClassifier: (file) => new RandomForestClassifierModel(...forestClassifier(file)),
  RandomForestRegressor: (file) => new RandomForestRegressorModel(...forestRegressor(file)),
  ExtraTreesClassifier: (file) => new ExtraTreesClassifierModel(...forestClassifier(file)),
  ExtraTreesRegressor: (file) => new ExtraTreesRegressorModel(...forestRegressor(file)),
  IsolationForest: isolationForest,
  GradientBoostingClassifier: gradientClassifier,
  GradientBoostingRegressor: gradientRegressor,
  HistGradientBoostingClassifier: histClassifier,
  HistGradientBoostingRegressor: histRegressor,
};

/** The node lists of one tree, in the order of ours. */
function arrangeTree(
  at: JsonAt,
  file: File,
  name: string,
  rounded: boolean,
  values: Float64Array | null,
): Arranged {
  const feature = at.get("feature").numbers();
  const n = feature.length;
  const threshold = at
    .get("threshold")
    .numbersOrNaN(n)
    .map((v) => (Number.isNaN(v) ? Infinity : v));
  const left = at.get("left").numbers(n);
  const right = at.get("right").numbers(n);
  const missing = at.has("missingLeft") ? at.get("missingLeft").integers(0, 1, n) : null;
  const cover = at.get("count").numbers(n);
  const gain = at.has("gain") ? at.get("gain").numbers(n) : null;
  const categories = at.has("categories") ? at.get("categories").list() : null;
  if (categories !== null && categories.length !== n) throw at.get("categories").expected(`a list of ${n}`);
  return arrange(
    n,
    (i) => {
      const named = categories === null || categories[i]!.value === null ? null : categories[i]!.numbers();
      return {
        feature: feature[i]!,
        threshold: rounded ? roundedAtMost(threshold[i]!) : threshold[i]!,
        left: left[i]!,
        right: right[i]!,
        missingLeft: missing?.[i] === 1,
        category: named && { named, namedLeft: true },
        value: values?.[i] ?? 0,
        cover: cover[i]!,
        gain: gain?.[i] ?? 0,
      };
    },
    file.schema.nFeatures,
    file.where,
    name,
  );
}

/** Trees as the library's trees and forests keep them. */
function treeSet(file: File, outputs: number): TreeSet {
  const list = file.at.get("trees").list();
  if (list.length === 0) throw formatError(file.where, "trees is empty");
  return TreeSet.join(
    list.map((at, t) => {
      const { nodes, left, origin } = arrangeTree(at, file, `tree ${t}`, true, null);
      const n = at.get("feature").numbers().length;
      const lists = (["impurity", "count", "weight"] as const).map((key) => {
        const numbers = at.get(key).numbers(n);
        return Float64Array.from(origin, (i) => numbers[i]!);
      });
      const value = at.get("value").numbers(n * outputs);
      return new TreeSet({
        starts: Int32Array.of(0, nodes.length),
        feature: Int32Array.from(nodes, (node) => node.feature),
        threshold: Float64Array.from(nodes, (node) => node.threshold),
        left,
        missingLeft: Uint8Array.from(nodes, (node) => (node.missingLeft ? 1 : 0)),
        impurity: lists[0]!,
        count: lists[1]!,
        weight: lists[2]!,
        value: Float64Array.from(
          { length: nodes.length * outputs },
          (_, i) => value[origin[Math.floor(i / outputs)]! * outputs + (i % outputs)]!,
        ),
        outputs,
      });
    }),
  );
}

/** Path lengths are made anew: the file has the means of targets that say nothing. */
function isolationForest(file: File): IsolationForestModel {
  const trees = treeSet(file, 1);
  const value = new Float64Array(trees.nodeCount);
  const depth = new Int32Array(trees.nodeCount);
  for (let t = 0; t < trees.nTrees; t++) {
    for (let i = trees.starts[t]!; i < trees.starts[t + 1]!; i++) {
      if (!(trees.count[i]! >= 1)) throw formatError(file.where, `tree ${t} has a node without rows`);
      value[i] = depth[i]! + averagePathLength(trees.count[i]!);
      if (trees.feature[i]! < 0) continue;
      const child = trees.starts[t]! + trees.left[i]!;
      depth[child] = depth[child + 1] = depth[i]! + 1;
    }
  }
  const samples = file.at.get("samples").integer(1, 2 ** 53);
  const offset = file.at.get("offset").number();
  const { starts, feature, threshold, left, missingLeft, impurity, count, weight } = trees;
  return new IsolationForestModel(
    file.schema,
    new TreeSet({
      starts,
      feature,
      threshold,
      left,
      missingLeft,
      impurity,
      count,
      weight,
      value,
      outputs: 1,
    }),
    samples,
    offset,
  );
}

/** Trees and baseline of a boosted model. */
function boosted(file: File, outputs: number, rounded: boolean) {
  const { at, where, schema } = file;
  const list = at.get("trees").list();
  if (list.length % outputs !== 0)
    throw formatError(where, `trees holds ${list.length} trees, expected a multiple of ${outputs}`);
  const baseline = at.get("baseline").numbers(outputs);
  const known = at.has("categories") ? at.get("categories").list() : [];
  const columns = Array.from({ length: schema.nFeatures }, (_, j): ColumnCode | null => {
    const given = known[j];
    if (given === undefined || given.value === null) return null;
    const values = given.numbers();
    if (values.length > 255)
      throw formatError(where, `column ${j} has ${values.length} categories, at most 255 fit`);
    return { values, others: false, zeroIsMissing: false };
  });
  const trees = list.map((tree, t) => {
    const n = tree.get("feature").numbers().length;
    const found = arrangeTree(tree, file, `tree ${t}`, rounded, tree.get("value").numbers(n));
    const odd = found.nodes.find((node) => node.category !== null && columns[node.feature] === null);
    if (odd)
      throw formatError(where, `tree ${t} splits feature ${odd.feature} by categories it does not have`);
    return found;
  });
  return { trees: ensembleOf(trees, columns), baseline, columns };
}

const outputsOf = (classes: readonly Label[]) => (classes.length === 2 ? 1 : classes.length);

function gradientClassifier(file: File): ImportedClassifierModel {
  const outputs = outputsOf(file.classes);
  const loss = file.at.get("loss").text();
  const known = ["log_loss", "deviance", "exponential"];
  if (!known.includes(loss)) throw file.at.get("loss").expected(`one of ${known.join(", ")}`);
  const parts = { ...boosted(file, outputs, true), scale: 1 };
  const link = outputs === 1 ? "sigmoid" : "softmax";
  // Exponential loss estimates half the log odds.
  const slope = loss === "exponential" ? 2 : 1;
  return new ImportedClassifierModel(file.schema, file.classes, link, slope, parts);
}

function gradientRegressor(file: File): ImportedRegressorModel {
  return new ImportedRegressorModel(file.schema, "identity", { ...boosted(file, 1, true), scale: 1 });
}

/** What the library's own boosted models are made of; there is no history of losses in the file. */
function histParts(file: File, outputs: number) {
  const { trees, baseline, columns } = boosted(file, outputs, false);
  const none = new Float64Array(0);
  const categories = columns.map((column) => column?.values ?? null);
  return {
    trees,
    baseline,
    categories,
    trainScore: none,
    validationScore: none,
    orderedPredictions: null,
    statistics: null,
  };
}

function histClassifier(file: File): HistGradientBoostingClassifierModel {
  const loss = file.at.get("loss").text();
  const known = ["log_loss", "auto", "binary_crossentropy", "categorical_crossentropy"];
  if (!known.includes(loss)) throw file.at.get("loss").expected(`one of ${known.join(", ")}`);
  const parts = histParts(file, outputsOf(file.classes));
  return new HistGradientBoostingClassifierModel(file.schema, file.classes, parts);
}

const histLosses = {
  squared_error: "squaredError",
  least_squares: "squaredError",
  absolute_error: "absoluteError",
  quantile: "quantile",
  poisson: "poisson",
  gamma: "gamma",
} as const;

function histRegressor(file: File): HistGradientBoostingRegressorModel {
  const loss = file.at.get("loss").text();
  if (!Object.hasOwn(histLosses, loss))
    throw file.at.get("loss").expected(`one of ${Object.keys(histLosses).join(", ")}`);
  const name = histLosses[loss as keyof typeof histLosses];
  return HistGradientBoostingRegressorModel.fromState({
    schema: file.schema,
    loss: name,
    link: name === "poisson" || name === "gamma" ? "exp" : "identity",
    ...histParts(file, 1),
  });
}
