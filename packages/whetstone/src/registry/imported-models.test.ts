/** Imported models are saved and loaded as others are. */
import { expect, test } from "vitest";
import { importXGBoost } from "../interchange/index.ts";
import { load } from "./index.ts";

const text = (objective: string, classes: number) =>
  JSON.stringify({
    learner: {
      learner_model_param: { base_score: "5E-1", num_class: `${classes}`, num_feature: "2" },
      objective: { name: objective },
      gradient_booster: {
        name: "gbtree",
        model: {
          tree_info: Array.from({ length: Math.max(1, classes) }, (_, k) => k),
          trees: Array.from({ length: Math.max(1, classes) }, (_, k) => ({
            left_children: [1, -1, -1],
            right_children: [2, -1, -1],
            split_indices: [k % 2, 0, 0],
            split_conditions: [k, 1, -1],
            default_left: [1, 0, 0],
            sum_hessian: [4, 2, 2],
          })),
        },
      },
    },
  });
const X = [
  [0, 1],
  [2, 0],
  [Number.NaN, 3],
];

test.each([
  ["count:poisson", 0],
  ["binary:logistic", 0],
  ["multi:softprob", 3],
  ["multi:softprob", 2],
] as const)("%s with %d classes", (objective, classes) => {
  const model = importXGBoost(text(objective, classes));
  const again = load(model.save()) as typeof model;
  expect(again.constructor).toBe(model.constructor);
  expect(again.predict(X)).toEqual(model.predict(X));
  expect("predictProba" in again && again.predictProba(X)).toEqual(
    "predictProba" in model && model.predictProba(X),
  );
});
