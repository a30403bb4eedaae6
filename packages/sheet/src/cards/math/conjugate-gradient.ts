import { conjugateGradient, gradientDescent, Matrix } from "whetstone/math";
import { card, lines, range, slider } from "../../index.ts";

export default card({
  id: "math/conjugate-gradient",
  title: "Conjugate gradients solve a quadratic in at most D steps",
  formula: String.raw`d_t=-g_t+\beta_t d_{t-1},\qquad d_i^\top A\,d_j=0\ (i\ne j)`,
  ask: "How can a D-dimensional quadratic be minimised in D steps without storing its Hessian?",
  answer:
    "Each new direction is the negative gradient made A-conjugate to all earlier ones, so no step undoes another and the error lies in a space that loses one dimension per step. Only products A·v are needed, never A itself.",
  pitfall:
    "With fewer distinct eigenvalues it ends even sooner; with rounding it may need a few more than D, so stop on the residual and precondition a badly conditioned system.",
  level: "hard",
  whenNot:
    "For small dense systems a Cholesky factor is simpler and serves many right-hand sides. For matrices that are not symmetric positive definite use GMRES or LSQR.",
  followUps: [
    {
      ask: "What does a preconditioner do?",
      answer:
        "It replaces A by M⁻¹A with clustered eigenvalues: steps fall from about √κ(A) to √κ(M⁻¹A). Incomplete Cholesky or the diagonal are the usual first tries.",
    },
    {
      ask: "Why not gradient descent with exact line search?",
      answer:
        "Consecutive gradients are orthogonal, so it zigzags: about κ steps where conjugate directions need √κ, and at most D in exact arithmetic.",
    },
  ],
  derivation: String.raw`The minimum of $f(x)=\tfrac12x^\top Ax-b^\top x$ along conjugate directions can be found one direction at a time: with $d_i^\top Ad_j=0$ the cross terms vanish, so $f(\sum\alpha_id_i)=\sum_i\big(\tfrac12\alpha_i^2d_i^\top Ad_i-\alpha_ib^\top d_i\big)$.

Make $d_t$ from $-g_t$ by removing its $A$-components along earlier directions. In Krylov spaces all but the last are already zero, so one $\beta_t$ suffices.

After $t$ steps the error is a polynomial in $A$ with value 1 at 0 applied to the start; one that vanishes at every distinct eigenvalue exists with as many steps as there are distinct eigenvalues.`,
  covers: ["math/conjugate-gradient", "claim-a-081"],
  verifiedAgainst: ["residual recomputed from the solution", "the bound of n steps for n unknowns"],
  budget: "quick",
  controls: {
    dimension: slider(5, 100, 50, { label: "dimension D" }),
    distinct: slider(2, 50, 50, { label: "distinct eigenvalues" }),
    kappa: slider(1, 1000, 100, { label: "condition number κ", scale: "log" }),
  },
  run(lab, { dimension, distinct, kappa }) {
    const kinds = Math.min(distinct, dimension);
    const random = lab.random();
    const eigenvalues = range(dimension).map((i) => 1 + ((kappa - 1) * (i % kinds)) / Math.max(1, kinds - 1));
    // A = H diag(eigenvalues) H with H = I - 2uu', a reflection: a full matrix that is never formed.
    const u = Float64Array.from({ length: dimension }, () => random.normal());
    const norm = Math.hypot(...u);
    const reflect = (v: ArrayLike<number>) => {
      let dot = 0;
      for (let i = 0; i < dimension; i++) dot += (u[i]! / norm) * v[i]!;
      return Float64Array.from(v, (value, i) => value - (2 * dot * u[i]!) / norm);
    };
    let products = 0;
    const apply = (v: ArrayLike<number>) => {
      products++;
      return reflect(reflect(v).map((value, i) => value * eigenvalues[i]!));
    };
    const b = Float64Array.from({ length: dimension }, () => random.normal());
    const solved = conjugateGradient(apply, b, { tolerance: 1e-8, history: true });
    const residuals = solved.residuals!;
    const productsUsed = products;

    // The same system by gradient descent with its best fixed step.
    const descent = gradientDescent(
      {
        value: (x) =>
          0.5 * apply(x).reduce((sum, v, i) => sum + v * x[i]!, 0) -
          b.reduce((sum, v, i) => sum + v * x[i]!, 0),
        gradient: (x) => apply(x).map((v, i) => v - b[i]!),
      },
      new Float64Array(dimension),
      { learningRate: 2 / (kappa + 1), maxIterations: residuals.length - 1, tolerance: 0, history: true },
    ).history!.map(({ x }) => Math.hypot(...apply(x).map((v, i) => b[i]! - v)));

    lab.plot(
      lines(
        {
          iteration: range(residuals.length),
          "conjugate gradients": residuals.map((r) => Math.max(r, 1e-16)),
          "gradient descent": range(residuals.length).map((i) => descent[i] ?? descent.at(-1)!),
        },
        {
          y: { label: "residual ‖b − Ax‖", scale: "log" },
          alt: "Residual by iteration: conjugate gradients fall to rounding level within the dimension, gradient descent lags far behind.",
        },
      ),
    );
    lab.check("converged", solved.converged, { equals: true });
    lab.check(
      "iterations, at most the number of distinct eigenvalues (+ 10 for rounding)",
      solved.iterations,
      { atMost: kinds + 10 },
    );
    lab.check("products with A beside one per iteration", productsUsed - solved.iterations, { atMost: 2 });
    const small = conjugateGradient(
      Matrix.from([
        [4, 1],
        [1, 3],
      ]),
      [1, 2],
    );
    lab.check("a 2 × 2 system in 2 steps", small.iterations, { atMost: 2 });
    lab.check("its solution is (1/11, 7/11)", Math.hypot(small.x[0]! - 1 / 11, small.x[1]! - 7 / 11), {
      atMost: 1e-12,
    });
  },
});
