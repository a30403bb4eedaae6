import { entropy } from "whetstone/information";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "information/entropy",
  title: "Entropy: the mean surprise, in bits or nats",
  formula: String.raw`H(p)=-\sum_k p_k\log p_k,\qquad 0\le H\le\log K`,
  ask: "What does Shannon entropy measure, and what fixes its unit?",
  answer:
    "The average surprise −log p, and so the least mean code length per symbol, reached by coding long blocks. 0 when the outcome is certain, log K when K outcomes are equally likely. The base of the logarithm is the unit: 2 gives bits (a fair coin is 1 bit), e gives nats, 1 bit = 0.693 nats.",
  pitfall:
    "Without a stated base the number is ambiguous. Entropy of counts from a small sample is biased low, and the entropy of a density may be negative.",
  level: "easy",
  whenNot:
    "For numbers with an order or a distance entropy sees only labels: use the variance or a quantile range. For densities compare differences of entropies, never single values.",
  followUps: [
    {
      ask: "Why the logarithm?",
      answer:
        "Surprise should add over independent events while probabilities multiply; only logarithms do that. Continuity and growth then fix it up to the base.",
    },
    {
      ask: "What is perplexity?",
      answer:
        "exp of the entropy in nats: the number of equally likely outcomes that would be as uncertain. A language model's perplexity uses cross-entropy in its place.",
    },
  ],
  derivation: String.raw`Ask that surprise $s(p)$ falls with $p$ and adds over independent events: $s(pq)=s(p)+s(q)$. Then $s(p)=-c\log p$, and entropy is its mean $H=-\sum p_k\log p_k$.

The logarithm is concave, so by Jensen $\sum p_k\log\frac1{p_k}\le\log\sum p_k\frac1{p_k}=\log K$, equal only if all $p_k$ agree. All terms are $\ge0$, and $0$ only for a certain outcome.

A prefix code with lengths $\ell_k$ has $\sum2^{-\ell_k}\le1$ (Kraft), which gives a mean length of at least $H$ bits; lengths $-\log_2p_k$ reach it when they are whole numbers.`,
  covers: ["information/entropy", "claim-a-030"],
  answers: ["q-a-306"],
  verifiedAgainst: ["SciPy 1.10 stats.entropy"],
  budget: "quick",
  controls: {
    p: slider(0, 1, 0.2, { label: "P(heads)", step: 0.01 }),
    K: slider(2, 32, 8, { label: "outcomes K (second figure)" }),
    sharpness: slider(0, 3, 1, { label: "how uneven they are", step: 0.1 }),
  },
  run(lab, { p, K, sharpness }) {
    const q = linspace(0, 1, 101);
    const bits = (v: number) => entropy([v, 1 - v], { base: 2 });
    lab.plot(
      figure(
        [
          { type: "line", name: "bits", x: q, y: q.map(bits) },
          { type: "line", name: "nats", x: q, y: q.map((v) => entropy([v, 1 - v])), dashed: true },
          { type: "points", name: "your coin", x: [p], y: [bits(p)], size: 5 },
        ],
        {
          x: { label: "P(heads)" },
          y: { label: "entropy" },
          alt: `Entropy of a coin by P(heads): an arch from 0 through 1 bit at one half; at ${p} it is ${bits(p).toFixed(3)} bits.`,
        },
      ),
    );
    const weights = range(K).map((k) => Math.exp((-sharpness * k) / 4));
    const total = weights.reduce((a, b) => a + b, 0);
    const dist = weights.map((w) => w / total);
    const H = entropy(dist, { base: 2 });
    lab.plot(
      figure([{ type: "bars", x: dist.map((_, k) => String(k + 1)), y: dist }], {
        title: `H = ${H.toFixed(2)} bits of at most ${Math.log2(K).toFixed(2)}: as uncertain as ${(2 ** H).toFixed(1)} equal outcomes`,
        x: { label: "outcome", scale: "band" },
        y: { label: "probability" },
        alt: `Probabilities of ${K} outcomes with an entropy of ${H.toFixed(2)} bits.`,
      }),
    );
    lab.check("fair coin, base 2", entropy([0.5, 0.5], { base: 2 }), { equals: 1, within: 1e-15 });
    lab.check("fair coin in nats", entropy([0.5, 0.5]), { equals: Math.LN2, within: 1e-15 });
    lab.check("certain outcome", entropy([1, 0, 0]), { equals: 0 });
    lab.check(
      "K equal outcomes",
      entropy(
        range(K).map(() => 1 / K),
        { base: 2 },
      ),
      { equals: Math.log2(K), within: 1e-12 },
    );
    lab.check("your distribution: between 0 and log₂K", H, { between: [0, Math.log2(K) + 1e-12] });
    // A code of whole bits for dyadic probabilities reaches the entropy exactly.
    const dyadic = [1 / 2, 1 / 4, 1 / 8, 1 / 8];
    const code = ["0", "10", "110", "111"];
    lab.check(
      "mean length of the code 0, 10, 110, 111",
      dyadic.reduce((s, v, k) => s + v * code[k]!.length, 0),
      { equals: entropy(dyadic, { base: 2 }), within: 1e-15 },
    );
    const [a, b] = [
      [0.2, 0.8],
      [0.5, 0.3, 0.2],
    ];
    lab.check("independent pair: entropies add", entropy(a.flatMap((u) => b.map((v) => u * v))), {
      equals: entropy(a) + entropy(b),
      within: 1e-14,
    });
  },
});
