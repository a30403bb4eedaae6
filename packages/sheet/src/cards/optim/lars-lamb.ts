import { AdamW, LAMB, LARS, linearWarmup, Scheduler, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "optim/lars-lamb",
  title: "LARS and LAMB: every layer moves by the same share of its weights",
  formula: String.raw`\text{LARS: } \Delta W=-\eta\,\tau\frac{\lVert W\rVert}{\lVert g\rVert+\lambda\lVert W\rVert}(g+\lambda W),\qquad \text{LAMB: } \Delta W=-\eta\frac{\lVert W\rVert}{\lVert r\rVert}\,r,\quad r=\frac{\hat m}{\sqrt{\hat v}+\varepsilon}+\lambda W`,
  ask: "Why do very large batches use a trust ratio per layer?",
  answer:
    "Large batches need large rates, and one rate must serve all layers. Layers differ by orders of magnitude in ‖g‖/‖W‖: the layer with the largest ratio diverges first. The trust ratio scales each layer's step to a fixed share of its weights' norm: LARS does so to momentum SGD, LAMB to AdamW.",
  pitfall:
    "Biases and normalisation gains have no meaningful norm: they are left out and get the plain step. Warm-up is still needed.",
  level: "hard",
  whenNot:
    "At ordinary batch sizes, where well-tuned SGD or AdamW with warm-up does as well: trust ratios add cost and a parameter. They pay when the batch is in the thousands and layers differ strongly.",
  followUps: [
    {
      ask: "Why does LAMB use the ratio on Adam's update and not on the gradient?",
      answer:
        "Adam first evens out coordinates within a layer; the ratio then evens out layers. On the raw gradient (LARS) coordinates inside a layer keep their different scales, which hurts attention models such as BERT.",
    },
    {
      ask: "What happens to a layer whose weights start at zero?",
      answer:
        "Its norm is zero, so the ratio would freeze it for ever. Implementations use a ratio of 1 when a norm is zero, or leave such parameters out.",
    },
  ],
  derivation: String.raw`Stability depends on the relative change $\lVert\Delta W\rVert/\lVert W\rVert$: a step as large as the layer itself replaces what was learned. Plain SGD gives layer $\ell$ the relative change $\eta\lVert g_\ell\rVert/\lVert W_\ell\rVert$.

If these ratios span three powers of ten, a rate that is right for one layer is a thousand times too large or too small for another. The common rate has to suit the layer with the largest ratio.

Multiply the update $u_\ell$ of each layer by $\lVert W_\ell\rVert/\lVert u_\ell\rVert$. Then $\lVert\Delta W_\ell\rVert/\lVert W_\ell\rVert=\eta$ in every layer: the rate has become the share by which weights move per step.

With $u=g+\lambda W$ this is LARS, but for its divisor $\lVert g\rVert+\lambda\lVert W\rVert\ge\lVert u\rVert$: with decay its steps are a little shorter; with Adam's $\hat m/(\sqrt{\hat v}+\varepsilon)+\lambda W$ it is LAMB.`,
  covers: ["optim/lars-lamb"],
  verifiedAgainst: ["algorithms of You et al. (2017, 2020) written out in PyTorch, 1e-11"],
  budget: "quick",
  controls: {
    spread: slider(0, 4, 3, { label: "spread of the layers' gradients, powers of ten", step: 0.5 }),
    rate: slider(0.01, 0.1, 0.05, { label: "learning rate", step: 0.01 }),
  },
  run(lab, { spread, rate }) {
    const layers = 5;
    const random = lab.random();
    const weights = () =>
      range(layers).map((i) => {
        const w = lab.random(`layer ${i}`);
        return Tensor.from(
          Float64Array.from({ length: 12 }, () => 10 ** (i / 4) * w.normal()),
          {
            shape: [3, 4],
            requiresGrad: true,
          },
        );
      });
    const gradients = range(layers).map((i) =>
      Tensor.from(
        Float64Array.from({ length: 12 }, () => 10 ** ((spread * (i - 2)) / 4) * random.normal()),
        { shape: [3, 4] },
      ),
    );
    const length = (t: Tensor) => Math.hypot(...(t.data() as Float64Array));
    const steps = (make: (p: Tensor[]) => SGD | AdamW | LARS | LAMB) => {
      const W = weights();
      const before = W.map((w) => w.clone());
      const optimizer = make(W);
      W.map((w, i) => w.mul(gradients[i]!).sum())
        .reduce((a, b) => a.add(b))
        .backward();
      optimizer.step();
      return W.map((w, i) => length(w.detach().sub(before[i]!)) / length(before[i]!));
    };
    const kinds = {
      SGD: steps((p) => new SGD(p, { lr: rate })),
      AdamW: steps((p) => new AdamW(p, { lr: rate })),
      LARS: steps((p) => new LARS(p, { lr: rate, trust: 1 })),
      LAMB: steps((p) => new LAMB(p, { lr: rate })),
    };
    lab.plot(
      figure(
        Object.entries(kinds).map(([name, y]) => ({
          type: "line" as const,
          name,
          x: range(layers).map((i) => i + 1),
          y,
        })),
        {
          title: "Length of the first step, as a share of the layer's weights",
          x: { label: "layer" },
          y: { scale: "log" },
          alt: "The relative step varies over orders of magnitude between layers under SGD, less under AdamW, and not at all under LARS and LAMB.",
        },
      ),
    );
    const ratio = (values: number[]) => Math.max(...values) / Math.min(...values);
    for (const name of ["LARS", "LAMB"] as const) {
      lab.check(`${name}: longest over shortest relative step`, ratio(kinds[name]), {
        equals: 1,
        within: 1e-9,
      });
      lab.check(`${name}: relative step, in learning rates`, kinds[name][0]! / rate, {
        equals: 1,
        within: 1e-9,
      });
    }
    if (spread >= 3) lab.check("SGD: longest over shortest relative step", ratio(kinds.SGD), { above: 20 });
    lab.check("AdamW: longest over shortest relative step", ratio(kinds.AdamW), { above: 2 });

    // A quadratic whose layers differ in curvature: one rate for all.
    const curvature = range(3).map((i) => 10 ** (spread * (i - 1)));
    const train = (make: (p: Tensor[]) => SGD | LARS) => {
      const W = range(3).map(() => Tensor.from([[1, 1]], { dtype: "f64", requiresGrad: true }));
      const optimizer = make(W);
      const scheduler = new Scheduler(optimizer, linearWarmup({ steps: 5, start: 0.2 }));
      for (let t = 0; t < 25; t++) {
        optimizer.zeroGrad();
        W.map((w, i) =>
          w
            .square()
            .sum()
            .mul(curvature[i]! / 2),
        )
          .reduce((a, b) => a.add(b))
          .backward();
        optimizer.step();
        scheduler.step();
      }
      return W.map((w) => length(w.detach()) / Math.SQRT2);
    };
    const lars = train((p) => new LARS(p, { lr: 0.1, trust: 1, momentum: 0 }));
    lab.check(
      "LARS at rate 0.1: largest difference of progress between the layers",
      Math.max(...lars) - Math.min(...lars),
      {
        atMost: 1e-9,
      },
    );
    if (spread >= 1.5) {
      const sgd = train((p) => new SGD(p, { lr: 0.1 }));
      lab.check("SGD at rate 0.1: the stiffest layer diverges", sgd[2]!, { above: 1 });
      lab.check("... while the softest has kept", sgd[0]!, { above: 0.9 });
    }
    // A bias is left out.
    const bias = Tensor.from([1, 1], { dtype: "f64", requiresGrad: true });
    bias.mul(100).sum().backward();
    new LARS([bias], { lr: rate, trust: 1 }).step();
    lab.check("a bias gets the plain step", bias.at(0).item(), { equals: 1 - 100 * rate, within: 1e-9 });
  },
});
