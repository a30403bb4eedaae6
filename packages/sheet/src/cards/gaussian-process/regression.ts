import {
  constantKernel,
  expectedImprovement,
  GaussianProcessRegressor,
  matern,
  productKernel,
  rbf,
} from "whetstone/gaussian-process";
import { cholesky, Matrix } from "whetstone/math";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "gaussian-process/regression",
  title: "A Gaussian process knows where it does not know",
  formula: String.raw`\mu_*=k_*^\top(K+\sigma^2I)^{-1}y,\qquad \sigma_*^2=k_{**}-k_*^\top(K+\sigma^2I)^{-1}k_*`,
  ask: "What does the Gaussian process do in Bayesian optimisation?",
  answer:
    "It is the surrogate: from the points tried so far it gives a mean and a variance everywhere. The variance is small near data and returns to the prior's away from it, so an acquisition such as expected improvement can weigh a good guess against an unexplored place. Cost: one Cholesky factor, n³.",
  pitfall:
    "The uncertainty is only as good as the kernel: with a wrong length scale it is confidently wrong between the points.",
  level: "hard",
  whenNot:
    "With tens of thousands of rows the n³ factor is too slow: use inducing points. With many columns or jumps the usual kernels mislead: tree ensembles, or a forest as the surrogate.",
  followUps: [
    {
      ask: "How is the length scale chosen?",
      answer:
        "By maximising the log evidence −½yᵀK⁻¹y − ½ log det K − (n/2) log 2π, K with the noise: fit against complexity. It may have several maxima, so restart.",
    },
    {
      ask: "Why does the variance not depend on y?",
      answer:
        "Conditioning a joint normal changes the covariance by a term in the inputs only. The targets enter through the mean, and through the kernel's parameters if those are fitted.",
    },
  ],
  derivation: String.raw`The prior says that the values at any points are jointly normal with covariance $k$. Observed $y$ has covariance $K+\sigma^2I$, and its covariance with the value $f_*$ is $k_*$.

Take $f_*-k_*^\top(K+\sigma^2I)^{-1}y$. Its covariance with $y$ is $k_*^\top-k_*^\top=0$, so, being jointly normal, it is independent of $y$. Given $y$, $f_*$ is thus a known number plus this independent part: the mean is $k_*^\top(K+\sigma^2I)^{-1}y$, the variance that of the rest, $k_{**}-k_*^\top(K+\sigma^2I)^{-1}k_*$.

Far from all data $k_*\to0$: mean $0$, variance $k_{**}$, the prior's. At an observed point the variance is at most $\sigma^2$, since that measurement alone would leave $\frac{k\sigma^2}{k+\sigma^2}$.

One Cholesky factor of $K+\sigma^2I$ gives both, at $n^3/3$ operations.`,
  covers: ["gaussian-process/gp-regression"],
  answers: ["q-a-435"],
  verifiedAgainst: [
    "scikit-learn 1.2 GaussianProcessRegressor, 1e-9",
    "finite differences for the evidence's gradient",
  ],
  budget: "quick",
  controls: {
    length: slider(0.1, 3, 0.7, { label: "length scale", scale: "log" }),
    noise: slider(0.001, 0.5, 0.05, { label: "noise variance", scale: "log" }),
    points: slider(2, 20, 7, { label: "points" }),
  },
  run(lab, { length, noise, points }) {
    const random = lab.random();
    const f = (x: number) => Math.sin(3 * x) + 0.4 * x;
    const xs = range(points).map(() => random.uniform(-2, 2));
    const y = xs.map((x) => f(x) + 0.1 * random.normal());
    const X = Matrix.column(xs);
    const model = new GaussianProcessRegressor({ kernel: rbf(length, "fixed"), alpha: noise }).fit(X, y);
    const grid = linspace(-3, 3, 121);
    const { mean, std } = model.predictDistribution(Matrix.column(grid));
    const best = Math.min(...y);
    const gain = grid.map((_, i) => expectedImprovement(mean[i]!, std[i]!, best));
    lab.plot(
      figure(
        [
          {
            type: "band",
            name: "two deviations",
            x: grid,
            low: Array.from(mean, (m, i) => m - 2 * std[i]!),
            high: Array.from(mean, (m, i) => m + 2 * std[i]!),
          },
          { type: "line", name: "mean", x: grid, y: Array.from(mean) },
          { type: "line", name: "truth", x: grid, y: grid.map(f), dashed: true },
          { type: "points", name: "data", x: xs, y },
          { type: "rule", x: grid[gain.indexOf(Math.max(...gain))]!, label: "next to try" },
        ],
        {
          x: { label: "x" },
          y: { label: "f(x)" },
          alt: "Mean and band of a Gaussian process through the data: narrow at the points, wide between and beyond them.",
        },
      ),
    );
    // The formula, by hand.
    const k = (a: number, b: number) => Math.exp(-0.5 * ((a - b) / length) ** 2);
    const K = Matrix.from(xs.map((a, i) => xs.map((b, j) => k(a, b) + (i === j ? noise : 0))));
    const L = cholesky(K);
    const star = xs.map((a) => k(a, 0.3));
    const w = L.solve(star);
    const at = model.predictDistribution([[0.3]]);
    lab.check("mean at 0.3 against the formula", at.mean[0]!, {
      equals: w.reduce((s, v, i) => s + v * y[i]!, 0),
      within: 1e-9,
    });
    lab.check("variance at 0.3 against the formula", at.std[0]! ** 2, {
      equals: 1 - w.reduce((s, v, i) => s + v * star[i]!, 0),
      within: 1e-9,
    });
    lab.check("deviation far from the data: the prior's", model.predictDistribution([[60]]).std[0]!, {
      equals: 1,
      within: 1e-9,
    });
    lab.check(
      "variance at a point it saw: at most the noise",
      model.predictDistribution([[xs[0]!]]).std[0]! ** 2,
      { atMost: noise + 1e-9 },
    );
    // Ten steps of Bayesian optimisation of f.
    const tried = [-1.8, 0.2, 1.9];
    for (let step = 0; step < 10; step++) {
      const values = tried.map(f);
      const kernel = productKernel(constantKernel(1, "fixed"), matern(0.7, 2.5, "fixed"));
      const surrogate = new GaussianProcessRegressor({ kernel, alpha: 1e-6 }).fit(
        Matrix.column(tried),
        values,
      );
      const cells = linspace(-2, 2, 201);
      const p = surrogate.predictDistribution(Matrix.column(cells));
      const ei = cells.map((_, i) => expectedImprovement(p.mean[i]!, p.std[i]!, Math.min(...values)));
      tried.push(cells[ei.indexOf(Math.max(...ei))]!);
    }
    const lowest = Math.min(...linspace(-2, 2, 4001).map(f));
    lab.check(
      "Bayesian optimisation, 13 evaluations: best value above the minimum by",
      Math.min(...tried.map(f)) - lowest,
      { atMost: 1e-3 },
    );
  },
});
