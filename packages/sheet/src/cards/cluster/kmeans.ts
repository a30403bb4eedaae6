import { KMeans } from "whetstone/cluster";
import { makeBlobs } from "whetstone/data";
import {
  card,
  choice,
  dataset,
  figure,
  type Lab,
  type LabData,
  range,
  scaled,
  slider,
  tableMap,
} from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(
  lab: Lab,
  data: LabData,
  { k, init, rounds }: { k: number; init: "k-means++" | "random"; rounds: number },
): void {
  const Z = scaled(data);
  const spec = new KMeans({ nClusters: k, init, nInit: 1, seed: lab.seed, tol: 0 });
  const model = spec.fit(Z);
  const now = spec.with({ maxIter: rounds }).fit(Z, null, { onWarning() {} });
  lab.plot(
    tableMap(
      Z,
      Array.from(now.labels, (c) => `group ${c}`),
      {
        title: `${data.name} after ${rounds} rounds, inertia ${now.inertia.toFixed(0)}`,
        alt: `Rows of ${data.name} on two principal axes, coloured by their group of ${k}.`,
      },
    ),
  );
  const history = Array.from(model.history);
  lab.plot(
    figure(
      [{ type: "line", x: range(Math.min(rounds + 1, history.length)), y: history.slice(0, rounds + 1) }],
      {
        title: "inertia falls at every step",
        x: { label: "iteration", domain: [0, Math.max(1, history.length - 1)] },
        y: { label: "inertia" },
        alt: "Inertia by iteration: it only falls.",
      },
    ),
  );
  lab.check(
    "largest rise of the inertia in any step, relative",
    Math.max(...history.slice(1).map((v, i) => (v - history[i]!) / history[0]!), 0),
    { atMost: 1e-12 },
  );
  const c = model.clusterCenters;
  const away = range(Z.rows).filter((i) => {
    const d = range(k).map((q) => Math.hypot(...Z.row(i).map((v, j) => v - c.at(q, j))));
    return d[model.labels[i]!]! > Math.min(...d) + 1e-6;
  });
  lab.check("rows that are not with their nearest centre", away.length, { equals: 0 });
}

