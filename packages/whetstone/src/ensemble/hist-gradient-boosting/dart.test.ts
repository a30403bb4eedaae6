/** DART: the weights of trees against XGBoost's with the same trees dropped, and what is drawn. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readDesign } from "../../contract/index.ts";
import { Matrix, randomStream } from "../../math/index.ts";
import { boost } from "./boost.ts";
import { randomDropout } from "./dart.ts";
import { HistGradientBoostingClassifier, HistGradientBoostingRegressor } from "./index.ts";
import { lossOf } from "./losses.ts";
import { sharedProblem } from "./problem.ts";

interface Run {
  name: string;
  X: string;
  y: string;
  rounds: number;
  eta: number;
  normalization: "tree" | "forest";
  drops: number[][];
  weights: number[];
  trees: { count: number; value?: number }[][];
  raw: number[];
}
const path = new URL("../../../../../reference/values/ensemble/boosting_xgboost.json", import.meta.url);
const golden = JSON.parse(readFileSync(path, "utf8")) as {
  inputs: Record<string, (number | null)[][]>;
  targets: Record<string, number[]>;
  darts: Run[];
};

describe("DART", () => {
  for (const run of golden.darts) {
    it(`equals XGBoost 1.7.4 where the same trees drop: ${run.name}`, () => {
      const X = golden.inputs[run.X]!.map((row) => row.map((v) => v ?? Number.NaN));
      const { params } = new HistGradientBoostingRegressor({
        ...{ maxIter: run.rounds, learningRate: run.eta, maxLeafNodes: null, maxDepth: 3 },
        ...{ minSamplesLeaf: 1, minHessianToSplit: 1, l2Regularization: 1 },
      });
      const design = readDesign(X, "test", { allowMissing: true });
      const found = boost(
        {
          ...sharedProblem(params, design, "test", {}),
          y: Float64Array.from(golden.targets[run.y]!),
          sampleWeight: null,
          classWeight: null,
          loss: lossOf("squaredError"),
          outputs: 1,
          stratify: false,
          dropout: { normalization: run.normalization, draw: (done) => run.drops[done] ?? [] },
        },
        {},
      );
      run.trees.forEach((theirs, t) => {
        const weight = run.weights[t]!;
        const ours = found.trees.value.subarray(found.trees.starts[t]!, found.trees.starts[t + 1]!);
        const leaves = Array.from(ours.keys())
          .filter((i) => found.trees.feature[found.trees.starts[t]! + i]! < 0)
          .map((i) => ours[i]!)
          .sort((a, b) => a - b);
        const expected = theirs.flatMap((node) => (node.value === undefined ? [] : [node.value * weight]));
        expect(leaves.length, `tree ${t}`).toBe(expected.length);
        expected
          .sort((a, b) => a - b)
          .forEach((v, i) => void expect(Math.abs(leaves[i]! - v)).toBeLessThan(1e-5));
      });
      const raw = new Float64Array(X.length).fill(found.baseline[0]!);
      found.trees.addTo(raw, Matrix.from(X), 1, 0, run.rounds, [null, null, null, null]);
      run.raw.forEach((v, i) => void expect(Math.abs(raw[i]! - v), `row ${i}`).toBeLessThan(3e-5));
    });
  }

  it("draws each iteration at its rate, skips, and leaves out at least one where asked", () => {
    const random = randomStream(1);
    const half = randomDropout(0.25, 0, false, "tree");
    let dropped = 0;
    for (let i = 0; i < 400; i++) dropped += half.draw(50, random).length;
    // 20,000 draws of probability 1/4: four standard deviations are 245.
    expect(Math.abs(dropped - 5000)).toBeLessThan(245);
    const skipping = randomDropout(1, 0.4, false, "tree");
    let skipped = 0;
    for (let i = 0; i < 2000; i++) skipped += Number(skipping.draw(3, random).length === 0);
    expect(Math.abs(skipped - 800)).toBeLessThan(4 * Math.sqrt(480));
    const one = randomDropout(1e-9, 0, true, "tree");
    const seen = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const drawn = one.draw(4, random);
      expect(drawn.length).toBe(1);
      seen.add(drawn[0]!);
    }
    expect(seen).toEqual(new Set([0, 1, 2, 3]));
    expect(one.draw(0, random)).toEqual([]);
  });

  it("keeps scores of training and held-out rows at the model's own predictions, for several classes", () => {
    const random = randomStream(2);
    const X = new Matrix(
      Float64Array.from({ length: 1200 }, () => random.normal()),
      400,
      3,
    );
    const y = Array.from({ length: 400 }, (_, i) =>
      X.at(i, 0) + 0.5 * random.normal() > 0 ? 2 : Number(X.at(i, 1) > 0),
    );
    const spec = new HistGradientBoostingClassifier({
      ...{ maxIter: 25, dropRate: 0.2, earlyStopping: true, validationFraction: null, nIterNoChange: 25 },
    });
    const model = spec.fit(X, y);
    const p = model.predictProba(X);
    const loss = y.reduce((sum, k, i) => sum - Math.log(p.at(i, k)), 0) / 400;
    expect(model.trainScore[25]!).toBeCloseTo(loss, 10);
    expect(loss).toBeLessThan(0.6);
    expect(spec.fit(X, y).save()).toEqual(model.save());
    const without = spec.with({ dropRate: null }).fit(X, y);
    expect(without.predictProba(X).data).not.toEqual(p.data);
  });

  it("shares the work: the last tree of a regression weighs more than without dropout", () => {
    // Over-specialisation (section 2 of the paper): without dropout late trees touch little.
    const random = randomStream(3);
    const X = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
    const y = X.map(([a, b]) => Math.sin(2 * a!) + b! + 0.2 * random.normal());
    const spread = (dropRate: number | null) => {
      const { trees } = new HistGradientBoostingRegressor({
        ...{ maxIter: 40, learningRate: 0.5, maxLeafNodes: 6, dropRate },
      }).fit(X, y);
      const size = (t: number) => {
        let sum = 0;
        for (let i = trees.starts[t]!; i < trees.starts[t + 1]!; i++)
          if (trees.feature[i]! < 0) sum += trees.count[i]! * Math.abs(trees.value[i]!);
        return sum;
      };
      return size(39) / size(0);
    };
    expect(spread(0.3)).toBeGreaterThan(3 * spread(null));
  });
});
