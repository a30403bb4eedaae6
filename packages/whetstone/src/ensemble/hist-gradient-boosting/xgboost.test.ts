/** Whole trees against XGBoost's: penalties on values and splits, level-wise growth, sides of missing values, stopping. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HistGradientBoostingClassifier, HistGradientBoostingRegressor, type TreeEnsemble } from "./index.ts";

interface GoldenNode {
  count: number;
  value?: number;
  feature?: number;
  gain?: number;
  missingLeft?: boolean | null;
}
interface Case {
  name: string;
  X: string;
  y: string;
  logistic: boolean;
  rounds: number;
  stopping: number | null;
  tol: number;
  params: Record<string, number | string>;
  trees: GoldenNode[][];
  raw: number[];
  score: number[];
}
const path = new URL("../../../../../reference/values/ensemble/boosting_xgboost.json", import.meta.url);
const golden = JSON.parse(readFileSync(path, "utf8")) as {
  inputs: Record<string, (number | null)[][]>;
  targets: Record<string, number[]>;
  cases: Case[];
};

function preorder(trees: TreeEnsemble, t: number): GoldenNode[] {
  const out: GoldenNode[] = [];
  const walk = (i: number): void => {
    const at = trees.starts[t]! + i;
    const feature = trees.feature[at]!;
    const count = trees.count[at]!;
    if (feature < 0) {
      out.push({ count, value: trees.value[at]! });
      return;
    }
    out.push({ count, feature, gain: trees.gain[at]!, missingLeft: (trees.flags[at]! & 1) === 1 });
    walk(trees.left[at]!);
    walk(trees.left[at]! + 1);
  };
  walk(0);
  return out;
}

/** XGBoost keeps gradients and values as float32; the first gain of a tree is taken against its unsplit root. */
const near = (a: number, b: number, what: string, scale = 1) =>
  expect(Math.abs(a - b), `${what}: ${a} against ${b}`).toBeLessThanOrEqual(
    2e-5 * Math.max(scale, Math.abs(b)),
  );

describe("HistGradientBoosting against XGBoost 1.7.4", () => {
  for (const c of golden.cases) {
    it(c.name, () => {
      const X = golden.inputs[c.X]!.map((row) => row.map((v) => v ?? Number.NaN));
      const y = golden.targets[c.y]!;
      const number = (name: string, absent: number) => Number(c.params[name] ?? absent);
      const params = {
        maxIter: c.rounds,
        learningRate: 0.3,
        maxLeafNodes: number("max_leaves", 0) || null,
        maxDepth: number("max_depth", 6) || null,
        minSamplesLeaf: 1,
        minHessianToSplit: number("min_child_weight", 1),
        l1Regularization: number("reg_alpha", 0),
        l2Regularization: number("reg_lambda", 1),
        minGainToSplit: number("gamma", 0),
        earlyStopping: c.stopping !== null,
        validationFraction: null,
        nIterNoChange: c.stopping ?? 1,
        tol: c.tol,
      };
      const model = c.logistic
        ? new HistGradientBoostingClassifier(params).fit(X, y)
        : new HistGradientBoostingRegressor(params).fit(X, y);
      expect(model.trees.nTrees).toBe(c.trees.length);
      const priced = params.minGainToSplit > 0 || params.l1Regularization > 0;
      c.trees.forEach((theirs, t) => {
        const ours = preorder(model.trees, t);
        expect(
          ours.map((node) => [node.feature ?? -1, node.count]),
          `tree ${t}`,
        ).toEqual(theirs.map((node) => [node.feature ?? -1, node.count]));
        theirs.forEach((node, i) => {
          const own = ours[i]!;
          const what = `tree ${t} node ${i}`;
          if (node.feature === undefined) near(own.value!, node.value!, what);
          else if (i > 0 || priced) near(own.gain!, node.gain!, `${what} gain`, 10);
          if (typeof node.missingLeft === "boolean") expect(own.missingLeft, what).toBe(node.missingLeft);
        });
      });
      const raw = "decisionFunction" in model ? model.decisionFunction(X).data : model.rawPredict(X);
      c.raw.forEach((v, i) => void near(raw[i]!, v, `raw ${i}`));
      if (c.stopping === null) return;
      expect(c.trees.length).toBeLessThan(c.rounds);
      c.score.forEach((loss, i) => void near(model.trainScore[i + 1]!, loss, `loss ${i}`));
    });
  }

  it("penalties take effect in the learned sides of missing values", () => {
    const sides = golden.cases.flatMap((c) =>
      c.trees.flat().flatMap((node) => (typeof node.missingLeft === "boolean" ? [node.missingLeft] : [])),
    );
    expect(sides.filter(Boolean).length).toBeGreaterThan(10);
    expect(sides.filter((left) => !left).length).toBeGreaterThan(10);
  });
});
