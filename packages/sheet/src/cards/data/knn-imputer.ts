import { KNNImputer, makeMissing, SimpleImputer } from "whetstone/data";
import { Matrix } from "whetstone/math";
import { rmse } from "whetstone/metrics";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/knn-imputer",
  title: "Nearest-neighbour filling helps if the neighbours see the cause",
  formula: String.raw`\hat x_{ij}=\frac1k\sum_{l\in N_k(i)}x_{lj},\qquad d(i,l)^2=\frac{D}{|S|}\sum_{m\in S}(x_{im}-x_{lm})^2`,
  ask: "When is a nearest-neighbour imputer the right tool, and when is it no better than the mean?",
  answer:
    "When gaps depend on columns you see (MAR) and those columns also tell something about the missing one: similar rows then have similar values. If the other columns are unrelated, neighbours are random rows and the mean is better. Distance has units: scale first.",
  pitfall:
    "Under MNAR the neighbours with the same covariates are still the ones that were observed, so the fill stays biased. And cost grows with rows to fill times training rows.",
  level: "medium",
  whenNot:
    "With many columns (all rows are about equally far), many rows (each fill is a search), unrelated columns or MNAR. If the relation is linear, regressions do better from the same rows.",
  followUps: [
    {
      ask: "How is a distance taken between rows with different gaps?",
      answer:
        "Over the columns both have, scaled up by $D/|S|$ as if the rest behaved alike. Rows that share few columns get noisy distances.",
    },
    {
      ask: "How does one choose k?",
      answer:
        "Hide some known values at random, fill them, and take the k with the smallest error. Small k copies noise, large k tends to the mean.",
    },
  ],
  derivation: String.raw`The fill is a local average, $\hat x_{ij}=\frac1k\sum_{l\in N_k(i)}x_{lj}$: an estimate of $\mathbb E[x_j\mid\text{seen}]$ at this row. With $k$ neighbours its noise variance is $\sigma^2/k$, plus the squared change of the mean across the neighbourhood.

Under MAR missing and seen rows at the same place have the same conditional mean, so local averages are right where the overall mean is not: the gaps sit where $x_j$ is high or low.

If the seen columns say nothing about $x_j$, the neighbours are $k$ random rows. The error variance is then $\sigma^2(1+1/k)$ against $\sigma^2(1+1/n)$ for the mean: worse by nearly $1/k$.`,
  covers: ["data/knn-imputer", "claim-a-055"],
  answers: ["q-a-229"],
  verifiedAgainst: ["scikit-learn 1.2 KNNImputer", "known values under simulated gaps"],
  budget: "quick",
  controls: {
    k: slider(1, 40, 10, { label: "neighbours k" }),
    relation: slider(0, 0.99, 0.9, { label: "correlation with the seen column", step: 0.01 }),
    mechanism: choice(["mar", "mcar", "mnar"], "mar", { label: "mechanism" }),
  },
  run(lab, { k, relation, mechanism }) {
    const random = lab.random();
    const n = 500;
    const draw = (rho: number) => {
      const seen = range(n).map(() => random.normal());
      return Matrix.from(seen.map((s) => [s, rho * s + Math.sqrt(1 - rho ** 2) * random.normal()]));
    };
    const fill = (full: Matrix, how: "mar" | "mcar" | "mnar", neighbours: number) => {
      const { X, mask } = makeMissing(full, {
        mechanism: how,
        rate: 0.4,
        strength: 2,
        columns: [1],
        driver: how === "mar" ? 0 : null,
        seed: lab.seed,
      });
      const gone = range(n).filter((i) => mask[2 * i + 1] === 1);
      const truth = gone.map((i) => full.at(i, 1));
      const by = (spec: KNNImputer | SimpleImputer) => {
        const Z = spec.fit(X).transform(X);
        return gone.map((i) => Z.at(i, 1));
      };
      const knn = by(new KNNImputer({ nNeighbors: neighbours }));
      const flat = by(new SimpleImputer());
      const bias = (values: number[]) => values.reduce((s, v, i) => s + v - truth[i]!, 0) / truth.length;
      return {
        X,
        gone,
        truth,
        knn,
        flat,
        knnError: rmse(truth, knn),
        meanError: rmse(truth, flat),
        bias: bias(knn),
      };
    };
    const full = draw(relation);
    const own = fill(full, mechanism, k);
    const kept = range(n).filter((i) => !own.gone.includes(i));
    lab.plot(
      figure(
        [
          {
            type: "points",
            name: "observed",
            x: kept.map((i) => full.at(i, 0)),
            y: kept.map((i) => full.at(i, 1)),
            size: 1.5,
          },
          {
            type: "points",
            name: `filled by ${k} neighbours`,
            x: own.gone.map((i) => full.at(i, 0)),
            y: own.knn,
            size: 2.5,
          },
          {
            type: "points",
            name: "truth of the gaps",
            x: own.gone.map((i) => full.at(i, 0)),
            y: own.truth,
            size: 1.5,
          },
          { type: "rule", name: "mean fill", y: own.flat[0]! },
        ],
        {
          title: `error of the fill: ${own.knnError.toFixed(2)} neighbours, ${own.meanError.toFixed(2)} mean`,
          x: { label: "seen column" },
          y: { label: "column with gaps" },
          alt: `Observed rows, filled rows and their hidden truth: neighbour fills follow the relation of the two columns, the mean is one flat line.`,
        },
      ),
    );
    const strong = draw(0.9);
    const mar = fill(strong, "mar", 10);
    lab.check("MAR, cause and value related: error of neighbours over mean", mar.knnError / mar.meanError, {
      below: 0.7,
    });
    const blind = fill(draw(0), "mcar", 5);
    lab.check("unrelated column: the same ratio", blind.knnError / blind.meanError, { above: 1.02 });
    const mnar = fill(draw(0.5), "mnar", 10);
    lab.check("MNAR: large values are missing, neighbours fill too low by", -mnar.bias, { above: 0.3 });
    // Units: a second, unrelated column in large units drowns the useful one.
    const noisy = Matrix.from(
      range(n).map((i) => [strong.at(i, 0), strong.at(i, 1), 1000 * random.normal()]),
    );
    const holes = makeMissing(noisy, { rate: 0.3, columns: [1], seed: lab.seed });
    const gone = range(n).filter((i) => holes.mask[3 * i + 1] === 1);
    const error = (unit: number) => {
      const scaled = Matrix.from(
        range(n).map((i) => [holes.X.at(i, 0), holes.X.at(i, 1), holes.X.at(i, 2) * unit]),
      );
      const Z = new KNNImputer().fit(scaled).transform(scaled);
      return rmse(
        gone.map((i) => noisy.at(i, 1)),
        gone.map((i) => Z.at(i, 1)),
      );
    };
    lab.check(
      "an unrelated column in units of 1000: error over that with units of 1",
      error(1) / error(1e-3),
      {
        above: 1.2,
      },
    );
    const small = new KNNImputer({ nNeighbors: 2 }).fit([
      [0, 1],
      [1, 3],
      [9, 50],
    ]);
    lab.check("two nearest of three by hand", small.transform([[0.4, Number.NaN]]).at(0, 1), { equals: 2 });
  },
});
