import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "../math/matrix.ts";
import {
  accuracy,
  averagePrecision,
  balancedAccuracy,
  binaryCounts,
  brierDecomposition,
  brierScore,
  classificationReport,
  cohenKappa,
  confusionMatrix,
  f1,
  fbeta,
  hingeLoss,
  logLoss,
  matthews,
  precision,
  precisionRecallByClass,
  precisionRecallCurve,
  recall,
  rocAuc,
  rocCurve,
  topKAccuracy,
  trapezoidArea,
} from "./index.ts";

interface Labels {
  confusion: number[][];
  confusionTrue: number[][];
  accuracy: number;
  balancedAccuracy: number;
  balancedAdjusted: number;
  matthews: number;
  kappa: number;
  kappaLinear: number;
  kappaQuadratic: number;
  prfmacro: number[];
  prfmicro: number[];
  prfweighted: number[];
}

/** What `reference/metrics/make_metrics.py` wrote. */
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/metrics/metrics.json", import.meta.url), "utf8"),
) as Record<"w" | "yb" | "sb" | "prob" | "pred" | "ym" | "pm" | "yr" | "pr" | "y0", number[]> &
  Record<"Pm" | "logits", number[][]> &
  Record<"binary" | "multi", Record<"plain" | "weighted", Labels>> &
  Record<"binaryPRF" | "zeroDivisionOne" | "labelsSubset" | "logLoss" | "brier" | "hinge", number[]> & {
    curves: Record<
      "plain" | "weighted",
      Record<
        "fpr" | "tpr" | "thresholds" | "fprAll" | "tprAll" | "precision" | "recall" | "prThresholds",
        number[]
      > &
        Record<"auc" | "ap", number>
    >;
    aucMulti: Record<string, number>;
    aucMultiWeighted: number;
    regression: Record<"plain" | "weighted" | "zeros", Record<string, number>>;
    ranking: Record<"rel" | "score", number[][]> &
      Record<"ndcgLinear" | "ndcgExp" | "dcgExp" | "ap" | "rr", number[]>;
    topk: Record<string, number>;
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

const { yb, pred, ym, pm, w, sb, prob } = golden;
const Pm = Matrix.from(golden.Pm);

describe("labels against scikit-learn", () => {
  for (const [task, y, p] of [
    ["binary", yb, pred],
    ["multi", ym, pm],
  ] as const) {
    for (const weighting of ["plain", "weighted"] as const) {
      it(`${task}, ${weighting}`, () => {
        const g = golden[task][weighting];
        const o = weighting === "plain" ? {} : { sampleWeight: w };
        const { matrix, labels } = confusionMatrix(y, p, o);
        expect(labels).toEqual(task === "binary" ? [0, 1] : [0, 1, 2, 3]);
        close(matrix.data, g.confusion.flat());
        close(confusionMatrix(y, p, { ...o, normalize: "true" }).matrix.data, g.confusionTrue.flat());
        close(accuracy(y, p, o), g.accuracy);
        close(balancedAccuracy(y, p, o), g.balancedAccuracy);
        close(balancedAccuracy(y, p, { ...o, adjusted: true }), g.balancedAdjusted);
        close(matthews(y, p, o), g.matthews);
        close(cohenKappa(y, p, o), g.kappa);
        close(cohenKappa(y, p, { ...o, weights: "linear" }), g.kappaLinear);
        close(cohenKappa(y, p, { ...o, weights: "quadratic" }), g.kappaQuadratic);
        for (const average of ["macro", "micro", "weighted"] as const) {
          const with_ = { ...o, average };
          const ours = [
            precision(y, p, with_),
            recall(y, p, with_),
            f1(y, p, with_),
            fbeta(y, p, 2, with_),
            fbeta(y, p, 0.5, with_),
          ];
          close(ours, g[`prf${average}`]);
        }
      });
    }
  }
  it("binary averages, zero division and subsets of labels", () => {
    close(
      [precision(yb, pred), recall(yb, pred), f1(yb, pred), fbeta(yb, pred, 2), fbeta(yb, pred, 0.5)],
      golden.binaryPRF,
    );
    const one = { average: "macro", zeroDivision: 1 } as const;
    close([precision(ym, pm, one), recall(ym, pm, one)], golden.zeroDivisionOne);
    const labels = [0, 2];
    const ours = [
      precision(ym, pm, { labels, average: "macro" }),
      recall(ym, pm, { labels, average: "micro" }),
      f1(ym, pm, { labels, average: "weighted" }),
    ];
    close(ours, golden.labelsSubset);
    expect(precision([1, 1], [0, 0])).toBe(0);
    expect(precision([1, 1], [0, 0], { zeroDivision: Number.NaN })).toBeNaN();
  });
  it("any kind of label; the positive one by rule or by name", () => {
    const yes = yb.map((v) => (v === 1 ? "yes" : "no"));
    const guess = pred.map((v) => (v === 1 ? "yes" : "no"));
    expect(f1(yes, guess)).toBe(f1(yb, pred));
    expect(f1(yes, guess, { positive: "no" })).toBe(f1(yb, pred, { positive: 0 }));
    expect(recall(yb.map(Boolean), pred.map(Boolean))).toBe(recall(yb, pred));
    expect(recall([-1, -1], [-1, -1])).toBe(0);
    expect(() => f1(["a", "a"], ["a", "a"])).toThrow(
      'f1: positive is undefined, expected given, because yTrue holds only "a"',
    );
    expect(() => f1(ym, pm)).toThrow(
      'f1: average is "binary", expected "macro", "micro" or "weighted", because there are 4 classes',
    );
    expect(() => accuracy([1, 0], ["1", "0"] as unknown as number[])).toThrow(
      "accuracy: yPred holds strings where yTrue holds numbers",
    );
    expect(() => accuracy([1, 0], [1])).toThrow(
      "accuracy: yPred has 1 entries, expected 2 (length of yTrue)",
    );
    expect(() => accuracy([], [])).toThrow("empty");
    expect(() => accuracy([1], [1], { sampleWeight: [-1] })).toThrow("sampleWeight holds -1 at row 0");
  });
  it("binaryCounts, the table per class and the report agree", () => {
    const c = binaryCounts(yb, pred);
    close(c.tp / (c.tp + c.fp), precision(yb, pred));
    expect(c.tp + c.fp + c.tn + c.fn).toBe(yb.length);
    const byClass = precisionRecallByClass(ym, pm);
    close(byClass.reduce((s, r) => s + r.fbeta, 0) / 4, f1(ym, pm, { average: "macro" }));
    const report = classificationReport(ym, pm);
    close(report.accuracy, accuracy(ym, pm));
    close(report.weighted.recall, report.accuracy);
    expect(report.text.split("\n")).toHaveLength(8);
    expect(report.text).toContain("macro average");
  });
  it("a weight of k is k copies", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: 0, max: 2 }),
            fc.integer({ min: 0, max: 2 }),
            fc.integer({ min: 0, max: 3 }),
          ),
          { minLength: 2, maxLength: 20 },
        ),
        (rows) => {
          const copies = rows.flatMap(([t, p, k]) => Array.from({ length: k }, () => [t, p] as const));
          if (copies.length === 0) return;
          const t = rows.map((r) => r[0]);
          const p = rows.map((r) => r[1]);
          const sampleWeight = rows.map((r) => r[2]);
          const T = copies.map((r) => r[0]);
          const P = copies.map((r) => r[1]);
          close(accuracy(t, p, { sampleWeight }), accuracy(T, P));
          close(matthews(t, p, { sampleWeight }), matthews(T, P));
          close(f1(t, p, { sampleWeight, average: "weighted" }), f1(T, P, { average: "weighted" }));
        },
      ),
    );
  });
});

