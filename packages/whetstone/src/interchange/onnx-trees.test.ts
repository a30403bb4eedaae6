/** Exported trees, run by a reader of the operator written here and, where it is installed, by onnxruntime. */
import { beforeAll, describe, expect, test } from "vitest";
import { installed, left, loadRuntime, type Runtime } from "../../test/onnx-runtime.ts";
import { graphOf } from "../../test/read-onnx.ts";
import { IsolationForest } from "../anomaly/index.ts";
import { ClassifierModel, type Label } from "../contract/index.ts";
import {
  ExtraTreesClassifier,
  ExtraTreesRegressor,
  HistGradientBoostingClassifier,
  HistGradientBoostingRegressor,
  RandomForestClassifier,
  RandomForestRegressor,
} from "../ensemble/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { DecisionTreeClassifier, DecisionTreeRegressor } from "../tree/index.ts";
import { exportTreesOnnx, type OnnxTreeModel, plainTreesOf } from "./index.ts";

const random = randomStream(11);
const d = 4;
const X = Array.from({ length: 200 }, () => Array.from({ length: d }, () => random.normal()));
const holes = X.map((row) => row.map((v) => (random.uniform() < 0.15 ? Number.NaN : v)));
const number = X.map(([a, b, c]) => a! * b! + Math.max(c!, 0) + 0.1 * random.normal());
const three = X.map(([a, b, c]) => (a! + b! > 0.3 ? "up" : c! > 0 ? "side" : "down"));
const up = three.map((l) => l === "up");

const models: Record<string, () => OnnxTreeModel> = {
  "a tree for numbers": () => new DecisionTreeRegressor().fit(X, number),
  "a tree of one leaf": () =>
    new DecisionTreeRegressor().fit(
      X,
      X.map(() => 2),
    ),
  "a tree for labels, with missing values": () =>
    new DecisionTreeClassifier({ maxDepth: 6 }).fit(holes, three),
  "a forest for two labels": () => new RandomForestClassifier({ nEstimators: 10, seed: 1 }).fit(X, up),
  "a forest for three labels": () =>
    new RandomForestClassifier({ nEstimators: 7, seed: 1 }).fit(holes, three),
  "a forest for numbers": () => new RandomForestRegressor({ nEstimators: 7, seed: 1 }).fit(holes, number),
  "extra trees for whole numbers": () =>
    new ExtraTreesClassifier({ nEstimators: 6, seed: 1 }).fit(
      X,
      three.map((l) => l.length),
    ),
  "extra trees for numbers": () => new ExtraTreesRegressor({ nEstimators: 6, seed: 1 }).fit(X, number),
  "boosting for numbers": () => new HistGradientBoostingRegressor({ maxIter: 20 }).fit(holes, number),
  "boosting for counts": () =>
    new HistGradientBoostingRegressor({ maxIter: 20, loss: "poisson" }).fit(
      X,
      number.map((v) => Math.max(0, v)),
    ),
  "boosting for two labels": () => new HistGradientBoostingClassifier({ maxIter: 15 }).fit(holes, up),
  "boosting for fractions": () =>
    new HistGradientBoostingClassifier({ maxIter: 5 }).fit(
      X,
      up.map((v) => (v ? 0.5 : 1.5)),
    ),
  "boosting for three labels": () => new HistGradientBoostingClassifier({ maxIter: 8 }).fit(holes, three),
};

/** The float32 neighbours of x: at most it, and above it. */
function neighbours(x: number): number[] {
  if (!Number.isFinite(x)) return [0];
  const bits = new Int32Array(Float32Array.of(x).buffer);
  const step = (by: number) => new Float32Array(Int32Array.of(bits[0]! + by).buffer)[0]!;
  return [-1, 0, 1].map(step).filter((v) => Number.isFinite(v));
}

