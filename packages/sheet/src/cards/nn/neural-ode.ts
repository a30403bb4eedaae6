import { Linear, Module, NeuralOde, parameter } from "whetstone/nn";
import { describePlan, grad, noGrad, Tensor } from "whetstone/tensor";
import { card, figure, lines, range, slider } from "../../index.ts";

/** dy/dt = rate y + coupling y rotated: a spiral, whose solution is known. */
class Spiral extends Module<[y: Tensor, t: Tensor]> {
  readonly matrix: Tensor;
  constructor(rate: number, coupling: number) {
    super();
    this.matrix = parameter(
      Tensor.from([
        [rate, coupling],
        [-coupling, rate],
      ]),
    );
  }
  override forward(y: Tensor): Tensor {
    return y.matmul(this.matrix);
  }
}

class Field extends Module<[y: Tensor, t: Tensor]> {
  readonly inner = new Linear(16, 16, { seed: 1 });
  override forward(y: Tensor): Tensor {
    return this.inner.forward(y).tanh();
  }
}

export default card({
  id: "nn/neural-ode",
  title: "Depth as time: a net that is a differential equation",
  formula: String.raw`\frac{dh}{dt}=f(h,t;\theta),\qquad \frac{da}{dt}=-a^\top\frac{\partial f}{\partial h},\quad \frac{dL}{d\theta}=\int_{t_0}^{t_1}a^\top\frac{\partial f}{\partial\theta}\,dt`,
  ask: "What does a neural ODE gain over a stack of residual blocks, and how does it backpropagate in constant memory?",
  answer:
    "A residual block is one Euler step of dh/dt = f(h); the limit of many small steps is an ODE, solved at any times, so irregular measurements need no imputation. The adjoint method integrates the gradient backwards in time together with the state, which it recomputes instead of storing: memory does not grow with the number of steps.",
  pitfall:
    "The state recomputed backwards is not exactly the one of the forward pass: the adjoint's gradient carries integration error, which backpropagation through the steps does not.",
  level: "hard",
  whenNot:
    "On regular grids a residual net is faster and no worse. Stiff dynamics drive the number of solver steps up. With jumps or random shocks the smooth path is the wrong model: a jump model or a stochastic equation.",
  followUps: [
    {
      ask: "Can a neural ODE on the line map x to −x?",
      answer:
        "No. Two solutions never meet, so on the line the order of points is kept. With one extra dimension set to 0 at the start (an augmented ODE) the points can turn around each other.",
    },
    {
      ask: "Is there a way to save memory and keep the exact gradient?",
      answer:
        "Checkpoint: store about √N of the N states and recompute the stretches between them. One more forward pass, and the gradient is that of the steps really taken.",
    },
  ],
  derivation: String.raw`Euler with step $\epsilon$ is $h(t+\epsilon)=h(t)+\epsilon f(h,t)$: a residual block. Let $a(t)=\partial L/\partial h(t)$. The chain rule over one step gives $a(t)^\top=a(t+\epsilon)^\top\big(I+\epsilon\,\tfrac{\partial f}{\partial h}\big)$.

Subtract $a(t+\epsilon)$, divide by $\epsilon$ and let $\epsilon\to0$: $\frac{da^\top}{dt}=-a^\top\frac{\partial f}{\partial h}$. It starts from the known $\partial L/\partial h(t_1)$ and runs back in time.

Each step also uses $\theta$ and adds $\epsilon\,a^\top\frac{\partial f}{\partial\theta}$ to its gradient; the sum over all steps becomes $\int_{t_0}^{t_1}a^\top\frac{\partial f}{\partial\theta}\,dt$.

Both need $h(t)$. Solving $dh/dt=f$ backwards from $h(t_1)$ yields it alongside, so three quantities suffice at any time: $h$, $a$ and the sum.`,
  covers: ["nn/neural-ode", "claim-b-230"],
  answers: ["q-b-236", "q-b-237", "q-b-238"],
  verifiedAgainst: ["the exact solution of a linear system", "backpropagation through all steps"],
  budget: "costly",
  controls: {
    steps: slider(1, 16, 4, { label: "Runge–Kutta steps between two times" }),
    coupling: slider(0.5, 6, 3, { label: "speed of rotation", step: 0.5 }),
  },
  run(lab, { steps, coupling }) {
    const random = lab.random();
    const times = [0, ...range(9).map(() => 0.05 + 0.95 * random.uniform())].sort((a, b) => a - b);
    const rate = -0.7;
    const exact = times.map((t) => [
      Math.exp(rate * t) * Math.cos(coupling * t),
      Math.exp(rate * t) * Math.sin(coupling * t),
    ]);
    const solve = (n: number, gradient: "adjoint" | "backprop") => {
      const dynamics = new Spiral(rate, coupling);
      const y0 = Tensor.from([[1, 0]]);
      const path = new NeuralOde(dynamics, { steps: n, gradient }).forward(y0, times); // [times, 1, 2]
      const [g] = grad([path.at(-1).sum()], [dynamics.matrix]);
      return { path: noGrad(() => path.reshape([-1, 2]).data()), gradient: g!.data() };
    };
    const { path } = solve(steps, "adjoint");
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "exact",
            x: exact.map((p) => p[0]!),
            y: exact.map((p) => p[1]!),
            dashed: true,
          },
          {
            type: "points",
            name: "neural ODE",
            x: range(times.length).map((i) => path[2 * i]!),
            y: range(times.length).map((i) => path[2 * i + 1]!),
            size: 4,
          },
        ],
        {
          title: "states at ten irregular times",
          square: true,
          alt: "A spiral solved by a neural ODE at unevenly spaced times follows the exact curve.",
        },
      ),
    );
    const error = (n: number) => {
      const found = solve(n, "adjoint").path;
      return Math.max(
        ...times.flatMap((_, i) => [0, 1].map((j) => Math.abs(found[2 * i + j]! - exact[i]![j]!))),
      );
    };
    lab.check("largest distance from the exact solution, 8 steps", error(8), { atMost: 1e-4 });

    const counts = [2, 4, 8, 16];
    const memory = (gradient: "adjoint" | "backprop") =>
      counts.map((n) => {
        const field = new Field();
        const y0 = Tensor.zeros([32, 16], { requiresGrad: true });
        new NeuralOde(field, { steps: n, gradient }).forward(y0, [0, 1]).at(1).square().sum().backward();
        return describePlan(...field.parameters().map((p) => p.grad!)).plannedBytes / 1024;
      });
    const [adjoint, backprop] = [memory("adjoint"), memory("backprop")];
    lab.plot(
      lines(
        { steps: counts, adjoint, "through all steps": backprop },
        {
          y: { label: "KB kept for the gradient" },
          alt: "Memory of the adjoint is flat, that of backpropagation rises with the number of steps.",
        },
      ),
    );
    lab.check("adjoint: memory at 16 steps in units of that at 2", adjoint[3]! / adjoint[0]!, {
      atMost: 1.3,
    });
    lab.check("backpropagation: the same", backprop[3]! / backprop[0]!, { atLeast: 3 });
    const [a, b] = [solve(8, "adjoint").gradient, solve(8, "backprop").gradient];
    const gap = Math.max(...range(4).map((i) => Math.abs(a[i]! - b[i]!)));
    lab.check("largest difference of the two gradients, 8 steps", gap, { between: [0, 1e-3] });
    const coarse = [solve(1, "adjoint").gradient, solve(1, "backprop").gradient] as const;
    const coarseGap = Math.max(...range(4).map((i) => Math.abs(coarse[0][i]! - coarse[1][i]!)));
    lab.check("with one step the error of going back is larger", coarseGap > gap, { equals: true });
    lab.note(
      `One step: gradients differ by ${coarseGap.toExponential(1)}; eight steps: ${gap.toExponential(1)}.`,
    );
  },
});