describe("curves against scikit-learn", () => {
  for (const weighting of ["plain", "weighted"] as const) {
    it(`${weighting}, tied scores`, () => {
      const g = golden.curves[weighting];
      const o = weighting === "plain" ? {} : { sampleWeight: w };
      const all = rocCurve(yb, sb, { ...o, dropIntermediate: false });
      close(all.fpr, g.fprAll);
      close(all.tpr, g.tprAll);
      expect(all.thresholds[0]).toBe(Number.POSITIVE_INFINITY);
      const roc = rocCurve(yb, sb, o);
      if (weighting === "plain") {
        close(roc.fpr, g.fpr);
        close(roc.tpr, g.tpr);
        close(roc.thresholds.subarray(1), g.thresholds);
      }
      close(trapezoidArea(roc.fpr, roc.tpr), g.auc);
      close(rocAuc(yb, sb, o), g.auc);
      const pr = precisionRecallCurve(yb, sb, o);
      close(pr.precision, g.precision);
      close(pr.recall, g.recall);
      close(pr.thresholds, g.prThresholds);
      close(averagePrecision(yb, sb, o), g.ap);
    });
  }
  it("multi-class AUC, one against rest and one against one", () => {
    for (const multiClass of ["ovr", "ovo"] as const) {
      for (const average of ["macro", "weighted"] as const) {
        close(rocAuc(ym, Pm, { multiClass, average }), golden.aucMulti[`${multiClass}-${average}`]!);
      }
    }
    close(rocAuc(ym, Pm, { sampleWeight: w }), golden.aucMultiWeighted);
  });
  it("AUC is the Mann-Whitney probability, and blind to monotone maps and to the class prior", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: -5, max: 5 })), { minLength: 2, maxLength: 30 }),
        (rows) => {
          const y = rows.map((r) => r[0]);
          const s = rows.map((r) => r[1]);
          if (!y.includes(true) || !y.includes(false)) {
            expect(() => rocAuc(y, s)).toThrow("expected both classes");
            return;
          }
          let wins = 0;
          let pairs = 0;
          rows.forEach(([a, u]) => {
            rows.forEach(([b, v]) => {
              if (!a || b) return;
              pairs++;
              wins += u > v ? 1 : u === v ? 0.5 : 0;
            });
          });
          const auc = rocAuc(y, s);
          close(auc, wins / pairs);
          close(
            rocAuc(
              y,
              s.map((v) => Math.exp(v / 3)),
            ),
            auc,
          );
          const copies = rows.flatMap((r) => (r[0] ? [r, r, r] : [r]));
          close(
            rocAuc(
              copies.map((r) => r[0]),
              copies.map((r) => r[1]),
            ),
            auc,
          );
          close(rocAuc(y, s, { positive: false }), 1 - auc);
        },
      ),
    );
  });
  it("a two-column matrix means its positive column, also under another class order", () => {
    const two = Matrix.from(prob.map((p) => [1 - p, p]));
    expect(rocAuc(yb, two)).toBe(rocAuc(yb, prob));
    const swapped = Matrix.from(prob.map((p) => [p, 1 - p]));
    expect(rocAuc(yb, swapped, { labels: [1, 0] })).toBeCloseTo(rocAuc(yb, prob), 12);
  });
});

