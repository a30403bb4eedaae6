import { abcRejection, betaBernoulli } from "whetstone/bayes";
import { card, figure, histogram, linspace, slider } from "../../index.ts";

export default card({
  id: "bayes/approximate-bayesian-computation",
  title: "No likelihood? Simulate, and keep what looks like the data",
  formula: String.raw`\theta\sim p(\theta),\;x\sim p(x\mid\theta),\;\text{keep }\theta\text{ if }\lVert s(x)-s(x_{obs})\rVert\le\varepsilon`,
  ask: "How do you infer parameters of a simulator whose likelihood you cannot write down?",
  answer:
    "Draw parameters from the prior, simulate data, reduce them to summary statistics, and keep the draws whose summaries come within ε of the observed ones. With ε = 0 and sufficient summaries it is the exact posterior; larger ε accepts more draws and gives a wider answer, at the limit the prior.",
  pitfall: "Acceptance collapses with the number of summaries: choose few that carry the information.",
  level: "hard",
  whenNot:
    "When the likelihood can be written down: use it (MCMC, conjugate forms). With many parameters or costly simulators, neural posterior estimation or synthetic likelihoods need fewer runs.",
  followUps: [
    {
      ask: "Why are sufficient summaries rare, and what is lost without them?",
      answer:
        "Few models outside the exponential family have them. With others even ε = 0 gives p(θ | s), a posterior that has forgotten what the summaries do not carry: usually wider.",
    },
    {
      ask: "How does regression adjustment help?",
      answer:
        "Fit θ on the summaries among accepted draws and move each draw to the observed summary. It corrects much of the error of a larger ε, so more draws can be kept.",
    },
  ],
  derivation: String.raw`Draw $\theta\sim p(\theta)$, $x\sim p(x\mid\theta)$ and keep $\theta$ if $s(x)=s_{obs}$. The kept draws have density proportional to $p(\theta)\,P(s=s_{obs}\mid\theta)$, which is the posterior given $s_{obs}$; if $s$ is sufficient it is the posterior given the data.

For $\varepsilon>0$ the second factor becomes $P(\lVert s-s_{obs}\rVert\le\varepsilon\mid\theta)$: the likelihood averaged over a ball. As $\varepsilon\to\infty$ it is 1 for all $\theta$ and the prior comes back.

The acceptance rate at $\varepsilon=0$ is the prior predictive probability of $s_{obs}$. For a uniform prior on a coin and $n=20$ it is $\int\binom{20}k\theta^k(1-\theta)^{20-k}d\theta=1/21$ for each $k$. In $d$ summaries the ball holds a share of order $\varepsilon^d$.`,
  covers: ["bayes/approximate-bayesian-computation"],
  verifiedAgainst: ["the exact Beta posterior of the same experiment"],
  budget: "quick",
  controls: {
    epsilon: slider(0, 12, 2, { label: "ε" }),
    seen: slider(0, 20, 6, { label: "successes of 20" }),
  },
  run(lab, { epsilon, seen }) {
    const run = (eps: number, target: number, draws = 8000) =>
      abcRejection(
        (r) => [r.uniform()],
        (t, r) => [r.binomial(20, t[0]!)],
        [target],
        { epsilon: eps, draws, seed: lab.seed },
      );
    const shown = run(epsilon, seen);
    const exact = betaBernoulli({ a: 1, b: 1 }, seen, 20).distribution;
    const x = linspace(0.001, 0.999, 150);
    lab.plot(
      figure(
        [
          histogram(shown.draws.col(0), { bins: 30, density: true, name: "accepted draws" }),
          { type: "line", name: "exact posterior", x, y: x.map((v) => exact.pdf(v)) },
        ],
        {
          title: `${(100 * shown.acceptance).toFixed(1)} % accepted`,
          x: { label: "success probability" },
          y: { label: "density" },
          alt: "Histogram of accepted draws against the exact posterior: closer for small ε.",
        },
      ),
    );
    const truth = betaBernoulli({ a: 1, b: 1 }, 6, 20).distribution;
    const runs = [0, 2, 6].map((eps) => run(eps, 6, 30_000));
    const spread = runs.map(({ draws }) => {
      const v = draws.col(0);
      const mean = v.reduce((s, p) => s + p, 0) / v.length;
      return { mean, sd: Math.sqrt(v.reduce((s, p) => s + (p - mean) ** 2, 0) / v.length) };
    });
    const sd = Math.sqrt(truth.variance);
    lab.check(
      "ε = 0: mean against the exact posterior's, in its deviations",
      Math.abs(spread[0]!.mean - truth.mean) / sd,
      { atMost: 0.15 },
    );
    lab.check("ε = 0: deviation over the exact one", spread[0]!.sd / sd, { between: [0.92, 1.08] });
    lab.check("it tightens as ε falls: deviation at ε = 6 over that at 0", spread[2]!.sd / spread[0]!.sd, {
      above: 1.15,
    });
    lab.check("and accepts less: acceptance at 0 over that at 6", runs[0]!.acceptance / runs[2]!.acceptance, {
      below: 0.2,
    });
    lab.check("ε = 0, uniform prior: every count is equally likely, acceptance", runs[0]!.acceptance, {
      equals: 1 / 21,
      within: 0.006,
    });
  },
});
