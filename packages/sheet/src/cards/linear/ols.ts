import { LinearRegression } from "whetstone/linear";
import { gradientDescent, lstsq, Matrix, pinv, solve } from "whetstone/math";
import { correlation, mean, variance } from "whetstone/stats";
import {
  card,
  dataset,
  field,
  figure,
  type Lab,
  type LabData,
  range,
  scaled,
  slider,
  targetsOf,
  toggle,
} from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(lab: Lab, data: LabData, fitIntercept: boolean): void {
  const [Z, y] = [scaled(data), targetsOf(data)];
  const model = new LinearRegression({ fitIntercept }).fit(Z, y);
  const said = model.predict(Z);
  const off = y.map((v, i) => v - said[i]!);
  const squares = (v: Float64Array) => v.reduce((s, e) => s + e * e, 0);
  const spread = variance(y) * (y.length - 1);
  const rSquared = 1 - squares(off) / spread;
  const ends = [Math.min(...y), Math.max(...y)];
  lab.plot(
    figure(
      [
        { type: "points", x: Array.from(said), y: Array.from(y), size: 3 },
        { type: "line", name: "prediction = target", x: ends, y: ends, dashed: true },
      ],
      {
        title: `${data.name}: R² = ${rSquared.toFixed(3)} on the training rows`,
        x: { label: "prediction" },
        y: { label: data.target ?? "target" },
        alt: `${data.target} of the rows of ${data.name} against its prediction ${fitIntercept ? "with" : "without"} an intercept.`,
      },
    ),
  );
  lab.plot(
    figure([{ type: "bars", x: data.columns.slice(0, 20), y: Array.from(model.coef.slice(0, 20)) }], {
      title: "Weights of scaled columns",
      x: { scale: "band" },
      y: { label: "change of the prediction for one deviation" },
      alt: `Least-squares weights of the columns of ${data.name}, each scaled to deviation 1.`,
    }),
  );
  const size = Math.sqrt(squares(y) * y.length);
  lab.check(
    "largest product of a column with the residuals, over ‖y‖√n",
    Math.max(...Z.transposedMatVec(off).map(Math.abs)) / size,
    { atMost: 1e-8 },
  );
  const random = lab.random();
  const nudged = range(50).map(() => {
    const moved = Z.matVec(model.coef.map((w) => w + (Math.sqrt(spread / y.length) / 10) * random.normal()));
    return squares(y.map((v, i) => v - moved[i]! - model.intercept));
  });
  lab.check(
    "smallest squared error of 50 nudged fits over that of the fit, less 1",
    Math.min(...nudged) / squares(off) - 1,
    {
      atLeast: -1e-9,
    },
  );
  if (fitIntercept) {
    lab.check("residuals add to 0: sum over ‖y‖√n", Math.abs(off.reduce((a, b) => a + b, 0)) / size, {
      atMost: 1e-8,
    });
    lab.check("R² with intercept, in sample", rSquared, { between: [-1e-9, 1] });
    lab.check("against the squared correlation of y and ŷ", rSquared, {
      equals: correlation(y, said) ** 2,
      within: 1e-7,
    });
  } else {
    const centred = new LinearRegression().fit(Z, y).predict(Z);
    lab.check(
      "forced through the origin: squared error over that with an intercept",
      squares(off) / Math.max(squares(y.map((v, i) => v - centred[i]!)), 1e-12 * size),
      { atLeast: 1 - 1e-9 },
    );
  }
}

