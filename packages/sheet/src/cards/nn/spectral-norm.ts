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
    const map = layer.forward(normalInit([1, 8], { seed: 0 }).mul(0));
    lab.check("the map of 0", map.abs().max().item(), { equals: 0 });
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
