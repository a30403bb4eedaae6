import {
  AlphaDropout,
  BatchNorm1d,
  Dropout,
  InstanceNorm,
  LayerNorm,
  Linear,
  type Module,
  normalInit,
  ReLU,
  Sequential,
} from "whetstone/nn";
import { SGD } from "whetstone/optim";
import { noGrad } from "whetstone/tensor";
import { card, figure, slider } from "../../index.ts";

export default card({
  id: "nn/module",
  title: "train() and eval() are a flag; no_grad is another thing",
  formula: String.raw`\texttt{eval()}:\ \text{dropout off, running statistics}\qquad \texttt{noGrad}:\ \text{no graph}`,
  ask: "What does eval mode change, what does it leave on, and how does it combine with gradients on or off?",
  answer:
    "eval() sets a flag that layers such as dropout and batch norm read; gradients flow as before. noGrad records no graph and changes no layer. Train and gradients: training. Eval and none: validation. Eval with gradients: saliency, adversarial inputs, frozen norms. Train without: re-estimating running statistics.",
  pitfall:
    "Forgetting eval() makes answers random and dependent on the batch; forgetting noGrad only wastes memory.",
  level: "easy",
  whenNot:
    "eval() does not save memory: noGrad does. noGrad does not freeze a body: set its weights to need no gradient, so that what lies before them can still learn. For Monte-Carlo dropout switch only the dropout layers back to train mode.",
  followUps: [
    {
      ask: "Why must running statistics be re-estimated after averaging weights?",
      answer:
        "The averaged net never ran, so the stored means and variances belong to other weights. Reset them and pass over the training rows in train mode without a graph.",
    },
    {
      ask: "A net is good in train mode and bad in eval mode on the same rows. Why?",
      answer:
        "Its running statistics do not fit: too few steps, very small batches, or training on data with another distribution. Dropout alone would make eval mode the better one.",
    },
  ],
  derivation: String.raw`Dropout keeps a unit with probability $1-p$ and divides by $1-p$. With $m\in\{0,1\}$ the mean is $\mathbb E\big[\tfrac{m}{1-p}x\big]=\tfrac{1-p}{1-p}x=x$. So eval mode may leave the mask out and the next layer sees the same mean.

Batch norm in train mode uses the mean of this batch, so a row's output depends on its neighbours. Meanwhile it keeps $r\leftarrow(1-\mu)r+\mu\,\bar x$. After $t$ steps the starting value still has weight $(1-\mu)^t$: for $\mu=0.1$ and 50 steps $0.5\,\%$. Eval mode reads $r$ and no longer the batch.

Recording a graph is decided when an operation runs, not by the layer's flag. The two switches know nothing of each other, which is why all four combinations exist and each has a use.`,
  covers: ["nn/module", "claim-b-168"],
  answers: ["q-a-257", "q-a-524", "q-b-165", "q-b-167"],
  verifiedAgainst: ["PyTorch 1.13 behaviour of each layer in both modes"],
  budget: "quick",
  controls: { p: slider(0.1, 0.8, 0.4, { label: "dropout", step: 0.1 }) },
  run(lab, { p }) {
    const x = normalInit([16, 4], { seed: lab.random("x") });
    const net = new Sequential(
      new Linear(4, 8, { seed: lab.random("a") }),
      new BatchNorm1d(8),
      new ReLU(),
      new Dropout(p, { seed: lab.random("d") }),
      new Linear(8, 1, { seed: lab.random("b") }),
    );
    const passes = (on: boolean) =>
      Array.from({ length: 6 }, () => noGrad(() => net.train(on).forward(x)).data()[0]!);
    const [training, evaluating] = [passes(true), passes(false)];
    lab.plot(
      figure(
        [
          { type: "points", name: "train", x: training.map((_, i) => i), y: training },
          { type: "points", name: "eval", x: evaluating.map((_, i) => i), y: evaluating },
        ],
        {
          x: { label: "pass" },
          y: { label: "output for one input" },
          alt: "Six passes of one input: scattered in train mode, one value in eval mode.",
        },
      ),
    );
    lab.check("distinct outputs of six passes in train mode", new Set(training).size, { atLeast: 2 });
    lab.check("in eval mode", new Set(evaluating).size, { equals: 1 });
    net.eval().zeroGrad();
    net.forward(x).sum().backward();
    lab.check("eval mode still gives gradients", net.parameters()[0]!.grad!.abs().sum().item(), { above: 0 });
    lab.check("noGrad gives none, in train mode too", noGrad(() => net.train().forward(x)).requiresGrad, {
      equals: false,
    });
    lab.check(
      "parameters by name",
      net
        .namedParameters()
        .map(([name]) => name)
        .join(" "),
      { equals: "0.weight 0.bias 1.weight 1.bias 4.weight 4.bias" },
    );
    lab.check(
      "buffers by name",
      net
        .namedBuffers()
        .map(([name]) => name)
        .join(" "),
      { equals: "1.runningMean 1.runningVariance" },
    );
    const before = net.layers[0]!.parameters()[0]!.clone();
    const optimizer = new SGD(net.parameters(), { lr: 0.1 });
    net.zeroGrad();
    net.forward(x).square().mean().backward();
    optimizer.step();
    lab.check("one step moves the weights", net.layers[0]!.parameters()[0]!.sub(before).abs().max().item(), {
      above: 1e-5,
    });
    const image = normalInit([4, 3, 2, 2], { seed: lab.random("i") });
    const flat = normalInit([4, 3], { seed: lab.random("f") });
    const readers = (
      [
        ["Dropout", new Dropout(p, { seed: 1 }), flat],
        ["AlphaDropout", new AlphaDropout(p, { seed: 1 }), flat],
        ["BatchNorm1d", new BatchNorm1d(3), flat],
        ["LayerNorm", new LayerNorm(3), flat],
        ["InstanceNorm", new InstanceNorm(3), image],
      ] as [string, Module, typeof flat][]
    )
      .filter(
        ([, layer, input]) =>
          layer.train().forward(input).sub(layer.eval().forward(input)).abs().max().item() > 0,
      )
      .map(([name]) => name);
    lab.check("layers here that read the flag", readers.join(" "), {
      equals: "Dropout AlphaDropout BatchNorm1d",
    });
  },
});
