import { grad, Tensor } from "whetstone/tensor";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "nn/tanh",
  title: "tanh: centred at 0, slope 1 there, flat far out",
  formula: String.raw`\tanh z=\frac{e^z-e^{-z}}{e^z+e^{-z}}=2\sigma(2z)-1,\qquad \tanh'z=1-\tanh^2z`,
  ask: "What is the derivative of tanh, between which values does tanh lie, and where is it still the natural choice?",
  answer:
    "1 − tanh², which is 1 at 0 and falls to 0 on both sides; values lie in (−1, 1). It is a sigmoid stretched to be centred at 0 and to pass gradients four times better. It remains in the states and candidates of recurrent nets (their gates are sigmoids) and wherever an output must be bounded and signed.",
  pitfall:
    "It saturates like the sigmoid: at |z| = 4 the slope is 0.0013, so bad initial scales stop it just the same.",
  level: "easy",
  whenNot:
    "In hidden layers of deep feed-forward nets: it saturates on both sides; take ReLU or GELU. As the output for a probability take a sigmoid.",
  followUps: [
    {
      ask: "How are tanh and the sigmoid related?",
      answer: String.raw`$\tanh z=2\sigma(2z)-1$: the same curve, stretched to $(-1,1)$ and four times as steep at 0.`,
    },
    {
      ask: "Why does a centred activation help?",
      answer:
        "If all inputs of a unit are positive, the gradients of its weights for one row share one sign, and descent zigzags. Values around 0 avoid that.",
    },
  ],
  derivation: String.raw`With $s=\sinh z$ and $c=\cosh z$, $\tanh z=s/c$, and each is the other's derivative.

The quotient rule gives $(c\cdot c-s\cdot s)/c^2=1-\tanh^2 z$.

Since $c^2-s^2=1$ this is also $1/\cosh^2 z$: exactly 1 at $z=0$, positive everywhere, and about $4e^{-2|z|}$ far out. So a unit at $z=5$ passes on less than a five-thousandth of the gradient.`,
  covers: ["nn/tanh", "claim-a-003", "claim-a-004"],
  answers: ["q-a-237", "q-a-287"],
  verifiedAgainst: ["PyTorch 1.13 tanh in float64, value and gradient, 1e-9"],
  budget: "quick",
  controls: { gain: slider(0.5, 4, 1, { label: "scale of z", step: 0.1 }) },
  run(lab, { gain }) {
    const points = linspace(-6, 6, 121);
    const z = Tensor.from(Float64Array.from(points), { requiresGrad: true });
    const f = (t: Tensor) => t.mul(gain).tanh();
    const [y, dy] = [f(z).data(), grad([f(z).sum()], [z])[0]!.data()];
    lab.plot(
      figure(
        [
          { type: "line", name: "tanh", x: points, y: Array.from(y) },
          { type: "line", name: "derivative", x: points, y: Array.from(dy) },
          { type: "line", name: "σ", x: points, y: Array.from(z.mul(gain).sigmoid().data()), dashed: true },
        ],
        {
          x: { label: "z" },
          y: {},
          alt: `tanh of ${gain} z between −1 and 1, its bell-shaped derivative with peak ${gain}, and the sigmoid for comparison.`,
        },
      ),
    );
    const h = 1e-5;
    const [up, down] = [f(z.detach().add(h)).data(), f(z.detach().sub(h)).data()];
    const gap = (g: (i: number) => number) => Math.max(...points.map((_, i) => Math.abs(dy[i]! - g(i))));
    lab.check(
      "derivative against scale (1 − tanh²)",
      gap((i) => gain * (1 - y[i]! ** 2)),
      { atMost: 1e-14 },
    );
    lab.check(
      "derivative against finite differences",
      gap((i) => (up[i]! - down[i]!) / (2 * h)),
      { atMost: 1e-8 },
    );
    const wide = Tensor.from(Float64Array.from(linspace(-1000, 1000, 4001)))
      .tanh()
      .data();
    lab.check("largest size over −1000 to 1000: 1 by rounding only", Math.max(...wide.map(Math.abs)), {
      equals: 1,
    });
    lab.check("tanh 5 is still below 1", Tensor.from(Float64Array.of(5)).tanh().item(), { below: 1 });
    const twice = z.mul(2).sigmoid().mul(2).sub(1).data();
    const plain = z.tanh().data();
    lab.check(
      "tanh z against 2 σ(2z) − 1",
      Math.max(...points.map((_, i) => Math.abs(twice[i]! - plain[i]!))),
      {
        atMost: 1e-15,
      },
    );
  },
});
