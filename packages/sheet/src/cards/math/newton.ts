import { gradientDescent, Matrix, newton, randomStream, sigmoid, softplus } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "math/newton",
  title: "Newton's method doubles the digits with every step",
  formula: String.raw`\theta\leftarrow\theta-H^{-1}\nabla L,\qquad \lVert e_{t+1}\rVert\le C\,\lVert e_t\rVert^2`,
  ask: "How fast does Newton's method converge, what does a step cost, and when does it fail?",
  answer:
    "Near a minimum convergence is quadratic: the number of correct digits doubles each step. A step needs the D×D Hessian, O(D²) memory, and a solve, O(D³) time. Far away, or where H is indefinite, damping or a line search is needed.",
  pitfall:
    "The pure step seeks any stationary point: where curvature is negative it climbs to a saddle or maximum.",
  level: "medium",
  whenNot:
    "With many parameters (D² numbers, D³ work) or noisy gradients: quasi-Newton for thousands, first-order methods for millions.",
  followUps: [
    {
      ask: "Why is Newton not used to train large networks?",
      answer:
        "10⁸ parameters would need 10¹⁶ numbers for H; mini-batch curvature is noisy; and H is indefinite, so pure steps seek saddles.",
    },
    {
      ask: "What does a trust region do that a line search does not?",
      answer:
        "It bounds the step before choosing the direction, so an indefinite H is handled: the subproblem has a solution with a shift λI.",
    },
  ],
  derivation: String.raw`Expand the gradient around $\theta_t$: $\nabla L(\theta)\approx g_t+H_t(\theta-\theta_t)$. Setting it to zero gives the step $-H_t^{-1}g_t$. Let $e_t=\theta_t-\theta^\star$, where $\nabla L(\theta^\star)=0$. If the Hessian is $M$-Lipschitz, Taylor gives $0=\nabla L(\theta^\star)=g_t-H_te_t+r_t$ with $\lVert r_t\rVert\le\tfrac M2\lVert e_t\rVert^2$.

So $e_{t+1}=e_t-H_t^{-1}g_t=H_t^{-1}(H_te_t-g_t)=H_t^{-1}r_t$ and $\lVert e_{t+1}\rVert\le C\lVert e_t\rVert^2$ with $C=\tfrac M2\lVert H_t^{-1}\rVert$. Once $C\lVert e_t\rVert<1$ the digits of $C\lVert e_t\rVert$ double with each step. It needs an invertible $H(\theta^\star)$: at the minimum of $x^4$ a step keeps $\tfrac23$ of the error. On a quadratic $M=0$: one step. The step goes down only if $g^\top H^{-1}g>0$, which an indefinite $H$ does not grant.`,
  covers: ["math/newton", "claim-a-075"],
  verifiedAgainst: ["SciPy 1.10 optimize minima", "solve by Cholesky, checked by substitution"],
  budget: "quick",
  controls: {
    rows: slider(50, 500, 200, { label: "rows" }),
    dimension: slider(2, 20, 5, { label: "parameters D" }),
    ridge: slider(0.01, 1, 0.1, { label: "ridge penalty", scale: "log" }),
  },
  run(lab, { rows, dimension, ridge }) {
    const problem = ridgeLogistic(lab.seed, rows, dimension, ridge);
    const start = new Float64Array(dimension);
    const second = newton(problem, start, { history: true, tolerance: 1e-14, maxIterations: 20 });
    const first = gradientDescent(problem, start, { history: true, tolerance: 1e-14, maxIterations: 30 });
    const norms = (history: typeof second.history) => history!.map((h) => Math.max(h.gradientNorm, 1e-17));
    const fast = norms(second.history);
    lab.plot(
      figure(
        [
          { type: "line", name: "Newton", x: range(fast.length), y: fast },
          { type: "points", name: "Newton", x: range(fast.length), y: fast },
          { type: "line", name: "gradient descent", x: range(31), y: norms(first.history).slice(0, 31) },
        ],
        {
          x: { label: "iteration" },
          y: { label: "largest gradient entry", scale: "log" },
          alt: "Gradient norm by iteration on a log scale: Newton's curve bends down ever faster, gradient descent is a straight slow line.",
        },
      ),
    );
    const digits = fast.filter((g) => g < 1e-2 && g > 1e-14);
    lab.table({
      columns: ["iteration", "largest gradient entry"],
      rows: fast.map((g, i) => [i, Number(g.toPrecision(3))]),
    });
    // log g halves its distance to minus infinity at least 1.7 times per step before rounding takes over.
    const orders = digits.slice(1).map((g, i) => Math.log(g) / Math.log(digits[i]!));
    lab.check("order of convergence near the optimum", Math.max(...orders), { atLeast: 1.7 });
    lab.check(
      "steps to a gradient of 1e-12",
      fast.findIndex((g) => g < 1e-12),
      { between: [1, 10] },
    );
    lab.check("gradient descent in as many steps", norms(first.history)[Math.min(30, second.iterations)]!, {
      above: 1e-10,
    });

    // One step on a quadratic is exact: it is one linear solve.
    const quadratic = newton(
      {
        value: (x) => 2 * x[0]! ** 2 + x[0]! * x[1]! + 1.5 * x[1]! ** 2 - x[0]! - 2 * x[1]!,
        gradient: (x) => [4 * x[0]! + x[1]! - 1, x[0]! + 3 * x[1]! - 2],
        hessian: () =>
          Matrix.from([
            [4, 1],
            [1, 3],
          ]),
      },
      [5, -7],
    );
    lab.check("steps on a quadratic", quadratic.iterations, { equals: 1 });
    lab.check(
      "which is the solution of Hx = b",
      Math.hypot(quadratic.x[0]! - 1 / 11, quadratic.x[1]! - 7 / 11),
      { atMost: 1e-12 },
    );
    // x^4 - x^2 has a maximum at 0: the pure step goes there, the convexified one to the minimum.
    const well = {
      value: (x: Float64Array) => x[0]! ** 4 - x[0]! ** 2,
      gradient: (x: Float64Array) => [4 * x[0]! ** 3 - 2 * x[0]!],
      hessian: (x: Float64Array) => Matrix.from([[12 * x[0]! ** 2 - 2]]),
    };
    const pure = newton(well, [0.2], { convexify: false, lineSearch: false });
    lab.check("pure Newton from 0.2 ends at the maximum 0", Math.abs(pure.x[0]!), { atMost: 1e-6 });
    lab.check("with damping it ends at the minimum 1/√2", Math.abs(newton(well, [0.2]).x[0]!), {
      equals: Math.SQRT1_2,
      within: 1e-6,
    });
    lab.check("numbers in the Hessian", problem.hessian(start).data.length, { equals: dimension ** 2 });
  },
});

