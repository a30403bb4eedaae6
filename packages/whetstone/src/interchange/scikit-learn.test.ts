/** Models that the export script wrote, against scikit-learn's own predictions. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { importScikitLearn } from "./index.ts";

interface Case {
  file: string;
  rows: (number | null)[][];
  prediction: (number | string | boolean)[];
  predict_proba?: number[];
  decision_function?: number[];
  score_samples?: number[];
}
const path = new URL("../../../../reference/values/interchange/scikit_learn.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };

const close = (found: ArrayLike<number>, wanted: readonly number[]) => {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((v, i) => {
    expect(Math.abs(found[i]! - v), `entry ${i}: ${found[i]}, not ${v}`).toBeLessThan(
      1e-12 * Math.max(1, Math.abs(v)),
    );
  });
};

const nameOf = (c: Case) => (JSON.parse(c.file) as { model: string }).model;

describe.each(cases.map((c, i) => [`${i} ${nameOf(c)}`, c] as const))("%s", (_, c) => {
  const model = importScikitLearn(c.file);
  const X = c.rows.map((row) => row.map((v) => v ?? Number.NaN));

  test("predictions are scikit-learn's", () => {
    const found = model.predict(X);
    if (found instanceof Float64Array) close(found, c.prediction as number[]);
    else expect([...found]).toEqual(c.prediction);
  });

  test("what stands behind them too", () => {
    if ("predictProba" in model) close(model.predictProba(X).data, c.predict_proba!);
    if ("scoreSamples" in model) close(model.scoreSamples(X), c.score_samples!);
    if ("decisionFunction" in model) {
      const found = model.decisionFunction(X);
      close("data" in found ? found.data : found, c.decision_function!);
    }
    if (!("predictProba" in model || "scoreSamples" in model)) {
      // Trees for numbers say all in their predictions; their rows and shares are kept besides.
      const { trees } = "tree" in model ? { trees: model.tree } : model;
      expect(trees.count.every((n) => n >= 1)).toBe(true);
    }
  });
});

test("library models take what is theirs from the file", () => {
  const kinds = new Set(cases.map((c) => importScikitLearn(c.file).constructor.name));
  for (const kind of [
    "DecisionTreeClassifierModel",
    "RandomForestRegressorModel",
    "ExtraTreesClassifierModel",
    "IsolationForestModel",
    "HistGradientBoostingClassifierModel",
    "ImportedRegressorModel",
  ])
    expect(kinds).toContain(kind);
});

describe("what cannot be read says why", () => {
  const changed = (i: number, change: (m: Record<string, unknown>) => void) => {
    const model = JSON.parse(cases[i]!.file) as Record<string, unknown>;
    change(model);
    return JSON.stringify(model);
  };
  const first = (m: Record<string, unknown>) => (m.trees as Record<string, unknown[]>[])[0]!;

  test.each([
    ["{", "importScikitLearn: the text is not JSON"],
    ['{"learner":{}}', "importScikitLearn: format is missing"],
    [changed(0, (m) => void (m.version = 2)), "importScikitLearn: version is 2, expected 1"],
    [
      changed(0, (m) => void (m.model = "SVC")),
      "importScikitLearn: the model is a SVC, which is none that can be read",
    ],
    [
      changed(0, (m) => void (m.classes = null)),
      "importScikitLearn: classes is null, expected a list of different labels",
    ],
    [changed(0, (m) => void (m.classes = ["a", 1])), "expected a list of different labels of one kind"],
    [
      changed(0, (m) => delete (first(m) as Record<string, unknown>).weight),
      "importScikitLearn: trees[0].weight is missing",
    ],
    [changed(0, (m) => void first(m).value!.pop()), /trees\[0\].value has \d+ entries, expected \d+/],
    [
      changed(3, (m) => void (first(m).right![0] = 99)),
      "importScikitLearn: tree 0 is no tree: node 0 has the child 99",
    ],
    [changed(0, (m) => void (m.trees = [])), "importScikitLearn: trees is empty"],
    [
      changed(11, (m) => void (m.trees as unknown[]).pop()),
      "importScikitLearn: trees holds 11 trees, expected a multiple of 3",
    ],
    [
      changed(9, (m) => void (m.loss = "hinge")),
      'importScikitLearn: loss is "hinge", expected one of log_loss, deviance, exponential',
    ],
    [
      changed(19, (m) => delete m.categories),
      "importScikitLearn: tree 0 splits feature 3 by categories it does not have",
    ],
    [changed(7, (m) => delete m.samples), "importScikitLearn: samples is missing"],
  ])("%#", (text, sentence) => {
    expect(() => importScikitLearn(text)).toThrow(sentence);
  });
});
