import { accuracy, sliceEvaluation, wilsonInterval } from "whetstone/metrics";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "metrics/slices",
  title: "95 % overall can be 60 % for one group",
  formula: String.raw`\text{accuracy}=\sum_g\frac{n_g}{n}\,\text{accuracy}_g,\qquad \hat p_g\pm\text{Wilson interval}`,
  ask: "The overall score is fine. How do you find the segment it hides, and avoid being fooled by small segments?",
  answer:
    "Evaluate per group with an interval for each. The overall score is an average weighted by size: a group of 5 % at 60 % costs it 2 points. Small groups scatter by chance, so flag those whose whole interval lies below the overall value, and correct when there are many.",
  pitfall:
    "The worst of many slices looks bad even if all are equal. And a flawless group of ten is not 100 %: its Wilson interval starts at 72 %.",
  level: "medium",
  whenNot:
    "If slices are many and rows few, per-slice scores are noise: shrink them toward the mean (partial pooling) or collect rows before drawing conclusions.",
  followUps: [
    {
      ask: "You test 300 slices at 95 %. What happens without a real difference?",
      answer:
        "About 2.5 % would be flagged on the low side, seven or eight slices. Correct for the number of tests (Holm, Benjamini–Hochberg) or demand that it repeats on new rows.",
    },
    {
      ask: "Which slices do you look at first?",
      answer:
        "Those with stakes (protected groups, big customers, new regions), those with little training data, and those a shallow tree on the errors finds by itself.",
    },
  ],
  derivation: String.raw`The overall score is $\sum_g\frac{n_g}{n}a_g$. A group with 5 % of the rows at 60 % instead of 97 % costs it $0.05\cdot0.37\approx1.9$ points: 95 % overall.

The Wilson interval solves $|\hat p-p|\le z\sqrt{p(1-p)/n}$ for $p$: centre $\frac{\hat p+z^2/2n}{1+z^2/n}$, half-width $\frac{z}{1+z^2/n}\sqrt{\frac{\hat p(1-\hat p)}n+\frac{z^2}{4n^2}}$. Unlike $\hat p\pm z\,\text{se}$ it stays within 0 and 1 and has width at $\hat p=1$: ten of ten gives 72 % to 100 %.`,
  covers: ["metrics/slice-evaluation"],
  verifiedAgainst: ["Wilson intervals in closed form and as published", "known group accuracies"],
  budget: "quick",
  controls: {
    share: slider(0.01, 0.3, 0.05, { label: "size of the weak group", step: 0.01 }),
    weak: slider(0.3, 0.97, 0.6, { label: "its accuracy", step: 0.01 }),
    n: slider(500, 10_000, 4000, { label: "rows", step: 500 }),
  },
  run(lab, { share, weak, n }) {
    const random = lab.random();
    const names = ["north", "south", "east", "west", "islands"];
    const evaluate = (rows: number, size: number, low: number, high = 0.97) => {
      const groups = range(rows).map((i) => (i < size * rows ? "islands" : names[i % 4]!));
      const yTrue = range(rows).map((i) => i % 2);
      const yPred = yTrue.map((v, i) => (random.bernoulli(groups[i] === "islands" ? low : high) ? v : 1 - v));
      return { report: sliceEvaluation("accuracy", { yTrue, yPred }, groups), yTrue, yPred, groups };
    };
    const { report, yTrue, yPred, groups } = evaluate(n, share, weak);
    const order = report.slices;
    lab.plot(
      figure(
        [
          ...order.map((s, i) => ({
            type: "line" as const,
            name: s.worse ? "below the rest" : "in line",
            x: [s.lower, s.upper],
            y: [i, i],
          })),
          { type: "points", name: "accuracy", x: order.map((s) => s.value), y: range(order.length), size: 5 },
          { type: "rule", name: "overall", x: report.overall.value },
          {
            type: "text",
            x: order.map((s) => s.lower - 0.01),
            y: range(order.length),
            text: order.map((s) => `${s.group} (${s.size})`),
          },
        ],
        {
          x: { label: "accuracy", percent: true },
          y: { label: "group, worst first" },
          alt: `Accuracy of five groups with intervals: ${report.worst?.group} is worst with ${(100 * (report.worst?.value ?? 0)).toFixed(0)} %, the overall accuracy is ${(100 * report.overall.value).toFixed(1)} %.`,
        },
      ),
    );
    const test = evaluate(4000, 0.05, 0.6).report;
    lab.check("5 % of the rows at 60 %: overall accuracy", test.overall.value, { above: 0.93 });
    lab.check("worst slice", String(test.worst?.group), { equals: "islands" });
    lab.check("flagged as worse", test.worst?.worse ?? false, { equals: true });
    lab.check(
      "its interval contains the truth 0.6",
      (test.worst?.lower ?? 1) <= 0.6 && (test.worst?.upper ?? 0) >= 0.6,
      { equals: true },
    );
    lab.check(
      "overall is the size-weighted mean of the slices",
      report.slices.reduce((s, g) => s + (g.size * g.value) / n, 0),
      { equals: accuracy(yTrue, yPred), within: 1e-12 },
    );
    lab.check(
      "sizes add up",
      report.slices.reduce((s, g) => s + g.size, 0),
      { equals: groups.length },
    );
    const [low, high] = wilsonInterval(1, 10);
    lab.check("ten of ten right: interval from", low, { equals: 10 / (10 + 1.959964 ** 2), within: 1e-6 });
    lab.check("to", high, { equals: 1, within: 1e-12 });
    const alarms = range(60).map(
      () => evaluate(1000, 0.2, 0.9, 0.9).report.slices.filter((s) => s.worse).length,
    );
    lab.check(
      "no real difference: slices flagged, of 300",
      alarms.reduce((a, b) => a + b, 0),
      { atMost: 20 },
    );
  },
});
