import { dormandPrince, euler, NdArray, rk4 } from "whetstone/math";
import { card, choice, figure, linspace, slider } from "../../index.ts";

/** y' = (−y₂, y₁): a circle, whose solution from (1, 0) is (cos t, sin t). */
const circle = (_t: number, y: Float64Array) => [-y[1]!, y[0]!];

export default card({
  id: "math/ode",
  title: "A residual block is one Euler step of an ODE",
  formula: String.raw`y_{n+1}=y_n+h\,f(y_n),\qquad h=1:\ \ y+f(y)\ \text{(ResNet)},\qquad \text{error}\propto h^{p}`,
  ask: "How does a residual network relate to an ODE solver, and what does a better solver buy?",
  answer:
    "y + f(y) is Euler's method with step 1, so a stack of blocks is a coarse integration. Euler's error falls like h, that of RK4 like h⁴. Dormand–Prince estimates its own error, chooses its steps to meet a tolerance and interpolates to any time between them.",
  pitfall:
    "Explicit methods need a step that the fastest direction allows: on a stiff system they crawl or blow up however smooth the solution looks.",
  level: "hard",
  whenNot:
    "On stiff systems explicit solvers crawl: use implicit ones (BDF, Radau). And for a fixed-depth network a solver buys nothing but memory by the adjoint.",
  followUps: [
    {
      ask: "What does the adjoint method save?",
      answer:
        "It integrates the gradient backwards in time instead of storing every state: memory independent of the number of steps, at the price of re-integration and its error.",
    },
    {
      ask: "How do you check a solver?",
      answer:
        "Halve the step: the error must fall by 2^p. Compare with a closed form or a solver of another family at a tight tolerance.",
    },
  ],
  derivation: String.raw`Taylor: $y(t+h)=y+hf(y)+\tfrac{h^2}2y''+\dots$ Euler keeps two terms, so each step errs by $O(h^2)$; over $1/h$ steps this adds up to $O(h)$. RK4 samples $f$ four times so that terms up to $h^4$ agree: global error $O(h^4)$.

With $h=1$ Euler is $y+f(y)$: a residual block. A stack of blocks with different weights is Euler for an $f$ that changes with time.

Dormand–Prince computes orders 4 and 5 from the same samples; their difference $e$ estimates the error, and the next step is scaled by $(\text{tol}/e)^{1/5}$.`,
  covers: ["math/ode-solvers", "claim-b-229"],
  verifiedAgainst: [
    "SciPy 1.10 integrate.solve_ivp (DOP853), solutions and work",
    "orders of convergence on closed forms",
  ],
  budget: "quick",
  controls: {
    method: choice(["Euler", "RK4", "Dormand–Prince"], "Euler", { label: "method" }),
    steps: slider(6, 120, 24, { label: "steps on one round (fixed-step methods)" }),
    tolerance: slider(1e-10, 1e-2, 1e-4, { label: "tolerance (Dormand–Prince)", scale: "log" }),
  },
  run(lab, { method, steps, tolerance }) {
    const round = 2 * Math.PI;
    const span = [0, round] as const;
    const solve = {
      Euler: () => euler(circle, span, [1, 0], { step: round / steps }),
      RK4: () => rk4(circle, span, [1, 0], { step: round / steps }),
      "Dormand–Prince": () => dormandPrince(circle, span, [1, 0], { rtol: tolerance, atol: tolerance }),
    }[method];
    const path = solve();
    const t = linspace(0, round, 120);
    lab.plot(
      figure(
        [
          { type: "line", name: "exact", x: t.map(Math.cos), y: t.map(Math.sin), dashed: true },
          { type: "line", name: method, x: Array.from(path.y.col(0)), y: Array.from(path.y.col(1)) },
          {
            type: "points",
            name: "steps",
            x: Array.from(path.y.col(0)),
            y: Array.from(path.y.col(1)),
            size: 2,
          },
        ],
        {
          title: `${path.steps} steps, ${path.evaluations} evaluations`,
          x: {},
          y: {},
          square: true,
          alt: `A circle and the path of ${method}: Euler spirals outwards, the others stay on the circle.`,
        },
      ),
    );
    const miss = (r: { t: Float64Array; y: { at(i: number, j: number): number } }) =>
      Math.hypot(r.y.at(r.t.length - 1, 0) - 1, r.y.at(r.t.length - 1, 1));
    const counts = [16, 32, 64, 128, 256, 512];
    const errors = {
      Euler: counts.map((n) => miss(euler(circle, span, [1, 0], { step: round / n }))),
      RK4: counts.map((n) => miss(rk4(circle, span, [1, 0], { step: round / n }))),
    };
    lab.plot(
      figure(
        Object.entries(errors).map(([name, y]) => ({ type: "line" as const, name, x: counts, y })),
        {
          title: "Error after one round",
          x: { label: "steps", scale: "log" },
          y: { label: "distance from the start", scale: "log" },
          alt: "Errors by number of steps on log axes: a line of slope −1 for Euler and one of slope −4 for RK4.",
        },
      ),
    );
    const order = (e: readonly number[]) => Math.log2(e.at(-2)! / e.at(-1)!);
    lab.check("order of Euler", order(errors.Euler), { equals: 1, within: 0.1 });
    lab.check("order of RK4", order(errors.RK4), { equals: 4, within: 0.1 });

    // A residual block with tanh: x + W tanh(Vx).
    const random = lab.random();
    const normal = (rows: number, cols: number) =>
      new NdArray(
        Float64Array.from({ length: rows * cols }, () => random.normal()),
        [rows, cols],
      );
    const [V, W] = [normal(8, 4), normal(4, 8)];
    const branch = (x: NdArray) => W.matmul(V.matmul(x).map(Math.tanh));
    const x = normal(4, 1);
    let block = x;
    for (let layer = 0; layer < 3; layer++) block = block.add(branch(block));
    const flow = euler((_t, y) => branch(new NdArray(y.slice(), [4, 1])).data, [0, 3], x.data, { step: 1 });
    lab.check(
      "three residual blocks against three Euler steps of 1, largest difference",
      Math.max(...flow.y.row(3).map((v, i) => Math.abs(v - block.data[i]!))),
      { equals: 0 },
    );

    const tight = dormandPrince(circle, span, [1, 0], { rtol: 1e-8, atol: 1e-8 });
    const loose = dormandPrince(circle, span, [1, 0], { rtol: 1e-3, atol: 1e-3 });
    lab.check("adaptive steps: error at tolerance 10⁻⁸", miss(tight), { below: 1e-6 });
    lab.check("and fewer steps at 10⁻³", loose.steps, { below: tight.steps });
    const dense = dormandPrince(circle, span, [1, 0], { rtol: 1e-8, atol: 1e-8, times: t });
    const between = Math.max(
      ...t.map((s, i) => Math.hypot(dense.y.at(i, 0) - Math.cos(s), dense.y.at(i, 1) - Math.sin(s))),
    );
    lab.check("largest error at 120 times in between", between, { below: 1e-6 });
    lab.check("output there costs no steps", dense.steps, { equals: tight.steps });
  },
});
