import { chiSquare, chiSquareIndependence, chiSquareTest, mean } from "whetstone/stats";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "stats/chi-square",
  title: "Chi-square: squared surprises, each in units of its expectation",
  formula: String.raw`\chi^2=\sum_i\frac{(O_i-E_i)^2}{E_i}\ \sim\ \chi^2_{k-1}\ (\text{approximately})`,
  ask: "What does a chi-square test compare, how is its statistic formed, and when may you trust the p-value?",
  answer:
    "Observed counts with those expected under the null: squared differences over expectations, summed. Under the null it follows a chi-square with k−1 degrees of freedom, or (r−1)(c−1) for independence in a table. The law is asymptotic: fine when expected counts are 5 or more.",
  pitfall:
    "It needs counts of independent units, never percentages or repeated measurements. With a million rows the smallest imbalance is significant: report the size too.",
  level: "medium",
  whenNot:
    "With expected counts below 5 use an exact test (Fisher) or simulation; for ordered categories a trend test has more power; for sizes report Cramér's V.",
  followUps: [
    {
      ask: "Where do the degrees of freedom come from?",
      answer:
        "From k counts one is lost to the total and one to each fitted parameter. For an r × c table: rc − 1 − (r − 1) − (c − 1) = (r − 1)(c − 1).",
    },
    {
      ask: "What is sample-ratio mismatch?",
      answer:
        "The split of an A/B test differs from the plan beyond chance, by this test. It means broken assignment or logging: do not read the outcome.",
    },
  ],
  derivation: String.raw`Count $i$ of $n$ draws has mean $E_i=np_i$ and variance $np_i(1-p_i)$; by the central limit theorem the vector $\frac{O_i-E_i}{\sqrt{E_i}}$ tends to a normal with covariance $I-\sqrt p\sqrt p^{\,\top}$: a projection of rank $k-1$, since the counts sum to $n$.

The squared length of a standard normal in $k-1$ dimensions is $\chi^2_{k-1}$.

Each fitted parameter removes one more dimension. The approximation is that of a normal for a count, hence the rule of five.`,
  covers: ["stats/chi-square-test", "claim-a-024"],
  answers: ["q-a-304"],
  verifiedAgainst: ["SciPy 1.10 stats.chisquare and chi2_contingency"],
  budget: "quick",
  controls: {
    categories: slider(2, 12, 6, { label: "categories k" }),
    expected: slider(1, 40, 10, { label: "expected count per category" }),
    bias: slider(0, 0.5, 0, { label: "how loaded the first category is", step: 0.02 }),
  },
  run(lab, { categories: k, expected, bias }) {
    const random = lab.random();
    const roll = (count: number, cells: number, load = 0) =>
      random.multinomial(
        count,
        range(cells).map((i) => (i === 0 ? 1 + load * cells : 1)),
      );
    const df = k - 1;
    const runs = 2000;
    const simulated = range(runs).map(() => chiSquareTest(roll(expected * k, k, bias)).statistic);
    const law = chiSquare(df);
    const top = Math.max(law.upperQuantile(0.001), 10);
    const x = linspace(0.05, top, 160);
    const bins = 30;
    const width = top / bins;
    lab.plot(
      figure(
        [
          {
            type: "boxes",
            name: "simulated",
            x0: range(bins).map((i) => i * width),
            x1: range(bins).map((i) => (i + 1) * width),
            y: range(bins).map(
              (i) => simulated.filter((s) => s >= i * width && s < (i + 1) * width).length / runs / width,
            ),
          },
          {
            type: "line",
            name: `chi-square, ${df} degrees of freedom`,
            x,
            y: x.map((v) => Math.min(law.pdf(v), 1.5)),
          },
          { type: "rule", x: law.upperQuantile(0.05), label: "5 % cut" },
        ],
        {
          x: { label: "χ²" },
          y: { label: "density" },
          alt: `Simulated statistics of ${k} categories against the chi-square density with ${df} degrees of freedom: ${bias === 0 ? "they agree" : "a loaded category pushes them to the right"}.`,
        },
      ),
    );
    const alarms = mean(range(3000).map(() => (chiSquareTest(roll(60, 6)).pValue <= 0.05 ? 1 : 0)));
    lab.check("fair die, expected 10 per face: false alarms at 5 %", alarms, { equals: 0.05, within: 0.02 });
    const fair = range(2000)
      .map(() => chiSquareTest(roll(60, 6)).statistic)
      .sort((a, b) => a - b);
    for (const q of [0.5, 0.9, 0.95])
      lab.check(
        `null quantile ${q}, simulated over χ²₅`,
        fair[Math.floor(q * 2000)]! / chiSquare(5).quantile(q),
        { equals: 1, within: 0.08 },
      );
    const tiny = mean(range(3000).map(() => (chiSquareTest(roll(8, 6)).pValue <= 0.001 ? 1 : 0)));
    lab.note(
      `With 1.3 expected per face a nominal 0.1 % alarm fires in ${(100 * tiny).toFixed(2)} % of samples.`,
    );
    const O = [18, 22, 20];
    lab.check("by hand: (18, 22, 20) against 20 each", chiSquareTest(O).statistic, {
      equals: 4 / 20 + 4 / 20,
      within: 1e-14,
    });
    lab.check("sample-ratio mismatch, 5100 : 4900 for 50 : 50, p", chiSquareTest([5100, 4900]).pValue, {
      equals: 0.0455,
      within: 1e-4,
    });
    const table = [
      [30, 10],
      [20, 40],
    ];
    lab.check("independence: degrees of freedom of a 2 × 2 table", chiSquareIndependence(table).df, {
      equals: 1,
    });
    lab.check(
      "independence: statistic by hand, no correction",
      chiSquareIndependence(table, { correction: false }).statistic,
      { equals: 100 / 20 + 100 / 20 + 100 / 30 + 100 / 30, within: 1e-12 },
    );
  },
});