/** Rows of float32 numbers: some of the training rows, rows at both sides of thresholds, and rows with gaps. */
function rowsFor(model: OnnxTreeModel): number[][] {
  const trees = plainTreesOf(model, "test");
  const rows = holes.slice(0, 40).concat(X.slice(0, 40));
  for (let i = 0; i < Math.min(200, trees.feature.length); i++) {
    if (trees.feature[i]! < 0) continue;
    for (const v of neighbours(trees.threshold[i]!)) {
      const row = [...X[i % X.length]!];
      row[trees.feature[i]!] = v;
      rows.push(row);
    }
  }
  rows.push([3e38, -3e38, 0, Number.NaN]);
  return rows.map((row) => row.map(Math.fround));
}

/** TreeEnsembleRegressor as its page describes it, in float32. */
function evaluate(
  attributes: ReturnType<typeof graphOf>["nodes"][number]["attributes"],
  x: readonly number[],
) {
  const list = (name: string) => attributes[name] as number[];
  const place = new Map(list("nodes_treeids").map((t, i) => [`${t} ${list("nodes_nodeids")[i]}`, i]));
  const votes = new Map<string, [number, number][]>();
  list("target_treeids").forEach((t, i) => {
    const key = `${t} ${list("target_nodeids")[i]}`;
    votes.set(key, [...(votes.get(key) ?? []), [list("target_ids")[i]!, list("target_weights")[i]!]]);
  });
  const sums = new Float32Array(attributes.n_targets as number);
  for (const t of new Set(list("nodes_treeids"))) {
    let at = place.get(`${t} 0`)!;
    while ((attributes.nodes_modes as string[])[at] !== "LEAF") {
      expect((attributes.nodes_modes as string[])[at]).toBe("BRANCH_LEQ");
      const v = x[list("nodes_featureids")[at]!]!;
      const yes = Number.isNaN(v)
        ? list("nodes_missing_value_tracks_true")[at] === 1
        : v <= list("nodes_values")[at]!;
      at = place.get(`${t} ${list(yes ? "nodes_truenodeids" : "nodes_falsenodeids")[at]}`)!;
    }
    for (const [id, weight] of votes.get(`${t} ${list("nodes_nodeids")[at]}`)!) sums[id]! += weight;
  }
  return sums.map((v, k) => v + (attributes.base_values as Float32Array)[k]!);
}

const gap = (found: ArrayLike<number>, expected: ArrayLike<number>): number => {
  let worst = 0;
  for (let i = 0; i < expected.length; i++)
    worst = Math.max(worst, Math.abs(found[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!)));
  return worst;
};

/** Labels must agree wherever the two most probable classes are not within float32's rounding. */
function expectLabels(model: ClassifierModel, found: ArrayLike<unknown>, rows: number[][]): void {
  const wanted = model.predict(rows);
  const proba = model.predictProba(rows);
  wanted.forEach((label: Label, i) => {
    const [best, next] = [...proba.row(i)].sort((a, b) => b - a);
    if (best! - next! > 1e-6) expect(found[i], `row ${i}`).toBe(label);
  });
}

describe.each(Object.entries(models))("%s", (_, make) => {
  const model = make();
  const file = exportTreesOnnx(model);
  const graph = graphOf(file);
  const rows = rowsFor(model);
  const { attributes } = graph.nodes[0]!;

  test("every row of float32 numbers reaches the leaves it reaches here", () => {
    const trees = plainTreesOf(model, "test");
    const classifier = model instanceof ClassifierModel;
    const sums = rows.map((row) => evaluate(attributes, row));
    const scaled = sums.map((s) => Array.from(s, (v) => v * trees.scale));
    if (!classifier) {
      const raw =
        model instanceof Object && "rawPredict" in model ? model.rawPredict(rows) : model.predict(rows);
      expect(
        gap(
          scaled.map(([v]) => v!),
          raw,
        ),
      ).toBeLessThan(2e-6);
      return;
    }
    const boosted = "decisionFunction" in model;
    const wanted = boosted ? model.decisionFunction(rows) : model.predictProba(rows);
    scaled.forEach((s, i) => {
      // Two boosted classes: the first has 0, the second the logit.
      if (boosted && wanted.cols === 1) expect(s[0]).toBe(0);
      const own = boosted && wanted.cols === 1 ? s.slice(1) : s;
      expect(gap(own, wanted.row(i)), `row ${i}`).toBeLessThan(2e-6);
    });
    expectLabels(
      model,
      sums.map((s) => model.classes[s.indexOf(Math.max(...s))]),
      rows,
    );
  });

  test("lists fit together and every value is made before it is used", () => {
    const n = (attributes.nodes_treeids as number[]).length;
    for (const [name, value] of Object.entries(attributes))
      if (name.startsWith("nodes_")) expect((value as number[]).length, name).toBe(n);
    const votes = (attributes.target_ids as number[]).length;
    for (const [name, value] of Object.entries(attributes))
      if (name.startsWith("target_")) expect((value as number[]).length, name).toBe(votes);
    expect(graph.nodes[0]!.domain).toBe("ai.onnx.ml");
    const known = new Set([...graph.inputs, ...graph.initializers]);
    for (const node of graph.nodes) {
      for (const input of node.inputs) expect(known.has(input), `${node.op} reads ${input}`).toBe(true);
      for (const output of node.outputs) known.add(output);
    }
    for (const output of graph.outputs) expect(known.has(output)).toBe(true);
  });
});

