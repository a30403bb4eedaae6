import {
  crossEntropy,
  crossEntropyFromLogits,
  entropy,
  klDivergence,
  klGaussian,
} from "whetstone/information";
import { numericalGradient } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "information/kl",
  title: "Cross-entropy is entropy plus KL, and KL is no distance",
  formula: String.raw`H(p,q)=-\sum p\log q=H(p)+\mathrm{KL}(p\Vert q),\qquad \mathrm{KL}(p\Vert q)=\sum p\log\tfrac pq\ge0`,
  ask: "How are entropy, cross-entropy and KL divergence related, and why is KL not a distance?",
  answer:
    "Cross-entropy is the code length for data from p with q's code: the unavoidable H(p) plus the waste KL(p‖q). With fixed labels minimising either is the same, and the gradient in the logits is q − p. KL is ≥ 0, zero only for equals, but asymmetric, without triangle inequality, infinite where q = 0 < p.",
  pitfall:
    "Direction matters: KL(p‖q) punishes q for missing mass of p, KL(q‖p) for putting mass where p has none. Smooth before comparing histograms, or one empty bin decides.",
  level: "medium",
  whenNot:
    "To compare distributions with disjoint supports, or in the unit of the data: KL is infinite there. Use Wasserstein; for a bounded symmetric score Jensen–Shannon.",
  followUps: [
    {
      ask: "Show that KL is never negative.",
      answer: "−KL = Σ p log(q/p) ≤ log Σ p·(q/p) = log Σ q ≤ 0 by Jensen, with equality only where q = p.",
    },
    {
      ask: "Which direction is the KL penalty in RLHF?",
      answer:
        "KL(policy ‖ reference), averaged over the policy's own samples: it forbids text that the reference finds very unlikely and does not force coverage.",
    },
  ],
  derivation: String.raw`$-\sum p\log q=-\sum p\log p+\sum p\log\frac pq$: cross-entropy is entropy plus KL, by adding and subtracting $\log p$.

By Jensen $\sum p\log\frac qp\le\log\sum_{p>0}q\le0$, so $\mathrm{KL}\ge0$, zero only for $p=q$. Hence discrete cross-entropy is at least $H(p)\ge0$, and zero only if $p$ is one-hot and $q$ agrees.

With $q=\operatorname{softmax}(z)$: $H(p,q)=-\sum p_kz_k+\log\sum e^{z_k}$, with gradient $q-p$. Labels are fixed, so $H(p)$ is a constant and minimising either is the same.`,
  covers: [
    "information/kl-divergence",
    "information/cross-entropy",
    "claim-a-032",
    "claim-b-282",
    "claim-b-338",
    "claim-b-367",
  ],
  answers: ["q-a-008", "q-a-307", "q-b-296"],
  verifiedAgainst: ["SciPy 1.10 stats.entropy(p, q)", "finite differences"],
  budget: "quick",
  controls: {
    p: slider(0.01, 0.99, 0.5, { label: "p: probability of the first of two outcomes", step: 0.01 }),
    q: slider(0.01, 0.99, 0.9, { label: "q", step: 0.01 }),
  },
  run(lab, { p, q }) {
    const grid = range(99).map((i) => (i + 1) / 100);
    const kl = (a: number, b: number) => klDivergence([a, 1 - a], [b, 1 - b]);
    lab.plot(
      figure(
        [
          { type: "line", name: "KL(p‖q)", x: grid, y: grid.map((v) => kl(p, v)) },
          { type: "line", name: "KL(q‖p)", x: grid, y: grid.map((v) => kl(v, p)) },
          { type: "points", name: "yours", x: [q, q], y: [kl(p, q), kl(q, p)], size: 5 },
          { type: "rule", x: p, label: "q = p" },
        ],
        {
          x: { label: "q" },
          y: { label: "nats", domain: [0, 3] },
          alt: `Both divergences from a coin with p = ${p} by q: zero at q = p only and different elsewhere, ${kl(p, q).toFixed(3)} against ${kl(q, p).toFixed(3)} at q = ${q}.`,
        },
      ),
    );
    const parts = {
      "entropy H(p)": entropy([p, 1 - p]),
      "waste KL(p‖q)": kl(p, q),
      "cross-entropy H(p, q)": crossEntropy([p, 1 - p], [q, 1 - q]),
    };
    lab.plot(
      figure([{ type: "bars", x: Object.keys(parts), y: Object.values(parts) }], {
        title: "The code length splits",
        x: { scale: "band" },
        y: { label: "nats" },
        alt: `Entropy ${parts["entropy H(p)"].toFixed(3)} plus divergence ${parts["waste KL(p‖q)"].toFixed(3)} gives the cross-entropy.`,
      }),
    );
    const random = lab.random();
    const draw = () => random.dirichlet([1, 1, 1, 1]);
    const pairs = range(300).map(() => [draw(), draw()] as const);
    lab.check(
      "H(p, q) − H(p) − KL(p‖q), largest of 300 pairs",
      Math.max(...pairs.map(([a, b]) => Math.abs(crossEntropy(a, b) - entropy(a) - klDivergence(a, b)))),
      { atMost: 1e-12 },
    );
    lab.check(
      "H(p, q) ≥ H(p): smallest difference",
      Math.min(...pairs.map(([a, b]) => crossEntropy(a, b) - entropy(a))),
      { above: 0 },
    );
    lab.check("H(p) ≥ 0: smallest entropy", Math.min(...pairs.map(([a]) => entropy(a))), { atLeast: 0 });
    lab.check("KL of a distribution with itself", klDivergence([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]), {
      equals: 0,
      within: 1e-15,
    });
    lab.check(
      "asymmetry: KL of (½, ½) from (0.9, 0.1), and the reverse, differ by",
      kl(0.5, 0.9) - kl(0.9, 0.5),
      { above: 0.1 },
    );
    lab.check(
      "triangle: direct KL less the way round, coins 0.5 → 0.25 → 0.1",
      kl(0.5, 0.1) - kl(0.5, 0.25) - kl(0.25, 0.1),
      { above: 0.1 },
    );
    lab.check("q = 0 where p > 0", klDivergence([0.5, 0.5], [1, 0]), { equals: Number.POSITIVE_INFINITY });
    lab.check("p = 0 contributes nothing", klDivergence([1, 0], [0.5, 0.5]), {
      equals: Math.LN2,
      within: 1e-15,
    });
    lab.check("two Gaussians one σ apart", klGaussian({ mean: 0, sd: 1 }, { mean: 1, sd: 1 }), {
      equals: 0.5,
      within: 1e-15,
    });
    // Extra bits when data from p are coded for q: p = (½, ¼, ¼), q = (¼, ¼, ½) with whole-bit codes.
    lab.check(
      "extra bits of the wrong code, by hand",
      klDivergence([1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 4, 1 / 2], { base: 2 }),
      { equals: (1 / 2) * 2 + (1 / 4) * 2 + (1 / 4) * 1 - 1.5, within: 1e-14 },
    );
    const target = [0.1, 0.2, 0.7];
    const z = [0.3, -1, 0.5];
    const numeric = numericalGradient((v) => crossEntropyFromLogits(target, v).value, z);
    const { gradient, probabilities } = crossEntropyFromLogits(target, z);
    lab.check(
      "gradient in the logits against finite differences",
      Math.max(...gradient.map((g, i) => Math.abs(g - numeric[i]!))),
      { atMost: 1e-8 },
    );
    lab.check(
      "it is softmax − target",
      Math.max(...gradient.map((g, i) => Math.abs(g - (probabilities[i]! - target[i]!)))),
      { atMost: 1e-15 },
    );
  },
});
