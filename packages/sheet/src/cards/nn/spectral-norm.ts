import { svdvals } from "whetstone/math";
import { Linear, normalInit, SpectralNorm } from "whetstone/nn";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/spectral-norm",
  title: "Spectral norm: a layer that stretches nothing by more than 1",
  formula: String.raw`\bar W=\frac{W}{\sigma_1(W)},\qquad u\leftarrow\frac{Wv}{\lVert Wv\rVert},\ v\leftarrow\frac{W^\top u}{\lVert W^\top u\rVert},\ \sigma_1\approx u^\top Wv`,
  ask: "How does spectral normalisation bound a discriminator, and why is it cheap?",
  answer:
    "Each weight is divided by its largest singular value, so each linear map is 1-Lipschitz and so is a stack of them with ReLUs. One step of power iteration per pass suffices, because the vectors are kept and weights change little between steps.",
  pitfall:
    "It bounds the largest stretch only; for convolutions the usual form bounds the reshaped matrix, which is near the map's own norm but not equal to it.",
  level: "hard",
  whenNot:
    "In an ordinary classifier it takes away capacity: weight decay or norms. If a critic needs slopes of exactly 1, not at most 1, a gradient penalty. For invertible blocks x + F(x) a bound of 1 is too weak: scale below 1.",
  followUps: [
    {
      ask: "Why not clip the weights, as the first Wasserstein GAN did?",
      answer:
        "Clipping drives many weights to the two ends, and the bound it gives depends on the layer's size. Dividing by σ₁ gives 1 for any shape and leaves the direction of W free.",
    },
    {
      ask: "How does it differ from weight normalisation?",
      answer:
        "That sets the length of each row. m rows of length 1 can still point the same way and have σ₁ = √m, so the layer is not bounded by 1; spectral norm looks at all rows together.",
    },
  ],
  derivation: String.raw`$\lVert Wa-Wb\rVert\le\sigma_1\lVert a-b\rVert$, and equality holds along the first right singular vector, so $W/\sigma_1$ stretches by at most 1. ReLU satisfies $|r(a)-r(b)|\le|a-b|$. In a chain the constants multiply: $1\cdot1\cdots=1$.

Power iteration: write $u=\sum_jc_ju_j$ in left singular vectors. One round applies $WW^\top$ and multiplies $c_j$ by $\sigma_j^2$, so after $t$ rounds part $j$ is down by $(\sigma_j/\sigma_1)^{2t}$ against the first. For unit vectors $u^\top Wv\le\sigma_1$: the estimate comes from below, and until it has settled the layer may stretch a little more than 1.

The gradient holds $u,v$ fixed: $\partial\sigma_1/\partial W=uv^\top$. With $G$ the gradient for $\bar W$, that for $W$ is $\frac1{\sigma_1}\big(G-\langle G,\bar W\rangle uv^\top\big)$.`,
  covers: ["nn/spectral-norm"],
  verifiedAgainst: [
    "PyTorch 1.13 parametrizations.spectral_norm, value, gradients and vectors, 1e-9",
    "singular values by SVD",
  ],
  budget: "quick",
  controls: { scale: slider(0.2, 10, 3, { label: "factor of the weights", step: 0.2 }) },
  run(lab, { scale }) {
    const inner = new Linear(8, 6, { bias: false, seed: lab.random("w") });
    inner.weight.become(normalInit([6, 8], { std: scale, seed: lab.random("v") }), true);
    const layer = new SpectralNorm(inner, { seed: lab.random("u") });
    const x = normalInit([4, 8], { seed: lab.random("x") });
    const estimates = range(30).map(() => {
      layer.forward(x).realize();
      return layer.sigma().item();
    });
    const truth = svdvals(inner.weight.toMatrix())[0]!;
    lab.plot(
      figure(
        [
          { type: "line", name: "estimate", x: range(30), y: estimates },
          { type: "rule", y: truth, label: "largest singular value" },
        ],
        {
          x: { label: "pass" },
          y: {},
          alt: `The estimate u'Wv reaches the largest singular value ${truth.toFixed(2)} from below.`,
        },
      ),
    );
    layer.eval();
    const divided = inner.forward(x).div(estimates.at(-1)!);
    lab.check("layer against W x over the estimate", layer.forward(x).sub(divided).abs().max().item(), {
      atMost: 1e-5,
    });
    lab.check("estimate over the SVD's value", estimates.at(-1)! / truth, { between: [0.97, 1.0001] });
    const [a, b] = [
      normalInit([200, 8], { seed: lab.random("a") }),
      normalInit([200, 8], { seed: lab.random("b") }),
    ];
    const apart = layer.forward(a).sub(layer.forward(b)).square().sum(1).sqrt();
    const stretch = apart.div(a.sub(b).square().sum(1).sqrt()).max().item();
    lab.check("largest stretch of 200 pairs", stretch, { atMost: 1.03 });
    const raw = inner
      .forward(a)
      .sub(inner.forward(b))
      .square()
      .sum(1)
      .sqrt()
      .div(a.sub(b).square().sum(1).sqrt())
      .max()
      .item();
    lab.check("without: the same over the factor", raw / scale, { above: 1.5 });
  },
});