let runtime: Runtime;
describe(`onnxruntime-web predicts the same${left}`, () => {
  beforeAll(() => {
    if (installed) runtime = loadRuntime();
  });

  test.skipIf(!installed).each(Object.entries(models))("%s", async (_, make) => {
    const model = make();
    const rows = rowsFor(model);
    const session = await runtime.InferenceSession.create(exportTreesOnnx(model), {
      executionProviders: ["wasm"],
    });
    const input = new runtime.Tensor("float32", Float32Array.from(rows.flat()), [rows.length, d]);
    const found = await session.run({ X: input });
    if (!(model instanceof ClassifierModel)) {
      expect(found.prediction!.dims).toEqual([rows.length]);
      expect(gap(found.prediction!.data, model.predict(rows))).toBeLessThan(3e-6);
      return;
    }
    expect(found.probabilities!.dims).toEqual([rows.length, model.classes.length]);
    expect(gap(found.probabilities!.data, model.predictProba(rows).data)).toBeLessThan(3e-6);
    const labels = Array.from(found.label!.data as ArrayLike<unknown>, (v) =>
      typeof v === "bigint" ? Number(v) : typeof model.classes[0] === "boolean" ? v === 1 : v,
    );
    expect(labels.length).toBe(rows.length);
    expectLabels(model, labels, rows);
  });
});

test("thresholds that float32 cannot hold are rounded down, not to the nearest", () => {
  const t = 1 + 3 * 2 ** -25; // between 1 and 1 + 2^-23, nearer to the second
  const model = new DecisionTreeRegressor().fit([[1], [2 * t - 1]], [0, 1]);
  expect(model.tree.threshold[0]).toBe(t);
  const { attributes } = graphOf(exportTreesOnnx(model)).nodes[0]!;
  expect((attributes.nodes_values as Float32Array)[0]).toBe(1);
  expect(evaluate(attributes, [1 + 2 ** -23])[0]).toBe(model.predict([[1 + 2 ** -23]])[0]);
});

test("what cannot be exported says why", () => {
  const codes = X.map((row) => [Math.floor(7 * Math.abs(row[0]!)) % 9, row[1]!]);
  const categories = new HistGradientBoostingClassifier({ categoricalFeatures: [0], minSamplesLeaf: 5 }).fit(
    codes,
    up,
  );
  expect(() => exportTreesOnnx(categories)).toThrow(
    "model splits x0 by categories, expected thresholds only: encode categories first, e.g. with OneHotEncoder",
  );
  const huge = new DecisionTreeRegressor().fit([[0], [1]], [0, 1e39]);
  expect(() => exportTreesOnnx(huge)).toThrow("model has a leaf of 1e+39, expected numbers that fit float32");
  expect(() => exportTreesOnnx(new IsolationForest().fit(Matrix.from(X)) as never)).toThrow(
    "model is a IsolationForestModel, expected a fitted tree, forest of trees or histogram gradient boosting",
  );
});
