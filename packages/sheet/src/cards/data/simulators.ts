import {
  billingDisputes,
  makeFraud,
  makeFriedman2,
  makeFriedman3,
  makeRegimes,
  makeSwissRoll,
} from "whetstone/data";
import { HistGradientBoostingClassifier } from "whetstone/ensemble";
import type { Matrix } from "whetstone/math";
import { mse, rocAuc } from "whetstone/metrics";
import { mean } from "whetstone/stats";
import { card, choice, figure, range, slider } from "../../index.ts";

export default card({
  id: "data/simulators",
  title: "Fraud, complaints and regimes from simulators that know the answer",
  formula: String.raw`P(\text{fraud}\mid x)=\frac{\sum_s\pi_s p_s(x)}{\pi_0p_0(x)+\sum_s\pi_s p_s(x)},\qquad y_t=\mu_{s_t}+\varphi_{s_t}(y_{t-1}-\mu_{s_t})+\sigma_{s_t}\varepsilon_t`,
  ask: "What does a simulator of fraud, of customer text or of changing regimes give that real data cannot?",
  answer:
    "The truth behind each row: the exact probability of fraud, the reason and the amount in each complaint, the regime of each step. So there is a best possible score to compare with, and faults can be staged: thieves who change their ways, a level that jumps on a known day. Then ask how soon monitoring sees it.",
  pitfall:
    "A simulator contains what its author thought of. Good marks on it show that a method can work, never that it will: confirm on real rows, and keep the simulated ones out of the test set.",
  level: "hard",
  whenNot:
    "Where real labelled rows exist, evaluate on those. Where the mechanism is unknown a simulator only returns your assumptions: fit a generator to data instead.",
  followUps: [
    {
      ask: "Why can no forecast beat the shocks' variance?",
      answer: String.raw`$y_t=\text{known part}+\sigma\varepsilon_t$, and $\varepsilon_t$ is independent of everything before. Any forecast from the past therefore has squared error at least $\sigma^2$, reached by the conditional mean.`,
    },
    {
      ask: "How do you test a drift alarm with a simulator?",
      answer:
        "Stage a change on a known day, run the alarm over many seeds, and record the delay until it rings, and the false alarms in runs without a change.",
    },
  ],
  derivation: String.raw`Rows come from a mixture: honest with share $\pi_0$ and density $p_0(x)$, schemes of fraud with $\pi_s$, $p_s(x)$. Bayes' rule gives $P(\text{fraud}\mid x)=\sum_s\pi_sp_s(x)$ over the sum of all terms. No function of $x$ ranks better than this probability, so its AUC is the ceiling.

If it is right, the mean of the told probabilities is the share of fraud: $\mathbb E[P(\text{fraud}\mid x)]=P(\text{fraud})$. That is a check of the simulator itself.

For regimes that last with probability $a$, changes occur with probability $1-a$ per step and a stay lasts $1/(1-a)$ steps on average: 50 at $a=0.98$.`,
  covers: ["data/synthetic-tasks"],
  verifiedAgainst: [
    "calibration of the told probabilities",
    "moments of each regime, exact values without shocks",
    "scikit-learn 1.2 make_friedman2, make_friedman3, make_swiss_roll and make_s_curve",
  ],
  budget: "quick",
  controls: {
    simulator: choice(["fraud", "regimes", "swiss roll"], "fraud", { label: "simulator to look at" }),
    stay: slider(0.9, 0.995, 0.98, { label: "chance that a regime lasts", step: 0.005 }),
    noise: slider(0, 1, 0.2, { label: "noise of the roll", step: 0.1 }),
  },
  run(lab, { simulator, stay, noise }) {
    const { seed } = lab;
    const fraud = makeFraud({ nSamples: 6000, fraudShare: 0.06, changeDay: 60, days: 90, seed });
    const labels = fraud.scenario.map((s) => s !== "honest");
    const regimes = [
      { mean: 0, sd: 0.5, persistence: 0.6 },
      { mean: 4, sd: 1, persistence: 0.3 },
      { mean: -3, sd: 0.3, persistence: 0.9 },
    ];
    const series = makeRegimes({ nSamples: 400, regimes, stay, seed });
    const roll = makeSwissRoll({ nSamples: 500, noise, seed });
    if (simulator === "fraud") {
      const amount = fraud.table.numbers("amount");
      const usual = fraud.table.numbers("usualAmount");
      const rows = range(6000).filter((i) => labels[i] || i % 6 === 0);
      lab.plot(
        figure(
          [
            {
              type: "points",
              x: rows.map((i) => amount[i]! / usual[i]!),
              y: rows.map((i) => fraud.table.numbers("distanceKm")[i]!),
              group: rows.map((i) => fraud.scenario[i]!),
              size: 2.5,
            },
          ],
          {
            x: { label: "amount over the customer's usual amount", scale: "log" },
            y: { label: "kilometres from home", scale: "log" },
            alt: "Payments by amount and distance: stolen cards lie at large sums far from home, card testing at tiny sums, takeovers among large sums near home.",
          },
        ),
      );
    } else if (simulator === "regimes") {
      lab.plot(
        figure(
          [
            { type: "line", name: "series", x: range(400), y: [...series.values] },
            {
              type: "step",
              name: "level of the regime",
              x: range(400),
              y: Array.from(series.state, (s) => regimes[s]!.mean),
            },
          ],
          {
            x: { label: "step" },
            y: { label: "value" },
            alt: `A series that follows ${regimes.length} levels and changes between them ${series.changePoints.length} times.`,
          },
        ),
      );
    } else {
      const turn = Array.from(roll.t, (t) => `turn ${Math.floor(t / Math.PI - 0.5)}`);
      lab.plot(
        figure([{ type: "points", x: [...roll.X.col(0)], y: [...roll.X.col(2)], group: turn, size: 2.5 }], {
          square: true,
          x: { label: "x" },
          y: { label: "z" },
          alt: "A rolled-up sheet from the side: a spiral whose turns come close to each other in space.",
        }),
      );
    }

    // Fraud: the told probability is calibrated and cannot be beaten; the thieves change on day 60.
    lab.check(
      "fraud: mean told probability over the share",
      mean(fraud.probability) / mean(labels.map(Number)),
      {
        equals: 1,
        within: 0.16,
      },
    );
    const time = fraud.table.numbers("time");
    const day = time.map((t) => (t - time[0]!) / 86_400_000);
    const rowsOf = (low: number, high: number) => range(6000).filter((i) => day[i]! >= low && day[i]! < high);
    const features = fraud.table.drop(["time", "customer", "fraud"]);
    const [train, before, after] = [rowsOf(0, 40), rowsOf(40, 59), rowsOf(61, 91)];
    const of = <T>(values: ArrayLike<T>, rows: readonly number[]) => rows.map((i) => values[i]!);
    const model = new HistGradientBoostingClassifier({ maxIter: 40, maxLeafNodes: 8 }).fit(
      features.selectRows(train),
      of(labels, train),
    );
    const auc = (rows: readonly number[]) =>
      rocAuc(of(labels, rows), model.predictProba(features.selectRows(rows)).col(1));
    const best = (rows: readonly number[]) => rocAuc(of(labels, rows), of(fraud.probability, rows));
    lab.table({
      columns: ["days", "boosted trees", "told probability"],
      rows: [
        ["40 to 58", Number(auc(before).toFixed(3)), Number(best(before).toFixed(3))],
        ["from 61, new ways of fraud", Number(auc(after).toFixed(3)), Number(best(after).toFixed(3))],
      ],
      caption: "Area under the ROC curve; trained on days 0 to 39.",
    });
    lab.check("fraud: best possible AUC", best(before), { above: 0.9 });
    lab.check("a model's AUC less the best", auc(before) - best(before), { below: 0.01 });
    const stolen = (rows: readonly number[]) => {
      const bad = rows.filter((i) => labels[i]);
      return bad.filter((i) => fraud.scenario[i] === "stolen card").length / bad.length;
    };
    lab.check("share of stolen cards in fraud, before less after", stolen(before) - stolen(after), {
      above: 0.25,
    });

    // Customer text: what a record says is in its text.
    const texts = billingDisputes().sample(200, { seed });
    lab.note(texts[0]!.text);
    lab.check(
      "complaints: amount of the record is in the text",
      texts.filter((t) => t.text.includes(t.slots.amount!)).length,
      { equals: 200 },
    );
    lab.check("reasons that occur", new Set(texts.map((t) => t.labels.reason)).size, { equals: 5 });

    // Regimes: the told forecast has only the shocks as error.
    const long = makeRegimes({ nSamples: 20_000, regimes, stay, seed });
    const shocks = mean(Array.from(long.state, (s) => regimes[s]!.sd ** 2));
    lab.check(
      "regimes: error of the told forecast over the shocks' variance",
      mse(long.values, long.expected) / shocks,
      {
        equals: 1,
        within: 0.07,
      },
    );
    lab.check(
      "yesterday's value as a forecast is worse, ratio",
      mse(long.values.slice(1), long.values.slice(0, -1)) / mse(long.values, long.expected),
      { above: 1.2 },
    );
    lab.check("changes per step", long.changePoints.length / 20_000, { equals: 1 - stay, relative: 0.35 });

    // Friedman's circuits: signal and noise are told; the roll: near in space, far along the sheet.
    const circuit = makeFriedman2({ nSamples: 2000, noise: 100, seed });
    lab.check("Friedman 2: error of the told signal over the noise", mse(circuit.y, circuit.signal) / 1e4, {
      equals: 1,
      within: 0.16,
    });
    const phase = makeFriedman3({ nSamples: 2000, seed });
    lab.check("Friedman 3: an angle, largest", Math.max(...phase.y), { between: [1.4, Math.PI / 2] });
    const clean = makeSwissRoll({ nSamples: 600, seed });
    const distance = (A: Matrix, i: number, j: number) =>
      Math.hypot(...A.row(i).map((v, c) => v - A.at(j, c)));
    let shortcut = 0;
    let longest = 0;
    for (const i of range(600))
      for (const j of range(i)) {
        const ratio = distance(clean.flat, i, j) / distance(clean.X, i, j);
        shortcut = Math.max(shortcut, ratio);
        longest = Math.max(longest, 1 / ratio);
      }
    lab.check("swiss roll: way along the sheet over the way through space, largest", shortcut, { above: 4 });
    lab.check("never shorter than through space", longest, { atMost: 1 + 1e-9 });
  },
});
