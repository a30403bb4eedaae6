import { formatError, type Schema } from "../contract/index.ts";
import { roundedBelow } from "./float32.ts";
import {
  classesOf,
  ImportedClassifierModel,
  type ImportedParts,
  ImportedRegressorModel,
  type ImportOptions,
  type LabelLink,
  type NumberLink,
} from "./imported-model.ts";
import { JsonAt } from "./json-reader.ts";
import { type Arranged, arrange, type CategorySplit, columnCodes, ensembleOf } from "./source-tree.ts";

/** What an objective makes of sums of trees, and of the base score in the file. */
interface Objective {
  readonly numbers?: NumberLink;
  readonly labels?: LabelLink;
  readonly margin: (base: number) => number;
}
const same = (base: number) => base;
const logit = (base: number) => -Math.log(1 / base - 1);

const objectives: Readonly<Record<string, Objective>> = {
  "reg:squarederror": { numbers: "identity", margin: same },
  "reg:linear": { numbers: "identity", margin: same },
  "reg:squaredlogerror": { numbers: "identity", margin: same },
  "reg:pseudohubererror": { numbers: "identity", margin: same },
  "reg:absoluteerror": { numbers: "identity", margin: same },
  "reg:quantileerror": { numbers: "identity", margin: same },
  "reg:logistic": { numbers: "sigmoid", margin: logit },
  "reg:gamma": { numbers: "exp", margin: Math.log },
  "reg:tweedie": { numbers: "exp", margin: Math.log },
  "count:poisson": { numbers: "exp", margin: Math.log },
  "survival:cox": { numbers: "exp", margin: Math.log },
  "survival:aft": { numbers: "exp", margin: Math.log },
  "rank:pairwise": { numbers: "identity", margin: same },
  "rank:ndcg": { numbers: "identity", margin: same },
  "rank:map": { numbers: "identity", margin: same },
  "binary:logistic": { labels: "sigmoid", margin: logit },
  "binary:logitraw": { labels: "sigmoid", margin: same },
  "binary:hinge": { labels: "step", margin: same },
  "multi:softmax": { labels: "softmax", margin: same },
  "multi:softprob": { labels: "softmax", margin: same },
};

/**
 * A model that XGBoost saved as JSON (`booster.save_model("model.json")`): boosters gbtree and dart, numeric and
 * category splits, random forests (`num_parallel_tree`), objectives for numbers, ranking, two and more labels. All trees
 * of the file count, also those after a best iteration.
 *
 * Predictions are XGBoost's up to its rounding to float32; thresholds are moved so that rows, which it rounds, need not
 * be. Columns of categories take the codes XGBoost saw. Objectives for labels give an {@link ImportedClassifierModel},
 * others an {@link ImportedRegressorModel}.
 *
 * Source: "Introduction to Model IO" and `doc/model.schema` of XGBoost 1.7; base scores of later versions are read too.
 *
 * @param text the file's content
 * @param options `classes` names the labels 0, 1, ...
 * @throws WhetstoneError "format", naming what is missing or in the way
 * @example
 * const text = JSON.stringify({
 *   version: [1, 7, 4],
 *   learner: {
 *     learner_model_param: { base_score: "5E-1", num_class: "0", num_feature: "1" },
 *     objective: { name: "reg:squarederror" },
 *     gradient_booster: {
 *       name: "gbtree",
 *       model: {
 *         tree_info: [0],
 *         trees: [{
 *           left_children: [1, -1, -1], right_children: [2, -1, -1], split_indices: [0, 0, 0],
 *           split_conditions: [2, 10, 20], default_left: [1, 0, 0], sum_hessian: [4, 2, 2],
 *         }],
 *       },
 *     },
 *   },
 * });
 * importXGBoost(text).predict([[1], [2]]); // [10.5, 20.5]
 */
export function importXGBoost(
  text: string,
  options: ImportOptions = {},
): ImportedRegressorModel | ImportedClassifierModel {
  const where = "importXGBoost";
  const learner = JsonAt.parse(text, where).get("learner");
  const name = learner.get("objective").get("name").text();
  const objective = Object.hasOwn(objectives, name) ? objectives[name]! : null;
  if (objective === null) throw formatError(where, `the objective "${name}" is none that can be read`);
  const param = learner.get("learner_model_param");
  const nFeatures = param.get("num_feature").integer(1, 2 ** 31 - 1);
  const outputs = Math.max(1, param.has("num_class") ? param.get("num_class").integer(0, 2 ** 24) : 0);
  if (param.has("num_target") && param.get("num_target").number() > 1)
    throw formatError(where, "the model has several targets, expected one");
  const booster = learner.get("gradient_booster");
  const kind = booster.get("name").text();
  if (kind !== "gbtree" && kind !== "dart")
    throw formatError(where, `the booster is "${kind}", expected "gbtree" or "dart"`);
  const model = (kind === "dart" ? booster.get("gbtree") : booster).get("model");
  const list = model.get("trees").list();
  const shares = kind === "dart" ? booster.get("weight_drop").numbers(list.length) : null;
  const info = model.get("tree_info").integers(0, outputs - 1, list.length);
  const trees = list.map((tree, t) => readTree(tree, shares?.[t] ?? 1, nFeatures, where, `tree ${t}`));
  const columns = columnCodes(trees, nFeatures, where);
  const base = baseScores(param.get("base_score"), outputs);
  const parts: ImportedParts = {
    trees: ensembleOf(inTurn(trees, info, outputs, where), columns),
    baseline: Float64Array.from(base, (b) => objective.margin(b)),
    scale: 1,
    columns,
  };
  if (parts.baseline.some((v) => !Number.isFinite(v)))
    throw formatError(where, `a base score of ${base.join(", ")} means nothing to ${name}`);
  const schema: Schema = { nFeatures, names: namesOf(learner, nFeatures, where), categories: null };
  if (objective.numbers !== undefined) return new ImportedRegressorModel(schema, objective.numbers, parts);
  const classes = classesOf(outputs === 1 ? 2 : outputs, options, where);
  return new ImportedClassifierModel(schema, classes, objective.labels!, 1, parts);
}

