/** Losses of the user's: equal to the built-in ones where they are the same loss, refused where they are none. */
import { describe, expect, it } from "vitest";
import { randomStream } from "../../math/index.ts";
import {
  type BoostingObjective,
  HistGradientBoostingClassifier,
  HistGradientBoostingRegressor,
  HistGradientBoostingRegressorModel,
} from "./index.ts";

const random = randomStream(4);
const X = Array.from({ length: 300 }, () => [random.normal(), random.normal(), random.normal()]);
const y = X.map(([a, b]) => a! * b! + Math.sin(2 * a!) + 0.1 * random.normal());
const weights = X.map(() => random.uniform(0.5, 2));
const mean = (v: Float64Array, w: Float64Array | null) => {
  let sum = 0;
  let total = 0;
  v.forEach((x, i) => {
    sum += (w ? w[i]! : 1) * x;
    total += w ? w[i]! : 1;
  });
  return sum / total;
};

const squared: BoostingObjective = {
  name: "half a square",
  derivatives: (t, raw) => ({
    gradient: raw.map((f, i) => f - t[i]!),
    hessian: new Float64Array(t.length).fill(1),
  }),
  baseline: new HistGradientBoostingRegressor({ maxIter: 1 }).fit(X, y).baseline,
  meanLoss: (t, raw, w) =>
    mean(
      raw.map((f, i) => (f - t[i]!) ** 2 / 2),
      w,
    ),
};
const logistic: BoostingObjective = {
  name: "log loss",
  derivatives(t, raw) {
    const p = raw.map((f) => 1 / (1 + Math.exp(-f)));
    return { gradient: p.map((v, i) => v - t[i]!), hessian: p.map((v) => v * (1 - v)) };
  },
  baseline(t, w) {
    const p = mean(t, w);
    return Math.log(p / (1 - p));
  },
  link: "sigmoid",
};

describe("a loss of one's own", () => {
  it("squared error is the built-in squared error, to the bit", () => {
    const own = new HistGradientBoostingRegressor({ loss: squared, maxIter: 20 }).fit(X, y);
    const built = new HistGradientBoostingRegressor({ maxIter: 20 }).fit(X, y);
    expect(own.trees.toState()).toEqual(built.trees.toState());
    expect(own.predict(X)).toEqual(built.predict(X));
    expect(own.loss).toBe("half a square");
    const stopping = { maxIter: 60, earlyStopping: true, nIterNoChange: 3 } as const;
    const first = new HistGradientBoostingRegressor({ ...stopping, loss: { ...squared, baseline: 0 } });
    const stopped = first.fit(X, y);
    expect(stopped.nIter).toBeLessThan(60);
    expect(stopped.validationScore.length).toBe(stopped.nIter + 1);
  });

  it("log loss with weights grows the built-in classifier's trees, with its probabilities", () => {
    const label = y.map((v) => Number(v > 0.2));
    const options = { sampleWeight: weights };
    const own = new HistGradientBoostingRegressor({ loss: logistic, maxIter: 20 }).fit(X, label, options);
    const built = new HistGradientBoostingClassifier({ maxIter: 20 }).fit(X, label, options);
    expect(own.trees.feature).toEqual(built.trees.feature);
    expect(own.trees.threshold).toEqual(built.trees.threshold);
    own.trees.value.forEach((v, i) => void expect(Math.abs(v - built.trees.value[i]!)).toBeLessThan(1e-10));
    const p = built.predictProba(X);
    own.predict(X).forEach((v, i) => void expect(Math.abs(v - p.at(i, 1))).toBeLessThan(1e-10));
  });

  it("a hessian of ones is plain gradient boosting: leaves are means of the negative gradients", () => {
    const huber: BoostingObjective = {
      name: "huber",
      derivatives: (t, raw) => ({
        gradient: raw.map((f, i) => Math.max(-0.5, Math.min(0.5, f - t[i]!))),
        hessian: new Float64Array(t.length).fill(1),
      }),
    };
    const spec = new HistGradientBoostingRegressor({ loss: huber, maxIter: 1, learningRate: 1 });
    const model = spec.fit(X, y);
    const leaf = model.predict(X);
    for (const value of new Set(leaf)) {
      const rows = y.filter((_, i) => leaf[i] === value);
      const g = rows.reduce((sum, t) => sum + Math.max(-0.5, Math.min(0.5, t)), 0) / rows.length;
      expect(Math.abs(value - g)).toBeLessThan(1e-9);
    }
    expect(new Set(leaf).size).toBeGreaterThan(5);
  });

  it("models with it are saved with its name and link; specs with it are not", () => {
    const label = y.map((v) => Number(v > 0));
    const spec = new HistGradientBoostingRegressor({ loss: logistic, maxIter: 3 });
    const model = spec.fit(X, label);
    const again = HistGradientBoostingRegressorModel.fromState(model.toState());
    expect(again.predict(X)).toEqual(model.predict(X));
    expect(again.link).toBe("sigmoid");
    const state = model.toState() as object;
    expect(() => HistGradientBoostingRegressorModel.fromState({ ...state, link: "cube" })).toThrow(/link/);
  });

  it("says what is wrong with what it returns", () => {
    const fit = (changes: object, params: object = {}) =>
      new HistGradientBoostingRegressor({
        maxIter: 2,
        ...params,
        loss: { ...squared, ...changes } as BoostingObjective,
      }).fit(X, y);
    const ones = new Float64Array(300).fill(1);
    const d = (derivatives: () => unknown) => () => fit({ derivatives });
    expect(d(() => null)).toThrow(/derivatives.*null.*gradient and hessian/);
    expect(d(() => ({ gradient: [1, 2], hessian: ones }))).toThrow(/gradient of 2 entries, expected 300/);
    expect(d(() => ({ gradient: ones }))).toThrow(/hessian of undefined, expected 300/);
    const bad = (at: number, v: unknown) => Array.from(ones, (w, i) => (i === at ? v : w));
    expect(d(() => ({ gradient: bad(7, Number.NaN), hessian: ones }))).toThrow(/gradient NaN.*row 7/);
    expect(d(() => ({ gradient: bad(7, "1"), hessian: ones }))).toThrow(/gradient "1".*row 7/);
    expect(d(() => ({ gradient: ones, hessian: bad(9, -1) }))).toThrow(/hessian -1.*row 9/);
    expect(d(() => ({ gradient: ones, hessian: bad(9, Number.POSITIVE_INFINITY) }))).toThrow(/Infinity/);
    expect(() => fit({ baseline: () => Number.NaN })).toThrow(/baseline NaN/);
    expect(() => fit({ meanLoss: undefined }, { earlyStopping: true })).toThrow(/earlyStopping.*meanLoss/);
    expect(() => fit({ meanLoss: () => Number.NaN }, { earlyStopping: true })).toThrow(/mean loss NaN/);
    for (const wrong of [{ name: 3 }, { link: "cube" }, { baseline: Number.NaN }, { derivatives: 1 }])
      expect(() => fit(wrong)).toThrow(/loss/);
  });

  it("arrays it is given are copies", () => {
    const writing: BoostingObjective = {
      ...squared,
      derivatives(t, raw) {
        const found = squared.derivatives(t, raw);
        t.fill(1e9);
        raw.fill(1e9);
        return found;
      },
    };
    const spec = new HistGradientBoostingRegressor({ loss: squared, maxIter: 4 });
    expect(spec.with({ loss: writing }).fit(X, y).predict(X)).toEqual(spec.fit(X, y).predict(X));
  });
});
