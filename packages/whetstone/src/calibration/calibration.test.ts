import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";
import { accuracy, brierScore, logLoss, rocAuc } from "../metrics/index.ts";
import {
  BetaCalibration,
  betaCalibration,
  expectedCalibrationError,
  HistogramCalibration,
  histogramBinning,
  IsotonicCalibration,
  isotonicCalibration,
  isotonicRegression,
  PlattCalibration,
  plattScaling,
  reliabilityDiagram,
  TemperatureCalibration,
  temperatureScaling,
} from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/calibration/calibration.json", import.meta.url), "utf8"),
) as Record<
  | "s"
  | "y"
  | "w"
  | "at"
  | "p"
  | "platt"
  | "plattWeighted"
  | "isotonic"
  | "isotonicWeighted"
  | "beta"
  | "labels",
  number[]
> & { logits: number[][]; curve: number[][]; temperature: number };
const { s, y, w, at, p } = golden;
const logits = Matrix.from(golden.logits);

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  Array.from(actual).forEach((v, i) => {
    expect(Math.abs(v - expected[i]!), `entry ${i}`).toBeLessThan(tolerance);
  });
}

describe("maps against scikit-learn and statsmodels", () => {
  it("Platt", () => {
    const plain = plattScaling(s, y);
    near([plain.slope, plain.intercept], golden.platt, 1e-4);
    const weighted = plattScaling(s, y, { sampleWeight: w });
    near([weighted.slope, weighted.intercept], golden.plattWeighted, 1e-4);
  });
  it("isotonic", () => {
    near(isotonicCalibration(s, y).transform(at), golden.isotonic, 1e-12);
    near(isotonicCalibration(s, y, { sampleWeight: w }).transform(at), golden.isotonicWeighted, 1e-12);
  });
  it("beta, where the bounds are idle", () => {
    expect(Math.min(golden.beta[0]!, golden.beta[1]!)).toBeGreaterThan(0);
    const { a, b, c } = betaCalibration(p, y);
    near([a, b, c], golden.beta, 1e-6);
  });
  it("temperature", () => {
    expect(temperatureScaling(logits, golden.labels).temperature).toBeCloseTo(golden.temperature, 6);
  });
  it("the reliability curve", () => {
    const bins = reliabilityDiagram(y, p).bins.filter((b) => b.weight > 0);
    near(
      bins.map((b) => b.accuracy),
      golden.curve[0]!,
      1e-12,
    );
    near(
      bins.map((b) => b.confidence),
      golden.curve[1]!,
      1e-12,
    );
  });
});

