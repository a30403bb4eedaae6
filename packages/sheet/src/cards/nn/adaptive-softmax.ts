import {
  AdaptiveSoftmax,
  crossEntropy,
  HierarchicalSoftmax,
  Linear,
  normalInit,
  SampledSoftmax,
} from "whetstone/nn";
import { Adam } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/adaptive-softmax",
  title: "Ten thousand classes: sampled, hierarchical and adaptive softmax",
  formula: String.raw`\text{full } Kd,\qquad \text{tree } \sum_c f_c\,|c|\,d\approx H(f)\,d,\qquad \text{sampled } (1+m)d`,
  ask: "A softmax over 10,000 classes is too slow. Which alternatives exist, and what does each give up?",
  answer:
    "Sampled softmax scores the target and m drawn classes: training only, and noisy. A Huffman tree multiplies about log₂ K sigmoids: cheap to train, but the best class needs a search. Adaptive softmax scores frequent classes at full width and rare ones in narrow clusters, exactly and well on GPUs, for less capacity on rare classes.",
  pitfall:
    "Sampled logits must be lowered by the log of the expected count, or frequent classes, drawn more often, are pushed down too much.",
  level: "hard",
  whenNot:
    "Up to tens of thousands of classes a full softmax is one matrix product, fast on a GPU: keep it. To retrieve among millions of items use a two-tower model with in-batch negatives and a nearest-neighbour index.",
  followUps: [
    {
      ask: "How do you find the most likely class in a Huffman tree?",
      answer:
        "Best-first search: a node's probability bounds every leaf below it, so branches under the best leaf found are cut. At worst all K leaves are visited; a greedy walk down can end at the wrong one.",
    },
    {
      ask: "How does noise-contrastive estimation differ from sampled softmax?",
      answer:
        "It asks of each class alone, data or noise, with a sigmoid, and treats the normaliser as 1. Sampled softmax normalises over target and draws. Both subtract the log of the noise rate; word2vec's negative sampling does not.",
    },
  ],
  derivation: String.raw`A tree gives class $c$ the product of the branch probabilities on its path. At each inner node the two branches sum to 1, so all leaves sum to 1 without being computed, and a training step touches only the $|c|$ nodes of one path: $|c|$ dot products of length $d$.

The mean path $\sum_c f_c|c|$ is the mean length of a binary prefix code. Huffman's tree makes it least, and then it lies between the entropy $H(f)$ in bits and $H(f)+1$: frequent classes are near the root.

Sampled softmax estimates $\sum_k e^{z_k}$. A class drawn $mq_k$ times on average must count $e^{z_k}/(mq_k)$ each time, so that the expected sum is the whole. In the exponent this is $z_k-\log(mq_k)$, the correction of the logits.`,
  covers: ["nn/adaptive-softmax"],
  answers: ["q-b-060"],
  verifiedAgainst: [
    "PyTorch 1.13 AdaptiveLogSoftmaxWithLoss, values and gradient, 1e-9",
    "probabilities that sum to 1",
    "mean gradient of the sampled loss",
  ],
  budget: "quick",
  controls: { size: slider(100, 2000, 1000, { label: "classes", scale: "log" }) },
  run(lab, { size }) {
    const d = 64;
    const costs = (K: number) => {
      const zipf = range(K).map((i) => 1 / (i + 1));
      const total = zipf.reduce((a, f) => a + f, 0);
      const tree = new HierarchicalSoftmax(1, zipf, { seed: 0 });
      const path = zipf.reduce((a, f, c) => a + (f / total) * tree.pathLength(c), 0);
      const [head, middle] = [Math.ceil(K / 20), Math.ceil(K / 4)];
      const share = (from: number, to: number) => zipf.slice(from, to).reduce((a, f) => a + f, 0) / total;
      const adaptive =
        (head + 2) * d +
        share(head, middle) * (d + middle - head) * (d / 4) +
        share(middle, K) * (d + K - middle) * (d / 16);
      return {
        full: K * d,
        hierarchical: path * d,
        adaptive,
        sampled: 101 * d,
        path,
        entropy: zipf.reduce((a, f) => a - (f / total) * Math.log2(f / total), 0),
      };
    };
    const now = costs(Math.round(size));
    lab.plot(
      figure(
        [
          {
            type: "bars",
            x: ["full", "adaptive", "sampled, m = 100", "hierarchical"],
            y: [now.full, now.adaptive, now.sampled, now.hierarchical],
          },
        ],
        {
          title: `Products for one row, ${Math.round(size)} classes`,
          x: { scale: "band" },
          y: { label: "multiplications" },
          alt: `Cost for one row: full ${now.full}, adaptive ${Math.round(now.adaptive)}, sampled ${now.sampled}, hierarchical ${Math.round(now.hierarchical)}.`,
        },
      ),
    );
    lab.check("expected path length above the entropy of the classes, bits", now.path - now.entropy, {
      between: [0, 1],
    });
    const thousand = costs(1000);
    lab.check("1,000 classes: full cost over hierarchical", thousand.full / thousand.hierarchical, {
      above: 100,
    });
    // 24 classes, one cluster of points each; all heads learn them.
    const K = 24;
    const x = normalInit([K, 6], { std: 2, seed: lab.random("x") });
    const y = Tensor.from(Int32Array.from(range(K), (i) => i));
    const heads = {
      full: new Linear(6, K, { seed: lab.random("f") }),
      adaptive: new AdaptiveSoftmax(6, K, { cutoffs: [8, 16], divisor: 1.2, seed: lab.random("a") }),
      hierarchical: new HierarchicalSoftmax(
        6,
        range(K).map((i) => K - i),
        { seed: lab.random("h") },
      ),
      sampled: new SampledSoftmax(6, K, { samples: 12, seed: lab.random("s") }),
    };
    const train = (params: Tensor[], loss: () => Tensor) => {
      const optimizer = new Adam(params, { lr: 0.15 });
      for (let i = 0; i < 30; i++) {
        optimizer.zeroGrad();
        loss().backward();
        optimizer.step();
      }
    };
    train(heads.full.parameters(), () => crossEntropy(heads.full.forward(x), y));
    train(heads.adaptive.parameters(), () => heads.adaptive.forward(x, y).loss);
    train(heads.hierarchical.parameters(), () => heads.hierarchical.forward(x, y).loss);
    train(heads.sampled.parameters(), () => heads.sampled.forward(x, y));
    const logs = {
      full: heads.full.forward(x).logSoftmax(1),
      adaptive: heads.adaptive.logProb(x),
      hierarchical: heads.hierarchical.logProb(x),
      sampled: heads.sampled.logits(x).logSoftmax(1),
    };
    const right = Object.fromEntries(
      Object.entries(logs).map(([name, l]) => [name, l.argmax(1).eq(y).to("f32").mean().item()]),
    );
    lab.plot(
      figure([{ type: "bars", x: Object.keys(right), y: Object.values(right) }], {
        x: { scale: "band" },
        y: { label: "classes right", percent: true },
        alt: "Share of the 24 classes each head gets right after 30 steps.",
      }),
    );
    for (const name of ["adaptive", "hierarchical"] as const) {
      lab.check(
        `${name}: largest distance of a sum of probabilities from 1`,
        logs[name].exp().sum(1).sub(1).abs().max().item(),
        { atMost: 1e-4 },
      );
    }
    lab.check("classes right: full", right.full!, { atLeast: 0.7 });
    lab.check("adaptive", right.adaptive!, { atLeast: 0.5 });
    lab.check("hierarchical", right.hierarchical!, { atLeast: 0.3 });
    lab.check("sampled", right.sampled!, { atLeast: 0.5 });
  },
});
