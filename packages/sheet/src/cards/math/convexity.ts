import {
  hessianConvexity,
  lagrangianDual,
  Matrix,
  midpointConvexity,
  numericalHessian,
  quadraticProgram,
  slaterConvex,
  stationaryKind,
} from "whetstone/math";
import { card, choice, field, figure, linspace, slider } from "../../index.ts";

const SURFACES = {
  bowl: (x: ArrayLike<number>) => x[0]! ** 2 + 0.5 * x[0]! * x[1]! + x[1]! ** 2,
  saddle: (x: ArrayLike<number>) => x[0]! ** 2 - x[1]! ** 2,
  hill: (x: ArrayLike<number>) => -(x[0]! ** 2) - 2 * x[1]! ** 2,
  "two wells": (x: ArrayLike<number>) => (x[0]! ** 2 - 1) ** 2 + x[1]! ** 2,
} as const;

export default card({
  id: "math/convexity",
  title: "Convex: every local minimum is global, and a dual certifies it",
  formula: String.raw`f\!\left(\tfrac{a+b}2\right)\le\tfrac{f(a)+f(b)}2,\qquad \nabla^2 f\succeq0,\qquad \inf_x L(x,\lambda)\le f(x^\star)`,
  ask: "How do you test convexity, what does it buy, and when is the duality gap zero?",
  answer:
    "Midpoints below chords, or a Hessian with no negative eigenvalue everywhere. It buys that every stationary point is a global minimum. The dual always bounds from below; the bound is tight under a constraint qualification such as Slater: some point satisfies the inequalities strictly.",
  pitfall:
    "Sampling can refute convexity, never prove it. And convex alone does not close the gap: without Slater the dual may stay strictly below, or no multiplier may attain it.",
  level: "medium",
  whenNot:
    "For deep networks the loss is not convex and no dual certifies it: convex theory guides step sizes there, not guarantees.",
  followUps: [
    {
      ask: "Give the dual of a linear program in one line.",
      answer: "min cᵀx, Ax ≥ b, x ≥ 0 has the dual max bᵀy, Aᵀy ≤ c, y ≥ 0. Weak duality: bᵀy ≤ yᵀAx ≤ cᵀx.",
    },
    {
      ask: "Is the SVM convex? k-means?",
      answer:
        "The SVM is a convex quadratic program with zero gap. k-means is not: many local minima, hence restarts and k-means++.",
    },
  ],
  derivation: String.raw`If $f$ is convex and $\nabla f(x)=0$, then $f(y)\ge f(x)+\nabla f(x)^\top(y-x)=f(x)$ for all $y$: every stationary point is global.

For $\min f(x)$ with $g(x)\le0$ the Lagrangian is $L=f+\lambda g$, $\lambda\ge0$. At a feasible point $\lambda g\le0$, so $\inf_xL(x,\lambda)\le f(x^\star)$ for every $\lambda$: weak duality.

If some point has $g<0$ strictly (Slater), the set of reachable pairs $(g,f)$ has a supporting line at $(0,f^\star)$ that is not vertical; its slope is a $\lambda^\star$ with equality. Without Slater the line may be vertical and no multiplier attains it.`,
  errata: [
    {
      claim: "claim-b-333",
      claimed: "Convex problems have zero duality gap.",
      truth:
        "Only under a constraint qualification, e.g. Slater's. Minimise e^(−x) subject to √(x²+y²) − y ≤ 0: convex, optimum 1, dual optimum 0.",
    },
  ],
  covers: ["math/convexity-duality", "claim-b-333"],
  answers: ["q-b-342"],
  verifiedAgainst: [
    "SciPy 1.10 optimize.minimize on random quadratic programs",
    "primal and dual values, KKT residuals",
  ],
  budget: "quick",
  controls: {
    surface: choice(["bowl", "saddle", "hill", "two wells"], "two wells", { label: "function" }),
    lambda: slider(0, 6, 2, { label: "multiplier λ", step: 0.1 }),
  },
  run(lab, { surface, lambda }) {
    const f = SURFACES[surface];
    const box = { lower: [-1.6, -1.6], upper: [1.6, 1.6], seed: lab.seed };
    const midpoint = midpointConvexity(f, box);
    const hessian = hessianConvexity(f, { ...box, samples: 60 });
    const kind = stationaryKind(numericalHessian(f, [0, 0]), 1e-5).kind;
    const pair = midpoint.counterexample;
    lab.plot(
      figure(
        [
          field((x, y) => f([x, y]), [-1.6, 1.6], [-1.6, 1.6], {
            resolution: 50,
            contours: [-4, -2, -1, -0.3, 0.1, 0.5, 1, 2, 4],
          }),
          ...(pair
            ? [
                {
                  type: "line" as const,
                  name: "midpoint above chord",
                  x: [pair.a[0]!, pair.b[0]!],
                  y: [pair.a[1]!, pair.b[1]!],
                },
              ]
            : []),
          { type: "points", name: `stationary: ${kind}`, x: [0], y: [0], size: 5 },
        ],
        {
          title: midpoint.convex ? "No chord refutes convexity" : "A chord that refutes convexity",
          x: { domain: [-1.6, 1.6] },
          y: { domain: [-1.6, 1.6] },
          square: true,
          alt: `Contours of the ${surface}; ${pair ? "a drawn pair of points has its midpoint above the chord" : "no pair of points contradicts convexity"}; the origin is a ${kind}.`,
        },
      ),
    );
    const only = surface === "bowl";
    lab.check(`${surface}: convex by midpoints`, midpoint.convex, { equals: only });
    lab.check(`${surface}: convex by the Hessian`, hessian.convex, { equals: only });
    lab.check(`${surface}: the origin is a`, kind, {
      equals: { bowl: "minimum", saddle: "saddle", hill: "maximum", "two wells": "saddle" }[surface],
    });

    // min x² subject to 1 − x ≤ 0: the dual function is λ − λ²/4, largest (1) at λ = 2.
    const dual = (l: number) => lagrangianDual((x) => x[0]! ** 2, [(x) => 1 - x[0]!], [l], [0]).value;
    const lambdas = linspace(0, 6, 25);
    lab.plot(
      figure(
        [
          { type: "line", name: "dual value", x: lambdas, y: lambdas.map(dual) },
          { type: "rule", name: "primal optimum", y: 1 },
          { type: "points", name: "your λ", x: [lambda], y: [dual(lambda)], size: 5 },
        ],
        {
          title: "min x² with x ≥ 1: every λ bounds, one is tight",
          x: { label: "multiplier λ" },
          y: { label: "value" },
          alt: "The dual function as a concave parabola below the primal optimum 1, touching it at a multiplier of 2.",
        },
      ),
    );
    lab.check("weak duality: dual at your λ", dual(lambda), { atMost: 1 + 1e-8 });
    lab.check("strong duality at λ = 2", dual(2), { equals: 1, within: 1e-8 });

    const random = lab.random();
    const n = 6;
    const Z = new Matrix(
      Float64Array.from({ length: n * n }, () => random.normal()),
      n,
      n,
    );
    const solved = quadraticProgram({
      P: Z.transpose().matmul(Z),
      q: Float64Array.from({ length: n }, () => random.normal()),
      G: Matrix.from([
        ...Matrix.identity(n).toArray(),
        ...Matrix.identity(n)
          .toArray()
          .map((row) => row.map((v) => -v)),
      ]),
      h: new Float64Array(2 * n).fill(0.5),
    });
    lab.check("random QP in a box: gap between primal and dual", Math.abs(solved.gap), { atMost: 1e-7 });
    lab.check("its multipliers are non-negative", Math.min(...solved.inequalityDual), { atLeast: 0 });

    // Convex, yet the feasible set is the ray x = 0, y ≥ 0: no point inside, the optimum is e⁰ = 1.
    const cone = (x: Float64Array) => Math.hypot(x[0]!, x[1]!) - x[1]!;
    const objective = (x: Float64Array) => Math.exp(-x[0]!);
    lab.check("without Slater: a strictly feasible point exists", slaterConvex([cone], [1, 1]).holds, {
      equals: false,
    });
    // inf over (x, y) along y = x⁴ of e^(−x) + λ(√(x² + y²) − y): the infimum is approached, not attained.
    const along = Math.min(
      ...linspace(1, 40, 40).map(
        (t) => objective(Float64Array.of(t, 0)) + cone(Float64Array.of(t, t ** 4)) * 6,
      ),
    );
    lab.check("its dual at λ = 6 is at most this; the primal optimum is 1", along, { below: 0.01 });
    lab.check("the constraint is convex", midpointConvexity(cone, { ...box, samples: 2000 }).convex, {
      equals: true,
    });
  },
});
