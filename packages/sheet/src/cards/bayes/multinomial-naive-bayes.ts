import { MultinomialNB } from "whetstone/bayes";
import { LogisticRegression } from "whetstone/linear";
import { Matrix } from "whetstone/math";
import { accuracy } from "whetstone/metrics";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "bayes/multinomial-naive-bayes",
  title: "Multinomial naive Bayes and the word it never saw",
  formula: String.raw`P(w\mid c)=\frac{N_{cw}+\alpha}{N_c+\alpha V},\qquad \log P(c\mid d)=\log\pi_c+\sum_w n_w\log P(w\mid c)+\text{const}`,
  ask: "What does additive smoothing repair in naive Bayes, what does its constant do, and what happens without it?",
  answer:
    "A word unseen in a class has estimated probability 0, so one occurrence rules the class out whatever else the text says. Adding α to every count leaves small probabilities instead; large α pulls all words towards equal ones. It needs few texts: with plenty, logistic regression overtakes it.",
  pitfall:
    "With α = 0 a text with one unseen word per class has no probability at all. And frequent word pairs are counted twice, so posteriors are too sure.",
  level: "easy",
  whenNot:
    "With plenty of texts, or when word order or calibrated probabilities matter: logistic regression or a fine-tuned language model. For very short texts the Bernoulli form can win.",
  followUps: [
    {
      ask: "Which prior is α?",
      answer:
        "A symmetric Dirichlet with parameter α on the word probabilities; the smoothed estimate is its posterior mean. α = 1 is the uniform prior.",
    },
    {
      ask: "Why does it work in logarithms?",
      answer:
        "A text of 1000 words multiplies 1000 small numbers: the product underflows in floating point. Sums of logarithms do not, and log-sum-exp gives the posterior.",
    },
  ],
  derivation: String.raw`Given class $c$ words are independent draws, so a text with counts $n_w$ has $P(d\mid c)\propto\prod_wP(w\mid c)^{n_w}$. With Bayes' rule the logarithm is the linear score above: weights $\log P(w\mid c)$, inputs $n_w$.

Maximum likelihood gives $N_{cw}/N_c$: 0 for a word never seen in $c$. Then $n_w\log0=-\infty$ for a single occurrence, and all other evidence is lost.

A Dirichlet prior with parameter $\alpha$ adds $\alpha$ pseudo-counts to each of $V$ words: the posterior mean is $(N_{cw}+\alpha)/(N_c+\alpha V)$. It sums to one over $w$; for $\alpha\to\infty$ it tends to $1/V$, for $\alpha\to0$ to the raw shares.`,
  covers: ["bayes/multinomial-naive-bayes"],
  answers: ["q-b-047", "q-b-048"],
  verifiedAgainst: ["scikit-learn 1.2 MultinomialNB: joint log likelihoods", "the formula by hand"],
  budget: "quick",
  controls: {
    alpha: slider(0.001, 10, 1, { label: "α", scale: "log" }),
    texts: slider(10, 300, 40, { label: "training texts", step: 10 }),
  },
  run(lab, { alpha, texts }) {
    const V = 120;
    const random = lab.random();
    const base = random.dirichlet(new Array<number>(V).fill(0.3));
    const tilt = range(V).map(() => random.normal(0, 0.7));
    const law = [1, -1].map((s) => {
      const p = Array.from(base, (v, j) => (v + 1e-4) * Math.exp(s * tilt[j]!));
      const sum = p.reduce((a, v) => a + v, 0);
      return p.map((v) => v / sum);
    });
    const draw = (n: number) => {
      const y = range(n).map((i) => i % 2);
      return { X: Matrix.from(y.map((c) => random.multinomial(25, law[c]!))), y };
    };
    const [train, test] = [draw(texts), draw(1000)];
    const score = (a: number, data = train) =>
      accuracy(test.y, new MultinomialNB({ alpha: a }).fit(data.X, data.y).predict(test.X));
    const alphas = range(21).map((i) => 10 ** (-4 + i / 4));
    lab.plot(
      figure(
        [
          { type: "line", x: alphas.map(Math.log10), y: alphas.map((a) => score(a)) },
          { type: "rule", x: Math.log10(alpha), label: "α" },
        ],
        {
          x: { label: "log₁₀ α" },
          y: { label: "accuracy on new texts" },
          alt: `Accuracy of multinomial naive Bayes by smoothing constant, trained on ${texts} texts.`,
        },
      ),
    );
    const model = new MultinomialNB({ alpha }).fit(train.X, train.y);
    const own = range(texts).filter((i) => train.y[i] === 1);
    const count = own.reduce((s, i) => s + train.X.at(i, 3), 0);
    const total = own.reduce((s, i) => s + train.X.row(i).reduce((a, v) => a + v, 0), 0);
    lab.check("P(word 3 | class 1) by the formula", Math.exp(model.featureLogProb.at(1, 3)), {
      equals: (count + alpha) / (total + alpha * V),
      within: 1e-12,
    });
    lab.check(
      "probabilities of all words sum to 1",
      model.featureLogProb.row(0).reduce((s, v) => s + Math.exp(v), 0),
      { equals: 1, within: 1e-9 },
    );
    // Word 2 never occurs in class "ham".
    const X = [
      [5, 5, 0],
      [6, 4, 0],
      [1, 1, 8],
      [0, 2, 8],
    ];
    const y = ["ham", "ham", "spam", "spam"];
    const text = [[60, 40, 1]];
    lab.check(
      "100 words of ham and one unseen: P(ham) without smoothing",
      new MultinomialNB({ alpha: 0 }).fit(X, y).predictProba(text).at(0, 0),
      { equals: 0 },
    );
    lab.check("with α = 1", new MultinomialNB().fit(X, y).predictProba(text).at(0, 0), { above: 0.999 });
    lab.check(
      "very large α: every word equally likely",
      Math.exp(new MultinomialNB({ alpha: 1e9 }).fit(X, y).featureLogProb.at(0, 2)),
      { equals: 1 / 3, within: 1e-6 },
    );
    const small = range(5).map(() => draw(20));
    const average = (f: (d: { X: Matrix; y: number[] }) => number) => small.reduce((s, d) => s + f(d), 0) / 5;
    lab.check(
      "20 texts: α = 1 less α = 0",
      average((d) => score(1, d) - score(0, d)),
      { above: 0.03 },
    );
    const logistic = (d: { X: Matrix; y: number[] }) =>
      accuracy(test.y, new LogisticRegression({ C: 1 }).fit(d.X, d.y).predict(test.X));
    lab.check(
      "20 texts: naive Bayes less logistic regression",
      average((d) => score(1, d) - logistic(d)),
      { above: -0.02 },
    );
  },
});
