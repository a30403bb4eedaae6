import { correlation, covariance, distanceCorrelation, hsicTest, mean } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "stats/dependence",
  title: "Uncorrelated does not mean independent",
  formula: String.raw`X\sim U(-1,1),\ Y=X^2:\quad \operatorname{cov}(X,Y)=\mathbb E[X^3]-\mathbb E[X]\,\mathbb E[X^2]=0`,
  ask: "Give two variables that are uncorrelated yet dependent. When does zero correlation imply independence?",
  answer:
    "X uniform on (−1, 1) and Y = X²: the covariance is E[X³] = 0, yet Y is a function of X. Correlation sees straight lines only; distance correlation and, with a characteristic kernel, HSIC are zero in the population exactly under independence. Zero correlation implies it for jointly Gaussian variables, and for pairs of two-valued ones.",
  pitfall:
    "Gaussian margins are not enough: X normal and Y = ±X with a random sign are both normal and uncorrelated, but |X| = |Y|. They must be jointly Gaussian.",
  level: "medium",
  whenNot:
    "If a linear relation is all that is asked, a correlation test has more power. For tests of independence given a third variable neither suffices.",
  followUps: [
    {
      ask: "How do you get a p-value for distance correlation or HSIC?",
      answer:
        "By permutations: shuffle one variable, recompute, count how often the statistic is at least as large.",
    },
    {
      ask: "Two-valued variables: why is zero covariance enough?",
      answer:
        "Their joint law has one free cell given the margins, and cov = P(11) − P(1·)P(·1) = 0 fixes it at the product.",
    },
  ],
  derivation: String.raw`$\operatorname{cov}(X,X^2)=\mathbb EX^3-\mathbb EX\,\mathbb EX^2=0$ for any symmetric $X$ with a third moment, although $X^2$ is a function of $X$.

For a joint Gaussian zero covariance makes $\Sigma$ block-diagonal, so the density is a product: independence. For two-valued variables $P(X=1,Y=1)-P(X=1)P(Y=1)=\operatorname{cov}$, and the other cells follow.

$Y=SX$ with $X$ normal and a random sign $S$: $\operatorname{cov}=\mathbb ES\,\mathbb EX^2=0$, both normal, yet $|Y|=|X|$; $X+Y$ is 0 half of the time, so they are not jointly normal.`,
  errata: [
    {
      claim: "claim-b-334",
      claimed: "Zero correlation implies independence only for jointly Gaussian variables.",
      truth: "“Only” fails: two-valued (Bernoulli) variables with zero covariance are independent too.",
    },
  ],
  covers: ["stats/dependence-tests", "claim-b-334", "claim-b-335"],
  answers: ["q-b-343"],
  verifiedAgainst: ["the definitions, entry by entry", "uniform p-values on independent samples"],
  budget: "quick",
  controls: {
    shape: choice(["parabola", "circle", "random sign", "line", "independent"], "parabola", {
      label: "Y given X",
    }),
    noise: slider(0, 1, 0.05, { label: "noise", step: 0.05 }),
    n: slider(30, 150, 100, { label: "points" }),
  },
  run(lab, { shape, noise, n }) {
    const random = lab.random();
    const draw = {
      parabola: () => {
        const x = random.uniform(-1, 1);
        return [x, x * x];
      },
      circle: () => {
        const a = random.uniform(0, 2 * Math.PI);
        return [Math.cos(a), Math.sin(a)];
      },
      "random sign": () => {
        const x = random.normal(0, 0.5);
        return [x, random.bernoulli() ? x : -x];
      },
      line: () => {
        const x = random.uniform(-1, 1);
        return [x, 0.7 * x];
      },
      independent: () => [random.uniform(-1, 1), random.uniform(-1, 1)],
    } as const;
    const pairs = range(n).map(() => draw[shape]());
    const x = pairs.map((p) => p[0]!);
    const y = pairs.map((p) => p[1]! + noise * random.normal());
    const options = { permutations: 199, seed: lab.seed };
    const [dcor, hsic] = [distanceCorrelation(x, y, options), hsicTest(x, y, options)];
    lab.plot(
      figure([{ type: "points", x, y, size: 3 }], {
        title: `r = ${correlation(x, y).toFixed(2)}, distance correlation = ${dcor.statistic.toFixed(2)} (p = ${dcor.pValue.toFixed(3)})`,
        x: { label: "x" },
        y: { label: "y" },
        alt: `Points on a ${shape}: Pearson's correlation is ${correlation(x, y).toFixed(2)}, the distance correlation ${dcor.statistic.toFixed(2)}.`,
      }),
    );
    lab.table({
      columns: ["measure", "value", "p"],
      rows: [
        ["Pearson's r", correlation(x, y), null],
        ["distance correlation", dcor.statistic, dcor.pValue],
        ["HSIC", hsic.statistic, hsic.pValue],
      ],
    });
    // The statement itself, on a large sample.
    const big = Float64Array.from({ length: 20_000 }, () => random.uniform(-1, 1));
    const square = big.map((v) => v * v);
    lab.check("X uniform, Y = X²: covariance", covariance(big, square), { equals: 0, within: 0.01 });
    const few = Array.from(big.subarray(0, 100));
    const fewSquare = few.map((v) => v * v);
    lab.check(
      "distance correlation of 100 of the pairs",
      distanceCorrelation(few, fewSquare, options).statistic,
      { above: 0.35 },
    );
    lab.check("its p-value", distanceCorrelation(few, fewSquare, options).pValue, { atMost: 0.005 });
    lab.check("HSIC's p-value", hsicTest(few, fewSquare, options).pValue, { atMost: 0.005 });

    // Two Bernoullis: the joint table has one degree of freedom, and the covariance is it.
    const [px, py] = [0.3, 0.6];
    const gap = (both: number) => {
      const cov = both - px * py;
      const cells = [
        both - px * py,
        px - both - px * (1 - py),
        py - both - (1 - px) * py,
        1 - px - py + both - (1 - px) * (1 - py),
      ];
      return { cov, furthest: Math.max(...cells.map(Math.abs)) };
    };
    lab.check("two Bernoullis, covariance 0: furthest cell from independence", gap(px * py).furthest, {
      atMost: 1e-15,
    });
    lab.check("covariance 0.05: furthest cell", gap(px * py + 0.05).furthest, {
      equals: 0.05,
      within: 1e-12,
    });
    const a = range(2000).map(() => (random.bernoulli(px) ? 1 : 0));
    const b = range(2000).map(() => (random.bernoulli(py) ? 1 : 0));
    lab.check(
      "simulated: P(both) less the product, minus covariance",
      mean(a.map((v, i) => v * b[i]!)) - mean(a) * mean(b) - covariance(a, b, { ddof: 0 }),
      { equals: 0, within: 1e-12 },
    );

    const z = Float64Array.from({ length: 5000 }, () => random.normal());
    const signed = z.map((v) => (random.bernoulli() ? v : -v));
    lab.check("normal margins, random sign: correlation", correlation(z, signed), { equals: 0, within: 0.1 });
    lab.check(
      "yet |X| = |Y|: correlation of the squares",
      correlation(
        z.map((v) => v * v),
        signed.map((v) => v * v),
      ),
      { equals: 1, within: 1e-12 },
    );
  },
});
