import { Linear, mse, normalInit, Sequential, Tanh } from "whetstone/nn";
import { SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "nn/symmetry-breaking",
  title: "Zero weights: hidden units stay twins for ever",
  formula: String.raw`W_1=0,\ W_2=0\ \Rightarrow\ \frac{\partial L}{\partial W_1}=W_2^\top(\cdots)=0,\quad \frac{\partial L}{\partial W_2}\propto\tanh(0)=0`,
  ask: "What goes wrong if all weights of a network start at zero?",
  answer:
    "Units of a layer compute the same thing and get the same gradient, so they stay equal. From zeros, with tanh or ReLU, nothing but the output bias moves: hidden activations are 0 and the gradient into them passes through zero weights. Equal non-zero weights train, but as a layer of one unit. Random values break the tie.",
  pitfall:
    "Zeros are fine for biases and for logistic regression, which has no hidden units; and for the last layer of a residual branch.",
  level: "easy",
  whenNot:
    "Zeros are right where nothing is tied: biases, a linear or logistic model, the last layer of a residual branch or an adapter's second matrix. For hidden weights take He or Glorot values.",
  followUps: [
    {
      ask: "May a logistic regression start from zeros?",
      answer:
        "Yes: it has no hidden units to tie, its loss is convex, and each weight gets its own gradient from its own input.",
    },
    {
      ask: "Does dropout break the tie between equal units?",
      answer:
        "Yes, different masks give equal units different gradients; but it is a poor substitute for random values of the right size.",
    },
  ],
  derivation: String.raw`Let two hidden units have equal incoming weights $w_1=w_2$ and equal outgoing weights $v_1=v_2$. Then their activations are equal, $h_1=h_2$, for every row.

With $\delta$ the gradient at the output, $\partial L/\partial v_i=\delta h_i$ and $\partial L/\partial w_i=\delta v_i\phi'(w_i^\top x)\,x$. Both are the same for the two units, so a step of gradient descent keeps them equal, and so does every later one.

If all weights are 0 and $\phi(0)=0$, then $h=0$ and $v=0$ make both gradients 0. Nothing moves but the output's bias.`,
  covers: ["nn/symmetry-breaking", "claim-a-082"],
  answers: ["q-a-017"],
  verifiedAgainst: ["equality of rows, exactly; PyTorch 1.13 gradients"],
  budget: "quick",
  controls: {
    start: choice(["zero", "equal", "random"], "zero", { label: "weights start" }),
    steps: slider(5, 40, 25, { label: "steps", step: 5 }),
  },
  run(lab, { start, steps }) {
    const x = normalInit([16, 2], { seed: lab.random("x") });
    const y = x.at(null, 0).mul(x.at(null, 1)).add(1).unsqueeze(1);
    const train = (kind: "zero" | "equal" | "random") => {
      const [first, last] = [
        new Linear(2, 4, { seed: lab.random("a") }),
        new Linear(4, 1, { seed: lab.random("b") }),
      ];
      if (kind !== "random") {
        const value = kind === "zero" ? 0 : 0.3;
        for (const p of [first.weight, last.weight]) p.become(Tensor.full(p.shape, value), true);
        for (const p of [first.bias!, last.bias!]) p.become(Tensor.full(p.shape, 0), true);
      }
      const net = new Sequential(first, new Tanh(), last);
      const paths0 = first.weight.toArray();
      const optimizer = new SGD(net.parameters(), { lr: 0.1 });
      const paths = range(steps).map(() => {
        optimizer.zeroGrad();
        mse(net.forward(x), y).backward();
        optimizer.step();
        return Array.from(first.weight.at(null, 0).data());
      });
      const rows = first.weight.toArray() as number[][];
      const spread = Math.max(...rows.flatMap((r) => r.map((w, j) => Math.abs(w - rows[0]![j]!))));
      const moved = first.weight.sub(Tensor.from(paths0)).abs().max().item();
      return { paths, spread, moved, bias: last.bias!.item() };
    };
    const shown = train(start);
    lab.plot(
      figure(
        range(4).map((unit) => ({
          type: "line" as const,
          name: `unit ${unit + 1}`,
          x: range(steps),
          y: shown.paths.map((p) => p[unit]!),
        })),
        {
          title: `First weight of each hidden unit, from ${start} weights`,
          x: { label: "step" },
          y: {},
          alt: `Paths of the four units' first weights: ${start === "random" ? "four different lines" : "one line, all four the same"}.`,
        },
      ),
    );
    const [zero, equal, random] = [train("zero"), train("equal"), train("random")];
    lab.check("from zeros: movement of the hidden weights", zero.moved, { equals: 0 });
    lab.check("from zeros: the output bias learns", Math.abs(zero.bias), { above: 0.1 });
    lab.check("from equal weights: distance between units", equal.spread, { equals: 0 });
    lab.check("from equal weights: they do move", equal.moved, { above: 1e-3 });
    lab.check("from random weights: distance between units", random.spread, { above: 0.05 });
  },
});
