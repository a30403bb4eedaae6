import {
  dateColumn,
  duplicatesAcross,
  leakageReport,
  preprocessingLeak,
  StandardScaler,
  Table,
  trainTestSplit,
} from "whetstone/data";
import { LogisticRegression } from "whetstone/linear";
import { sigmoid } from "whetstone/math";
import { rocAuc } from "whetstone/metrics";
import { bars, card, range, slider, toggle } from "../../index.ts";

export default card({
  id: "data/leakage-detector",
  title: "An AUC near 1 is a question, not a success",
  formula: String.raw`\mathrm{AUC}(x_j, y)\ge0.995\;\text{from one column}\;\Rightarrow\;\text{is }x_j\text{ known before }y\text{?}`,
  ask: "What counts as data leakage, how do you look for it, and does an AUC of 1 prove it?",
  answer:
    "Look for the target in disguise (copies, recodings), columns that alone rank it almost perfectly, row numbers, rows on both sides of the split, steps fitted on all rows, and anything recorded after the event. A single column with AUC near 1 is the loudest sign. It proves nothing: separable classes also give 1.",
  pitfall:
    "A table without times cannot tell when a value was recorded. “Days until cancellation” is an honest number and a perfect leak: ask of each column whether it exists at the moment of prediction, and keep the times.",
  level: "hard",
  whenNot:
    "It cannot replace knowing how the table came about: a leak may be weak, or spread over columns. If classes really are separable its warnings are false; check with rows collected later.",
  followUps: [
    {
      ask: "Validation AUC is 0.99, production 0.7: how do you search?",
      answer:
        "Compare features for the same entities in training and in serving, train without the top columns one at a time, check record times against the prediction time, and look for entities on both sides.",
    },
    {
      ask: "Is a customer number ever a legitimate feature?",
      answer:
        "It leaks order and source rather than cause: it may separate old from new customers today and fail tomorrow. Replace it by what it stands for, such as age of the account.",
    },
  ],
  derivation: String.raw`The AUC of a single column is the chance that a random positive has a larger value than a random negative. It needs no model and does not change under increasing recodings (a decreasing one turns $a$ into $1-a$), so scaled or shifted copies of the target are found as well.

A recoding need not be monotone: three states of an account may be equivalent to a yes/no target. Then each value of the column has a single target value, that is, $H(y\mid x_j)=0$.

Steps fitted on all rows leave marks: columns standardised on all rows have mean exactly 0 over training and test together, but not over training rows alone.

No such sign is a proof. If $y=[x>0]$ is a natural law known beforehand, $\mathrm{AUC}=1$ is earned.`,
  covers: ["data/leakage-detector", "claim-b-042"],
  answers: ["q-b-353", "q-a-197"],
  verifiedAgainst: [
    "planted copies, recodings, row numbers, repeated rows, late values and scalers fitted on everything",
    "AUC by a separate metric",
  ],
  budget: "quick",
  controls: {
    noise: slider(0, 3, 0.05, { label: "noise on the leaking column", step: 0.05 }),
    signal: slider(0, 6, 1.5, { label: "strength of the honest feature", step: 0.25 }),
    repeated: toggle(true, { label: "repeat 30 rows" }),
  },
  run(lab, { noise, signal, repeated }) {
    const random = lab.random();
    const n = 400;
    const make = (strength: number) => {
      const honest = range(n).map(() => random.normal());
      const churn = honest.map((v) => random.uniform() < sigmoid(strength * v));
      return { honest, churn };
    };
    const { honest, churn } = make(signal);
    const other = range(n).map(() => random.normal());
    const rows = [...range(n), ...(repeated ? range(30) : [])];
    const column = <T>(values: readonly T[]) => rows.map((i) => values[i]!);
    const table = Table.fromColumns({
      customer_id: rows.map((_, i) => 1000 + i),
      usage: column(honest),
      mood: column(other),
      country: column(range(n).map(() => "XY")),
      account_state: column(churn.map((c) => (c ? "closed" : "open"))),
      closing_fee: column(churn.map((c) => (c ? 1 : 0) + noise * random.normal())),
      churn: column(churn),
    });
    // Identifiers differ even where rows repeat, so they are left out of that comparison.
    const bare = table.drop("customer_id");
    const split = trainTestSplit(table.rows, { seed: lab.seed });
    const findings = leakageReport(table, "churn");
    const doubles = leakageReport(bare, "churn", { split }).filter((f) => f.kind === "duplicates");
    lab.table({
      columns: ["column", "kind", "advice", "finding"],
      rows: [...findings, ...doubles].map((f) => [f.column ?? "(rows)", f.kind, f.advice, f.message]),
    });
    const target = table.labels("churn").map(Number);
    const auc = (values: ArrayLike<number>) => {
      const a = rocAuc(target, values);
      return Math.max(a, 1 - a);
    };
    lab.plot(
      bars(
        Object.fromEntries(["usage", "mood", "closing_fee"].map((name) => [name, auc(table.numbers(name))])),
        {
          y: { label: "AUC of the column alone", domain: [0, 1] },
          alt: "AUC of three columns alone: the honest feature clearly below 1, the unrelated one near one half, the leaking fee near 1 when its noise is small.",
        },
      ),
    );
    const kindOf = (name: string) => findings.find((f) => f.column === name)?.kind ?? "none";
    lab.check("account state, a recoding of the target, is", kindOf("account_state"), {
      equals: "equivalent",
    });
    lab.check("customer number is", kindOf("customer_id"), { equals: "id" });
    lab.check("the constant country is", kindOf("country"), { equals: "constant" });
    lab.check("the unrelated column is", kindOf("mood"), { equals: "none" });
    const fee = auc(table.numbers("closing_fee"));
    lab.check("the fee is flagged exactly when its AUC is 0.995 or more", kindOf("closing_fee") !== "none", {
      equals: fee >= 0.995,
    });
    const shared = duplicatesAcross(bare, split);
    if (repeated) {
      lab.check("test rows that are also training rows, of 30 pairs", shared.length, { between: [3, 30] });
      lab.check("are reported with their share", doubles[0]?.strength ?? 0, {
        equals: shared.length / split.test.length,
        within: 1e-12,
      });
    } else lab.check("no row is on both sides", shared.length, { equals: 0 });

    // Times: the fee is booked a week after the decision, and closing dates lie after it.
    const day = 86_400_000;
    const decided = Float64Array.from(rows, (_, i) => i * day);
    const dated = table
      .withColumn("decided", dateColumn(decided))
      .withColumn("fee_booked", dateColumn(decided.map((t) => t + 7 * day)))
      .withColumn("usage_read", dateColumn(decided.map((t) => t - day)))
      .withColumn("closed_on", dateColumn(decided.map((t, i) => (i % 2 === 0 ? t + day : Number.NaN))));
    const timed = leakageReport(dated, "churn", {
      labelTime: "decided",
      recordedAt: { closing_fee: "fee_booked", usage: "usage_read" },
      order: "decided",
      split,
      modelAuc: 0.997,
    });
    const columnsOf = (kind: string) =>
      timed
        .filter((f) => f.kind === kind)
        .map((f) => f.column ?? "(rows)")
        .join(", ");
    lab.check("recorded later than the label", columnsOf("late"), { equals: "closing_fee, closed_on" });
    lab.check("a random split of dated rows: training rows from the future of", columnsOf("future"), {
      equals: "(rows)",
    });
    const past = {
      train: Int32Array.from(range(300)),
      test: Int32Array.from(rows.slice(300).keys(), (i) => 300 + i),
    };
    const inOrder = leakageReport(dated, "churn", { order: "decided", split: past });
    lab.check("split by time: findings of that kind", inOrder.filter((f) => f.kind === "future").length, {
      equals: 0,
    });
    lab.check("a model's AUC of 0.997 is questioned", columnsOf("score"), { equals: "(rows)" });

    // Preprocessing on all rows leaves marks in the numbers, and fails the test of invariance.
    const features = table.select(["usage", "mood"]);
    const prepared = (safe: boolean) => (t: Table) =>
      new StandardScaler().fit(safe ? t.selectRows(split.train) : t).transform(t);
    const marks = (safe: boolean) =>
      leakageReport(features.withColumn("usage", prepared(safe)(features).col(0)), "mood", { split }).filter(
        (f) => f.kind === "preprocessed",
      ).length;
    lab.check("columns scaled on all rows, found by their marks", marks(false), { equals: 1 });
    lab.check("columns scaled on training rows, suspected", marks(true), { equals: 0 });
    lab.check(
      "test rows changed, scaler on all rows: training rows move",
      preprocessingLeak(prepared(false), features, split).leaks,
      { equals: true },
    );
    lab.check(
      "scaler on training rows: they move by",
      preprocessingLeak(prepared(true), features, split).change,
      { equals: 0 },
    );

    // Inject the leak and watch the AUC; then separable classes without any leak.
    const fit = (X: number[][]) => {
      const model = new LogisticRegression().fit(
        Array.from(split.train, (i) => X[i]!),
        Array.from(split.train, (i) => target[i]!),
      );
      const p = model.predictProba(Array.from(split.test, (i) => X[i]!)).col(1);
      return rocAuc(
        Array.from(split.test, (i) => target[i]!),
        p,
      );
    };
    const usage = [...table.numbers("usage")];
    const planted = target.map((v) => v + 0.05 * random.normal());
    lab.check("test AUC without the leak", fit(usage.map((v) => [v])), { below: 0.999 });
    lab.check("with a planted leak", fit(usage.map((v, i) => [v, planted[i]!])), { above: 0.999 });
    const honestlySeparable = range(n).map(() => random.normal());
    lab.check(
      "AUC of a threshold on an honest cause: 1 without any leak",
      rocAuc(
        honestlySeparable.map((v) => +(v > 0.3)),
        honestlySeparable,
      ),
      { equals: 1 },
    );
  },
});