/** Logistic regression with an L2 penalty, as a problem for an optimiser. */
function ridgeLogistic(seed: number, rows: number, dimension: number, ridge: number) {
  const random = randomStream(seed).split("rows");
  const X = range(rows).map(() => Float64Array.from({ length: dimension }, () => random.normal()));
  const y = X.map((row) => (random.uniform() < sigmoid(1.5 * row[0]! - (row[1] ?? 0)) ? 1 : 0));
  const score = (row: Float64Array, w: Float64Array) => row.reduce((sum, v, j) => sum + v * w[j]!, 0);
  return {
    value: (w: Float64Array) =>
      X.reduce((sum, row, i) => sum + softplus(score(row, w)) - y[i]! * score(row, w), 0) / rows +
      0.5 * ridge * w.reduce((s, v) => s + v * v, 0),
    gradient: (w: Float64Array) => {
      const g = w.map((v) => ridge * v);
      X.forEach((row, i) => {
        const r = (sigmoid(score(row, w)) - y[i]!) / rows;
        for (let j = 0; j < dimension; j++) g[j]! += r * row[j]!;
      });
      return g;
    },
    hessian: (w: Float64Array) => {
      const H = Matrix.diagonal(new Float64Array(dimension).fill(ridge));
      for (const row of X) {
        const p = sigmoid(score(row, w));
        for (let j = 0; j < dimension; j++)
          for (let k = 0; k < dimension; k++)
            H.data[j * dimension + k]! += (p * (1 - p) * row[j]! * row[k]!) / rows;
      }
      return H;
    },
  };
}
