import { crossEntropy, MLP, normalInit, summary } from "whetstone/nn";
import { Adam } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/mlp",
  title: "A multilayer perceptron, and where its parameters are",
  formula: String.raw`50\to256\to128\to64\to2:\quad \sum_l(n_ln_{l+1}+n_{l+1})+2\sum_l n_{l}^{\text{hidden}}=55\,234`,
  ask: "How many parameters has an MLP 50→256→128→64→2 with batch norm, and where are they?",
  answer:
    "55,234: 13,056 + 32,896 + 8,256 + 130 in the linear layers and 512 + 256 + 128 in the norms. Most sit where two wide layers meet. Blocks are Linear, BatchNorm, GELU, Dropout; the head gives logits, and the loss takes care of softmax.",
  pitfall:
    "Batch norm's running mean and variance are buffers, not parameters: they are saved and loaded, but no gradient moves them.",
  level: "easy",
  whenNot:
    "Where the input has an order or a neighbourhood that flat columns hide: convolution for images, attention or recurrence for sequences, message passing for graphs. On mid-sized tables boosted trees are the first thing to beat.",
  followUps: [
    {
      ask: "Which of the 55,234 parameters do nothing?",
      answer:
        "The 448 biases in front of batch norm: subtracting the batch mean cancels them, so their gradient is 0. The norm's own shift does their work; bias: false saves them.",
    },
    {
      ask: "What is left of the net if the activations are taken out?",
      answer:
        "One affine map: a product of matrices is a matrix, and batch norm in eval mode is affine too. Its rank is at most the narrowest width, here 2.",
    },
  ],
  derivation: String.raw`A linear layer from $n$ to $m$ has one weight per pair and one bias per output: $nm+m$. Here $50\cdot256+256=13\,056$, $256\cdot128+128=32\,896$, $128\cdot64+64=8\,256$ and $64\cdot2+2=130$, together $54\,338$.

Batch norm has a scale and a shift for each unit it follows: $2(256+128+64)=896$. The sum is $55\,234$. Its running mean and variance are another 896 numbers, but no gradient reaches them.

The product $n_ln_{l+1}$ dominates: $256\cdot128$ alone is 59 % of all. Doubling all hidden widths multiplies that inner part by 4, while the first and last layer only double.`,
  covers: ["nn/mlp", "claim-a-103"],
  verifiedAgainst: ["PyTorch 1.13 gradients of each layer, 1e-9", "the count by hand"],
  budget: "quick",
  controls: {
    activation: choice(["gelu", "relu", "tanh"], "gelu"),
    steps: slider(1, 40, 15, { label: "steps", play: true }),
  },
  run(lab, { activation, steps }) {
    const reference = new MLP(50, 2, { seed: lab.random("reference") });
    const layers = summary(reference, Tensor.zeros([2, 50])).layers;
    const counted = layers.filter((l) => l.parameters > 0);
    lab.plot(
      figure(
        [{ type: "bars", x: counted.map((l) => `${l.name} ${l.type}`), y: counted.map((l) => l.parameters) }],
        {
          x: { scale: "band" },
          y: { label: "parameters" },
          alt: "Parameters by layer: the second linear layer, 256 to 128, holds most of the 55,234.",
        },
      ),
    );
    lab.check("parameters of 50→256→128→64→2 with batch norm", reference.parameterCount(), {
      equals: 55_234,
    });
    lab.check(
      "buffers (running means and variances)",
      reference.buffers().reduce((n, b) => n + b.size, 0),
      { equals: 2 * 448 },
    );
    lab.check("shape of the logits", String(layers.at(-1)!.output), { equals: "2,2" });
    const x = normalInit([40, 2], { seed: lab.random("x") });
    const y = x.at(null, 0).mul(x.at(null, 1)).gt(0).to("i32"); // exclusive or: no line separates it
    const net = new MLP(2, 2, { hidden: [16, 8], activation, dropout: 0.1, seed: lab.random("net") });
    const optimizer = new Adam(net.parameters(), { lr: 0.05 });
    const train = (count: number) =>
      range(count).map(() => {
        optimizer.zeroGrad();
        const loss = crossEntropy(net.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss.item();
      });
    const losses = train(steps);
    lab.plot(
      figure([{ type: "line", x: range(steps), y: losses }], {
        x: { label: "step" },
        y: { label: "loss" },
        alt: "Training loss of a small MLP on exclusive-or data falls.",
      }),
    );
    train(40 - steps);
    lab.check(
      "accuracy on exclusive or after 40 steps, in eval mode",
      net.eval().forward(x).argmax(1).eq(y).to("f32").mean().item(),
      { atLeast: 0.85 },
    );
  },
});
