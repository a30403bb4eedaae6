import { gradientDescent } from "whetstone/math";
import { card, field, figure, slider } from "../../index.ts";

export default card({
  id: "math/gradient-descent",
  title: "Gradient descent is as slow as the problem is stretched",
  formula: String.raw`\frac{\lVert x_{t+1}-x^\star\rVert}{\lVert x_t-x^\star\rVert}\le\frac{\kappa-1}{\kappa+1}\quad\text{at }\eta=\frac{2}{L+\mu},\qquad \eta>\frac{2}{L}\Rightarrow\text{divergence}`,
  ask: "What decides how many steps gradient descent needs, and which learning rate is too large?",
  answer:
    "The condition number κ = L/μ of the Hessian. At the best fixed step each iteration keeps the share (κ−1)/(κ+1) of the error, so the count grows in proportion to κ. Any step above 2/L diverges along the steepest direction.",
  pitfall:
    "A smaller learning rate never cures a bad condition number: it only slows the flat direction further. Rescale the features or use momentum, which needs about √κ steps.",
  level: "easy",
  whenNot:
    "When κ is large and Hessian products are cheap: conjugate gradients or quasi-Newton need about √κ steps or fewer. For small problems Newton.",
  followUps: [
    {
      ask: "What do momentum and Nesterov change?",
      answer:
        "About √κ steps in place of κ: Nesterov on smooth strongly convex problems, the best a first-order method can do; heavy-ball momentum on quadratics.",
    },
    {
      ask: "How do you choose the rate without knowing L?",
      answer:
        "A line search (Armijo), or raise it until the loss blows up and take a third of that. In networks: a range test with warm-up.",
    },
  ],
  derivation: String.raw`On $f(x)=\tfrac12 x^\top H x$ the gradient is $Hx$, so a step gives $x_{t+1}=(I-\eta H)x_t$. Along the eigenvector with eigenvalue $\lambda$ the error is multiplied by $1-\eta\lambda$.

The worst of $|1-\eta\mu|$ and $|1-\eta L|$ is smallest where both are equal: $\eta=2/(L+\mu)$, with value $(\kappa-1)/(\kappa+1)$. If $\eta>2/L$ then $|1-\eta L|>1$: that direction grows.

Steps to a share $\epsilon$ of the error: $\frac{\ln(1/\epsilon)}{-\ln\frac{\kappa-1}{\kappa+1}}\approx\frac\kappa2\ln\frac1\epsilon$, in proportion to $\kappa$. Heavy-ball momentum $x_{t+1}=x_t-\eta Hx_t+\beta(x_t-x_{t-1})$ has, per eigenvalue, the roots of $r^2-(1+\beta-\eta\lambda)r+\beta=0$; while they are complex $|r|=\sqrt\beta$. The smallest $\beta$ that keeps them so for all $\lambda\in[\mu,L]$ gives $|r|=\frac{\sqrt\kappa-1}{\sqrt\kappa+1}$: $\kappa$ is replaced by $\sqrt\kappa$.`,
  covers: ["claim-a-070"],
  verifiedAgainst: ["closed form for quadratics, every iterate"],
  budget: "quick",
  controls: {
    kappa: slider(1, 1000, 20, { label: "condition number κ", scale: "log" }),
    rate: slider(0.05, 2.2, 1.9, { label: "learning rate × L", step: 0.05 }),
    steps: slider(1, 60, 60, { label: "steps", play: true }),
  },
  run(lab, { kappa, rate, steps }) {
    const L = 1;
    const mu = 1 / kappa;
    const bowl = {
      value: (x: Float64Array) => 0.5 * (mu * x[0]! ** 2 + L * x[1]! ** 2),
      gradient: (x: Float64Array) => [mu * x[0]!, L * x[1]!],
    };
    // Equal parts of both eigenvectors: the start from which the bound is tight.
    const start = [1, 1];
    const descend = (learningRate: number, maxIterations: number) =>
      gradientDescent(bowl, start, { learningRate, maxIterations, history: true, tolerance: 0 }).history!;

    const path = descend(rate / L, 60);
    const best = descend(2 / (L + mu), 40);
    // What is drawn: the steps so far.
    const [yours, ideal] = [path.slice(0, steps + 1), best.slice(0, steps + 1)];
    const norm = (x: Float64Array) => Math.hypot(x[0]!, x[1]!);

    lab.plot(
      figure(
        [
          field((x, y) => 0.5 * (mu * x * x + L * y * y), [-1.3, 1.3], [-1.3, 1.3], {
            contours: [0.001, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7],
          }),
          { type: "line", name: "your rate", x: yours.map((p) => p.x[0]!), y: yours.map((p) => p.x[1]!) },
          {
            type: "points",
            name: "best fixed rate",
            x: ideal.map((p) => p.x[0]!),
            y: ideal.map((p) => p.x[1]!),
            size: 2,
          },
        ],
        {
          title: "The path on the contours of f",
          x: { label: "flat direction", domain: [-1.3, 1.3] },
          y: { label: "steep direction", domain: [-1.3, 1.3] },
          square: true,
          alt: `Paths of gradient descent on an ellipse stretched ${kappa.toFixed(0)} to 1: it zigzags along the steep direction and creeps along the flat one.`,
        },
      ),
    );
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: "your rate",
            x: yours.map((p) => p.iteration),
            y: yours.map((p) => Math.max(norm(p.x), 1e-16)),
          },
          {
            type: "line",
            name: "best fixed rate",
            x: ideal.map((p) => p.iteration),
            y: ideal.map((p) => Math.max(norm(p.x), 1e-16)),
          },
        ],
        {
          title: "Distance to the minimum",
          x: { label: "step", domain: [0, 60] },
          y: { label: "distance", scale: "log" },
          alt: "Distance to the minimum by iteration on a log scale: straight lines, flatter for larger condition numbers.",
        },
      ),
    );

    const bound = (kappa - 1) / (kappa + 1);
    const last = best.at(-1)!;
    const measured = (norm(last.x) / norm(best[0]!.x)) ** (1 / Math.max(1, last.iteration));
    lab.check("error kept per step at the best rate", measured, { equals: bound, within: 1e-6 });
    const steep = Math.abs(path.at(-1)!.x[1]!);
    if (rate > 2) lab.check("above 2/L the steep direction grows", steep, { above: 1 });
    else if (rate < 2) lab.check("below 2/L the steep direction shrinks", steep, { below: 1 });
    lab.check("at 2.1/L it diverges", norm(descend(2.1 / L, 60).at(-1)!.x), { above: 10 });
    lab.check("at 1/L the steep direction is solved in one step", Math.abs(descend(1 / L, 1).at(-1)!.x[1]!), {
      equals: 0,
    });
  },
});
