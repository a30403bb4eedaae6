import { GaussianNB } from "whetstone/bayes";
import { Matrix } from "whetstone/math";
import { accuracy } from "whetstone/metrics";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "bayes/gaussian-naive-bayes",
  title: "Gaussian naive Bayes: a mean and a variance per class and feature",
  formula: String.raw`\log P(c\mid x)=\log\pi_c-\tfrac12\sum_j\Big[\log 2\pi\sigma_{cj}^2+\frac{(x_j-\mu_{cj})^2}{\sigma_{cj}^2}\Big]+\text{const}`,
  ask: "What does naive Bayes assume, how do its forms differ, and why can its label be right while its probability is wrong?",
  answer:
    "It assumes features independent within a class. Gaussian uses a normal law per feature, multinomial word counts, Bernoulli presence and absence. Dependent features are counted twice: if that happens alike in all classes the decision stays right, while the posterior moves towards 0 or 1.",
  pitfall:
    "Never read its probabilities as such when features are copies of each other: calibrate them. With a variance near zero one feature decides alone; smoothing of variances prevents it.",
  level: "easy",
  whenNot:
    "When classes differ in how features go together and not in their means: use a full covariance (QDA), trees or a kernel. Strongly skewed features want a transform or bins first.",
  followUps: [
    {
      ask: "What do shared variances turn it into?",
      answer:
        "With the same variances in all classes the quadratic terms cancel: the border is a line, and the model is LDA with a diagonal covariance.",
    },
    {
      ask: "How does it treat missing values?",
      answer:
        "It may simply leave the feature's term out of the sum: independence given the class makes the rest a valid posterior. Most libraries do not offer it.",
    },
  ],
  derivation: String.raw`Bayes' rule: $P(c\mid x)\propto\pi_c\,p(x\mid c)$. Independence given $c$ makes $p(x\mid c)=\prod_j\mathcal N(x_j;\mu_{cj},\sigma_{cj}^2)$, and the logarithm gives the sum above. Maximum likelihood takes the class mean and variance per feature.

Copy every feature $k$ times. Each term of the sum appears $k$ times, so the log odds become $\log\frac{\pi_1}{\pi_0}+k\sum_j\ell_j$ instead of $\log\frac{\pi_1}{\pi_0}+\sum_j\ell_j$.

With equal priors the sign is the same: labels do not change. But odds $o$ became $o^k$: a true 0.8, odds 4, turns into odds 256 at $k=4$, a probability of 0.996. Decision right, confidence wrong.`,
  covers: ["bayes/gaussian-naive-bayes", "claim-b-059"],
  answers: ["q-b-045", "q-b-046"],
  verifiedAgainst: [
    "scikit-learn 1.2 GaussianNB: joint log likelihoods",
    "Bayes' rule with the true densities",
  ],
  budget: "quick",
  controls: {
    rho: slider(-0.95, 0.95, 0, { label: "correlation of the features within a class", step: 0.05 }),
    copies: slider(1, 12, 4, { label: "copies of each feature" }),
  },
  run(lab, { rho, copies }) {
    const random = lab.random();
    const draw = (n: number, r: number) => {
      const y = range(n).map(() => (random.bernoulli(0.5) ? 1 : 0));
      const x = y.map((c) => {
        const a = random.normal();
        const b = r * a + Math.sqrt(1 - r * r) * random.normal();
        return [a + (c ? 1 : -1), b + (c ? 0.7 : -0.7)];
      });
      return { x, y };
    };
    const shown = draw(400, rho);
    const model = new GaussianNB().fit(shown.x, shown.y);
    const size = 40;
    const at = (k: number) => -4 + (8 * (k + 0.5)) / size;
    const grid = range(size * size).map((t) => [at(t % size), at(Math.floor(t / size))]);
    lab.plot(
      figure(
        [
          {
            type: "field",
            x: [-4, 4],
            y: [-4, 4],
            cols: size,
            rows: size,
            values: Array.from(model.predictProba(grid).col(1)),
            centre: 0.5,
          },
          ...[0, 1].map((c) => ({
            type: "points" as const,
            name: `class ${c}`,
            x: shown.x.filter((_, i) => shown.y[i] === c).map((r) => r[0]!),
            y: shown.x.filter((_, i) => shown.y[i] === c).map((r) => r[1]!),
            size: 2,
          })),
        ],
        {
          title: `accuracy ${accuracy(shown.y, model.predict(shown.x)).toFixed(3)}`,
          x: { label: "x₁" },
          y: { label: "x₂" },
          square: true,
          alt: `Two classes with correlation ${rho} within them and the probability that naive Bayes gives, split by a nearly straight line.`,
        },
      ),
    );
    const train = draw(2000, 0);
    const test = draw(4000, 0);
    const fit = new GaussianNB().fit(train.x, train.y);
    // The formula, by hand, for one row.
    const row = test.x[0]!;
    const byHand = (c: number) =>
      fit.classLogPrior[c]! -
      0.5 *
        range(2).reduce(
          (s, j) =>
            s +
            Math.log(2 * Math.PI * fit.variance.at(c, j)) +
            (row[j]! - fit.theta.at(c, j)) ** 2 / fit.variance.at(c, j),
          0,
        );
    lab.check("log joint against the formula", fit.jointLogLikelihood([row]).at(0, 1), {
      equals: byHand(1),
      within: 1e-9,
    });
    const column = train.x.filter((_, i) => train.y[i] === 1).map((r) => r[0]!);
    lab.check("mean of feature 1 in class 1", fit.theta.at(1, 0), {
      equals: column.reduce((a, v) => a + v, 0) / column.length,
      within: 1e-9,
    });
    // True rule at independence: sign of 2 x1 + 1.4 x2.
    const bayes = test.x.map((r) => (2 * r[0]! + 1.4 * r[1]! > 0 ? 1 : 0));
    lab.check("independent features: agrees with the optimal rule", accuracy(bayes, fit.predict(test.x)), {
      above: 0.95,
    });
    // Copies: the same in both classes, so the decision stays and the confidence grows.
    const repeat = (x: number[][], k: number) => Matrix.from(x.map((r) => range(k).flatMap(() => r)));
    const many = new GaussianNB({ priors: [0.5, 0.5] }).fit(repeat(train.x, copies), train.y);
    const once = new GaussianNB({ priors: [0.5, 0.5] }).fit(train.x, train.y);
    const [a, b] = [many.predict(repeat(test.x, copies)), once.predict(test.x)];
    lab.check("every feature copied: labels that change", a.filter((v, i) => v !== b[i]).length, {
      atMost: 2,
    });
    const eight = new GaussianNB({ priors: [0.5, 0.5] })
      .fit(repeat(train.x, 8), train.y)
      .predictProba(repeat(test.x, 8));
    const confidence = (P: { row(i: number): Float64Array }) =>
      range(4000).reduce((s, i) => s + Math.max(...P.row(i)), 0) / 4000;
    const right = accuracy(test.y, once.predict(test.x));
    lab.check("without copies: confidence less accuracy", confidence(once.predictProba(test.x)) - right, {
      between: [-0.03, 0.03],
    });
    lab.check("with eight: confidence less accuracy", confidence(eight) - right, { above: 0.06 });
    // Dependence that differs between the classes does cost: same margins, opposite correlation.
    const opposite = (n: number) => {
      const y = range(n).map((i) => i % 2);
      const x = y.map((c) => {
        const z = random.normal();
        return [z, (c ? 0.9 : -0.9) * z + Math.sqrt(0.19) * random.normal()];
      });
      return { x, y };
    };
    const [hard, fresh] = [opposite(2000), opposite(2000)];
    lab.check(
      "classes that differ only in correlation: accuracy",
      accuracy(fresh.y, new GaussianNB().fit(hard.x, hard.y).predict(fresh.x)),
      { below: 0.6 },
    );
    const optimal = accuracy(
      fresh.y,
      fresh.x.map((r) => (r[0]! * r[1]! > 0 ? 1 : 0)),
    );
    lab.check("where the optimal rule reaches", optimal, { above: 0.75 });
  },
});
