import { KFold, type Splitter, StratifiedKFold } from "whetstone/data";
import { mean, standardDeviation } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "selection/stratified-k-fold",
  title: "Stratified folds keep the rare class in every fold",
  formula: String.raw`\big|\,n_{k,c}-n_c/K\,\big|<1\quad\text{for every fold }k\text{ and class }c`,
  ask: "What does stratification keep equal, why does it matter for rare classes, and what replaces it in regression?",
  answer:
    "The share of each class: every fold gets n_c/K rows of class c, rounded up or down. Plain folds draw the count at random, so with few positives some fold may have none, and recall or AUC is then undefined. For a numeric target bin it by quantiles and stratify over the bins.",
  pitfall:
    "Rows sorted by class and unshuffled plain folds: whole classes are missing from training. And stratifying neither keeps groups together nor respects time.",
  level: "easy",
  whenNot:
    "With time order or groups, stratifying by class does not help against leakage: use group or time-ordered folds first, stratified within them where possible.",
  followUps: [
    {
      ask: "You have 3 positives and 5 folds. What happens?",
      answer:
        "Two folds have none, so recall and AUC are undefined there. Use at most 3 folds, pool the predictions of all folds before scoring, or collect positives.",
    },
    {
      ask: "How do you stratify several labels at once?",
      answer:
        "Iterative stratification: deal out the rarest label first, each row to the fold that still wants most of it. Exact balance is not possible in general.",
    },
  ],
  derivation: String.raw`Deal the $n_c$ rows of class $c$ to $K$ folds like cards, class after class: each fold gets $\lfloor n_c/K\rfloor$ or $\lceil n_c/K\rceil$, so its count is less than one row away from $n_c/K$.

A plain fold of $m=n/K$ rows draws its positives without replacement: hypergeometric, with variance about $m\pi(1-\pi)$. With 10 positives in 5 folds a given fold has none with chance near $0.8^{10}=0.107$; by inclusion and exclusion some fold is empty in about half of the shuffles.

For a numeric target cut it at quantiles and treat the bins as classes; fold means then differ far less.`,
  covers: ["selection/stratified-k-fold", "claim-b-345"],
  answers: ["q-a-539", "q-b-354"],
  verifiedAgainst: [
    "scikit-learn 1.2 StratifiedKFold, fold by fold",
    "inclusion and exclusion over the folds",
  ],
  budget: "quick",
  controls: {
    positives: slider(5, 60, 10, { label: "positives among 500 rows" }),
    folds: slider(2, 10, 5, { label: "folds K" }),
    order: choice(["shuffled", "sorted by class"], "shuffled", { label: "rows for plain folds" }),
  },
  run(lab, { positives, folds: K, order }) {
    const n = 500;
    const y = range(n).map((i) => (i < positives ? 1 : 0));
    const count = (splitter: Splitter, labels: readonly number[] = y) =>
      splitter.split(n, labels).map(({ test }) => test.reduce((sum, i) => sum + labels[i]!, 0));
    const plain = (seed: number) => new KFold({ nSplits: K, shuffle: order === "shuffled", seed });
    const strict = (seed: number) => new StratifiedKFold({ nSplits: K, shuffle: true, seed });
    const runs = range(60).map((r) => lab.seed * 1000 + r);
    const plainCounts = runs.map((seed) => count(plain(seed)));
    const strictCounts = runs.map((seed) => count(strict(seed)));
    const x = runs.flatMap((_, r) => range(K).map(() => r));
    lab.plot(
      figure(
        [
          { type: "points", name: "plain", x, y: plainCounts.flat(), size: 2 },
          { type: "points", name: "stratified", x, y: strictCounts.flat(), size: 2 },
          { type: "rule", y: positives / K, label: "fair share" },
        ],
        {
          x: { label: "seed of the shuffle" },
          y: { label: "positives in a fold" },
          alt: `Positives per fold for 60 shuffles: plain folds scatter widely around ${(positives / K).toFixed(1)}, stratified folds stay within one of it.`,
        },
      ),
    );
    const none = (counts: number[][]) => mean(counts.map((c) => (c.includes(0) ? 1 : 0)));
    lab.note(
      `Shuffles with a fold without positives: ${(100 * none(plainCounts)).toFixed(0)} % plain, ${(100 * none(strictCounts)).toFixed(0)} % stratified.`,
    );
    const share = (counts: number[][]) => Math.max(...counts.flat().map((c) => Math.abs(c - positives / K)));
    lab.check("stratified: largest distance from the fair share, in rows", share(strictCounts), { below: 1 });
    if (positives >= K) lab.check("stratified folds without positives", none(strictCounts), { equals: 0 });
    if (order === "shuffled" && positives >= 8)
      lab.check("plain: largest distance, in rows", share(plainCounts), { above: 1 });
    const sorted = count(new KFold({ nSplits: 5 }));
    lab.check(
      "rows sorted, plain folds: positives outside the first fold",
      sorted.slice(1).reduce((a, b) => a + b, 0),
      {
        equals: 0,
      },
    );
    // Ten positives in five folds of 100: how often is some fold empty?
    const ten = range(n).map((i) => (i < 10 ? 1 : 0));
    const empty = range(1000).map(
      (r) => +count(new KFold({ nSplits: 5, shuffle: true, seed: lab.seed * 7919 + r }), ten).includes(0),
    );
    lab.check("10 positives, 5 plain folds: shuffles with a fold of none", mean(empty), {
      equals: emptyFold(n, 10, 5),
      within: 0.06,
    });

    // Regression: a skewed target, folds balanced over its deciles.
    const random = lab.random();
    const target = range(n).map(() => Math.exp(1.5 * random.normal()));
    const spread = (splits: (seed: number) => ReturnType<Splitter["split"]>) =>
      mean(
        range(30).map((s) =>
          standardDeviation(splits(s).map(({ test }) => mean(Array.from(test, (i) => Math.log(target[i]!))))),
        ),
      );
    const loose = spread((seed) => new KFold({ nSplits: 5, shuffle: true, seed }).split(n));
    const binned = spread((seed) =>
      new StratifiedKFold({ nSplits: 5, shuffle: true, seed, bins: 10 }).split(n, target),
    );
    lab.check("numeric target over 10 bins: spread of the fold means against plain folds", binned / loose, {
      below: 0.5,
    });
  },
});

/** Probability that at least one of K equal folds has no positive, by inclusion and exclusion. */
function emptyFold(n: number, positives: number, K: number): number {
  const size = n / K;
  let total = 0;
  let choose = 1;
  for (let j = 1; j <= K; j++) {
    choose *= (K - j + 1) / j;
    let allMiss = 1;
    for (let i = 0; i < positives; i++) allMiss *= Math.max(0, n - j * size - i) / (n - i);
    total += (j % 2 ? 1 : -1) * choose * allMiss;
  }
  return total;
}
