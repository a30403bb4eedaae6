import {
  ColumnTransformer,
  type ColumnTransformerModel,
  OneHotEncoder,
  Pipeline,
  type PipelineModel,
  SimpleImputer,
  StandardScaler,
  StratifiedKFold,
  Table,
} from "whetstone/data";
import { LogisticRegression, type LogisticRegressionModel } from "whetstone/linear";
import { Matrix, sigmoid } from "whetstone/math";
import { crossValidate } from "whetstone/selection";
import { mean } from "whetstone/stats";
import { bars, card, choice, range, slider } from "../../index.ts";

export default card({
  id: "data/pipeline",
  title: "A pipeline is one estimator: fitted together, applied together",
  formula: String.raw`\hat y=f\big(T_m(\cdots T_1(x))\big),\qquad \text{fit: each }T_k\text{ on training rows only}`,
  ask: "Why put imputer, scaler, encoder and model into one pipeline, and how are column kinds treated apart?",
  answer:
    "Then fit learns every step from the training rows, and predict applies exactly those steps to new rows: nothing leaks in cross-validation and nothing differs in serving. A column transformer sends numbers to imputer and scaler, categories to an encoder, and joins the results. Nested parameters are step__param.",
  pitfall:
    "Preprocessing outside the pipeline gets lost: the notebook scaled, the server did not. And columns in another order are swapped unnoticed where only positions are known: pass tables with names.",
  level: "easy",
  whenNot:
    "Steps that change the number of rows (dropping, resampling) need special care, as they must run in fit only. Very costly preparation without learned numbers may be done once outside.",
  followUps: [
    {
      ask: "How do you tune a preprocessing step with the model?",
      answer:
        "Search over step__param names, such as imputer__strategy and model__C: every candidate refits the whole pipeline in each fold, so the comparison does not leak.",
    },
    {
      ask: "What goes into the saved artefact?",
      answer:
        "The fitted pipeline as one object, with column names and types, library version and the training data's version: the server then needs raw rows only.",
    },
  ],
  derivation: String.raw`Fit runs through the steps: $Z_1=T_1.\text{fit}(X)(X)$, $Z_2=T_2.\text{fit}(Z_1)(Z_1)$, and so on, then the model on $Z_m$. Predict applies the stored maps only: $\hat y=f(T_m(\cdots T_1(x)))$. Nothing is learned from the rows to predict.

Cross-validation calls fit on training rows of each fold. As every $T_k$ sits inside, its numbers differ from fold to fold and depend on no test row: $T_k$ is a function of the training rows, as the estimate of error requires.

A column transformer is a block of such maps side by side, $T(x)=(T_a(x_A),T_b(x_B))$, and is itself a map with fit: pipelines may hold transformers and the other way round.`,
  covers: ["data/pipeline", "data/column-transformer"],
  answers: ["q-a-519", "q-a-520"],
  verifiedAgainst: [
    "the same steps by hand, number for number",
    "scikit-learn 1.2 for imputer, scaler, encoder and logistic regression",
  ],
  budget: "quick",
  controls: {
    C: slider(0.001, 100, 1, { label: "model__C", scale: "log" }),
    fill: choice(["mean", "median"], "median", { label: "fill for missing numbers" }),
    gaps: slider(0, 0.6, 0.2, { label: "share of ages missing", step: 0.05 }),
  },
  run(lab, { C, fill, gaps }) {
    const random = lab.random();
    const n = 400;
    const cities = ["Lyon", "Oslo", "Rome"];
    const city = range(n).map(() => random.int(3));
    const age = range(n).map(() => 40 + 12 * random.normal());
    const buys = age.map((v, i) =>
      random.uniform() < sigmoid((v - 40) / 10 + 1.5 * (city[i]! - 1)) ? "yes" : "no",
    );
    const table = Table.fromColumns({
      age: age.map((v) => (random.uniform() < gaps ? null : v)),
      income: range(n).map(() => Math.exp(10 + 0.5 * random.normal())),
      city: city.map((k) => cities[k]!),
    });
    const imputer = new SimpleImputer({ strategy: fill });
    const spec = new Pipeline({
      steps: [
        [
          "fill",
          new ColumnTransformer({
            transformers: [
              ["numbers", imputer, { kind: "number" }],
              ["words", "passthrough", { kind: "category" }],
            ],
          }),
        ],
        [
          "encode",
          new ColumnTransformer({
            transformers: [
              ["numbers", new StandardScaler(), ["age", "income"]],
              ["words", new OneHotEncoder({ handleUnknown: "ignore" }), ["city"]],
            ],
          }),
        ],
        ["model", new LogisticRegression()],
      ],
    }).with({ model__C: C });
    const rows = { train: range(300), test: range(100).map((i) => 300 + i) };
    const train = table.selectRows(rows.train);
    const test = table.selectRows(rows.test);
    const y = rows.train.map((i) => buys[i]!);
    const model = spec.fit(train, y);
    const names = (model.steps[1]![1] as ColumnTransformerModel).outputNames();
    lab.plot(
      bars(
        Object.fromEntries(
          names.map((name, j) => [name, (model.last as LogisticRegressionModel).coef.at(0, j)]),
        ),
        {
          title: "Coefficients, by the columns that the model sees",
          y: { label: "logit per unit" },
          alt: "Coefficients of the logistic regression by encoded column: age rises, income is near zero, Lyon lowers and Rome raises the odds.",
        },
      ),
    );
    const p = model.predictProba(test).col(1);

    // The same by hand.
    const numbers = ["age", "income"];
    const fillModel = imputer.fit(train.select(numbers));
    const scaler = new StandardScaler().fit(fillModel.transform(train.select(numbers)));
    const encoder = new OneHotEncoder({ handleUnknown: "ignore" }).fit(train.select(["city"]));
    const byHand = (t: Table) => {
      const left = scaler.transform(fillModel.transform(t.select(numbers)));
      const right = encoder.transform(t.select(["city"]));
      return Matrix.from(range(t.rows).map((i) => [...left.row(i), ...right.row(i)]));
    };
    const hand = new LogisticRegression({ C }).fit(byHand(train), y).predictProba(byHand(test)).col(1);
    const gap = (a: Float64Array, b: Float64Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
    lab.check("largest gap to the same steps by hand, 100 test rows", gap(p, hand), { atMost: 1e-9 });
    lab.check("columns the model sees", names.length, { equals: 5 });
    const shuffled = test.select(["city", "income", "age"]);
    lab.check("columns in another order: largest change", gap(p, model.predictProba(shuffled).col(1)), {
      equals: 0,
    });
    lab.check("model__C reaches the model", (spec.step("model") as LogisticRegression).params.C, {
      equals: C,
    });
    const abroad = Table.fromColumns({ age: [40], income: [22_000], city: ["Kyiv"] });
    lab.check("an unseen city still gets a probability", model.predictProba(abroad).at(0, 1), {
      between: [0, 1],
    });

    // In cross-validation each fold learns its own statistics.
    const cv = new StratifiedKFold({ nSplits: 5, shuffle: true, seed: lab.seed });
    const splits = cv.split(n, buys);
    const result = crossValidate(spec, table, buys, {
      cv,
      returnModels: true,
      scoring: ["rocAuc", "accuracy"],
    });
    const centres = result.folds.map((fold) => {
      const encode = (fold.model as PipelineModel).steps[1]![1] as ColumnTransformerModel;
      return encode.transform(Table.fromColumns({ age: [0, 1], income: [0, 0], city: ["Oslo", "Oslo"] }));
    });
    const filled = splits.map(({ train: part }) => {
      const t = table.selectRows(part).select(numbers);
      return mean(imputer.fit(t).transform(t).col(0));
    });
    // A scaler maps 0 to -centre / s and 1 to (1 - centre) / s.
    const learned = centres.map((Z) => -Z.at(0, 0) / (Z.at(1, 0) - Z.at(0, 0)));
    lab.check(
      "each fold's scaler is centred on its training rows: largest gap",
      Math.max(...learned.map((c, f) => Math.abs(c - filled[f]!))),
      { atMost: 1e-6 },
    );
    lab.check("and the folds differ by", Math.max(...learned) - Math.min(...learned), { above: 1e-3 });
    if (C >= 0.05) lab.check("cross-validated AUC", result.mean.rocAuc!, { above: 0.7 });
  },
});
