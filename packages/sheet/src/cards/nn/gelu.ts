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
