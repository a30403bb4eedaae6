import { LogisticRegression } from "whetstone/linear";
import { SparseMatrix } from "whetstone/math";
import { accuracy } from "whetstone/metrics";
import { LinearSVC } from "whetstone/svm";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "svm/linear-svm",
  title: "A linear SVM on words, beside logistic regression",
  formula: String.raw`\min_w\tfrac12\lVert w\rVert^2+C\sum_i\max(0,1-y_iw^\top x_i)`,
  ask: "How is a linear SVM trained, and how does it compare with logistic regression on TF-IDF?",
  answer:
    "Dual coordinate descent: one αᵢ at a time in closed form, w kept up to date, cost linear in the stored numbers. Both models weigh words linearly with L2; hinge ignores rows beyond the margin, logistic never quite does. On sparse text they find nearly the same border and accuracy.",
  pitfall:
    "LinearSVC gives margins, not probabilities, and it penalises the intercept. A duality gap, not a count of passes, says when it is done.",
  level: "medium",
  whenNot:
    "When probabilities matter, take logistic regression: the accuracy is about the same. When the border is curved, add columns or take a kernel or trees.",
  followUps: [
    {
      ask: "How do you get probabilities from it?",
      answer:
        "Fit a sigmoid to the scores on held-out folds (Platt), or isotonic regression with more data. Scores of the training rows are too extreme to calibrate on.",
    },
    {
      ask: "Why does LinearSVC depend on the scale of the intercept column?",
      answer:
        "It appends a constant column and penalises its weight like any other. A larger constant needs a smaller weight, so the penalty on the intercept fades.",
    },
  ],
  derivation: String.raw`Without an intercept outside $w$ the dual has only box constraints: maximise $\sum_i\alpha_i-\tfrac12\lVert w\rVert^2$ with $w=\sum_i\alpha_iy_ix_i$ and $0\le\alpha_i\le C$.

Along one $\alpha_i$ this is a parabola with slope $1-y_iw^\top x_i$ and curvature $-\lVert x_i\rVert^2$. Its top is at $\alpha_i+\frac{1-y_iw^\top x_i}{\lVert x_i\rVert^2}$, clipped to $[0,C]$.

Then $w$ moves by $(\alpha_i^{\text{new}}-\alpha_i)y_ix_i$. Both the slope and this update touch only the stored numbers of row $i$, so a pass over the data costs as much as reading it.

The primal at $w$ is never below the dual at $\alpha$. Their difference bounds how far either is from the optimum, and it is $0$ there.`,
  covers: ["svm/linear-svm", "claim-b-293"],
  verifiedAgainst: ["liblinear through scikit-learn 1.2", "the duality gap"],
  budget: "quick",
  controls: {
    logC: slider(-2, 2, 0, { label: "C = 10^k", step: 0.2 }),
    topic: slider(0.05, 0.5, 0.25, { label: "share of topical words", step: 0.05 }),
  },
  run(lab, { logC, topic }) {
    const random = lab.random();
    const [docs, words, length] = [600, 400, 40];
    // Documents of two topics: some words are theirs, the rest common; then TF-IDF with unit rows.
    const y = range(docs).map((i) => (i % 2 ? "sport" : "finance"));
    const texts = y.map((label) =>
      range(length).map(() =>
        random.bernoulli(topic)
          ? (label === "sport" ? 0 : 60) + random.int(60)
          : 120 + Math.floor(280 * random.uniform() ** 2),
      ),
    );
    const seen = new Float64Array(words);
    for (const text of texts) for (const w of new Set(text)) seen[w]!++;
    const rowsOf: number[] = [];
    const cols: number[] = [];
    const values: number[] = [];
    texts.forEach((text, i) => {
      const counts = new Map<number, number>();
      for (const w of text) counts.set(w, (counts.get(w) ?? 0) + 1);
      const entries = [...counts].map(
        ([w, c]) => [w, c * (Math.log((1 + docs) / (1 + seen[w]!)) + 1)] as const,
      );
      const norm = Math.hypot(...entries.map(([, v]) => v));
      for (const [w, v] of entries) {
        rowsOf.push(i);
        cols.push(w);
        values.push(v / norm);
      }
    });
    const X = SparseMatrix.fromTriplets(docs, words, rowsOf, cols, values);
    const dense = X.toDense();
    const [train, test] = [range(400), range(200).map((i) => 400 + i)];
    const pick = (rows: number[]) => SparseMatrix.fromDense(dense.selectRows(rows));
    const labels = (rows: number[]) => rows.map((i) => y[i]!);
    const C = 10 ** logC;
    const fit = (c: number) =>
      new LinearSVC({ loss: "hinge", C: c, tol: 1e-6, maxIter: 5000 }).fit(pick(train), labels(train), {
        onWarning: () => {},
      });
    const svm = fit(C);
    const logistic = new LogisticRegression({ C }).fit(pick(train), labels(train));
    const f = svm.decisionFunction(pick(test)).data;
    const g = logistic.decisionFunction(pick(test)).data;
    lab.plot(
      figure([{ type: "points", x: Array.from(f), y: Array.from(g), group: labels(test), size: 2 }], {
        title: `held-out documents, ${svm.support.length} of 400 are support vectors`,
        x: { label: "margin of the SVM" },
        y: { label: "logit of logistic regression" },
        alt: "Margins of the linear machine against logits of logistic regression: almost one line.",
      }),
    );
    const own = fit(1);
    const other = new LogisticRegression({ C: 1 }).fit(pick(train), labels(train));
    const [a, b] = [
      accuracy(labels(test), own.predict(pick(test))),
      accuracy(labels(test), other.predict(pick(test))),
    ];
    lab.check("accuracy: SVM less logistic regression", a - b, { between: [-0.04, 0.04] });
    const p = own.predict(pick(test));
    const q = other.predict(pick(test));
    lab.check("documents on which both agree", p.filter((v, i) => v === q[i]).length / 200, {
      atLeast: 0.93,
    });
    const cosine =
      own.coef.row(0).reduce((s, v, j) => s + v * other.coef.at(0, j), 0) /
      Math.hypot(...own.coef.row(0)) /
      Math.hypot(...other.coef.row(0));
    lab.check("cosine of both weight vectors", cosine, { atLeast: 0.85 });
    const margins = own.decisionFunction(pick(train)).data.map((v, i) => (y[i] === "sport" ? v : -v));
    const hinge = margins.reduce((s, m) => s + Math.max(0, 1 - m), 0);
    const norm = own.coef.data.reduce((s, v) => s + v * v, 0) + own.intercept[0]! ** 2;
    lab.check("primal objective: hinge plus L2", own.primal[0]!, {
      equals: norm / 2 + hinge,
      relative: 1e-9,
    });
    lab.check("duality gap over it", own.dualityGap[0]! / own.primal[0]!, { between: [-1e-9, 1e-4] });
    lab.check(
      "rows well beyond the margin that carry weight",
      Array.from(own.support).filter((i) => margins[i]! > 1.01).length,
      { equals: 0 },
    );
    const whole = new LinearSVC({ loss: "hinge", tol: 1e-6, maxIter: 5000 }).fit(
      dense.selectRows(train),
      labels(train),
      { onWarning: () => {} },
    );
    lab.check(
      "sparse and dense rows: largest difference of a weight",
      Math.max(...whole.coef.data.map((v, j) => Math.abs(v - own.coef.data[j]!))),
      { atMost: 1e-6 },
    );
  },
});
