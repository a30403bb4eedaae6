import { BernoulliNB, MultinomialNB } from "whetstone/bayes";
import { accuracy } from "whetstone/metrics";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "bayes/bernoulli-naive-bayes",
  title: "Bernoulli naive Bayes: absent words speak too",
  formula: String.raw`\log P(c\mid x)=\log\pi_c+\sum_j x_j\log p_{cj}+(1-x_j)\log(1-p_{cj})+\text{const}`,
  ask: "How does the Bernoulli form of naive Bayes differ from the multinomial one, and when does the difference matter?",
  answer:
    "Bernoulli asks for each word whether it occurs, and multiplies in 1 − p for every word that does not. Multinomial counts occurrences and says nothing of absent words. For short texts, where absence tells, Bernoulli can win; for long ones counts carry more.",
  pitfall:
    "A long vocabulary of rare words makes absence a large constant for every text. And a repeated word counts once: a text that shouts is no louder.",
  level: "easy",
  whenNot:
    "For long texts where counts carry weight: multinomial, or logistic regression on TF-IDF. When features are strongly tied, its probabilities are too extreme.",
  followUps: [
    {
      ask: "Why is an empty text classified at all?",
      answer: String.raw`All absences speak: its score is $\log\pi_c+\sum_j\log(1-p_{cj})$. The class whose words are rarer, or fewer, wins.`,
    },
    {
      ask: "How is p smoothed in the Bernoulli form?",
      answer: String.raw`$(n_{cj}+\alpha)/(n_c+2\alpha)$: there are two outcomes, present and absent, so two pseudo-counts, not one per word of the vocabulary.`,
    },
  ],
  derivation: String.raw`Given the class each word $j$ is a coin with $P(x_j=1)=p_{cj}$, so $P(x\mid c)=\prod_jp_{cj}^{x_j}(1-p_{cj})^{1-x_j}$. The logarithm turns the product into the sum above, and $\log\pi_c$ is added by Bayes' rule.

Collecting terms: $\sum_jx_j\log\frac{p_{cj}}{1-p_{cj}}+\sum_j\log(1-p_{cj})$. It is linear in $x$; the second sum is a constant per class, the score of an empty text.

The multinomial form has $\sum_jn_j\log\theta_{cj}$ instead: no term for $n_j=0$, and seven occurrences count seven times. Where classes differ in which words are missing, only the Bernoulli form notices.`,
  covers: ["bayes/bernoulli-naive-bayes"],
  verifiedAgainst: ["scikit-learn 1.2 BernoulliNB: joint log likelihoods", "the formula by hand"],
  budget: "quick",
  controls: {
    present: slider(0.3, 0.95, 0.8, { label: "P(telling word | class 1)", step: 0.05 }),
    n: slider(50, 500, 200, { label: "training texts", step: 50 }),
  },
  run(lab, { present, n }) {
    const random = lab.random();
    const d = 12;
    // Four words are usual in class 1 and rare in class 0; the others do not tell.
    const chance = (c: number, j: number, p: number) => (j < 4 ? (c ? p : 0.1) : 0.3);
    const draw = (rows: number, p: number) => {
      const y = range(rows).map((i) => i % 2);
      return { X: y.map((c) => range(d).map((j) => (random.bernoulli(chance(c, j, p)) ? 1 : 0))), y };
    };
    const train = draw(n, present);
    const model = new BernoulliNB().fit(train.X, train.y);
    lab.plot(
      figure(
        [0, 1].map((c) => ({
          type: "bars" as const,
          name: `class ${c}`,
          x: range(d).map((j) => `w${j + 1}${c ? "" : "′"}`),
          y: Array.from(model.featureLogProb.row(c), Math.exp),
        })),
        {
          x: { label: "word (class 0 with a dash)", scale: "band" },
          y: { label: "P(present | class)", domain: [0, 1] },
          alt: "Estimated chance that each of twelve words is present, by class: the first four differ between the classes.",
        },
      ),
    );
    const row = train.X[0]!;
    const hand = (c: number) =>
      model.classLogPrior[c]! +
      range(d).reduce((s, j) => {
        const own = train.y.filter((v) => v === c).length;
        const p = (train.X.filter((r, i) => train.y[i] === c && r[j] === 1).length + 1) / (own + 2);
        return s + Math.log(row[j] ? p : 1 - p);
      }, 0);
    lab.check("log joint against the formula", model.jointLogLikelihood([row]).at(0, 1), {
      equals: hand(1),
      within: 1e-9,
    });
    const fixed = draw(400, 0.8);
    const fit = new BernoulliNB().fit(fixed.X, fixed.y);
    const empty = [range(d).map(() => 0)];
    lab.check("an empty text: P(class 0)", fit.predictProba(empty).at(0, 0), { above: 0.95 });
    lab.check(
      "multinomial on it knows only the priors",
      new MultinomialNB().fit(fixed.X, fixed.y).predictProba(empty).at(0, 0),
      { equals: 0.5, within: 1e-9 },
    );
    const loud = fixed.X.map((r) => r.map((v) => 7 * v));
    lab.check(
      "a word said seven times counts once",
      fit.predictProba(loud).data.join() === fit.predictProba(fixed.X).data.join(),
      { equals: true },
    );
    const test = draw(2000, 0.8);
    const [a, b] = [fit, new MultinomialNB().fit(fixed.X, fixed.y)].map((m) =>
      accuracy(test.y, m.predict(test.X)),
    );
    lab.note(`On new texts: Bernoulli ${a!.toFixed(3)}, multinomial ${b!.toFixed(3)}.`);
    lab.check("texts whose classes differ in which words are absent: Bernoulli less multinomial", a! - b!, {
      above: 0.01,
    });
  },
});
