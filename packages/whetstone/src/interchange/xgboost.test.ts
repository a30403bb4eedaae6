/** Models that XGBoost saved, against its own predictions and contributions. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { importXGBoost } from "./index.ts";

interface Case {
  name: string;
  model: string;
  rows: (number | null)[][];
  margin: number[];
  prediction: number[];
  contributions: number[] | null;
}
const path = new URL("../../../../reference/values/interchange/xgboost.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };
const rowsOf = (c: Case) => c.rows.map((row) => row.map((v) => v ?? Number.NaN));

const close = (found: ArrayLike<number>, wanted: readonly number[]) => {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((v, i) => {
    expect(Math.abs(found[i]! - v), `entry ${i}: ${found[i]}, not ${v}`).toBeLessThan(
      1e-6 * Math.max(1, Math.abs(v)),
    );
  });
};

describe.each(cases.map((c) => [c.name, c] as const))("%s", (_, c) => {
  const model = importXGBoost(c.model);
  const X = rowsOf(c);

  test("raw predictions are XGBoost's", () => {
    close("rawPredict" in model ? model.rawPredict(X) : model.decisionFunction(X).data, c.margin);
  });

  test("predictions are XGBoost's", () => {
    if ("rawPredict" in model) return close(model.predict(X), c.prediction);
    const p = model.predictProba(X);
    if (c.prediction.length === p.data.length) close(p.data, c.prediction);
    else if (c.name.includes("raw")) close(model.decisionFunction(X).data, c.prediction);
    else if (p.cols === 2) close(p.col(1), c.prediction);
    else expect(model.predict(X)).toEqual(c.prediction);
  });
});

describe("what cannot be read says why", () => {
  const [first] = cases as [Case];
  interface Tree {
    split_conditions?: (number | null)[];
    sum_hessian: number[];
    left_children: number[];
    split_indices: number[];
  }
  interface Loose {
    learner: {
      objective?: { name: string };
      gradient_booster: { name: string; model: { trees: Tree[] } };
      learner_model_param: { base_score: string };
      feature_names: string[];
    };
  }
  const changed = (change: (m: Loose) => void) => {
    const model = JSON.parse(first.model) as Loose;
    change(model);
    return JSON.stringify(model);
  };
  const trees = (m: Loose) => m.learner.gradient_booster.model.trees;

  test.each([
    ["", "importXGBoost: the text is not JSON"],
    ["[]", "importXGBoost: the document is an array of 0, expected an object"],
    ["{}", "importXGBoost: learner is missing"],
    [changed((m) => delete m.learner.objective), "importXGBoost: learner.objective is missing"],
    [
      changed((m) => void (m.learner.objective!.name = "mine")),
      'importXGBoost: the objective "mine" is none that can be read',
    ],
    [
      changed((m) => void (m.learner.gradient_booster.name = "gblinear")),
      'importXGBoost: the booster is "gblinear", expected "gbtree" or "dart"',
    ],
    [
      changed((m) => delete trees(m)[1]!.split_conditions),
      "importXGBoost: learner.gradient_booster.model.trees[1].split_conditions is missing",
    ],
    [
      changed((m) => void trees(m)[0]!.sum_hessian.pop()),
      /trees\[0\].sum_hessian has \d+ entries, expected \d+/,
    ],
    [
      changed((m) => void (trees(m)[0]!.split_conditions![0] = null)),
      "importXGBoost: tree 0 has no split condition at node 0",
    ],
    [
      changed((m) => void (trees(m)[0]!.left_children[1] = 0)),
      "importXGBoost: tree 0 is no tree: node 1 has the child 0",
    ],
    [
      changed((m) => void (trees(m)[0]!.split_indices[0] = 9)),
      "importXGBoost: tree 0 splits on feature 9, expected 0 to 4",
    ],
    [
      changed((m) => void (m.learner.learner_model_param.base_score = "none")),
      'importXGBoost: learner.learner_model_param.base_score is "none", expected a number',
    ],
    [
      changed((m) => void m.learner.feature_names.pop()),
      "importXGBoost: learner.feature_names has 4 entries, expected 5",
    ],
  ])("%#", (text, sentence) => {
    expect(() => importXGBoost(text)).toThrow(sentence);
  });

  test("a base score written as a list is read", () => {
    const list = changed((m) => void (m.learner.learner_model_param.base_score = "[1.25E0]"));
    const model = importXGBoost(list);
    expect("rawPredict" in model && model.baseline).toBe(1.25);
  });
});

test("labels can be named, columns have their names", () => {
  const two = importXGBoost(cases[1]!.model, { classes: ["no", "yes"] });
  expect(new Set(two.predict(rowsOf(cases[1]!)))).toEqual(new Set(["no", "yes"]));
  expect(() => importXGBoost(cases[1]!.model, { classes: ["no"] })).toThrow(
    "importXGBoost: options.classes is an array of 1, expected 2 different labels",
  );
  expect(importXGBoost(cases[0]!.model).featureNames).toEqual([..."abcde"]);
});
