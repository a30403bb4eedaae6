import { labelNoise, makeBlobs, reviewedRate, reviewSample, Table } from "whetstone/data";
import { LogisticRegression } from "whetstone/linear";
import { accuracy } from "whetstone/metrics";
import { crossValPredict } from "whetstone/selection";
import { card, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/label-quality",
  title: "How many labels are wrong, and which ones to look at",
  formula: String.raw`t_j=\operatorname{mean}\{\hat p_j(x):\tilde y=j\},\qquad C_{ij}=\#\{x:\tilde y=i,\ \hat p_j(x)\ge t_j\},\qquad \text{noise}=1-\operatorname{tr}\hat Q`,
  ask: "How do you measure label noise without relabelling everything, and does 10 % noise cap accuracy at 90 %?",
  answer:
    "Two ways that check each other. Review a random sample, stratified so that rare classes appear: the error rate with an interval. And confident learning: out-of-fold probabilities; a row sure of another class than its label is suspect; the counts give the joint of given and true labels. The cap holds on equally noisy test labels only; on clean ones a model can do better.",
  pitfall:
    "Probabilities must be out of fold: a model that learned a wrong label defends it. Where classes overlap, honest rows look wrong: review suspects, do not drop them unseen. And never clean the test set with the model it judges.",
  level: "hard",
  whenNot:
    "When classes overlap by nature: honest rows look wrong, and dropping them narrows the data. Then model soft labels or ask several annotators instead.",
  followUps: [
    {
      ask: "How many rows must be reviewed for a rate of 10 % within 3 points?",
      answer: String.raw`From $1.96\sqrt{0.1\cdot0.9/n}=0.03$: about 384 rows, drawn at random.`,
    },
    {
      ask: "Symmetric label noise of 10 %: what accuracy can a perfect model show on it?",
      answer:
        "About 90 % on test labels that are equally noisy, 100 % on clean ones. The cap is the test's, not the model's; that is why clean test labels are worth paying for.",
    },
  ],
  derivation: String.raw`A row is confidently of class $j$ if $\hat p_j(x)\ge t_j$, and $t_j$ is the mean probability that rows labelled $j$ get for $j$. So each class has its own bar, and a model that is shy about one class does not push its rows out.

$C_{ij}$ counts rows labelled $i$ that are confidently $j$. Its rows are scaled to the label counts and the whole to one: $\hat Q$ estimates the joint of given and true labels. The trace is the share of agreement, $1-\operatorname{tr}\hat Q$ the noise.

Why out of fold: a flexible model fits its own wrong labels, $\hat p_{\tilde y}(x)\approx1$, and no row looks suspect. A model that did not see the row has only its neighbours' labels to go by.`,
  covers: ["data/label-quality", "claim-b-256"],
  verifiedAgainst: [
    "labels flipped at known rates, 16 seeds",
    "theorem 1 of Northcutt et al. 2021: ideal probabilities give the joint exactly",
    "coverage of the review's interval over 400 samples",
  ],
  budget: "quick",
  controls: {
    noise: slider(0, 0.4, 0.1, { label: "share of flipped labels", step: 0.02 }),
    distance: slider(2, 8, 5, { label: "distance of the classes, in standard deviations", step: 0.5 }),
    reviewed: slider(20, 300, 100, { label: "rows that people look at", step: 20 }),
  },
  run(lab, { noise, distance, reviewed }) {
    const n = 500;
    const model = new LogisticRegression();
    const study = (share: number, gap: number, seed: number) => {
      const centers = [
        [0, 0],
        [gap, 0],
      ];
      const random = lab.random(`flips ${share} ${seed}`);
      const { X, y } = makeBlobs({ nSamples: n, centers, seed });
      const flipped = y.map(() => random.bernoulli(share));
      const given = y.map((c, i) => (flipped[i] ? 1 - c : c));
      const p = crossValPredict(model, X, given, { method: "predictProba", seed });
      const found = labelNoise(given, p, { seed, resamples: 100 });
      const test = makeBlobs({ nSamples: 2000, centers, seed: seed + 1000 });
      const guess = model.fit(X, given).predict(test.X);
      const noisyTest = test.y.map((c) => (random.bernoulli(share) ? 1 - c : c));
      return {
        X,
        y,
        given,
        flipped,
        found,
        rate: flipped.filter(Boolean).length / n,
        clean: accuracy(test.y, guess),
        noisy: accuracy(noisyTest, guess),
      };
    };
    const own = study(noise, distance, lab.seed);
    const suspects = new Set(own.found.suspects.map((s) => s.row));
    const group = range(n).map((i) =>
      suspects.has(i)
        ? own.flipped[i]
          ? "wrong, found"
          : "right, suspected"
        : own.flipped[i]
          ? "wrong, missed"
          : `label ${own.given[i]}`,
    );
    lab.plot(
      figure([{ type: "points", x: [...own.X.col(0)], y: [...own.X.col(1)], group, size: 2.5 }], {
        square: true,
        x: { label: "x₁" },
        y: { label: "x₂" },
        alt: `Two clouds of labelled points; ${suspects.size} rows are suspected, most of them labels of one cloud inside the other.`,
      }),
    );

    // People look at a sample: here they know the truth.
    const table = Table.fromColumns({
      x: own.X.col(0),
      label: own.given.map((c) => `class ${c}`),
      suspect: range(n).map((i) => suspects.has(i)),
    });
    const sample = reviewSample(table, { size: reviewed, by: "label", seed: lab.seed });
    const review = reviewedRate(
      sample,
      Array.from(sample.rows, (i) => own.flipped[i]!),
    );
    const show = (v: number) => Number(v.toFixed(3));
    lab.table({
      columns: ["error rate of the labels", "estimate", "low", "high"],
      rows: [
        ["truth", show(own.rate), null, null],
        [
          `review of ${sample.rows.length} rows`,
          show(review.rate),
          show(review.interval[0]),
          show(review.interval[1]),
        ],
        [
          "confident learning",
          show(own.found.rate),
          show(own.found.interval[0]),
          show(own.found.interval[1]),
        ],
      ],
    });
    lab.table({
      columns: ["row", "given", "suggested", "margin", "truth"],
      rows: own.found.suspects
        .slice(0, 8)
        .map((s) => [s.row, s.given, s.suggested, show(s.margin), own.y[s.row]!]),
      caption: "The surest suspects.",
    });
    const seen = range(2).map((s) => sample.stratum.filter((v) => v === s).length);
    lab.check("the review sees every class, smaller share", Math.min(...seen) / sample.rows.length, {
      atLeast: 0.3,
    });
    // Four and a half standard errors: a chance of one in 100,000.
    const deviation = Math.sqrt((own.rate * (1 - own.rate)) / sample.rows.length);
    lab.check("reviewed rate less the truth", review.rate - own.rate, {
      between: [-4.5 * deviation, 4.5 * deviation],
    });

    const base = study(0.1, 5, lab.seed);
    lab.check("10 % flipped, distance 5: estimate less truth", base.found.rate - base.rate, {
      between: [-0.025, 0.035],
    });
    const right = base.found.suspects.filter((s) => base.flipped[s.row]).length;
    lab.check("share of suspects that are wrong", right / base.found.suspects.length, { above: 0.8 });
    lab.check("share of wrong labels that are suspects", right / (n * base.rate), { above: 0.6 });
    lab.check("the surest suspect is a wrong label", base.flipped[base.found.suspects[0]!.row]!, {
      equals: true,
    });
    lab.check("nothing flipped: estimate", study(0, 5, lab.seed).found.rate, { below: 0.03 });
    lab.check("10 % noise, test labels as noisy: accuracy", base.noisy, { below: 0.93 });
    lab.check("the same model on clean test labels", base.clean, { above: 0.96 });
    const overlap = study(0, 2, lab.seed).found.rate;
    lab.check("classes that overlap, nothing flipped: honest rows look wrong, estimate", overlap, {
      above: 0.035,
    });
  },
});
