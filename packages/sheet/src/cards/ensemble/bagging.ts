import { makeMoons } from "whetstone/data";
import { BaggingClassifier, BaggingRegressor, RandomForestClassifier } from "whetstone/ensemble";
import { biasVarianceDecomposition } from "whetstone/learning-theory";
import { Matrix, type RandomStream } from "whetstone/math";
import { accuracy } from "whetstone/metrics";
import { DecisionTreeRegressor } from "whetstone/tree";
import { card, figure, linspace, range, slider } from "../../index.ts";

const world = (noise: number) => ({
  features: (random: RandomStream, n: number) => Matrix.column(range(n).map(() => random.uniform())),
  truth: (X: Matrix) => X.col(0).map((x) => Math.sin(7 * x)),
  noise,
});

export default card({
  id: "ensemble/bagging",
  title: "Bagging averages away what differs, and keeps what is shared",
  formula: String.raw`\operatorname{Var}=\rho\,\sigma^2+\frac{1-\rho}{N}\sigma^2,\qquad 1-\Big(1-\frac1n\Big)^n\to 1-\tfrac1e=0.632`,
  ask: "What does bagging do to variance and bias, and what is the out-of-bag score?",
  answer:
    "Fit one unstable learner to many bootstrap samples and average. Variance falls towards ρσ², not to σ²/N: the samples overlap, so members are correlated. Each holds 63.2 % of the rows, which raises bias a little, and the other 36.8 % judge it for free: the out-of-bag score.",
  pitfall:
    "Bagging a stable learner, such as a line or a stump, buys next to nothing: there is no variance to average away.",
  level: "easy",
  whenNot:
    "For stable learners (lines, ridge, stumps, large k): nothing to average away, so it only costs. Where bias is the trouble, take a richer model or boosting.",
  followUps: [
    {
      ask: "When is the out-of-bag score misleading?",
      answer:
        "When rows are not independent: repeats, groups or time. A row's twin sits in the members that judge it, and the score is too good. Use grouped or timed folds then.",
    },
    {
      ask: "How many members are enough?",
      answer: String.raw`The part that more members remove is $(1-\rho)\sigma^2/N$; stop when it is small beside $\rho\sigma^2$ and the out-of-bag score is flat, often at 50 to 300.`,
    },
  ],
  derivation: String.raw`Let member $b$ have variance $\sigma^2$ over training sets and bootstrap draws, and each pair correlation $\rho$: they share the training set. The variance of their mean is $\frac1{N^2}\big(N\sigma^2+N(N-1)\rho\sigma^2\big)=\rho\sigma^2+\frac{1-\rho}N\sigma^2$; the mean's expectation is that of one member, so its bias too.

A row is missed by $n$ draws with probability $(1-1/n)^n\to e^{-1}$: each member sees 63.2 % of the rows, its bias is that of a slightly smaller training set, and every row has about $0.368N$ members that never saw it. Their mean is its out-of-bag prediction. Members do not wait for each other: member $b$ draws from its own random stream, so they can be fitted in any order or side by side, and their mean is the same.`,
  errata: [
    {
      claim: "claim-b-065",
      claimed: "Bagging cuts variance to Var/N without adding bias.",
      truth:
        "Var/N needs independent members. At ρ = 0.3 and N = 100 the variance is 0.307σ², not 0.01σ². Bias rises slightly, because each member sees 63.2 % of the rows.",
    },
  ],
  covers: ["ensemble/bagging", "claim-a-029", "claim-b-065"],
  answers: ["q-b-053"],
  verifiedAgainst: ["scikit-learn 1.2 BaggingClassifier: scores and out-of-bag scores of 16 seeds"],
  budget: "quick",
  controls: {
    members: slider(1, 50, 25, { label: "members" }),
    noise: slider(0.1, 1, 0.5, { label: "noise σ", step: 0.1 }),
    leaf: slider(1, 15, 1, { label: "fewest rows in a leaf" }),
  },
  run(lab, { members, noise, leaf }) {
    const random = lab.random();
    const setting = world(noise);
    const X = setting.features(random, 60);
    const y = setting.truth(X).map((v) => v + noise * random.normal());
    const estimator = new DecisionTreeRegressor({ minSamplesLeaf: leaf });
    const bag = new BaggingRegressor({ estimator, nEstimators: members, seed: lab.seed }).fit(X, y);
    const x = linspace(0, 1, 200);
    const grid = Matrix.column(x);
    lab.plot(
      figure(
        [
          { type: "points", name: "rows", x: Array.from(X.col(0)), y: Array.from(y), size: 3 },
          ...bag.members.slice(0, 4).map((m) => ({
            type: "step" as const,
            name: "single members",
            x,
            y: Array.from(m.predict(grid)),
          })),
          { type: "line", name: `mean of ${members}`, x, y: Array.from(bag.predict(grid)) },
          { type: "line", name: "truth", x, y: Array.from(setting.truth(grid)), dashed: true },
        ],
        {
          x: { label: "x" },
          y: { label: "y" },
          alt: `Single trees jump between noisy rows; the mean of ${members} trees is much calmer and closer to the true curve.`,
        },
      ),
    );
    const options = { repetitions: 60, trainRows: 60, testRows: 50, seed: lab.seed };
    const one = biasVarianceDecomposition(new DecisionTreeRegressor(), world(0.5), options);
    const many = biasVarianceDecomposition(
      new BaggingRegressor({ nEstimators: 25, seed: lab.seed }),
      world(0.5),
      options,
    );
    const curve = (rho: number) => linspace(1, 100, 100).map((n) => rho + (1 - rho) / n);
    lab.plot(
      figure(
        [0, 0.3, 0.6].map((rho) => ({
          type: "line" as const,
          name: `ρ = ${rho}`,
          x: linspace(1, 100, 100),
          y: curve(rho),
        })),
        {
          title: "Variance left after averaging N members",
          x: { label: "N", scale: "log" },
          y: { label: "share of σ²", domain: [0, 1] },
          alt: "The variance of an average falls to ρσ² and no further; only independent members reach σ²/N.",
        },
      ),
    );
    lab.table({
      columns: ["", "bias²", "variance", "error"],
      rows: [
        ["one tree", one.biasSquared, one.variance, one.error],
        ["25 bagged", many.biasSquared, many.variance, many.error],
      ],
    });
    lab.check("variance of 25 bagged trees, of one tree's", many.variance / one.variance, { below: 0.6 });
    lab.check("it does not fall to 1/25", many.variance / one.variance, { above: 1 / 25 });
    // ρ = 0.3, N = 100: simulated with a shared part and an own part.
    const sums = range(4000).map(() => {
      const shared = Math.sqrt(0.3) * random.normal();
      // The mean of 100 own parts has a hundredth of their variance.
      return shared + Math.sqrt(0.7 / 100) * random.normal();
    });
    lab.check("variance of a mean of 100 at ρ = 0.3", sums.reduce((a, b) => a + b * b, 0) / 4000, {
      equals: 0.307,
      within: 0.04,
    });
    const moons = makeMoons({ nSamples: 400, noise: 0.3, seed: 2 * lab.seed });
    const fresh = makeMoons({ nSamples: 2000, noise: 0.3, seed: 2 * lab.seed + 1 });
    const judged = new BaggingClassifier({ nEstimators: 40, oobScore: true, seed: lab.seed }).fit(
      moons.X,
      moons.y,
    );
    lab.check(
      "out-of-bag score less accuracy on new rows",
      judged.oobScore! - accuracy(fresh.y, judged.predict(fresh.X)),
      {
        between: [-0.06, 0.06],
      },
    );
    const forest = new RandomForestClassifier({ nEstimators: 60, maxDepth: 1, seed: lab.seed });
    const { trees } = forest.fit(moons.X, moons.y);
    const seen = range(60).reduce((sum, t) => sum + trees.count[trees.starts[t]!]! / 400, 0) / 60;
    lab.check("share of the rows in a bootstrap sample", seen, { equals: 1 - 1 / Math.E, within: 0.015 });
    // Any order, same forest: the first 20 members of 60 are the members of a forest of 20.
    const twenty = forest.with({ nEstimators: 20 }).fit(moons.X, moons.y).predictProba(fresh.X);
    const first = forest.fit(moons.X, moons.y).first(20).predictProba(fresh.X);
    lab.check(
      "largest gap between 20 trees grown alone and the first 20 of 60",
      Math.max(...twenty.data.map((p, i) => Math.abs(p - first.data[i]!))),
      {
        equals: 0,
      },
    );
    const backwards = range(20)
      .reverse()
      .map((t) => trees.tree(t).mean(fresh.X));
    lab.check(
      "and to the same trees added up backwards",
      Math.max(
        ...twenty.data.map((p, i) => Math.abs(p - backwards.reduce((s, m) => s + m.data[i]!, 0) / 20)),
      ),
      { atMost: 1e-12 },
    );
  },
});
