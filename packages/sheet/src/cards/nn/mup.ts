import { Linear, MuReadout, mse, muGroups, normalInit, Sequential, Tanh } from "whetstone/nn";
import { Adam } from "whetstone/optim";
import { card, figure, range, slider } from "../../index.ts";

const WIDTHS = [8, 16, 32, 48];

export default card({
  id: "nn/mup",
  title: "μP: one learning rate for all widths",
  formula: String.raw`\text{Adam: hidden matrices } \eta/m,\ \text{others } \eta;\qquad \text{readout} \times \frac1m,\quad m=\frac{\text{width}}{\text{base}}`,
  ask: "Why does the best learning rate change with width, and what does μP do about it?",
  answer:
    "An Adam step moves each weight by about η whatever its gradient; a unit with n inputs then changes by about ηn. μP gives hidden matrices η/m and divides the readout by m, so that every layer changes by the same amount at any width. A rate tuned on a narrow net serves the wide one.",
  pitfall:
    "It transfers rates across width, not across depth, batch size or data; and weight decay and other knobs have rules of their own.",
  level: "hard",
  whenNot:
    "If only one width will ever be trained and a sweep at that width is affordable, it adds rules and no gain. If depth or batch size grow as well, the rate must be tuned again, or further rules for them are needed.",
  followUps: [
    {
      ask: "What is a coordinate check?",
      answer:
        "Take a few equal steps at several widths and plot the mean size of each layer's change. Level lines mean the rules are right; a line that grows or falls with width names the layer that is wrong.",
    },
    {
      ask: "Are the rules the same for SGD?",
      answer:
        "No. SGD's steps follow the gradient's size, and below the readout that falls like 1/n. Hidden matrices sum n such moves and keep their rate; input weights, biases and the readout need η·m.",
    },
  ],
  derivation: String.raw`Adam divides by the gradient's own size, so each weight moves by about $\eta$. The gradient of a hidden matrix is $\delta h^\top$: its signs follow those of $h$, so the moves do not cancel. A unit with $n$ inputs changes by $\Delta z=\sum_{i=1}^n\Delta w_ih_i\approx\eta\,n\,|h|$. With $\eta/m$ and $n=m\,n_0$ that is $\eta\,n_0|h|$: no width in it.

Input matrices have as many inputs at every width, and biases have one, so there $\eta$ is right already.

The readout sums over $n$ units. Its weights keep the rate $\eta$, so its sum moves by $\eta n|h|$, and the factor $\tfrac1m$ takes the $m$ out again. The same factor makes the output at the start small: the random sum has size $O(1)$ and is divided by $m$, so a wide net starts near 0.

In the scaling of the neural tangent kernel, readout $\frac1{\sqrt n}$ and rates to match, a hidden unit changes by about $\frac1{\sqrt n}$: in the limit features stand still and training is kernel regression. μP is the scaling in which they keep moving.`,
  covers: ["nn/mup"],
  verifiedAgainst: ["change of outputs after equal steps at several widths (coordinate check)"],
  budget: "quick",
  controls: { lr: slider(0.002, 0.05, 0.01, { label: "learning rate", step: 0.002 }) },
  run(lab, { lr }) {
    const x = normalInit([12, 6], { seed: lab.random("x") });
    const y = normalInit([12, 1], { seed: lab.random("y") });
    const build = (width: number, mu: boolean) =>
      new Sequential(
        new Linear(6, width, { seed: lab.random("a") }),
        new Tanh(),
        new Linear(width, width, { seed: lab.random("b") }),
        new Tanh(),
        mu
          ? new MuReadout(width, 1, { baseFeatures: 8, seed: lab.random("c") })
          : new Linear(width, 1, { seed: lab.random("c") }),
      );
    const change = (width: number, mu: boolean, rate: number) => {
      const net = build(width, mu);
      const groups = mu
        ? muGroups(net, build(8, true), { lr: rate })
        : [{ params: net.parameters(), lr: rate }];
      const optimizer = new Adam(groups, {});
      const before = net.forward(x).data();
      for (let i = 0; i < 3; i++) {
        optimizer.zeroGrad();
        mse(net.forward(x), y).backward();
        optimizer.step();
      }
      const after = net.forward(x).data();
      return Math.hypot(...after.map((v, i) => v - before[i]!)) / Math.sqrt(12);
    };
    lab.plot(
      figure(
        [
          { type: "line", name: "usual rates", x: WIDTHS, y: WIDTHS.map((w) => change(w, false, lr)) },
          { type: "line", name: "μP", x: WIDTHS, y: WIDTHS.map((w) => change(w, true, lr)) },
        ],
        {
          x: { label: "width" },
          y: { label: "change of the output in three steps" },
          alt: `Change of the output after three Adam steps at rate ${lr}: growing with width by usual rates, level by μP.`,
        },
      ),
    );
    const growth = (mu: boolean) => change(48, mu, 0.01) / change(8, mu, 0.01);
    lab.check("change at width 48 over width 8, usual rates", growth(false), { above: 2 });
    lab.check("the same by μP", growth(true), { between: [0.4, 2] });
    const groups = muGroups(build(32, true), build(8, true), { lr: 1 });
    lab.check("rates at 4 times the width: hidden matrix", groups.map((g) => g.lr).sort()[0]!, {
      equals: 0.25,
    });
    lab.check("tensors that keep their rate", groups.find((g) => g.lr === 1)!.params.length, { equals: 5 });
    const size = (w: number) =>
      Math.sqrt(range(4).reduce((s) => s + build(w, true).forward(x).square().mean().item() / 4, 0));
    lab.check("outputs at the start, width 48 over width 8", size(48) / size(8), { below: 1.5 });
  },
});
