import { BaggingRegressor, HistGradientBoostingRegressor } from "whetstone/ensemble";
import { biasVarianceDecomposition } from "whetstone/learning-theory";
import { Matrix, type RandomStream } from "whetstone/math";
import { DecisionTreeRegressor } from "whetstone/tree";
import { card, figure, range, slider } from "../../index.ts";

const world = (noise: number) => ({
  features: (random: RandomStream, n: number) => Matrix.column(range(n).map(() => random.uniform())),
  truth: (X: Matrix) => X.col(0).map((x) => Math.sin(8 * x)),
  noise,
});

type Learner = DecisionTreeRegressor | BaggingRegressor | HistGradientBoostingRegressor;

export default card({
  id: "ensemble/bias-and-variance",
  title: "Bagging calms deep trees, boosting teaches stumps",
  formula: String.raw`\bar f=\tfrac1B\sum_b T_b\quad(\text{parallel}),\qquad F_m=F_{m-1}+\eta\,h_m\quad(\text{one after another})`,
  ask: "Why does averaging bagged trees attack variance while boosting attacks bias?",
  answer:
    "A mean of alike learners has the bias of one of them and less variance, so bagging takes deep trees that are right on average and wild each time. Boosting adds trees that fit what is still wrong, so stumps that are far too simple alone sum up to a rich function: bias falls, variance creeps up from round to round.",
  pitfall:
    "“Boosting only cuts bias” is the main effect, not a law: small steps make it an average too. At a small rate row subsampling lowers its variance as well (with large steps it raises it).",
  level: "medium",
  whenNot:
    "The split is exact for squared error only. For other losses, or when members are neither deep nor tiny, measure the held-out error instead of arguing by name.",
  followUps: [
    {
      ask: "Why are boosted trees shallow and forest trees deep?",
      answer:
        "Boosting reduces bias step by step, so each tree may be weak and low in variance. Averaging cannot reduce bias, so forest trees must be nearly unbiased: deep.",
    },
    {
      ask: "How is bias and variance measured in a simulation?",
      answer:
        "Fit the method to many fresh training sets, predict the same points: the mean prediction against the truth gives the bias, the scatter around it the variance. It needs the true function.",
    },
  ],
  derivation: String.raw`Let $T_b$ have mean $m(x)$, variance $\sigma^2$ and pairwise correlation $\rho$ over training sets. Then $\mathbb E\bar f=m$: the bias $m-f$ is that of one tree. And $\operatorname{Var}\bar f=\rho\sigma^2+(1-\rho)\sigma^2/B$: it falls with $B$ to $\rho\sigma^2$.

Boosting: for squared error and a linear smoother $S$ the residual is multiplied by $I-\eta S$ per round, so after $m$ rounds the bias is $(I-\eta S)^mf$ and goes to zero along every direction that $S$ sees.

The fit is $I-(I-\eta S)^m$ applied to $y$, whose noise part grows with $m$ towards $\sigma^2$ per row: variance creeps up. Stopping at some $m$ balances both.`,
  covers: ["claim-a-028", "claim-b-033", "claim-b-258"],
  answers: ["q-a-249", "q-b-020", "q-b-053"],
  verifiedAgainst: ["the identity error = bias² + variance + noise, within its standard error"],
  budget: "quick",
  controls: {
    rounds: slider(1, 80, 40, { label: "boosting rounds", play: true }),
    members: slider(1, 30, 15, { label: "bagged trees" }),
    noise: slider(0.2, 1, 0.5, { label: "noise σ", step: 0.1 }),
  },
  run(lab, { rounds, members, noise }) {
    const options = { repetitions: 20, trainRows: 80, testRows: 40, seed: lab.seed };
    // Pictures and checks share what they have in common.
    const known = new Map<string, ReturnType<typeof biasVarianceDecomposition>>();
    const of = (spec: Learner, sigma = noise, repetitions = 20) => {
      const { typeName } = spec.constructor as unknown as { readonly typeName: string };
      const key = JSON.stringify([typeName, spec.params, sigma, repetitions]);
      let parts = known.get(key);
      if (parts === undefined) {
        parts = biasVarianceDecomposition(spec, world(sigma), { ...options, repetitions });
        known.set(key, parts);
      }
      return parts;
    };
    const stump = new DecisionTreeRegressor({ maxDepth: 1 });
    const boosted = (maxIter: number, maxDepth = 1, learningRate = 0.3, subsample = 1) =>
      new HistGradientBoostingRegressor({ maxIter, maxDepth, minSamplesLeaf: 3, learningRate, subsample });
    const bagged = (nEstimators: number) => new BaggingRegressor({ nEstimators, seed: lab.seed });
    const rows = {
      "deep tree": of(new DecisionTreeRegressor()),
      [`${members} bagged`]: of(bagged(members)),
      stump: of(stump),
      [`${rounds} boosted`]: of(boosted(rounds)),
    };
    const names = Object.keys(rows);
    const parts = Object.values(rows);
    lab.plot(
      figure(
        [
          {
            type: "boxes",
            name: "bias²",
            x0: range(4).map((i) => i - 0.4),
            x1: range(4),
            y: parts.map((p) => p.biasSquared),
          },
          {
            type: "boxes",
            name: "variance",
            x0: range(4),
            x1: range(4).map((i) => i + 0.4),
            y: parts.map((p) => p.variance),
          },
          { type: "text", x: range(4), y: range(4).map(() => -0.02), text: names },
        ],
        {
          title: "Parts of the error, over 20 training sets",
          x: { label: "learner" },
          y: { label: "squared error" },
          alt: "A deep tree has variance and hardly bias, bagging lowers the variance; a stump has bias and hardly variance, boosting lowers the bias.",
        },
      ),
    );
    const steps = [1, 4, 16, 60];
    const path = steps.map((m) => of(boosted(m)));
    lab.plot(
      figure(
        [
          { type: "line", name: "bias²", x: steps, y: path.map((p) => p.biasSquared) },
          { type: "line", name: "variance", x: steps, y: path.map((p) => p.variance) },
        ],
        {
          title: "Boosted stumps, round by round",
          x: { label: "rounds", scale: "log" },
          y: { label: "squared error" },
          alt: "As rounds of boosting are added bias² falls steeply and variance creeps up.",
        },
      ),
    );
    const tree = of(new DecisionTreeRegressor(), 0.5);
    const bag = of(bagged(15), 0.5);
    const weak = of(stump, 0.5);
    const strong = of(boosted(40), 0.5);
    lab.check("variance: 15 bagged trees, of one deep tree", bag.variance / tree.variance, { below: 0.65 });
    lab.check("bias²: bagged less deep tree", bag.biasSquared - tree.biasSquared, { between: [-0.03, 0.03] });
    lab.check("bias²: 40 boosted stumps, of one stump", strong.biasSquared / weak.biasSquared, {
      below: 0.2,
    });
    lab.check("variance along the rounds: after 60, of after 1", path[3]!.variance / path[0]!.variance, {
      above: 1,
    });
    lab.check(
      "yet small steps average: variance boosted, of one full stump",
      strong.variance / weak.variance,
      {
        below: 1,
      },
    );
    lab.check(
      "bagging a stump keeps its bias: share left",
      of(new BaggingRegressor({ estimator: stump, nEstimators: 15, seed: lab.seed }), 0.5).biasSquared /
        weak.biasSquared,
      {
        above: 0.6,
      },
    );
    lab.check(
      "trees of 3 levels at rate 0.1: variance on half of the rows each round, of that on all",
      of(boosted(40, 3, 0.1, 0.5), 0.5, 10).variance / of(boosted(40, 3, 0.1), 0.5, 10).variance,
      { below: 0.95 },
    );
    lab.check(
      "error less the sum of its parts, in standard errors",
      Math.abs(bag.error - bag.sum) / bag.standardError,
      {
        below: 5,
      },
    );
  },
});
