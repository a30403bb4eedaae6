import { expect, test } from "vitest";
import { getMetric } from "whetstone/metrics";
import { candidates } from "../src/train/candidates.ts";
import { Clock, fitAll } from "../src/train/fit.ts";
import { readTrainingFile } from "../src/train/read.ts";
import { leaderboardCells, verdict } from "../src/train/report.ts";
import { planSplits } from "../src/train/splits.ts";
import { understandTarget } from "../src/train/target.ts";
import { workFolder } from "./command.ts";
import { csv, people } from "./messy-files.ts";

const folder = workFolder();
const file = folder.write(
  "churn.csv",
  csv(
    ["age", "income", "churned"],
    people(200).map((p) => [p.age, p.income, p.churned ? "yes" : "no"]),
  ),
);

/** Over after it was looked at so many times: a time limit without a clock. */
class CountingClock extends Clock {
  #left: number;
  constructor(looks: number) {
    super(1);
    this.#left = looks;
  }
  override get isOver(): boolean {
    return this.#left-- <= 0;
  }
}

function fitFor(looks: number) {
  const read = readTrainingFile(file, "churned");
  const { table, target } = understandTarget(read.table, "churned", undefined);
  const features = ["age", "income"];
  return fitAll(candidates(table, features, target, 0), {
    table,
    features,
    target,
    plan: planSplits(table, target, 3, 0),
    metric: getMetric("rocAuc"),
    clock: new CountingClock(looks),
    onProgress: () => {},
  });
}

test("what is finished in time counts, the others say why they do not", () => {
  // One look before each of the baseline's four fits; the next one is too many.
  const { rows, best } = fitFor(4);
  expect(rows.map(({ name, status }) => [name, status])).toEqual([
    ["baseline", "ok"],
    ["logistic regression", "out of time"],
    ["boosted trees", "out of time"],
  ]);
  expect(best!.name).toBe("baseline");
  const report = {
    task: "classification",
    metric: { name: "rocAuc", title: "", greaterIsBetter: true },
    leaderboard: rows,
    best: "baseline",
  } as const;
  expect(leaderboardCells(report).rows[1]).toEqual(["  logistic regression", "out of time"]);
  expect(verdict(report, getMetric("rocAuc"))).toMatch(/Only the baseline was finished.*raise --time-limit/);
});

test("a fit is stopped in its midst, and the folds before it still count", () => {
  // Enough looks for some folds of the boosted trees, which look once per tree.
  const { rows } = fitFor(330);
  const trees = rows.find(({ name }) => name === "boosted trees")!;
  expect(trees.status).toBe("ok");
  expect(trees.reason).toMatch(/^[12] of 3 folds, then out of time$/);
  expect(trees.foldScores.filter((score) => score === null).length).toBeGreaterThan(0);
  expect(trees.mean).toBeGreaterThan(0.8);
});

test("with no model finished there is none", () => {
  expect(fitFor(0)).toMatchObject({ best: null, bestModel: null });
});
