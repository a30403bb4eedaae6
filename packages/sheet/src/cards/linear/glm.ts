import { GeneralizedLinearRegressor, LinearRegression, LogisticRegression } from "whetstone/linear";
import { logSoftmax, Matrix, sigmoid } from "whetstone/math";
import { mae, mse, poissonDeviance } from "whetstone/metrics";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/glm",
  title: "Generalised linear models: family, predictor, link",
  formula: String.raw`y\sim\text{exponential family},\quad \eta=x^\top\beta,\quad g(\mu)=\eta;\qquad \beta\leftarrow(X^\top WX)^{-1}X^\top Wz`,
  ask: "Which three parts make a generalised linear model, and how do linear, logistic and Poisson regression fill them?",
  answer:
    "A distribution of the exponential family, a linear predictor η, and a link g with g(μ) = η. Gaussian with identity is least squares, Bernoulli with logit is logistic regression, Poisson with log models counts, gamma positive amounts. One algorithm fits them all: reweighted least squares.",
  pitfall:
    "The softmax is the inverse of the multinomial logit link, not the link. And the family fixes how variance grows with the mean: check it on residuals.",
  level: "medium",
  whenNot:
    "When effects are not additive on the link's scale, or interactions abound: boosted trees or GAMs. When the variance does not follow the family: quasi-likelihood.",
  followUps: [
    {
      ask: "What is the deviance?",
      answer:
        "Twice the log-likelihood gap to a model with one parameter per row. For Gaussian it is the sum of squares; differences between nested models are about χ².",
    },
    {
      ask: "Offset or covariate?",
      answer:
        "An offset enters with coefficient fixed at 1: exposure in a rate model. As a covariate its coefficient would be estimated, and rates would not scale.",
    },
  ],
  derivation: String.raw`The family gives $\operatorname{Var}(y)=\phi V(\mu)$, the link $\eta=g(\mu)$. The score is $\sum_i\frac{y_i-\mu_i}{\phi V(\mu_i)}\frac{\partial\mu_i}{\partial\eta_i}x_i=0$.

Fisher scoring solves it by weighted least squares on the working response $z=\eta+(y-\mu)g'(\mu)$ with weights $W=\frac1{V(\mu)\,g'(\mu)^2}$: $\beta=(X^\top WX)^{-1}X^\top Wz$, again and again.

Gaussian with identity: $W=1$, $z=y$, one step. Bernoulli with logit: $W=\mu(1-\mu)$. Poisson with log: $W=\mu$. For a canonical link $g'=1/V$ and this is Newton's method.`,
  covers: ["linear/glm", "claim-b-276"],
  answers: ["q-b-313"],
  verifiedAgainst: [
    "statsmodels 0.13 GLM: coefficients, standard errors, deviance",
    "LinearRegression and LogisticRegression",
  ],
  budget: "quick",
  controls: {
    family: choice(["gaussian", "binomial", "poisson", "gamma"], "poisson", { label: "family" }),
    slope: slider(-1.5, 1.5, 0.8, { label: "true slope", step: 0.1 }),
  },
  run(lab, { family, slope }) {
    const random = lab.random();
    const n = 400;
    const x = range(n).map(() => random.uniform(-2, 2));
    const X = Matrix.from(x.map((v) => [v]));
    const draw = (kind: string, b: number) =>
      x.map((v) => {
        const eta = 0.5 + b * v;
        if (kind === "gaussian") return eta + random.normal();
        if (kind === "binomial") return random.bernoulli(sigmoid(eta)) ? 1 : 0;
        return kind === "poisson" ? random.poisson(Math.exp(eta)) : random.gamma(4, Math.exp(eta) / 4) + 1e-9;
      });
    const y = draw(family, slope);
    const spec = new GeneralizedLinearRegressor({ family, tol: 1e-14 });
    const model = spec.fit(X, y);
    const found = model.inference(X, y);
    const grid = range(61).map((i) => -2 + i / 15);
    const mean = Array.from(model.predict(Matrix.from(grid.map((v) => [v]))));
    lab.plot(
      figure(
        [
          { type: "points", name: "data", x, y, size: 2 },
          { type: "line", name: "mean", x: grid, y: mean },
        ],
        {
          title: `${family}, link ${model.link}: slope ${model.coef[0]!.toFixed(3)} ± ${found.coefficients[1]!.standardError.toFixed(3)}`,
          x: { label: "x" },
          y: { label: "y" },
          alt: `Data of a ${family} model and the fitted mean, ${model.link === "identity" ? "a straight line" : "a curve through the link"}.`,
        },
      ),
    );
    lab.check(
      "canonical score equation Σ(y − μ) = 0 (log link of gamma: Σ(y − μ)/μ)",
      y.reduce((s, v, i) => {
        const mu = model.predict(X.selectRows([i]))[0]!;
        return s + (family === "gamma" ? (v - mu) / mu : v - mu);
      }, 0) / n,
      { equals: 0, within: 1e-6 },
    );
    const g = draw("gaussian", 0.8);
    const ols = new LinearRegression().fit(X, g);
    lab.check(
      "gaussian with identity is least squares",
      new GeneralizedLinearRegressor().fit(X, g).coef[0]!,
      { equals: ols.coef[0]!, within: 1e-9 },
    );
    const b = draw("binomial", 0.8);
    const logistic = new LogisticRegression({ penalty: null, tol: 1e-12 }).fit(X, b);
    lab.check(
      "binomial with logit is logistic regression",
      new GeneralizedLinearRegressor({ family: "binomial", tol: 1e-14 }).fit(X, b).coef[0]!,
      { equals: logistic.coef.at(0, 0), within: 1e-6 },
    );
    const three = x.map((v) =>
      v + random.normal() < -0.7 ? "low" : v + random.normal() > 0.7 ? "high" : "middle",
    );
    const soft = new LogisticRegression({ penalty: null }).fit(X, three);
    const z = soft.decisionFunction(X.selectRows([0])).row(0);
    const back = soft
      .predictProba(X.selectRows([0]))
      .row(0)
      .map((p, _, all) => Math.log(p / all[0]!));
    lab.check(
      "multinomial: the logits against the first class are the link of the softmax",
      Math.max(...back.map((v, k) => Math.abs(v - (z[k]! - z[0]!)))),
      { atMost: 1e-9 },
    );
    lab.check("softmax inverts them", Math.exp((logSoftmax(Array.from(z)) as ArrayLike<number>)[1]!), {
      equals: soft.predictProba(X.selectRows([0])).at(0, 1),
      within: 1e-12,
    });
    const amounts = draw("gamma", 0.8);
    lab.check(
      "gamma with log link finds its slope",
      new GeneralizedLinearRegressor({ family: "gamma" }).fit(X, amounts).coef[0]!,
      { equals: 0.8, within: 0.12 },
    );
    // Losses are negative log likelihoods, up to constants and a factor.
    const counts = draw("poisson", 0.8);
    const [p, q] = [counts.map(() => 2), counts.map((_, i) => 1 + (i % 3))];
    const nll = (f: (v: number, m: number) => number) => (m: number[], t: number[]) =>
      t.reduce((s, v, i) => s + f(v, m[i]!), 0) / n;
    const gauss = nll((v, m) => (v - m) ** 2 / 2 + Math.log(2 * Math.PI) / 2);
    lab.check("difference of Gaussian NLLs is half that of squared errors", gauss(p, g) - gauss(q, g), {
      equals: (mse(g, p) - mse(g, q)) / 2,
      within: 1e-9,
    });
    const laplace = nll((v, m) => Math.abs(v - m) + Math.log(2));
    lab.check("of Laplace NLLs that of absolute errors", laplace(p, g) - laplace(q, g), {
      equals: mae(g, p) - mae(g, q),
      within: 1e-9,
    });
    const poisson = nll((v, m) => m - v * Math.log(m));
    lab.check("of Poisson NLLs half that of deviances", poisson(p, counts) - poisson(q, counts), {
      equals: (poissonDeviance(counts, p) - poissonDeviance(counts, q)) / 2,
      within: 1e-9,
    });
  },
});
