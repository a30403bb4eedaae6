import { betaBernoulli, laplaceApproximation } from "whetstone/bayes";
import { normal } from "whetstone/stats";
import { card, figure, lines, linspace, slider } from "../../index.ts";

export default card({
  id: "bayes/laplace-approximation",
  title: "Laplace: a normal at the peak, better as data grow",
  formula: String.raw`p(\theta\mid D)\approx\mathcal N\!\big(\hat\theta,\;[-\nabla^2\log p(\hat\theta,D)]^{-1}\big)`,
  ask: "What is the Laplace approximation, and when can you trust it?",
  answer:
    "Find the posterior mode, take the Hessian of the negative log posterior there, and use a normal with its inverse as covariance. It is exact for normal posteriors; otherwise its error falls as data grow, because the posterior itself becomes normal.",
  pitfall:
    "It sees one mode and its curvature, no skew and no second mode, and it changes with the parametrisation.",
  level: "medium",
  whenNot:
    "With few data, skew, several modes or a mode at a boundary: use MCMC or VI. For predictions from a net, last-layer Laplace or ensembles are cheaper than a full Hessian.",
  followUps: [
    {
      ask: "Why does a change of variables help?",
      answer: String.raw`For a share θ the posterior is skewed and bounded; in $\log\frac\theta{1-\theta}$ it is closer to normal. Laplace there, transformed back, stays inside (0, 1) and is more accurate.`,
    },
    {
      ask: "How is BIC related to it?",
      answer: String.raw`Laplace's evidence is $\log p(D\mid\hat\theta)+\log p(\hat\theta)+\frac d2\log2\pi-\frac12\log|H|$. With $|H|\approx n^d\cdot$const the terms that grow with $n$ are $\log p(D\mid\hat\theta)-\frac d2\log n$: BIC.`,
    },
  ],
  derivation: String.raw`Let $\Psi(\theta)=\log p(\theta,D)$ with mode $\hat\theta$. The gradient vanishes there, so $\Psi(\theta)\approx\Psi(\hat\theta)-\tfrac12(\theta-\hat\theta)^\top H(\theta-\hat\theta)$ with $H=-\nabla^2\Psi(\hat\theta)$. Its exponential is a normal with covariance $H^{-1}$.

Integrating gives the evidence: $p(D)\approx p(\hat\theta,D)\,(2\pi)^{d/2}|H|^{-1/2}$. For a normal posterior $\Psi$ is quadratic and both are exact.

With $n$ rows $\Psi$ is a sum of $n$ terms, so $H$ grows as $n$ and the width falls as $1/\sqrt n$. Over that width the cubic term is of size $n\cdot n^{-3/2}=n^{-1/2}$: the neglected part vanishes.`,
  covers: ["bayes/laplace-approximation"],
  verifiedAgainst: ["the exact Beta posterior"],
  budget: "quick",
  controls: {
    n: slider(4, 400, 12, { label: "trials", scale: "log" }),
    share: slider(0.05, 0.95, 0.2, { label: "share of successes" }),
  },
  run(lab, { n, share }) {
    const fit = (trials: number, rate: number) => {
      const [a, b] = [1 + rate * trials, 1 + (1 - rate) * trials];
      const logPosterior = (p: number) =>
        p > 0 && p < 1 ? (a - 1) * Math.log(p) + (b - 1) * Math.log1p(-p) : -1e30;
      const { mode, covariance } = laplaceApproximation((t) => logPosterior(1 / (1 + Math.exp(-t[0]!))), [0]);
      const p = 1 / (1 + Math.exp(-mode[0]!));
      // In the log odds the mode is that of the density without the change of variables: it is the MLE.
      return {
        exact: betaBernoulli({ a, b }, 0, 0).distribution,
        sd: Math.sqrt(covariance.at(0, 0)) * p * (1 - p),
        mode: p,
      };
    };
    const shown = fit(n, share);
    const x = linspace(0.001, 0.999, 200);
    lab.plot(
      figure(
        [
          { type: "line", name: "exact", x, y: x.map((v) => shown.exact.pdf(v)) },
          {
            type: "line",
            name: "Laplace",
            x,
            y: x.map((v) => normal(shown.mode, shown.sd).pdf(v)),
            dashed: true,
          },
        ],
        {
          title: `${Math.round(n)} trials`,
          x: { label: "success probability" },
          y: { label: "density" },
          alt: "The exact posterior of a success probability and its normal approximation: they meet as trials grow.",
        },
      ),
    );
    const distance = (trials: number) => {
      const f = fit(trials, 0.2);
      return x.reduce(
        (s, v) => s + Math.abs(f.exact.pdf(v) - normal(f.mode, f.sd).pdf(v)) / (2 * x.length),
        0,
      );
    };
    const sizes = [10, 40, 160, 640];
    const errors = sizes.map(distance);
    lab.plot(
      lines(
        { trials: sizes, "total variation": errors },
        {
          x: "log",
          y: "log",
          alt: "Distance of approximation and exact posterior by trials: it falls as a power.",
        },
      ),
    );
    lab.check("distance at 640 trials over that at 10", errors[3]! / errors[0]!, { below: 0.25 });
    lab.check("the mode is where the density peaks", fit(40, 0.2).mode, { equals: 0.2, within: 1e-4 });
    const exact = laplaceApproximation((t) => -0.5 * ((t[0]! - 1) / 0.7) ** 2, [0]);
    lab.check("a normal posterior: its variance exactly", exact.covariance.at(0, 0), {
      equals: 0.49,
      within: 1e-4,
    });
    lab.check("and its evidence, log √(2π)·0.7", exact.logEvidence, {
      equals: 0.5 * Math.log(2 * Math.PI) + Math.log(0.7),
      within: 1e-4,
    });
  },
});
