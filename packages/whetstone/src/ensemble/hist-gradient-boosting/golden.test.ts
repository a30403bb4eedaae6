/** Whole trees against scikit-learn's: same splits, thresholds, directions and values. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HistGradientBoostingClassifier, HistGradientBoostingRegressor, type TreeEnsemble } from "./index.ts";

type Cell = number | null | "inf" | "-inf";
interface GoldenNode {
  count: number;
  value: number;
  feature?: number;
  gain?: number;
  missingLeft?: boolean;
  left?: number[];
  threshold?: Cell;
}
interface Case {
  name: string;
  kind: "classifier" | "regressor";
  params: Record<string, unknown>;
  X: number;
  y: number[];
  sampleWeight: number[] | null;
  XTest: number;
  baseline: number[];
  thresholds: (number[] | null)[];
  trees: GoldenNode[][];
  raw: number[] | number[][];
  output: number[] | number[][];
  trainScore: number[];
}
const path = new URL("../../../../../reference/values/ensemble/hist_gradient_boosting.json", import.meta.url);
const golden = JSON.parse(readFileSync(path, "utf8")) as { matrices: Cell[][][]; cases: Case[] };
const matrix = (id: number) =>
  golden.matrices[id]!.map((row) => row.map((v) => (v === null ? Number.NaN : (v as number))));

/** A tree in preorder, in the words of the golden file. */
function preorder(
  trees: TreeEnsemble,
  t: number,
  categories: readonly (Float64Array | null)[],
): GoldenNode[] {
  const out: GoldenNode[] = [];
  const start = trees.starts[t]!;
  const walk = (i: number): void => {
    const at = start + i;
    const node: GoldenNode = { count: trees.count[at]!, value: trees.value[at]! };
    out.push(node);
    const feature = trees.feature[at]!;
    if (feature < 0) return;
    node.feature = feature;
    node.gain = trees.gain[at]!;
    node.missingLeft = (trees.flags[at]! & 1) === 1;
    if (trees.flags[at]! & 2) {
      const set = trees.bitsets.subarray(32 * trees.bin[at]!);
      node.left = Array.from(categories[feature]!.keys())
        .filter((code) => (set[code >> 3]! >> (code & 7)) & 1)
        .map((code) => categories[feature]![code]!);
    } else {
      const threshold = trees.threshold[at]!;
      node.threshold = threshold === Number.POSITIVE_INFINITY ? "inf" : threshold;
    }
    walk(trees.left[at]!);
    walk(trees.left[at]! + 1);
  };
  walk(0);
  return out;
}

/**
 * scikit-learn rounds gradients to float32, so values agree to about 1e-7 of their scale. Its missing values go to an
 * arbitrary side of splits whose node has none (both sides score the same up to rounding); that flag is
 * compared where it matters, through predictions.
 */
const tolerance = 1e-6;
const near = (a: number, b: number, what: string, scale = 1) =>
  expect(Math.abs(a - b), `${what}: ${a} against ${b}`).toBeLessThanOrEqual(
    tolerance * Math.max(scale, Math.abs(b)),
  );

describe("HistGradientBoosting against scikit-learn 1.2.1", () => {
  for (const c of golden.cases) {
    it(c.name, () => {
      const spec =
        c.kind === "classifier"
          ? new HistGradientBoostingClassifier(c.params)
          : new HistGradientBoostingRegressor(c.params);
      const X = matrix(c.X);
      const T = matrix(c.XTest);
      const model = spec.fit(X, c.y, c.sampleWeight ? { sampleWeight: c.sampleWeight } : {});
      const baseline = typeof model.baseline === "number" ? [model.baseline] : model.baseline;
      c.baseline.forEach((b, k) => void near(baseline[k]!, b, "baseline"));
      expect(model.trees.nTrees).toBe(c.trees.length);
      c.trees.forEach((theirs, t) => {
        const ours = preorder(model.trees, t, model.categories);
        expect(ours.length, `nodes of tree ${t}`).toBe(theirs.length);
        theirs.forEach((node, i) => {
          const own = ours[i]!;
          const what = `tree ${t} node ${i}`;
          expect(own.feature, what).toBe(node.feature);
          if (c.sampleWeight === null) expect(own.count, what).toBe(node.count);
          if (node.feature === undefined) {
            near(own.value, node.value, what);
            return;
          }
          near(own.gain!, node.gain!, `${what} gain`, 10);
          expect(own.left, what).toEqual(node.left);
          expect(own.threshold, what).toBe(node.threshold);
        });
      });
      const raw = "decisionFunction" in model ? model.decisionFunction(T).data : model.rawPredict(T);
      (c.raw.flat() as number[]).forEach((v, i) => void near(raw[i]!, v, `raw ${i}`));
      const output = "predictProba" in model ? model.predictProba(T).data : model.predict(T);
      (c.output.flat() as number[]).forEach((v, i) => void near(output[i]!, v, `output ${i}`));
      c.trainScore.forEach((v, i) => void near(model.trainScore[i]!, v, `train score ${i}`));
      expect(model.trainScore.length).toBe(c.trainScore.length);
    });
  }
});
