import { HistGradientBoostingRegressor } from "whetstone/ensemble";
import { QuantileRegressor } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { pinball } from "whetstone/metrics";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "linear/quantile-regression",
  title: "Prediction intervals from quantiles",
  formula: String.raw`\rho_q(e)=\max\big(q\,e,\ (q-1)\,e\big),\qquad e=y-\hat y`,
  ask: "How do you get a prediction interval that widens where the data are noisier, without assuming a distribution?",
  answer:
    "Fit two quantiles, say 5 % and 95 %, each by minimising the pinball loss: missing from below costs q, from above 1 − q, and the minimum is the conditional quantile. The loss works for any model: linear (a linear programme), boosted trees, networks. Check coverage on held-out rows.",
  pitfall:
    "Quantiles fitted one by one can cross, and trees or networks that overfit cover too little on new rows. Conformal correction repairs coverage, not shape.",
  level: "medium",
  whenNot:
    "If only the centre is wanted and noise is even, least squares is more efficient. In tails with few rows (99.9 %) use extreme-value models.",
  followUps: [
    {
      ask: "Quantiles cross. What do you do?",
      answer:
        "Sort them (rearrangement never worsens the loss), fit all levels jointly with increments that are positive, or model location and scale.",
    },
    {
      ask: "How do you guarantee coverage?",
      answer:
        "Conformalised quantile regression: on held-out rows take the quantile of how far y lies outside, and widen by that. Marginal coverage then holds.",
    },
  ],
  derivation: String.raw`For a constant $c$ the expected pinball loss has slope $-q\,P(y>c)+(1-q)\,P(y<c)$, zero where $P(y<c)=q$: the minimiser is the $q$-quantile, whatever the distribution.

For a linear model the loss is piecewise linear: split each residual into $e^+-e^-$ and minimise $q\sum e^++(1-q)\sum e^-$, a linear programme. At a vertex as many residuals as coefficients are exactly zero.

With an intercept the share of rows below the line is $q$ up to $p/n$. Two lines at 5 % and 95 % have different slopes where spread depends on $x$, so the interval widens.`,
  covers: ["linear/quantile-regression"],
  verifiedAgainst: ["scikit-learn 1.2 QuantileRegressor (HiGHS): equal loss", "duality gap"],
  budget: "quick",
  controls: {
    level: slider(0.5, 0.95, 0.9, { label: "level of the interval", step: 0.05 }),
    model: choice(["linear", "boosted", "network"], "linear", { label: "model" }),
  },
  run(lab, { level, model }) {
    const random = lab.random();
    const draw = (n: number) => {
      const x = range(n).map(() => random.uniform(0, 4));
      return { x, y: x.map((v) => 1 + v + (0.3 + 0.5 * v) * random.normal()) };
    };
    const [train, test] = [draw(600), draw(3000)];
    // A network whose hidden layer is drawn once and whose output layer learns by the pinball loss.
    const hidden = range(12).map(() => [random.normal(0, 1.5), random.normal(0, 2)] as const);
    const plain = (x: number[]) => Matrix.from(x.map((v) => [v]));
    const tanh = (x: number[]) =>
      Matrix.from(x.map((v) => hidden.map(([a, b]) => Math.tanh(a * (v - 2) + b))));
    const line = (q: number) => new QuantileRegressor({ quantile: q, alpha: 0 });
    const fit = (kind: string, q: number) => {
      const form = kind === "network" ? tanh : plain;
      const spec =
        kind === "boosted"
          ? new HistGradientBoostingRegressor({
              loss: "quantile",
              quantile: q,
              maxIter: 60,
              learningRate: 0.1,
              minSamplesLeaf: 40,
              maxDepth: 3,
            })
          : line(q);
      const found = spec.fit(form(train.x), train.y);
      return (x: number[]) => Array.from(found.predict(form(x)));
    };
    const ends = (kind: string, l: number) => [fit(kind, (1 - l) / 2), fit(kind, (1 + l) / 2)] as const;
    const [low, high] = ends(model, level);
    const grid = range(41).map((i) => i / 10);
    lab.plot(
      figure(
        [
          { type: "points", name: "rows", x: train.x, y: train.y, size: 2 },
          { type: "band", name: "interval", x: grid, low: low(grid), high: high(grid) },
        ],
        {
          x: { label: "x" },
          y: { label: "y" },
          alt: `Rows that scatter more to the right, and an interval of level ${level} by a ${model} model, which widens with them.`,
        },
      ),
    );
    const cover = (kind: string, l: number) => {
      const [a, b] = ends(kind, l);
      const [p, q] = [a(test.x), b(test.x)];
      return test.y.filter((v, i) => v >= p[i]! && v <= q[i]!).length / test.y.length;
    };
    lab.check("coverage of 90 % on new rows: linear", cover("linear", 0.9), { between: [0.85, 0.94] });
    lab.check("boosted trees", cover("boosted", 0.9), { between: [0.8, 0.95] });
    lab.check("network", cover("network", 0.9), { between: [0.83, 0.95] });
    const [p5, p95] = ends("linear", 0.9);
    lab.check(
      "the interval widens: width at 4 over width at 0",
      (p95([4])[0]! - p5([4])[0]!) / (p95([0])[0]! - p5([0])[0]!),
      { above: 2.5 },
    );
    const best = new QuantileRegressor({ quantile: 0.8, alpha: 0 }).fit(plain(train.x), train.y);
    const predicted = Array.from(best.predict(plain(train.x)));
    lab.check(
      "share of training rows below the 80 % line",
      train.y.filter((v, i) => v < predicted[i]! - 1e-9).length / 600,
      { between: [0.79, 0.8] },
    );
    lab.check("gap to the optimum of the linear programme", best.dualityGap, { below: 1e-7 });
    const base = pinball(train.y, predicted, { alpha: 0.8 });
    lab.check(
      "moving the line raises the pinball loss",
      Math.min(
        ...[-0.1, 0.1].flatMap((s) =>
          [predicted.map((v) => v + s), predicted.map((v, i) => v + s * (train.x[i]! - 2))].map(
            (p) => pinball(train.y, p, { alpha: 0.8 }) - base,
          ),
        ),
      ),
      { above: 0 },
    );
    lab.check("pinball of the formula: e = 2, q = 0.9", pinball([10], [8], { alpha: 0.9 }), {
      equals: Math.max(0.9 * 2, (0.9 - 1) * 2),
      within: 1e-12,
    });
  },
});
