import { KMeans } from "whetstone/cluster";
import { makeBlobs, makeCircles } from "whetstone/data";
import {
  adjustedRandIndex,
  calinskiHarabasz,
  daviesBouldin,
  normalizedMutualInfo,
  randIndex,
  silhouetteSamples,
  silhouetteScore,
} from "whetstone/metrics";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "cluster/clustering-metrics",
  title: "Scores of clusterings: with labels and without",
  formula: String.raw`s=\frac{b-a}{\max(a,b)},\quad DB=\frac1K\sum_k\max_{l\ne k}\frac{\sigma_k+\sigma_l}{\lVert\mu_k-\mu_l\rVert},\quad ARI=\frac{RI-\mathbb E RI}{\max-\mathbb E RI}`,
  ask: "How do you score a clustering with and without known labels, and what do the scores reward?",
  answer:
    "Without labels: silhouette (own group against the nearest other, up to 1) and Davies–Bouldin (spread over separation, low is good). Both like round, separated groups. With labels: adjusted Rand index, agreement over pairs of rows less what chance gives: 1 for the same grouping, about 0 for a random one.",
  pitfall:
    "The plain Rand index and mutual information are high for random labels with many groups. And a good silhouette can go with a wrong answer: on rings k-means scores well and the truth badly.",
  level: "medium",
  whenNot:
    "With groups of odd shape, silhouette and Davies–Bouldin punish the right answer. With real labels at hand and a prediction to make, train a classifier and score that.",
  followUps: [
    {
      ask: "What does an adjusted Rand index of −0.05 mean?",
      answer:
        "Slightly less agreement than chance expects: noise. It is bounded below at −0.5 for extreme cases; 0 is the level of random labels with the same group sizes.",
    },
    {
      ask: "Homogeneity and completeness: what do they separate?",
      answer:
        "Homogeneous: each group holds one class. Complete: each class sits in one group. Splitting everything makes the first 1, merging all makes the second 1; the V-measure is their harmonic mean.",
    },
  ],
  derivation: String.raw`The Rand index counts pairs of rows treated alike (together in both, or apart in both). With many groups nearly all pairs are apart in both, so even random labels score near one.

Fix the sizes $a_i$ and $b_j$ of the groups and shuffle the labels. The expected number of pairs together in both is $\sum_i\binom{a_i}2\sum_j\binom{b_j}2\big/\binom n2$. Subtracting it, and dividing by the maximum less it, gives 0 for chance and 1 for equal groupings: ARI.

Silhouette: in a tight group $a\ll b$, so $s=1-a/b$ is near 1; on the border $a=b$ and $s=0$; a row in the wrong group has $a>b$ and $s<0$. On rings $a$ is of the order of the ring's own diameter, more than the gap to the next ring: the truth scores badly.`,
  covers: ["cluster/clustering-metrics"],
  verifiedAgainst: ["scikit-learn 1.2 metrics.cluster", "pair counts by hand"],
  budget: "quick",
  controls: {
    k: slider(2, 10, 4, { label: "groups K" }),
    spread: slider(0.3, 3, 1, { label: "spread", step: 0.1 }),
  },
  run(lab, { k, spread }) {
    const { X, y } = makeBlobs({ nSamples: 200, centers: 4, clusterStd: spread, seed: lab.seed });
    const labels = Array.from(new KMeans({ nClusters: k, nInit: 5 }).fit(X).labels);
    const s = silhouetteSamples(X, labels);
    const order = range(200).sort((a, b) => labels[a]! - labels[b]! || s[b]! - s[a]!);
    lab.plot(
      figure(
        range(k).map((g) => ({
          type: "boxes" as const,
          name: `group ${g}`,
          x0: order.flatMap((i, at) => (labels[i] === g ? [at] : [])),
          x1: order.flatMap((i, at) => (labels[i] === g ? [at + 1] : [])),
          y: order.flatMap((i) => (labels[i] === g ? [s[i]!] : [])),
        })),
        {
          title: `mean silhouette ${silhouetteScore(X, labels).toFixed(2)}`,
          x: { label: "rows by group" },
          y: { label: "silhouette" },
          alt: `Silhouettes of 200 rows in ${k} groups; negative bars are rows nearer to another group.`,
        },
      ),
    );
    const mean = s.reduce((a, b) => a + b, 0) / 200;
    lab.check("score against the mean of the rows", silhouetteScore(X, labels), {
      equals: mean,
      within: 1e-12,
    });
    const d = (i: number, j: number) => Math.hypot(X.at(i, 0) - X.at(j, 0), X.at(i, 1) - X.at(j, 1));
    const meanTo = (g: number) => {
      const rows = range(200).filter((j) => labels[j] === g && j !== 7);
      return rows.reduce((t, j) => t + d(7, j), 0) / rows.length;
    };
    const a = meanTo(labels[7]!);
    const b = Math.min(
      ...range(k)
        .filter((g) => g !== labels[7] && labels.includes(g))
        .map(meanTo),
    );
    lab.check("silhouette of one row by hand", s[7]!, {
      equals: labels.filter((l) => l === labels[7]).length === 1 ? 0 : (b - a) / Math.max(a, b),
      within: 1e-9,
    });
    const tight = makeBlobs({
      nSamples: 200,
      centers: [
        [0, 0],
        [10, 0],
        [0, 10],
        [10, 10],
      ],
      clusterStd: 0.5,
      seed: lab.seed,
    });
    const loose = makeBlobs({
      nSamples: 200,
      centers: [
        [0, 0],
        [10, 0],
        [0, 10],
        [10, 10],
      ],
      clusterStd: 4,
      seed: lab.seed,
    });
    lab.check("silhouette: separated groups", silhouetteScore(tight.X, tight.y), { above: 0.8 });
    lab.check("silhouette falls when they overlap", silhouetteScore(loose.X, loose.y), { below: 0.5 });
    lab.check("Davies–Bouldin: separated groups (low is good)", daviesBouldin(tight.X, tight.y), {
      below: 0.3,
    });
    lab.check("Davies–Bouldin: overlapping groups", daviesBouldin(loose.X, loose.y), { above: 0.5 });
    lab.check(
      "Calinski–Harabasz: separated over overlapping",
      calinskiHarabasz(tight.X, tight.y) / calinskiHarabasz(loose.X, loose.y),
      { above: 10 },
    );
    lab.check(
      "adjusted Rand: names of groups do not matter",
      adjustedRandIndex(
        y,
        y.map((g) => `g${3 - g}`),
      ),
      { equals: 1 },
    );
    const random = lab.random();
    const by = (f: (p: readonly number[], q: readonly number[]) => number) =>
      range(30).reduce(
        (t) =>
          t +
          f(
            y,
            range(200).map(() => random.int(20)),
          ) /
            30,
        0,
      );
    const [chance, plain, shared] = [by(adjustedRandIndex), by(randIndex), by(normalizedMutualInfo)];
    lab.check("random labels in 20 groups: adjusted Rand", chance, { between: [-0.02, 0.02] });
    lab.check("random labels in 20 groups: plain Rand", plain, { above: 0.6 });
    lab.check("random labels in 20 groups: normalised mutual information", shared, { above: 0.05 });
    const rings = makeCircles({ nSamples: 200, noise: 0.03, factor: 0.4, seed: lab.seed });
    const cut = Array.from(new KMeans({ nClusters: 2 }).fit(rings.X).labels);
    lab.check(
      "rings: silhouette of k-means less that of the truth",
      silhouetteScore(rings.X, cut) - silhouetteScore(rings.X, rings.y),
      { above: 0 },
    );
    lab.check("rings: adjusted Rand of k-means", adjustedRandIndex(rings.y, cut), { below: 0.1 });
  },
});