export default card({
  id: "linear/ols",
  title: "Least squares: four routes to one minimum",
  formula: String.raw`\hat w=\arg\min_w\tfrac1n\lVert y-Xw\rVert^2,\qquad X^\top X\,\hat w=X^\top y,\qquad X^\top(y-X\hat w)=0`,
  ask: "What does ordinary least squares minimise, how is it solved, and what does the intercept do?",
  answer:
    "The mean squared error. The gradient is zero where residuals are orthogonal to every column: the normal equations. QR or SVD solve the same problem with better conditioning, gradient descent without forming it. The intercept makes residuals average zero; without it the line is forced through the origin.",
  pitfall:
    "XᵀX squares the condition number: twice as many digits are lost. And without an intercept R² may be negative and no longer equals a squared correlation.",
  level: "easy",
  whenNot:
    "With outliers use Huber or quantile regression; with correlated columns ridge; with errors in x the slope is biased towards zero, and more rows do not cure it.",
  followUps: [
    {
      ask: "When may a network layer do without its bias?",
      answer:
        "When BatchNorm follows directly: it subtracts each unit's mean, so the bias cancels, and brings its own shift. LayerNorm does not: its mean runs over the units.",
    },
    {
      ask: "What does Gauss–Markov promise?",
      answer:
        "Among linear unbiased estimators least squares has the least variance, if errors have mean 0, equal variance and no correlation. Biased ones may be better.",
    },
  ],
  derivation: String.raw`$\nabla\lVert y-Xw\rVert^2=-2X^\top(y-Xw)$: zero exactly if residuals are orthogonal to every column. The Hessian $2X^\top X\succeq0$ makes it a minimum, unique if columns are independent.

QR: $X=QR$ gives $\lVert y-Xw\rVert^2=\lVert Q^\top y-Rw\rVert^2+\text{rest}$, so $Rw=Q^\top y$; its condition number is $\kappa(X)$, that of $X^\top X$ is $\kappa(X)^2$.

The intercept is a column of ones: residuals sum to zero and the line runs through $(\bar x,\bar y)$. Then $\lVert y-\bar y\rVert^2=\lVert\hat y-\bar y\rVert^2+\lVert y-\hat y\rVert^2$, hence $R^2=r^2$.`,
  covers: ["linear/ols", "claim-a-049", "claim-b-368"],
  answers: ["q-a-497", "q-b-333"],
  verifiedAgainst: [
    "scikit-learn 1.2 LinearRegression",
    "statsmodels 0.13 OLS",
    "exact rational arithmetic on Longley's data",
  ],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "diabetes"], "numbers", { seeded: true }),
    slope: slider(-3, 3, 1.5, { label: "true slope", step: 0.1, simulated: true }),
    offset: slider(-5, 5, 3, { label: "true intercept", step: 0.5, simulated: true }),
    noise: slider(0.1, 3, 1, { label: "noise", step: 0.1, simulated: true }),
    fitIntercept: toggle(true, { label: "fit an intercept" }),
  },
  run(lab, { data, slope, offset, noise, fitIntercept }) {
    if (data) {
      onTable(lab, data, fitIntercept);
      return;
    }
    const random = lab.random();
    const n = 60;
    const x = Array.from({ length: n }, () => random.uniform(0, 4));
    const y = x.map((v) => offset + slope * v + noise * random.normal());
    const X = Matrix.column(x);
    const shown = new LinearRegression({ fitIntercept }).fit(X, y);
    const model = new LinearRegression().fit(X, y);
    const mse = (w: number, b: number) => mean(y.map((v, i) => (v - w * x[i]! - b) ** 2));
    const [w, b] = [model.coef[0]!, model.intercept];
    lab.plot(
      figure(
        [
          { type: "points", x, y, size: 3 },
          {
            type: "line",
            name: "fit",
            x: [0, 4],
            y: [0, 4].map((v) => shown.intercept + shown.coef[0]! * v),
          },
          {
            type: "arrows",
            name: "residuals",
            x1: x,
            y1: y.map((_, i) => shown.intercept + shown.coef[0]! * x[i]!),
            x2: x,
            y2: y,
          },
        ],
        {
          title: `MSE = ${mse(shown.coef[0]!, shown.intercept).toFixed(3)}`,
          x: { label: "x" },
          y: { label: "y" },
          alt: `Points, their least-squares line ${fitIntercept ? "with an intercept" : "through the origin"} and the residuals as vertical segments.`,
        },
      ),
    );
    lab.plot(
      figure(
        [
          field((u, v) => mse(u, v), [w - 3, w + 3], [b - 6, b + 6], {
            contours: [1, 2, 4, 8, 16, 32].map((c) => mse(w, b) * (1 + c / 4)),
          }),
          { type: "points", name: "least squares", x: [w], y: [b], size: 5 },
        ],
        {
          title: "The error as a function of slope and intercept",
          x: { label: "slope" },
          y: { label: "intercept" },
          alt: "Elliptical contours of the mean squared error; the least-squares fit lies at their centre.",
        },
      ),
    );
    const best = mse(w, b);
    const nudged = range(200).map(() => mse(w + 0.1 * random.normal(), b + 0.1 * random.normal()));
    lab.check("smallest MSE of 200 nudged lines, less that of the fit", Math.min(...nudged) - best, {
      above: 0,
    });
    // Four routes on more columns.
    const Z = new Matrix(random.fillNormal(new Float64Array(n * 4)), n, 4);
    const A = new Matrix(
      Float64Array.from({ length: n * 5 }, (_, i) => (i % 5 === 4 ? 1 : Z.at(Math.floor(i / 5), i % 5))),
      n,
      5,
    );
    const t = Float64Array.from(
      { length: n },
      (_, i) => 2 * Z.at(i, 0) - Z.at(i, 3) + 1 + noise * random.normal(),
    );
    const reference = new LinearRegression().fit(Z, t);
    const w4 = [...reference.coef, reference.intercept];
    const gap = (v: ArrayLike<number>) => Math.max(...w4.map((c, i) => Math.abs(c - v[i]!)));
    lab.check("normal equations", gap(solve(A.transpose().matmul(A), A.transposedMatVec(t))), {
      atMost: 1e-10,
    });
    lab.check("orthogonal factors (lstsq)", gap(lstsq(A, t).x), { atMost: 1e-10 });
    lab.check("pseudoinverse from the SVD", gap(pinv(A).matVec(t)), { atMost: 1e-10 });
    const descent = gradientDescent(
      {
        value: (v) => A.matVec(v).reduce((s, p, i) => s + (p - t[i]!) ** 2, 0) / (2 * n),
        gradient: (v) => A.transposedMatVec(A.matVec(v).map((p, i) => (p - t[i]!) / n)),
      },
      new Float64Array(5),
      { learningRate: 0.4, maxIterations: 2000, tolerance: 1e-11 },
    );
    lab.check("gradient descent", gap(descent.x), { atMost: 1e-7 });
    const fitted = reference.predict(Z);
    const residuals = t.map((v, i) => v - fitted[i]!);
    lab.check(
      "largest product of a column with the residuals",
      Math.max(...A.transposedMatVec(residuals).map(Math.abs)),
      { atMost: 1e-9 },
    );
    const rSquared = 1 - residuals.reduce((s, e) => s + e * e, 0) / (variance(t) * (n - 1));
    lab.check("R² with intercept, in sample", rSquared, { between: [0, 1] });
    lab.check("equals the squared correlation of y and ŷ", rSquared, {
      equals: correlation(t, fitted) ** 2,
      within: 1e-12,
    });
    const shifted = t.map((v) => v + 20);
    const through = new LinearRegression({ fitIntercept: false }).fit(Z, shifted).predict(Z);
    const error = (p: Float64Array) => mean(p.map((v, i) => (v - shifted[i]!) ** 2));
    lab.check(
      "forced through the origin: error over that with intercept",
      error(through) / error(new LinearRegression().fit(Z, shifted).predict(Z)),
      { above: 10 },
    );
    lab.check("and R² falls below 0", 1 - error(through) / ((variance(shifted) * (n - 1)) / n), { below: 0 });
  },
});
