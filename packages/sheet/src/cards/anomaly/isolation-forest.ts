import { averagePathLength, IsolationForest } from "whetstone/anomaly";
import { HistGradientBoostingClassifier } from "whetstone/ensemble";
import { Matrix, type RandomStream } from "whetstone/math";
import { averagePrecision } from "whetstone/metrics";
import {
  card,
  dataset,
  figure,
  histogram,
  type Lab,
  type LabData,
  range,
  region,
  scaled,
  slider,
  tableMap,
} from "../../index.ts";

/** Two clusters of usual rows, and strange ones beside them. */
const draw = (random: RandomStream, usual: number, strange: number, distance: number) => {
  const rows = range(usual + strange).map((i) => {
    if (i < usual) {
      const side = i % 2 === 0 ? 1 : -1;
      return [2 * side + 0.6 * random.normal(), side + 0.6 * random.normal()];
    }
    const angle = 2 * Math.PI * random.uniform();
    return [distance * Math.cos(angle), distance * Math.sin(angle)];
  });
  return { X: Matrix.from(rows), y: range(usual + strange).map((i) => (i < usual ? 0 : 1)) };
};

/** On a table: what holds on any data. */
function onTable(lab: Lab, data: LabData, { trees, samples }: { trees: number; samples: number }): void {
  const Z = scaled(data);
  const maxSamples = Math.min(samples, Z.rows);
  const model = new IsolationForest({ nEstimators: trees, maxSamples, seed: lab.seed }).fit(Z);
  const score = Array.from(model.scoreSamples(Z), (s) => -s);
  const cut = score.slice().sort((a, b) => b - a)[Math.min(9, Z.rows - 1)]!;
  lab.plot(
    tableMap(
      Z,
      score.map((s) => (s >= cut ? "ten strangest" : "others")),
      {
        title: `${data.name}: the rows that are soonest alone`,
        alt: `Rows of ${data.name} on two principal axes with the ten of highest score marked.`,
      },
    ),
  );
  const paths = model.pathLengths(Z);
  lab.check("lowest score", Math.min(...score), { above: 0 });
  lab.check("highest score", Math.max(...score), { atMost: 1 });
  lab.check(
    "scores against 2^(−path / c(m)), largest gap",
    Math.max(...score.map((s, i) => Math.abs(s - 2 ** (-paths[i]! / averagePathLength(maxSamples))))),
    { atMost: 1e-6 },
  );
}