describe("probabilities against scikit-learn", () => {
  it("log loss and Brier score", () => {
    close(
      [
        logLoss(yb, prob),
        logLoss(yb, prob, { sampleWeight: w }),
        logLoss(ym, Pm),
        logLoss(ym, Pm, { sampleWeight: w }),
      ],
      golden.logLoss,
    );
    close(
      [brierScore(yb, prob), brierScore(yb, prob, { sampleWeight: w }), brierScore(ym, Pm)],
      golden.brier,
    );
    expect(logLoss([1], [0])).toBeCloseTo(-Math.log(Number.EPSILON), 10);
    expect(logLoss([1, 0], [1, 0])).toBeLessThan(1e-15);
  });
  it("checks the matrix", () => {
    expect(() =>
      logLoss(
        [0, 1],
        Matrix.from([
          [0.5, 0.5, 0],
          [1, 0, 0],
        ]),
      ),
    ).toThrow("has 3 columns, expected 2");
    expect(() =>
      logLoss(
        [0, 1],
        Matrix.from([
          [0.5, 0.6],
          [1, 0],
        ]),
      ),
    ).toThrow("sums to 1.1 in row 0");
    expect(() => brierScore([0, 1], [0.5, 1.5])).toThrow("proba holds 1.5 at row 1, expected [0, 1]");
    close(
      logLoss(
        ["b", "b"],
        Matrix.from([
          [0.5, 0.25, 0.25],
          [0.25, 0.5, 0.25],
        ]),
        { labels: ["a", "b", "c"] },
      ),
      (Math.log(4) + Math.log(2)) / 2,
    );
  });
  it("Murphy's three terms sum to the score; with bins the within-bin term closes the gap", () => {
    const exact = brierDecomposition(yb, prob);
    close(exact.score, golden.brier[0]!);
    close(exact.reliability - exact.resolution + exact.uncertainty, exact.score);
    const binned = brierDecomposition(yb, prob, { bins: 10, sampleWeight: w });
    close(binned.score, golden.brier[1]!);
    close(binned.reliability - binned.resolution + binned.uncertainty + binned.withinBin, binned.score);
    // Always the base rate: calibrated, useless.
    const base = brierDecomposition([1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]);
    close([base.reliability, base.resolution, base.uncertainty, base.score], [0, 0, 0.1875, 0.1875]);
  });
  it("hinge loss", () => {
    const signs = yb.map((v) => 2 * v - 1);
    close(
      [
        hingeLoss(signs, sb),
        hingeLoss(signs, sb, { sampleWeight: w }),
        hingeLoss(ym, Matrix.from(golden.logits)),
      ],
      golden.hinge,
    );
  });
  it("top-k accuracy", () => {
    for (const k of [1, 2, 3]) close(topKAccuracy(ym, Pm, { k }), golden.topk[String(k)]!);
    close(topKAccuracy(ym, Pm, { k: 2, sampleWeight: w }), golden.topk.weighted2!);
  });
});
