import { BatchNorm1d, normalInit } from "whetstone/nn";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/batch-norm",
  title: "Batch norm: batch statistics to train, running ones to serve",
  formula: String.raw`\hat x=\frac{x-\mu_B}{\sqrt{\sigma_B^2+\varepsilon}},\quad y=\gamma\hat x+\beta,\qquad \mu\leftarrow(1-m)\mu+m\,\mu_B`,
  ask: "What does batch norm compute, which statistics must it use at inference, and where does it fail?",
  answer:
    "Each feature is centred and scaled over the batch, then given a learned scale and shift. While training it uses the batch's mean and variance and keeps running averages; in eval it uses those, so that an answer does not depend on its neighbours. With few rows the batch's statistics are mostly noise.",
  pitfall:
    "Momentum has two meanings: PyTorch's m = 0.1 is the share of the new batch, Keras' 0.99 the share of the old average.",
  level: "medium",
  whenNot:
    "With one to four rows per device, sequences of varying length, or rows that must not affect each other: take group norm or layer norm, or synchronise the statistics across devices.",
  followUps: [
    {
      ask: "How are batch norm and the layer before it merged for serving?",
      answer:
        "In eval it is a fixed map for each feature: scale γ/√(σ²+ε), shift β − μγ/√(σ²+ε). Multiply the scale into the weights and put the rest into the bias: the outputs are the same up to rounding.",
    },
    {
      ask: "What does weight decay do to weights that batch norm follows?",
      answer:
        "Their scale does not change the function, so decay does not limit it. It shrinks the weights, and as the gradient grows as 1/‖w‖ it raises the effective learning rate of their direction, under SGD about η/‖w‖².",
    },
  ],
  derivation: String.raw`$\gamma=\sqrt{\sigma_B^2+\varepsilon}$ and $\beta=\mu_B$ give $y=x$: what the layer takes away it can learn to give back. A constant added before the layer is taken out by the mean, so a bias there is useless.

A batch of one row has $x=\mu_B$: the output is $\beta$ whatever the input. PyTorch and this library refuse it.

The mean of $B$ independent rows scatters by $\sigma/\sqrt B$: $0.71\sigma$ at two rows, $0.18\sigma$ at 32. A running mean with share $m$ averages about $2/m$ batches: its variance is $\sum_km^2(1-m)^{2k}=\frac m{2-m}$ times that of one batch mean, $0.05$ at $m=0.1$. And it still holds $(1-m)^t$ of its starting value, so short trainings serve with wrong statistics.

Scale the weights $w$ in front of it by $c>0$: mean and deviation of $cw^\top x$ are $c$ times as large, so the output stays. Hence the gradient by $w$ is perpendicular to $w$ and falls as $1/\lVert w\rVert$.`,
  covers: [
    "nn/batch-norm",
    "claim-a-086",
    "claim-a-087",
    "claim-a-089",
    "claim-b-081",
    "claim-b-084",
    "claim-b-082",
  ],
  answers: ["q-a-020", "q-a-200", "q-a-221", "q-a-325", "q-b-069", "q-b-070", "q-b-072"],
  verifiedAgainst: [
    "PyTorch 1.13 BatchNorm1d and 2d, train and eval, gradients and running statistics, 1e-9",
  ],
  budget: "quick",
  controls: {
    batch: slider(2, 64, 16, { label: "rows in a batch" }),
    momentum: slider(0.01, 0.5, 0.1, { label: "momentum", step: 0.01 }),
  },
  run(lab, { batch, momentum }) {
    const data = (rows: number, name: string) =>
      normalInit([rows, 3], { mean: 4, std: 2, seed: lab.random(name) });
    const layer = new BatchNorm1d(3, { momentum });
    const means = range(40).map((i) => {
      layer.forward(data(batch, `b${i}`)).realize();
      return layer.runningMean!.data()[0]!;
    });
    const batchMeans = range(40).map((i) => data(batch, `b${i}`).mean(0).data()[0]!);
    lab.plot(
      figure(
        [
          { type: "points", name: "mean of the batch", x: range(40), y: batchMeans },
          { type: "line", name: "running mean", x: range(40), y: means },
          { type: "rule", y: 4, label: "true mean" },
        ],
        {
          x: { label: "step" },
          y: {},
          alt: `Batch means of ${batch} rows scatter around 4; the running mean climbs from 0 towards it with momentum ${momentum}.`,
        },
      ),
    );
    const x = data(32, "x");
    const fresh = new BatchNorm1d(3);
    const y = fresh.forward(x);
    lab.check("mean of each feature over the batch, largest size", y.mean(0).abs().max().item(), {
      atMost: 1e-5,
    });
    lab.check("variance of each feature", y.variance(0, false, 0).max().item(), { equals: 1, within: 1e-4 });
    lab.check(
      "running mean after one batch, over the batch's",
      fresh.runningMean!.div(x.mean(0)).mean().item(),
      { equals: 0.1, within: 1e-5 },
    );
    const one = x.slice(0, 0, 1);
    const [alone, among] = [layer.eval().forward(one).data(), layer.forward(x).slice(0, 0, 1).data()];
    lab.check(
      "eval: a row alone and among others, distance",
      Math.max(...alone.map((v, i) => Math.abs(v - among[i]!))),
      { equals: 0 },
    );
    const other = x.slice(0, 16).add(5);
    layer.train();
    const [p, q] = [layer.forward(x).data()[0]!, layer.forward(Tensor.concat([one, other])).data()[0]!];
    lab.check("train: the same row in two batches, distance", Math.abs(p - q), { above: 0.3 });
    const undo = new BatchNorm1d(3);
    undo.weight!.become(x.variance(0, false, 0).add(1e-5).sqrt(), true);
    undo.bias!.become(x.mean(0), true);
    lab.check("γ = σ, β = μ gives the input back", undo.forward(x).sub(x).abs().max().item(), {
      atMost: 1e-4,
    });
    let refused = "";
    try {
      fresh.train().forward(one);
    } catch (error) {
      refused = (error as Error).message;
    }
    lab.check("training on one row is refused", refused.includes("one value for each channel"), {
      equals: true,
    });
    const noise = (rows: number) => {
      const found = range(30).map((i) => data(rows, `n${rows}-${i}`).mean(0).data()[0]!);
      return Math.sqrt(found.reduce((s, v) => s + (v - 4) ** 2, 0) / 30);
    };
    lab.check("scatter of batch means, 2 rows over 32: about 4", noise(2) / noise(32), { between: [2, 8] });
  },
});
