import { argumentError, ClassifierModel, featureName, type Label, valueError } from "../contract/index.ts";
import {
  elementTypes,
  modelBytes,
  nodeMessage,
  tensorMessage,
  textsMessage,
  valueMessage,
} from "../contract/onnx-file.ts";
import type { Message } from "../contract/protobuf.ts";
import {
  ExtraTreesClassifierModel,
  ExtraTreesRegressorModel,
  HistGradientBoostingClassifierModel,
  HistGradientBoostingRegressorModel,
  type LinkName,
  RandomForestClassifierModel,
  RandomForestRegressorModel,
} from "../ensemble/index.ts";
import { DecisionTreeClassifierModel, DecisionTreeRegressorModel } from "../tree/index.ts";
import { floor32 } from "./float32.ts";
import { type PlainTrees, plainTreesOf } from "./plain-trees.ts";

const kinds = [
  DecisionTreeClassifierModel,
  DecisionTreeRegressorModel,
  RandomForestClassifierModel,
  RandomForestRegressorModel,
  ExtraTreesClassifierModel,
  ExtraTreesRegressorModel,
  HistGradientBoostingClassifierModel,
  HistGradientBoostingRegressorModel,
] as const;

/** Models that {@link exportTreesOnnx} writes. */
export type OnnxTreeModel = InstanceType<(typeof kinds)[number]>;

const domain = "ai.onnx.ml";
const version = 3;
/** ONNX's operators for the links of boosted numbers. */
const linkOperators: Readonly<Record<LinkName, string>> = {
  identity: "Identity",
  exp: "Exp",
  sigmoid: "Sigmoid",
};

/**
 * A tree, forest or boosted model as an ONNX file (opset 18, ai.onnx.ml 3), for other runtimes: one
 * TreeEnsembleRegressor that adds up the leaves, and a few plain operators for what comes after. Its input is `X`,
 * float32, any number of rows x the columns of training, NaN where missing. Its outputs are `prediction` (one number per
 * row), or `label` (int64, double, bool or string, as the labels were) and `probabilities` (rows x classes).
 *
 * A row of float32 numbers takes the same way through every tree as here; sums are float32 there, so predictions
 * agree to about seven digits, and labels wherever two classes are not that close.
 *
 * @throws WhetstoneError where `model` is of another kind, splits by categories, or has leaves beyond float32
 * @example
 * const model = new DecisionTreeClassifier().fit([[0], [1], [2], [3]], ["low", "low", "high", "high"]);
 * const file = exportTreesOnnx(model);
 * new TextDecoder().decode(file).includes("TreeEnsembleRegressor"); // true
 */
export function exportTreesOnnx(model: OnnxTreeModel): Uint8Array {
  const where = "exportTreesOnnx";
  if (!kinds.some((kind) => model instanceof kind))
    throw argumentError(
      where,
      "model",
      model,
      "a fitted tree, forest of trees or histogram gradient boosting",
    );
  const trees = plainTreesOf(model, where);
  const split = trees.feature.findIndex((f, i) => f >= 0 && (trees.flags[i]! & 2) !== 0);
  if (split >= 0) {
    const name = featureName(model.schema, trees.feature[split]!);
    const advice = "encode categories first, e.g. with OneHotEncoder";
    throw valueError(where, "model", `splits ${name} by categories, expected thresholds only: ${advice}`);
  }
  const labels = model instanceof ClassifierModel;
  // Two classes have one boosted output: its sums and zeros are the two to choose from.
  const targets = labels ? model.classes.length : 1;
  const nodes = [
    nodeMessage("TreeEnsembleRegressor", ["X"], ["scores"], attributesOf(trees, targets, where), domain),
  ];
  const initializers: Message[] = [];
  const outputs: Message[] = [];
  const add = (op: string, inputs: string[], output: string, attributes = {}) =>
    nodes.push(nodeMessage(op, inputs, [output], attributes));
  const mean = trees.scale === 1 ? "scores" : "mean";
  if (trees.scale !== 1) {
    initializers.push(tensorMessage("scale", [], elementTypes.float, bytesOf(Float32Array.of(trees.scale))));
    add("Mul", ["scores", "scale"], "mean");
  }
  if (labels) {
    initializers.push(labelsMessage("labels", model.classes));
    add("ArgMax", ["scores"], "place", { axis: 1, keepdims: 0 });
    add("Gather", ["labels", "place"], "label", { axis: 0 });
    if (model instanceof HistGradientBoostingClassifierModel)
      add("Softmax", ["scores"], "probabilities", { axis: 1 });
    else add("Identity", [mean], "probabilities");
    outputs.push(
      valueMessage("label", ["rows"], labelType(model.classes)),
      valueMessage("probabilities", ["rows", targets], elementTypes.float),
    );
  } else {
    initializers.push(tensorMessage("axis", [1], elementTypes.int64, bytesOf(BigInt64Array.of(1n))));
    const link = model instanceof HistGradientBoostingRegressorModel ? model.link : "identity";
    add(linkOperators[link], [mean], "response");
    add("Squeeze", ["response", "axis"], "prediction");
    outputs.push(valueMessage("prediction", ["rows"], elementTypes.float));
  }
  const inputs = [valueMessage("X", ["rows", trees.nFeatures], elementTypes.float)];
  return modelBytes({ nodes, initializers, inputs, outputs, domains: { [domain]: version } });
}

