/**
 * Models written by hand in LightGBM's text format, with predictions worked out by hand from its rules: a value <=
 * threshold goes left; decision_type has bits 1 category, 2 missing goes left, and 4 or 8 for what is missing (zeros and
 * NaN, or NaN; else NaN counts as zero); a set of categories goes left, all else right.
 */
import { describe, expect, test } from "vitest";
import { importLightGBM, outputOf } from "./index.ts";

interface Parts {
  head?: Record<string, string | null>;
  trees: Record<string, string | null>[];
}
function file({ head = {}, trees }: Parts): string {
  const lines = (entries: Record<string, string | null>) =>
    Object.entries(entries).flatMap(([key, value]) =>
      value === null ? [] : [value === "" ? key : `${key}=${value}`],
    );
  const standard = {
    version: "v4",
    num_class: "1",
    num_tree_per_iteration: "1",
    label_index: "0",
    max_feature_idx: "2",
    objective: "regression",
    feature_names: "a b c",
    feature_infos: "[-1:3] [0:9] [0:70]",
    tree_sizes: trees.map(() => "400").join(" "),
  };
  const body = trees.map((tree, t) => [`Tree=${t}`, ...lines(tree), "", ""].join("\n"));
  const tail =
    "end of trees\n\nfeature_importances:\na=2\n\nparameters:\n[boosting: gbdt]\n\nend of parameters\n";
  return `tree\n${lines({ ...standard, ...head }).join("\n")}\n\n${body.join("")}${tail}`;
}

/** a <= 0.5 ? (b <= 4 ? 1 : 2) : 4, the kind of missing value in `kind`. */
const numeric = (kind: string, more: Record<string, string | null> = {}) => ({
  num_leaves: "3",
  num_cat: "0",
  split_feature: "0 1",
  split_gain: "10 5",
  threshold: "0.5 4",
  decision_type: kind,
  left_child: "1 -1",
  right_child: "-3 -2",
  leaf_value: "1 2 4",
  leaf_weight: "5 5 10",
  leaf_count: "5 5 10",
  internal_value: "0 0",
  internal_count: "20 10",
  is_linear: "0",
  shrinkage: "0.1",
  ...more,
});
/** c in {1, 33, 64} ? -1 : 3, by two sets of which the second is used, then a <= 0 within the first. */
const category = {
  num_leaves: "3",
  num_cat: "2",
  split_feature: "2 2",
  threshold: "1 0",
  decision_type: "1 9",
  left_child: "1 -2",
  right_child: "-1 -3",
  leaf_value: "3 -1 -2",
  leaf_count: "4 3 2",
  cat_boundaries: "0 1 4",
  // {1, 2}; {1}, {33}, {64}
  cat_threshold: "6 2 2 1",
  shrinkage: "1",
};
const nan = Number.NaN;

describe("numeric splits", () => {
  test.each([
    [
      "NaN counts as zero",
      "0 0",
      [
        [0.5, 4],
        [0.5, 4.1],
        [0.6, 0],
        [nan, 9],
        [nan, nan],
        [0, nan],
      ],
      [1, 2, 4, 2, 1, 1],
    ],
    [
      "NaN goes left",
      "10 10",
      [
        [nan, nan],
        [nan, 9],
        [0, nan],
        [9, nan],
      ],
      [1, 2, 1, 4],
    ],
    [
      "NaN goes right",
      "8 8",
      [
        [nan, 0],
        [0, nan],
        [0, 0],
      ],
      [4, 2, 1],
    ],
    [
      "zeros are missing and go right",
      "4 4",
      [
        [0, 1],
        [1e-36, 1],
        [-1, 1],
        [-1, 0],
        [nan, 1],
        [1e-30, 1],
      ],
      [4, 4, 1, 2, 4, 1],
    ],
    [
      "zeros are missing and go left",
      "6 4",
      [
        [0, 1],
        [0, nan],
        [0.7, 1],
      ],
      [1, 2, 4],
    ],
  ] as const)("%s", (_, kind, rows, wanted) => {
    const model = importLightGBM(file({ trees: [numeric(kind)] }));
    expect([...(model.predict(rows.map((row) => [...row, 0])) as Float64Array)]).toEqual(wanted);
    expect(model.featureNames).toEqual(["a", "b", "c"]);
  });

  test("infinite thresholds", () => {
    const model = importLightGBM(file({ trees: [numeric("8 8", { threshold: "inf -inf" })] }));
    expect([
      ...(model.predict([
        [1e300, 0, 0],
        [nan, 0, 0],
      ]) as Float64Array),
    ]).toEqual([2, 4]);
  });
});

test("categories: those of the set go left; others, negative and missing ones right", () => {
  const model = importLightGBM(file({ trees: [category] }));
  const rows = [1, 33, 64, 2, 0, 65, 1000, -1, nan].map((c) => [0, 0, c]);
  // 1 is in both sets, 33 and 64 in the second only.
  expect([...(model.predict(rows) as Float64Array)]).toEqual([-1, -2, -2, 3, 3, 3, 3, 3, 3]);
});

test("trees add up, averaged ones are divided by their number", () => {
  const trees = [
    numeric("0 0"),
    numeric("0 0", { leaf_value: "10 20 40" }),
    { num_leaves: "1", num_cat: "0", leaf_value: "7" },
  ];
  const rows = [
    [0, 0, 0],
    [1, 0, 0],
  ];
  expect([...(importLightGBM(file({ trees })).predict(rows) as Float64Array)]).toEqual([18, 51]);
  const forest = importLightGBM(file({ head: { average_output: "" }, trees }));
  expect([...(forest.predict(rows) as Float64Array)]).toEqual([6, 17]);
  if (!("plainTrees" in forest)) throw new Error("no trees");
  expect([...outputOf(forest.plainTrees(), rows[1]!)]).toEqual([17]);
});

