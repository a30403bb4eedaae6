import { binaryCrossEntropyWithLogits, crossEntropy, Linear, normalInit } from "whetstone/nn";
import { Adam } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/multi-label-head",
  title: "Several labels at once: one sigmoid each, no softmax",
  formula: String.raw`p_k=\sigma(z_k)\ \text{for each label},\qquad \operatorname{softmax}(z)_1=1\ \text{for a single logit}`,
  ask: "Which output fits multi-label targets, and what does softmax on a single logit return?",
  answer:
    "One sigmoid and one binary cross-entropy per label: each answers its own yes or no, and they need not sum to 1. Softmax makes labels compete; for two that are both present its best answer is a half each. On a single logit softmax is 1 whatever the logit: nothing can be learned.",
  pitfall:
    "Each label has its own best threshold and often its own imbalance: posWeight, and thresholds per label.",
  level: "easy",
  whenNot:
    "If exactly one class holds per row, take softmax: sigmoids may claim two classes or none. If labels strongly depend on each other, separate sigmoids may give impossible sets: a classifier chain, or one class per set that occurs.",
  followUps: [
    {
      ask: "How do you set the threshold of a label?",
      answer:
        "With calibrated p and costs: predict 1 above c_fp / (c_fp + c_fn). For F1 search on validation rows, label by label; with calibrated p the best one is half the best F1.",
    },
    {
      ask: "Does one sigmoid per label assume independent labels?",
      answer:
        "Only given the input: the body is shared, so labels may correlate across rows. Each single probability can be right; the probability of a whole set need not be the product.",
    },
  ],
  derivation: String.raw`Let label $k$ be 1 with probability $p_k=\sigma(z_k)$, independently given the input. The likelihood is $\prod_kp_k^{y_k}(1-p_k)^{1-y_k}$; minus its logarithm is a sum of binary cross-entropies, one per label.

Since $\sigma'=\sigma(1-\sigma)$, the slope is $\partial\ell/\partial z_k=p_k-y_k$. It holds no other logit: labels do not push each other down.

Softmax divides by a common sum, so $\sum_kp_k=1$. If three labels are present its best answer is $\tfrac13$ each, and raising one lowers the others. With a single logit $e^z/e^z=1$, and the slope $p(1-p)=0$: no gradient at all. With two logits softmax is $\sigma(z_1-z_2)$, a sigmoid in disguise.`,
  covers: ["nn/multi-label-head", "claim-a-106"],
  answers: ["q-a-203"],
  verifiedAgainst: ["PyTorch 1.13 binary_cross_entropy_with_logits, value and gradient, 1e-9"],
  budget: "quick",
  controls: { steps: slider(10, 60, 40, { label: "steps", step: 5 }) },
  run(lab, { steps }) {
    const x = normalInit([60, 3], { seed: lab.random("x") });
    const y = x.gt(0).to("f32"); // label k is there where feature k is positive: any number of labels a row
    const train = (loss: (z: Tensor) => Tensor, count = steps) => {
      const net = new Linear(3, 3, { seed: lab.random("net") });
      const optimizer = new Adam(net.parameters(), { lr: 0.2 });
      for (let i = 0; i < count; i++) {
        optimizer.zeroGrad();
        loss(net.forward(x)).backward();
        optimizer.step();
      }
      return net.forward(x);
    };
    const z = train((out) => binaryCrossEntropyWithLogits(out, y));
    const s = train((out) => crossEntropy(out, y.div(y.sum(1, true).maximum(1))));
    const all = y.sum(1).data();
    const full = range(60).filter((i) => all[i] === 3);
    const [sig, soft] = [z.sigmoid().toArray() as number[][], s.softmax(1).toArray() as number[][]];
    const mean = (rows: number[][], k: number) =>
      full.reduce((a, i) => a + rows[i]![k]!, 0) / Math.max(1, full.length);
    lab.plot(
      figure(
        [
          {
            type: "bars",
            name: "sigmoids",
            x: range(3).map((k) => `label ${k + 1}, sigmoid`),
            y: range(3).map((k) => mean(sig, k)),
          },
          {
            type: "bars",
            name: "softmax",
            x: range(3).map((k) => `label ${k + 1}, softmax`),
            y: range(3).map((k) => mean(soft, k)),
          },
        ],
        {
          title: "Rows that carry all three labels",
          x: { scale: "band" },
          y: { domain: [0, 1] },
          alt: "For rows with all three labels sigmoids say nearly 1 for each, softmax a third for each.",
        },
      ),
    );
    const sure = train((out) => binaryCrossEntropyWithLogits(out, y), 60);
    lab.check("labels right, one sigmoid each", sure.gt(0).to("f32").eq(y).to("f32").mean().item(), {
      atLeast: 0.93,
    });
    lab.check(
      "rows with three labels: softmax, mean probability",
      (mean(soft, 0) + mean(soft, 1) + mean(soft, 2)) / 3,
      { equals: 1 / 3, within: 1e-6 },
    );
    const single = normalInit([5, 1], { std: 10, seed: lab.random("one") });
    lab.check("softmax of single logits: least", single.softmax(1).min().item(), { equals: 1 });
    const logit = single.requireGrad();
    crossEntropy(logit, Tensor.from(new Int32Array(5))).backward();
    lab.check("and its gradient", logit.grad!.abs().max().item(), { equals: 0 });
  },
});
