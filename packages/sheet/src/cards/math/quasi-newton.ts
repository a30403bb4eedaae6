import { bfgs, gradientDescent, lbfgs } from "whetstone/math";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "math/quasi-newton",
  title: "BFGS and L-BFGS: curvature from gradients alone",
  formula: String.raw`s_t=x_{t+1}-x_t,\quad y_t=g_{t+1}-g_t,\quad H^{-1}_{t+1}=\left(I-\tfrac{s y^\top}{y^\top s}\right)H^{-1}_t\left(I-\tfrac{y s^\top}{y^\top s}\right)+\tfrac{s s^\top}{y^\top s}`,
  ask: "What does L-BFGS store, and how much memory does it need compared with BFGS?",
  answer:
    "BFGS keeps the whole inverse-Hessian estimate, D² numbers, updated by rank two. L-BFGS keeps only the last m pairs, step s and gradient change y, 2mD numbers, and applies the estimate to a gradient by the two-loop recursion.",
  pitfall:
    "Both need gradients that are consistent from step to step; on noisy mini-batch gradients y is mostly noise. The line search must satisfy the curvature condition yᵀs > 0.",
  level: "hard",
  whenNot:
    "On noisy mini-batches the pairs are mostly noise: use SGD or Adam. For D up to a few hundred with cheap Hessians Newton is faster.",
  followUps: [
    {
      ask: "What happens if yᵀs ≤ 0?",
      answer:
        "The update would lose positive definiteness. A Wolfe line search prevents it; otherwise skip or damp the update (Powell).",
    },
    {
      ask: "How many pairs does L-BFGS keep?",
      answer: "5 to 20. More helps a little on badly conditioned problems and costs 2D numbers each.",
    },
  ],
  derivation: String.raw`Along the last step the true Hessian satisfies $Hs\approx y$, so ask $H^{-1}_{t+1}y=s$ (secant condition), symmetric, and as close as possible to $H^{-1}_t$ in a weighted norm. The unique answer is the BFGS formula; check: $(I-\tfrac{ys^\top}{y^\top s})y=0$, which leaves $\frac{ss^\top y}{y^\top s}=s$.

It stays positive definite if and only if $y^\top s>0$.

Unroll the recursion from a multiple of $I$: applying $H^{-1}_t$ to $g$ needs only the stored pairs, one loop from the newest to the oldest and one back, $4mD$ operations.`,
  errata: [
    {
      claim: "claim-a-079",
      claimed: "L-BFGS stores only the last m gradient differences.",
      truth:
        "It stores m pairs: gradient differences y and parameter steps s. The two-loop recursion cannot run on y alone. The order O(mD) is right.",
    },
  ],
  covers: ["math/bfgs", "math/l-bfgs", "claim-a-079"],
  verifiedAgainst: ["SciPy 1.10 optimize.minimize (BFGS, L-BFGS-B), minima"],
  budget: "quick",
  controls: {
    dimension: slider(2, 60, 20, { label: "dimension D" }),
    memory: slider(1, 20, 5, { label: "pairs m" }),
  },
  run(lab, { dimension, memory }) {
    const start = Float64Array.from({ length: dimension }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const full = bfgs(rosenbrock, start, { history: true });
    const limited = lbfgs(rosenbrock, start, { memory, history: true });
    const plain = gradientDescent(rosenbrock, start, { maxIterations: full.iterations, history: true });
    const curve = (name: string, history: typeof full.history) => ({
      type: "line" as const,
      name,
      x: range(history!.length),
      y: history!.map((h) => Math.max(h.value, 1e-20)),
    });
    lab.plot(
      figure(
        [
          curve("BFGS", full.history),
          curve(`L-BFGS, m = ${memory}`, limited.history),
          curve("gradient descent", plain.history),
        ],
        {
          title: `Rosenbrock's function in ${dimension} dimensions`,
          x: { label: "iteration" },
          y: { label: "f(x)", scale: "log" },
          alt: "Function value by iteration: BFGS and L-BFGS plunge to zero, gradient descent stays near its start.",
        },
      ),
    );
    const sizes = linspace(2, 1000, 30);
    lab.plot(
      figure(
        [
          { type: "line", name: "BFGS: D²", x: sizes, y: sizes.map((d) => d * d) },
          { type: "line", name: "L-BFGS: 2mD", x: sizes, y: sizes.map((d) => 2 * memory * d) },
        ],
        {
          title: "Numbers kept",
          x: { label: "dimension D", scale: "log" },
          y: { scale: "log" },
          alt: "Memory by dimension on log axes: the BFGS line is twice as steep as that of L-BFGS.",
        },
      ),
    );
    lab.check("BFGS finds the minimum 0", full.value, { atMost: 1e-8 });
    lab.check("L-BFGS finds it too", limited.value, { atMost: 1e-8 });
    lab.check("gradient descent in as many iterations as BFGS", plain.value, { above: 1e-3 });
    lab.check("distance of L-BFGS's x from (1, …, 1)", Math.hypot(...limited.x.map((v) => v - 1)), {
      atMost: 1e-3,
    });
  },
});

/** Sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2: a curved valley with its minimum 0 at (1, ..., 1). */
const rosenbrock = {
  valueAndGradient(x: Float64Array, gradient: Float64Array): number {
    gradient.fill(0);
    let value = 0;
    for (let i = 0; i + 1 < x.length; i++) {
      const a = 1 - x[i]!;
      const b = x[i + 1]! - x[i]! ** 2;
      value += a * a + 100 * b * b;
      gradient[i]! += -2 * a - 400 * x[i]! * b;
      gradient[i + 1]! += 200 * b;
    }
    return value;
  },
};
