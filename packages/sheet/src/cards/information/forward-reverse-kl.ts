import { fitForwardKl, fitReverseKl } from "whetstone/information";
import { normal } from "whetstone/stats";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "information/forward-reverse-kl",
  title: "Forward KL covers, reverse KL picks a mode",
  formula: String.raw`\min_q\mathrm{KL}(p\Vert q):\ \text{mean and variance of }p,\qquad \min_q\mathrm{KL}(q\Vert p):\ \text{avoid where }p\approx0`,
  ask: "Fit one Gaussian to two distant modes under each direction of KL: where does it land, and why?",
  answer:
    "Forward KL(p‖q) averages over p: q must have mass wherever p has, so it matches mean 0 and variance 25 + σ², putting most mass where p has none. Reverse KL(q‖p) averages over q: mass where p is tiny is costly, so q sits on one mode, which one depending on the start. Maximum likelihood is forward, variational inference reverse.",
  pitfall:
    "Reverse KL makes variational posteriors too narrow: their uncertainty is understated even when the fit looks good.",
  level: "hard",
  whenNot:
    "When both errors matter (missing mass and inventing mass), neither direction alone fits: use Jensen–Shannon, an α-divergence in between, or a richer family.",
  followUps: [
    {
      ask: "Which direction does a GAN, a VAE, a policy update minimise?",
      answer:
        "Maximum likelihood and distillation: forward. The ELBO and most RL fine-tuning: reverse. The original GAN at its best discriminator: Jensen–Shannon.",
    },
    {
      ask: "How would you make a variational posterior less narrow?",
      answer:
        "A richer family (full covariance, flows, mixtures), importance-weighted bounds, expectation propagation (forward KL locally), or sampling with MCMC as a check.",
    },
  ],
  derivation: String.raw`Forward: $\mathrm{KL}(p\Vert q)=\text{const}-\mathbb E_p\log q$. For Gaussian $q$ this is maximum likelihood under $p$, so $q$ takes the mean and variance of $p$: for modes at $\pm a$ with width $\sigma$ the mean is 0 and the variance $a^2+\sigma^2$.

Reverse: $\mathrm{KL}(q\Vert p)=-H(q)-\mathbb E_q\log p$. Where $p\approx0$ and $q>0$, $-\log p$ is huge, so $q$ stays inside one mode. There $p=\tfrac12\,p_1$, and with $q=p_1$ the divergence is $\log2$: the price of the mode that is missed.

The average over $p$ demands coverage; the average over $q$ forbids mass in the gap.`,
  covers: ["information/forward-reverse-kl", "claim-b-285"],
  answers: ["q-b-297"],
  verifiedAgainst: ["closed form for the forward fit", "stationarity of the reverse fit by quadrature"],
  budget: "quick",
  controls: {
    gap: slider(0.5, 6, 5, { label: "modes at ±", step: 0.25 }),
    start: slider(-6, 6, 2, { label: "start of the reverse fit", step: 0.5 }),
    weight: slider(0.1, 0.9, 0.5, { label: "weight of the left mode", step: 0.05 }),
  },
  run(lab, { gap, start, weight }) {
    const mixture = (m: number, w: number) => ({
      weights: [w, 1 - w],
      components: [
        { mean: -m, sd: 1 },
        { mean: m, sd: 1 },
      ],
    });
    const p = mixture(gap, weight);
    const [forward, reverse] = [fitForwardKl(p), fitReverseKl(p, { mean: start, sd: 2 })];
    const x = linspace(-12, 12, 241);
    const density = (v: number) => weight * normal(-gap, 1).pdf(v) + (1 - weight) * normal(gap, 1).pdf(v);
    lab.plot(
      figure(
        [
          { type: "band", name: "p", x, low: x.map(() => 0), high: x.map(density) },
          {
            type: "line",
            name: "forward KL(p‖q)",
            x,
            y: x.map((v) => normal(forward.mean, forward.sd).pdf(v)),
          },
          {
            type: "line",
            name: "reverse KL(q‖p)",
            x,
            y: x.map((v) => normal(reverse.mean, reverse.sd).pdf(v)),
          },
        ],
        {
          title: `forward: ${forward.mean.toFixed(2)} ± ${forward.sd.toFixed(2)}, reverse: ${reverse.mean.toFixed(2)} ± ${reverse.sd.toFixed(2)}`,
          x: { label: "x" },
          y: { label: "density" },
          alt: `A mixture with modes at ±${gap}: the forward fit is one wide bump over both with deviation ${forward.sd.toFixed(1)}, the reverse fit sits at ${reverse.mean.toFixed(1)}.`,
        },
      ),
    );
    const twin = mixture(5, 0.5);
    const wide = fitForwardKl(twin);
    lab.check("modes at ±5, forward: mean", wide.mean, { equals: 0, within: 1e-9 });
    lab.check("its variance, 25 + σ²", wide.sd ** 2, { equals: 26, within: 1e-9 });
    const [left, right] = [fitReverseKl(twin, { mean: -2, sd: 2 }), fitReverseKl(twin, { mean: 2, sd: 2 })];
    lab.check("reverse, started right: mean", right.mean, { equals: 5, within: 0.05 });
    lab.check("its deviation", right.sd, { equals: 1, within: 0.05 });
    lab.check("started left: mean", left.mean, { equals: -5, within: 0.05 });
    lab.check("reverse divergence of the mode: log 2, the mode it misses", right.divergence, {
      equals: Math.LN2,
      within: 1e-3,
    });
    const mass = (m: number, s: number) => normal(m, s).cdf(2) - normal(m, s).cdf(-2);
    lab.check(
      "mass between −2 and 2, forward fit over the mixture",
      mass(wide.mean, wide.sd) / ((mass(-5, 1) + mass(5, 1)) / 2),
      { above: 100 },
    );
    lab.check(
      "one mode only: both directions agree, difference in mean",
      fitForwardKl(mixture(0, 0.5)).mean - fitReverseKl(mixture(0, 0.5)).mean,
      { equals: 0, within: 1e-4 },
    );
  },
});