describe("objectives", () => {
  const trees = [numeric("0 0")];
  test.each([
    ["regression sqrt", 16],
    ["poisson", Math.exp(4)],
    ["tweedie tweedie_variance_power:1.5", Math.exp(4)],
    ["cross_entropy", 1 / (1 + Math.exp(-4))],
    ["cross_entropy_lambda", Math.log1p(Math.exp(4))],
    ["lambdarank", 4],
  ])("%s", (objective, wanted) => {
    const model = importLightGBM(file({ head: { objective }, trees }));
    expect(model.predict([[1, 0, 0]])[0]).toBeCloseTo(wanted, 12);
  });

  test("a model of a custom objective has none", () => {
    expect(importLightGBM(file({ head: { objective: null }, trees })).predict([[1, 0, 0]])[0]).toBe(4);
  });

  test("binary, with a slope", () => {
    const model = importLightGBM(file({ head: { objective: "binary sigmoid:0.5" }, trees }), {
      classes: ["ham", "spam"],
    });
    if (!("predictProba" in model)) throw new Error("no classifier");
    expect(model.predictProba([[1, 0, 0]]).at(0, 1)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(model.predict([[1, 0, 0]])).toEqual(["spam"]);
  });

  const three = [0, 1, 2].map((k) => numeric("0 0", { leaf_value: `${k} ${-k} ${2 * k}` }));
  const head = (objective: string) => ({ objective, num_class: "3", num_tree_per_iteration: "3" });

  test("multiclass is a softmax", () => {
    const model = importLightGBM(file({ head: head("multiclass num_class:3"), trees: [...three, ...three] }));
    if (!("predictProba" in model)) throw new Error("no classifier");
    const e = [0, 4, 8].map(Math.exp); // two rounds of 0, 2, 4
    const found = model.predictProba([[1, 0, 0]]).row(0);
    e.forEach((v, k) => void expect(found[k]).toBeCloseTo(v / (e[0]! + e[1]! + e[2]!), 12));
  });

  test("multiclassova is a sigmoid of each", () => {
    const model = importLightGBM(file({ head: head("multiclassova num_class:3 sigmoid:2"), trees: three }));
    if (!("predictProba" in model)) throw new Error("no classifier");
    const s = [0, 2, 4].map((v) => 1 / (1 + Math.exp(-2 * v)));
    const found = model.predictProba([[1, 0, 0]]).row(0);
    s.forEach((v, k) => void expect(found[k]).toBeCloseTo(v / (s[0]! + s[1]! + s[2]!), 12));
  });
});

describe("what cannot be read says why", () => {
  const trees = [numeric("0 0")];
  const one = (change: Record<string, string | null>) => file({ trees: [{ ...numeric("0 0"), ...change }] });
  test.each([
    ["", 'importLightGBM: the first line is "", expected "tree": no LightGBM text model'],
    [
      file({ trees }).replace("end of trees", "").replace("feature_importances:", ""),
      'importLightGBM: the file is cut off: it lacks the line "end of trees"',
    ],
    [
      file({ trees, head: { tree_sizes: "1 2" } }),
      "importLightGBM: the file holds 1 trees, expected 2 (tree_sizes)",
    ],
    [file({ trees, head: { max_feature_idx: null } }), "importLightGBM: the head lacks max_feature_idx"],
    [
      file({ trees, head: { feature_names: "a b" } }),
      "importLightGBM: feature_names of the head has 2 entries, expected 3",
    ],
    [
      file({ trees, head: { objective: "mine" } }),
      'importLightGBM: the objective "mine" is none that can be read',
    ],
    [
      file({ trees, head: { objective: "binary sigmoid:x" } }),
      'importLightGBM: the objective has "sigmoid:x", expected a number > 0',
    ],
    [
      file({ trees, head: { num_tree_per_iteration: "2" } }),
      "importLightGBM: the file holds 1 trees, expected a multiple of 2",
    ],
    [one({ left_child: null }), "importLightGBM: tree 0 lacks left_child"],
    [one({ threshold: "1" }), "importLightGBM: threshold of tree 0 has 1 entries, expected 2"],
    [one({ threshold: "1 x" }), 'importLightGBM: threshold of tree 0 holds "x", expected numbers'],
    [
      one({ split_feature: "0 3" }),
      'importLightGBM: split_feature of tree 0 holds "3", expected integers from 0 to 2',
    ],
    [one({ right_child: "-3 -1" }), "importLightGBM: tree 0 is no tree: node 1 has the child 2"],
    [one({ left_child: "0 -1" }), "importLightGBM: tree 0 is no tree: node 0 has the child 0"],
    [
      one({ decision_type: "1 0" }),
      "importLightGBM: tree 0 has no categories for its split 0 (cat_boundaries)",
    ],
    [one({ is_linear: "1" }), "importLightGBM: tree 0 has linear models in its leaves, which are not read"],
    [
      file({ trees: [numeric("4 4"), numeric("8 8")] }),
      "importLightGBM: feature 0 takes zero as missing in some splits and NaN in others",
    ],
    [
      file({ trees: [category, numeric("0 0", { split_feature: "2 1" })] }),
      "importLightGBM: feature 2 is split by numbers in one place and by categories in another",
    ],
  ])("%#", (text, sentence) => {
    expect(() => importLightGBM(text)).toThrow(sentence);
  });
});
