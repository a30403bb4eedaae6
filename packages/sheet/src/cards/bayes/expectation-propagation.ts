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
