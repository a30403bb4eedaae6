/** Whole trees, importances and pruning paths against scikit-learn's. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadBreastCancer, loadDiabetes, loadIris, loadWine } from "../datasets/index.ts";
import { DecisionTreeClassifier, DecisionTreeRegressor, type TreeSet } from "./index.ts";

type GoldenNode = [
  feature: number,
  threshold: number | null,
  impurity: number,
  count: number,
  value: number[],
];
interface Golden {
  trees: {
    data: keyof typeof data;
    criterion: string;
    limits: Record<string, unknown>;
    weighted: boolean;
    variants: { nodes: GoldenNode[]; importances: number[] }[];
  }[];
  paths: {
    data: keyof typeof data;
    limits: Record<string, unknown>;
    alphas: number[];
    impurities: number[];
    alpha: number;
    leaves: number;
  }[];
}
const path = new URL("../../../../reference/values/tree/tree.json", import.meta.url);
const golden = JSON.parse(readFileSync(path, "utf8")) as Golden;
const data = {
  iris: loadIris(),
  wine: loadWine(),
  breastCancer: loadBreastCancer(),
  diabetes: loadDiabetes(),
};

const camel = (name: string) => name.replace(/_(.)/g, (_, c: string) => c.toUpperCase());
const paramsOf = (given: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).map(([k, v]) => [camel(k), v]));

function preorder(tree: TreeSet): GoldenNode[] {
  const out: GoldenNode[] = [];
  const visit = (i: number): void => {
    const leaf = tree.feature[i]! < 0;
    const value = Array.from(tree.value.subarray(i * tree.outputs, (i + 1) * tree.outputs));
    out.push([tree.feature[i]!, leaf ? null : tree.threshold[i]!, tree.impurity[i]!, tree.count[i]!, value]);
    if (leaf) return;
    visit(tree.left[i]!);
    visit(tree.left[i]! + 1);
  };
  visit(0);
  return out;
}

/** scikit-learn keeps features in single precision, so its thresholds have seven digits. */
function difference(ours: GoldenNode[], theirs: GoldenNode[]): string | null {
  if (ours.length !== theirs.length) return `${ours.length} nodes, theirs ${theirs.length}`;
  for (let i = 0; i < ours.length; i++) {
    const [f, t, impurity, n, value] = ours[i]!;
    const [f2, t2, impurity2, n2, value2] = theirs[i]!;
    const near = (a: number, b: number, eps: number) => Math.abs(a - b) <= eps * Math.max(1, Math.abs(b));
    const same =
      f === f2 &&
      n === n2 &&
      (t === null ? t2 === null : t2 !== null && near(t, t2, 1e-6)) &&
      near(impurity, impurity2, 1e-8) &&
      value.every((v, k) => near(v, value2[k]!, 1e-8));
    if (!same) return `node ${i}: ${JSON.stringify(ours[i])}, theirs ${JSON.stringify(theirs[i])}`;
  }
  return null;
}

const treeOf = (name: keyof typeof data, params: Record<string, unknown>, weighted = false): TreeSet => {
  const n = data[name].y.length;
  const options = weighted ? { sampleWeight: Array.from({ length: n }, (_, i) => 1 + ((i * 7) % 3)) } : {};
  return name === "diabetes"
    ? new DecisionTreeRegressor(params).fit(data.diabetes.X, data.diabetes.y, options).tree
    : new DecisionTreeClassifier(params).fit(data[name].X, data[name].y as string[], options).tree;
};

test("enough settings without too many ties", () => {
  expect(golden.trees.length).toBeGreaterThan(25);
  expect(new Set(golden.trees.map((t) => t.data)).size).toBe(4);
});

describe("same tree as scikit-learn", () => {
  test.each(
    golden.trees.map((t, i) => [`${i} ${t.data} ${t.criterion} ${JSON.stringify(t.limits)}`, t] as const),
  )("%s", (_, { data: name, criterion, limits, weighted, variants }) => {
    const tree = treeOf(name, { criterion: camel(criterion), ...paramsOf(limits) }, weighted);
    const ours = preorder(tree);
    // scikit-learn's class 0 is malignant, the second name.
    if (name === "breastCancer") for (const node of ours) node[4].reverse();
    const differences = variants.map((v) => difference(ours, v.nodes));
    const which = differences.indexOf(null);
    expect(which, differences.join("\n")).toBeGreaterThanOrEqual(0);
    const importances = tree.importances(data[name].X.cols);
    variants[which]!.importances.forEach((v, j) => void expect(importances[j]).toBeCloseTo(v, 7));
  });
});

describe("cost-complexity pruning", () => {
  test.each(golden.paths.map((p) => [p.data, p] as const))(
    "%s",
    (name, { limits, alphas, impurities, alpha, leaves }) => {
      const params = paramsOf(limits);
      const found =
        name === "diabetes"
          ? new DecisionTreeRegressor(params).costComplexityPruningPath(data.diabetes.X, data.diabetes.y)
          : new DecisionTreeClassifier(params).costComplexityPruningPath(
              data[name].X,
              data[name].y as string[],
            );
      expect(found.ccpAlphas.length).toBe(alphas.length);
      found.ccpAlphas.forEach(
        (a, i) => void expect(Math.abs(a - alphas[i]!)).toBeLessThan(1e-9 * (1 + alphas[i]!)),
      );
      found.impurities.forEach(
        (v, i) => void expect(Math.abs(v - impurities[i]!)).toBeLessThan(1e-9 * (1 + impurities[i]!)),
      );
      expect(treeOf(name, { ...params, ccpAlpha: alpha }).nLeaves).toBe(leaves);
    },
  );
});
