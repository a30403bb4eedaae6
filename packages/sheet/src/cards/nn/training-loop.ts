import {
  clipGradients,
  crossEntropy,
  DataLoader,
  gradientNorm,
  Linear,
  mse,
  normalInit,
  TensorDataset,
  Trainer,
} from "whetstone/nn";
import { SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/training-loop",
  title: "One training step, in order",
  formula: String.raw`\text{zeroGrad}\to\text{forward}\to\text{loss}\to\text{backward}\to\text{clip}\to\text{step}\to\text{schedule}`,
  ask: "Write one training step in order, and say what each line does to the graph, the gradients and the weights.",
  answer:
    "zeroGrad forgets old gradients; forward builds the graph; backward adds gradients to each leaf; clipping rescales them by one factor; step moves the weights; the schedule changes the rate for the next step. Validation runs in eval mode without a graph.",
  pitfall:
    "zeroGrad between backward and step throws the gradient away and nothing is learned. Before the forward pass or after the step, it makes no difference.",
  level: "easy",
  whenNot:
    "The plain order changes when gradients are accumulated (zero and step every k batches), when a scaler is used (unscale before clipping), and with L-BFGS, which evaluates several times per step and needs the loss as a function.",
  followUps: [
    {
      ask: "Why log the number of the loss, not the tensor?",
      answer:
        "The tensor keeps its whole graph alive. Adding tensors to a running total chains the graphs of all batches, and memory grows until it is full. Take item() first.",
    },
    {
      ask: "How do you average the validation loss over batches?",
      answer:
        "Weigh each batch's mean by its rows: the last one is usually smaller. Measures such as AUC or F1 are no means over rows, so collect all predictions and compute once.",
    },
  ],
  derivation: String.raw`backward() adds: $g\leftarrow g+\nabla L_t$. Without zeroing, step $t$ would use $g_t=\sum_{s\le t}\nabla L_s$, the momentum rule with factor 1, which never forgets. The adding is on purpose: with $k$ batches of mean loss, each divided by $k$, it gives the gradient of one batch $k$ times as large.

Clipping by norm: $g\leftarrow g\cdot\min\big(1,\tfrac{c}{\lVert g\rVert}\big)$, with one norm over all tensors. Every entry has the same factor, so the direction stays. It must come after backward, as there is nothing to scale earlier, and before step, as that has already used $g$.

Step computes $w\leftarrow w-\eta_tu(g)$, where $u$ is the optimiser's rule. A schedule called after it sets $\eta_{t+1}$; called before, the first rate is skipped and the whole plan is one step early.`,
  covers: ["nn/training-loop", "claim-b-141", "claim-a-102"],
  answers: ["q-a-523", "q-b-142", "q-a-495"],
  verifiedAgainst: ["PyTorch 1.13 SGD steps", "weights compared bit by bit"],
  budget: "quick",
  controls: {
    lr: slider(0.01, 0.5, 0.2, { label: "learning rate", step: 0.01 }),
    clip: slider(0.1, 5, 1, { label: "clip norm at", step: 0.1 }),
  },
  async run(lab, { lr, clip }) {
    const x = normalInit([32, 2], { seed: lab.random("x") });
    const y = x.matmul(Tensor.from([[2], [-1]])).add(0.5);
    const make = () => {
      const net = new Linear(2, 1, { seed: lab.random("net") });
      return { net, optimizer: new SGD(net.parameters(), { lr: 0.1 }) };
    };
    const train = (zero: "before forward" | "after step" | "between backward and step") => {
      const { net, optimizer } = make();
      const start = net.weight.data();
      for (let i = 0; i < 5; i++) {
        if (zero === "before forward") optimizer.zeroGrad();
        mse(net.forward(x), y).backward();
        if (zero === "between backward and step") optimizer.zeroGrad();
        optimizer.step();
        if (zero === "after step") optimizer.zeroGrad();
      }
      const end = net.weight.data();
      return { end, moved: Math.hypot(...end.map((w, i) => w - start[i]!)) };
    };
    const [early, late, wrong] = [
      train("before forward"),
      train("after step"),
      train("between backward and step"),
    ];
    lab.check(
      "zeroGrad after the step: distance from zeroGrad before",
      Math.max(...early.end.map((w, i) => Math.abs(w - late.end[i]!))),
      { equals: 0 },
    );
    lab.check("zeroGrad between backward and step: movement", wrong.moved, { equals: 0 });
    const { net } = make();
    mse(net.forward(x.mul(50)), y).backward();
    const before = net.weight.grad!.clone();
    const norm = clipGradients(net.parameters(), clip).item();
    const after = net.weight.grad!;
    const cosine = before
      .mul(after)
      .sum()
      .div(before.square().sum().sqrt().mul(after.square().sum().sqrt()))
      .item();
    lab.check("gradient norm before clipping", norm, { above: clip });
    lab.check("after", gradientNorm(net.parameters()).item(), { equals: clip, relative: 1e-4 });
    lab.check("cosine between the gradient before and after", cosine, { equals: 1, within: 1e-5 });
    const run = make();
    run.optimizer.lr = lr;
    const trainer = new Trainer<[Tensor, Tensor]>({
      net: run.net,
      optimizer: run.optimizer,
      loss: ([a, b]) => mse(run.net.forward(a), b),
      clipNorm: 5,
    });
    const loader = new DataLoader<[Tensor, Tensor]>(new TensorDataset(x, y), {
      batchSize: 8,
      shuffle: true,
      seed: lab.seed,
    });
    const history = await trainer.fit(loader, { epochs: 10, validation: [[x, y]] });
    lab.plot(
      figure(
        [
          { type: "line", name: "training", x: range(10), y: history.map((h) => h.loss) },
          { type: "line", name: "validation", x: range(10), y: history.map((h) => h.validationLoss!) },
        ],
        {
          x: { label: "epoch" },
          y: { label: "loss", scale: "log" },
          alt: `Training and validation loss over ten epochs at rate ${lr}, on a log scale.`,
        },
      ),
    );
    lab.check("steps of ten epochs of four batches", history.at(-1)!.steps, { equals: 40 });
    lab.check(
      "validation loss, last epoch over first",
      history.at(-1)!.validationLoss! / history[0]!.validationLoss!,
      { below: 0.5 },
    );
    lab.check(
      "the loss function of classes needs no softmax before it",
      Number.isFinite(crossEntropy(Tensor.from([[1000, 0]]), Tensor.from([1], { dtype: "i32" })).item()),
      { equals: true },
    );
  },
});
