import { effectiveSampleSize, hmc, metropolis, nuts, rHat } from "whetstone/bayes";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "bayes/mcmc",
  title: "Three samplers on one narrow ridge",
  formula: String.raw`\hat R=\sqrt{\tfrac{n-1}n+\tfrac{B}{W}},\qquad \mathrm{ESS}=\frac{N}{1+2\sum_t\rho_t}`,
  ask: "State Bayes' rule for parameters: which term is intractable, and which methods work around it?",
  answer:
    "Posterior = likelihood × prior / evidence; the evidence is an integral over all parameters. Samplers need only ratios, so it cancels: Metropolis walks at random, Hamiltonian Monte Carlo follows the gradient, NUTS also picks the path's length. Check R-hat near 1 and the effective sample size.",
  pitfall:
    "Many draws are not much information: on a narrow ridge a random walk repeats itself, and its effective sample size is a few per cent.",
  level: "hard",
  whenNot:
    "When a conjugate form or one-dimensional quadrature exists, or millions of rows make each gradient dear: VI or Laplace then. Discrete parameters are not for HMC: sum them out or use Gibbs.",
  followUps: [
    {
      ask: "R-hat is 1.00: is the chain all right?",
      answer:
        "Not necessarily: all chains may have missed the same mode. Start them far apart, look at effective sizes in the tails and at divergences, and test the sampler on simulated data.",
    },
    {
      ask: "What does a divergence in HMC tell?",
      answer:
        "The integrator's energy error exploded, usually in a region of high curvature such as a funnel. Lower the step, or reparametrise (non-centred), or draws there are missing and the result is biased.",
    },
  ],
  derivation: String.raw`Metropolis proposes $\theta'$ symmetrically and accepts with $\min(1,\pi(\theta')/\pi(\theta))$. Then $\pi(\theta)P(\theta\to\theta')=\min(\pi(\theta),\pi(\theta'))$ times the proposal: symmetric, so $\pi$ stays invariant. Only the ratio occurs; $p(D)$ cancels.

Correlated draws: $\operatorname{Var}(\bar\theta)=\frac{\sigma^2}N\big(1+2\sum_t(1-\tfrac tN)\rho_t\big)$, so $N$ draws are worth $\mathrm{ESS}=N/(1+2\sum_t\rho_t)$ independent ones.

On a ridge of length 1 and width $w$ a random walk must step about $w$ and needs $1/w^2$ steps to cross. HMC moves along the gradient of the log density for a long path, about $1/w$ small steps, and forgets its start at once.

R-hat: $W$ is the mean variance within chains, $B$ the variance of the chain means. If chains agree, $B$ is only about $W/\mathrm{ESS}$; apart, $B/W$ is large.`,
  covers: ["bayes/mcmc"],
  answers: ["q-b-381"],
  verifiedAgainst: ["moments of the normal that is sampled", "autoregressions of known effective size"],
  budget: "quick",
  controls: {
    sampler: choice(["metropolis", "hmc", "nuts"], "nuts", { label: "sampler" }),
    rho: slider(0, 0.99, 0.95, { label: "correlation" }),
  },
  run(lab, { sampler, rho }) {
    const target = (r: number) => ({
      log: (t: Float64Array) => (-0.5 * (t[0]! ** 2 - 2 * r * t[0]! * t[1]! + t[1]! ** 2)) / (1 - r * r),
      gradient(t: Float64Array, out: Float64Array) {
        out[0] = -(t[0]! - r * t[1]!) / (1 - r * r);
        out[1] = -(t[1]! - r * t[0]!) / (1 - r * r);
      },
    });
    const run = (name: "metropolis" | "hmc" | "nuts", r: number, draws: number) => {
      const { log, gradient } = target(r);
      const options = { draws, warmUp: 300, chains: 4, seed: lab.seed };
      return name === "metropolis"
        ? metropolis(log, [0, 0], options)
        : (name === "hmc" ? hmc : nuts)(log, [0, 0], { ...options, gradient });
    };
    const shown = run(sampler, rho, 150).chains[0]!;
    lab.plot(
      figure(
        [
          { type: "line", x: Array.from(shown.col(0)), y: Array.from(shown.col(1)) },
          { type: "points", x: Array.from(shown.col(0)), y: Array.from(shown.col(1)), size: 2 },
        ],
        {
          title: `150 draws of ${sampler}`,
          square: true,
          x: { label: "first parameter" },
          y: { label: "second parameter" },
          alt: `Path of 150 draws on a narrow ridge: ${sampler}.`,
        },
      ),
    );
    const results = (["metropolis", "hmc", "nuts"] as const).map((name) => {
      const { chains, acceptance } = run(name, 0.95, 800);
      const first = chains.map((c) => c.col(0));
      const all = first.flatMap((c) => [...c]);
      const mean = all.reduce((s, v) => s + v, 0) / all.length;
      return {
        name,
        acceptance,
        rHat: rHat(first),
        ess: effectiveSampleSize(first),
        mean,
        variance: all.reduce((s, v) => s + (v - mean) ** 2, 0) / all.length,
      };
    });
    lab.table({
      columns: ["sampler", "accepted", "R-hat", "effective draws of 3200", "mean", "variance"],
      rows: results.map((r) => [r.name, r.acceptance, r.rHat, Math.round(r.ess), r.mean, r.variance]),
    });
    for (const r of results) {
      lab.check(`${r.name}: mean 0, in standard errors`, Math.abs(r.mean) / Math.sqrt(1 / r.ess), {
        atMost: 5,
      });
      lab.check(
        `${r.name}: variance 1, relative error in units of √(2/ESS)`,
        Math.abs(r.variance - 1) / Math.sqrt(2 / r.ess),
        { atMost: 5 },
      );
    }
    lab.check(
      "NUTS against Metropolis on correlation 0.95: effective draws, ratio",
      results[2]!.ess / results[0]!.ess,
      { above: 2 },
    );
    lab.check("NUTS: R-hat", results[2]!.rHat, { atMost: 1.05 });
    const apart = range(4).map((c) =>
      run("hmc", 0, 50)
        .chains[c]!.col(0)
        .map((v) => v + 3 * c),
    );
    lab.check("chains that sit apart: R-hat", rHat(apart), { above: 2 });
  },
});
