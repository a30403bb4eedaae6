import { makeMoons } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { accuracy } from "whetstone/metrics";
import { KNeighborsClassifier, KNeighborsRegressor, NeighborSearch } from "whetstone/neighbors";
import {
  card,
  choice,
  dataset,
  field,
  figure,
  type Lab,
  type LabData,
  labelsOf,
  mistakesOnTable,
  range,
  scaled,
  slider,
} from "../../index.ts";

/** On a table: what holds on any data. */
function onTable(
  lab: Lab,
  data: LabData,
  { k, weights }: { k: number; weights: "uniform" | "distance" },
): void {
  const [Z, y] = [scaled(data), labelsOf(data)];
  const model = new KNeighborsClassifier({ nNeighbors: Math.min(k, y.length), weights }).fit(Z, y);
  const said = model.predict(Z);
  const proba = model.predictProba(Z);
  mistakesOnTable(lab, data, said, `${k} neighbours on scaled columns`, proba);
  const { distances } = new NeighborSearch(Z).kNeighbors(Z, 2);
  lab.check(
    "every row is its own nearest: largest distance",
    Math.max(...range(y.length).map((i) => distances[2 * i]!)),
    {
      atMost: 1e-6,
    },
  );
}

export default card({
  id: "neighbors/knn",
  title: "Nearest neighbours vote, until there are too many columns",
  formula: String.raw`\hat y(x)=\operatorname{mode}\{y_i: i\in N_k(x)\}\quad\text{or}\quad\frac1k\sum_{i\in N_k(x)}y_i`,
  ask: "How does k-nearest neighbours predict a class and a number, and when does it stop working?",
  answer:
    "It keeps the training rows. For a new row it finds the k closest and takes their majority class, or their mean target. Small k follows noise, large k blurs. With many columns all distances become alike, so the nearest rows are no longer near and the vote carries less and less.",
  pitfall:
    "Distance has units: unscaled, the column with the largest numbers decides alone. And all cost falls on prediction: every query searches the training rows.",
  level: "easy",
  whenNot:
    "With many noisy columns, unscaled units, or tight limits on prediction time: take trees or a linear model. For a learned distance, embed first and search there.",
  followUps: [
    {
      ask: "How do you choose k?",
      answer:
        "By cross-validation, with scaled columns. An odd k avoids ties between two classes. Small k has high variance, large k high bias; k = n always says the majority.",
    },
    {
      ask: "How good can one nearest neighbour be?",
      answer:
        "With endless data its error rate is at most twice the Bayes error (Cover and Hart): it errs when two labels drawn at nearly one point differ, 2η(1 − η) ≤ 2·min(η, 1 − η).",
    },
  ],
  derivation: String.raw`Near $x$ the chance of class 1 is close to $\eta(x)$ if it changes slowly. The $k$ nearest rows are then about $k$ draws with that chance: their share estimates it with variance $\eta(1-\eta)/k$, and the majority is the class with the larger estimate. For numbers the mean of $k$ has variance $\sigma^2/k$.

The price is bias: the $k$ rows lie at a distance that grows with $k$, where $\eta$ may differ.

With $d$ independent columns of equal spread the squared distance is a sum of $d$ terms: mean $d\mu$, deviation $\sqrt d\,s$. The relative spread $\frac{s}{\mu\sqrt d}$ goes to 0, so nearest and furthest become alike. If one column decides and 99 are noise, it contributes one term of a hundred, and the neighbours are close to random rows.`,
  covers: ["neighbors/knn"],
  answers: ["q-a-500"],
  verifiedAgainst: ["scikit-learn 1.2 neighbours and votes", "all pairs of distances"],
  budget: "quick",
  controls: {
    data: dataset(["simulated", "iris", "wine", "breast cancer"], "classes"),
    k: slider(1, 40, 7, { label: "neighbours k" }),
    weights: choice(["uniform", "distance"], "uniform", { label: "weights" }),
    noise: slider(0.05, 0.5, 0.25, { label: "noise", step: 0.05, simulated: true }),
  },
  run(lab, { data, k, weights, noise }) {
    if (data) {
      onTable(lab, data, { k, weights });
      return;
    }
    const { X, y } = makeMoons({ nSamples: 200, noise, seed: lab.seed });
    const model = new KNeighborsClassifier({ nNeighbors: k, weights }).fit(X, y);
    const side = 32;
    const grid = Matrix.from(
      range(side * side).map((c) => [
        -1.8 + ((c % side) + 0.5) * (4.6 / side),
        -1.3 + (Math.floor(c / side) + 0.5) * (3.1 / side),
      ]),
    );
    const p = model.predictProba(grid).col(1);
    const cell = (x: number, z: number) =>
      p[
        Math.min(side - 1, Math.floor(((z + 1.3) / 3.1) * side)) * side +
          Math.min(side - 1, Math.floor(((x + 1.8) / 4.6) * side))
      ]!;
    lab.plot(
      figure(
        [
          field(cell, [-1.8, 2.8], [-1.3, 1.8], { resolution: side, centre: 0.5 }),
          { type: "points", x: Array.from(X.col(0)), y: Array.from(X.col(1)), group: y.map(String), size: 2 },
        ],
        {
          title: `share of class 1 among ${k} neighbours`,
          square: true,
          alt: `Two crescents and the share of votes over the plane: with ${k} neighbours the border is ${k < 4 ? "ragged, with islands" : "smooth"}.`,
        },
      ),
    );
    // The same by hand: sort all distances.
    const own = new KNeighborsClassifier({ nNeighbors: 5 }).fit(X, y);
    const value = new KNeighborsRegressor({ nNeighbors: 5 }).fit(X, y);
    const near = (i: number) =>
      range(200)
        .map((j) => ({ j, d: (X.at(i, 0) + 0.1 - X.at(j, 0)) ** 2 + (X.at(i, 1) - X.at(j, 1)) ** 2 }))
        .sort((a, b) => a.d - b.d || a.j - b.j)
        .slice(0, 5)
        .map(({ j }) => j);
    const asked = X.map((v, at) => v + (at % 2 === 0 ? 0.1 : 0));
    const found = new NeighborSearch(X).kNeighbors(asked, 5).indices;
    const wrong = range(200).filter((i) => near(i).some((j, q) => found[5 * i + q] !== j)).length;
    lab.check("rows whose 5 neighbours differ from sorting all distances", wrong, { equals: 0 });
    const votes = own.predict(asked);
    lab.check(
      "predictions that are not the majority of the five",
      range(200).filter((i) => votes[i] !== (near(i).filter((j) => y[j] === 1).length >= 3 ? 1 : 0)).length,
      { equals: 0 },
    );
    const means = value.predict(asked);
    lab.check(
      "regression: largest gap to the mean of the five",
      Math.max(...range(200).map((i) => Math.abs(means[i]! - near(i).reduce((s, j) => s + y[j]! / 5, 0)))),
      { atMost: 1e-12 },
    );
    // More columns: noise beside one useful column.
    const random = lab.random("columns");
    const dims = [1, 2, 5, 20, 100];
    const scores: number[] = [];
    const ratios: number[] = [];
    for (const d of dims) {
      const draw = () => {
        const rows = Matrix.zeros(250, d).map(() => random.normal());
        return { rows, labels: range(250).map((i) => (rows.at(i, 0) > 0 ? 1 : 0)) };
      };
      const [train, test] = [draw(), draw()];
      scores.push(
        accuracy(test.labels, new KNeighborsClassifier().fit(train.rows, train.labels).predict(test.rows)),
      );
      const all = new NeighborSearch(train.rows).kNeighbors(test.rows, 250).distances;
      ratios.push(range(250).reduce((s, i) => s + all[250 * i]! / all[250 * i + 249]! / 250, 0));
    }
    lab.plot(
      figure(
        [
          { type: "line", name: "accuracy", x: dims, y: scores },
          { type: "line", name: "nearest / furthest distance", x: dims, y: ratios },
        ],
        {
          title: "One useful column, the rest noise",
          x: { label: "columns", scale: "log" },
          alt: "With more columns accuracy falls towards one half, and the nearest row is nearly as far as the furthest.",
        },
      ),
    );
    lab.check("accuracy with 1 column", scores[0]!, { atLeast: 0.95 });
    lab.check("accuracy with 100 columns", scores[4]!, { atMost: 0.75 });
    lab.check("100 columns: nearest distance over furthest", ratios[4]!, { above: 0.5 });
  },
});
