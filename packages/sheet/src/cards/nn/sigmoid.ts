import { grad, Tensor } from "whetstone/tensor";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "nn/sigmoid",
  title: "Sigmoid: its derivative is σ(1 − σ), a quarter at most",
  formula: String.raw`\sigma(z)=\frac1{1+e^{-z}},\qquad \sigma'(z)=\sigma(z)\,(1-\sigma(z))\le\tfrac14`,
  ask: "How is the sigmoid's derivative written from its output, how large can it get, and when does a sigmoid end a net?",
  answer:
    "σ' = σ(1 − σ), largest at z = 0 where it is 0.25, and next to nothing beyond |z| = 6: a saturated unit does not learn. It belongs in the output where one probability is wanted, binary or multi-label. In hidden layers each one shrinks the gradient at least fourfold.",
  pitfall:
    "1 / (1 + exp(−z)) in float32 has no room near 1: σ(20) is exactly 1 there and log(1 − σ) is −∞. Compute losses from logits.",
  level: "easy",
  whenNot:
    "As a hidden activation of a deep net: it saturates and shrinks gradients; take ReLU or GELU. For classes that exclude each other take softmax.",
  followUps: [
    {
      ask: "Why compute the loss from the logit and not from the sigmoid's output?",
      answer:
        "In floating point the output rounds to 0 or 1 and its logarithm is lost; softplus of the logit gives the same loss without that.",
    },
    {
      ask: "Does cross-entropy cure a saturated output unit?",
      answer:
        "Yes: its gradient in the logit is $p-y$, as the factor $p(1-p)$ cancels. It does nothing for saturated hidden sigmoids.",
    },
  ],
  derivation: String.raw`Write $\sigma(z)=(1+e^{-z})^{-1}$. The chain rule gives $\sigma'(z)=e^{-z}(1+e^{-z})^{-2}$.

One factor $(1+e^{-z})^{-1}$ is $\sigma$; the rest, $e^{-z}/(1+e^{-z})$, is $1-\sigma$. So $\sigma'=\sigma(1-\sigma)$.

As a function of $s=\sigma$ this is the parabola $s(1-s)$, largest at $s=\tfrac12$, that is at $z=0$, where it is $\tfrac14$. Hence a chain of $L$ sigmoids multiplies a gradient by at most $4^{-L}$, apart from the weights between them.`,
  covers: ["nn/sigmoid", "claim-a-001", "claim-b-071", "claim-b-268"],
  answers: ["q-a-236", "q-a-285", "q-b-287"],
  verifiedAgainst: ["PyTorch 1.13 sigmoid in float64, value and gradient, 1e-9"],
  budget: "quick",
  controls: {
    at: slider(-8, 8, 2, { label: "z", step: 0.1 }),
    depth: slider(1, 40, 20, { label: "layers" }),
  },
  run(lab, { at, depth }) {
    const points = linspace(-8, 8, 161);
    const z = Tensor.from(Float64Array.from(points), { requiresGrad: true });
    const y = z.sigmoid();
    const dy = grad([y.sum()], [z])[0]!.data();
    const s = y.data();
    const here = Tensor.from(Float64Array.of(at), { requiresGrad: true });
    const slope = grad([here.sigmoid().sum()], [here])[0]!.item();
    const value = here.sigmoid().item();
    lab.plot(
      figure(
        [
          { type: "line", name: "σ", x: points, y: Array.from(s) },
          { type: "line", name: "σ'", x: points, y: Array.from(dy) },
          {
            type: "line",
            name: "tangent",
            x: [at - 2, at + 2],
            y: [value - 2 * slope, value + 2 * slope],
            dashed: true,
          },
        ],
        {
          x: { label: "z" },
          y: { domain: [-0.2, 1.2] },
          alt: `Sigmoid, its derivative with peak 0.25 at 0, and the tangent at ${at} of slope ${slope.toFixed(4)}.`,
        },
      ),
    );
    lab.plot(
      figure(
        [
          {
            type: "line",
            x: linspace(1, depth, depth),
            y: linspace(1, depth, depth).map((k) => 0.25 ** k),
          },
        ],
        {
          title: "The best case of a product of derivatives",
          x: { label: "sigmoids on the way" },
          y: { label: "largest factor", scale: "log" },
          alt: `0.25 to the power of the depth falls to ${(0.25 ** depth).toExponential(1)} at ${depth} layers on a log scale.`,
        },
      ),
    );
    const h = 1e-5;
    const ends = (step: number) => z.detach().add(step).sigmoid().data();
    const [up, down] = [ends(h), ends(-h)];
    const gap = (f: (i: number) => number) => Math.max(...points.map((_, i) => Math.abs(dy[i]! - f(i))));
    lab.check(
      "derivative against σ(1 − σ)",
      gap((i) => s[i]! * (1 - s[i]!)),
      { atMost: 1e-15 },
    );
    lab.check(
      "derivative against finite differences",
      gap((i) => (up[i]! - down[i]!) / (2 * h)),
      { atMost: 1e-9 },
    );
    lab.check("largest derivative, at z = 0", Math.max(...dy), { equals: 0.25 });
    lab.check("largest derivative lies at", points[dy.indexOf(Math.max(...dy))]!, {
      equals: 0,
      within: 1e-12,
    });
    const tanhAt0 = Tensor.from(Float64Array.of(0), { requiresGrad: true });
    lab.check("tanh's largest derivative", grad([tanhAt0.tanh().sum()], [tanhAt0])[0]!.item(), { equals: 1 });
    const chain = Tensor.from(Float64Array.of(0.3), { requiresGrad: true });
    let through = chain;
    for (let i = 0; i < depth; i++) through = through.sigmoid();
    lab.check(`derivative through ${depth} sigmoids`, grad([through.sum()], [chain])[0]!.item(), {
      between: [0, 0.25 ** depth],
    });
    lab.check("0.25^20, the best case of 20 layers", Math.max(...dy) ** 20, {
      equals: 9.1e-13,
      relative: 0.01,
    });
    const far = Tensor.from(Float64Array.of(-800, 800)).sigmoid().data();
    lab.check("σ(−800)", far[0]!, { equals: 0 });
    lab.check("σ(800)", far[1]!, { equals: 1 });
  },
});
