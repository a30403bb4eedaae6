import { crossEntropy, Embedding, mixup, normalInit } from "whetstone/nn";
import { Tensor } from "whetstone/tensor";
import { card, figure, histogram, range, slider } from "../../index.ts";

export default card({
  id: "nn/mixup",
  title: "Mixup: train on points between the points",
  formula: String.raw`\tilde x=\lambda x_i+(1-\lambda)x_j,\quad \tilde y=\lambda y_i+(1-\lambda)y_j,\quad \lambda\sim\text{Beta}(\alpha,\alpha)`,
  ask: "Write mixup for inputs and labels. Why may it help, and for which data is it awkward?",
  answer:
    "Rows and one-hot labels are mixed by the same share, drawn from Beta(α, α). The net is asked to be linear between examples, which tames confidence and memorised labels. It needs inputs that may be averaged: images, table rows, embeddings; for token or category numbers mix the embeddings.",
  pitfall:
    "Averaging category codes is meaningless: 1.5 is no city. And with α near 0 almost nothing is mixed, with large α everything is.",
  level: "medium",
  whenNot:
    "When the mean of two inputs has no meaningful label between: counts, boxes, rows where the target bends sharply. It also tends to make a net underconfident. For images where parts carry the label try CutMix; else weight decay or label smoothing.",
  followUps: [
    {
      ask: "How does it differ from label smoothing?",
      answer:
        "Smoothing softens every label by the same share and leaves inputs alone. Mixup moves the input too: softness depends on the pair, and the net is told how its output should change along the way.",
    },
    {
      ask: "The training loss stays above the validation loss. A bug?",
      answer:
        "No. Mixed labels have an entropy that no net can beat, −λ log λ − (1−λ) log(1−λ) for two classes that differ. Compare losses and accuracy on unmixed rows, in eval mode.",
    },
  ],
  derivation: String.raw`Cross-entropy is linear in the target: $-\sum_k\tilde y_k\log p_k=\lambda\,\ell(p,y_i)+(1-\lambda)\,\ell(p,y_j)$. So two ordinary losses with class numbers give the same value as one loss with mixed one-hot labels.

The share: $\text{Beta}(\alpha,\alpha)$ is symmetric, hence its mean is $\tfrac12$; the general variance $\frac{ab}{(a+b)^2(a+b+1)}$ becomes $\frac{1}{4(2\alpha+1)}$. As $\alpha\to0$ this tends to $\tfrac14$, the variance of a fair coin: one row or the other, no mixing. As $\alpha\to\infty$ it tends to 0: always half and half.

The best prediction at a mixed point is the mean label of all pairs that land there. If few pairs do, that is $\lambda y_i+(1-\lambda)y_j$: a straight line from one label to the other, which leaves no room for steep jumps between examples.`,
  covers: ["nn/mixup", "claim-b-348"],
  answers: ["q-b-372"],
  errata: [
    {
      claim: "claim-b-348",
      claimed: "Mixup is for vision only.",
      truth:
        "It works on any rows that can be averaged: the original paper has speech and tabular data, and embeddings of text can be mixed.",
    },
  ],
  verifiedAgainst: ["the formula, row by row", "moments of the Beta distribution"],
  budget: "quick",
  controls: { alpha: slider(0.1, 4, 0.4, { label: "α", step: 0.1 }) },
  run(lab, { alpha }) {
    const random = lab.random("draws");
    const x = normalInit([20, 2], { seed: lab.random("x") });
    const labels = Tensor.from(Int32Array.from(range(20), (i) => i % 2));
    const y = labels.oneHot(2).to("f32");
    const mixed = mixup(x, y, { alpha, seed: random });
    const column = (t: Tensor, c: number) => Array.from(t.at(null, c).data());
    lab.plot(
      figure(
        [
          { type: "points", name: "rows", x: column(x, 0), y: column(x, 1) },
          { type: "points", name: "mixed", x: column(mixed.x, 0), y: column(mixed.x, 1) },
          {
            type: "arrows",
            x1: column(x, 0),
            y1: column(x, 1),
            x2: column(mixed.x, 0),
            y2: column(mixed.x, 1),
          },
        ],
        {
          x: {},
          y: {},
          alt: `Twenty points and their mixtures with partners at share ${mixed.lambda.toFixed(2)}.`,
        },
      ),
    );
    const shares = range(600).map(() => mixup(x, y, { alpha, seed: random }).lambda);
    lab.plot(
      figure([histogram(shares, { bins: 20 })], {
        x: { label: "λ", domain: [0, 1] },
        y: {},
        alt: `Shares drawn from Beta(${alpha}, ${alpha}).`,
      }),
    );
    const mean = shares.reduce((a, v) => a + v, 0) / 600;
    const variance = shares.reduce((a, v) => a + (v - mean) ** 2, 0) / 599;
    const expected = 1 / (4 * (2 * alpha + 1));
    lab.check("mean share", mean, { equals: 0.5, within: 5 * Math.sqrt(expected / 600) });
    lab.check("variance of the share: 1 / (4 (2α + 1))", variance / expected, { equals: 1, within: 0.3 });
    const by = (t: Tensor) =>
      t.mul(mixed.lambda).add(t.take(Tensor.from(mixed.partner)).mul(1 - mixed.lambda));
    lab.check("rows against the formula", mixed.x.sub(by(x)).abs().max().item(), { atMost: 1e-6 });
    lab.check("labels against the formula", mixed.y.sub(by(y)).abs().max().item(), { atMost: 1e-6 });
    const logits = normalInit([20, 2], { seed: lab.random("z") });
    const partner = labels.take(Tensor.from(mixed.partner));
    const parts =
      mixed.lambda * crossEntropy(logits, labels).item() +
      (1 - mixed.lambda) * crossEntropy(logits, partner).item();
    lab.check("loss of mixed labels against the mixture of losses", crossEntropy(logits, mixed.y).item(), {
      equals: parts,
      within: 1e-5,
    });
    const words = new Embedding(10, 4, { seed: lab.random("e") });
    const text = words.forward(Tensor.from(Int32Array.from(range(20), (i) => i % 10)));
    const soft = mixup(text, y, { alpha, seed: random });
    soft.x.sum().backward();
    lab.check("embeddings mix, and the gradient reaches their table", words.weight.grad!.abs().sum().item(), {
      above: 1,
    });
    const half = mixup(normalInit([20, 3], { seed: lab.random("t") }), y, { alpha, seed: random });
    lab.check("tabular rows mix: labels still sum to 1", half.y.sum(1).sub(1).abs().max().item(), {
      atMost: 1e-6,
    });
  },
});
