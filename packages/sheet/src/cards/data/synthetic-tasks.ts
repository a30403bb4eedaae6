import {
  makeBlobs,
  makeCircles,
  makeClassification,
  makeFriedman1,
  makeImbalanced,
  makeMoons,
  makeRegression,
  makeSparseRegression,
} from "whetstone/data";
import { LinearRegression, LogisticRegression } from "whetstone/linear";
import { normalCdf } from "whetstone/math";
import { mse, rocAuc } from "whetstone/metrics";
import { mean, variance } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/synthetic-tasks",
  title: "Made-up data come with the answer: use them to test the tester",
  formula: String.raw`y=f(x)+\varepsilon,\ f\text{ known};\qquad \mathrm{AUC}^\star=\Phi\!\Big(\frac{\delta}{\sqrt2}\Big)\text{ for two normal classes }\delta\text{ apart}`,
  ask: "Why test a method on generated data first, and what must a good generator tell you?",
  answer:
    "Only there do you know the truth: which features matter, the noise, the best score anybody can reach. A method that fails on a task built for it is broken; one that beats the known optimum leaks. A generator should hand over the signal, the coefficients or the true probabilities, and repeat itself by seed.",
  pitfall:
    "Synthetic tasks have the structure their author thought of: independent noise, no drift, no missing reasons. Passing them is necessary, not sufficient.",
  level: "medium",
  whenNot:
    "As evidence that a method works on your data: they only show it can work on theirs. Rank methods on real rows, and use made-up ones to find bugs and leaks.",
  followUps: [
    {
      ask: "A model beats the known best AUC by 0.02: what now?",
      answer:
        "First the chance: compare with the standard error on that many rows. If it stays, something leaks: a feature computed from labels, repeated rows, or test rows in training.",
    },
    {
      ask: "Which parts of a task should a generator let you vary?",
      answer:
        "Noise, separation, share of positives, useless and correlated columns, and the number of rows, all by seed: then a failure can be traced to one cause.",
    },
  ],
  derivation: String.raw`Let scores be $s\mid y=0\sim\mathcal N(0,1)$ and $s\mid y=1\sim\mathcal N(\delta,1)$. The AUC is $P(s_1>s_0)$. The difference $s_1-s_0$ is $\mathcal N(\delta,2)$, so it is positive with probability $\Phi(\delta/\sqrt2)$.

In several dimensions with equal spherical covariances, the likelihood ratio grows with the projection on the line between the means. So that projection is the best score (Neyman–Pearson), and the formula holds with $\delta$ the distance of the means.

At $\delta=2$ it gives $\Phi(1.414)=0.921$. For regression with signal $f$ and noise $\sigma^2$ the ceiling is $R^2=\operatorname{Var}f/(\operatorname{Var}f+\sigma^2)$.`,
  covers: ["data/synthetic-tasks"],
  verifiedAgainst: ["the told signal, coefficients and probabilities", "the closed form of the best AUC"],
  budget: "quick",
  controls: {
    task: choice(["moons", "circles", "blobs", "hypercube", "imbalanced"], "moons", { label: "task" }),
    noise: slider(0, 0.5, 0.15, { label: "noise of moons and circles", step: 0.05 }),
    separation: slider(0.5, 4, 2, { label: "distance δ of the imbalanced classes", step: 0.25 }),
  },
  run(lab, { task, noise, separation }) {
    const seed = lab.seed;
    const tasks = {
      moons: () => makeMoons({ nSamples: 300, noise, seed }),
      circles: () => makeCircles({ nSamples: 300, noise, factor: 0.5, seed }),
      blobs: () => makeBlobs({ nSamples: 300, centers: 4, seed }),
      hypercube: () => makeClassification({ nSamples: 300, nFeatures: 2, nRedundant: 0, seed }),
      imbalanced: () => makeImbalanced({ nSamples: 300, nFeatures: 2, positiveShare: 0.1, separation, seed }),
    };
    const { X, y } = tasks[task]();
    lab.plot(
      figure(
        [
          {
            type: "points",
            x: [...X.col(0)],
            y: [...X.col(1)],
            group: y.map((c) => `class ${c}`),
            size: 2.5,
          },
        ],
        {
          x: { label: "x₁" },
          y: { label: "x₂" },
          square: true,
          alt: `Points of the ${task} task, coloured by class: ${new Set(y).size} classes.`,
        },
      ),
    );
    const big = makeImbalanced({ nSamples: 20_000, positiveShare: 0.1, separation, seed });
    lab.check("imbalanced: best AUC by the closed form Φ(δ/√2)", big.bestAuc, {
      equals: normalCdf(separation / Math.SQRT2),
      within: 1e-9,
    });
    lab.check("the true probabilities reach it", rocAuc(big.y, big.probability), {
      equals: big.bestAuc,
      within: 0.03,
    });
    lab.check(
      "they are calibrated: mean probability against the share",
      mean(big.probability) / mean(big.y),
      {
        equals: 1,
        within: 0.1,
      },
    );
    const fitted = new LogisticRegression().fit(big.X, big.y).predictProba(big.X).col(1);
    lab.check(
      "a fitted model cannot beat it by more than chance",
      rocAuc(big.y, fitted) - rocAuc(big.y, big.probability),
      {
        below: 0.005,
      },
    );
    const exact = makeRegression({ nSamples: 200, nFeatures: 30, nInformative: 5, noise: 0, seed });
    const ols = new LinearRegression().fit(exact.X, exact.y);
    lab.check(
      "no noise: least squares finds the told coefficients, largest error",
      Math.max(...ols.coef.map((c, j) => Math.abs(c - exact.coef[j]!))),
      {
        atMost: 1e-9,
      },
    );
    lab.check("of which are not zero", exact.coef.filter((c) => c !== 0).length, { equals: 5 });
    const sparse = makeSparseRegression({
      nSamples: 5000,
      nFeatures: 20,
      nNonzero: 4,
      signalToNoise: 3,
      correlation: 0.5,
      seed,
    });
    const residual = Array.from(sparse.y, (v, i) => v - sparse.signal[i]!);
    lab.check("signal-to-noise ratio as asked for", variance(sparse.signal) / variance(residual), {
      equals: 3,
      relative: 0.12,
    });
    const friedman = makeFriedman1({ nSamples: 2000, noise: 1, seed });
    lab.check("Friedman: error of the told function is the noise", mse(friedman.y, friedman.signal), {
      equals: 1,
      within: 0.12,
    });
    const linear = new LinearRegression().fit(friedman.X, friedman.y).predict(friedman.X);
    lab.check("a line cannot reach it", mse(friedman.y, linear), { above: 3 });
    const circles = makeCircles({ nSamples: 200, factor: 0.5, seed });
    lab.check(
      "circles without noise: radii",
      [...new Set(range(200).map((i) => Math.hypot(...circles.X.row(i)).toFixed(6)))].sort().join(" "),
      {
        equals: "0.500000 1.000000",
      },
    );
    const draw = (s: number) => makeMoons({ nSamples: 20, noise: 0.1, seed: s }).X.data.join();
    const [first, again, other] = [5, 5, 6].map(draw);
    lab.check("the same seed repeats, another differs", first === again && first !== other, { equals: true });
  },
});
