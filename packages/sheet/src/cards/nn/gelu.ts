import { gelu } from "whetstone/nn";
import { grad, Tensor } from "whetstone/tensor";
import { card, choice, figure, linspace } from "../../index.ts";

export default card({
  id: "nn/gelu",
  title: "GELU: x Φ(x), whose slope is not 1 for positive x",
  formula: String.raw`\operatorname{GELU}(x)=x\,\Phi(x),\qquad \operatorname{GELU}'(x)=\Phi(x)+x\,\varphi(x)`,
  ask: "How is GELU defined, where is it used, and what is its derivative for positive inputs?",
  answer:
    "x times the normal distribution function: inputs are weighted by how large they are, not gated by their sign. The usual activation in transformers. Its slope is 0.5 at 0, peaks at about 1.129 near x = 1.41 and tends to 1; slightly negative inputs still get a gradient, so units rarely die.",
  pitfall:
    "The tanh approximation differs by up to 5·10⁻⁴: weights trained with one form should be served with that form.",
  level: "easy",
  whenNot:
    "On small devices or in quantised convolutional nets ReLU is cheaper and gives true zeros. In recent large language models gated units (SwiGLU, GEGLU) usually replace the plain GELU block.",
  followUps: [
    {
      ask: "How does SiLU (swish) differ from GELU?",
      answer:
        "SiLU is x·σ(x), the logistic function in place of Φ. Its dip is deeper and further left: −0.278 at x = −1.28, where GELU has −0.170 at −0.75. x·σ(1.702x) stays within 0.021 of GELU.",
    },
    {
      ask: "What random gate stands behind GELU?",
      answer:
        "Keep x if a standard normal draw is below it, else 0. The gate is open with probability Φ(x), so the mean is x·Φ(x): a dropout that depends on the input, made deterministic.",
    },
  ],
  derivation: String.raw`As $\Phi'=\varphi$, the product rule gives $\operatorname{GELU}'(x)=\Phi(x)+x\,\varphi(x)$. At 0 this is $\Phi(0)=\tfrac12$.

Since $\varphi'(x)=-x\,\varphi(x)$, the second derivative is $2\varphi(x)+x\varphi'(x)=(2-x^2)\,\varphi(x)$. It changes sign at $x=\pm\sqrt2$: the slope rises up to $\sqrt2$ and falls after it. There it is $0.9214+1.4142\cdot0.1468=1.129$.

For large $x$ both $1-\Phi(x)$ and $x\varphi(x)$ tend to 0, so the slope tends to 1. It comes from above, because $1-\Phi(x)<\varphi(x)/x<x\varphi(x)$ for $x>1$.

From $\Phi(-x)=1-\Phi(x)$ the slopes at $x$ and $-x$ add up to 1. So at $-\sqrt2$ the slope is $-0.129$, not 0: a gradient still passes left of 0.`,
  covers: ["nn/gelu", "claim-b-073"],
  answers: ["q-a-235", "q-b-059"],
  errata: [
    {
      claim: "claim-b-073",
      claimed: "ReLU and GELU have derivative 1 for positive inputs.",
      truth: "ReLU has. GELU's is 0.5 at 0, 1.129 at x ≈ 1.41 and approaches 1 from above.",
    },
  ],
  verifiedAgainst: ["PyTorch 1.13 gelu, exact and tanh, in float64, value and gradient, 1e-9"],
  budget: "quick",
  controls: { form: choice(["exact", "tanh"], "exact") },
  run(lab, { form }) {
    const points = linspace(-4, 4, 161);
    const x = Tensor.from(Float64Array.from(points), { requiresGrad: true });
    const f = (t: Tensor) => gelu(t, form === "exact" ? "none" : "tanh");
    const [y, dy] = [f(x).data(), grad([f(x).sum()], [x])[0]!.data()];
    lab.plot(
      figure(
        [
          { type: "line", name: "GELU", x: points, y: Array.from(y) },
          { type: "line", name: "derivative", x: points, y: Array.from(dy) },
          { type: "line", name: "ReLU", x: points, y: Array.from(x.relu().data()), dashed: true },
          { type: "rule", y: 1 },
        ],
        {
          x: { label: "x" },
          y: {},
          alt: "GELU follows ReLU with a dip below 0; its derivative rises through 0.5 at 0 to 1.13 and returns to 1.",
        },
      ),
    );
    const exact = (t: Tensor) => {
      const leaf = t.detach().requireGrad();
      return grad([gelu(leaf).sum()], [leaf])[0]!.data();
    };
    const at = (v: number) => exact(Tensor.from(Float64Array.of(v)))[0]!;
    const fine = linspace(0, 3, 3001);
    const slopes = exact(Tensor.from(Float64Array.from(fine)));
    const top = slopes.indexOf(Math.max(...slopes));
    lab.check("slope at 0", at(0), { equals: 0.5 });
    lab.check("greatest slope", slopes[top]!, { equals: 1.1289, within: 1e-4 });
    lab.check("where it is: √2", fine[top]!, { equals: Math.SQRT2, within: 1e-3 });
    lab.check("slope at 8", at(8), { equals: 1, within: 1e-12 });
    lab.check(
      "positive inputs with slope within 0.01 of 1, share of 0 to 3",
      slopes.filter((s) => Math.abs(s - 1) < 0.01).length / fine.length,
      {
        below: 0.1,
      },
    );
    const h = 1e-5;
    const [up, down] = [f(x.detach().add(h)).data(), f(x.detach().sub(h)).data()];
    lab.check(
      `${form} derivative against finite differences`,
      Math.max(...points.map((_, i) => Math.abs(dy[i]! - (up[i]! - down[i]!) / (2 * h)))),
      { atMost: 1e-8 },
    );
    const apart = gelu(x).sub(gelu(x, "tanh")).abs().max().item();
    lab.check("largest distance of the tanh form", apart, { between: [1e-4, 5e-4] });
  },
});
