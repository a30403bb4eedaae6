import { AutoencoderDetector, IsolationForest } from "whetstone/anomaly";
import { Matrix, type RandomStream } from "whetstone/math";
import { averagePrecision } from "whetstone/metrics";
import { card, figure, histogram, range, region, slider } from "../../index.ts";

/** A row from its two causes; the product may be another. */
const row = (a: number, b: number, product = a * b) => [a, b, a + b, a - b, product, a * a];

/** Usual rows, and strange ones with the sign of the product wrong: no column shows it. */
const draw = (random: RandomStream, usual: number, strange: number, noise: number) => {
  const rows = range(usual + strange).map((i) => {
    const cause = () =>
      i < usual ? 3 * random.uniform() - 1.5 : (random.int(2) - 0.5) * (2 + random.uniform());
    const [a, b] = [cause(), cause()];
    return row(a, b, i < usual ? a * b : -a * b).map((v) => v + noise * random.normal());
  });
  return { X: Matrix.from(rows), y: range(usual + strange).map((i) => (i < usual ? 0 : 1)) };
};

export default card({
  id: "anomaly/autoencoder",
  title: "What a narrow net cannot give back is strange",
  formula: String.raw`s(x)=\tfrac1d\,\lVert x-g(f(x))\rVert^2,\qquad f:\mathbb R^d\to\mathbb R^k,\;k\ll d`,
  ask: "How does an autoencoder find positives that are fewer than one in a thousand?",
  answer:
    "It squeezes rows through a narrow code and learns, without labels, to give them back. With so few positives it learns the usual rows only; what breaks their pattern comes back wrong, and the squared error is the score. It finds rows whose columns are each usual but do not go together.",
  pitfall:
    "Too wide a code copies everything, strange rows too. And an error says unlike the rest, not positive: it needs positives that break the pattern, and a threshold from the alerts you can look at.",
  level: "medium",
  whenNot:
    "With enough labelled positives train a classifier. If anomalies are extreme in single columns, an isolation forest or a robust z-score is cheaper and needs no training run.",
  followUps: [
    {
      ask: "How do you set the threshold without labels?",
      answer:
        "From the alerts people can review: a high quantile of the errors on held-out usual rows. That fixes the false alarm rate, as long as usual rows do not drift.",
    },
    {
      ask: "What if the training rows contain anomalies?",
      answer:
        "A few do little harm: a narrow code spends itself on the many. With more, trim the rows of largest error and refit, or use a robust loss.",
    },
  ],
  derivation: String.raw`With linear layers the best code of $k$ numbers spans the first $k$ principal components $V_k$ (Eckart–Young), and the error is what they leave out: $\lVert x-\mu\rVert^2-\lVert V_k^\top(x-\mu)\rVert^2$. A row is then strange only if it leaves that plane; one far out inside it has no error at all. A net with bends can follow a curved surface: here $x_4=x_0x_1$ and $x_5=x_0^2$, which two components leave out and two causes determine.

Why the strange rows do not shape the net: the training loss is a mean over rows, and a share $\pi$ of positives has the share $\pi$ of the gradient. At $\pi=0.001$ bending the surface towards them gains at most a thousandth of their error, while it costs all others.

At $\pi=0.001$ a detector that is right for 99 % of the usual rows still raises $\frac{0.01\,(1-\pi)}{\pi}\approx10$ false alarms for each positive: judge the ranking by average precision, not by accuracy.`,
  covers: ["anomaly/autoencoder"],
  verifiedAgainst: ["principal components with linear layers, 1 %", "16 seeds"],
  budget: "costly",
  controls: {
    strange: slider(1, 3, 3, { label: "positives among 4000 rows" }),
    noise: slider(0.02, 0.1, 0.04, { label: "noise of a column", step: 0.02 }),
    code: slider(1, 6, 2, { label: "numbers in the code" }),
  },
  run(lab, { strange, noise, code }) {
    const { X, y } = draw(lab.random(), 4000, strange, noise);
    const fit = (codeSize: number, activation: "relu" | "identity" = "relu") =>
      new AutoencoderDetector({ codeSize, activation, maxIter: 20, seed: lab.seed }).fit(X);
    const two = fit(2);
    const shown = code === 2 ? two : fit(code);
    const errors = shown.scoreSamples(X).map((s) => Math.log10(Math.max(-s, 1e-6)));
    const part = (k: number) => Array.from(errors).filter((_, i) => y[i] === k);
    lab.plot(
      figure(
        [
          histogram(part(0), { bins: 40, density: true, name: "usual" }),
          { type: "points", name: "strange", x: part(1), y: part(1).map(() => 0.05), size: 5 },
        ],
        {
          title: `Errors after a code of ${code}`,
          x: { label: "log10 of the error" },
          y: { label: "density" },
          alt: "With a code of two the errors of strange rows lie far to the right of those of usual rows.",
        },
      ),
    );
    const slice = (G: Matrix) =>
      shown
        .scoreSamples(Matrix.from(range(G.rows).map((i) => row(G.at(i, 0), 1.2, G.at(i, 1)))))
        .map((s) => Math.min(1, Math.sqrt(-s)));
    lab.plot(
      figure(
        [
          region(slice, [-1.5, 1.5], [-2, 2], { resolution: 40, centre: 0.4 }),
          { type: "line", name: "x4 = 1.2 x0", x: [-1.5, 1.5], y: [-1.8, 1.8] },
        ],
        {
          title: "Error where x1 = 1.2, by x0 and the product",
          x: { label: "x0" },
          y: { label: "x4" },
          alt: "The error is small along the line on which the product is right and grows away from it.",
        },
      ),
    );
    const precision = (model: { scoreSamples(X: Matrix): Float64Array }) =>
      averagePrecision(
        y,
        Array.from(model.scoreSamples(X), (s) => -s),
      );
    lab.check("share of positives", strange / (4000 + strange), { below: 0.001 });
    lab.check("average precision of the error, a code of two", precision(two), { above: 0.8 });
    lab.check("with linear layers", precision(fit(2, "identity")), { below: 0.2 });
    lab.check(
      "an isolation forest on the same rows",
      precision(new IsolationForest({ seed: lab.seed }).fit(X)),
      {
        below: 0.2,
      },
    );
    const flipped = two.scoreSamples([row(1.2, 1.2), row(1.2, 1.2, -1.44)]);
    lab.check(
      "error of a row with the product's sign wrong, against the right one",
      flipped[1]! / flipped[0]!,
      {
        above: 20,
      },
    );
  },
});
