import { DateFeatures, FunctionTransformer, PolynomialFeatures, Table } from "whetstone/data";
import { LinearRegression } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { r2 } from "whetstone/metrics";
import { correlation, standardDeviation } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/feature-engineering",
  title: "Three transforms that pay: logarithm, interaction, aggregation",
  formula: String.raw`\log(\text{trend}\cdot\text{season})=\log\text{trend}+\log\text{season},\qquad x_1x_2,\qquad \operatorname{mean}(v\mid k)`,
  ask: "Why does hand-made feature engineering still pay on tables? Give three useful transforms.",
  answer:
    "It puts structure into columns that few rows would not teach a model. The logarithm of a positive multiplicative series is additive and steadies its variance; a product of columns lets a linear model bend; an aggregate over a key or a time window carries the history of that key.",
  pitfall:
    "Aggregates must use past rows only, or they leak the target. Logarithms need positive values, and errors averaged on the log scale are not errors in euros.",
  level: "medium",
  whenNot:
    "On images, sound and text with much data, where nets learn better features than people write. And not before a baseline: each feature must earn its place on held-out rows.",
  followUps: [
    {
      ask: "Trees ignore monotone changes: does a logarithm help them?",
      answer:
        "Not as an input: splits depend on the order only. As the target it can help, since squared error on the log scale weighs relative errors.",
    },
    {
      ask: "How do you build an aggregate without leaking?",
      answer:
        "For each row use only events before its prediction time: sort by time, take a running mean shifted by one. Target means per category come from other folds.",
    },
  ],
  derivation: String.raw`If $y=T\cdot S\cdot e^{\varepsilon}$, then $\log y=\log T+\log S+\varepsilon$: parts add up and the noise has the same size everywhere. On the raw scale the swings grow with the level $T$.

A linear model in $x_1,x_2$ that are independent with mean zero cannot see a product: $\operatorname{Cov}(x_1x_2,x_1)=\mathbb E[x_1^2]\,\mathbb E[x_2]=0$, likewise for $x_2$. With the column $x_1x_2$ it becomes linear.

A shop's number says nothing about its sales, but its past mean $\bar v_k$ estimates the shop's level with variance $\sigma^2/n_k$. As a feature it replaces one column per shop by a single informative number.`,
  covers: ["data/feature-engineering"],
  answers: ["q-b-350"],
  verifiedAgainst: ["scikit-learn 1.2 PolynomialFeatures", "closed forms of simulated series"],
  budget: "quick",
  controls: {
    growth: slider(0.5, 4, 2, { label: "growth over the series, e-folds", step: 0.25 }),
    noise: slider(0.02, 0.3, 0.1, { label: "relative noise", step: 0.02 }),
  },
  run(lab, { growth, noise }) {
    const random = lab.random();
    const n = 120;
    const make = (g: number, s: number) =>
      range(n).map(
        (t) =>
          10 *
          Math.exp((g * t) / n) *
          (1 + 0.4 * Math.sin((2 * Math.PI * t) / 12)) *
          Math.exp(random.normal(0, s)),
      );
    const logs = (y: number[]) =>
      Array.from(
        (
          new FunctionTransformer({ func: "log" }).fit(Matrix.column(y)).transform(Matrix.column(y)) as Matrix
        ).col(0),
      );
    const shown = make(growth, noise);
    lab.plot(
      figure(
        [
          { type: "line", name: "series / 10", x: range(n), y: shown.map((v) => v / 10) },
          { type: "line", name: "logarithm", x: range(n), y: logs(shown) },
        ],
        {
          x: { label: "month" },
          y: { label: "value" },
          alt: "A series whose swings grow with its level, and its logarithm, whose swings stay alike.",
        },
      ),
    );
    const y = make(2, 0.05);
    const swings = (v: number[]) => {
      // Seasonal swing of the last three years over that of the first three, trend taken off.
      const flat = (from: number) => {
        const part = v.slice(from, from + 36);
        const line = new LinearRegression().fit(
          part.map((_, t) => [t]),
          part,
        );
        return standardDeviation(part.map((p, t) => p - line.predict([[t]])[0]!));
      };
      return flat(n - 36) / flat(0);
    };
    lab.check("multiplicative series: later swings over earlier", swings(y), { above: 2.5 });
    lab.check("its logarithm", swings(logs(y)), { between: [0.6, 1.5] });
    const X = Matrix.from(range(300).map(() => [random.normal(), random.normal()]));
    const target = range(300).map((i) => X.at(i, 0) * X.at(i, 1) + 0.3 * random.normal());
    const plain = new LinearRegression().fit(X, target);
    const products = new PolynomialFeatures({ degree: 2, interactionOnly: true, includeBias: false });
    const more = products.fit(X).transform(X) as Matrix;
    lab.check("linear model on x₁, x₂ of a product: R²", r2(target, plain.predict(X)), { below: 0.1 });
    lab.check("with x₁x₂ as a column", r2(target, new LinearRegression().fit(more, target).predict(more)), {
      above: 0.8,
    });
    // Sales by shop: the mean of the rows before says what the shop's number does not.
    const level = range(30).map(() => random.normal(0, 3));
    const shop = range(900).map(() => random.int(30));
    const sales = shop.map((s) => level[s]! + random.normal());
    const history = Table.fromColumns({
      shop: shop.slice(0, 600).map((s) => `s${s}`),
      sales: sales.slice(0, 600),
    });
    const means = history.groupBy("shop").aggregate({ past: ["sales", "mean"] });
    const now = Table.fromColumns({
      shop: shop.slice(600).map((s) => `s${s}`),
      sales: sales.slice(600),
    }).join(means, { on: "shop" });
    lab.check(
      "shop number against later sales: |correlation|",
      Math.abs(correlation(shop.slice(600), sales.slice(600))),
      { below: 0.6 },
    );
    lab.check(
      "mean of its earlier sales against them",
      correlation(now.numbers("past"), now.numbers("sales")),
      { above: 0.85 },
    );
    const days = Table.fromColumns({ when: range(14).map((d) => new Date(Date.UTC(2024, 0, 1 + d))) });
    const parts = new DateFeatures().fit(days);
    lab.check("dates become columns", parts.outputNames().length, { atLeast: 3 });
  },
});
