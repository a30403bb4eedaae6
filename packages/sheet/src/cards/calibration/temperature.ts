import { expectedCalibrationError, temperatureScaling } from "whetstone/calibration";
import { Matrix, softmax } from "whetstone/math";
import { accuracy, logLoss } from "whetstone/metrics";
import { card, figure, linspace, range, slider } from "../../index.ts";

export default card({
  id: "calibration/temperature",
  title: "One temperature cures one overconfidence, and no other",
  formula: String.raw`\hat T=\arg\min_{T>0}\ -\sum_i\log\operatorname{softmax}(z_i/T)_{y_i},\qquad \arg\max_k z_{ik}/T=\arg\max_k z_{ik}`,
  ask: "What does temperature scaling learn, on which data, what does it leave unchanged, and when does it fail?",
  answer:
    "One number T, by log loss on validation data; the loss is convex in 1/T. Above 1 it softens. Order and argmax stay, so accuracy is untouched. It works when all predictions are overconfident by one factor, typical for nets; it fails when some classes or regions are over- and others underconfident.",
  pitfall:
    "Fitted on the training set T comes out too low, since the net is nearly always right there. Refit after a shift of the data.",
  level: "medium",
  whenNot:
    "When different classes or regions err in different directions one number cannot help: use vector or matrix scaling, calibration per group, or an ensemble.",
  followUps: [
    {
      ask: "Why does accuracy not change?",
      answer:
        "Dividing all logits of a row by one positive number keeps their order, so the argmax stays. AUC over one class's probability can move slightly with many classes.",
    },
    {
      ask: "Does T survive a shift of the data?",
      answer:
        "Rarely. Under shift nets grow more overconfident and T should be larger; refit on recent labelled rows, or use ensembles, which degrade more gently.",
    },
  ],
  derivation: String.raw`With $\beta=1/T$ the loss of a row is $-\beta z_y+\log\sum_k e^{\beta z_k}$: a linear term plus a log-sum-exp of linear terms, so convex in $\beta$, with one minimum.

At the optimum its slope vanishes: $\sum_i z_{i,y_i}=\sum_i\sum_k p_{ik}z_{ik}$, so the mean logit of the true class equals the mean logit expected under the softened forecasts. It is a maximum-entropy condition: confidence is matched on average, not row by row.

If the true log-odds are $z$ and the net states $cz$, then $T=c$ repairs every row at once; that is the only kind of error it can repair.`,
  covers: ["calibration/temperature-scaling", "claim-a-160", "claim-b-306"],
  answers: ["q-a-355", "q-b-262"],
  verifiedAgainst: ["SciPy 1.10 minimize_scalar on the same loss", "a temperature put in and recovered"],
  budget: "quick",
  controls: {
    over: slider(0.3, 4, 2.5, { label: "factor on the logits (1: honest)", step: 0.1 }),
    T: slider(0.3, 6, 1, { label: "temperature T", step: 0.1 }),
  },
  run(lab, { over, T }) {
    const random = lab.random();
    const K = 4;
    const draw = (n: number, factor: (row: number) => number) => {
      const honest = new Matrix(random.fillNormal(new Float64Array(n * K), 0, 1.5), n, K);
      const y = range(n).map((i) => random.categorical(softmax(honest.row(i))));
      return {
        y,
        logits: new Matrix(
          honest.data.map((v, at) => v * factor(Math.floor(at / K))),
          n,
          K,
        ),
      };
    };
    const at = (logits: Matrix, t: number) =>
      softmax(
        new Matrix(
          logits.data.map((v) => v / t),
          logits.rows,
          K,
        ),
        { axis: 1 },
      );
    const labels = range(K);
    const [validation, test] = [draw(2000, () => over), draw(2000, () => over)];
    const fitted = temperatureScaling(validation.logits, validation.y, { labels });
    const temperatures = linspace(0.3, 6, 20);
    const shown = { y: test.y.slice(0, 800), logits: test.logits.selectRows(range(800)) };
    const losses = temperatures.map((t) => logLoss(shown.y, at(shown.logits, t), { labels }));
    const eces = temperatures.map((t) => expectedCalibrationError(shown.y, at(shown.logits, t), { labels }));
    lab.plot(
      figure(
        [
          { type: "line", name: "log loss", x: temperatures, y: losses },
          { type: "line", name: "ECE", x: temperatures, y: eces },
          { type: "rule", name: "fitted on validation", x: fitted.temperature, label: "fitted" },
          { type: "rule", name: "yours", x: T },
        ],
        {
          x: { label: "temperature" },
          y: { label: "test score", domain: [0, 3] },
          alt: `Test log loss and calibration error by temperature: both are lowest near ${fitted.temperature.toFixed(2)}, the factor by which the logits were inflated.`,
        },
      ),
    );
    const choose = (p: Matrix) => range(p.rows).map((i) => p.row(i).indexOf(Math.max(...p.row(i))));
    const [raw, scaled] = [choose(at(test.logits, 1)), choose(fitted.transform(test.logits))];
    lab.check("recovered temperature against the factor put in", fitted.temperature / over, {
      equals: 1,
      within: 0.12,
    });
    lab.check("rows whose predicted class changes", raw.filter((c, i) => c !== scaled[i]).length, {
      equals: 0,
    });
    lab.check("accuracy changes by", accuracy(test.y, scaled) - accuracy(test.y, raw), {
      equals: 0,
    });
    lab.check(
      "ECE after scaling",
      expectedCalibrationError(test.y, fitted.transform(test.logits), { labels }),
      { below: 0.05 },
    );
    const [hot, hotTest] = [draw(2000, () => 3), draw(2000, () => 3)];
    const cure = temperatureScaling(hot.logits, hot.y, { labels });
    lab.check(
      "logits tripled: ECE before",
      expectedCalibrationError(hotTest.y, at(hotTest.logits, 1), { labels }),
      { above: 0.1 },
    );
    lab.check("after", expectedCalibrationError(hotTest.y, cure.transform(hotTest.logits), { labels }), {
      below: 0.05,
    });
    // Half the rows overconfident, half underconfident: no single T helps both.
    const mixed = draw(4000, (i) => (i % 2 === 0 ? 3 : 1 / 3));
    const best = temperatureScaling(mixed.logits, mixed.y, { labels });
    const p = best.transform(mixed.logits);
    const half = (r: number) => {
      const rows = range(4000).filter((i) => i % 2 === r);
      return expectedCalibrationError(
        rows.map((i) => mixed.y[i]!),
        p.selectRows(rows),
        { labels },
      );
    };
    lab.check(
      "half over-, half underconfident, one T: larger ECE of the halves",
      Math.max(half(0), half(1)),
      { above: 0.1 },
    );
  },
});
