import { expectedCalibrationError, reliabilityDiagram } from "whetstone/calibration";
import { sigmoid } from "whetstone/math";
import { rocAuc } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "calibration/reliability",
  title: "Reliability diagram and ECE, and what a low ECE hides",
  formula: String.raw`\text{ECE}=\sum_b\frac{n_b}{N}\,\big|\text{acc}_b-\text{conf}_b\big|`,
  ask: "How is expected calibration error computed, how do you read a reliability diagram, and what can a low ECE hide?",
  answer:
    "Bin the stated probabilities, compare mean confidence with observed frequency in each bin, average the gaps weighted by size. In the diagram points below the diagonal are overconfident. A low ECE says nothing about discrimination: always stating the base rate has ECE near 0.",
  pitfall:
    "ECE depends on the bins and is biased upwards: a perfectly calibrated model with few rows per bin still scores above 0. The target of 0.05 is a convention.",
  level: "easy",
  whenNot:
    "As the only number: it ignores discrimination and depends on bins. For choosing among models use a proper score; for guarantees per group, calibration within groups.",
  followUps: [
    {
      ask: "Your ECE is 0.03 on 500 rows. Is the model calibrated?",
      answer:
        "Perhaps: in ten bins a perfectly calibrated one scores 0.03 to 0.05 by chance. Compare with the ECE of labels drawn from the stated probabilities, or give a bootstrap interval.",
    },
    {
      ask: "Overall calibrated, yet one region is not. How can that be?",
      answer:
        "Over- and underconfidence of two groups cancel within a bin. Draw the diagram per segment; multicalibration asks for all of them at once.",
    },
  ],
  derivation: String.raw`Calibrated means $P(y=1\mid \hat p=p)=p$ for every $p$. Bins estimate the left side: in bin $b$ the rate $\text{acc}_b$ stands for it and the mean forecast $\text{conf}_b$ for $p$; ECE averages $|\text{acc}_b-\text{conf}_b|$ by size.

Even for a calibrated model $\text{acc}_b$ scatters by $\sqrt{p(1-p)/n_b}$, and the absolute value does not average that away: the expected gap is about $0.8$ of it. With 5 rows a bin and $p=0.5$ that is 0.18. So ECE is biased upwards, more with more bins.

A constant forecast at the base rate has one bin and no gap: ECE says nothing about telling rows apart.`,
  covers: ["calibration/ece", "claim-a-159", "claim-b-245"],
  answers: ["q-a-069", "q-a-354", "q-a-356", "q-b-316"],
  verifiedAgainst: ["scikit-learn 1.2 calibration_curve", "known miscalibration"],
  budget: "quick",
  controls: {
    stretch: slider(0.3, 3, 2, { label: "stretch of the log-odds (1: calibrated)", step: 0.1 }),
    bins: slider(2, 40, 10, { label: "bins" }),
    n: slider(200, 10_000, 4000, { label: "rows", step: 200 }),
    strategy: choice(["uniform", "quantile"], "uniform", { label: "bin edges" }),
  },
  run(lab, { stretch, bins, n, strategy }) {
    const random = lab.random();
    const draw = (rows: number, k: number) => {
      const z = range(rows).map(() => random.normal(0, 1.5));
      return { y: z.map((v) => (random.bernoulli(sigmoid(v)) ? 1 : 0)), p: z.map((v) => sigmoid(k * v)) };
    };
    const { y, p } = draw(n, stretch);
    const diagram = reliabilityDiagram(y, p, { bins, strategy });
    const filled = diagram.bins.filter((b) => b.weight > 0);
    lab.plot(
      figure(
        [
          {
            type: "boxes",
            name: "observed",
            x0: filled.map((b) => b.lower),
            x1: filled.map((b) => b.upper),
            y: filled.map((b) => b.accuracy),
          },
          { type: "line", name: "calibrated", x: [0, 1], y: [0, 1], dashed: true },
          {
            type: "points",
            name: "mean confidence",
            x: filled.map((b) => b.confidence),
            y: filled.map((b) => b.accuracy),
            size: 4,
          },
        ],
        {
          title: `ECE = ${diagram.ece.toFixed(3)}, largest gap ${diagram.mce.toFixed(3)}`,
          x: { label: "stated probability", domain: [0, 1] },
          y: { label: "observed frequency", domain: [0, 1] },
          square: true,
          alt: `Reliability diagram: observed frequencies ${stretch > 1 ? "are less extreme than stated (overconfident)" : stretch < 1 ? "are more extreme than stated (underconfident)" : "follow the diagonal"}; ECE ${diagram.ece.toFixed(3)}.`,
        },
      ),
    );
    lab.check(
      "ECE by hand from the bins",
      filled.reduce((s, b) => s + (b.weight / n) * Math.abs(b.accuracy - b.confidence), 0),
      { equals: diagram.ece, within: 1e-12 },
    );
    lab.check(
      "a statement of 0.9 that comes true in 3 of 4 cases",
      expectedCalibrationError([1, 0, 1, 1], [0.9, 0.9, 0.9, 0.9]),
      { equals: 0.15, within: 1e-12 },
    );
    const [good, bad] = [draw(10_000, 1), draw(10_000, 3)];
    const [fine, poor] = [expectedCalibrationError(good.y, good.p), expectedCalibrationError(bad.y, bad.p)];
    lab.check("calibrated by construction, 10,000 rows", fine, { below: 0.03 });
    lab.check("log-odds tripled", poor, { above: 0.08 });
    lab.check(
      "the same ranking: difference in AUC of stated and true odds",
      rocAuc(y, p) -
        rocAuc(
          y,
          p.map((v) => Math.log(v / (1 - v))),
        ),
      { equals: 0, within: 1e-9 },
    );
    const rate = mean(good.y);
    const constant = good.y.map(() => rate);
    lab.check("always the base rate: ECE", expectedCalibrationError(good.y, constant), { atMost: 1e-12 });
    lab.check("and its AUC", rocAuc(good.y, constant), { equals: 0.5 });
    const few = range(30).map(() => {
      const d = draw(100, 1);
      return expectedCalibrationError(d.y, d.p, { bins: 20 });
    });
    lab.check(
      "calibrated, 100 rows in 20 bins: mean ECE, above the 0.05 “target”",
      few.reduce((a, b) => a + b, 0) / 30,
      { above: 0.05 },
    );
    const counts = [5, 10, 20, 40].map((b) =>
      expectedCalibrationError(good.y.slice(0, 500), good.p.slice(0, 500), { bins: b }),
    );
    lab.check("the same 500 calibrated rows: ECE with 40 bins over that with 5", counts[3]! / counts[0]!, {
      above: 1.2,
    });
  },
});
