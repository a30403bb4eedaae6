import { makeCircles } from "whetstone/data";
import { AdaBoostClassifier } from "whetstone/ensemble";
import { accuracy } from "whetstone/metrics";
import { DecisionTreeClassifier } from "whetstone/tree";
import { card, figure, range, region, slider } from "../../index.ts";

export default card({
  id: "ensemble/adaboost",
  title: "AdaBoost turns up the weight of every mistake",
  formula: String.raw`\alpha_m=\ln\frac{1-\varepsilon_m}{\varepsilon_m}+\ln(K-1),\qquad w_i\leftarrow w_i\,e^{\alpha_m[h_m(x_i)\ne y_i]}`,
  ask: "What does AdaBoost change from round to round, and how are its learners combined?",
  answer:
    "The data stay, their weights move: rows the last learner got wrong are multiplied by e^α, so the next learner must deal with them. Learners vote with weight α, large for small weighted errors. After the re-weighting the last learner is exactly at chance, so the next one has to be different.",
  pitfall:
    "Mislabelled rows are mistakes for ever: their weights grow every round. On noisy labels use gradient boosting with a bounded loss, or stop early.",
  level: "medium",
  whenNot:
    "On noisy labels: mistakes that cannot be learned get ever more weight. Take gradient boosting with a bounded or robust loss. For probabilities, calibrate the votes or use log loss.",
  followUps: [
    {
      ask: "Which loss does AdaBoost minimise?",
      answer: String.raw`The exponential loss $\sum_ie^{-y_iF(x_i)}$, one term at a time (forward stagewise). It punishes confident mistakes exponentially, which explains its weakness on wrong labels.`,
    },
    {
      ask: "Can the test error fall after the training error is zero?",
      answer:
        "Yes: further rounds raise the margins of training rows, and bounds on the test error depend on margins rather than on the number of rounds. On noisy data it still may rise.",
    },
  ],
  derivation: String.raw`Two classes $y=\pm1$, $F=\tfrac12\sum_m\alpha_mh_m$, loss $\tfrac1n\sum_ie^{-y_iF(x_i)}$. Add one learner to a given $F$: row $i$ already carries the factor $w_i\propto e^{-y_iF(x_i)}$, so with weights of sum 1 and a wrong share $\varepsilon$ the loss is multiplied by $Z=\varepsilon e^{\alpha/2}+(1-\varepsilon)e^{-\alpha/2}$. $Z'=0$ gives $e^\alpha=\frac{1-\varepsilon}\varepsilon$, the weight of the formula at $K=2$, and $Z=2\sqrt{\varepsilon(1-\varepsilon)}$. The new factors are $e^{\alpha/2}$ for wrong rows and $e^{-\alpha/2}$ for right ones: wrong ones grow by $e^\alpha$ against the others.

Wrong rows then weigh $\varepsilon e^\alpha=1-\varepsilon$, as much as the right ones: the learner is at chance. A wrong row costs at least 1, so the training error is at most the loss, $\prod_mZ_m$. With $\varepsilon_m\le\tfrac12-\gamma$: $Z_m\le\sqrt{1-4\gamma^2}\le e^{-2\gamma^2}$, and the error falls exponentially with the rounds. With $K$ classes chance is $1-\tfrac1K$, hence $\ln(K-1)$.`,
  covers: ["ensemble/adaboost"],
  verifiedAgainst: [
    "scikit-learn 1.2 AdaBoostClassifier, SAMME and SAMME.R: weights, errors, probabilities, 1e-8",
  ],
  budget: "quick",
  controls: {
    rounds: slider(1, 80, 30, { label: "rounds", play: true }),
    flipped: slider(0, 0.2, 0, { label: "share of wrong labels", step: 0.02 }),
    depth: slider(1, 3, 1, { label: "levels of a learner", step: 1 }),
  },
  run(lab, { rounds, flipped, depth }) {
    const random = lab.random();
    const { X, y: clean } = makeCircles({ nSamples: 300, noise: 0.12, factor: 0.5, seed: 2 * lab.seed });
    const y = clean.map((v) => (random.uniform() < flipped ? 1 - v : v));
    const test = makeCircles({ nSamples: 1000, noise: 0.12, factor: 0.5, seed: 2 * lab.seed + 1 });
    const estimator = new DecisionTreeClassifier({ maxDepth: depth });
    const model = new AdaBoostClassifier({ nEstimators: rounds, estimator }).fit(X, y);
    // The weights before the last round, rebuilt from what the model tells.
    const weightsBefore = (upTo: number) => {
      let w = new Float64Array(300).fill(1 / 300);
      const errors: number[] = [];
      model.members.slice(0, upTo).forEach((member, m) => {
        const said = member.predict(X);
        const wrong = said.map((v, i) => v !== y[i]);
        errors.push(w.reduce((s, v, i) => s + (wrong[i] ? v : 0), 0));
        w = w.map((v, i) => (wrong[i] ? v * Math.exp(model.estimatorWeights[m]!) : v));
        const total = w.reduce((a, b) => a + b, 0);
        w = w.map((v) => v / total);
      });
      return { w, errors };
    };
    const { w, errors } = weightsBefore(model.members.length);
    const heavy = [...w.keys()].sort((a, b) => w[b]! - w[a]!).slice(0, 30);
    lab.plot(
      figure(
        [
          region((G) => model.predictProba(G).col(1), [-1.5, 1.5], [-1.5, 1.5], { centre: 0.5 }),
          {
            type: "points",
            x: Array.from(X.col(0)),
            y: Array.from(X.col(1)),
            group: y.map((v) => `class ${v}`),
            size: 2,
          },
          {
            type: "points",
            name: "heaviest 30",
            x: heavy.map((i) => X.at(i, 0)),
            y: heavy.map((i) => X.at(i, 1)),
            size: 5,
          },
        ],
        {
          title: `${model.members.length} learners vote; the heaviest rows lie at the border`,
          x: { label: "x0" },
          y: { label: "x1" },
          square: true,
          alt: `Two rings separated by the vote of ${model.members.length} small trees; the rows of largest weight lie at the border between the rings.`,
        },
      ),
    );
    const staged = (G: typeof X, labels: readonly number[]) =>
      Array.from(model.stagedPredict(G), (p) => 1 - accuracy(labels, p));
    const t = range(model.members.length).map((m) => m + 1);
    const training = staged(X, y);
    let product = 1;
    const bound = errors.map((e) => (product *= 2 * Math.sqrt(e * (1 - e))));
    lab.plot(
      figure(
        [
          { type: "line", name: "training", x: t, y: training, dashed: true },
          { type: "line", name: "new rows", x: t, y: staged(test.X, test.y as number[]) },
          { type: "line", name: "bound on training", x: t, y: bound },
        ],
        {
          x: { label: "rounds" },
          y: { label: "error", domain: [0, 1] },
          alt: "Training error stays under the falling product bound; error on new rows falls with it.",
        },
      ),
    );
    lab.check(
      "largest gap of stage errors to those recomputed by hand",
      Math.max(...errors.map((e, m) => Math.abs(e - model.estimatorErrors[m]!))),
      {
        atMost: 1e-9,
      },
    );
    lab.check("stage weight of the first learner", model.estimatorWeights[0]!, {
      equals: errors[0]! > 0 ? Math.log((1 - errors[0]!) / errors[0]!) : 1,
      within: 1e-9,
    });
    if (errors.at(-1)! > 0) {
      const last = model.members.at(-1)!.predict(X);
      lab.check(
        "weight of the last learner's mistakes after its round",
        w.reduce((s, v, i) => s + (last[i] !== y[i] ? v : 0), 0),
        {
          equals: 0.5,
          within: 1e-9,
        },
      );
    }
    lab.check("training error less its bound", Math.max(...training.map((e, m) => e - bound[m]!)), {
      atMost: 1e-12,
    });
    const plain = new AdaBoostClassifier({ nEstimators: 60 }).fit(X, clean as number[]);
    const stump = new DecisionTreeClassifier({ maxDepth: 1 }).fit(X, clean as number[]);
    lab.check(
      "60 stumps beat one, in accuracy on new rows, by",
      accuracy(test.y, plain.predict(test.X)) - accuracy(test.y, stump.predict(test.X)),
      {
        above: 0.15,
      },
    );
  },
});
