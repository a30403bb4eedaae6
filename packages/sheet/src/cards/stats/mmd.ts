import { ksTest, mean, mmdTest } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "stats/mmd",
  title: "MMD sees the joint change that no single column shows",
  formula: String.raw`\operatorname{MMD}^2=\mathbb E\,k(x,x')-2\,\mathbb E\,k(x,y)+\mathbb E\,k(y,y')`,
  ask: "Write MMD² with a kernel. When is it zero only for equal distributions, and where is it used?",
  answer:
    "Mean similarity within the one sample plus that within the other minus twice that between them: the squared distance of the two mean embeddings. With a characteristic kernel such as RBF it is zero only if P = Q. Used as a two-sample test, drift alarm, and loss for generators and domain adaptation; the p-value comes from permutations.",
  pitfall:
    "The bandwidth decides the power: the median heuristic fails when the difference lives on a finer scale. A linear kernel sees means only.",
  level: "hard",
  whenNot:
    "For one column KS or Wasserstein is simpler and tells where the change is. For very large samples use a linear-time or random-feature estimate.",
  followUps: [
    {
      ask: "Which bandwidth?",
      answer:
        "The median distance is a start. Better: choose it on a part of the data for power, or take the largest of several with a permutation p-value for the maximum.",
    },
    {
      ask: "MMD or a classifier two-sample test?",
      answer:
        "The classifier adapts its features and names the columns that give it away, but needs training and a split. MMD needs neither.",
    },
  ],
  derivation: String.raw`Let $\mu_P=\mathbb E\varphi(x)$ be the mean embedding. Then $\lVert\mu_P-\mu_Q\rVert^2=\langle\mu_P,\mu_P\rangle-2\langle\mu_P,\mu_Q\rangle+\langle\mu_Q,\mu_Q\rangle$, and each inner product of means is a mean of inner products, $\mathbb Ek(\cdot,\cdot)$.

A characteristic kernel makes $P\mapsto\mu_P$ one to one; for RBF this follows from its Fourier transform being positive everywhere. With $k=x^\top y$ only the means differ: $\lVert\mathbb Ex-\mathbb Ey\rVert^2$.

Means over all pairs include $k(x_i,x_i)$ and are biased upwards by $O(1/n)$; leaving them out is unbiased and may be negative.`,
  covers: ["stats/mmd", "claim-b-354"],
  answers: ["q-b-379"],
  verifiedAgainst: ["both estimates by their definition", "uniform p-values under one distribution"],
  budget: "quick",
  controls: {
    n: slider(20, 100, 60, { label: "points per sample" }),
    change: choice(["correlation", "mean", "nothing"], "correlation", { label: "what changes" }),
    size: slider(0, 0.95, 0.9, { label: "how much", step: 0.05 }),
  },
  run(lab, { n, change, size }) {
    const random = lab.random();
    const pair = (rho: number, mu: number, count: number) =>
      random.multivariateNormal(
        [mu, 0],
        [
          [1, rho],
          [rho, 1],
        ],
        count,
      );
    const X = pair(change === "correlation" ? size : 0, 0, n);
    const Y = pair(change === "correlation" ? -size : 0, change === "mean" ? size : 0, n);
    const options = { permutations: 199, seed: lab.seed };
    const test = mmdTest(X, Y, options);
    const columns = [0, 1].map((j) => ksTest(X.col(j), Y.col(j)).pValue);
    lab.plot(
      figure(
        [
          { type: "points", name: "sample A", x: Array.from(X.col(0)), y: Array.from(X.col(1)), size: 3 },
          { type: "points", name: "sample B", x: Array.from(Y.col(0)), y: Array.from(Y.col(1)), size: 3 },
        ],
        {
          title: `MMD test p = ${test.pValue.toFixed(3)}; KS per column p = ${columns.map((p) => p.toFixed(2)).join(", ")}`,
          x: { label: "first feature" },
          y: { label: "second feature" },
          square: true,
          alt: `Two clouds of points that differ in ${change}: the MMD test gives p = ${test.pValue.toFixed(3)}, tests of single columns p = ${columns.map((p) => p.toFixed(2)).join(" and ")}.`,
        },
      ),
    );
    const [A, B] = [pair(0.9, 0, 60), pair(-0.9, 0, 60)];
    lab.check("opposite correlations: MMD's p", mmdTest(A, B, options).pValue, { atMost: 0.01 });
    lab.check(
      "the same clouds, each column by KS: smallest p",
      Math.min(...[0, 1].map((j) => ksTest(A.col(j), B.col(j)).pValue)),
      { above: 0.01 },
    );
    const nulls = range(40).map((i) =>
      mmdTest(pair(0, 0, 25), pair(0, 0, 25), { permutations: 99, seed: i }),
    );
    lab.check(
      "equal distributions: average unbiased MMD², over its value above",
      mean(nulls.map((r) => r.unbiased)) / mmdTest(A, B, options).unbiased,
      { between: [-0.15, 0.15] },
    );
    lab.check(
      "equal distributions: p-values ≤ 0.1, share",
      mean(nulls.map((r) => (r.pValue <= 0.1 ? 1 : 0))),
      { atMost: 0.3 },
    );
    lab.check("a sample against itself, biased MMD²", mmdTest(A, A, { permutations: 1 }).biased, {
      equals: 0,
      within: 1e-12,
    });
    lab.check("biased estimate is never negative", Math.min(...nulls.map((r) => r.biased)), { atLeast: 0 });
  },
});
