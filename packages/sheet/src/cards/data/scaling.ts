import { MinMaxScaler, RobustScaler, StandardScaler } from "whetstone/data";
import { cond, gradientDescent, Matrix, multiply } from "whetstone/math";
import { mean, quantile, standardDeviation } from "whetstone/stats";
import { card, choice, figure, histogram, range, slider } from "../../index.ts";

export default card({
  id: "data/scaling",
  title: "Standardise, or rescale to a range: what each guarantees",
  formula: String.raw`z=\frac{x-\bar x_{\text{train}}}{s_{\text{train}}},\qquad u=\frac{x-\min_{\text{train}}}{\max_{\text{train}}-\min_{\text{train}}}`,
  ask: "What do a standard scaler and a min–max scaler guarantee, and which models need them?",
  answer:
    "Standardising gives every training column mean 0 and variance 1; min–max puts it into [0, 1]. Both are learned on training rows; test rows may leave the range. Neither changes the shape of a distribution nor ranks. Distances, penalties and gradient descent depend on units, so they need it; trees do not.",
  pitfall:
    "One outlier sets the whole min–max range and squeezes everybody else into a corner. Median and quartiles (robust scaling) do not notice it.",
  level: "easy",
  whenNot:
    "Trees and forests need no scaling. Sparse data lose their zeros by centring: scale without centring. Heavy tails want a logarithm, quantiles or a robust scaler first.",
  followUps: [
    {
      ask: "Why are test rows scaled with the training numbers?",
      answer:
        "The model learned what a value of 1 means in training units. Scaling the test set by itself would give the same raw value another meaning, and one row could not be scaled at all.",
    },
    {
      ask: "Does standardising make a column normal?",
      answer:
        "No. It moves and stretches the axis; skew, tails and ranks stay as they were. A power or quantile transform changes the shape.",
    },
  ],
  derivation: String.raw`Put $z=(x-\bar x)/s$. Then $\sum z=\frac1s(\sum x-n\bar x)=0$ and $\frac1n\sum z^2=\frac1{s^2}\cdot\frac1n\sum(x-\bar x)^2=1$: on the training rows this is exact, on other rows it holds up to sampling error.

Min–max sends the smallest training value to 0 and the largest to 1. One outlier at distance $D$ makes the denominator about $D$, so rows that span a width $w$ fill only $w/D$ of the range. Quartiles do not move when one value does.

A ridge penalty $\lambda\sum w_j^2$ and distances $\sum_j(x_j-x_j')^2$ change when a column changes units; after scaling they do not. Trees compare values of one column only, and order is kept.`,
  covers: ["data/standard-scaler", "data/min-max-scaler"],
  verifiedAgainst: ["scikit-learn 1.2 StandardScaler, MinMaxScaler, RobustScaler", "inverse transform"],
  budget: "quick",
  controls: {
    scaler: choice(["standard", "min–max", "robust", "none"], "min–max", { label: "scaler" }),
    outlier: slider(0, 100, 20, { label: "one outlier, in σ (0: none)" }),
    units: slider(1, 1000, 100, { label: "units of the second feature", scale: "log" }),
  },
  run(lab, { scaler, outlier, units }) {
    const random = lab.random();
    const n = 300;
    const draw = (m: number, odd: number) =>
      Matrix.from(
        range(m).map((i) => [i === 0 && odd ? odd : random.normal(), units * (2 + random.normal())]),
      );
    const train = draw(n, outlier);
    const test = draw(100, 0);
    const specs = {
      standard: new StandardScaler(),
      "min–max": new MinMaxScaler(),
      robust: new RobustScaler(),
    };
    const scaled = scaler === "none" ? train : specs[scaler].fit(train).transform(train);
    lab.plot(
      figure(
        [
          { ...histogram(scaled.col(0), { bins: 60, name: "feature 1 (with the outlier)" }) },
          { ...histogram(scaled.col(1), { bins: 60, name: "feature 2" }) },
        ],
        {
          title: scaler === "none" ? "Unscaled" : `After ${scaler} scaling`,
          x: { label: "value" },
          y: { label: "rows" },
          alt: `Histograms of two features after ${scaler} scaling: ${scaler === "min–max" ? "the outlier squeezes feature 1 into a narrow bar near zero" : scaler === "none" ? "their units keep them far apart" : "both are centred and equally wide"}.`,
        },
      ),
    );
    // Gradient descent on least squares: the path depends on the condition number.
    const H = (X: Matrix) => {
      const G = multiply(X, X, { transA: true });
      return new Matrix(
        G.data.map((v) => v / X.rows),
        2,
        2,
      );
    };
    const raw = H(train);
    const unit = H(specs.standard.fit(train).transform(train));
    const descend = (A: Matrix) => {
      const [a, b, , d] = A.data as unknown as [number, number, number, number];
      const top = Math.max(a + Math.abs(b), d + Math.abs(b));
      const path = gradientDescent(
        {
          value: (w) => 0.5 * (a * w[0]! ** 2 + 2 * b * w[0]! * w[1]! + d * w[1]! ** 2),
          gradient: (w) => [a * w[0]! + b * w[1]!, b * w[0]! + d * w[1]!],
        },
        [1, 1],
        { learningRate: 1 / top, maxIterations: 60, tolerance: 0, history: true },
      ).history!;
      return path.map((p) => Math.max(Math.hypot(p.x[0]!, p.x[1]!), 1e-12));
    };
    const [slow, fast] = [descend(raw), descend(unit)];
    lab.plot(
      figure(
        [
          { type: "line", name: "raw units", x: range(slow.length), y: slow },
          { type: "line", name: "standardised", x: range(fast.length), y: fast },
        ],
        {
          title: "Least squares by gradient descent",
          x: { label: "step" },
          y: { label: "distance to the solution", scale: "log" },
          alt: "Distance to the least-squares solution by step: a steep straight line with standardised features, an almost flat one in raw units.",
        },
      ),
    );
    const standard = specs.standard.fit(train);
    const Z = standard.transform(train);
    const u = specs["min–max"].fit(train).transform(train);
    lab.check(
      "standard: largest mean of a column",
      Math.max(...[0, 1].map((j) => Math.abs(mean(Z.col(j))))),
      {
        atMost: 1e-12,
      },
    );
    const spread = (column: Float64Array) => Math.sqrt(mean(column.map((v) => v * v)));
    lab.check(
      "standard: largest distance of a standard deviation from 1",
      Math.max(...[0, 1].map((j) => Math.abs(spread(Z.col(j)) - 1))),
      {
        atMost: 1e-12,
      },
    );
    lab.check("min–max: smallest and largest value", `${Math.min(...u.data)} ${Math.max(...u.data)}`, {
      equals: "0 1",
    });
    const wide = new MinMaxScaler({ featureRange: [-1, 1] }).fit(train).transform(train);
    lab.check(
      "into [−1, 1]: smallest and largest value",
      `${Math.min(...wide.data)} ${Math.max(...wide.data)}`,
      {
        equals: "-1 1",
      },
    );
    const order = (column: Float64Array) =>
      range(n)
        .sort((a, b) => column[a]! - column[b]!)
        .join();
    lab.check(
      "ranks are untouched",
      order(Z.col(0)) === order(train.col(0)) && order(u.col(1)) === order(train.col(1)),
      {
        equals: true,
      },
    );
    const back = standard.inverseTransform(Z);
    lab.check(
      "inverse transform, largest relative error",
      Math.max(...back.data.map((v, i) => Math.abs(v - train.data[i]!))) / units,
      {
        atMost: 1e-12,
      },
    );
    // Test rows use the statistics of training: their own mean is near 0, not 0.
    const later = standard.transform(test).col(1);
    lab.check("test rows by training statistics: their mean is not exactly 0", Math.abs(mean(later)), {
      above: 1e-6,
    });
    lab.check("a test value through the formula", standard.transform([[0, 3 * units]]).at(0, 1), {
      equals: (3 * units - mean(train.col(1))) / (standardDeviation(train.col(1)) * Math.sqrt((n - 1) / n)),
      relative: 1e-12,
    });
    if (outlier >= 10) {
      const width = (X: { col(j: number): Float64Array }) =>
        quantile(X.col(0), 0.75) - quantile(X.col(0), 0.25);
      lab.check("min–max with the outlier: half of the rows lie in a range of", width(u), { below: 0.15 });
      lab.check("robust: the same half has width", width(specs.robust.fit(train).transform(train)), {
        equals: 1,
        within: 1e-9,
      });
    }
    if (units >= 30)
      lab.check("condition number, raw over standardised", cond(raw) / cond(unit), { above: 10 });
  },
});
