import { GeneralizedLinearRegressor } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/negative-binomial",
  title: "Counts that vary more than Poisson's",
  formula: String.raw`\operatorname{Var}(y)=\mu+\alpha\mu^2,\qquad \alpha\ \text{by maximum likelihood}`,
  ask: "Counts scatter more than their mean allows: what goes wrong with Poisson regression, and what repairs it?",
  answer:
    "Poisson's variance equals its mean. If rates differ between rows for reasons not in X, variance is μ + αμ², and Poisson's standard errors are too small though its coefficients stay consistent. Negative-binomial regression estimates α beside the coefficients and gives honest errors.",
  pitfall:
    "Significance from an overdispersed Poisson fit is overstated. Look at Pearson's χ² over the degrees of freedom first: far above 1 means overdispersion.",
  level: "medium",
  whenNot:
    "If counts come from two sources (many structural zeros) use a zero-inflated or hurdle model; if only honest errors are needed, quasi-Poisson or sandwich errors.",
  followUps: [
    {
      ask: "Where does the negative binomial come from?",
      answer:
        "A Poisson whose rate varies as a gamma with mean 1 and variance α: mixing gives Var = μ + αμ².",
    },
    {
      ask: "Why are Poisson coefficients still consistent?",
      answer:
        "The score Σ xᵢ(yᵢ − μᵢ) has mean zero as soon as the mean is right, whatever the variance. Only the errors are wrong.",
    },
  ],
  derivation: String.raw`Let $y\mid u\sim\text{Poisson}(\mu u)$ with $\mathbb Eu=1$, $\operatorname{Var}u=\alpha$. Then $\mathbb Ey=\mu$ and $\operatorname{Var}y=\mathbb E[\mu u]+\operatorname{Var}(\mu u)=\mu+\alpha\mu^2$. With gamma $u$ the mixture is negative binomial.

Poisson's information for $\beta$ is $X^\top\operatorname{diag}(\mu)X$; the true variance of the score is $X^\top\operatorname{diag}(\mu+\alpha\mu^2)X$. With nearly constant $\mu$ the standard errors are too small by $\sqrt{1+\alpha\mu}$: at $\alpha=0.8$ and $\mu=3$ by 1.84.`,
  covers: ["linear/negative-binomial-regression"],
  verifiedAgainst: [
    "statsmodels 0.13 NegativeBinomial: coefficients, α, log likelihood",
    "statsmodels 0.13 GLM: standard errors",
  ],
  budget: "quick",
  controls: {
    alpha: slider(0, 2, 0.8, { label: "true overdispersion α", step: 0.1 }),
    n: slider(200, 2000, 800, { label: "rows", step: 100 }),
  },
  run(lab, { alpha, n }) {
    const draw = (rows: number, a: number, name: string) => {
      const random = lab.random(name);
      const x = range(rows).map(() => random.normal());
      const y = x.map((v) => {
        const mu = Math.exp(1 + 0.5 * v);
        return random.poisson(a > 0 ? mu * random.gamma(1 / a, a) : mu);
      });
      return { X: Matrix.from(x.map((v) => [v])), x, y };
    };
    const nb = new GeneralizedLinearRegressor({ family: "negativeBinomial" });
    const poisson = new GeneralizedLinearRegressor({ family: "poisson" });
    const shown = draw(n, alpha, "shown");
    const model = nb.fit(shown.X, shown.y);
    // Squared residuals by mean, in bins, against both variance functions.
    const mu = model.predict(shown.X);
    const order = range(n).sort((i, j) => mu[i]! - mu[j]!);
    const bins = range(10).map((b) => order.slice(Math.floor((b * n) / 10), Math.floor(((b + 1) * n) / 10)));
    const centre = bins.map((rows) => rows.reduce((s, i) => s + mu[i]!, 0) / rows.length);
    const variance = bins.map(
      (rows) => rows.reduce((s, i) => s + (shown.y[i]! - mu[i]!) ** 2, 0) / rows.length,
    );
    lab.plot(
      figure(
        [
          { type: "points", name: "seen", x: centre, y: variance, size: 5 },
          { type: "line", name: "Poisson: μ", x: centre, y: centre, dashed: true },
          {
            type: "line",
            name: "μ + αμ²",
            x: centre,
            y: centre.map((m) => m + model.overdispersion * m * m),
          },
        ],
        {
          title: `estimated α = ${model.overdispersion.toFixed(3)}`,
          x: { label: "mean" },
          y: { label: "variance" },
          alt: "Variance of counts by their mean: the seen values follow the negative binomial's curve and not Poisson's line when α is above zero.",
        },
      ),
    );
    const { X, x, y } = draw(1500, 0.8, "fixed");
    const [a, b] = [nb.fit(X, y), poisson.fit(X, y)];
    const [wide, narrow] = [a.inference(X, y), b.inference(X, y)];
    lab.check("estimated α where the truth is 0.8", a.overdispersion, { equals: 0.8, within: 0.25 });
    lab.check("both find the slope 0.5", Math.max(Math.abs(a.coef[0]! - 0.5), Math.abs(b.coef[0]! - 0.5)), {
      below: 0.2,
    });
    lab.check(
      "standard error of the slope: Poisson over negative binomial",
      narrow.coefficients[1]!.standardError / wide.coefficients[1]!.standardError,
      { below: 0.7 },
    );
    lab.check("Pearson χ² over degrees of freedom: Poisson", narrow.pearsonChiSquare / narrow.dfResidual, {
      above: 1.8,
    });
    lab.check("and negative binomial", wide.pearsonChiSquare / wide.dfResidual, { between: [0.75, 1.3] });
    lab.check("AIC: negative binomial less Poisson", wide.aic! - narrow.aic!, { below: -100 });
    // α is the best: the likelihood at other values is lower.
    const at = (v: number) =>
      new GeneralizedLinearRegressor({ family: "negativeBinomial", overdispersion: v })
        .fit(X, y)
        .inference(X, y).logLikelihood!;
    lab.check(
      "log likelihood at α ± 5 % is lower",
      Math.max(at(a.overdispersion * 0.95), at(a.overdispersion * 1.05)) - wide.logLikelihood!,
      { below: 0 },
    );
    const even = x.map((v) => Math.round(Math.exp(1 + 0.5 * v)));
    lab.check("counts with less scatter than Poisson's: α", nb.fit(X, even).overdispersion, { equals: 0 });
  },
});
