import { gaussianMean, posteriorPredictive } from "whetstone/bayes";
import { Matrix } from "whetstone/math";
import { normal } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "bayes/posterior-predictive",
  title: "A prediction that knows it only estimated",
  formula: String.raw`p(y\mid D)=\int p(y\mid\theta)\,p(\theta\mid D)\,d\theta\approx\frac1S\sum_sp(y\mid\theta_s)`,
  ask: "Why is the posterior predictive wider than the prediction at the best parameter?",
  answer:
    "It averages the prediction over all parameters the data allow, so the uncertainty about the parameter adds to the noise: variance σ² + s² for a normal mean, not σ². The plug-in prediction pretends the estimate is the truth. With much data s² vanishes and both agree.",
  pitfall: "Intervals from the plug-in are too narrow exactly when data are few, when they matter most.",
  level: "medium",
  whenNot:
    "With much data and few parameters the plug-in is as good and cheaper. If the model itself is wrong, averaging over its parameters does not help: check the model, or use conformal intervals.",
  followUps: [
    {
      ask: "What is a posterior predictive check?",
      answer:
        "Draw data sets from the predictive and compare a statistic (largest value, share of zeros) with the observed one. If it is far out, the model cannot make data like these.",
    },
    {
      ask: "Which part of the predictive variance shrinks with data?",
      answer: String.raw`The parameter's, $s^2$, roughly as $1/n$: epistemic. The noise $\sigma^2$ stays: aleatoric. Only the first is helped by more rows.`,
    },
  ],
  derivation: String.raw`Given $\theta$, a new $y$ has density $p(y\mid\theta)$; $\theta$ is uncertain with density $p(\theta\mid D)$. By the rule of total probability $p(y\mid D)=\int p(y\mid\theta)p(\theta\mid D)\,d\theta$, and the mean over posterior draws estimates it.

The law of total variance splits it: $\operatorname{Var}(y\mid D)=\mathbb E[\operatorname{Var}(y\mid\theta)]+\operatorname{Var}(\mathbb E[y\mid\theta])$. For a normal mean with known noise this is $\sigma^2+s^2$.

With prior deviation $\tau$, $s^2=1/(1/\tau^2+n/\sigma^2)$. At $n=3$, $\tau=4$, $\sigma=1$: $s^2\approx0.33$, so the interval is 15 % wider than the plug-in's. As $n$ grows, $s^2\approx\sigma^2/n$ vanishes.`,
  covers: ["bayes/posterior-predictive"],
  verifiedAgainst: ["the closed form of the normal model"],
  budget: "quick",
  controls: {
    n: slider(1, 60, 3, { label: "observations" }),
    prior: slider(0.5, 10, 4, { label: "prior deviation" }),
  },
  run(lab, { n, prior }) {
    const random = lab.random();
    const data = range(60).map(() => random.normal(1, 1));
    const model = (count: number, sd: number) => gaussianMean({ mean: 0, sd }, 1, data.slice(0, count));
    const shown = model(n, prior);
    const x = linspace(-5, 7, 200);
    lab.plot(
      figure(
        [
          { type: "line", name: "posterior predictive", x, y: x.map((v) => shown.predictive.pdf(v)) },
          {
            type: "line",
            name: "plug-in at the posterior mean",
            x,
            y: x.map((v) => normal(shown.parameters.mean, 1).pdf(v)),
            dashed: true,
          },
        ],
        {
          x: { label: "next observation" },
          y: { label: "density" },
          alt: "Predictive density and plug-in density: the first is wider, less so with more observations.",
        },
      ),
    );
    const few = model(3, 4);
    const draws = Matrix.zeros(20_000, 1).map(() => random.normal(few.parameters.mean, few.parameters.sd));
    const gaps = linspace(-3, 5, 9).map((y) =>
      Math.abs(posteriorPredictive((v, t) => normal(t[0]!, 1).pdf(v), draws, y) - few.predictive.pdf(y)),
    );
    lab.check("average over 20,000 posterior draws against the closed form: largest gap", Math.max(...gaps), {
      atMost: 0.01,
    });
    lab.check("variance of the predictive: noise plus posterior", few.predictive.variance, {
      equals: 1 + few.parameters.sd ** 2,
      within: 1e-12,
    });
    lab.check("wider than the plug-in, by a factor in deviation", Math.sqrt(few.predictive.variance), {
      above: 1.1,
    });
    lab.check("with 60 observations the factor is", Math.sqrt(model(60, 4).predictive.variance), {
      below: 1.01,
    });
  },
});
