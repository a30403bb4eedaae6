import { Pipeline, SimpleImputer } from "whetstone/data";
import { HistGradientBoostingClassifier } from "whetstone/ensemble";
import { sigmoid } from "whetstone/math";
import { logLoss } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, choice, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "ensemble/missing-directions",
  title: "Boosted trees learn where missing values go",
  formula: String.raw`x_j=\text{NaN}\;\Rightarrow\;\text{the child that gives the larger gain in training}`,
  ask: "Do gradient-boosted trees need imputed data, and what is lost by filling with the median first?",
  answer:
    "No. Each split tries both sides for the missing rows and keeps the better one, so absence works as a value of its own. Filling with the median first mixes the gaps with rows that truly have that value; where absence informs, that costs loss unless an indicator column is added.",
  pitfall:
    "The learned direction is a habit of the training data. If the reason for gaps changes after deployment, or a column is never missing in training, the default direction is a guess.",
  level: "medium",
  whenNot:
    "When the reason for gaps will change in use, or training has none in a column that will have some: then impute by a stated rule and watch the share of gaps. Linear models need filling anyway.",
  followUps: [
    {
      ask: "What if a column has no gaps in training but some in use?",
      answer:
        "The split has no evidence; implementations send them to a default side, often the larger child. Train with artificial gaps, or fill with a value the rule states.",
    },
    {
      ask: "Does native handling assume MAR?",
      answer:
        "It assumes only that gaps mean the same in training and in use. For prediction that is enough; it says nothing about what the missing values were.",
    },
  ],
  derivation: `For a split at threshold $t$ the rows with a value give left and right sums $(G_L,H_L)$, $(G_R,H_R)$; the missing ones give $(G_0,H_0)$. The gain is computed twice: with $G_L+G_0$ on the left, and with $G_R+G_0$ on the right. The larger one decides the side.

If absence is informative, $G_0/H_0$ differs from both neighbours. One of the candidates puts known rows on one side and missing rows on the other: a question "is it missing?" with its own gain.

Filling by the median adds the missing rows to the bin of the median. From then on no threshold can separate them from rows that truly have this value, so the best leaf value there is a mixture of both.`,
  covers: ["data/simple-imputer", "claim-a-056"],
  answers: ["q-a-232"],
  verifiedAgainst: [
    "scikit-learn 1.2 HistGradientBoosting, whole trees with missing values",
    "scikit-learn 1.2 SimpleImputer",
    "a brute-force search over thresholds and both directions",
  ],
  budget: "quick",
  controls: {
    mechanism: choice(["absence informs", "at random"], "absence informs", {
      label: "why values are missing",
    }),
    share: slider(0.05, 0.6, 0.3, { label: "share missing", step: 0.05 }),
    effect: slider(0.5, 4, 2.5, { label: "logit shift of the absent", step: 0.5 }),
  },
  run(lab, { mechanism, share, effect }) {
    const random = lab.random();
    const draw = (n: number, informs: boolean) => {
      const gone = range(n).map(() => random.uniform() < share);
      // Whole numbers, so that the fill value is a value that real rows have too.
      const x = range(n).map(() => Math.round(1.5 * random.normal()));
      const y = x.map((v, i) => +(random.uniform() < sigmoid(1.2 * v + (informs && gone[i] ? effect : 0))));
      return { X: x.map((v, i) => [gone[i] ? Number.NaN : v]), y };
    };
    const boost = new HistGradientBoostingClassifier({ maxIter: 40, maxLeafNodes: 6 });
    const filled = (addIndicator: boolean) =>
      new Pipeline({
        steps: [
          ["fill", new SimpleImputer({ strategy: "median", addIndicator })],
          ["trees", boost],
        ],
      });
    const specs = { native: boost, "median fill": filled(false), "fill + indicator": filled(true) };
    const losses = (informs: boolean) => {
      const train = draw(1500, informs);
      const test = draw(4000, informs);
      return Object.entries(specs).map(([name, spec]) => {
        const model = spec.fit(train.X, train.y);
        const P = (X: number[][]) => model.predictProba(X).col(1);
        return { name, P, loss: logLoss(test.y, P(test.X)), train };
      });
    };
    const informs = losses(true);
    const shown = mechanism === "absence informs" ? informs : losses(false);
    const grid = linspace(-4.5, 4.5, 181);
    const { train } = shown[0]!;
    lab.plot(
      figure(
        [
          ...shown.slice(0, 2).flatMap(({ name, P }) => [
            { type: "step" as const, name, x: grid, y: [...P(grid.map((v) => [v]))] },
            { type: "points" as const, name, x: [5.2], y: [P([[Number.NaN]])[0]!], size: 6 },
          ]),
          {
            type: "rule",
            name: "share of positives among the absent",
            y: mean(train.y.filter((_, i) => Number.isNaN(train.X[i]![0]!))),
          },
        ],
        {
          title: "Probability by x; the dots at the right are for a missing x",
          x: { label: "x (missing: right edge)", domain: [-4.6, 5.6] },
          y: { label: "predicted probability", domain: [0, 1] },
          alt: `Predicted probability by x for native handling and for median fill; the native answer for a missing x sits at the share of positives among absent rows, and median fill ${mechanism === "absence informs" ? "lifts the curve at the median" : "is close to it"}.`,
        },
      ),
    );
    lab.table({
      columns: ["handling", "test log loss"],
      rows: shown.map(({ name, loss }) => [name, Number(loss.toFixed(4))]),
      caption: mechanism,
    });

    const { P, train: seen } = informs[0]!;
    const absent = seen.y.filter((_, i) => Number.isNaN(seen.X[i]![0]!));
    lab.check(
      "native answer for a missing value, and the share of positives among the absent",
      P([[Number.NaN]])[0]!,
      {
        equals: mean(absent),
        within: 0.06,
      },
    );
    const [native, median, indicator] = informs.map((r) => r.loss);
    if (share >= 0.15 && effect >= 1.5)
      lab.check("absence informs: log loss added by median fill", median! - native!, { above: 0.003 });
    lab.check("fill with an indicator gives it back, within", Math.abs(indicator! - native!), {
      below: 0.02,
    });

    // One split, absence the only signal: the root must send the missing rows to their own side.
    const y = range(400).map((i) => i % 2);
    const X = y.map((label) => [label ? Number.NaN : random.normal()]);
    const stump = boost.with({ maxIter: 1, maxLeafNodes: 2 }).fit(X, y);
    const [p, q] = stump.predictProba([[Number.NaN], [0]]).col(1);
    lab.check("only absence matters: one split tells the two apart by", p! - q!, { above: 0.03 });
    lab.check("its threshold: everything present against everything missing", stump.trees.threshold[0]!, {
      equals: Number.POSITIVE_INFINITY,
    });
    const imputer = new SimpleImputer({ strategy: "median" }).fit([[1], [Number.NaN], [2], [9]]);
    lab.check("the imputer's fill is the training median", imputer.transform([[Number.NaN]]).at(0, 0), {
      equals: 2,
    });
  },
});
