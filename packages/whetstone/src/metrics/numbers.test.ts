import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "../math/matrix.ts";
import {
  accuracy,
  costThreshold,
  dcg,
  expectedCost,
  explainedVariance,
  f1,
  fbeta,
  gammaDeviance,
  getMetric,
  huber,
  irrelevantShare,
  mae,
  mape,
  maxError,
  meanAveragePrecision,
  meanReciprocalRank,
  medianAe,
  metricNames,
  minimumCostDecision,
  mse,
  msle,
  ndcg,
  pinball,
  poissonDeviance,
  precision,
  precisionAtK,
  r2,
  rankByScore,
  rankedAveragePrecision,
  recall,
  recallAtK,
  reciprocalRank,
  rmse,
  selectThreshold,
  sliceEvaluation,
  smape,
  thresholdSweep,
  wape,
  wilsonInterval,
  withinTolerance,
} from "./index.ts";

/** What `reference/metrics/make_metrics.py` wrote. */
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/metrics/metrics.json", import.meta.url), "utf8"),
) as Record<"w" | "yb" | "prob" | "pred" | "ym" | "pm" | "yr" | "pr" | "y0" | "logLoss", number[]> & {
  Pm: number[][];
  aucMulti: Record<string, number>;
  regression: Record<"plain" | "weighted" | "zeros", Record<string, number>>;
  ranking: Record<"rel" | "score", number[][]> &
    Record<"ndcgLinear" | "ndcgExp" | "dcgExp" | "ap" | "rr", number[]>;
};

/** Equal to 1e-12, relative above 1. */
function close(actual: number | ArrayLike<number>, expected: number | ArrayLike<number>): void {
  const a = typeof actual === "number" ? [actual] : Array.from(actual);
  const e = typeof expected === "number" ? [expected] : Array.from(expected);
  expect(a).toHaveLength(e.length);
  a.forEach((v, i) => {
    expect(Math.abs(v - e[i]!), `entry ${i}: ${v} against ${e[i]}`).toBeLessThanOrEqual(
      1e-12 * Math.max(1, Math.abs(e[i]!)),
    );
  });
}

const { yr, pr, y0, w, yb, prob, pred, ym, pm } = golden;

describe("regression against scikit-learn", () => {
  for (const [name, y, o] of [
    ["plain", yr, {}],
    ["weighted", yr, { sampleWeight: w }],
    ["zeros", y0, { sampleWeight: w }],
  ] as const) {
    it(name, () => {
      const g = golden.regression[name];
      close(mse(y, pr, o), g.mse!);
      close(rmse(y, pr, o), g.rmse!);
      close(mae(y, pr, o), g.mae!);
      close(r2(y, pr, o), g.r2!);
      close(explainedVariance(y, pr, o), g.explainedVariance!);
      close(mape(y, pr, { ...o, zero: "epsilon" }), g.mape!);
      close(msle(y, pr, o), g.msle!);
      close(pinball(y, pr, { ...o, alpha: 0.8 }), g.pinball!);
      close(poissonDeviance(y, pr, o), g.poisson!);
      close(
        gammaDeviance(
          y.map((v) => Math.max(v, 0.01)),
          pr,
          o,
        ),
        g.gamma!,
      );
      if (name === "plain") close(medianAe(y, pr), g.medianAe!);
    });
  }
  it("the weighted median counts a weight of k as k copies", () => {
    close(medianAe([0, 0, 0, 0], [1, 2, 3, 4], { sampleWeight: [1, 0, 2, 1] }), 3);
    close(medianAe([0, 0, 0], [1, 2, 9], { sampleWeight: [2, 1, 1] }), 1.5);
    close(medianAe([0, 0, 0, 0, 0], [1, 1, 2, 9, 0], { sampleWeight: [1, 1, 2, 0, 0] }), 1.5);
  });
  it("defined answers at the edges", () => {
    expect(r2([2, 2], [2, 2])).toBe(1);
    expect(r2([2, 2], [2, 3])).toBe(0);
    expect(r2([1, 2, 3], [3, 2, 1])).toBe(-3);
    expect(explainedVariance([1, 2, 3], [4, 5, 6])).toBe(1);
    expect(() => mape([0, 1], [1, 1])).toThrow(
      'mape: yTrue holds 0 at row 0, where a percentage error is undefined; use smape or mae, or zero: "skip"',
    );
    expect(mape([0, 100], [1, 110], { zero: "skip" })).toBeCloseTo(0.1, 12);
    expect(smape([0, 100], [0, 110])).toBeCloseTo(10 / 210, 12);
    expect(smape([0], [5])).toBe(2);
    expect(wape([100, 0, 100], [90, 10, 100])).toBeCloseTo(0.1, 12);
    expect(withinTolerance([100, 200, -300, 0], [110, 230, -271, 0])).toBe(0.75);
    expect(withinTolerance([100], [103], { relative: 0, absolute: 3 })).toBe(1);
    expect(maxError([1, 2], [1, 5])).toBe(3);
    expect(huber([0, 0], [0.5, 3])).toBe(1.3125);
    expect(() => poissonDeviance([1], [0])).toThrow("yPred holds 0 at row 0");
    expect(() => mse([1, Number.NaN], [1, 1])).toThrow(
      "mse: yTrue holds NaN at row 1, expected a finite number",
    );
  });
  it("RMSE is at least MAE, MAE at least the pinball halves", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: -99, max: 99, noNaN: true }),
            fc.double({ min: -99, max: 99, noNaN: true }),
          ),
          { minLength: 1 },
        ),
        (rows) => {
          const y = rows.map((r) => r[0]);
          const p = rows.map((r) => r[1]);
          expect(rmse(y, p)).toBeGreaterThanOrEqual(mae(y, p) * (1 - 1e-12) - 1e-100);
          expect(pinball(y, p)).toBeCloseTo(mae(y, p) / 2, 9);
        },
      ),
    );
  });
});

