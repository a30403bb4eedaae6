import { Linear, normalInit, xavierNormal, xavierUniform } from "whetstone/nn";
import { card, choice, figure, range, slider } from "../../index.ts";

const WIDTH = 32;

export default card({
  id: "nn/xavier-init",
  title: "Xavier initialisation: a compromise between both directions",
  formula: String.raw`\operatorname{Var}(w)=\frac{2}{n_{\text{in}}+n_{\text{out}}},\qquad w\sim U(-a,a),\ a=\sqrt{\tfrac{6}{n_{\text{in}}+n_{\text{out}}}}`,
  ask: "Where does 2 / (n_in + n_out) come from, and for which activations is it meant?",
  answer:
    "Forward, variance stays level if n_in Var(w) = 1; backward, if n_out Var(w) = 1. Both hold only for square layers, so Glorot and Bengio took the mean of the two. It suits activations of slope about 1 at 0, such as tanh, with small inputs.",
  pitfall:
    "A uniform draw on ±a has variance a²/3: with a = √(2/(n_in+n_out)) it would be a third of what is meant.",
  level: "medium",
  whenNot:
    "With ReLU half of the second moment is lost per layer: He's 2 / n_in. With SELU LeCun's 1 / n_in. Where a norm follows each layer the scale hardly matters; in residual stacks the number of blocks matters more.",
  followUps: [
    {
      ask: "What happens to 20 square ReLU layers with Xavier values?",
      answer:
        "Each halves the second moment: 2⁻²⁰ ≈ 10⁻⁶, so values shrink by a factor of 1000, and gradients likewise. He's values double the variance and stop both.",
    },
    {
      ask: "Why does a gain of 5/3 exist for tanh?",
      answer:
        "tanh shrinks all but tiny inputs, so with gain 1 the deviation creeps down with depth. Weights larger by 5/3 make up for it: the deviation settles at a moderate level instead of fading.",
    },
  ],
  derivation: String.raw`Take independent weights of mean 0 and variance $v$. In $z=\sum_iw_ix_i$ the mixed terms have mean 0, so $\operatorname{Var}(z)=n_{\text{in}}\,v\,\mathbb E[x^2]$. Near 0 $\tanh z\approx z$, so the next layer sees the same variance. It stays level if $n_{\text{in}}v=1$.

Backwards $\delta_x=W^\top\delta_z$ sums over the outputs: $\operatorname{Var}(\delta_x)=n_{\text{out}}\,v\operatorname{Var}(\delta_z)$, level if $n_{\text{out}}v=1$.

Both hold only for $n_{\text{in}}=n_{\text{out}}$. Averaging the two conditions, $\tfrac12(n_{\text{in}}+n_{\text{out}})v=1$, gives $v=\frac{2}{n_{\text{in}}+n_{\text{out}}}$.

A uniform draw on $[-a,a]$ has variance $\frac1{2a}\int_{-a}^aw^2dw=\frac{a^2}3$. Setting this equal to $v$ gives $a=\sqrt{3v}=\sqrt{6/(n_{\text{in}}+n_{\text{out}})}$.`,
  covers: ["nn/xavier-init"],
  answers: ["q-b-326"],
  verifiedAgainst: ["closed-form variances"],
  budget: "quick",
  controls: {
    draw: choice(["normal", "uniform"], "normal"),
    gain: slider(0.4, 2.5, 1, { label: "gain", step: 0.1 }),
    depth: slider(5, 30, 15, { label: "layers" }),
  },
  run(lab, { draw, gain, depth }) {
    const init = draw === "normal" ? xavierNormal : xavierUniform;
    const x = normalInit([16, WIDTH], { seed: lab.random("x"), std: 0.3 });
    const sizes = (g: number) => {
      let h = x;
      return range(depth).map((i) => {
        const layer = new Linear(WIDTH, WIDTH, { bias: false, seed: 0 });
        layer.weight.become(init([WIDTH, WIDTH], { gain: g, seed: lab.random(`w${i}`) }), true);
        h = layer.forward(h).tanh().detach().realize();
        return h.std().item();
      });
    };
    const layers = range(depth).map((i) => i + 1);
    const [own, small, large] = [sizes(gain), sizes(0.5), sizes(2.5)];
    lab.plot(
      figure(
        [
          { type: "line", name: `gain ${gain}`, x: layers, y: own },
          { type: "line", name: "gain 0.5", x: layers, y: small, dashed: true },
          { type: "line", name: "gain 2.5", x: layers, y: large, dashed: true },
        ],
        {
          x: { label: "layer" },
          y: { label: "deviation of activations", scale: "log" },
          alt: `Deviation of tanh activations by layer: about level at gain 1, dying at 0.5, saturated at 2.5.`,
        },
      ),
    );
    const wide = init([60, 140], { gain, seed: lab.random("v") });
    lab.check("variance × (n_in + n_out) / gain²", (wide.variance().item() * 200) / gain ** 2, {
      equals: 2,
      within: 0.2,
    });
    lab.check(
      "uniform: largest value over √(6 / (n_in + n_out))",
      xavierUniform([60, 140], { seed: lab.random("u") })
        .abs()
        .max()
        .item() / Math.sqrt(6 / 200),
      { between: [0.99, 1] },
    );
    const level = sizes(1);
    lab.check("tanh at gain 1: deviation, last layer over first", level.at(-1)! / level[0]!, {
      between: [0.3, 1.6],
    });
    lab.check("at gain 0.5: per layer", (small.at(-1)! / small[0]!) ** (1 / (depth - 1)), { below: 0.65 });
    lab.check("at gain 2.5: the last layer is saturated", large.at(-1)!, { above: 0.6 });
  },
});
