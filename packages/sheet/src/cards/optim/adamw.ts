import { Adam, AdamW, SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

const NOISE = [0.01, 0.1, 1, 10] as const;

export default card({
  id: "optim/adamw",
  title: "Adam with L2 decays the noisiest weights least; AdamW decays all alike",
  formula: String.raw`\text{Adam+L2: } g\leftarrow g+\lambda\theta\ \text{ then } \frac{\hat m}{\sqrt{\hat v}+\varepsilon}\qquad \text{AdamW: } \theta\leftarrow\theta-\eta\Big(\frac{\hat m}{\sqrt{\hat v}+\varepsilon}+\lambda\theta\Big)`,
  ask: "What does AdamW do differently from Adam with an L2 penalty, and which weights does the penalty shrink less?",
  answer:
    "In Adam the penalty λθ is part of the gradient, so it is divided by √v̂ like the rest: weights whose gradients are large or noisy hardly decay. AdamW leaves λθ out of the averages and shrinks every weight by the same share ηλ per step.",
  pitfall:
    "The weight_decay of PyTorch's Adam is the coupled one, an L2 penalty. Only AdamW decouples it. For SGD without momentum the two are the same thing.",
  level: "medium",
  whenNot:
    "Without any decay, or for plain SGD, it changes nothing: use the simpler form. Leave biases, normalisation gains and often embeddings out of the decay.",
  followUps: [
    {
      ask: "Why do λ and the learning rate have to be tuned together in AdamW?",
      answer:
        "The share removed per step is ηλ. Halving η at the same λ halves the decay per step, so with a schedule the decay falls along with the rate. Loshchilov and Hutter scale both by the schedule.",
    },
    {
      ask: "Which weights does Adam with L2 decay most?",
      answer:
        "Those with the smallest gradients: dividing by a small √v̂ enlarges the penalty's step. Without any other gradient the decay is a step of η whatever λ is.",
    },
  ],
  derivation: String.raw`Take a weight whose gradient is noise $\xi$ of mean 0 and size $s$. Adam with L2 averages $\xi+\lambda\theta$: in the mean $\hat m\approx\lambda\theta$, and $\hat v\approx s^2+\lambda^2\theta^2$.

If the noise is the larger part, $\sqrt{\hat v}\approx s$ and the mean step is $-\eta\lambda\theta/s$. So $\theta_t\approx(1-\eta\lambda/s)^t\theta_0$: the larger $s$, the slower the decay. If the penalty is the larger part, $\sqrt{\hat v}\approx\lambda|\theta|$ and the step is $-\eta\operatorname{sign}\theta$: $\lambda$ cancels.

AdamW averages $\xi$ alone, whose scaled step is 0 in the mean, and subtracts $\eta\lambda\theta$: $\theta_t\approx(1-\eta\lambda)^t\theta_0$ whatever $s$ is. Four weights with $s$ from 0.01 to 10, all starting at 1, show it: under AdamW they shrink together, under Adam+L2 they fan out.

For SGD without momentum $\theta-\eta(g+\lambda\theta)=(1-\eta\lambda)\theta-\eta g$: penalty and decay are one. With momentum the penalty enters the velocity and they part again.`,
  errata: [
    {
      claim: "claim-b-039",
      claimed: "PyTorch's Adam weight_decay is decoupled from the gradient, hence not L2.",
      truth: "In Adam it is added to the gradient, a coupled L2 penalty; AdamW is the decoupled one.",
    },
  ],
  covers: ["optim/adamw", "claim-b-039", "claim-b-264"],
  answers: ["q-a-525", "q-b-027"],
  verifiedAgainst: ["torch.optim.Adam and AdamW 1.13, paths to 1e-12", "closed form of the decay (1 − ηλ)^t"],
  budget: "quick",
  controls: {
    decay: slider(0.1, 1, 0.5, { label: "weight decay λ", step: 0.1 }),
  },
  run(lab, { decay }) {
    const steps = 80;
    const lr = 0.01;
    const scale = Tensor.from([...NOISE], { dtype: "f64" });
    // Gradients ±s: pairs that cancel, so that what is left of the weights is the work of the decay.
    const run = (make: (params: Tensor[]) => Adam | AdamW, noisy = true) => {
      const w = Tensor.from([1, 1, 1, 1], { dtype: "f64", requiresGrad: true });
      const optimizer = make([w]);
      const path = [[...w.data()]];
      for (let t = 0; t < steps; t++) {
        optimizer.zeroGrad();
        w.mul(scale)
          .sum()
          .mul(noisy ? (t % 2 === 0 ? 1 : -1) : 0)
          .backward();
        optimizer.step();
        path.push([...w.data()]);
      }
      return path;
    };
    const options = { lr, weightDecay: decay, betas: [0.5, 0.99] as const };
    const coupled = run((p) => new Adam(p, options));
    const decoupled = run((p) => new AdamW(p, options));
    const column = (path: number[][], i: number) => path.map((row) => row[i]!);
    const draw = (title: string, path: number[][], alt: string) =>
      lab.plot(
        lines(
          Object.fromEntries([
            ["step", range(steps + 1)],
            ...NOISE.map((s, i) => [`gradient noise ${s}`, column(path, i)]),
          ]) as Record<string, number[]>,
          { title, y: { label: "weight" }, alt },
        ),
      );
    draw(
      "Adam with L2 in the gradient",
      coupled,
      "Four weights under Adam with an L2 penalty: the noisier a weight's gradient, the less it decays.",
    );
    draw(
      "AdamW",
      decoupled,
      "Four weights under AdamW shrink at the same rate whatever their gradient noise.",
    );

    const left = coupled.at(-1)!;
    lab.table({
      columns: ["gradient noise", "left under Adam + L2", "left under AdamW"],
      rows: NOISE.map((s, i) => [s, left[i]!, decoupled.at(-1)![i]!]),
    });
    lab.check(
      "Adam + L2: weights left, in the order of their noise",
      left.every((v, i) => i === 0 || v > left[i - 1]!),
      {
        equals: true,
      },
    );
    lab.check("Adam + L2: the noisiest weight lost", 1 - left[3]!, { below: 0.15 });
    const ends = decoupled.at(-1)!;
    lab.check("AdamW: largest difference between the weights", Math.max(...ends) - Math.min(...ends), {
      atMost: 0.01,
    });
    const quiet = run((p) => new AdamW(p, options), false).at(-1)!;
    lab.check("AdamW without gradients: what is left", quiet[0]!, {
      equals: (1 - lr * decay) ** steps,
      relative: 1e-9,
    });
    // Coupled, the step is divided: without other gradients Adam's decay is a step of lr whatever λ is.
    const one = (weightDecay: number) => {
      const w = Tensor.from(1, { dtype: "f64", requiresGrad: true });
      w.mul(0).backward();
      new Adam([w], { lr, weightDecay }).step();
      return 1 - w.item();
    };
    lab.check("Adam's first step from λθ alone, at λ and at 10 λ", one(decay) / one(10 * decay), {
      equals: 1,
      within: 1e-6,
    });
    const sgd = Tensor.from(1, { dtype: "f64", requiresGrad: true });
    sgd.mul(0).backward();
    new SGD([sgd], { lr, weightDecay: decay }).step();
    lab.check("SGD: the penalty in the gradient is the decay", sgd.item(), {
      equals: 1 - lr * decay,
      relative: 1e-12,
    });
  },
});