describe("ranking", () => {
  const { rel, score } = golden.ranking;
  it("NDCG, DCG, average precision and reciprocal rank against scikit-learn", () => {
    rel.forEach((r, i) => {
      const ranked = rankByScore(score[i]!, r);
      close(ndcg(ranked), golden.ranking.ndcgExp[2 * i]!);
      close(ndcg(ranked, { k: 5 }), golden.ranking.ndcgExp[2 * i + 1]!);
      close(ndcg(ranked, { gain: "linear" }), golden.ranking.ndcgLinear[2 * i]!);
      close(ndcg(ranked, { gain: "linear", k: 5 }), golden.ranking.ndcgLinear[2 * i + 1]!);
      close(dcg(ranked), golden.ranking.dcgExp[i]!);
      const hits = ranked.map((v) => (v > 1 ? 1 : 0));
      close(rankedAveragePrecision(hits), golden.ranking.ap[i]!);
      close(reciprocalRank(hits), golden.ranking.rr[i]!);
    });
  });
  it("cut-offs by hand", () => {
    const list = [1, 0, 1, 1, 0];
    expect(precisionAtK(list, 4)).toBe(0.75);
    expect(precisionAtK(list, 10)).toBe(0.3);
    expect(irrelevantShare([1, 1, 1, 1, 0], 5)).toBeCloseTo(0.2, 12);
    expect(recallAtK(list, 2)).toBeCloseTo(1 / 3, 12);
    expect(recallAtK(list, 5, 6)).toBe(0.5);
    expect(recallAtK([0, 0], 1)).toBeNaN();
    close(rankedAveragePrecision(list, { k: 3 }), (1 + 2 / 3) / 3);
    close(rankedAveragePrecision([1, 0], { total: 4 }), 0.25);
    close(
      meanAveragePrecision([
        [1, 0, 1],
        [0, 1],
        [0, 0],
      ]),
      ((1 + 2 / 3) / 2 + 0.5) / 2,
    );
    close(
      meanReciprocalRank([
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
      0.5,
    );
    expect(ndcg([0, 0])).toBeNaN();
    expect(ndcg([3, 2, 1])).toBe(1);
    expect(ndcg([1], { all: [3, 1] })).toBeLessThan(0.2);
    expect(() => precisionAtK([1], 0)).toThrow("precisionAtK: k is 0");
    expect(() => recallAtK([1, 1], 1, 1)).toThrow("total is 1, expected an integer >= 2");
  });
});

describe("thresholds and costs", () => {
  it("the sweep equals the metrics at each threshold; recall only falls", () => {
    const rows = thresholdSweep(yb, prob, [0, 0.3, 0.5, 0.7, 1.1]);
    let before = 1;
    for (const row of rows) {
      const called = prob.map((p) => (p >= row.threshold ? 1 : 0));
      close(
        [row.precision, row.recall, row.f1, row.accuracy],
        [precision(yb, called), recall(yb, called), f1(yb, called), accuracy(yb, called)],
      );
      expect(row.recall).toBeLessThanOrEqual(before);
      before = row.recall;
    }
  });
  it("the selected threshold is the best of all, by brute force", () => {
    const candidates = [...prob, 2];
    const at = (t: number) => prob.map((p) => (p >= t ? 1 : 0));
    for (const beta of [0.5, 1, 2]) {
      const best = Math.max(...candidates.map((t) => fbeta(yb, at(t), beta)));
      const s = selectThreshold(yb, prob, { by: "fbeta", beta });
      close(s.value, best);
      close(fbeta(yb, at(s.threshold), beta), best);
    }
    const cost = { by: "cost", falsePositive: 1, falseNegative: 4 } as const;
    const matrix = Matrix.from([
      [0, 1],
      [4, 0],
    ]);
    const cheapest = Math.min(...candidates.map((t) => expectedCost(yb, at(t), matrix)));
    close(selectThreshold(yb, prob, cost).value, cheapest);
    const floor = selectThreshold(yb, prob, { by: "recallFloor", floor: 0.9 });
    expect(floor.recall).toBeGreaterThanOrEqual(0.9);
    for (const t of candidates)
      if (recall(yb, at(t)) >= 0.9) expect(precision(yb, at(t))).toBeLessThanOrEqual(floor.precision);
    expect(selectThreshold([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.8], { by: "youden" }).threshold).toBeCloseTo(
      0.25,
      12,
    );
    expect(() => selectThreshold([0, 1], [0.9, 0.1], { by: "precisionFloor", floor: 0.9 })).toThrow(
      "which no threshold reaches",
    );
    expect(() => selectThreshold([1, 1], [0.9, 0.1], { by: "youden" })).toThrow("one class only");
  });
  it("the cost threshold is where both decisions cost the same, and the Bayes decision follows it", () => {
    const t = costThreshold({ falsePositive: 1, falseNegative: 9 });
    expect(t).toBeCloseTo(0.1, 12);
    const cost = Matrix.from([
      [0, 1],
      [9, 0],
    ]);
    const p = Matrix.from([
      [0.91, 0.09],
      [0.89, 0.11],
    ]);
    expect([...minimumCostDecision(p, cost)]).toEqual([0, 1]);
    expect(costThreshold({ falsePositive: 5, falseNegative: 1, truePositive: -4 })).toBe(0.5);
    expect(() => costThreshold({ falsePositive: 0, falseNegative: 0 })).toThrow("no mistake costs anything");
    expect(() => expectedCost([0, 1], [0, 1], Matrix.zeros(3, 3))).toThrow("cost is 3 x 3, expected 2 x 2");
    // A gain for a hit: expected value per row.
    expect(
      expectedCost(
        [1, 0],
        [1, 1],
        Matrix.from([
          [0, 2],
          [0, -10],
        ]),
      ),
    ).toBe(-4);
  });
});

describe("slices", () => {
  it("surfaces a group of 60 % behind 95 %", () => {
    const yTrue = new Array(1000).fill(1);
    const groups = yTrue.map((_, i) => (i < 50 ? "rare" : "common"));
    const yPred = yTrue.map((_, i) => (i < 20 || (i >= 50 && i < 80) ? 0 : 1));
    const r = sliceEvaluation("accuracy", { yTrue, yPred }, groups);
    expect(r.overall.value).toBe(0.95);
    expect(r.worst).toMatchObject({ group: "rare", size: 50, value: 0.6, worse: true });
    expect(r.worst!.upper).toBeLessThan(0.75);
    expect(r.slices[1]!.worse).toBe(false);
  });
  it("bootstrap intervals hold the value, repeat with the seed, and NaN marks what is undefined", () => {
    const groups = yb.map((_, i) => (i < 3 ? 0 : i % 2 === 0 ? 1 : 2));
    const yTrue = yb.map((v, i) => (i < 3 ? 1 : v));
    const input = { yTrue, proba: Matrix.from(prob.map((p) => [1 - p, p])), classes: [0, 1] };
    const a = sliceEvaluation("rocAuc", input, groups, { seed: 3, resamples: 200 });
    expect(sliceEvaluation("rocAuc", input, groups, { seed: 3, resamples: 200 })).toEqual(a);
    for (const s of a.slices.filter((v) => v.group !== 0)) {
      expect(s.lower).toBeLessThan(s.value);
      expect(s.upper).toBeGreaterThan(s.value);
    }
    expect(a.slices.at(-1)).toMatchObject({ group: 0, value: Number.NaN });
    const rmseSlices = sliceEvaluation(
      "rmse",
      { yTrue: yr, yPred: pr },
      yr.map((_, i) => i % 2),
      { resamples: 100 },
    );
    expect(rmseSlices.slices[0]!.value).toBeGreaterThan(rmseSlices.slices[1]!.value);
  });
  it("Wilson's interval", () => {
    // Newcombe (1998), table I: 81 of 263 and 0 of 20.
    const [low, high] = wilsonInterval(81 / 263, 263);
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
    const [zero, upper] = wilsonInterval(0, 20);
    expect(zero).toBe(0);
    expect(upper).toBeCloseTo(0.1611, 4);
  });
});

describe("registry", () => {
  it("every metric gives its best value on a perfect prediction, and a worse one otherwise", () => {
    const proba = Matrix.from(yb.map((v) => [1 - v, v]));
    const fuzzy = Matrix.from(prob.map((p) => [1 - p, p]));
    for (const name of metricNames()) {
      const m = getMetric(name);
      const perfect =
        m.needs === "numbers"
          ? { yTrue: yr, yPred: yr }
          : m.needs === "labels"
            ? { yTrue: ym, yPred: ym }
            : { yTrue: yb, proba, classes: [0, 1] };
      expect(m.evaluate(perfect), name).toBeCloseTo(m.best, 12);
      const real =
        m.needs === "numbers"
          ? { yTrue: yr, yPred: pr }
          : m.needs === "labels"
            ? { yTrue: ym, yPred: pm }
            : { yTrue: yb, proba: fuzzy, classes: [0, 1] };
      expect(m.greaterIsBetter ? m.best - m.evaluate(real) : m.evaluate(real) - m.best, name).toBeGreaterThan(
        0.01,
      );
    }
  });
  it("knows scikit-learn's names, the positive class and many classes", () => {
    expect(getMetric("roc_auc").name).toBe("rocAuc");
    expect(getMetric("f1").evaluate({ yTrue: yb, yPred: pred, classes: [0, 1] })).toBe(f1(yb, pred));
    expect(getMetric("f1").evaluate({ yTrue: [0, 0], yPred: [0, 0], classes: [0, 1] })).toBe(0);
    expect(getMetric("f1").evaluate({ yTrue: ym, yPred: pm })).toBe(f1(ym, pm, { average: "macro" }));
    const rows = { yTrue: ym, proba: Matrix.from(golden.Pm), classes: [0, 1, 2, 3] };
    close(getMetric("rocAuc").evaluate(rows), golden.aucMulti["ovr-macro"]!);
    close(getMetric("logLoss").evaluate(rows), golden.logLoss[2]!);
    expect(() => getMetric("averagePrecision").evaluate(rows)).toThrow("2 columns");
    expect(() => getMetric("acuracy")).toThrow(
      'getMetric: name is "acuracy", expected one of accuracy, balancedAccuracy',
    );
    expect(() => getMetric("logLoss").evaluate({ yTrue: yb })).toThrow("logLoss: proba is undefined");
    expect(metricNames("regression")).toContain("rmse");
    expect(metricNames("regression")).not.toContain("f1");
  });
});
