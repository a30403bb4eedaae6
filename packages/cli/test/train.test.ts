import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { writeCsv } from "whetstone/data";
import { loadBreastCancer, loadDiabetes, loadDigits } from "whetstone/datasets";
import type { Report } from "../src/train/report.ts";
import { whetstone, withoutTimes, workFolder } from "./command.ts";
import { csv, people } from "./messy-files.ts";

const folder = workFolder();
const cancer = folder.write("cancer.csv", writeCsv(loadBreastCancer().table()));
const diabetes = folder.write("diabetes.csv", writeCsv(loadDiabetes().table()));
const digits = folder.write("digits.csv", writeCsv(loadDigits().table()));
const churn = folder.write(
  "churn.csv",
  csv(
    ["age", "income", "city", "churned"],
    people(300).map((p) => [p.age, p.income, p.city, p.churned ? "yes" : "no"]),
  ),
);

async function report(file: string, ...args: string[]): Promise<Report> {
  const { code, stdout, stderr } = await whetstone("train", file, ...args, "--overwrite", "--json");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Report;
}

const rowOf = (found: Report, name: string) => found.leaderboard.find((row) => row.name === name)!;

describe("bundled data", () => {
  test("breast cancer", async () => {
    const found = await report(cancer, "--target", "diagnosis", "--out", folder.path("cancer"));
    expect(found).toMatchObject({ task: "classification", rows: 569, metric: { name: "rocAuc" } });
    expect(found.target.classes).toEqual([
      { label: "benign", rows: 357 },
      { label: "malignant", rows: 212 },
    ]);
    expect(found.split).toMatchObject({ trainRows: 455, heldOutRows: 114, folds: 5, duplicateRows: 0 });
    for (const name of ["logistic regression", "boosted trees"]) {
      const row = rowOf(found, name);
      expect(row.mean).toBeGreaterThan(0.98);
      expect(row.heldOut).toBeGreaterThan(0.98);
      expect(row.heldOutScores.logLoss).toBeLessThan(0.15);
      expect(row.heldOutScores.calibrationError).toBeLessThan(0.1);
      expect(row.foldScores).toHaveLength(5);
      expect(row.bytes).toBeGreaterThan(1000);
      expect(row.fitSeconds).toBeGreaterThan(0);
      expect(row.predictSecondsPerRow).toBeGreaterThan(0);
    }
    expect(rowOf(found, "baseline").mean).toBe(0.5);
  });

  test("diabetes", async () => {
    const found = await report(diabetes, "--target", "progression", "--out", folder.path("diabetes"));
    expect(found).toMatchObject({ task: "regression", metric: { name: "r2" }, best: "ridge regression" });
    expect(rowOf(found, "ridge regression").mean).toBeGreaterThan(0.35);
    expect(rowOf(found, "ridge regression").heldOut).toBeGreaterThan(0.35);
    expect(rowOf(found, "boosted trees").heldOut).toBeGreaterThan(0.3);
    expect(rowOf(found, "baseline").heldOut).toBeLessThan(0.01);
    expect(found.importances.slice(0, 3).map(({ feature }) => feature)).toContain("bmi");
  });

  test("digits", async () => {
    const found = await report(
      digits,
      "--target",
      "digit",
      "--metric",
      "accuracy",
      "--folds",
      "3",
      "--out",
      folder.path("digits"),
    );
    expect(found).toMatchObject({ task: "classification", metric: { name: "accuracy" } });
    expect(found.target.classes.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(found.dropped.map(({ kind }) => kind)).toEqual(["constant", "constant", "constant"]);
    for (const name of ["logistic regression", "boosted trees"]) {
      expect(rowOf(found, name).heldOut).toBeGreaterThan(0.93);
    }
    expect(rowOf(found, "baseline").heldOut).toBeLessThan(0.15);
  });
});

describe("the report", () => {
  test("is the same for the same seed, apart from times, and another for another seed", async () => {
    const once = (seed: string) =>
      whetstone(
        "train",
        churn,
        "--target",
        "churned",
        "--seed",
        seed,
        "--json",
        "--overwrite",
        "--out",
        folder.path("seed"),
      );
    const first = withoutTimes((await once("3")).stdout);
    const weights = readFileSync(folder.path("seed/weights.safetensors"));
    expect(withoutTimes((await once("3")).stdout)).toEqual(first);
    expect(readFileSync(folder.path("seed/weights.safetensors")).equals(weights)).toBe(true);
    expect(withoutTimes((await once("4")).stdout)).not.toEqual(first);
  });

  test("puts results on stdout and progress on stderr", async () => {
    const args = ["train", churn, "--target", "churned", "--overwrite", "--out", folder.path("streams")];
    const { stdout, stderr } = await whetstone(...args);
    expect(stdout).toMatch(
      /Leaderboard by ROC AUC \(higher is better\): 5 folds over 240 rows, then 60 held out/,
    );
    expect(stdout).toMatch(/^★ .* \d\.\d{3} ± \d\.\d{3} +\d\.\d{3}/m);
    expect(stdout).not.toMatch(/fitting \d/);
    expect(stderr).toMatch(/fitting 18\/18/);
    expect(stderr).not.toMatch(/Leaderboard/);
  });

  test("ranks by the metric in its direction", async () => {
    const args = ["--target", "progression", "--metric", "mae", "--out", folder.path("mae")];
    const found = await report(diabetes, ...args);
    expect(found.metric).toMatchObject({ name: "mae", greaterIsBetter: false });
    const means = found.leaderboard.map(({ mean }) => mean);
    expect(means).toEqual(means.slice().sort((a, b) => a - b));
    expect(found.best).toBe(found.leaderboard[0]!.name);
    expect(found.leaderboard.at(-1)!.name).toBe("baseline");
  });

  test("mean and spread are those of the fold scores", async () => {
    const found = await report(churn, "--target", "churned", "--folds", "4", "--out", folder.path("folds"));
    for (const { foldScores, mean, sd } of found.leaderboard) {
      const scores = foldScores as number[];
      expect(scores).toHaveLength(4);
      const m = scores.reduce((a, b) => a + b, 0) / 4;
      expect(mean).toBeCloseTo(m, 12);
      expect(sd).toBeCloseTo(Math.sqrt(scores.reduce((a, b) => a + (b - m) ** 2, 0) / 3), 12);
    }
  });

  test("a model that a metric cannot judge is a row with its reason", async () => {
    // The ridge predicts negative numbers, of which the squared log error knows nothing.
    const steep = csv(
      ["x", "noise", "y"],
      Array.from({ length: 120 }, (_, i) => [
        (i % 40) + (i % 3) / 7,
        (i * 37) % 11,
        (i % 40) ** 4 / 1000 + (i % 3),
      ]),
    );
    const file = folder.write("steep.csv", steep);
    const found = await report(file, "--target", "y", "--metric", "msle", "--out", folder.path("steep"));
    const row = rowOf(found, "ridge regression");
    expect(row.status).toBe("failed");
    expect(row.reason).toMatch(/msle: .*(negative|>= 0|> -1)/);
    expect(found.best).not.toBe("ridge regression");
    const { stdout } = await whetstone(
      "train",
      file,
      "--target",
      "y",
      "--metric",
      "msle",
      "--overwrite",
      "--out",
      folder.path("steep"),
    );
    expect(stdout).toMatch(/ {2}ridge regression +failed/);
    expect(stdout).toMatch(/^ {2}ridge regression: msle: /m);
  });
});

describe("the task", () => {
  test("--task decides where numbers could be either", async () => {
    const rows = people(200).map((p) => [p.income, 1 + (p.age % 5)]);
    const file = folder.write("stars.csv", csv(["income", "stars"], rows));
    const out = ["--out", folder.path("stars")];
    const classes = await report(file, "--target", "stars", ...out);
    expect(classes).toMatchObject({ task: "classification", metric: { name: "logLoss" } });
    expect(classes.taskReason).toMatch(
      /5 different whole numbers; --task regression takes them as quantities/,
    );
    expect(await report(file, "--target", "stars", "--task", "regression", ...out)).toMatchObject({
      task: "regression",
    });
  });

  test("text is no quantity", async () => {
    const { code, stderr } = await whetstone("train", churn, "--target", "churned", "--task", "regression");
    expect(stderr).toMatch(
      /--task regression needs a target of numbers, and "churned" holds text such as "no"/,
    );
    expect(code).toBe(2);
  });
});

describe("wrong usage ends with code 2 and a sentence", () => {
  test.each([
    [["--target", "chruned"], /no column "chruned" \(--target\); did you mean "churned"\?/],
    [
      ["--target", "zzz"],
      /no column "zzz" \(--target\); the columns are "age", "income", "city" and "churned"/,
    ],
    [["--target", "churned", "--metric", "rocauk"], /no metric "rocauk"; did you mean "rocAuc"\?/],
    [["--target", "churned", "--metric", "zzz"], /no metric "zzz"; the metrics for 2 classes are "accuracy"/],
    [
      ["--target", "churned", "--metric", "rmse"],
      /--metric rmse does not fit the task \(2 classes\); choose among accuracy, .*rocAuc/,
    ],
    [["--target", "churned", "--drop", "agee"], /no column "agee" \(--drop\); did you mean "age"\?/],
    [["--target", "churned", "--keep", "churned"], /--keep names "churned", which is the target/],
    [["--target", "churned", "--keep", "age", "--drop", "age"], /"age" is named by both --drop and --keep/],
    [["--target", "churned", "--folds", "1"], /--folds is "1", expected an integer >= 2/],
    [["--target", "churned", "--time-limit", "soon"], /--time-limit is "soon", expected seconds > 0/],
  ])("%j", async (args, sentence) => {
    const { code, stdout, stderr } = await whetstone("train", churn, "--out", folder.path("usage"), ...args);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(existsSync(folder.path("usage"))).toBe(false);
  });

  test("a file that is not there, and a folder", async () => {
    const absent = await whetstone("train", folder.path("chrun.csv"), "--target", "churned");
    expect(absent.stderr).toMatch(/there is no file ".*chrun\.csv"; did you mean ".*churn\.csv"\?/);
    expect(absent.code).toBe(1);
    const directory = await whetstone("train", folder.path("."), "--target", "churned");
    expect(directory.stderr).toMatch(/is a folder: give a CSV file, such as ".*\.csv"/);
    expect(directory.code).toBe(1);
  });
});

describe("columns", () => {
  const leaky = folder.write(
    "leaky.csv",
    csv(
      ["customer_id", "age", "income", "code", "churned"],
      people(300).map((p) => [p.id, p.age, p.income, p.churned ? "C1" : "C0", p.churned ? "yes" : "no"]),
    ),
  );

  test("--keep overrules a check, --drop leaves out", async () => {
    const args = ["--target", "churned", "--out", folder.path("leaky")];
    expect((await report(leaky, ...args)).columns.map(({ name }) => name)).toEqual(["age", "income"]);
    const kept = await report(leaky, ...args, "--keep", "code", "--drop", "income");
    expect(kept.columns.map(({ name }) => name)).toEqual(["age", "code"]);
    expect(kept.dropped.map(({ name, kind }) => [name, kind])).toEqual([
      ["customer_id", "id"],
      ["income", "asked"],
    ]);
    expect(kept.warnings.join("\n")).toMatch(/"code" tells the target .* it is used because of --keep/);
    expect(kept.leaderboard[0]!.heldOut).toBe(1);
  });

  test("copies of a numeric target are found on any scale, honest columns are not", async () => {
    const rows = people(200).map((p) => [
      p.income,
      -3 * p.income,
      Math.log(p.income),
      p.age,
      p.income + 30_000 * (p.age % 2),
    ]);
    const file = folder.write("income.csv", csv(["income", "negated", "logged", "age", "near"], rows));
    const found = await report(file, "--target", "income", "--out", folder.path("income"));
    expect(found.dropped.map(({ name, kind }) => [name, kind])).toEqual([
      ["negated", "copy"],
      ["logged", "copy"],
    ]);
    expect(found.dropped[0]!.reason).toMatch(/^falls with "income" in every row/);
    expect(found.columns.map(({ name }) => name)).toEqual(["age", "near"]);
  });

  test("copies of rows never stand on both sides of a split", async () => {
    // Every row ten times, labels at random: a model can only remember, and must not look good for it.
    const once = people(60, 8).map((p, i) => [p.income, p.age, i % 2 ? "a" : "b"]);
    const file = folder.write("copies.csv", csv(["income", "age", "y"], [...once, ...once]));
    const found = await report(file, "--target", "y", "--out", folder.path("copies"));
    expect(found.split.duplicateRows).toBe(60);
    expect(rowOf(found, "boosted trees").mean).toBeLessThan(0.75);
  });
});

describe("the model folder", () => {
  test("is refused where something is, and replaced with --overwrite", async () => {
    const args = ["train", churn, "--target", "churned", "--out", folder.path("again")];
    expect((await whetstone(...args)).code).toBe(0);
    const refused = await whetstone(...args);
    expect(refused.stderr).toMatch(/already holds a model: pass --overwrite/);
    expect(refused.code).toBe(2);
    expect((await whetstone(...args, "--overwrite")).code).toBe(0);
    expect(readdirSync(folder.path("again")).sort()).toEqual([
      "card.md",
      "model.json",
      "weights.safetensors",
    ]);
    const left = readdirSync(folder.path(".")).filter((name) => name.startsWith("."));
    expect(left).toEqual([]);
  });

  test("a folder with other things is never replaced", async () => {
    const args = ["train", churn, "--target", "churned", "--overwrite", "--out", folder.path(".")];
    const { code, stderr } = await whetstone(...args);
    expect(stderr).toMatch(/holds other things than a model/);
    expect(code).toBe(2);
    expect(existsSync(churn)).toBe(true);
  });

  test("has a card that says what a reader must know", async () => {
    await whetstone("train", churn, "--target", "churned", "--out", folder.path("card"), "--drop", "city");
    const card = readFileSync(folder.path("card/card.md"), "utf8");
    expect(card).toMatch(/^# Model for `churned`\n\n/);
    for (const title of [
      "What it predicts",
      "Data",
      "Left out",
      "How it was judged",
      "What counts most",
      "Limits",
      "Predicting",
    ]) {
      expect(card).toMatch(new RegExp(`\n\n## ${title}\n\n`));
    }
    expect(card).toMatch(/- "city" left out by --drop\./);
    expect(card).toMatch(/\| ★ logistic regression \| \d\.\d{3} ± \d\.\d{3} \|/);
    expect(card).toMatch(/\| `(age|income)` \| -?[\d.]+ \|/);
    expect(card).toMatch(/```sh\nwhetstone predict .*card FILE\.csv --out predictions\.csv\n```/);
    expect(card).not.toMatch(/undefined|NaN|null/);
  });
});

test("a limit that nothing meets is a sentence", async () => {
  const args = [
    "train",
    churn,
    "--target",
    "churned",
    "--time-limit",
    "0.000001",
    "--out",
    folder.path("late"),
  ];
  const { code, stderr } = await whetstone(...args);
  expect(stderr).toMatch(/nothing was finished within 0\.000001 s: raise --time-limit/);
  expect(code).toBe(1);
  expect(existsSync(folder.path("late"))).toBe(false);
});
