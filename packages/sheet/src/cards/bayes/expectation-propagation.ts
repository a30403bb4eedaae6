import { expectationPropagation, normalVariational } from "whetstone/bayes";
import { softplus } from "whetstone/math";
import { normal } from "whetstone/stats";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "bayes/expectation-propagation",
  title: "EP matches moments, variational inference hides from zeros",
  formula: String.raw`\min\mathrm{KL}(\hat p_i\Vert q)\;\text{site by site}\qquad\text{against}\qquad\min\mathrm{KL}(q\Vert p)`,
  ask: "How does expectation propagation differ from mean-field variational inference?",
  answer:
    "EP replaces each likelihood factor by a normal one, puts one factor back exactly, and matches mean and variance: a local forward KL, which covers the posterior. Variational inference minimises the reverse KL and avoids places where the posterior is small, so it comes out narrower.",
  pitfall:
    "EP has no bound that only rises and may fail to converge; the variational bound always does, to a narrower answer.",
  level: "hard",
  whenNot:
    "With many modes (it covers all with one blob), when convergence must be certain, or on large data: variational inference with minibatches, or MCMC when exactness counts.",
  followUps: [
    {
      ask: "Why does EP give wider answers than mean-field VI?",
      answer: String.raw`Forward KL weighs $\log p/q$ by $p$: missing a place where $p$ has mass costs much, so q covers. Reverse KL weighs by $q$: placing mass where $p$ is small costs much, so q shrinks.`,
    },
    {
      ask: "What helps when EP oscillates?",
      answer:
        "Damping: move each site only part of the way in its natural parameters, or update sites in sequence instead of in parallel. Negative site variances may have to be skipped.",
    },
  ],
  derivation: String.raw`Write $p(\theta)\propto p_0(\theta)\prod_it_i(\theta)$ and $q\propto p_0\prod_i\tilde t_i$ with normal sites $\tilde t_i$. Take one out: the cavity $q_{-i}=q/\tilde t_i$. Put the true factor in: $\hat p_i\propto t_i\,q_{-i}$.

Minimise $\mathrm{KL}(\hat p_i\Vert q)$ over normals. In $-\int\hat p_i\log q$ only the first two moments of $\hat p_i$ occur, so the minimum has the mean and variance of $\hat p_i$. The new site is $q/q_{-i}$: natural parameters are subtracted.

If $t_i$ is normal itself, $\hat p_i$ is normal and the site is exact after one visit. At a fixed point all $\hat p_i$ agree with $q$ in mean and variance.`,
  covers: ["bayes/expectation-propagation"],
  verifiedAgainst: ["quadrature of the posterior"],
  budget: "quick",
  controls: {
    steep: slider(0.5, 12, 5, { label: "steepness of the steps" }),
    edge: slider(-1, 1, 0.3, { label: "place of the first step", step: 0.1 }),
  },
  run(lab, { steep, edge }) {
    const step = (s: number, at: number) => (t: number) => -softplus(-s * (t - at));
    const solve = (s: number, at: number) => {
      const sites = [step(s, at), step(s / 2, -0.5)];
      const log = (t: number) => normal(0, 1).logPdf(t) + sites.reduce((sum, f) => sum + f(t), 0);
      const t = linspace(-6, 6, 6001);
      const w = t.map((v) => Math.exp(log(v)));
      const total = w.reduce((a, b) => a + b, 0);
      const mean = t.reduce((sum, v, i) => sum + v * w[i]!, 0) / total;
      const sd = Math.sqrt(t.reduce((sum, v, i) => sum + (v - mean) ** 2 * w[i]!, 0) / total);
      const area = total * (12 / 6000);
      return {
        exact: { mean, sd, area, log },
        ep: expectationPropagation({ mean: 0, sd: 1 }, sites),
        vi: normalVariational(log, { mean: 0.5, sd: 0.5 }),
      };
    };
    const { exact, ep, vi } = solve(steep, edge);
    const x = linspace(-2, 4, 200);
    lab.plot(
      figure(
        [
          {
            type: "band",
            name: "posterior",
            x,
            low: x.map(() => 0),
            high: x.map((v) => Math.exp(exact.log(v)) / exact.area),
          },
          { type: "line", name: "EP", x, y: x.map((v) => normal(ep.mean, ep.sd).pdf(v)) },
          {
            type: "line",
            name: "variational",
            x,
            y: x.map((v) => normal(vi.mean, vi.sd).pdf(v)),
            dashed: true,
          },
        ],
        {
          title: `deviation: exact ${exact.sd.toFixed(3)}, EP ${ep.sd.toFixed(3)}, variational ${vi.sd.toFixed(3)}`,
          x: { label: "θ" },
          y: { label: "density" },
          alt: "A skewed posterior with its EP approximation, which is as wide, and its variational one, which is narrower.",
        },
      ),
    );
    lab.check("EP converged", ep.converged, { equals: true });
    lab.check("EP against the exact mean", ep.mean, { equals: exact.mean, within: 0.02 });
    lab.check("EP against the exact deviation", ep.sd, { equals: exact.sd, within: 0.02 });
    lab.check("variational over EP deviation: narrower", vi.sd / ep.sd, { below: 1 });
    lab.check("the variational bound lies below the log evidence, by", Math.log(exact.area) - vi.elbo, {
      above: 0,
    });
    const one = expectationPropagation({ mean: 0, sd: 1 }, [(t) => normal(t, 0.5).logPdf(2)]);
    lab.check("a normal site is exact: mean", one.mean, { equals: 1.6, within: 1e-6 });
  },
});
