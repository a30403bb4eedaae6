import { Matrix } from "whetstone/math";
import { mean, median, mode } from "whetstone/stats";
import { card, figure, histogram, linspace, slider } from "../../index.ts";

export default card({
  id: "stats/averages",
  title: "Mean, median, mode: each minimises its own loss",
  formula: String.raw`\bar x=\arg\min_c\sum(x_i-c)^2,\quad \operatorname{med}=\arg\min_c\sum|x_i-c|,\quad \operatorname{mode}=\arg\min_c\sum\mathbf 1[x_i\ne c]`,
  ask: "Which average is robust, and how do mean, median and mode follow from a loss?",
  answer:
    "The mean minimises squared error, the median absolute error, the mode the number of misses. One outlier drags the mean as far as it likes; the median moves by at most one rank; the mode works for categories too. On data with a long right tail they usually separate: mode, then median, then mean.",
  pitfall:
    "A mean of incomes, latencies or ratios often describes nobody. Averaging per-group means weights small groups as much as large ones.",
  level: "easy",
  whenNot:
    "For heavy tails where the total matters (revenue) the median hides what counts; for rates over groups of different size pool counts rather than average averages.",
  followUps: [
    {
      ask: "Which average for latencies?",
      answer:
        "Percentiles: p50 for the typical call, p95 or p99 for what users complain about. The mean mixes both and the maximum is one event.",
    },
    {
      ask: "Mean of ratios or ratio of means?",
      answer:
        "Different questions: the first weighs each unit alike, the second each event. Say which; in experiments the ratio needs the delta method or a bootstrap.",
    },
  ],
  derivation: String.raw`$\frac{d}{dc}\sum(x_i-c)^2=-2\sum(x_i-c)=0$ gives the mean. $\frac{d}{dc}\sum|x_i-c|=\#\{x_i<c\}-\#\{x_i>c\}$ changes sign at the median. $\sum\mathbf 1[x_i\ne c]$ is $n$ minus how often $c$ occurs: least at the mode.

One value moved to infinity shifts the mean by as much over $n$, so it breaks down at a single outlier. The median withstands almost half of the rows, since only ranks enter.`,
  covers: ["stats/mean-median-mode"],
  verifiedAgainst: ["NumPy 1.24 mean and median", "the losses that each minimises"],
  budget: "quick",
  controls: {
    outlier: slider(0, 200, 60, { label: "value of one outlier" }),
    skew: slider(0.2, 1.2, 0.8, { label: "skew of the data", step: 0.1 }),
  },
  run(lab, { outlier, skew }) {
    const random = lab.random();
    const x = Array.from({ length: 60 }, () => Math.round(8 * Math.exp(skew * random.normal())));
    const all = [...x, outlier];
    const averages = { mean: mean(all), median: median(all), mode: mode(all) };
    lab.plot(
      figure(
        [
          histogram(all, { bins: 40 }),
          ...Object.entries(averages).map(([name, v]) => ({
            type: "rule" as const,
            name,
            x: v,
            label: name,
          })),
        ],
        {
          x: { label: "value" },
          y: { label: "count" },
          alt: `A right-skewed histogram with an outlier at ${outlier}: mode ${averages.mode}, median ${averages.median}, mean ${averages.mean.toFixed(1)}.`,
        },
      ),
    );
    const losses = {
      squared: (c: number) => mean(all.map((v) => (v - c) ** 2)),
      absolute: (c: number) => mean(all.map((v) => Math.abs(v - c))),
      misses: (c: number) => mean(all.map((v) => (v === c ? 0 : 1))),
    };
    const grid = linspace(0, 60, 121);
    const best = (f: (c: number) => number) => Math.min(...grid.map(f));
    lab.check(
      "squared error: mean less the best of a grid",
      losses.squared(averages.mean) - best(losses.squared),
      { atMost: 1e-12 },
    );
    lab.check(
      "absolute error: median less the best of a grid",
      losses.absolute(averages.median) - best(losses.absolute),
      { atMost: 1e-12 },
    );
    lab.check("misses: mode less the best of a grid", losses.misses(averages.mode) - best(losses.misses), {
      atMost: 0,
    });
    const far = [...x, 1e6];
    lab.check("an outlier of 10⁶ moves the mean by", mean(far) - mean(x), { above: 10_000 });
    lab.check("and the median by", Math.abs(median(far) - median(x)), { atMost: 1 });
    const table = Matrix.from([
      [1, 2, 9],
      [3, 4, 5],
    ]);
    lab.check("along an axis: means of the columns of [1 2 9; 3 4 5]", mean(table, { axis: 0 }).join(), {
      equals: "2,3,7",
    });
    lab.check("medians of its rows", median(table, { axis: 1 }).join(), { equals: "2,4" });
    lab.check("the mode of words", mode(["cat", "dog", "cat", "owl"]), { equals: "cat" });
  },
});
