import { Lasso, Ridge } from "whetstone/linear";
import { Matrix, qr, softThreshold } from "whetstone/math";
import { card, figure, linspace, slider } from "../../index.ts";

export default card({
  id: "linear/soft-threshold",
  title: "L1 subtracts, L2 divides",
  formula: String.raw`\text{L1: } S_\lambda(z)=\operatorname{sign}(z)\max(|z|-\lambda,0),\qquad \text{L2: } \frac{z}{1+2\lambda}`,
  ask: "Compare the pull of L1 and L2 on a small weight, and derive the soft-threshold step.",
  answer:
    "The L2 pull 2λw fades with the weight: it shrinks all weights by one factor and none to zero. The L1 pull is λ however small the weight: it subtracts λ and stops at zero, because the subgradient there is the whole interval [−λ, λ]. On orthonormal columns these maps are ridge and lasso in closed form.",
  pitfall:
    "Plain SGD on an L1 term jitters around zero and never lands on it: take the proximal step. And L1 shrinks large true weights by λ as well, which biases them.",
  level: "medium",
  whenNot:
    "When large true weights must not be shrunk: hard thresholds, SCAD or MCP keep them, at the price of a non-convex problem.",
  followUps: [
    {
      ask: "Why does plain SGD on L1 never give zeros?",
      answer:
        "It adds ±ηλ each step and jumps over zero. The proximal step, a gradient step followed by the soft threshold, lands on it.",
    },
    {
      ask: "Where else does the operator appear?",
      answer:
        "ISTA and FISTA, wavelet denoising, robust PCA (on singular values), and in ADMM as the L1 step.",
    },
  ],
  derivation: String.raw`Minimise $\tfrac12(w-z)^2+\lambda|w|$. For $w>0$ the derivative $w-z+\lambda$ vanishes at $w=z-\lambda$, allowed if $z>\lambda$; likewise $w=z+\lambda$ if $z<-\lambda$. Otherwise $w=0$ is optimal, since $0\in -z+\lambda[-1,1]$.

For $\tfrac12(w-z)^2+\lambda w^2$ the derivative $w-z+2\lambda w$ vanishes at $w=z/(1+2\lambda)$.`,
  covers: ["claim-b-272", "claim-b-273", "claim-b-376"],
  answers: ["q-b-289"],
  verifiedAgainst: [
    "brute-force minimisation on a grid",
    "scikit-learn 1.2 Lasso and Ridge through the library's own",
  ],
  budget: "quick",
  controls: {
    lambda: slider(0, 1.5, 0.5, { label: "λ", step: 0.05 }),
    z: slider(-2, 2, 0.8, { label: "weight before the step", step: 0.05 }),
  },
  run(lab, { lambda, z }) {
    const shrink = (v: number, l: number) => v / (1 + 2 * l);
    const x = linspace(-2, 2, 161);
    lab.plot(
      figure(
        [
          { type: "line", name: "no penalty", x, y: x, dashed: true },
          { type: "line", name: "L1: soft threshold", x, y: x.map((v) => softThreshold(v, lambda)) },
          { type: "line", name: "L2: shrinkage", x, y: x.map((v) => shrink(v, lambda)) },
          {
            type: "points",
            name: "your weight",
            x: [z, z],
            y: [softThreshold(z, lambda), shrink(z, lambda)],
            size: 5,
          },
        ],
        {
          x: { label: "before" },
          y: { label: "after" },
          alt: `Weight after one penalised step by the weight before, λ = ${lambda}: L1 is flat at zero between −λ and λ and parallel to the diagonal outside, L2 is a line of smaller slope.`,
        },
      ),
    );
    const grid = linspace(-2, 2, 40_001);
    const argmin = (f: (w: number) => number) => grid.reduce((best, w) => (f(w) < f(best) ? w : best), 0);
    lab.check("soft threshold against brute force", softThreshold(z, lambda), {
      equals: argmin((w) => (w - z) ** 2 / 2 + lambda * Math.abs(w)),
      within: 1e-4,
    });
    lab.check("L2 shrinkage against brute force", shrink(z, lambda), {
      equals: argmin((w) => (w - z) ** 2 / 2 + lambda * w * w),
      within: 1e-4,
    });
    lab.check("0.03 under L2 with λ = 0.5", shrink(0.03, 0.5), { equals: 0.015, within: 1e-15 });
    lab.check("0.03 under L1 with λ = 0.05", softThreshold(0.03, 0.05), { equals: 0 });
    lab.check(
      "L2 pull on 1 over the pull on 0.01: proportional, not uniform",
      (1 - shrink(1, 0.5)) / (0.01 - shrink(0.01, 0.5)),
      { equals: 100, within: 1e-9 },
    );
    lab.check("L2 relative shrinkage is uniform", shrink(1, 0.5) - shrink(0.01, 0.5) / 0.01, {
      equals: 0,
      within: 1e-14,
    });
    // Orthonormal columns: the whole lasso in closed form, no iteration.
    const random = lab.random();
    const [n, d] = [40, 6];
    const { Q } = qr(new Matrix(random.fillNormal(new Float64Array(n * d)), n, d));
    const y = random.fillNormal(new Float64Array(n));
    const least = Q.transposedMatVec(y);
    const alpha = 0.4;
    const lasso = new Lasso({ alpha: alpha / n, fitIntercept: false, tol: 1e-14 }).fit(Q, y);
    lab.check(
      "lasso on orthonormal columns against the threshold of Qᵀy",
      Math.max(...lasso.coef.map((w, j) => Math.abs(w - softThreshold(least[j]!, alpha)))),
      { atMost: 1e-7 },
    );
    lab.check("sweeps that took", lasso.nIter, { atMost: 3 });
    const ridge = new Ridge({ alpha: 2 * alpha, fitIntercept: false }).fit(Q, y);
    lab.check(
      "ridge against division by 1 + 2λ",
      Math.max(...ridge.coef.map((w, j) => Math.abs(w - shrink(least[j]!, alpha)))),
      { atMost: 1e-10 },
    );
  },
});
