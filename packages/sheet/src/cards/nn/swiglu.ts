import { FeedForward, GatedFeedForward, glu, normalInit, silu, swiglu } from "whetstone/nn";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/swiglu",
  title: "SwiGLU: the gate is Swish, not a sigmoid",
  formula: String.raw`\text{GLU}=(xW_1)\odot\sigma(xW_2),\qquad \text{SwiGLU}=\operatorname{Swish}(xW_1)\odot(xW_2)`,
  ask: "Write SwiGLU. At what hidden width does it have as many parameters as a plain two-layer feed-forward block?",
  answer:
    "Swish(xW₁) times xW₂, then W₃: three matrices of d × h. A plain block with hidden 4d has 8d² weights, so 3dh = 8d² gives h = 8d/3. The gate multiplies two linear views of the input, which a single activation cannot do.",
  pitfall:
    "With a sigmoid gate it is GLU, the oldest of the family. The names differ by the function on the gate alone.",
  level: "medium",
  whenNot:
    "In small nets three matrices add latency rather than accuracy: plain GELU. Its output grows like a square, so outliers can overflow in FP16 or FP8: watch the largest values, clamp them, or stay with BF16.",
  followUps: [
    {
      ask: "Why is the hidden width of real models not exactly 8d/3?",
      answer:
        "It is rounded up to a multiple that suits the hardware and the sharding. With d = 4096, 8d/3 is 10,922.7; LLaMA 7B uses 11,008, the next multiple of 256.",
    },
    {
      ask: "How are the two input products computed fast?",
      answer:
        "As one: put W₁ and W₂ side by side, multiply once, split the result in halves and gate. One read of x instead of two, and a larger product that fills the device better.",
    },
  ],
  derivation: String.raw`A plain block maps $d\to4d\to d$: two matrices, $2\cdot4d^2=8d^2$ weights without biases. The gated block has $W_1,W_2$ of $d\times h$ and $W_3$ of $h\times d$, so $3dh$. Equal counts mean $h=\tfrac{8}{3}d$. A multiplication and an addition per weight and token: the work is the same, too.

What the gate adds: near 0 $\operatorname{Swish}(u)\approx\tfrac u2$, so a hidden unit is about $\tfrac12(w_1^\top x)(w_2^\top x)$, a product of two linear views. A plain block has to build such products from many bent lines.

The gradient for the second view, $v=xW_2$, is multiplied by $\operatorname{Swish}(u)$, which can exceed 1. With a sigmoid the factor is below 1: several gated layers then damp the gradient on that path.`,
  covers: ["nn/swiglu", "claim-b-270", "claim-b-089"],
  answers: ["q-b-288"],
  errata: [
    {
      claim: "claim-b-270",
      claimed: "SwiGLU = (xW₁)·σ(xW₂)",
      truth: "That is GLU with a sigmoid gate. SwiGLU is Swish(xW₁) ⊙ (xW₂).",
    },
  ],
  verifiedAgainst: ["PyTorch 1.13 glu and silu in float64, value and gradient, 1e-9"],
  budget: "quick",
  controls: { third: slider(1, 16, 8, { label: "model width / 3" }) },
  run(lab, { third }) {
    const dim = 3 * third;
    const plain = new FeedForward(dim, 4 * dim, { bias: false, seed: lab.random("plain") });
    const gated = new GatedFeedForward(dim, 8 * third, { seed: lab.random("gated") });
    const widths = range(16).map((i) => 3 * (i + 1));
    const count = (d: number, h: number) => new GatedFeedForward(d, h, { seed: 0 }).parameterCount();
    lab.plot(
      figure(
        [
          { type: "line", name: "plain, 4d", x: widths, y: widths.map((d) => 8 * d * d) },
          { type: "line", name: "SwiGLU, 4d", x: widths, y: widths.map((d) => count(d, 4 * d)) },
          { type: "points", name: "SwiGLU, 8d/3", x: widths, y: widths.map((d) => count(d, (8 * d) / 3)) },
          { type: "rule", x: dim },
        ],
        {
          x: { label: "model width d" },
          y: { label: "weights" },
          alt: "Weights by model width: a gated block of hidden width 8d/3 lies on the line of the plain block, one of 4d lies half again as high.",
        },
      ),
    );
    lab.check("plain block of hidden width 4d", plain.parameterCount(), { equals: 8 * dim * dim });
    lab.check("gated block of hidden width 8d/3", gated.parameterCount(), { equals: plain.parameterCount() });
    const x = normalInit([5, dim], { seed: lab.random("x") });
    const [u, v] = [gated.gate.forward(x), gated.up.forward(x)];
    const gap = (a: Tensor, b: Tensor) => a.sub(b).abs().max().item();
    lab.check(
      "layer against Swish(xW₁) ⊙ (xW₂) W₃",
      gap(gated.forward(x), gated.down.forward(silu(u).mul(v))),
      { atMost: 1e-6 },
    );
    lab.check("swiglu of both halves", gap(swiglu(Tensor.concat([u, v], 1)), silu(u).mul(v)), {
      atMost: 1e-7,
    });
    lab.check("glu of both halves: a sigmoid gate", gap(glu(Tensor.concat([u, v], 1)), u.mul(v.sigmoid())), {
      atMost: 1e-7,
    });
    lab.check("distance of the two", gap(glu(Tensor.concat([u, v], 1)), silu(u).mul(v)), { above: 0.01 });
  },
});
