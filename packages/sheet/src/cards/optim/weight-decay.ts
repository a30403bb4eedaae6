import { AdamW, SGD, splitForDecay } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/weight-decay",
  title: "Before a normalisation layer, weight decay sets the step size, not the function",
  formula: String.raw`f(cw)=f(w)\Rightarrow \nabla f(cw)=\tfrac1c\nabla f(w),\qquad \lVert w\rVert^4\to\frac{\eta}{2\lambda}\,\lVert g_1\rVert^2`,
  ask: "Rescaling a weight matrix before a normalisation layer leaves the output unchanged: what then does weight decay do?",
  answer:
    "It cannot limit the function, which does not feel the length of w. But gradients shrink as 1/‖w‖, so SGD's turn per step goes as η/‖w‖² (Adam's as η/‖w‖). Gradient steps lengthen w, decay shortens it; where they balance, the effective learning rate settles. Elsewhere decay bounds weights, and with them the Lipschitz constant.",
  pitfall:
    "Biases and the gains of normalisation have no such role: pulling gains to zero kills their channels. Leave parameters with fewer than two axes out of the decay.",
  level: "hard",
  whenNot:
    "If the aim is a simpler function, decay before normalisation does nothing to it: use data augmentation, dropout or early stopping. Do not decay gains, biases and (often) embeddings.",
  followUps: [
    {
      ask: "What changes if λ is doubled before a normalisation layer?",
      answer: String.raw`The settled length falls by $2^{1/4}$, so the turn per step, $\eta/\lVert w\rVert^2$, grows by $\sqrt2$: decay acts as a learning-rate setting.`,
    },
    {
      ask: "Why is the gradient perpendicular to the weights there?",
      answer: String.raw`Scaling $w$ does not change $f$, so the derivative along $w$ is zero: $w^\top\nabla f(w)=0$. Each step therefore makes $w$ longer, by Pythagoras.`,
    },
  ],
  derivation: String.raw`If $f(cw)=f(w)$ then $w^\top\nabla f=0$: the gradient is perpendicular to $w$, and a step makes $\lVert w\rVert^2$ grow by $\eta^2\lVert g\rVert^2=\eta^2\lVert g_1\rVert^2/\lVert w\rVert^2$, with $g_1$ the gradient at length one. Decay takes $2\eta\lambda\lVert w\rVert^2$. Equality gives $\lVert w\rVert^4=\eta\lVert g_1\rVert^2/(2\lambda)$, from any start.

A step turns $w$ by about the angle $\frac{\eta\lVert g\rVert}{\lVert w\rVert}=\frac{\eta\lVert g_1\rVert}{\lVert w\rVert^2}$: on the unit sphere, which is all that $f$ sees, the rate is $\frac\eta{\lVert w\rVert^2}$. At the balance the angle is $\sqrt{2\eta\lambda}$: only the product of rate and decay counts, and not the gradient's size.

Without decay $\lVert w\rVert^4$ grows by about $2\eta^2\lVert g_1\rVert^2$ per step, so after $t$ steps the angle has fallen as $1/\sqrt t$: a decaying rate that nobody asked for.`,
  covers: ["optim/weight-decay"],
  answers: ["q-b-290"],
  verifiedAgainst: ["closed form of the equilibrium length", "torch.optim.SGD 1.13, paths to 1e-12"],
  budget: "quick",
  controls: {
    decay: slider(0.05, 0.5, 0.2, { label: "weight decay λ", step: 0.05 }),
    rate: slider(0.05, 0.4, 0.2, { label: "learning rate η", step: 0.05 }),
  },
  run(lab, { decay, rate }) {
    // A loss of the direction of w only. Its target jumps between two sides, so gradients never die out: of length 1
    // at ‖w‖ = 1, perpendicular to w.
    const direction = (w: Tensor) => w.div(w.square().sum().sqrt());
    const steps = Math.min(150, Math.ceil(6 / (rate * decay)));
    const train = (length: number, weightDecay: number) => {
      const w = Tensor.from([length, 0], { dtype: "f64", requiresGrad: true });
      const optimizer = new SGD([w], { lr: rate, weightDecay });
      const lengths = [length];
      for (let t = 0; t < steps; t++) {
        const [x, y] = w.data() as Float64Array;
        const size = Math.hypot(x!, y!);
        const side = t % 2 === 0 ? 1 : -1;
        const target = Tensor.from([(-y! / size) * side, (x! / size) * side], { dtype: "f64" });
        optimizer.zeroGrad();
        direction(w).mul(target).sum().neg().backward();
        optimizer.step();
        lengths.push(Math.hypot(...(w.data() as Float64Array)));
      }
      return lengths;
    };
    const short = train(0.6, decay);
    const long = train(2.5, decay);
    const none = train(0.6, 0);
    const balance = (rate / (2 * decay)) ** 0.25;
    lab.plot(
      lines(
        {
          step: range(steps + 1),
          "decay, from 0.6": short,
          "decay, from 2.5": long,
          "no decay": none,
          balance: range(steps + 1).map(() => balance),
        },
        {
          title: "Length of a weight vector before a normalisation",
          alt: "With decay the length of the weight vector settles at the same value from any start; without decay it grows without end.",
        },
      ),
    );
    lab.check("length where growth and decay balance, from below", short.at(-1)!, {
      equals: balance,
      relative: 0.1,
    });
    lab.check(
      "without decay the length never falls",
      none.every((v, t) => t === 0 || v >= none[t - 1]!),
      {
        equals: true,
      },
    );

    // Scale invariance: the output stays, the gradient shrinks.
    const gradientAt = (c: number) => {
      const w = Tensor.from([0.6 * c, 0.8 * c], { dtype: "f64", requiresGrad: true });
      const out = direction(w)
        .mul(Tensor.from([1, -1], { dtype: "f64" }))
        .sum();
      out.backward();
      return { value: out.item(), gradient: Math.hypot(...(w.grad!.data() as Float64Array)) };
    };
    const [one, ten] = [gradientAt(1), gradientAt(10)];
    lab.check("output after w → 10 w", ten.value, { equals: one.value, within: 1e-12 });
    lab.check("gradient after w → 10 w, times", ten.gradient / one.gradient, { equals: 0.1, within: 1e-9 });

    // Groups: biases and gains are spared.
    const weight = Tensor.ones([2, 2], { dtype: "f64", requiresGrad: true });
    const gain = Tensor.ones([2], { dtype: "f64", requiresGrad: true });
    const optimizer = new AdamW(splitForDecay([weight, gain], decay), { lr: rate });
    for (let t = 0; t < 5; t++) {
      optimizer.zeroGrad();
      weight.sum().add(gain.sum()).mul(0).backward();
      optimizer.step();
    }
    lab.check("five steps of decay alone: a weight", weight.at(0, 0).item(), {
      equals: (1 - rate * decay) ** 5,
      relative: 1e-9,
    });
    lab.check("... and a gain", gain.at(0).item(), { equals: 1 });

    // The Lipschitz constant of x -> w x is |w|.
    const fit = (weightDecay: number) => {
      const w = Tensor.from(0, { dtype: "f64", requiresGrad: true });
      const sgd = new SGD([w], { lr: 0.5, weightDecay });
      for (let t = 0; t < 40; t++) {
        sgd.zeroGrad();
        w.sub(5).square().mul(0.5).backward();
        sgd.step();
      }
      return w.item();
    };
    lab.check("Lipschitz constant of a fitted slope 5, with decay", fit(decay), {
      equals: 5 / (1 + decay),
      within: 1e-6,
    });
  },
});
