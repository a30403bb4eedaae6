import { Pipeline, StandardScaler, StratifiedKFold, Table, TargetEncoder } from "whetstone/data";
import { LogisticRegression, Ridge } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { rocAuc } from "whetstone/metrics";
import { crossValidate } from "whetstone/selection";
import { correlation, mean } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/leakage",
  title: "What is fitted on all rows has already seen the test",
  formula: String.raw`\text{fit}\big(T,\ \text{train}\big)\to T(\text{train}),\,T(\text{test})\qquad\text{never}\quad\text{fit}\big(T,\ \text{train}\cup\text{test}\big)`,
  ask: "What goes wrong if features are chosen, encoded or scaled on the whole data set before cross-validation?",
  answer:
    "The test rows have shaped the model, so the score is about rows it knows. On pure noise, choosing the ten best of 600 features on all rows gives an AUC near 0.9, encoding ids by their mean target above 0.75; inside the folds both fall back to 0.5. Put every fitted step into a pipeline: it is then refitted per fold.",
  pitfall:
    "Scaling leaks least (no labels) and so hides best. The test is invariance: change a test row, refit. If anything learned from training rows moves, it leaked.",
  level: "medium",
  whenNot:
    "Steps that learn nothing from rows (logarithms, fixed units, given vocabularies) may be applied to all rows at once. In semi-supervised use of the test inputs, say so: the score is then for those rows only.",
  followUps: [
    {
      ask: "Why is feature selection the worst of these leaks?",
      answer:
        "It uses labels: of 600 noise columns some correlate with y by luck on all rows, test included. The selection carries that luck into the test folds, and the score measures it.",
    },
    {
      ask: "How do you test a pipeline for leaks automatically?",
      answer:
        "Change one test row strongly and refit. Training predictions, learned means and chosen columns must not move; anything that does has seen the test row.",
    },
  ],
  derivation: String.raw`The correlation of a noise column with $y$ over $n$ rows has deviation about $1/\sqrt n$. The largest of $p$ is about $\sqrt{2\ln p/n}$: for $p=600$, $n=50$ roughly $0.5$. Such columns separate the classes well on these rows, and on these only.

If they are chosen on all rows, each test fold contributed to that luck, so the model is right there too. Chosen on training rows alone, the columns are independent of the test labels, and the expected AUC is $\tfrac12$.

For a target mean the mechanism is plainer: $\mu_c$ contains $y_i/n_c$ of the row itself. With two rows per id half of the code is the label.`,
  covers: ["data/leakage-safe-pipeline", "claim-a-380"],
  answers: ["q-a-194", "q-a-519"],
  verifiedAgainst: [
    "pure noise, whose true AUC is 0.5",
    "a learner that records which rows it is fitted to",
    "scikit-learn 1.2 preprocessing and a loop by hand for TargetEncoder",
  ],
  budget: "quick",
  controls: {
    features: slider(20, 1000, 600, { label: "noise features to choose from", scale: "log" }),
    rows: slider(30, 120, 50, { label: "rows", step: 10 }),
    chosen: slider(2, 15, 10, { label: "features chosen" }),
  },
  run(lab, { features, rows, chosen }) {
    const random = lab.random();
    const model = new LogisticRegression();
    const noise = (n: number, d: number) => new Matrix(random.fillNormal(new Float64Array(n * d)), n, d);
    const y = range(rows).map((i) => i % 2);
    const folds = new StratifiedKFold({ nSplits: 5, shuffle: true, seed: lab.seed }).split(rows, y);
    /** The columns that go best with the labels, by the given rows. */
    const best = (X: Matrix, by: ArrayLike<number>) => {
      const labels = Array.from(by, (i) => y[i]!);
      const part = X.selectRows(by);
      return range(X.cols)
        .map((j) => ({ j, r: Math.abs(correlation(part.col(j), labels)) }))
        .sort((a, b) => b.r - a.r)
        .slice(0, chosen)
        .map(({ j }) => j);
    };
    const score = (X: Matrix, columns: (train: Int32Array) => number[]) => {
      return mean(
        folds.map(({ train, test }) => {
          const part = X.selectCols(columns(train));
          const fitted = model.fit(
            part.selectRows(train),
            Array.from(train, (i) => y[i]!),
          );
          return rocAuc(
            Array.from(test, (i) => y[i]!),
            fitted.predictProba(part.selectRows(test)).col(1),
          );
        }),
      );
    };
    const compare = (d: number) => {
      const X = noise(rows, d);
      const once = best(X, range(rows));
      return { leaky: score(X, () => once), safe: score(X, (train) => best(X, train)) };
    };
    const widths = [20, 60, 200, 600];
    const sweep = widths.map(compare);
    const own = compare(Math.round(features));
    lab.plot(
      figure(
        [
          { type: "line", name: "chosen on all rows", x: widths, y: sweep.map((s) => s.leaky) },
          { type: "line", name: "chosen inside each fold", x: widths, y: sweep.map((s) => s.safe) },
          { type: "points", name: "chosen on all rows", x: [features], y: [own.leaky], size: 6 },
          { type: "points", name: "chosen inside each fold", x: [features], y: [own.safe], size: 6 },
          { type: "rule", name: "truth: labels are coin flips", y: 0.5 },
        ],
        {
          x: { label: "noise features to choose from", scale: "log" },
          y: { label: "cross-validated AUC", domain: [0, 1] },
          alt: "AUC on pure noise against the number of candidate features: with selection on all rows it climbs towards 1, with selection inside the folds it stays around one half.",
        },
      ),
    );

    // Averages over data sets, since one AUC on few rows is itself noisy.
    const repeats = range(12).map(() => compare(200));
    lab.check("200 noise features, chosen on all rows: mean AUC", mean(repeats.map((r) => r.leaky)), {
      above: 0.72,
    });
    lab.check("chosen inside the folds: mean AUC", mean(repeats.map((r) => r.safe)), {
      equals: 0.5,
      within: 0.13,
    });

    // An id with a few rows each, encoded by its mean target; labels are coins.
    const n = 400;
    const ids = range(n).map((i) => `u${Math.floor(i / 3)}`);
    const labels = range(n).map(() => +random.bernoulli());
    const table = Table.fromColumns({ id: ids });
    const encoder = new TargetEncoder({ seed: lab.seed });
    const before = encoder.fit(table, labels).transform(table);
    const auc = (spec: LogisticRegression | Pipeline, X: Matrix | Table) =>
      crossValidate(spec, X, labels, { scoring: "rocAuc", seed: lab.seed }).mean.rocAuc!;
    const encoded = auc(model, before);
    const piped = auc(
      new Pipeline({
        steps: [
          ["encode", encoder],
          ["model", model],
        ],
      }),
      table,
    );
    lab.check("ids encoded by target on all rows: AUC", encoded, { above: 0.75 });
    lab.check("encoder in the pipeline: AUC", piped, { equals: 0.5, within: 0.12 });
    lab.table({
      columns: ["step on pure noise", "fitted on all rows", "fitted in the fold"],
      rows: [
        [
          `best ${chosen} of ${Math.round(features)} features`,
          Number(own.leaky.toFixed(2)),
          Number(own.safe.toFixed(2)),
        ],
        ["target encoding of ids", Number(encoded.toFixed(2)), Number(piped.toFixed(2))],
      ],
      caption: "Cross-validated AUC; the truth is 0.5.",
    });

    // Scaling: few rows, heavy tails, no relation at all between x and y.
    const ridge = new Ridge({ alpha: 5 });
    const safe = new Pipeline({
      steps: [
        ["scale", new StandardScaler()],
        ["model", ridge],
      ],
    });
    const gaps = range(60).map(() => {
      const X = Matrix.column(range(10).map(() => random.studentT(1.5)));
      const target = range(10).map(() => random.normal());
      const all = new StandardScaler().fit(X).transform(X);
      const error = (spec: Ridge | Pipeline, Z: Matrix) =>
        crossValidate(spec, Z, target, { cv: 5, scoring: "mse", seed: lab.seed }).mean.mse!;
      return Math.log(error(safe, X) / error(ridge, all));
    });
    lab.check("scaler on all of 10 rows: the error looks smaller by the factor", Math.exp(mean(gaps)), {
      above: 1,
    });
    // The invariance test: move one test row and refit.
    const X = noise(20, 2);
    const t = range(20).map(() => random.normal());
    const moved = X.clone();
    moved.set(19, 0, 1000);
    const cv = [{ train: range(15), test: [15, 16, 17, 18, 19] }];
    const probe = (Z: Matrix, spec: Ridge | Pipeline) => {
      const { folds: results } = crossValidate(spec, Z, t, { cv, returnModels: true, scoring: "mse" });
      return (results[0]!.model as unknown as { predict(X: Matrix): Float64Array }).predict(
        Z.selectRows(range(15)),
      );
    };
    const shift = (a: Float64Array, b: Float64Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
    lab.check(
      "test row moved to 1000: training predictions of the pipeline move by",
      shift(probe(X, safe), probe(moved, safe)),
      {
        equals: 0,
      },
    );
    const scaled = (Z: Matrix) => new StandardScaler().fit(Z).transform(Z);
    lab.check(
      "with the scaler fitted on all rows they move by",
      shift(probe(scaled(X), ridge), probe(scaled(moved), ridge)),
      {
        above: 1e-3,
      },
    );
  },
});