describe("properties", () => {
  it("Platt does not depend on the unit of the scores and stays finite on separable data", () => {
    const a = plattScaling(s, y);
    const b = plattScaling(
      s.map((v) => 1000 * v - 7),
      y,
    );
    near(b.transform(at.map((v) => 1000 * v - 7)), a.transform(at), 1e-9);
    const separable = plattScaling([-2, -1, 1, 2], [0, 0, 1, 1]);
    expect(separable.slope).toBeGreaterThan(0);
    expect(separable.slope).toBeLessThan(10);
    expect(separable.transform([0])[0]!).toBeCloseTo(0.5, 9);
  });
  it("isotonic regression is the nearest monotone sequence: KKT conditions of the projection", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 4 })), {
          minLength: 1,
          maxLength: 25,
        }),
        (rows) => {
          const v = rows.map((r) => r[0]);
          const m = rows.map((r) => r[1]);
          const f = isotonicRegression(v, m);
          // Multipliers of f[i] <= f[i + 1]: partial sums of m (v - f), >= 0 and 0 where the fit rises; 0 at the end.
          let sum = 0;
          for (let i = 0; i < v.length; i++) {
            sum += m[i]! * (v[i]! - f[i]!);
            expect(sum).toBeGreaterThan(-1e-9);
            if (i + 1 < v.length) {
              expect(f[i + 1]!).toBeGreaterThanOrEqual(f[i]!);
              if (f[i + 1]! > f[i]! + 1e-9) expect(Math.abs(sum)).toBeLessThan(1e-9);
            }
          }
          expect(Math.abs(sum)).toBeLessThan(1e-9);
        },
      ),
    );
  });
  it("an isotonic map keeps the order, so AUC never rises above ties; in sample it is calibrated", () => {
    const map = isotonicCalibration(s, y);
    const q = map.transform(s);
    for (const b of reliabilityDiagram(y, q, { bins: 20 }).bins) {
      if (b.weight > 0) expect(b.accuracy).toBeCloseTo(b.confidence, 9);
    }
    expect(rocAuc(y, q)).toBeGreaterThanOrEqual(rocAuc(y, s));
  });
  it("temperature changes no prediction, repairs over-confidence, and its loss is stationary", () => {
    const before = new TemperatureCalibration(1).transform(logits);
    const map = temperatureScaling(logits, golden.labels);
    const after = map.transform(logits);
    const argmax = (m: Matrix) => m.toArray().map((row) => row.indexOf(Math.max(...row)));
    expect(argmax(after)).toEqual(argmax(before));
    expect(accuracy(golden.labels, argmax(after))).toBe(accuracy(golden.labels, argmax(before)));
    expect(expectedCalibrationError(golden.labels, after)).toBeLessThan(
      expectedCalibrationError(golden.labels, before) / 2,
    );
    const loss = (t: number) => logLoss(golden.labels, new TemperatureCalibration(t).transform(logits));
    expect(loss(map.temperature)).toBeLessThan(
      Math.min(loss(map.temperature * 1.01), loss(map.temperature / 1.01)),
    );
    expect(() =>
      temperatureScaling(
        Matrix.from([
          [1, 0],
          [0, 1],
        ]),
        ["a", "b"],
      ),
    ).toThrow("predicted right in every row");
  });
  it("beta calibration contains the identity and honours a, b >= 0", () => {
    const stream = randomStream(1);
    const scores = Array.from({ length: 20_000 }, () => stream.uniform());
    const truth = scores.map((v) => (stream.bernoulli(v) ? 1 : 0));
    const { a, b, c } = betaCalibration(scores, truth);
    // Observed spread of each at this size: about 0.02.
    near([a, b, c], [1, 1, 0], 0.1);
    const reversed = betaCalibration(
      scores,
      truth.map((v) => 1 - v),
    );
    expect(reversed.a).toBeGreaterThanOrEqual(0);
    expect(reversed.b).toBeGreaterThanOrEqual(0);
  });
  it("histogram binning gives the rate of the bin", () => {
    const map = histogramBinning([0.1, 0.2, 0.7, 0.9], [0, 1, 1, 1], { bins: 2 });
    expect([...map.transform([0, 0.5, 0.51, 1])]).toEqual([0.5, 0.5, 1, 1]);
    expect(histogramBinning([0.1, 0.9], [0, 1]).transform([0.45])[0]!).toBeCloseTo(0.45, 12);
    const mass = histogramBinning(p, y, { bins: 5, strategy: "quantile" });
    const counts = new Array(mass.probabilities.length).fill(0);
    for (const v of p) counts[mass.edges.findIndex((e, k) => k > 0 && v <= e) - 1]++;
    expect(Math.min(...counts)).toBeGreaterThan(15);
    expect(Math.max(...counts)).toBeLessThan(35);
  });
  it("few rows favour Platt, many favour isotonic when the distortion is no sigmoid", () => {
    // Truth: P(y | s) = s^3 for s uniform. Over 16 seeds the mean excess Brier score is compared.
    const excess = (
      n: number,
      fit: (scores: number[], truth: number[]) => { transform(v: number[]): Float64Array },
    ): number => {
      let sum = 0;
      for (let seed = 0; seed < 16; seed++) {
        const stream = randomStream(seed);
        const draw = (m: number): [number[], number[]] => {
          const u = Array.from({ length: m }, () => stream.uniform());
          return [u, u.map((v) => (stream.bernoulli(v ** 3) ? 1 : 0))];
        };
        const [u, t] = draw(n);
        const map = fit(u, t);
        const grid = Array.from({ length: 400 }, (_, i) => (i + 0.5) / 400);
        const q = map.transform(grid);
        sum += grid.reduce((a, v, i) => a + (q[i]! - v ** 3) ** 2, 0) / 400 / 16;
      }
      return sum;
    };
    expect(excess(40, isotonicCalibration)).toBeGreaterThan(1.3 * excess(40, plattScaling));
    expect(excess(4000, isotonicCalibration)).toBeLessThan(0.85 * excess(4000, plattScaling));
  });
  it("maps survive being saved as plain state", () => {
    const maps = [
      [PlattCalibration, plattScaling(s, y)],
      [IsotonicCalibration, isotonicCalibration(p, y)],
      [BetaCalibration, betaCalibration(p, y)],
      [HistogramCalibration, histogramBinning(p, y)],
    ] as const;
    for (const [type, map] of maps) {
      expect(type.fromState(map.toState()).transform(p)).toEqual(map.transform(p));
      expect(brierScore(y, map.transform(p))).toBeLessThan(0.25);
    }
    const t = temperatureScaling(logits, golden.labels);
    expect(TemperatureCalibration.fromState(t.toState()).temperature).toBe(t.temperature);
  });
});

