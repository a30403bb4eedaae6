/** Forests, bagging, AdaBoost, voting and stacking: against scikit-learn, and against what defines them. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadBreastCancer, loadDiabetes, loadWine } from "../datasets/index.ts";
import { DummyRegressor } from "../dummy/index.ts";
import { type Label, load, type Model } from "../index.ts";
import { setThreads } from "../kernels/index.ts";
import { LinearRegression, LogisticRegression } from "../linear/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { crossValPredict } from "../selection/index.ts";
import { DecisionTreeClassifier, DecisionTreeRegressor } from "../tree/index.ts";
import {
  AdaBoostClassifier,
  AdaBoostRegressor,
  BaggingClassifier,
  BaggingRegressor,
  ExtraTreesClassifier,
  ExtraTreesRegressor,
  RandomForestClassifier,
  RandomForestRegressor,
  StackingClassifier,
  StackingRegressor,
  VotingClassifier,
  VotingRegressor,
} from "./index.ts";

interface Golden {
  boosts: {
    data: "wine" | "breastCancer";
    algorithm: "SAMME" | "SAMME.R";
    learningRate: number;
    nEstimators: number;
    weights: number[];
    errors: number[];
    proba: number[];
  }[];
  forests: {
    estimator: string;
    data: "breastCancer" | "diabetes";
    mean: number;
    sd: number;
    oobMean?: number;
    oobSd?: number;
  }[];
}
const path = new URL("../../../../reference/values/ensemble/ensembles.json", import.meta.url);
const golden = JSON.parse(readFileSync(path, "utf8")) as Golden;
const data = { wine: loadWine(), breastCancer: loadBreastCancer(), diabetes: loadDiabetes() };
const quiet = { onWarning: () => {} };

describe("AdaBoost equals scikit-learn's", () => {
  test.each(golden.boosts.map((b) => [`${b.data} ${b.algorithm} ${b.learningRate}`, b] as const))(
    "%s",
    (_, b) => {
      const { X, y } = data[b.data];
      const { algorithm, learningRate, nEstimators } = b;
      const model = new AdaBoostClassifier({ algorithm, learningRate, nEstimators }).fit(X, y as string[]);
      expect(model.members.length).toBe(b.errors.filter((e) => e !== 1).length);
      b.errors.forEach((e, m) => void expect(model.estimatorErrors[m]).toBeCloseTo(e, 8));
      b.weights.forEach((w, m) => void expect(model.estimatorWeights[m]).toBeCloseTo(w, 8));
      const rows = Array.from({ length: Math.ceil(X.rows / 7) }, (_, i) => 7 * i);
      const P = model.predictProba(X.selectRows(rows));
      // scikit-learn's class 0 of the breast cancer data is malignant, the second name.
      const column = (k: number) => (b.data === "breastCancer" ? 1 - k : k);
      b.proba.forEach((p, at) => {
        const i = Math.floor(at / P.cols);
        expect(P.at(i, column(at % P.cols))).toBeCloseTo(p, 8);
      });
    },
  );
});

const makers: Record<string, (seed: number) => { fit(X: Matrix, y: never, o: object): Model }> = {
  RandomForestClassifier: (seed) => new RandomForestClassifier({ nEstimators: 60, oobScore: true, seed }),
  ExtraTreesClassifier: (seed) => new ExtraTreesClassifier({ nEstimators: 60, seed }),
  RandomForestRegressor: (seed) =>
    new RandomForestRegressor({ nEstimators: 60, maxFeatures: 1 / 3, oobScore: true, seed }),
  ExtraTreesRegressor: (seed) => new ExtraTreesRegressor({ nEstimators: 60, minSamplesLeaf: 3, seed }),
  BaggingClassifier: (seed) => new BaggingClassifier({ nEstimators: 30, oobScore: true, seed }),
  AdaBoostRegressor: (seed) => new AdaBoostRegressor({ nEstimators: 30, seed }),
};

function scoreOf(predicted: ArrayLike<unknown>, y: ArrayLike<unknown>): number {
  const n = y.length;
  if (typeof y[0] === "string") return Array.from(y).filter((v, i) => v === predicted[i]).length / n;
  const t = Array.from(y as ArrayLike<number>);
  const mean = t.reduce((a, b) => a + b, 0) / n;
  const rest = t.reduce((a, v, i) => a + (v - (predicted as ArrayLike<number>)[i]!) ** 2, 0);
  return 1 - rest / t.reduce((a, v) => a + (v - mean) ** 2, 0);
}
const momentsOf = (v: number[]) => {
  const mean = v.reduce((a, b) => a + b, 0) / v.length;
  return { mean, sd: Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length) };
};

describe("held-out and out-of-bag scores of 16 seeds are those of scikit-learn's 16", () => {
  test.each(golden.forests.map((f) => [f.estimator, f] as const))("%s", (name, f) => {
    const { X, y } = data[f.data];
    const rows = [...Array(X.rows).keys()];
    const [train, held] = [rows.filter((i) => i % 3 !== 1), rows.filter((i) => i % 3 === 1)];
    const pick = (list: number[]) => list.map((i) => y[i]!);
    const scores: number[] = [];
    const oob: number[] = [];
    for (let seed = 0; seed < 16; seed++) {
      const model = makers[name]!(seed).fit(X.selectRows(train), pick(train) as never, quiet) as unknown as {
        predict(X: Matrix): ArrayLike<unknown>;
        oobScore?: number;
      };
      scores.push(scoreOf(model.predict(X.selectRows(held)), pick(held)));
      if (model.oobScore != null) oob.push(model.oobScore);
    }
    // Means of 16 differ by less than five standard errors.
    const close = (ours: { mean: number; sd: number }, mean: number, sd: number) =>
      expect(Math.abs(ours.mean - mean)).toBeLessThan(5 * Math.sqrt((ours.sd ** 2 + sd ** 2) / 16));
    close(momentsOf(scores), f.mean, f.sd);
    if (f.oobMean !== undefined) close(momentsOf(oob), f.oobMean, f.oobSd!);
  });
});

const random = randomStream("ensembles");
const X = Matrix.zeros(400, 6).map(() => random.normal());
const y = Array.from({ length: 400 }, (_, i) =>
  X.at(i, 0) + X.at(i, 1) * X.at(i, 2) + 0.5 * random.normal() > 0 ? "yes" : "no",
);
const target = Float64Array.from({ length: 400 }, (_, i) => X.at(i, 0) + X.at(i, 1) * X.at(i, 2));

test("a forest is the mean of its trees, whatever the number of threads and the order of growth", () => {
  const spec = new RandomForestClassifier({ nEstimators: 40, seed: 3 });
  const before = spec.fit(X, y);
  try {
    setThreads(1);
    const one = spec.fit(X, y);
    expect(one.save()).toEqual(before.save());
  } finally {
    setThreads(2);
  }
  const P = before.predictProba(X);
  const sum = Matrix.zeros(P.rows, P.cols);
  for (let t = 39; t >= 0; t--) {
    const one = before.trees.tree(t).mean(X);
    for (let i = 0; i < sum.data.length; i++) sum.data[i]! += one.data[i]!;
  }
  P.data.forEach((p, i) => void expect(p).toBeCloseTo(sum.data[i]! / 40, 12));
  // A tree depends on the seed and its number only.
  const fewer = spec.with({ nEstimators: 7 }).fit(X, y);
  expect(fewer.save()).toEqual(before.first(7).save());
  const last = [...before.stagedPredict(X)];
  expect(last.length).toBe(40);
  expect(last[39]).toEqual(before.predict(X));
});

test("out-of-bag predictions come from trees that did not draw the row", () => {
  // Distinct targets and full depth: a tree that drew the row returns its target exactly.
  const noise = Float64Array.from({ length: 300 }, (_, i) => i);
  const Xn = Matrix.zeros(300, 3).map(() => random.normal());
  const model = new RandomForestRegressor({ nEstimators: 30, oobScore: true }).fit(Xn, noise, quiet);
  for (let t = 0; t < 30; t++) {
    const stream = randomStream(0).split(t);
    const drawn = new Set(Array.from({ length: 300 }, () => stream.int(300)));
    const says = model.trees.tree(t).mean(Xn).data;
    says.forEach((v, i) => void expect(Math.abs(v - i) < 1e-9).toBe(drawn.has(i)));
  }
  expect(model.oobScore).toBeLessThan(0.2);
});

test("a bootstrap sample holds 63.2 % of the rows", () => {
  const model = new BaggingClassifier({
    nEstimators: 200,
    estimator: new DecisionTreeClassifier({ maxDepth: 1 }),
    oobScore: true,
  }).fit(X, y, quiet);
  expect(model.members.length).toBe(200);
  const forest = new RandomForestClassifier({ nEstimators: 200, maxDepth: 1 }).fit(X, y);
  let rows = 0;
  for (let t = 0; t < 200; t++) rows += forest.trees.count[forest.trees.starts[t]!]!;
  // sd of the share of one sample is about 0.0155 for 400 rows; of the mean of 200, 0.0011.
  expect(Math.abs(rows / 200 / 400 - (1 - 1 / Math.E))).toBeLessThan(0.006);
});

test("bagging draws columns too, and members see only theirs", () => {
  const model = new BaggingRegressor({
    nEstimators: 12,
    maxFeatures: 3,
    maxSamples: 0.5,
    bootstrap: false,
  }).fit(X, target);
  for (const cols of model.columns) {
    expect(new Set(cols).size).toBe(3);
    expect([...cols]).toEqual([...cols].sort((a, b) => a - b));
  }
  const changed = X.map((v, at) => (at % 6 === 5 ? v + 100 : v));
  model.members.forEach((member, m) => {
    const cols = [...model.columns[m]!];
    const same = member
      .predict(X.selectCols(cols))
      .every((v, i) => v === member.predict(changed.selectCols(cols))[i]);
    expect(same || cols.includes(5)).toBe(true);
  });
});

test("voting counts votes or averages probabilities, by weight", () => {
  const members = [
    ["tree", new DecisionTreeClassifier({ maxDepth: 2 })],
    ["line", new LogisticRegression()],
    ["deep", new DecisionTreeClassifier({ minSamplesLeaf: 5 })],
  ] as const;
  const alone = members.map(([, spec]) => spec.fit(X, y));
  const soft = new VotingClassifier({ estimators: members, voting: "soft", weights: [1, 2, 1] }).fit(X, y);
  const hard = new VotingClassifier({ estimators: members }).fit(X, y);
  const P = soft.predictProba(X);
  const H = hard.predictProba(X);
  for (let i = 0; i < 50; i++) {
    const mean = alone.reduce((a, m, k) => a + (k === 1 ? 0.5 : 0.25) * m.predictProba(X).at(i, 1), 0);
    expect(P.at(i, 1)).toBeCloseTo(mean, 12);
    const votes = alone.filter((m) => m.predict(X)[i] === "yes").length;
    expect(H.at(i, 1)).toBeCloseTo(votes / 3, 12);
  }
  expect(() => new VotingClassifier({ estimators: members, weights: [1] })).toThrow(
    "VotingClassifier: weights",
  );
  expect(() => new VotingClassifier({} as never)).toThrow("VotingClassifier: estimators");
  const both = new VotingRegressor({
    estimators: [
      ["line", new LinearRegression()],
      ["mean", new DummyRegressor()],
    ],
    weights: [3, 1],
  }).fit([[0], [1], [2]], [0, 2, 4]);
  expect(both.predict([[2]])[0]).toBeCloseTo(0.75 * 4 + 0.25 * 2, 12);
});

test("stacking learns from out-of-fold predictions", () => {
  const members = [
    ["deep", new DecisionTreeClassifier()],
    ["line", new LogisticRegression()],
  ] as const;
  const model = new StackingClassifier({ estimators: members, seed: 4 }).fit(X, y);
  const meta = Matrix.zeros(400, 2);
  members.forEach(([, spec], m) => {
    const P = crossValPredict(spec, X, y, { cv: 5, seed: 4, method: "predictProba" });
    for (let i = 0; i < 400; i++) meta.set(i, m, P.at(i, 1));
  });
  const byHand = new LogisticRegression().fit(meta, y);
  expect(model.final.save()).toEqual(byHand.save());
  // In-fold predictions of a full tree are the labels themselves: nothing would be left for the line to say.
  const deep = members[0][1].fit(X, y);
  expect(deep.predict(X)).toEqual(y);
  const again = load(model.save()) as typeof model;
  expect(again.predict(X)).toEqual(model.predict(X));
  const numbers = new StackingRegressor({
    estimators: [
      ["tree", new DecisionTreeRegressor({ minSamplesLeaf: 5 })],
      ["line", new LinearRegression()],
    ],
    passthrough: true,
  }).fit(X, target);
  expect(numbers.transform(X).cols).toBe(8);
});

test("a class that a member never saw gets probability 0", () => {
  const few = [...Array(30).keys()];
  const labels: Label[] = few.map((i) => (i === 0 ? "rare" : i % 2 === 0 ? "a" : "b"));
  const model = new BaggingClassifier({ nEstimators: 8, maxSamples: 0.3 }).fit(X.selectRows(few), labels);
  expect(model.members.some((m) => m.classes.length === 2)).toBe(true);
  const P = model.predictProba(X.selectRows(few));
  for (let i = 0; i < 30; i++) expect(P.row(i).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
});

test("what contradicts itself is refused", () => {
  expect(() => new RandomForestClassifier({ bootstrap: false, oobScore: true })).toThrow(
    "RandomForestClassifier: oobScore",
  );
  expect(() => new ExtraTreesRegressor({ maxSamples: 0.5 })).toThrow("ExtraTreesRegressor: maxSamples");
  expect(() => new BaggingRegressor({ bootstrap: false, oobScore: true })).toThrow(
    "BaggingRegressor: oobScore",
  );
  expect(() => new BaggingRegressor({ estimator: new DecisionTreeClassifier() })).toThrow(
    "BaggingRegressor: estimator",
  );
});