export default card({
  id: "anomaly/isolation-forest",
  title: "What is strange is soon alone",
  formula: String.raw`s(x)=2^{-\mathbb E\,h(x)/c(m)},\qquad c(m)=2\Big(\ln(m-1)+\gamma\Big)-\frac{2(m-1)}m`,
  ask: "How does an isolation forest score rows, and when is it the tool for rare positives?",
  answer:
    "Trees split a random column at a random threshold. A row in a crowd needs many splits to stand alone, a strange one few; its mean path length, against c(m) for m rows, gives the score. It needs no labels: take it when positives are too few to learn from, or will look new next time.",
  pitfall:
    "Rare is not strange. With enough labelled positives a weighted classifier wins, and an isolation forest flags whatever is far out, positive or not.",
  level: "medium",
  whenNot:
    "With labels that cover the positives, a weighted classifier. When rows are odd only in how columns go together, an autoencoder or Mahalanobis distance; locally odd rows, LOF.",
  followUps: [
    {
      ask: "Why sample only 256 rows per tree?",
      answer:
        "Small samples thin out the crowd, so anomalies that lie in clumps no longer hide each other or blend with usual rows. Trees also become short and cheap.",
    },
    {
      ask: "What does a score of 0.5 mean?",
      answer:
        "The mean path is c(m), that of an average row. Near 1 the row is alone after very few splits; well below 0.5 it lies deep in a crowd. It is no probability.",
    },
  ],
  derivation: String.raw`Let every split of $m$ rows fall into each of the $m-1$ gaps with equal chance, as in a random binary search tree, and let $E_m$ be the mean sum of the leaves' depths. Each split adds 1 to all $m$ leaves, and the parts have $j$ and $m-j$ rows: $E_m=m+\frac2{m-1}\sum_{j=1}^{m-1}E_j$.

Multiply by $m-1$ and subtract the same for $m-1$: $(m-1)E_m=m\,E_{m-1}+2(m-1)$. Divided by $m(m-1)$: $\frac{E_m}m=\frac{E_{m-1}}{m-1}+\frac2m$, with $E_1=0$. So the mean depth is $\sum_{j=2}^m\frac2j=2(H_m-1)$, and as $H_m=H_{m-1}+\frac1m$, this is $c(m)=2H_{m-1}-\frac{2(m-1)}m$. With $H_{m-1}\approx\ln(m-1)+\gamma$ it is the formula above; $c(256)=10.24$.

Real thresholds are uniform in value, not in rank: wide gaps are cut sooner. So rows behind a wide gap come out early, which is the point, and $c(m)$ is only the scale against which a path is read. $2^{-h/c}$ turns depth 0 into 1 and depth $c$ into $\frac12$.`,
  covers: ["anomaly/isolation-forest", "claim-b-056"],
  verifiedAgainst: ["scikit-learn 1.2 IsolationForest, 2000 trees, 0.01", "harmonic numbers"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer", "diabetes"], "none", { seeded: true }),
    trees: slider(5, 150, 100, { label: "trees" }),
    samples: slider(16, 256, 128, { label: "rows per tree", step: 16 }),
    distance: slider(2, 8, 5, { label: "how far out strange rows lie", step: 0.5, simulated: true }),
  },
  run(lab, { data, trees, samples, distance }) {
    if (data) {
      onTable(lab, data, { trees, samples });
      return;
    }
    const random = lab.random();
    const { X, y } = draw(random, 300, 8, distance);
    const model = new IsolationForest({ nEstimators: trees, maxSamples: samples, seed: lab.seed }).fit(X);
    const score = (G: Matrix) => model.scoreSamples(G).map((s) => -s);
    lab.plot(
      figure(
        [
          region(score, [-9, 9], [-9, 9], { resolution: 50, centre: 0.5 }),
          {
            type: "points",
            x: Array.from(X.col(0)),
            y: Array.from(X.col(1)),
            group: y.map((v) => (v === 1 ? "strange" : "usual")),
            size: 2,
          },
        ],
        {
          title: `Score of ${trees} trees: above 0.5 is strange`,
          x: { label: "x0" },
          y: { label: "x1" },
          square: true,
          alt: "The anomaly score is low on the two clusters and rises away from them, in bands along the axes.",
        },
      ),
    );
    const h = model.pathLengths(X);
    const part = (k: number) => Array.from(h).filter((_, i) => y[i] === k);
    lab.plot(
      figure(
        [
          histogram(part(0), { bins: 24, density: true, name: "usual" }),
          { type: "points", name: "strange", x: part(1), y: part(1).map(() => 0.02), size: 5 },
          { type: "rule", x: averagePathLength(Math.min(samples, 308)), label: "c(m)" },
        ],
        {
          title: "Mean path length until a row is alone",
          x: { label: "splits" },
          y: { label: "density" },
          alt: "Paths of strange rows are short, those of usual rows gather around c(m).",
        },
      ),
    );
    const far = draw(random, 300, 8, 6);
    const fitted = new IsolationForest({ seed: lab.seed }).fit(far.X);
    const paths = fitted.pathLengths(far.X);
    const mean = (k: number) => {
      const own = Array.from(paths).filter((_, i) => far.y[i] === k);
      return own.reduce((a, b) => a + b, 0) / own.length;
    };
    lab.check("mean path of strange rows, of usual ones", mean(1) / mean(0), { below: 0.75 });
    lab.check(
      "average precision of the ranking, without labels",
      averagePrecision(
        far.y,
        Array.from(fitted.scoreSamples(far.X), (s) => -s),
      ),
      {
        above: 0.9,
      },
    );
    const one = fitted.scoreSamples([[6, -6]])[0]!;
    lab.check("score from the path length", -one, {
      equals: 2 ** (-fitted.pathLengths([[6, -6]])[0]! / averagePathLength(256)),
      relative: 1e-12,
    });
    // 0.1 % positives that hide inside the crowd: the forest is blind to them, a weighted classifier is not.
    const hidden = (n: number, rare: number) => {
      const X0 = Matrix.zeros(n, 2).map(() => random.normal());
      for (let i = 0; i < rare; i++)
        X0.data.set([0.9 + 0.05 * random.normal(), 0.9 + 0.05 * random.normal()], 2 * i);
      return { X: X0, y: range(n).map((i) => (i < rare ? 1 : 0)) };
    };
    const train = hidden(6000, 40);
    const test = hidden(6000, 6);
    const weighted = new HistGradientBoostingClassifier({
      maxIter: 30,
      classWeight: "balanced",
      minSamplesLeaf: 5,
    }).fit(train.X, train.y);
    const supervised = averagePrecision(test.y, Array.from(weighted.predictProba(test.X).col(1)));
    const blind = averagePrecision(
      test.y,
      Array.from(new IsolationForest({ seed: lab.seed }).fit(train.X).scoreSamples(test.X), (s) => -s),
    );
    lab.check("positives inside the crowd, average precision: 40 labels", supervised, { above: 0.02 });
    lab.check("isolation forest on the same rows", blind, { below: 0.01 });
  },
});
