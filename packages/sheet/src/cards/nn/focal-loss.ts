import { crossEntropy, focal, normalInit } from "whetstone/nn";
import { grad, Tensor } from "whetstone/tensor";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "nn/focal-loss",
  title: "Focal loss: easy examples count less",
  formula: String.raw`-\alpha_y\,(1-p_y)^\gamma\log p_y`,
  ask: "Write the focal loss. What does its factor do to easy examples, and what goes wrong when gamma is large?",
  answer:
    "Cross-entropy times (1−p)^γ, with p the probability of the true class. At γ = 2 an example with p = 0.9 counts a hundredth, one with p = 0.1 still 0.81. So thousands of easy negatives do not drown a few hard positives. γ = 0 is weighted cross-entropy.",
  pitfall:
    "A large γ leaves hardly any gradient but from the hardest rows, which may be mislabelled, and probabilities come out underconfident.",
  level: "medium",
  whenNot:
    "With moderate imbalance plain cross-entropy and a moved threshold are simpler and keep probabilities honest. Where many labels are wrong take a robust loss, which weighs hard rows less: the opposite of focal.",
  followUps: [
    {
      ask: "Why does RetinaNet start with a bias for a foreground probability of 0.01?",
      answer:
        "At p = 0.5 on about 100,000 anchors, background would swamp the first steps and training could diverge. A bias of −log 99 = −4.6 makes every anchor begin as likely background.",
    },
    {
      ask: "Why does the rare class get α = 0.25 in the paper, and not more?",
      answer:
        "At γ = 2 easy negatives are already scaled down so far that positives carry much of the loss; 0.25 gives some of it back. The best α falls as γ grows, so tune the two together.",
    },
  ],
  derivation: String.raw`Let $z$ be the logit of the true class against the other and $p=\sigma(z)$, so $\frac{dp}{dz}=p(1-p)$. For $L=-(1-p)^\gamma\log p$ the derivative by $p$ is $\gamma(1-p)^{\gamma-1}\log p-\frac{(1-p)^\gamma}p$.

Multiplied together: $\frac{dL}{dz}=(1-p)^\gamma\big(\gamma p\log p-(1-p)\big)$. At $\gamma=0$ this is $p-1$, that of cross-entropy.

At $\gamma=2$ and $p=0.9$ it is $-0.0029$ against $-0.1$; at $p=0.1$ it is $-1.10$ against $-0.9$. A hard row outweighs an easy one 380 times instead of 9 times.

Near $p=1$, with $\log p\approx-(1-p)$, it is about $-(1+\gamma)(1-p)^{\gamma+1}$. So 100,000 negatives at $p=0.99$ push with $1000$ in cross-entropy and with $0.3$ at $\gamma=2$.`,
  covers: ["nn/focal-loss", "claim-b-054"],
  answers: ["q-b-043"],
  verifiedAgainst: ["PyTorch 1.13 weighted cross_entropy at γ = 0, finite differences at γ = 2"],
  budget: "quick",
  controls: { gamma: slider(0, 6, 2, { label: "γ", step: 0.5 }) },
  run(lab, { gamma }) {
    const zeros = Tensor.from(new Int32Array(1));
    const lossAt = (p: number, g: number) => {
      const z = Tensor.from(Float64Array.of(Math.log(p), Math.log(1 - p)), { shape: [1, 2] });
      return focal(z, zeros, { gamma: g }).item();
    };
    const points = linspace(0.02, 0.98, 49);
    lab.plot(
      figure(
        [0, gamma].map((g) => ({
          type: "line" as const,
          name: `γ = ${g}`,
          x: points,
          y: points.map((p) => lossAt(p, g)),
        })),
        {
          x: { label: "probability of the true class" },
          y: { label: "loss" },
          alt: `Loss against probability for γ = 0 and γ = ${gamma}: the second is near 0 from one half on.`,
        },
      ),
    );
    lab.check("weight at p = 0.9, γ = 2", lossAt(0.9, 2) / lossAt(0.9, 0), { equals: 0.01, within: 1e-12 });
    lab.check("weight at p = 0.1, γ = 2", lossAt(0.1, 2) / lossAt(0.1, 0), { equals: 0.81, within: 1e-12 });
    const z = normalInit([30, 3], { std: 2, seed: lab.random("z") })
      .to("f64")
      .requireGrad();
    const y = Tensor.from(Int32Array.from({ length: 30 }, (_, i) => i % 3));
    const weight = Tensor.from(Float64Array.of(1, 2, 5));
    lab.check("γ = 0 against weighted cross-entropy", focal(z, y, { gamma: 0, weight }).item(), {
      equals: crossEntropy(z, y, { weight }).item(),
    });
    const p = z.softmax(1).gather(1, y.unsqueeze(1)).squeeze(1).data();
    const share = (g: number) => {
      const rows = Array.from(
        grad([focal(z, y, { gamma: g, reduction: "sum" })], [z])[0]!
          .abs()
          .sum(1)
          .data(),
      );
      const hard = rows.filter((_, i) => p[i]! < 0.5).reduce((a, v) => a + v, 0);
      return hard / rows.reduce((a, v) => a + v, 0);
    };
    lab.check("share of the gradient from rows with p < 0.5, γ = 2 over γ = 0", share(2) / share(0), {
      above: 1,
    });
  },
});
