import { silu } from "whetstone/nn";
import { grad, Tensor } from "whetstone/tensor";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "nn/silu",
  title: "SiLU, or Swish: a number times its own sigmoid",
  formula: String.raw`\operatorname{silu}(x)=x\,\sigma(x),\qquad \operatorname{silu}'(x)=\sigma(x)\,(1+x\,(1-\sigma(x)))`,
  ask: "What is SiLU, and what does it have that ReLU lacks?",
  answer:
    "x σ(x): smooth everywhere, close to x far right and to 0 far left, with a dip of −0.278 at x = −1.278. Negative inputs keep a gradient, so no unit dies for good. It is the gate inside SwiGLU.",
  pitfall: "It is not monotone: left of the dip more input means less output.",
  level: "easy",
  whenNot:
    "On small devices the exponential costs more than ReLU's comparison: ReLU or hard-swish. In a pretrained net keep the activation it was trained with; swapping SiLU and GELU shifts every layer a little.",
  followUps: [
    {
      ask: "How does it relate to GELU?",
      answer:
        "GELU is x Φ(x), close to x σ(1.702 x): the same idea with a steeper gate. The dip is −0.17 at −0.75, against −0.28 at −1.28.",
    },
    {
      ask: "Can a SiLU unit still get stuck?",
      answer:
        "Almost: for very negative x the slope is about x eˣ, −4·10⁻⁴ at x = −10. It is never 0 for a whole range as ReLU's is, but such a unit comes back slowly.",
    },
  ],
  derivation: String.raw`With $\sigma'=\sigma(1-\sigma)$ the product rule gives $\sigma+x\sigma(1-\sigma)=\sigma\,(1+x(1-\sigma))$. At 0 this is $\tfrac12$.

The dip: $\sigma>0$, so the slope vanishes where $x(1-\sigma)=-1$. As $1-\sigma(x)=\frac{1}{1+e^x}$, that means $1+e^x=-x$, solved by $x^*\approx-1.278$. There $\sigma=1+\frac1{x^*}$, hence the value is $x^*\sigma=x^*+1\approx-0.278$.

Far right $\sigma\to1$ and $x-x\sigma(x)=\frac{x}{1+e^x}\to0$; far left $x\sigma(x)\approx xe^x\to0$.

With a factor inside, $x\,\sigma(\beta x)$ becomes ReLU as $\beta\to\infty$, because the gate turns into a step, and the straight line $\tfrac x2$ as $\beta\to0$.`,
  covers: ["nn/silu"],
  verifiedAgainst: ["PyTorch 1.13 silu in float64, value and gradient, 1e-9"],
  budget: "quick",
  controls: { beta: slider(0.2, 10, 1, { label: "β of x σ(βx)", step: 0.1 }) },
  run(lab, { beta }) {
    const points = linspace(-5, 5, 201);
    const x = Tensor.from(Float64Array.from(points), { requiresGrad: true });
    const swish = silu(x.mul(beta)).div(beta);
    const dy = grad([silu(x).sum()], [x])[0]!.data();
    lab.plot(
      figure(
        [
          { type: "line", name: `x σ(${beta} x)`, x: points, y: Array.from(swish.data()) },
          { type: "line", name: "silu'", x: points, y: Array.from(dy) },
          { type: "line", name: "ReLU", x: points, y: Array.from(x.relu().data()), dashed: true },
        ],
        {
          x: { label: "x" },
          y: {},
          alt: `Swish with β = ${beta}: near ReLU for large β, near half of x for small.`,
        },
      ),
    );
    const s = x.sigmoid().data();
    const formula = points.map((v, i) => s[i]! * (1 + v * (1 - s[i]!)));
    lab.check("derivative against the formula", Math.max(...formula.map((v, i) => Math.abs(v - dy[i]!))), {
      atMost: 1e-14,
    });
    const fine = linspace(-1.4, -1.1, 3001);
    const values = silu(Tensor.from(Float64Array.from(fine))).data();
    const low = values.indexOf(Math.min(...values));
    lab.check("lowest value", values[low]!, { equals: -0.2785, within: 1e-4 });
    lab.check("where it is", fine[low]!, { equals: -1.2785, within: 1e-3 });
    const sharp = silu(x.mul(200)).div(200).sub(x.relu()).abs().max().item();
    lab.check("distance from ReLU at β = 200", sharp, { atMost: 0.002 });
    lab.check("slope at 0", dy[100]!, { equals: 0.5 });
  },
});
