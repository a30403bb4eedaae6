import { argumentError, featureName } from "../contract/index.ts";
import { DecisionTreeClassifierModel } from "./classifier.ts";
import { DecisionTreeRegressorModel } from "./regressor.ts";

type TreeModel = DecisionTreeClassifierModel | DecisionTreeRegressorModel;
/** How many decimals thresholds and values are printed with. */
export interface ExportOptions {
  readonly decimals?: number;
}

interface Printer {
  readonly condition: (node: number) => readonly [left: string, right: string];
  readonly leaf: (node: number) => string;
}

function printer(model: TreeModel, where: string, { decimals = 2 }: ExportOptions): Printer {
  if (!(model instanceof DecisionTreeClassifierModel || model instanceof DecisionTreeRegressorModel))
    throw argumentError(where, "model", model, "a fitted decision tree");
  if (!(Number.isInteger(decimals) && decimals >= 0 && decimals <= 20))
    throw argumentError(where, "decimals", decimals, "an integer from 0 to 20");
  const { tree } = model;
  return {
    condition(node) {
      const name = featureName(model.schema, tree.feature[node]!);
      const at = tree.threshold[node]!;
      if (at === Number.POSITIVE_INFINITY) return [`${name} is known`, `${name} is missing`];
      return [`${name} <= ${at.toFixed(decimals)}`, `${name} > ${at.toFixed(decimals)}`];
    },
    leaf(node) {
      if (model instanceof DecisionTreeRegressorModel) return `value: ${tree.value[node]!.toFixed(decimals)}`;
      const shares = tree.value.subarray(node * tree.outputs, (node + 1) * tree.outputs);
      return `class: ${model.classes[shares.indexOf(Math.max(...shares))]}`;
    },
  };
}

/**
 * The tree as indented lines, a branch per line.
 *
 * @param options `decimals` of thresholds and values, 2 by default
 * @example
 * const model = new DecisionTreeRegressor().fit([[1], [3]], [10, 20]);
 * exportText(model); // "|--- x0 <= 2.00\n|   |--- value: 10.00\n|--- x0 > 2.00\n|   |--- value: 20.00\n"
 */
export function exportText(model: TreeModel, options: ExportOptions = {}): string {
  const { condition, leaf } = printer(model, "exportText", options);
  const { tree } = model;
  let text = "";
  const visit = (node: number, depth: number): void => {
    const indent = `${"|   ".repeat(depth)}|--- `;
    if (tree.feature[node]! < 0) {
      text += `${indent}${leaf(node)}\n`;
      return;
    }
    const [left, right] = condition(node);
    text += `${indent}${left}\n`;
    visit(tree.left[node]!, depth + 1);
    text += `${indent}${right}\n`;
    visit(tree.left[node]! + 1, depth + 1);
  };
  visit(0, 0);
  return text;
}

/**
 * The tree as a Graphviz graph: nodes show condition, impurity and rows, leaves what they predict.
 *
 * @param options `decimals` of thresholds and values, 2 by default
 * @example
 * const model = new DecisionTreeRegressor().fit([[1], [3]], [10, 20]);
 * exportDot(model).split("\n")[0]; // "digraph tree {"
 */
export function exportDot(model: TreeModel, options: ExportOptions = {}): string {
  const { condition, leaf } = printer(model, "exportDot", options);
  const { tree } = model;
  const decimals = options.decimals ?? 2;
  const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  const lines = ["digraph tree {", "  node [shape=box];"];
  for (let i = 0; i < tree.nodeCount; i++) {
    const isLeaf = tree.feature[i]! < 0;
    const what = isLeaf ? leaf(i) : condition(i)[0];
    const label = `${what}, impurity ${tree.impurity[i]!.toFixed(decimals)}, ${tree.count[i]} rows`;
    lines.push(`  ${i} [label=${quoted(label)}];`);
    if (!isLeaf)
      lines.push(`  ${i} -> ${tree.left[i]} [label="yes"];`, `  ${i} -> ${tree.left[i]! + 1} [label="no"];`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}
