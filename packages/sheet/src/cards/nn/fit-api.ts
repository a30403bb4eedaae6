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