/** The operator's parallel lists: one entry per node, and one per leaf and target. */
function attributesOf(trees: PlainTrees, targets: number, where: string) {
  const { starts, feature, threshold, left, flags, value, width, outputs, baseline } = trees;
  const n = feature.length;
  const [tree, node, yes, no] = [new Int32Array(n), new Int32Array(n), new Int32Array(n), new Int32Array(n)];
  const target = { id: [] as number[], tree: [] as number[], node: [] as number[], weight: [] as number[] };
  const first = targets - outputs; // 1 where two classes share one output
  for (let t = 0; t + 1 < starts.length; t++) {
    for (let i = starts[t]!; i < starts[t + 1]!; i++) {
      tree[i] = t;
      node[i] = i - starts[t]!;
      if (feature[i]! >= 0) {
        yes[i] = left[i]!;
        no[i] = left[i]! + 1;
        continue;
      }
      const vote = (id: number, weight: number) => {
        if (!Number.isFinite(Math.fround(weight)))
          throw valueError(where, "model", `has a leaf of ${weight}, expected numbers that fit float32`);
        target.id.push(id);
        target.tree.push(t);
        target.node.push(node[i]!);
        target.weight.push(weight);
      };
      if (first > 0) vote(0, 0); // a target of which no leaf speaks has no defined score
      for (let k = 0; k < width; k++) vote(first + (width === 1 ? t % outputs : k), value[i * width + k]!);
    }
  }
  return {
    aggregate_function: "SUM",
    base_values: Float32Array.from({ length: targets }, (_, k) => baseline[k - first] ?? 0),
    n_targets: targets,
    nodes_falsenodeids: no,
    nodes_featureids: feature.map((f) => Math.max(f, 0)),
    nodes_missing_value_tracks_true: Int32Array.from(feature, (f, i) => (f < 0 ? 0 : flags[i]! & 1)),
    nodes_modes: Array.from(feature, (f) => (f < 0 ? "LEAF" : "BRANCH_LEQ")),
    nodes_nodeids: node,
    nodes_treeids: tree,
    nodes_truenodeids: yes,
    // x <= t for a float32 x is x <= the largest float32 that is at most t.
    nodes_values: Float32Array.from(threshold, (t, i) => (feature[i]! < 0 ? 0 : floor32(t))),
    post_transform: "NONE",
    target_ids: Int32Array.from(target.id),
    target_nodeids: Int32Array.from(target.node),
    target_treeids: Int32Array.from(target.tree),
    target_weights: Float32Array.from(target.weight),
  };
}

function labelType(classes: readonly Label[]): number {
  if (typeof classes[0] === "string") return elementTypes.string;
  if (typeof classes[0] === "boolean") return elementTypes.bool;
  return classes.every(Number.isSafeInteger) ? elementTypes.int64 : elementTypes.double;
}

function labelsMessage(name: string, classes: readonly Label[]): Message {
  const type = labelType(classes);
  if (type === elementTypes.string) return textsMessage(name, classes.map(String));
  const numbers = classes.map(Number);
  const data =
    type === elementTypes.bool
      ? Uint8Array.from(numbers)
      : type === elementTypes.int64
        ? BigInt64Array.from(numbers, BigInt)
        : Float64Array.from(numbers);
  return tensorMessage(name, [classes.length], type, bytesOf(data));
}

const bytesOf = (data: ArrayBufferView<ArrayBuffer>) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
