import { biasVarianceDecomposition, polynomialDegreeSweep } from "whetstone/learning-theory";
import { LinearRegression, Ridge } from "whetstone/linear";
import { Matrix, type RandomStream } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "learning-theory/bias-variance",
  title: "Expected error is bias² plus variance plus noise",
  formula: String.raw`\mathbb E\big[(y-\hat f(x))^2\big]=\underbrace{(\mathbb E\hat f(x)-f(x))^2}_{\text{bias}^2}+\underbrace{\operatorname{Var}\hat f(x)}_{\text{variance}}+\sigma^2`,
  ask: "Into which parts does expected squared error split, and what do high bias and high variance look like?",
  answer:
    "Over training sets: squared distance of the average fit from the truth, spread of the fits around their average, and noise nobody removes. High bias: training and validation error are both high, add capacity or features. High variance: a wide gap between them, add data, regularise or average.",
  pitfall:
    "It is an identity for squared error, not for 0–1 loss. And the two need not trade off: very wide models can have little of both (double descent).",
  level: "medium",
  whenNot:
    "For 0–1 loss, ranking or very wide networks the picture of a trade-off misleads: the identity is for squared error, and width can lower both parts.",
  followUps: [
    {
      ask: "Which part does bagging reduce, which boosting?",
      answer:
        "Bagging averages and so lowers variance, bias stays. Boosting adds small corrections and lowers bias; with too many rounds variance rises.",
    },
    {
      ask: "How would you estimate bias and variance on real data?",
      answer:
        "Variance: refit on resampled rows and look at the spread of predictions. Bias cannot be split from noise without the truth or repeated labels; a gap to human error stands in for it.",
    },
  ],
  derivation: String.raw`Fix a point $x$. There $y=f+\varepsilon$ with $\mathbb E\varepsilon=0$, $\operatorname{Var}\varepsilon=\sigma^2$; $\hat f$ depends on the random training set, and $\bar f=\mathbb E\hat f$ is its average. Write $y-\hat f=\varepsilon+(f-\bar f)+(\bar f-\hat f)$, square and average. The squares give $\sigma^2$, $(f-\bar f)^2$ and $\operatorname{Var}\hat f$.

The cross terms: $2(f-\bar f)\,\mathbb E\varepsilon=0$; $2(f-\bar f)\,\mathbb E(\bar f-\hat f)=0$ by definition of $\bar f$; and $2\,\mathbb E[\varepsilon(\bar f-\hat f)]=2\,\mathbb E\varepsilon\;\mathbb E(\bar f-\hat f)=0$, because the noise of the test point is independent of the training set. At a training point it is not: $\hat f$ has seen $\varepsilon$, $\mathbb E[\varepsilon\hat f]>0$, and the training error comes out too low. Average over $x$ for the error on a population.`,
  covers: ["learning-theory/bias-variance", "claim-a-027", "claim-b-030"],
  answers: ["q-a-210", "q-a-211", "q-b-017", "q-b-284"],
  verifiedAgainst: ["closed forms for a mean and a line", "the identity within its standard error"],
  budget: "quick",
  controls: {
    degree: slider(0, 12, 3, { label: "polynomial degree" }),
    rows: slider(15, 100, 25, { label: "training rows" }),
    noise: slider(0, 1, 0.4, { label: "noise σ", step: 0.05 }),
  },
  run(lab, { degree, rows, noise }) {
    const world = (sigma: number) => ({
      features: (random: RandomStream, n: number) =>
        Matrix.column(Array.from({ length: n }, () => random.uniform())),
      truth: (X: Matrix) => X.col(0).map((x) => Math.sin(2 * Math.PI * x)),
      noise: sigma,
    });
    const options = { repetitions: 100, trainRows: rows, testRows: 60, seed: lab.seed };
    const sweep = polynomialDegreeSweep(world(noise), { ...options, degrees: range(13) });
    const degrees = sweep.map((p) => p.degree);
    const floor = 1e-4;
    const curve = (name: string, f: (p: (typeof sweep)[number]) => number) => ({
      type: "line" as const,
      name,
      x: degrees,
      y: sweep.map((p) => Math.max(f(p), floor)),
    });
    lab.plot(
      figure(
        [
          curve("bias²", (p) => p.biasSquared),
          curve("variance", (p) => p.variance),
          curve("test error", (p) => p.error),
          curve("training error", (p) => p.trainError),
          { type: "rule", x: degree, label: "degree" },
        ],
        {
          title: "By degree of the polynomial",
          x: { label: "degree" },
          y: { label: "squared error", scale: "log" },
          alt: "Bias² falls and variance rises with the degree; the test error is lowest in between while the training error only falls.",
        },
      ),
    );
    const shown = sweep[degree]!;
    const x = Array.from(shown.points.X.col(0));
    const order = range(x.length).sort((i, j) => x[i]! - x[j]!);
    const sorted = (values: Float64Array) => order.map((i) => values[i]!);
    const spread = order.map((i) => 2 * Math.sqrt(shown.points.variance[i]!));
    const clip = (v: number) => Math.max(-3, Math.min(3, v));
    lab.plot(
      figure(
        [
          {
            type: "band",
            name: "fits, ± 2 deviations",
            x: order.map((i) => x[i]!),
            low: sorted(shown.points.mean).map((v, k) => clip(v - spread[k]!)),
            high: sorted(shown.points.mean).map((v, k) => clip(v + spread[k]!)),
          },
          {
            type: "line",
            name: "average fit",
            x: order.map((i) => x[i]!),
            y: sorted(shown.points.mean).map(clip),
          },
          {
            type: "line",
            name: "truth",
            x: order.map((i) => x[i]!),
            y: sorted(shown.points.truth),
            dashed: true,
          },
        ],
        {
          title: `Degree ${degree}: bias² ${shown.biasSquared.toPrecision(2)}, variance ${shown.variance.toPrecision(2)}`,
          x: { label: "x" },
          y: { label: "y", domain: [-3, 3] },
          alt: `Average of the fits of degree ${degree} with its spread around a sine: ${degree < 3 ? "it misses the shape" : "it follows the shape"} and the band is ${shown.variance > 0.1 ? "wide" : "narrow"}.`,
        },
      ),
    );
    const parts = biasVarianceDecomposition(new LinearRegression(), world(0.4), {
      repetitions: 300,
      trainRows: 30,
      seed: lab.seed,
    });
    lab.check(
      "error less bias² + variance + noise, in standard errors (300 refits)",
      (parts.error - parts.sum) / parts.standardError,
      { between: [-5, 5] },
    );
    lab.check("size of that standard error, relative to the error", parts.standardError / parts.error, {
      below: 0.01,
    });
    lab.check("bias² of degree 1 over that of degree 3", sweep[1]!.biasSquared / sweep[3]!.biasSquared, {
      above: 10,
    });
    lab.check(
      "variance of degree 12 over that of degree 3",
      sweep[12]!.variance / Math.max(sweep[3]!.variance, 1e-9),
      { above: noise === 0 ? 0 : 2 },
    );
    lab.check(
      "training error never rises with the degree (worst step)",
      Math.max(...sweep.slice(1).map((p, i) => p.trainError - sweep[i]!.trainError)),
      { atMost: 1e-9 },
    );
    const without = biasVarianceDecomposition(new LinearRegression(), world(0), {
      repetitions: 100,
      trainRows: 30,
      seed: lab.seed,
    });
    lab.check("without noise the identity is exact", without.error, { equals: without.sum, within: 1e-12 });
    const shrunk = biasVarianceDecomposition(new Ridge({ alpha: 3 }), world(0.4), {
      repetitions: 300,
      trainRows: 30,
      seed: lab.seed,
    });
    lab.check("ridge instead: variance times", shrunk.variance / parts.variance, { below: 0.8 });
    lab.check("and bias² times", shrunk.biasSquared / parts.biasSquared, { above: 1.1 });
  },
});
