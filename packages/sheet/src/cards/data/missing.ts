import { MissingIndicator, makeMissing, SimpleImputer, Table } from "whetstone/data";
import { LinearRegression } from "whetstone/linear";
import type { Matrix } from "whetstone/math";
import { correlation, mean, variance } from "whetstone/stats";
import { card, choice, figure, histogram, range, slider } from "../../index.ts";

export default card({
  id: "data/missing",
  title: "Why values are missing decides what you may do about it",
  formula: String.raw`P(\text{missing})=\begin{cases}c&\text{MCAR}\\ g(x_{\text{seen}})&\text{MAR}\\ g(x_{\text{missing}})&\text{MNAR}\end{cases}`,
  ask: "What do MCAR, MAR and MNAR mean, and when do dropping rows or filling with the mean do harm?",
  answer:
    "MCAR: the gaps ignore all values. MAR: they depend on values you see. MNAR: on the missing value itself. Dropping rows is unbiased in general under MCAR only. Mean filling then keeps the mean, but takes the share filled from the variance, and weakens correlations. Under MNAR both are biased: model the missingness, or do a sensitivity analysis.",
  pitfall:
    "The mechanism cannot be told from the data alone: MNAR looks like any other set of gaps. “Drop above 70 % missing” is a rule of thumb, not a threshold with a reason.",
  level: "medium",
  whenNot:
    "The three names matter when you estimate. For prediction with gaps that will come alike in use, a flag and native handling in trees often suffice, whatever the mechanism.",
  followUps: [
    {
      ask: "Can a test tell MAR from MNAR?",
      answer:
        "No: the difference lies in values nobody has seen. One can test MCAR against MAR, follow up some missing cases, or show how results change under assumed MNAR shifts.",
    },
    {
      ask: "Under MAR, when is dropping rows still unbiased?",
      answer:
        "In a regression of y on x when missingness depends on x alone and the model is right: the conditional law of y given x is the same among the complete rows.",
    },
  ],
  derivation: String.raw`Let $M=1$ where $x$ is missing. Complete rows have the mean $\mathbb E[x\mid M=0]=\frac{\mathbb E[x\,P(M=0\mid x)]}{P(M=0)}$. Under MCAR the factor $P(M=0\mid x)$ is constant and cancels: no bias. Under MNAR it falls or rises with $x$, and $\mathbb E[x\mid M=0]-\mathbb E[x]=\frac{\operatorname{Cov}(x,P(M=0\mid x))}{P(M=0)}$.

Under MAR the chance depends on a seen $u$: the overall mean is biased if $u$ and $x$ are related, but given $u$ rows with and without $x$ follow the same law. So $\mathbb E[x]=\mathbb E_u\big[\mathbb E[x\mid u,M=0]\big]$: regress on $u$ among the complete rows, predict for all.

Fill a share $r$ of a column with its mean (MCAR): the filled rows add nothing to $\sum(x-\bar x)^2$, so the variance falls to $(1-r)\sigma^2$. The covariance with another column falls to $(1-r)$ of itself too. The correlation divides by one shrunken deviation: $\frac{1-r}{\sqrt{1-r}}=\sqrt{1-r}$ is left, 0.71 at one half.`,
  errata: [
    {
      claim: "claim-a-053",
      claimed: "Drop the rows or columns if more than 70 % is missing or the data are MNAR.",
      truth:
        "MNAR is the case that deletion biases: with a true mean of 0 and large values missing, the complete rows average about −0.6. Deletion is safe under MCAR.",
    },
  ],
  covers: [
    "data/missingness-simulator",
    "data/simple-imputer",
    "data/missing-drop-indicator",
    "claim-a-053",
    "claim-a-054",
    "claim-a-056",
  ],
  answers: ["q-a-537", "q-a-231", "q-a-228", "q-a-232"],
  verifiedAgainst: [
    "scikit-learn 1.2 SimpleImputer and MissingIndicator",
    "known truth of simulated gaps",
    "closed form of the variance after filling",
  ],
  budget: "quick",
  controls: {
    mechanism: choice(["mcar", "mar", "mnar"], "mnar", { label: "mechanism" }),
    rate: slider(0.05, 0.9, 0.5, { label: "share missing", step: 0.05 }),
    strength: slider(0.5, 4, 1.5, { label: "how strongly values decide (MAR, MNAR)", step: 0.5 }),
  },
  run(lab, { mechanism, rate, strength }) {
    const n = 4000;
    const full = lab.random().multivariateNormal(
      [0, 0],
      [
        [1, 0.7],
        [0.7, 1],
      ],
      n,
    );
    const gaps = (how: "mcar" | "mar" | "mnar", share: number) => {
      const { X, mask } = makeMissing(full, {
        mechanism: how,
        rate: share,
        strength,
        columns: [1],
        driver: how === "mar" ? 0 : null,
        seed: lab.seed,
      });
      const kept = range(n).filter((i) => mask[2 * i + 1] === 0);
      const filled = new SimpleImputer({ strategy: "mean" }).fit(X).transform(X);
      return { X, kept, complete: kept.map((i) => full.at(i, 1)), filled };
    };
    const shown = gaps(mechanism, rate);
    const own = shown.filled.col(1);
    lab.plot(
      figure(
        [
          { ...histogram(full.col(1), { bins: 40, name: "truth" }) },
          { ...histogram(shown.complete, { bins: 40, name: "complete rows" }) },
          { type: "rule", x: mean(shown.complete), label: "mean of complete rows" },
        ],
        {
          title: `${mechanism.toUpperCase()}, ${Math.round(100 * rate)} % missing`,
          x: { label: "the column with gaps" },
          y: { label: "rows" },
          alt: `Histogram of the true column and of what is left under ${mechanism}: ${mechanism === "mcar" ? "the same shape, only lower" : "the large values are thinned out and the mean moves left"}.`,
        },
      ),
    );
    const pick = range(400);
    lab.plot(
      figure(
        [
          {
            type: "points",
            x: pick.map((i) => full.at(i, 0)),
            y: pick.map((i) => own[i]!),
            group: pick.map((i) => (Number.isNaN(shown.X.at(i, 1)) ? "filled with the mean" : "observed")),
            size: 2,
          },
        ],
        {
          title: "After mean filling",
          x: { label: "the other column" },
          y: { label: "the filled column" },
          alt: "Scatter of both columns: filled rows lie on one horizontal line, which flattens the relation.",
        },
      ),
    );
    const rows = (["mcar", "mar", "mnar"] as const).map((how) => {
      const { complete, filled } = gaps(how, rate);
      return [
        how.toUpperCase(),
        Number(mean(complete).toFixed(3)),
        Number(mean(filled.col(1)).toFixed(3)),
        Number(variance(filled.col(1)).toFixed(3)),
        Number(correlation(filled.col(0), filled.col(1)).toFixed(3)),
      ] as const;
    });
    lab.table({
      columns: [
        "mechanism",
        "mean, complete rows",
        "mean, filled",
        "variance, filled",
        "correlation, filled",
      ],
      rows: [["truth", 0, 0, 1, 0.7], ...rows],
    });

    const mcar = gaps("mcar", 0.5);
    lab.check("MCAR, half missing: mean of the complete rows", mean(mcar.complete), {
      equals: mean(full.col(1)),
      within: 0.08,
    });
    lab.check(
      "variance after mean filling, as a share",
      variance(mcar.filled.col(1)) / variance(full.col(1)),
      {
        equals: 0.5,
        within: 0.04,
      },
    );
    lab.check(
      "correlation after mean filling, as a share",
      correlation(mcar.filled.col(0), mcar.filled.col(1)) / correlation(full.col(0), full.col(1)),
      {
        equals: Math.SQRT1_2,
        within: 0.06,
      },
    );
    const mnar = makeMissing(full, {
      mechanism: "mnar",
      rate: 0.5,
      strength: 2,
      columns: [1],
      seed: lab.seed,
    });
    lab.check(
      "MNAR, half missing: mean of the complete rows, truth 0",
      mean(Table.fromMatrix(mnar.X, ["a", "b"]).dropMissing().numbers("b")),
      { equals: -0.6, within: 0.1 },
    );
    // MAR: complete rows are biased, but the relation to what is seen is not, so a model can repair it.
    const mar = makeMissing(full, {
      mechanism: "mar",
      rate: 0.5,
      strength: 1.5,
      columns: [1],
      seed: lab.seed,
    });
    const seen = range(n).filter((i) => mar.mask[2 * i + 1] === 0);
    lab.check("MAR: mean of the complete rows is off by", Math.abs(mean(seen.map((i) => full.at(i, 1)))), {
      above: 0.2,
    });
    const fit = new LinearRegression().fit(
      seen.map((i) => [full.at(i, 0)]),
      seen.map((i) => full.at(i, 1)),
    );
    const repaired = range(n).map((i) =>
      mar.mask[2 * i + 1] ? fit.predict([[full.at(i, 0)]])[0]! : full.at(i, 1),
    );
    lab.check(
      "MAR: a regression on the seen column brings it back to within",
      Math.abs(mean(repaired) - mean(full.col(1))),
      {
        below: 0.06,
      },
    );
    // Absence that informs the target: an indicator column recovers it.
    const random = lab.random("target");
    const target = range(n).map(
      (i) => mcar.X.at(i, 0) + (Number.isNaN(mcar.X.at(i, 1)) ? 2 : 0) + 0.5 * random.normal(),
    );
    const r2 = (addIndicator: boolean) => {
      const Z = new SimpleImputer({ addIndicator }).fit(mcar.X).transform(mcar.X) as Matrix;
      const predicted = new LinearRegression().fit(Z, target).predict(Z);
      return correlation(predicted, target) ** 2;
    };
    lab.check("absence adds 2 to the target: R² gained by an indicator column", r2(true) - r2(false), {
      above: 0.3,
    });
    const flags = new MissingIndicator().fit(mcar.X).transform(mcar.X).col(0);
    lab.check(
      "the indicator column is 1 exactly where values are missing",
      flags.every((v, i) => (v === 1) === Number.isNaN(mcar.X.at(i, 1))),
      { equals: true },
    );
  },
});
