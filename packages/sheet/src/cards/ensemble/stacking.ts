import { makeMoons } from "whetstone/data";
import { StackingClassifier, VotingClassifier } from "whetstone/ensemble";
import { LogisticRegression } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { accuracy, logLoss } from "whetstone/metrics";
import { crossValPredict } from "whetstone/selection";
import { DecisionTreeClassifier } from "whetstone/tree";
import { card, figure, range, region, slider, toggle } from "../../index.ts";

export default card({
  id: "ensemble/stacking",
  title: "Stacking: learn whom to trust, on rows they have not seen",
  formula: String.raw`z_{im}=\hat f_m^{(-k(i))}(x_i),\qquad \hat p(x)=g\big(\hat f_1(x),\dots,\hat f_M(x)\big)`,
  ask: "How do you build the meta-features of a stack without leaking labels, and what if you do leak?",
  answer:
    "Cut the rows into folds; each row's meta-feature comes from members fitted to the other folds. The final model learns from those, then the members are refitted on all rows. With in-fold predictions an overfitted member looks perfect, so the final model trusts it alone, and fails on new rows.",
  pitfall:
    "A stack is not “the most powerful ensemble”: with few rows, or members alike, a plain average is as good and cannot overfit its weights. Compare both.",
  level: "medium",
  whenNot:
    "With few rows, alike members or a tight serving budget: a plain average or the best model. In time series the folds must respect time, or members see the future.",
  followUps: [
    {
      ask: "Which final model would you take?",
      answer:
        "A small penalised one: logistic or ridge regression, perhaps with non-negative weights. Its inputs are few and strongly correlated; a rich model would overfit them.",
    },
    {
      ask: "How do you evaluate a stack fairly?",
      answer:
        "With rows that neither members nor the final model saw: nested cross-validation or a test set. The folds used for meta-features are spent.",
    },
  ],
  derivation: String.raw`The final model should learn $P(y\mid\hat f_1(x),\dots,\hat f_M(x))$ for new $x$. In-fold predictions $\hat f_m(x_i)$ were made by a fit that contained $y_i$: for a full-depth tree $\hat f_m(x_i)=y_i$, so the final model learns weight one for it.

With $z_{im}=\hat f_m^{(-k(i))}(x_i)$ no prediction has seen its own label, so the pair $(z_i,y_i)$ is distributed like a new row's, apart from members fitted on $(K-1)/K$ of the rows.

For squared error and linear $g$ the best weights solve least squares of $y$ on the columns $z$. The plain average is the point $w_m=1/M$; with estimated weights the stack wins only if the gain exceeds the noise of estimating $M$ numbers.`,
  covers: ["ensemble/stacking", "claim-b-069"],
  answers: ["q-a-283", "q-b-056"],
  verifiedAgainst: ["the final model rebuilt from crossValPredict, equal bytes"],
  budget: "quick",
  controls: {
    leak: toggle(false, { label: "cheat: in-fold predictions" }),
    noise: slider(0.2, 0.6, 0.4, { label: "noise of the moons", step: 0.05 }),
    rows: slider(100, 400, 250, { label: "rows", step: 50 }),
  },
  run(lab, { leak, noise, rows }) {
    const train = makeMoons({ nSamples: rows, noise, seed: 2 * lab.seed });
    const test = makeMoons({ nSamples: 3000, noise, seed: 2 * lab.seed + 1 });
    const members = [
      ["deep tree", new DecisionTreeClassifier()],
      ["shallow tree", new DecisionTreeClassifier({ maxDepth: 3, minSamplesLeaf: 10 })],
      ["line", new LogisticRegression()],
    ] as const;
    const stack = new StackingClassifier({ estimators: members, seed: lab.seed }).fit(train.X, train.y);
    const fitted = members.map(([, spec]) => spec.fit(train.X, train.y));
    const meta = (X: Matrix) => {
      const columns = fitted.map((m) => m.predictProba(X).col(1));
      return Matrix.from(range(X.rows).map((i) => columns.map((c) => c[i]!)));
    };
    const leaky = new LogisticRegression().fit(meta(train.X), train.y);
    const honest = (X: Matrix) => stack.predictProba(X).col(1);
    const cheat = (X: Matrix) => leaky.predictProba(meta(X)).col(1);
    lab.plot(
      figure(
        [
          region(leak ? cheat : honest, [-2, 3], [-1.7, 2.2], { centre: 0.5 }),
          {
            type: "points",
            x: Array.from(train.X.col(0)),
            y: Array.from(train.X.col(1)),
            group: train.y.map((v) => `class ${v}`),
            size: 2,
          },
        ],
        {
          title: leak ? "Final model on in-fold predictions" : "Final model on out-of-fold predictions",
          x: { label: "x0" },
          y: { label: "x1" },
          alt: leak
            ? "With leaked predictions the stack copies the overfitted deep tree: islands around single noisy rows."
            : "With out-of-fold predictions the stack leans on the members that generalise: a calm border.",
        },
      ),
    );
    const coef = (model: unknown) => Array.from((model as { coef: Matrix }).coef.data);
    const [own, wrong] = [coef(stack.final), coef(leaky)];
    lab.plot(
      figure(
        [
          { type: "boxes", name: "out-of-fold", x0: range(3).map((i) => i - 0.4), x1: range(3), y: own },
          { type: "boxes", name: "in-fold", x0: range(3), x1: range(3).map((i) => i + 0.4), y: wrong },
          { type: "text", x: range(3), y: range(3).map(() => -0.3), text: members.map(([name]) => name) },
        ],
        {
          title: "Whom the final model trusts",
          x: { label: "member" },
          y: { label: "coefficient" },
          alt: "Coefficients of the final model: leaked predictions put the weight on the deep tree, honest ones on the members that generalise.",
        },
      ),
    );
    const loss = (p: ArrayLike<number>) => logLoss(test.y, Array.from(p));
    const vote = new VotingClassifier({ estimators: members, voting: "soft" }).fit(train.X, train.y);
    const scores = {
      stack: loss(honest(test.X)),
      leaked: loss(cheat(test.X)),
      average: loss(vote.predictProba(test.X).col(1)),
    };
    lab.table({
      columns: ["on new rows", "log loss"],
      rows: Object.entries(scores),
    });
    lab.check("training accuracy of the deep tree", accuracy(train.y, fitted[0]!.predict(train.X)), {
      equals: 1,
    });
    lab.check(
      "share of trust in the deep tree, leaked less honest",
      wrong[0]! / sum(wrong) - own[0]! / sum(own),
      {
        above: 0.2,
      },
    );
    lab.check("log loss on new rows, leaked less honest", scores.leaked - scores.stack, { above: 0.05 });
    const P = members.map(([, spec]) =>
      crossValPredict(spec, train.X, train.y, { cv: 5, seed: lab.seed, method: "predictProba" }).col(1),
    );
    const byHand = new LogisticRegression().fit(
      Matrix.from(range(rows).map((i) => P.map((c) => c[i]!))),
      train.y,
    );
    lab.check(
      "largest gap to a stack built by hand",
      Math.max(...coef(byHand).map((c, i) => Math.abs(c - own[i]!))),
      {
        atMost: 1e-9,
      },
    );
    // Stack or average? It depends: 60 rows and members alike, against plenty of rows and one bad member.
    const duel = (n: number, seed: number) => {
      const a = makeMoons({ nSamples: n, noise: 0.3, seed: 100 + seed });
      const alike = range(3).map(
        (k) => [`tree ${k}`, new DecisionTreeClassifier({ maxDepth: 4, maxFeatures: 1, seed: k })] as const,
      );
      const of = (estimators: typeof alike | typeof members) => {
        const s = new StackingClassifier({ estimators, seed }).fit(a.X, a.y).predictProba(test.X).col(1);
        const v = new VotingClassifier({ estimators, voting: "soft" })
          .fit(a.X, a.y)
          .predictProba(test.X)
          .col(1);
        return loss(v) - loss(s);
      };
      return { alike: of(alike), mixed: of(members) };
    };
    const duels = range(8).map((k) => duel(50, 10 * lab.seed + k));
    const gains = duels.flatMap((d) => [d.alike, d.mixed]);
    lab.check("duels of stack and average that the stack wins, of 16", gains.filter((g) => g > 0).length, {
      between: [1, 15],
    });
  },
});

const sum = (v: readonly number[]): number => v.reduce((a, b) => a + Math.abs(b), 0);