function readTree(at: JsonAt, share: number, nFeatures: number, where: string, name: string): Arranged {
  if (at.has("tree_param") && at.get("tree_param").has("size_leaf_vector")) {
    if (at.get("tree_param").get("size_leaf_vector").number() > 1)
      throw formatError(where, `${name} has leaves of several numbers, expected one`);
  }
  const left = at.get("left_children").numbers();
  const n = left.length;
  const right = at.get("right_children").numbers(n);
  const feature = at.get("split_indices").numbers(n);
  const condition = at.get("split_conditions").numbersOrNaN(n); // NaN where categories split
  const defaultLeft = at.get("default_left").value;
  if (!Array.isArray(defaultLeft) || defaultLeft.length !== n)
    throw at.get("default_left").expected(`a list of ${n}`);
  const cover = at.get("sum_hessian").numbers(n);
  const gain = at.has("loss_changes") ? at.get("loss_changes").numbers(n) : new Float64Array(n);
  const categories = readCategories(at, n);
  return arrange(
    n,
    (i) => {
      const isLeaf = left[i]! < 0;
      const category = categories.get(i) ?? null;
      if (category === null && Number.isNaN(condition[i]!))
        throw formatError(where, `${name} has no split condition at node ${i}`);
      return {
        feature: isLeaf ? -1 : feature[i]!,
        threshold: isLeaf || category !== null ? 0 : roundedBelow(condition[i]!),
        left: left[i]!,
        right: right[i]!,
        missingLeft: Boolean(defaultLeft[i]),
        category,
        value: isLeaf ? share * Math.fround(condition[i]!) : 0,
        cover: cover[i]!,
        gain: gain[i]!,
      };
    },
    nFeatures,
    where,
    name,
  );
}

/** Splits by categories; the values that they name go right. */
function readCategories(at: JsonAt, n: number): Map<number, CategorySplit> {
  const found = new Map<number, CategorySplit>();
  if (!at.has("categories_nodes")) return found;
  const nodes = at.get("categories_nodes").integers(0, n - 1);
  if (nodes.length === 0) return found;
  const values = at.get("categories").integers(0, 2 ** 24);
  const starts = at.get("categories_segments").integers(0, values.length, nodes.length);
  const sizes = at.get("categories_sizes").integers(0, values.length, nodes.length);
  nodes.forEach((node, i) => {
    const named = values.subarray(starts[i]!, starts[i]! + sizes[i]!);
    found.set(node, { named, namedLeft: false });
  });
  return found;
}

/** Trees of the outputs in turn. */
function inTurn(trees: Arranged[], info: Int32Array, outputs: number, where: string): Arranged[] {
  const each = Array.from({ length: outputs }, (_, o) => trees.filter((_, t) => info[t] === o));
  const count = each[0]!.length;
  if (each.some((list) => list.length !== count))
    throw formatError(where, "tree_info gives the classes different numbers of trees");
  return Array.from({ length: trees.length }, (_, t) => each[t % outputs]![Math.floor(t / outputs)]!);
}

/** One number for all outputs, or (as later versions write it) a list in a text. */
function baseScores(at: JsonAt, outputs: number): number[] {
  const { value } = at;
  if (typeof value === "string" && value.startsWith("[")) {
    const list = value
      .slice(1, -1)
      .split(",")
      .map((v) => (v.trim() === "" ? Number.NaN : Number(v)));
    if (!list.every(Number.isFinite) || (list.length !== 1 && list.length !== outputs))
      throw at.expected(`a list of ${outputs}`);
    return Array.from({ length: outputs }, (_, o) => list[list.length === 1 ? 0 : o]!);
  }
  return new Array(outputs).fill(at.number());
}

function namesOf(learner: JsonAt, nFeatures: number, where: string): string[] | null {
  if (!learner.has("feature_names")) return null;
  const names = learner.get("feature_names").texts();
  if (names.length === 0) return null;
  if (names.length !== nFeatures)
    throw formatError(where, `learner.feature_names has ${names.length} entries, expected ${nFeatures}`);
  return names;
}
