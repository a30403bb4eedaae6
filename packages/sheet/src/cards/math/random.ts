import { randomStream } from "whetstone/math";
import { card, choice, figure, histogram, slider } from "../../index.ts";

export default card({
  id: "math/random",
  title: "One seed repeats a whole run; split streams stay independent",
  formula: String.raw`u_1,u_2,\dots=G(s),\qquad G(s,\text{fold 1})\perp G(s,\text{fold 2})`,
  ask: "How do you make an experiment with many random parts repeatable, even when the parts run in parallel?",
  answer:
    "Seed one root stream and split a named child for every part: data, initialisation, each fold, each worker. A child depends on seed and name only, not on how much was drawn elsewhere or in which order.",
  pitfall:
    "Sharing one global generator makes each result depend on everything that ran before; seed + i for worker i gives overlapping streams with weak generators.",
  level: "easy",
  whenNot:
    "For cryptography: use the system's secure source. For exact repetition across library versions store the drawn numbers, not only the seed.",
  followUps: [
    {
      ask: "Why may a seeded GPU run still differ?",
      answer:
        "Sums in another order: atomics, algorithms chosen at run time, another number of threads. Ask for deterministic kernels and fix versions.",
    },
    {
      ask: "How many seeds do you report?",
      answer:
        "At least 3 to 5, better 10: mean and spread. A difference within two of its standard errors over seeds is no finding.",
    },
  ],
  derivation: `A stream is a function of its seed: the state walks through a cycle of length about $2^{128}$, and two seeds land far apart with overwhelming chance.

A child is seeded by a hash of the parent's seed and a name, not by the parent's position. So it does not depend on what was drawn before, and folds run in parallel or in another order give the same numbers.

For $k$ streams of length $n$ on a cycle of length $P$ the chance of an overlap is about $k^2n/P$: with $10^6$ streams of $10^{12}$ draws and $P=2^{128}$ about $3cdot10^{-15}$.`,
  covers: ["math/random"],
  verifiedAgainst: ["moments in closed form", "known answers computed by a second implementation"],
  budget: "quick",
  controls: {
    distribution: choice(["uniform", "normal", "beta", "categorical"], "normal", { label: "distribution" }),
    n: slider(1000, 50000, 20000, { label: "draws", step: 1000 }),
  },
  run(lab, { distribution, n }) {
    const stream = lab.random("draws");
    const draw = {
      uniform: () => stream.uniform(),
      normal: () => stream.normal(),
      beta: () => stream.beta(2, 5),
      categorical: () => stream.categorical([0.5, 0.3, 0.2]),
    }[distribution];
    const expected = {
      uniform: { mean: 1 / 2, variance: 1 / 12 },
      normal: { mean: 0, variance: 1 },
      beta: { mean: 2 / 7, variance: 10 / (49 * 8) },
      categorical: { mean: 0.7, variance: 0.61 },
    }[distribution];
    const values = Float64Array.from({ length: n }, draw);
    lab.plot(
      figure([histogram(values, { bins: distribution === "categorical" ? 3 : 50, density: true })], {
        x: { label: "value" },
        y: { label: "density" },
        alt: `Histogram of ${n} draws from the ${distribution} distribution.`,
      }),
    );
    const mean = values.reduce((a, b) => a + b, 0) / n;
    const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / (n - 1);
    const sigma = Math.sqrt(expected.variance / n);
    lab.check("mean, in standard errors from the exact one", Math.abs(mean - expected.mean) / sigma, {
      atMost: 5,
    });
    lab.check("variance against the exact one", variance / expected.variance, { equals: 1, within: 0.15 });
    const firstFive = (seed: number) => {
      const again = randomStream(seed);
      return Array.from({ length: 5 }, () => again.uniform()).join();
    };
    const first = firstFive(42);
    lab.check("the same seed gives the same draws", firstFive(42) === first, { equals: true });
    lab.check("another seed gives others", firstFive(43) === first, { equals: false });
    const used = randomStream(7);
    for (let i = 0; i < 1000; i++) used.uniform();
    lab.check(
      "a child does not depend on draws from its parent",
      used.split("fold 1").uniform() === randomStream(7).split("fold 1").uniform(),
      { equals: true },
    );
    const [a, b] = [randomStream(lab.seed).split("a"), randomStream(lab.seed).split("b")];
    let correlation = 0;
    for (let i = 0; i < n; i++) correlation += (a.normal() * b.normal()) / n;
    lab.check("correlation of two children, in standard errors", Math.abs(correlation) * Math.sqrt(n), {
      atMost: 5,
    });
  },
});
