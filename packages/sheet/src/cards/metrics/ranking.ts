import {
  dcg,
  meanAveragePrecision,
  meanReciprocalRank,
  ndcg,
  precisionAtK,
  recallAtK,
  reciprocalRank,
} from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "metrics/ranking",
  title: "NDCG, MRR, precision@k: what each reward in a ranking",
  formula: String.raw`\text{DCG@}k=\sum_{i\le k}\frac{2^{rel_i}-1}{\log_2(i+1)},\quad \text{NDCG}=\frac{\text{DCG}}{\text{ideal DCG}},\quad \text{MRR}=\operatorname{mean}\frac1{\text{rank of first hit}}`,
  ask: "What do NDCG@k, MRR and precision@k each reward, and what does the logarithmic discount encode?",
  answer:
    "Precision@k counts hits in the top k, blind to order and grades. MRR rewards the first hit only: for one right answer. NDCG takes graded relevance, discounts by 1/log₂(rank+1), so places at the top matter most, and divides by the best possible order, so queries compare.",
  pitfall:
    "Clicks as relevance are biased by position: what is shown first is clicked first. And NDCG with few relevant items is nearly decided by the first place.",
  level: "medium",
  whenNot:
    "When users read the whole list, or only one item can be shown, rank discounts do not describe them: use recall or plain accuracy, and online measures for what is really used.",
  followUps: [
    {
      ask: "Offline NDCG rose, online clicks did not. Why?",
      answer:
        "Logged relevance is biased by the old ranking's positions, the gain sits below the fold, or the labels measure relevance and users wanted freshness or variety.",
    },
    {
      ask: "How do you handle queries without any relevant item?",
      answer:
        "NDCG is 0/0 there. Fix a rule before comparing (drop them, or count 0), report how many there are, and watch them separately.",
    },
  ],
  derivation: String.raw`A place's weight is $1/\log_2(i+1)$: 1 at the top, 0.63 at rank 2, 0.5 at rank 3, and nearly flat far down, as attention is. The gain $2^{rel}-1$ makes a grade of 3 worth 7, one of 2 worth 3.

Swapping two places changes DCG by the difference of gains times the difference of weights, so by exchange the best order sorts by grade; that sum is the ideal DCG, and the ratio lies between 0 and 1.

MRR is the mean of $1/\text{rank}$ of the first hit: what comes after it does not count.`,
  covers: ["metrics/ndcg", "metrics/mrr", "metrics/precision-at-k", "claim-b-343"],
  answers: ["q-a-357", "q-b-363"],
  verifiedAgainst: [
    "scikit-learn 1.2 ndcg_score and label_ranking_average_precision_score",
    "all orders of a short list",
  ],
  budget: "quick",
  controls: {
    k: slider(1, 10, 5, { label: "k" }),
    swap: slider(1, 9, 1, { label: "swap this place with the next" }),
  },
  run(lab, { k, swap }) {
    const grades = [3, 2, 3, 0, 1, 2, 0, 0, 1, 0];
    const swapped = grades.slice();
    [swapped[swap - 1], swapped[swap]] = [grades[swap]!, grades[swap - 1]!];
    const discount = (rank: number) => 1 / Math.log2(rank + 1);
    const ranks = range(20).map((i) => i + 1);
    lab.plot(
      figure([{ type: "bars", x: ranks.map(String), y: ranks.map(discount) }], {
        title: "What a relevant item is worth by its place",
        x: { label: "rank", scale: "band" },
        y: { label: "1/log₂(rank + 1)" },
        alt: "Discount by rank: 1 at the first place, 0.63 at the second, then an ever flatter tail.",
      }),
    );
    lab.table({
      columns: ["list", `precision@${k}`, `recall@${k}`, `NDCG@${k}`, "reciprocal rank"],
      rows: [
        ["as ranked", grades],
        [`places ${swap} and ${swap + 1} swapped`, swapped],
      ].map(([name, list]) => [
        name as string,
        precisionAtK(list as number[], k),
        recallAtK(list as number[], k),
        ndcg(list as number[], { k }),
        reciprocalRank(list as number[]),
      ]),
      caption: "Grades 0 to 3 in ranked order.",
    });
    const single = (rank: number) => ndcg(range(100).map((i) => (i + 1 === rank ? 1 : 0)));
    lab.check("one relevant item at rank 1", single(1), { equals: 1, within: 1e-12 });
    lab.check("at rank 2", single(2), { equals: 0.631, within: 5e-4 });
    lab.check("moving it from rank 99 to 100 costs", single(99) - single(100), { between: [0.0001, 0.0005] });
    lab.check(
      "moving it from 1 to 2 costs so many times more",
      (single(1) - single(2)) / (single(99) - single(100)),
      { above: 500 },
    );
    // All orders of a short list: NDCG is 1 for the sorted one and below for others.
    const orders = permutations([3, 2, 1, 0]);
    const scores = orders.map((o) => ndcg(o));
    lab.check("best of all orders", Math.max(...scores), { equals: 1, within: 1e-12 });
    lab.check("orders that reach it", scores.filter((s) => s > 1 - 1e-12).length, { equals: 1 });
    lab.check("DCG by hand: 7 + 3/log₂3 + 7/2", dcg([3, 2, 3]), {
      equals: 7 + 3 / Math.log2(3) + 3.5,
      within: 1e-12,
    });
    lab.check(
      "order inside the top k: precision@3 of (1,1,0) less that of (0,1,1)",
      precisionAtK([1, 1, 0], 3) - precisionAtK([0, 1, 1], 3),
      { equals: 0 },
    );
    lab.check("but NDCG differs", ndcg([1, 1, 0]) - ndcg([0, 1, 1]), { above: 0.2 });
    lab.check(
      "MRR of first hits at ranks 1, 2, 4",
      meanReciprocalRank([
        [1, 0, 0, 0],
        [0, 1, 1, 1],
        [0, 0, 0, 1],
      ]),
      { equals: (1 + 1 / 2 + 1 / 4) / 3, within: 1e-12 },
    );
    lab.check("MAP of (1,0,1): mean of 1/1 and 2/3", meanAveragePrecision([[1, 0, 1]]), {
      equals: mean([1, 2 / 3]),
      within: 1e-12,
    });
    lab.check("4 of 5 retrieved are relevant: precision@5", precisionAtK([1, 1, 0, 1, 1], 5), {
      equals: 0.8,
      within: 1e-12,
    });
  },
});

function permutations(list: number[]): number[][] {
  return list.length <= 1
    ? [list]
    : list.flatMap((v, i) => permutations(list.toSpliced(i, 1)).map((rest) => [v, ...rest]));
}
