import { mapEstimate } from "whetstone/bayes";
import { Lasso, LinearRegression, Ridge } from "whetstone/linear";
import { laplace, normal } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "bayes/map-estimation",
  title: "A penalty is a prior: ridge is Gaussian, lasso is Laplace",
  formula: String.raw`\hat\theta=\arg\max\;\log p(D\mid\theta)+\log p(\theta)`,
  ask: "Show that MAP with a Gaussian or Laplace prior is ridge or lasso; under which prior is MAP the MLE?",
  answer:
    "With Gaussian noise the log likelihood is −‖y−Xw‖²/2σ². A Gaussian prior adds −‖w‖²/2τ²: ridge with λ = σ²/τ². A Laplace prior adds −‖w‖₁/b: lasso, zeros included. A flat prior adds nothing: the MLE, though flat in one parametrisation is not flat in another.",
  pitfall:
    "The mode is not the posterior: under a Laplace prior the mode has exact zeros, the posterior mean has none.",
  level: "medium",
  whenNot:
    "When decisions need uncertainty, or the posterior is skewed or has many modes: use the mean, or draws. The mode moves with the parametrisation; the posterior's probabilities do not.",
  followUps: [
    {
      ask: "Why is a flat prior not flat after a change of variables?",
      answer: String.raw`A density picks up the Jacobian. Flat on θ in (0, 1) becomes $\theta(1-\theta)$ on the logit scale, so MAP there differs from the MLE, while the MLE itself moves along with the variable.`,
    },
    {
      ask: "Does a Laplace prior mean that weights are believed to be zero?",
      answer:
        "No: it gives probability zero to exactly zero. Zeros arise only in the mode, from the kink. A spike-and-slab prior states such a belief.",
    },
  ],
  derivation: String.raw`With $y=Xw+\varepsilon$, $\varepsilon\sim\mathcal N(0,\sigma^2I)$: $\log p(D\mid w)=-\frac1{2\sigma^2}\lVert y-Xw\rVert^2+\text{const}$. MAP maximises this plus $\log p(w)$.

Gaussian prior $\mathcal N(0,\tau^2I)$: $\log p(w)=-\frac1{2\tau^2}\lVert w\rVert^2$. Multiply by $-2\sigma^2$: minimise $\lVert y-Xw\rVert^2+\frac{\sigma^2}{\tau^2}\lVert w\rVert^2$, ridge.

Laplace prior $\prod\frac1{2b}e^{-|w_j|/b}$: minimise $\lVert y-Xw\rVert^2+\frac{2\sigma^2}b\lVert w\rVert_1$, lasso in this scaling of the loss. With a constant $p(w)$ the maximum is that of the likelihood.

For Gaussian posteriors mode and mean agree; under the Laplace prior they do not.`,
  covers: ["bayes/map-estimation"],
  answers: ["q-b-293"],
  verifiedAgainst: ["the library's ridge, lasso and least squares"],
  budget: "quick",
  controls: { strength: slider(0.1, 60, 8, { label: "strength of the prior", scale: "log" }) },
  run(lab, { strength }) {
    const random = lab.random();
    const n = 40;
    const X = range(n).map(() => [random.normal(), random.normal()]);
    const y = X.map(([a]) => 1.5 * a! + random.normal());
    const half = (w: ArrayLike<number>) =>
      X.reduce((s, r, i) => s + 0.5 * (y[i]! - r[0]! * w[0]! - r[1]! * w[1]!) ** 2, 0);
    const x = linspace(-2, 3, 200);
    const logs = (prior: (v: number) => number) => x.map((v) => -half([v, 0]) + prior(v));
    const density = (l: number[]) => {
      const top = Math.max(...l);
      return l.map((v) => Math.exp(v - top));
    };
    lab.plot(
      figure(
        [
          { type: "line", name: "flat prior", x, y: density(logs(() => 0)) },
          {
            type: "line",
            name: "Gaussian prior",
            x,
            y: density(logs((v) => normal(0, 1 / Math.sqrt(strength)).logPdf(v))),
          },
          {
            type: "line",
            name: "Laplace prior",
            x,
            y: density(logs((v) => laplace(0, 1 / strength).logPdf(v))),
          },
        ],
        {
          x: { label: "first weight" },
          y: { label: "posterior, peak 1" },
          alt: "Posterior of one weight under three priors: the Gaussian and the Laplace prior pull its peak towards 0.",
        },
      ),
    );
    const ridge = new Ridge({ alpha: strength, fitIntercept: false }).fit(X, y).coef;
    const gaussian = mapEstimate(
      (w) => -half(w) + w.reduce((s, v) => s + normal(0, 1 / Math.sqrt(strength)).logPdf(v), 0),
      [0.1, 0.1],
    ).mode;
    lab.check(
      "Gaussian prior against ridge: largest difference",
      Math.max(...ridge.map((v, j) => Math.abs(v - gaussian[j]!))),
      { atMost: 1e-4 },
    );
    const flat = mapEstimate((w) => -half(w), [0, 0]).mode;
    const ols = new LinearRegression({ fitIntercept: false }).fit(X, y).coef;
    lab.check(
      "flat prior against least squares: largest difference",
      Math.max(...ols.map((v, j) => Math.abs(v - flat[j]!))),
      { atMost: 1e-4 },
    );
    // The Laplace prior has a corner: no point near the lasso solution has a higher posterior.
    const lasso = new Lasso({ alpha: strength / n, fitIntercept: false, tol: 1e-12, maxIter: 100_000 }).fit(
      X,
      y,
    ).coef;
    const posterior = (w: ArrayLike<number>) =>
      -half(w) + Array.from(w).reduce((s, v) => s + laplace(0, 1 / strength).logPdf(v), 0);
    const at = posterior(lasso);
    const better = range(400).filter(
      () => posterior(lasso.map((v) => v + 0.05 * random.normal())) > at + 1e-9,
    ).length;
    lab.check("points near the lasso solution with a higher Laplace posterior, of 400", better, {
      equals: 0,
    });
    const strong = new Lasso({ alpha: 20 / n, fitIntercept: false }).fit(X, y).coef;
    lab.check("at strength 20 the useless weight is exactly", strong[1]!, { equals: 0 });
  },
});
