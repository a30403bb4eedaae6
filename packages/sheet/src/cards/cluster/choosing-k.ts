import { elbow, gapStatistic, silhouetteSweep } from "whetstone/cluster";
import { makeBlobs } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "cluster/choosing-k",
  title: "Is five a sensible number of clusters?",
  formula: String.raw`\mathrm{Gap}(K)=\mathbb E^*\log W_K-\log W_K,\qquad \hat K=\min\{K:\mathrm{Gap}(K)\ge\mathrm{Gap}(K{+}1)-s_{K+1}\}`,
  ask: "Five k-means clusters came out and none seems natural: how do you test whether five is a sensible number?",
  answer:
    "Sweep K. Elbow: where the inertia stops falling fast. Silhouette: where it is largest. Gap statistic: compare the log inertia with that of data without groups; only it can answer “one”. Five is sensible if silhouette and gap both choose it and the groups come back on resampled rows. If the gap says one, the groups are not in the data; the elbow alone is a weak witness.",
  pitfall:
    "k-means returns K groups whatever the data. Inertia always falls with K, and silhouette has no answer for one group.",
  level: "medium",
  whenNot:
    "When the task fixes K (five vans, three price levels), or groups are not round: no inertia-based score fits then. For density-shaped groups let HDBSCAN say how many.",
  followUps: [
    {
      ask: "Why compare with data without groups in the gap statistic?",
      answer:
        "Inertia falls with K on any data. Only a fall larger than that on uniform data of the same range speaks for groups; at K = 1 it can also say there are none.",
    },
    {
      ask: "What does stability add?",
      answer:
        "Cluster bootstrap samples and compare labels by adjusted Rand: a K whose groups come back is real at least in these data. It can favour small K, so use it beside the other scores.",
    },
  ],
  derivation: String.raw`$W_K$ is the sum of squared distances to $K$ centres. Splitting a group never raises it, and on uniform data in $d$ dimensions it falls about as $K^{-2/d}$: falling proves nothing.

The gap compares $\log W_K$ with its mean over $B$ uniform samples in the same box. Where real groups are being separated, $\log W_K$ falls faster than the reference and the gap grows; after the last real group it falls more slowly. The rule with $s_{K+1}$ takes the smallest $K$ within one standard error.

The silhouette compares the mean distance $a$ in the own group with $b$ to the nearest other one. Merged true groups raise $a$, split true groups lower $b$: both pull $s=(b-a)/\max(a,b)$ down.`,
  covers: ["cluster/choosing-k"],
  answers: ["q-b-050"],
  verifiedAgainst: ["data with a known number of groups", "scikit-learn 1.2 silhouettes"],
  budget: "quick",
  controls: {
    truth: slider(1, 7, 5, { label: "groups in the data" }),
    spread: slider(0.3, 3, 0.8, { label: "spread", step: 0.1 }),
  },
  run(lab, { truth, spread }) {
    const places = [
      [0, 0],
      [10, 2],
      [2, 12],
      [30, 20],
      [40, 6],
      [20, 40],
      [-15, 30],
    ];
    const data = (groups: number, std: number) =>
      makeBlobs({ nSamples: 150, centers: places.slice(0, groups), clusterStd: std, seed: lab.seed }).X;
    const options = { maxClusters: 8, nInit: 4 } as const;
    const X = data(truth, spread);
    const [e, s, g] = [
      elbow(X, options),
      silhouetteSweep(X, options),
      gapStatistic(X, { ...options, nReferences: 8 }),
    ];
    lab.plot(
      figure([{ type: "points", x: Array.from(X.col(0)), y: Array.from(X.col(1)), size: 2 }], {
        title: `${truth} groups`,
        square: true,
        alt: `150 rows drawn from ${truth} groups, without labels.`,
      }),
    );
    lab.plot(
      figure(
        [
          {
            type: "line",
            name: `inertia, of the first: ${e.k}`,
            x: e.ks,
            y: Array.from(e.inertias, (v) => v / e.inertias[0]!),
          },
          { type: "line", name: `silhouette: ${s.k}`, x: s.ks, y: Array.from(s.scores) },
          { type: "line", name: `gap: ${g.k}`, x: g.ks, y: Array.from(g.gaps) },
          { type: "rule", x: truth, label: "truth" },
        ],
        {
          title: `elbow ${e.k}, silhouette ${s.k}, gap ${g.k}`,
          x: { label: "K" },
          alt: `Inertia, silhouette and gap for 1 to 8 groups: they choose ${e.k}, ${s.k} and ${g.k}; the truth is ${truth}.`,
        },
      ),
    );
    const five = data(5, 0.8);
    lab.check("three groups equally far apart: elbow", elbow(data(3, 0.8), options).k, { equals: 3 });
    lab.check("five groups of which three stand together: the elbow sees fewer", elbow(five, options).k, {
      below: 5,
    });
    lab.check("five clear groups: silhouette", silhouetteSweep(five, options).k, { equals: 5 });
    lab.check("five clear groups: gap statistic", gapStatistic(five, { ...options, nReferences: 8 }).k, {
      equals: 5,
    });
    const random = lab.random();
    const flat = Matrix.zeros(150, 2).map(() => random.uniform());
    lab.check(
      "no groups at all: gap statistic",
      gapStatistic(flat, { ...options, maxClusters: 6, nReferences: 15 }).k,
      { atMost: 2 },
    );
    const none = silhouetteSweep(flat, options);
    lab.check("no groups at all: best silhouette", Math.max(...none.scores), { below: 0.5 });
    lab.check("silhouette of the five clear groups", Math.max(...silhouetteSweep(five, options).scores), {
      above: 0.7,
    });
    const falls = elbow(flat, options).inertias;
    lab.check(
      "inertia falls with K even there: rises in 7 steps",
      range(7).filter((i) => falls[i + 1]! >= falls[i]!).length,
      { equals: 0 },
    );
  },
});
