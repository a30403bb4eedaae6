import { GeneralizedLinearRegressor, LinearRegression } from "whetstone/linear";
import { hessianConvexity, Matrix } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/poisson",
  title: "Rates: Poisson regression with an offset",
  formula: String.raw`\log\lambda_i=\log(\text{exposure}_i)+x_i^\top\beta,\qquad -\ell(\beta)=\sum_i\lambda_i-y_i\log\lambda_i\ \text{convex}`,
  ask: "Clicks come from buckets of unequal size: how do you model the rate, and what does linear regression get wrong?",
  answer:
    "Counts grow in proportion to exposure, so its logarithm enters the predictor with coefficient 1 fixed: an offset. The log link keeps rates positive and makes effects multiplicative, and the likelihood gives each bucket the weight its variance deserves. The loss is convex.",
  pitfall:
    "Dividing counts by exposure and fitting least squares weighs a bucket of 10 like one of 10,000 and can predict negative rates. And check the dispersion: real counts often vary more than Poisson's.",
  level: "medium",
  whenNot:
    "With overdispersion its errors are too small: negative binomial or sandwich errors. With many exact zeros a hurdle model. For large counts a log-normal often does.",
  followUps: [
    {
      ask: "What is an offset?",
      answer:
        "A term with its coefficient fixed at 1: log exposure. Doubling the exposure doubles the expected count and leaves the rate.",
    },
    {
      ask: "How do you read a coefficient?",
      answer: "One unit of xⱼ multiplies the rate by exp(βⱼ), others held fixed.",
    },
  ],
  derivation: String.raw`With $\lambda_i=t_ie^{x_i^\top\beta}$, $\log\lambda_i=\log t_i+x_i^\top\beta$: exposure enters with coefficient 1. Minus the log likelihood is $\sum\lambda_i-y_i\log\lambda_i$ up to a constant; gradient $X^\top(\lambda-y)$, Hessian $X^\top\operatorname{diag}(\lambda)X\succeq0$: convex.

With an intercept the gradient says $\sum\lambda_i=\sum y_i$. Multiplying all exposures by 2 is undone by lowering the intercept by $\ln2$.

A rate $y_i/t_i$ has variance $\lambda_i/t_i^2$: a bucket of 10,000 deserves a thousand times the weight of one of 10, which the likelihood gives and plain least squares does not.`,
  covers: ["linear/poisson-regression", "claim-b-302"],
  answers: ["q-b-315"],
  verifiedAgainst: ["statsmodels 0.13 GLM(Poisson) with offset: coefficients and standard errors"],
  budget: "quick",
  controls: {
    slope: slider(-2, 2, 1.5, { label: "true slope of the log rate", step: 0.1 }),
    spread: slider(1, 4, 2, { label: "spread of exposures, powers of ten", step: 0.5 }),
  },
  run(lab, { slope, spread }) {
    const random = lab.random();
    const n = 300;
    const x = range(n).map(() => random.uniform(-1.5, 1.5));
    const exposure = x.map(() => 10 ** random.uniform(0, spread));
    const rows = (v: number[]) => Matrix.from(v.map((a) => [a]));
    const make = (b: number) => x.map((v, i) => random.poisson(exposure[i]! * Math.exp(-2 + b * v)));
    const offset = exposure.map(Math.log);
    const spec = new GeneralizedLinearRegressor({ family: "poisson", tol: 1e-14 });
    const y = make(slope);
    const model = spec.fit(rows(x), y, { offset });
    const rates = y.map((v, i) => v / exposure[i]!);
    const line = new LinearRegression().fit(rows(x), rates);
    const grid = range(61).map((i) => -1.5 + i / 20);
    lab.plot(
      figure(
        [
          { type: "points", name: "clicks / views", x, y: rates.map((r) => Math.min(r, 3)), size: 2 },
          { type: "line", name: "Poisson rate", x: grid, y: Array.from(model.predict(rows(grid))) },
          {
            type: "line",
            name: "truth",
            x: grid,
            y: grid.map((v) => Math.exp(-2 + slope * v)),
            dashed: true,
          },
          { type: "line", name: "least squares", x: grid, y: Array.from(line.predict(rows(grid))) },
        ],
        {
          x: { label: "x" },
          y: { label: "rate", domain: [-0.5, 3] },
          alt: "Rates of buckets by x: the Poisson curve follows the truth, the least-squares line leaves it and can fall below zero.",
        },
      ),
    );
    const fixed = make(1.5);
    const fit = spec.fit(rows(x), fixed, { offset });
    const table = fit.inference(rows(x), fixed, { offset });
    const { estimate, standardError } = table.coefficients[1]!;
    lab.note(String(table).split("\n")[1]!);
    lab.check("slope less the truth, in standard errors", Math.abs(estimate - 1.5) / standardError, {
      below: 4.5,
    });
    lab.check(
      "books balance: Σμ against Σy",
      fit.predict(rows(x), { offset }).reduce((a, v) => a + v, 0),
      { equals: fixed.reduce((a, v) => a + v, 0), relative: 1e-8 },
    );
    lab.check(
      "doubling every exposure lowers the intercept by ln 2",
      spec.fit(rows(x), fixed, { offset: offset.map((v) => v + Math.LN2) }).intercept,
      { equals: fit.intercept - Math.LN2, within: 1e-8 },
    );
    lab.check(
      "least Poisson rate anywhere",
      Math.min(...fit.predict(rows(range(101).map((i) => -5 + i / 10)))),
      { above: 0 },
    );
    const wrong = new LinearRegression().fit(
      rows(x),
      fixed.map((v, i) => v / exposure[i]!),
    );
    lab.check(
      "least rate of least squares on the range of the data",
      Math.min(...wrong.predict(rows(grid))),
      { below: 0 },
    );
    const truth = grid.map((v) => Math.exp(-2 + 1.5 * v));
    const miss = (p: Float64Array) => Math.max(...p.map((v, i) => Math.abs(v - truth[i]!)));
    lab.check(
      "error of the rate: Poisson over least squares",
      miss(fit.predict(rows(grid))) / miss(wrong.predict(rows(grid))),
      { below: 0.7 },
    );
    const some = range(40);
    const loss = (b: Float64Array) =>
      some.reduce(
        (s, i) =>
          s +
          exposure[i]! * Math.exp(b[0]! + b[1]! * x[i]!) -
          fixed[i]! * (b[0]! + b[1]! * x[i]! + offset[i]!),
        0,
      );
    lab.check(
      "the negative log likelihood is convex",
      hessianConvexity(loss, { lower: [-3, -1], upper: [0, 3], samples: 30, seed: lab.seed }).convex,
      { equals: true },
    );
  },
});
