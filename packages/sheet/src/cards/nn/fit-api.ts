import { compile, crossEntropy, MLP, normalInit } from "whetstone/nn";
import { Adam } from "whetstone/optim";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/fit-api",
  title: "compile, fit, evaluate, predict: the loop in four calls",
  formula: String.raw`\texttt{compile}(\text{net},\{\text{optimizer},\text{loss},\text{metrics}\})\to\texttt{fit}\to\texttt{evaluate}\to\texttt{predict}`,
  ask: "When is a Keras-like front end the more convenient choice, and what are its core calls?",
  answer:
    "When the loop is the usual one: compile binds optimizer, loss and metrics; fit runs epochs with shuffling, validation and early stopping and returns a history; evaluate and predict switch to eval mode by themselves. A loop of one's own pays when steps differ: GANs, several optimizers, special accumulation.",
  pitfall: "A validation split takes the last rows as they are: sorted data must be shuffled first.",
  level: "easy",
  whenNot:
    "Not for alternating losses, several optimizers or steps that depend on earlier results (GANs, reinforcement learning): callbacks soon hide more than they save. Write the loop: zero gradients, forward, loss, backward, step.",
  followUps: [
    {
      ask: "How would you notice that evaluate forgot to switch to eval mode?",
      answer:
        "Evaluate the same rows twice and in batches of another size. With dropout left on the two scores differ; with batch norm on batch statistics the score changes with batch size and row order.",
    },
    {
      ask: "The history shows training loss above validation loss. Is that a bug?",
      answer:
        "Often not: training loss is taken with dropout on and averaged over an epoch in which the weights still improve; validation comes after it, without dropout. Evaluate the training rows to compare.",
    },
  ],
  derivation: String.raw`An epoch of fit is $\lceil n/b\rceil$ steps: each takes the next batch $B$ of the shuffled order, computes $g=\nabla\frac1{|B|}\sum_{i\in B}\ell_i(\theta)$ and hands it to the optimizer. Initial weights, orders and dropout masks follow from seeds, so two runs with the same seeds do the same operations and have equal histories.

The training loss of an epoch averages $\ell_B(\theta_k)$ over its steps, each at other weights $\theta_k$; the validation loss is taken at the last ones. While the loss falls, the first figure lags by about half an epoch.

In eval mode the output for a row is a function of that row alone, so $\frac1n\sum_i\mathbf 1[\hat y_i=y_i]$ does not depend on how predict cuts the rows into batches. A validation share $v$ takes the last $vn$ rows: in data sorted by class, these may hold a single class.`,
  covers: ["nn/fit-api"],
  answers: ["q-a-258"],
  verifiedAgainst: ["the explicit training loop of this library, bit by bit"],
  budget: "quick",
  controls: { epochs: slider(2, 12, 8), batchSize: slider(8, 64, 16, { label: "batch size" }) },
  async run(lab, { epochs, batchSize }) {
    const x = normalInit([80, 2], { seed: lab.random("x") });
    const y = x.square().sum(1).gt(1.4).to("i32"); // inside or outside of a circle
    const make = () =>
      compile(new MLP(2, 2, { hidden: [10], dropout: 0, seed: lab.random("net") }), {
        optimizer: (p) => new Adam(p, { lr: 0.05 }),
        loss: crossEntropy,
        metrics: ["accuracy"],
      });
    const model = make();
    const { history } = await model.fit(x, y, { epochs, batchSize, validationSplit: 0.25, seed: lab.seed });
    lab.plot(
      figure(
        Object.entries(history).map(([name, values]) => ({
          type: "line" as const,
          name,
          x: range(epochs),
          y: [...values],
        })),
        {
          x: { label: "epoch" },
          y: {},
          alt: `History of ${epochs} epochs: loss, validation loss and accuracy.`,
        },
      ),
    );
    lab.check(
      "entries of each list of the history",
      Object.values(history).every((v) => v.length === epochs),
      { equals: true },
    );
    lab.check("lists", Object.keys(history).join(" "), { equals: "loss validationLoss accuracy" });
    const again = await make().fit(x, y, { epochs, batchSize, validationSplit: 0.25, seed: lab.seed });
    lab.check("same seed, same history", JSON.stringify(again.history) === JSON.stringify(history), {
      equals: true,
    });
    const long = make();
    await long.fit(x, y, { epochs: 15, batchSize: 16, seed: lab.seed });
    const { accuracy } = await long.evaluate(x, y);
    lab.check("accuracy after 15 epochs", accuracy!, { atLeast: 0.85 });
    const guess = (await long.predict(x, 33)).argmax(1).eq(y).to("f32").mean().item();
    lab.check("accuracy of predict, in batches of 33", guess, { equals: accuracy!, within: 1e-6 });
  },
});
