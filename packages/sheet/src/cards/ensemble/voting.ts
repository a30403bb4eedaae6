import { makeMoons, Pipeline, StandardScaler } from "whetstone/data";
import { RandomForestClassifier, VotingClassifier } from "whetstone/ensemble";
import { LogisticRegression } from "whetstone/linear";
import { accuracy, logLoss } from "whetstone/metrics";
import { DecisionTreeClassifier } from "whetstone/tree";
import { card, choice, figure, range, region, slider } from "../../index.ts";

export default card({
  id: "ensemble/voting",
  title: "A vote is better than its voters where they err apart",
  formula: String.raw`\hat p(x)=\sum_m w_m\,\hat p_m(x),\qquad \overline{(\bar f-y)^2}=\overline{(f_m-y)^2}-\overline{(f_m-\bar f)^2}`,
  ask: "What is an ensemble, and why can it beat its members?",
  answer:
    "Several models combined by vote or mean. For squared error the mean is better than the average member by exactly how much the members disagree, so an ensemble needs members that are good and different. Soft votes use how sure each is; hard votes only count.",
  pitfall:
    "It beats the average member, not always the best one. Copies of one model add nothing, and a weak member with equal weight can drag the vote down.",
  level: "easy",
  whenNot:
    "When one member is clearly best and the rest are weak or copies: weight them by held-out loss, drop them, or stack. For hard votes with two members ties decide nothing.",
  followUps: [
    {
      ask: "What does Condorcet's theorem ask for?",
      answer:
        "Independent voters, each right with probability above ½: then the majority's accuracy tends to 1. Models trained on the same rows are far from independent.",
    },
    {
      ask: "When does a hard vote beat a soft one?",
      answer:
        "When some members are badly calibrated: one over-sure model can outvote the others in a mean of probabilities. Calibrate members first, or count votes.",
    },
  ],
  derivation: String.raw`Let $\bar f=\tfrac1M\sum_mf_m$. Write $f_m-y=(f_m-\bar f)+(\bar f-y)$, square and average over members: $\tfrac1M\sum_m(f_m-y)^2=\tfrac1M\sum_m(f_m-\bar f)^2+(\bar f-y)^2$. The cross term $2(\bar f-y)\tfrac1M\sum_m(f_m-\bar f)$ is 0 (Krogh and Vedelsby, 1995). So the mean's error is the average error less the disagreement, row by row and without any assumption of independence; with weights $w_m$ of sum 1 the same holds with weighted averages. For log loss there is no such identity, but Jensen gives the inequality: $-\log\bar p\le\tfrac1M\sum_m(-\log p_m)$.`,
  covers: ["ensemble/voting"],
  answers: ["q-a-282"],
  verifiedAgainst: ["votes and means recomputed from the members, 1e-12"],
  budget: "quick",
  controls: {
    voting: choice(["soft", "hard"], "soft", { label: "votes" }),
    line: slider(0, 4, 1, { label: "weight of the linear model", step: 0.5 }),
    noise: slider(0.1, 0.5, 0.3, { label: "noise of the moons", step: 0.05 }),
  },
  run(lab, { voting, line, noise }) {
    const train = makeMoons({ nSamples: 200, noise, seed: 2 * lab.seed });
    const test = makeMoons({ nSamples: 1500, noise, seed: 2 * lab.seed + 1 });
    const members = [
      [
        "line",
        new Pipeline({
          steps: [
            ["scale", new StandardScaler()],
            ["model", new LogisticRegression()],
          ],
        }),
      ],
      ["tree", new DecisionTreeClassifier({ maxDepth: 4 })],
      ["forest", new RandomForestClassifier({ nEstimators: 15, maxDepth: 4, seed: lab.seed })],
    ] as const;
    const alone = members.filter(([name]) => name !== "line");
    const spec = new VotingClassifier({ estimators: members as never, voting, weights: [line, 1, 1] });
    const model = spec.fit(train.X, train.y);
    lab.plot(
      figure(
        [
          region((X) => model.predictProba(X).col(1), [-1.8, 2.8], [-1.4, 1.9], { centre: 0.5 }),
          {
            type: "points",
            x: Array.from(train.X.col(0)),
            y: Array.from(train.X.col(1)),
            group: train.y.map((v) => `class ${v}`),
            size: 2,
          },
        ],
        {
          title: `${voting} vote of a line, a tree and a forest`,
          x: { label: "x0" },
          y: { label: "x1" },
          alt: `The ${voting} vote of three models over two moons: a straight border, boxes and a blurred border laid over each other.`,
        },
      ),
    );
    const soft = spec.with({ voting: "soft", weights: null }).fit(train.X, train.y);
    const P = soft.members.map((m) => m.predictProba(test.X).col(1));
    const vote = soft.predictProba(test.X).col(1);
    const names = [...soft.names, "vote"];
    const losses = [...P, vote].map((p) => logLoss(test.y, Array.from(p)));
    lab.table({
      columns: ["model", "accuracy", "log loss"],
      rows: names.map((name, k) => [
        name,
        accuracy(
          test.y,
          Array.from([...P, vote][k]!, (p) => (p > 0.5 ? 1 : 0)),
        ),
        losses[k]!,
      ]),
    });
    const squared = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      range(a.length).reduce((s, i) => s + (a[i]! - b[i]!) ** 2, 0) / a.length;
    const y = test.y as number[];
    const average = P.reduce((s, p) => s + squared(p, y), 0) / 3;
    const disagreement = P.reduce((s, p) => s + squared(p, vote), 0) / 3;
    lab.check("squared error of the vote: average member less disagreement", squared(vote, y), {
      equals: average - disagreement,
      within: 1e-12,
    });
    lab.check("disagreement", disagreement, { above: 0.005 });
    lab.check(
      "log loss of the vote less the members' average",
      losses[3]! - (losses[0]! + losses[1]! + losses[2]!) / 3,
      {
        atMost: 1e-12,
      },
    );
    const hard = spec.with({ voting: "hard", weights: null }).fit(train.X, train.y);
    const said = hard.members.map((m) => m.predict(test.X));
    const counted = range(1500).map((i) => (said.filter((s) => s[i] === 1).length >= 2 ? 1 : 0));
    lab.check(
      "hard votes that differ from counting by hand",
      hard.predict(test.X).filter((v, i) => v !== counted[i]).length,
      {
        equals: 0,
      },
    );
    const copies = range(3).map((k) => [`copy ${k}`, alone[0]![1]] as const);
    const same = new VotingClassifier({ estimators: copies as never }).fit(train.X, train.y).predict(test.X);
    const once = (alone[0]![1] as DecisionTreeClassifier).fit(train.X, train.y).predict(test.X);
    lab.check("three copies of one tree: answers that change", same.filter((v, i) => v !== once[i]).length, {
      equals: 0,
    });
  },
});