export default card({
  id: "cluster/kmeans",
  title: "k-means goes downhill, to a valley that depends on the start",
  formula: String.raw`\min_{\mu}\sum_i\min_k\lVert x_i-\mu_k\rVert^2,\qquad P(\text{next seed}=i)\propto\min_k\lVert x_i-\mu_k\rVert^2`,
  ask: "Which two steps does k-means alternate, when does it stop, and why does the start matter?",
  answer:
    "Assign each row to the nearest centre; move each centre to the mean of its rows. Neither step can raise the inertia, so it stops, at a local optimum: O(n·K·d) per iteration. k-means++ draws each next seed in proportion to squared distance, and restarts keep the best run.",
  pitfall:
    "It is not the global optimum, k-means++ is random itself, and inertia always falls with K: it cannot choose K for you. Scale the columns first.",
  level: "easy",
  whenNot:
    "With outliers, long or nested shapes, groups of very different size or density, or categories: DBSCAN, mixtures, k-medoids or k-modes. When no groups exist it still returns K.",
  followUps: [
    {
      ask: "What does k-means++ guarantee?",
      answer: String.raw`Its expected inertia, before any step, is at most $8(\ln K+2)$ times the optimum. In practice it is far closer; the later steps only improve it.`,
    },
    {
      ask: "What happens to a centre that loses all its rows?",
      answer:
        "Its mean is not defined. Implementations move it to the row farthest from its centre, or draw it anew; leaving it is a wasted group.",
    },
  ],
  derivation: String.raw`Write $J(z,\mu)=\sum_i\lVert x_i-\mu_{z_i}\rVert^2$. For fixed $\mu$ each row's term is least at its nearest centre. For fixed $z$ set the derivative to zero: $\sum_{i:z_i=k}(x_i-\mu_k)=0$, so $\mu_k$ is the mean. Neither step raises $J$.

There are finitely many assignments, and $J$ strictly falls whenever an assignment changes (ties kept), so the loop ends. It ends at a point where neither step helps, which need not be the best: the problem is NP-hard.

k-means++: a row in a group without a centre has a large $\min_k\lVert x-\mu_k\rVert^2$, so the next seed is likely to fall there. A random start puts two seeds in one group of $K$ equal ones almost always.`,
  covers: ["cluster/kmeans", "claim-a-046", "claim-b-064"],
  answers: ["q-a-501"],
  verifiedAgainst: [
    "scikit-learn 1.2 KMeans from the same starts",
    "all 2-groupings of 9 rows by brute force",
  ],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "none", { seeded: true }),
    k: slider(2, 12, 6, { label: "centres K" }),
    init: choice(["k-means++", "random"], "random", { label: "start" }),
    rounds: slider(1, 20, 20, { label: "rounds of assigning and moving", play: true }),
    spread: slider(0.3, 2, 0.8, { label: "spread of the groups", step: 0.1, simulated: true }),
  },
  run(lab, { data, k, init, rounds, spread }) {
    if (data) {
      onTable(lab, data, { k, init, rounds });
      return;
    }
    const { X } = makeBlobs({ nSamples: 300, centers: 6, clusterStd: spread, seed: lab.seed });
    const runs = range(6).map((s) => new KMeans({ nClusters: k, init, nInit: 1, seed: s }).fit(X));
    const model = runs.reduce((a, b) => (b.inertia < a.inertia ? b : a));
    const c = model.clusterCenters;
    // The best run again, stopped early: its centres wander as the rounds go on.
    const seed = runs.indexOf(model);
    const stops = range(rounds).map((r) =>
      new KMeans({ nClusters: k, init, nInit: 1, seed, maxIter: r + 1, tol: 0 }).fit(X, null, {
        onWarning() {},
      }),
    );
    const now = stops.at(-1)!;
    lab.plot(
      figure(
        [
          {
            type: "points",
            x: Array.from(X.col(0)),
            y: Array.from(X.col(1)),
            group: Array.from(now.labels, String),
            size: 2,
          },
          ...range(k).map((q) => ({
            type: "line" as const,
            name: "paths of the centres",
            x: stops.map((s) => s.clusterCenters.at(q, 0)),
            y: stops.map((s) => s.clusterCenters.at(q, 1)),
          })),
          {
            type: "points",
            name: "centres",
            x: Array.from(now.clusterCenters.col(0)),
            y: Array.from(now.clusterCenters.col(1)),
            size: 6,
          },
        ],
        {
          title: `best of 6 runs after ${rounds} rounds, inertia ${now.inertia.toFixed(0)}`,
          square: true,
          alt: `300 rows in ${k} groups, each around its centre, and the paths that the centres took.`,
        },
      ),
    );
    lab.plot(
      figure(
        runs.map((r, s) => ({
          type: "line" as const,
          name: `start ${s}`,
          x: range(Math.min(rounds + 1, r.history.length)),
          y: Array.from(r.history.slice(0, rounds + 1)),
        })),
        {
          title: "inertia falls at every step, to different ends",
          x: { label: "iteration" },
          y: { label: "inertia", scale: "log" },
          alt: `Inertia of six runs from ${init} starts: every curve falls, and they end at different heights.`,
        },
      ),
    );
    lab.check(
      "largest rise of the inertia in any step, relative",
      Math.max(
        ...runs.flatMap((r) => Array.from(r.history.slice(1), (v, i) => (v - r.history[i]!) / r.history[0]!)),
        0,
      ),
      { atMost: 1e-12 },
    );
    const wrong = range(300).filter((i) => {
      const d = range(k).map((q) => Math.hypot(X.at(i, 0) - c.at(q, 0), X.at(i, 1) - c.at(q, 1)));
      return d[model.labels[i]!]! > Math.min(...d) + 1e-9;
    });
    lab.check("rows that are not with their nearest centre", wrong.length, { equals: 0 });
    lab.check(
      "inertia against the sum of squared distances",
      range(300).reduce(
        (s, i) =>
          s + (X.at(i, 0) - c.at(model.labels[i]!, 0)) ** 2 + (X.at(i, 1) - c.at(model.labels[i]!, 1)) ** 2,
        0,
      ),
      { equals: model.inertia, relative: 1e-9 },
    );
    const twelve = makeBlobs({ nSamples: 400, centers: 12, clusterStd: 0.3, seed: lab.seed + 5 }).X;
    const ends = (start: "k-means++" | "random") =>
      range(12).map((s) => new KMeans({ nClusters: 12, init: start, nInit: 1, seed: s }).fit(twelve).inertia);
    const [plus, plain] = [ends("k-means++"), ends("random")];
    const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
    lab.check(
      "12 groups: mean inertia from k-means++ over that from random starts",
      mean(plus) / mean(plain),
      { below: 0.7 },
    );
    lab.check(
      "the start decides: worst over best of 12 random starts",
      Math.max(...plain) / Math.min(...plain),
      { above: 1.2 },
    );
    lab.check(
      "k-means++ is random itself: worst over best of its 12 runs",
      Math.max(...plus) / Math.min(...plus),
      { above: 1.0001 },
    );
    const restarts = new KMeans({ nClusters: 12, init: "random", nInit: 10 }).fit(twelve).inertia;
    lab.check("ten restarts over the mean of one", restarts / mean(plain), { below: 1 });
  },
});