describe("reliability", () => {
  it("ECE by hand, weights as copies, top label for many classes", () => {
    const d = reliabilityDiagram([1, 0, 1, 1], [0.95, 0.95, 0.95, 0.15]);
    expect(d.ece).toBeCloseTo(0.75 * (0.95 - 2 / 3) + 0.25 * 0.85, 12);
    expect(d.mce).toBeCloseTo(0.85, 12);
    expect(d.bias).toBeCloseTo(0.75 - 0.75, 12);
    const copies = expectedCalibrationError([1, 0, 0], [0.9, 0.8, 0.8]);
    expect(expectedCalibrationError([1, 0], [0.9, 0.8], { sampleWeight: [1, 2] })).toBeCloseTo(copies, 12);
    const three = Matrix.from([
      [0.7, 0.2, 0.1],
      [0.1, 0.8, 0.1],
      [0.3, 0.3, 0.4],
    ]);
    expect(expectedCalibrationError(["a", "b", "b"], three, { labels: ["a", "b", "c"] })).toBeCloseTo(
      (0.3 + 0.2 + 0.4) / 3,
      12,
    );
    expect(expectedCalibrationError(y, Matrix.from(p.map((v) => [1 - v, v])))).toBe(
      expectedCalibrationError(y, p),
    );
    expect(expectedCalibrationError([true], [0.7])).toBeCloseTo(0.3, 12);
  });
  it("equal-mass bins hold equal mass", () => {
    const d = reliabilityDiagram(y, p, { bins: 4, strategy: "quantile" });
    for (const b of d.bins) expect(Math.abs(b.weight - 30)).toBeLessThan(6);
  });
  it("refuses what it cannot judge", () => {
    expect(() => expectedCalibrationError([1, 0], [0.5, 1.2])).toThrow(
      "expectedCalibrationError: proba holds 1.2 at row 1, expected [0, 1]",
    );
    expect(() => plattScaling([1, 2], [1, 1])).toThrow(
      "plattScaling: yTrue holds only 1, expected two classes",
    );
    expect(() => betaCalibration([2, 0.5], [1, 0])).toThrow(
      "scores holds 2 at row 0, expected probabilities",
    );
    expect(() => isotonicCalibration([1, Number.NaN], [1, 0])).toThrow("scores holds NaN at row 1");
    expect(() => isotonicRegression([1, 2], [1, 0])).toThrow("weights holds 0 at index 1");
    expect(() => histogramBinning([0.5, 0.6], [0, 1], { bins: 0 })).toThrow("bins is 0");
  });
});
