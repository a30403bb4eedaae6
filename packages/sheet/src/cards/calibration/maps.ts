import {
  betaCalibration,
  type Calibration,
  histogramBinning,
  isotonicCalibration,
  isotonicRegression,
  plattScaling,
} from "whetstone/calibration";
import { sigmoid } from "whetstone/math";
import { mean } from "whetstone/stats";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

const logit = (p: number) => Math.log(p / (1 - p));

export default card({
  id: "calibration/maps",
  title: "Platt, beta, histogram, isotonic: flexibility costs data",
  formula: String.raw`\text{Platt: }\sigma(As+B),\qquad \text{isotonic: }\min_{g\,\uparrow}\sum\big(y_i-g(s_i)\big)^2`,
  ask: "When is Platt scaling the safer calibrator, when isotonic regression, and how much data does each need?",
  answer:
    "Platt fits two parameters, a sigmoid: good from some dozens of rows, but only for sigmoid-shaped errors. Beta adds a third for skewed shapes. Isotonic fits any increasing step function by pooling adjacent violators: it wins with about a thousand rows and overfits with few. Histogram binning is as coarse as its bins.",
  pitfall:
    "All must be fitted on held-out data: on training rows the scores look better than they are. None improves ranking; isotonic even creates ties.",
  level: "medium",
  whenNot:
    "If the ranking is all you use, or if the model will be retrained daily without held-out rows, do not calibrate: improve the model or its loss instead.",
  followUps: [
    {
      ask: "Which rows fit the calibrator?",
      answer:
        "Rows the model did not see: a validation part, or cross-fitted predictions. On training rows the scores look too good and the map comes out wrong.",
    },
    {
      ask: "How do you calibrate many classes?",
      answer:
        "Temperature or vector scaling on the logits, Dirichlet calibration, or one map per class with renormalised probabilities. Check each class's reliability, not only the top label's.",
    },
  ],
  derivation: String.raw`If scores within each class are normal with one variance, Bayes' rule makes the log-odds linear in the score: $\log\frac{P(1\mid s)}{P(0\mid s)}=As+B$. Platt's sigmoid is then exact, and two numbers need few rows.

Isotonic regression minimises $\sum(y_i-g_i)^2$ under $g_1\le g_2\le\dots$ in the order of scores. Where neighbours violate the order the best common value is their mean; pooling such neighbours until none is left gives the optimum. Each pool keeps its sum, so the overall mean is kept, and $g$ is a step function.

Its error falls like $n^{-1/3}$, the sigmoid's like $n^{-1/2}$ down to a floor of misfit: hence few rows favour Platt, many isotonic.`,
  covers: [
    "calibration/platt-scaling",
    "calibration/isotonic-regression",
    "calibration/histogram-binning",
    "calibration/beta-calibration",
    "claim-a-156",
    "claim-a-157",
    "claim-b-307",
  ],
  answers: ["q-a-038", "q-a-353", "q-b-317"],
  verifiedAgainst: [
    "scikit-learn 1.2 sigmoid and isotonic calibration",
    "statsmodels 0.13 Logit for beta calibration",
  ],
  budget: "quick",
  controls: {
    n: slider(20, 5000, 200, { label: "calibration rows", scale: "log" }),
    shape: choice(["sigmoid", "one-sided"], "one-sided", { label: "what is wrong with the scores" }),
  },
  run(lab, { n: size, shape }) {
    const random = lab.random();
    // Scores uniform on (0, 1); the truth behind a score is a known increasing function of it.
    const truths = {
      sigmoid: (s: number) => sigmoid(0.4 * logit(s)),
      "one-sided": (s: number) => (s < 0.5 ? 0.1 : 0.1 + 1.6 * (s - 0.5) ** 1.2),
    } as const;
    const draw = (rows: number, truth: (s: number) => number) => {
      const s = range(rows).map(() => random.uniform(0.01, 0.99));
      return { s, y: s.map((v) => (random.bernoulli(truth(v)) ? 1 : 0)) };
    };
    const platt = (s: number[], y: number[]): ((x: number[]) => Float64Array) => {
      const map = plattScaling(s.map(logit), y);
      return (x) => map.transform(x.map(logit));
    };
    const by = (fit: (s: number[], y: number[]) => Calibration) => (s: number[], y: number[]) => {
      const map = fit(s, y);
      return (x: number[]) => map.transform(x);
    };
    const methods = {
      Platt: platt,
      beta: by(betaCalibration),
      isotonic: by(isotonicCalibration),
      histogram: by((s, y) => histogramBinning(s, y)),
    };
    const grid = linspace(0.02, 0.98, 97);
    const truth = truths[shape];
    const n = Math.round(size);
    const data = both(n, truth);
    lab.plot(
      figure(
        [
          { type: "line", name: "truth", x: grid, y: grid.map(truth), dashed: true },
          ...Object.entries(methods).map(([name, fit]) => ({
            type: name === "isotonic" || name === "histogram" ? ("step" as const) : ("line" as const),
            name,
            x: grid,
            y: Array.from(fit(data.s, data.y)(grid)),
          })),
        ],
        {
          title: `Fitted to ${n} rows`,
          x: { label: "score", domain: [0, 1] },
          y: { label: "probability", domain: [0, 1] },
          alt: `Four calibration maps fitted to ${n} rows against the true map, which is ${shape}: Platt and beta are smooth, isotonic and histogram are steps.`,
        },
      ),
    );
    const error = (name: keyof typeof methods, rows: number, shapeOf: (s: number) => number, runs = 12) =>
      mean(
        range(runs).map(() => {
          const d = both(rows, shapeOf);
          const p = methods[name](d.s, d.y)(grid);
          return Math.sqrt(mean(grid.map((s, i) => (p[i]! - shapeOf(s)) ** 2)));
        }),
      );
    const sizes = [30, 100, 300, 1000, 2000];
    const curves = Object.fromEntries(
      (Object.keys(methods) as (keyof typeof methods)[]).map((name) => [
        name,
        sizes.map((rows) => error(name, rows, truth, 4)),
      ]),
    );
    lab.plot(
      figure(
        Object.entries(curves).map(([name, y]) => ({ type: "line" as const, name, x: sizes, y })),
        {
          title: "Distance from the true map",
          x: { label: "calibration rows", scale: "log" },
          y: { label: "root mean squared error", scale: "log" },
          alt: "Error of four calibrators by number of rows: Platt is best with few and levels off when the shape is wrong, isotonic keeps falling.",
        },
      ),
    );
    const one = truths["one-sided"];
    lab.check(
      "sigmoid-shaped errors, 60 rows: isotonic's error over Platt's",
      error("isotonic", 60, truths.sigmoid) / error("Platt", 60, truths.sigmoid),
      { above: 1.2 },
    );
    lab.check(
      "another shape, 4000 rows: isotonic's error over Platt's",
      error("isotonic", 4000, one, 6) / error("Platt", 4000, one, 6),
      { below: 0.75 },
    );
    lab.check(
      "isotonic: error with 30 rows over that with 3000",
      error("isotonic", 30, one) / error("isotonic", 3000, one, 6),
      { above: 3 },
    );
    lab.check("pooling (1, 3, 2, 4)", isotonicRegression([1, 3, 2, 4]).join(", "), {
      equals: "1, 2.5, 2.5, 4",
    });
    const noisy = range(400).map((i) => i / 400 + random.normal(0, 0.5));
    const steps = isotonicRegression(noisy);
    lab.check(
      "isotonic fit never falls",
      steps.every((v, i) => i === 0 || v >= steps[i - 1]!),
      { equals: true },
    );
    lab.check("and is piecewise constant: distinct values of 400", new Set(steps).size, { below: 60 });
    const knots = isotonicCalibration(data.s, data.y).transform(data.s);
    lab.check("isotonic calibration keeps the mean: fitted less observed", mean(knots) - mean(data.y), {
      equals: 0,
      within: 1e-9,
    });
    const even = histogramBinning([0.1, 0.2, 0.7, 0.9], [0, 1, 1, 1], { bins: 2 });
    lab.check("histogram binning: rate of each bin", Array.from(even.transform([0.3, 0.8])).join(", "), {
      equals: "0.5, 1",
    });
    const map = betaCalibration(data.s, data.y).transform(grid);
    lab.check(
      "beta map is monotone",
      map.every((v, i) => i === 0 || v >= map[i - 1]! - 1e-12),
      { equals: true },
    );

    // Both classes are needed to fit anything.
    function both(rows: number, shapeOf: (s: number) => number) {
      for (;;) {
        const d = draw(rows, shapeOf);
        if (new Set(d.y).size === 2) return d;
      }
    }
  },
});
