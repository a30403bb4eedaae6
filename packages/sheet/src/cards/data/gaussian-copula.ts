import { fitGaussianCopula } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { correlation, ecdf, ksTest } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/gaussian-copula",
  title: "Synthetic rows by a Gaussian copula",
  formula: String.raw`z\sim\mathcal N(0,R),\qquad x_j=\hat F_j^{-1}\big(\Phi(z_j)\big)`,
  ask: "How can synthetic rows keep every column's distribution and the dependence between columns?",
  answer:
    "Separate the two: margins are taken as they are (empirical quantiles), dependence is the correlation matrix R of the columns' normal scores. To sample, draw correlated normals, turn them into uniforms by Φ, and into values by each margin's quantiles. Rank correlations carry over.",
  pitfall:
    "Only monotone, Gaussian-like dependence survives: rings, forks and joint extremes are lost. And small tables leak: interpolated rows can lie very near real ones. Judge the rows on real test data.",
  level: "hard",
  whenNot:
    "When dependence is not monotone, or the extremes occur together: use a mixture, vines, a t-copula or a deep generator. When privacy is the aim, add a guarantee such as differential privacy.",
  followUps: [
    {
      ask: "Why are rank correlations kept but linear ones not exactly?",
      answer: String.raw`Ranks do not change under $\hat F_j^{-1}\circ\Phi$, which is monotone. Linear correlation depends on the margins too, so it only comes out near.`,
    },
    {
      ask: "What does tail dependence zero mean here?",
      answer:
        "For correlation below 1, given that one column is extreme, the chance that the other is equally extreme falls to 0 in the limit. Joint crashes are therefore rarer than in many real tables.",
    },
  ],
  derivation: String.raw`If $X$ has a continuous distribution function $F$, then $F(X)$ is uniform; so $\Phi^{-1}(F_j(X_j))$ is standard normal for each column. These normal scores forget the margins and keep the order.

Take their correlation matrix $R$ and sample $z\sim\mathcal N(0,R)$. Each $\Phi(z_j)$ is uniform, and $\hat F_j^{-1}(\Phi(z_j))$ has the margin $\hat F_j$: the margins are right whatever $R$ is.

All maps are increasing, so Spearman's correlation of the values is that of the normals, $\frac6\pi\arcsin\frac{R_{jk}}2$. Nothing beyond $R$ is kept: two tables with equal $R$ and margins get the same synthetic rows.`,
  covers: ["data/gaussian-copula"],
  verifiedAgainst: [
    "Kolmogorov-Smirnov distance of margins",
    "rank correlation of a table with known dependence",
  ],
  budget: "quick",
  controls: {
    strength: slider(-0.95, 0.95, 0.7, { label: "dependence of the table", step: 0.05 }),
    n: slider(100, 3000, 1000, { label: "synthetic rows", step: 100 }),
  },
  run(lab, { strength, n }) {
    const table = (r: number, rows: number) => {
      const random = lab.random(`table ${r}`);
      const z = random.multivariateNormal(
        [0, 0],
        [
          [1, r],
          [r, 1],
        ],
        rows,
      );
      // Skewed amounts and whole counts.
      return Matrix.from(
        range(rows).map((i) => [
          Math.exp(z.at(i, 0)),
          Math.floor(3 + 2 * z.at(i, 1) + z.at(i, 1) ** 2 / 4),
          random.uniform(),
        ]),
      );
    };
    const real = table(strength, 600);
    const fake = fitGaussianCopula(real).sample(n, { seed: lab.seed });
    const points = (A: Matrix, name: string) => ({
      type: "points" as const,
      name,
      x: Array.from(A.col(0)),
      y: Array.from(A.col(1)),
      size: 2,
    });
    lab.plot(
      figure([points(real, "real"), points(fake, "synthetic")], {
        x: { label: "amount", scale: "log" },
        y: { label: "count" },
        alt: "Real and synthetic rows: the two clouds have the same shape.",
      }),
    );
    const A = table(0.7, 1500);
    const copula = fitGaussianCopula(A);
    const B = copula.sample(3000, { seed: lab.seed });
    // Ranks by the distribution function of the column itself.
    const ranks = (v: Float64Array) => {
      const F = ecdf(v);
      return v.map((x) => F(x));
    };
    const spearman = (X: Matrix, a: number, b: number) => correlation(ranks(X.col(a)), ranks(X.col(b)));
    lab.check("rank correlation, synthetic less real", spearman(B, 0, 1) - spearman(A, 0, 1), {
      between: [-0.06, 0.06],
    });
    lab.check("of independent columns", spearman(B, 0, 2), { between: [-0.12, 0.12] });
    lab.check(
      "margin of the amounts: largest difference of the distribution functions",
      ksTest(Array.from(A.col(0)), Array.from(B.col(0))).statistic,
      { below: 0.06 },
    );
    lab.check(
      "counts stay counts that occurred",
      B.col(1).every((v) => A.col(1).includes(v)),
      { equals: true },
    );
    const again = copula.sample(5, { seed: 1 });
    lab.check("same seed, same rows", copula.sample(5, { seed: 1 }).data.join() === again.data.join(), {
      equals: true,
    });
    // A ring: columns that depend on each other without any rank correlation.
    const ring = Matrix.from(range(800).map((i) => [Math.cos(i), Math.sin(i)]));
    const round = fitGaussianCopula(ring).sample(800, { seed: lab.seed });
    const inside = range(800).filter((i) => Math.hypot(round.at(i, 0), round.at(i, 1)) < 0.8).length / 800;
    lab.check("a ring is lost: share of synthetic rows well inside it", inside, { above: 0.1 });
  },
});
