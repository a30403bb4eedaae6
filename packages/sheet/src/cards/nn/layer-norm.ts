import { BatchNorm1d, LayerNorm, normalInit } from "whetstone/nn";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/layer-norm",
  title: "Layer norm: over the features of one sample, alike in train and eval",
  formula: String.raw`\hat x_{ij}=\frac{x_{ij}-\mu_i}{\sqrt{\sigma_i^2+\varepsilon}},\qquad \mu_i=\tfrac1d\sum_j x_{ij}`,
  ask: "Over which axes do LayerNorm and BatchNorm average, and why is LayerNorm the choice for transformers?",
  answer:
    "BatchNorm: each feature over the batch. LayerNorm: each sample (token) over its features. So LayerNorm needs no running statistics, does the same in train and eval, works for a batch of one and for any sequence length, and a token never sees its neighbours' statistics.",
  pitfall:
    "Common practice, not a law: RMSNorm replaces it in many language models, and ConvNeXt uses it in a convolutional net.",
  level: "easy",
  whenNot:
    "In convolutional nets with large batches batch norm often trains as well or better and merges into the layer before it. If only scale must be held, RMSNorm is cheaper. Raw input columns need standardising over rows instead.",
  followUps: [
    {
      ask: "Pre-norm or post-norm?",
      answer:
        "Pre-norm, x + f(LN(x)), leaves the gradient a clear path: deep stacks train with little warm-up, and a last norm is added. Post-norm, LN(x + f(x)), usually needs warm-up.",
    },
    {
      ask: "Which information does layer norm remove?",
      answer:
        "Mean and scale of each row: x and ax + b with a > 0 give the same. What is left lies on a sphere of radius √d in d − 1 dimensions; for d = 2 only the order of the two numbers survives.",
    },
  ],
  derivation: String.raw`$\mu_i$ and $\sigma_i$ use row $i$ only, so output $i$ is a function of input $i$ only. Hence a row alone, in a batch, in train or in eval gives the same; batch norm's $\mu_j$ contains all rows, and moving one row moves the outputs of the others.

The row comes out with mean 0, as $\sum_j(x_{ij}-\mu_i)=0$, and with variance $\frac{\sigma_i^2}{\sigma_i^2+\varepsilon}\approx1$. Over the batch a column has no such property.

Backwards, with $g$ the gradient by $\hat x$ and without $\varepsilon$: $\frac1{\sigma}\big(g-\bar g-\hat x\cdot\tfrac1d\sum_jg_j\hat x_j\big)$. The two terms taken away are the parts of $g$ along the vector of ones and along $\hat x$: moves in these directions shift or stretch the row, which the layer undoes.`,
  covers: ["nn/layer-norm", "claim-a-085", "claim-a-105", "claim-b-083"],
  answers: ["q-a-019", "q-b-071"],
  verifiedAgainst: ["PyTorch 1.13 LayerNorm over one and two axes, value and gradients, 1e-9"],
  budget: "quick",
  controls: { outlier: slider(0, 30, 10, { label: "added to one row" }) },
  run(lab, { outlier }) {
    const base = normalInit([8, 12], { seed: lab.random("x"), mean: 1, std: 2 });
    const x = Tensor.concat([base.slice(0, 0, 7), base.slice(0, 7).add(outlier)]);
    const [layer, batch] = [new LayerNorm(12), new BatchNorm1d(12)];
    const [l, b] = [layer.forward(x), batch.forward(x)];
    const rows = range(8).map((i) => `row ${i + 1}`);
    lab.plot(
      figure(
        [
          { type: "bars", name: "input", x: rows, y: Array.from(x.mean(1).data()) },
          { type: "points", name: "after batch norm", x: range(8), y: Array.from(b.mean(1).data()) },
          { type: "points", name: "after layer norm", x: range(8), y: Array.from(l.mean(1).data()) },
        ],
        {
          title: "Mean of each row",
          x: { scale: "band" },
          y: {},
          alt: `Row means: layer norm brings each to 0; batch norm leaves the last row, raised by ${outlier}, apart.`,
        },
      ),
    );
    lab.check("layer norm: row means, largest size", l.mean(1).abs().max().item(), { atMost: 1e-5 });
    lab.check("layer norm: row variances", l.variance(1, false, 0).mean().item(), {
      equals: 1,
      within: 1e-3,
    });
    lab.check("batch norm: column means, largest size", b.mean(0).abs().max().item(), { atMost: 1e-5 });
    lab.check("layer norm: column means are not 0", l.mean(0).abs().max().item(), { above: 0.05 });
    const same = (a: Tensor, c: Tensor) => a.sub(c).abs().max().item();
    lab.check(
      "layer norm of a row alone and in the batch",
      same(layer.forward(x.slice(0, 0, 1)), l.slice(0, 0, 1)),
      { atMost: 1e-6 },
    );
    lab.check("layer norm in eval and train", same(layer.eval().forward(x), l), { equals: 0 });
    const moved = Tensor.concat([x.slice(0, 0, 7), x.slice(0, 7).add(20)]);
    lab.check(
      "first row when the last is moved: layer norm",
      same(layer.forward(moved).slice(0, 0, 1), l.slice(0, 0, 1)),
      { atMost: 1e-6 },
    );
    lab.check(
      "first row when the last is moved: batch norm",
      same(batch.forward(moved).slice(0, 0, 1), b.slice(0, 0, 1)),
      { above: 0.05 },
    );
  },
});
