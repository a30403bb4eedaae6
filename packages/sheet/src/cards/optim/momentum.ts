import { SGD } from "whetstone/optim";
import { Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "optim/momentum",
  title: "Momentum needs √κ steps where gradient descent needs κ",
  formula: String.raw`v\leftarrow\beta v+g,\quad \theta\leftarrow\theta-\eta v\quad(\text{Nesterov: } \theta\leftarrow\theta-\eta(g+\beta v)),\qquad \text{rate}\ \frac{\sqrt\kappa-1}{\sqrt\kappa+1}`,
  ask: "How does momentum change the SGD step, and what does it buy?",
  answer:
    "The step follows a decaying sum of gradients: along a flat direction they add up to 1/(1−β) gradients, across a ravine they cancel. On a quadratic with condition number κ the error then shrinks by (√κ−1)/(√κ+1) per step instead of (κ−1)/(κ+1). Nesterov looks ahead: it takes the gradient where the velocity is about to lead.",
  pitfall:
    "A steady gradient moves by η/(1−β): going from β 0 to 0.9 without lowering η multiplies the step by ten.",
  level: "medium",
  whenNot:
    "When gradients are so noisy that the sum averages noise over a changing direction, or steps must react at once. Quadratics with known matrix: conjugate gradients chooses β and rate by itself.",
  followUps: [
    {
      ask: "Heavy ball or Nesterov: which has a guarantee?",
      answer:
        "Nesterov's form is proved to reach the accelerated rate on all smooth strongly convex losses. Heavy ball has it on quadratics; on other convex functions it can cycle for some settings.",
    },
    {
      ask: "What does β = 0.99 risk?",
      answer:
        "The memory spans 100 steps: the iterate overshoots and oscillates for long, and the step is up to 100 gradients long. Lower the rate by the same factor as 1−β.",
    },
  ],
  derivation: String.raw`Along an eigenvector with curvature $h$ the error obeys $e_{t+1}=(1+\beta-\eta h)e_t-\beta e_{t-1}$. With $\sqrt\beta=(\sqrt\kappa-1)/(\sqrt\kappa+1)$ and $\eta=(1+\sqrt\beta)^2/L$ both ends of the spectrum have a double root of modulus $\sqrt\beta$.

Check: the roots of $z^2-(1+\beta-\eta h)z+\beta=0$ have product $\beta$. While they are complex, $|1+\beta-\eta h|<2\sqrt\beta$, both have modulus $\sqrt\beta$ whatever $h$ is. That is so for $(1-\sqrt\beta)^2<\eta h<(1+\sqrt\beta)^2$.

The upper end at $h=L$ gives $\eta=(1+\sqrt\beta)^2/L$. The lower at $h=\mu$ asks for $\frac{(1-\sqrt\beta)^2}{(1+\sqrt\beta)^2}=\frac\mu L=\frac1\kappa$, solved by $\sqrt\beta=\frac{\sqrt\kappa-1}{\sqrt\kappa+1}$. So every direction loses error at the same rate, where descent at its best keeps $\frac{\kappa-1}{\kappa+1}$.

At $\kappa=10\,000$ that is $0.980$ against $0.9998$ per step: a factor 1000 takes about 345 steps against 34,500.`,
  covers: ["optim/momentum"],
  answers: ["q-a-322", "q-b-082"],
  verifiedAgainst: ["torch.optim.SGD 1.13, paths to 1e-12", "Polyak's rate on quadratics"],
  budget: "quick",
  controls: {
    kappa: slider(4, 100, 49, { label: "condition number κ" }),
    beta: slider(0, 0.95, 0.9, { label: "β under a steady gradient", step: 0.05 }),
  },
  run(lab, { kappa, beta }) {
    const h = Tensor.from([1 / kappa, 1], { dtype: "f64" });
    const steps = 100;
    const errors = (options: { lr: number; momentum?: number; nesterov?: boolean }) => {
      const x = Tensor.from([1, 1], { dtype: "f64", requiresGrad: true });
      const optimizer = new SGD([x], options);
      return [
        Math.SQRT2,
        ...range(steps).map(() => {
          optimizer.zeroGrad();
          x.square().mul(h).sum().mul(0.5).backward();
          optimizer.step();
          return Math.hypot(...(x.data() as Float64Array));
        }),
      ];
    };
    const root = Math.sqrt(kappa);
    const best = (root - 1) / (root + 1);
    const plain = errors({ lr: 2 / (1 + 1 / kappa) });
    const heavy = errors({ lr: (1 + best) ** 2, momentum: best ** 2 });
    const nesterov = errors({ lr: 1, momentum: best, nesterov: true });
    lab.plot(
      lines(
        {
          step: range(steps + 1),
          "gradient descent, best rate": plain,
          "momentum (Polyak)": heavy.map((v) => Math.max(v, 1e-16)),
          Nesterov: nesterov.map((v) => Math.max(v, 1e-16)),
        },
        {
          y: { scale: "log", label: "distance to the minimum" },
          alt: "On a log scale the distance under momentum falls along a much steeper line than under gradient descent.",
        },
      ),
    );
    const slope = (e: number[], from: number, to: number) => (e[to]! / e[from]!) ** (1 / (to - from));
    lab.check("gradient descent: error kept per step", slope(plain, 10, 60), {
      equals: (kappa - 1) / (kappa + 1),
      within: 1e-6,
    });
    // The double root adds a factor that grows like t: a share of log(2) / 50 per step.
    lab.check("momentum: error kept per step", slope(heavy, 50, 100), {
      between: [best - 0.005, best * 1.02 + 0.005],
    });
    lab.check("Nesterov: error kept per step, at most about 1 − 1/√κ", slope(nesterov, 20, 80), {
      atMost: 1 - 1 / root + 0.02,
    });
    if (kappa >= 20)
      lab.check("error after 100 steps: descent over momentum", plain[100]! / heavy[100]!, { above: 10 });

    // A steady gradient: the velocity becomes 1 / (1 - β) gradients.
    const steady = (nesterov: boolean) => {
      const x = Tensor.from(0, { dtype: "f64", requiresGrad: true });
      const optimizer = new SGD([x], { lr: 1, momentum: beta, nesterov: nesterov && beta > 0 });
      let before = 0;
      for (let t = 0; t < 150; t++) {
        before = x.item();
        optimizer.zeroGrad();
        x.backward();
        optimizer.step();
      }
      return before - x.item();
    };
    lab.check("steady gradient 1: step", steady(false), { equals: 1 / (1 - beta), relative: 1e-3 });
    lab.check("the same with Nesterov", steady(true), { equals: 1 / (1 - beta), relative: 1e-3 });
  },
});
