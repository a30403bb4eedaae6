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
