import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DummyClassifier, DummyClassifierModel, DummyRegressor } from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/dummy/dummy.json", import.meta.url), "utf8"),
) as {
  regression: {
    y: number[];
    w: number[];
    mean: number;
    median: number;
    weightedMean: number;
    quantiles: { q: number; plain: number; weighted: number }[];
  }[];
  classification: {
    y: string[];
    w: number[];
    classes: string[];
    prior: number[];
    predict: string[];
    frequent: number[];
  };
};
const zeros = (n: number) => Array.from({ length: n }, () => [0]);

describe("DummyRegressor", () => {
  for (const g of golden.regression) {
    it(`equals scikit-learn and numpy on ${g.y.length} rows`, () => {
      const X = zeros(g.y.length);
      const sampleWeight = g.w;
      expect(new DummyRegressor().fit(X, g.y).constant).toBeCloseTo(g.mean, 14);
      expect(new DummyRegressor().fit(X, g.y, { sampleWeight }).constant).toBeCloseTo(g.weightedMean, 14);
      expect(new DummyRegressor({ strategy: "median" }).fit(X, g.y).constant).toBeCloseTo(g.median, 14);
      for (const { q, plain, weighted } of g.quantiles) {
        const spec = new DummyRegressor({ strategy: "quantile", quantile: q });
        expect(spec.fit(X, g.y).constant).toBeCloseTo(plain, 14);
        expect(spec.fit(X, g.y, { sampleWeight }).constant).toBeCloseTo(weighted, 14);
      }
    });
  }

  it("does not care about the size of weights", () => {
    const X = zeros(3);
    const spec = new DummyRegressor({ strategy: "quantile", quantile: 0.3 });
    const a = spec.fit(X, [3, 1, 2], { sampleWeight: [1, 2, 1] });
    const b = spec.fit(X, [3, 1, 2], { sampleWeight: [1e-7, 2e-7, 1e-7] });
    expect(b.constant).toBe(a.constant);
  });

  it("predicts the constant, and asks for one", () => {
    const model = new DummyRegressor({ strategy: "constant", constant: 4 }).fit(zeros(2), [1, 2]);
    expect([...model.predict(zeros(2))]).toEqual([4, 4]);
    expect(() => new DummyRegressor({ strategy: "constant" })).toThrow(
      'DummyRegressor: constant is null, expected a finite number for strategy "constant"',
    );
  });
});

describe("DummyClassifier", () => {
  const { y, w, classes, prior, predict, frequent } = golden.classification;
  const X = zeros(y.length);

  it("equals scikit-learn", () => {
    const model = new DummyClassifier().fit(X, y, { sampleWeight: w });
    expect(model.classes).toEqual(classes);
    prior.forEach((p, k) => {
      expect(model.predictProba(zeros(1)).at(0, k)).toBeCloseTo(p, 14);
    });
    expect(model.predict(zeros(1))).toEqual(predict);
    const most = new DummyClassifier({ strategy: "mostFrequent" }).fit(X, y);
    expect([...most.predictProba(zeros(1)).row(0)]).toEqual(frequent);
  });

  it("draws by share or evenly, the same for the same seed", () => {
    const shares = (strategy: "stratified" | "uniform", seed: number) => {
      const model = new DummyClassifier({ strategy, seed }).fit(X, y);
      const drawn = model.predict(zeros(6000));
      expect(model.predict(zeros(6000))).toEqual(drawn);
      return ["a", "b", "c"].map((c) => drawn.filter((v) => v === c).length / 6000);
    };
    // Standard deviations below 0.0065; the bands are five of those.
    shares("stratified", 1).forEach((s, k) => {
      expect(Math.abs(s - [1 / 6, 1 / 2, 1 / 3][k]!)).toBeLessThan(0.033);
    });
    shares("uniform", 1).forEach((s) => {
      expect(Math.abs(s - 1 / 3)).toBeLessThan(0.033);
    });
    expect(shares("stratified", 2)).not.toEqual(shares("stratified", 3));
  });

  it("agrees with its probabilities when it draws, and survives a round trip", () => {
    const model = new DummyClassifier({ strategy: "stratified", seed: 5 }).fit(X, y);
    const again = DummyClassifierModel.fromState(model.toState());
    const drawn = model.predict(zeros(50));
    expect(again.predict(zeros(50))).toEqual(drawn);
    const p = model.predictProba(zeros(50));
    drawn.forEach((c, i) => {
      expect(p.at(i, model.classes.indexOf(c))).toBe(1);
    });
  });

  it("predicts a constant label that occurs in y, of any kind", () => {
    const model = new DummyClassifier({ strategy: "constant", constant: false }).fit(zeros(2), [true, false]);
    expect(model.predict(zeros(1))).toEqual([false]);
    expect(() => new DummyClassifier({ strategy: "constant", constant: "z" }).fit(X, y)).toThrow(
      'DummyClassifier.fit: y holds no "z", the label asked for by constant',
    );
    expect(() => new DummyClassifier({ strategy: "constant" })).toThrow(/constant is null/);
  });

  it("does not mind missing values in features", () => {
    expect(new DummyClassifier().fit([[Number.NaN], [1]], [1, 1]).predict([[Number.NaN]])).toEqual([1]);
  });
});
