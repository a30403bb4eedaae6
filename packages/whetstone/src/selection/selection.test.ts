import { describe, expect, it } from "vitest";
import {
  type FitOptions,
  type MatrixLike,
  type ParamInput,
  RegressorModel,
  RegressorSpec,
  readDesign,
  real,
  type Schema,
  schemaOf,
  valueError,
} from "../contract/index.ts";
import { GroupKFold, Table, TimeSeriesSplit } from "../data/index.ts";
import { DummyClassifier, DummyRegressor } from "../dummy/index.ts";
import { LinearRegression, LogisticRegression, Ridge } from "../linear/index.ts";
import { Matrix, SparseMatrix } from "../math/index.ts";
import { randomStream } from "../math/random/index.ts";
import {
  crossValidate,
  crossValPredict,
  gridSearch,
  learningCurve,
  randomSearch,
  validationCurve,
} from "./index.ts";

function regression(n: number, seed = 1) {
  const random = randomStream(seed);
  const X = Array.from({ length: n }, () => [random.normal(), random.normal(), random.normal()]);
  const y = X.map(([a, b]) => 2 * a! - b! + 0.5 * random.normal());
  return { X, y };
}

function classes(n: number, seed = 1) {
  const random = randomStream(seed);
  const y = Array.from({ length: n }, (_, i) => (i % 10 < 7 ? "no" : "yes"));
  const X = y.map((c) => [random.normal() + (c === "yes" ? 1.5 : 0), random.normal()]);
  return { X, y };
}

/** Records what it is fitted to, and fails on demand. */
const params = {
  failAbove: real({ default: Number.POSITIVE_INFINITY, doc: "first feature above which fit fails" }),
};
const fitted: number[][] = [];
class Recorder extends RegressorSpec<typeof params> {
  static readonly typeName = "Recorder";
  static readonly params = params;
  constructor(given: ParamInput<typeof params> = {}) {
    super("Recorder", params, given);
  }
  override fit(X: MatrixLike, _y: ArrayLike<number>, options: FitOptions = {}): RecorderModel {
    const design = readDesign(X, "Recorder.fit");
    const rows = Array.from(design.matrix.col(0));
    fitted.push(rows);
    if (rows.some((v) => v > this.params.failAbove)) throw valueError("Recorder.fit", "X", "is too large");
    return new RecorderModel(
      schemaOf(design),
      options.sampleWeight ? Array.from(options.sampleWeight) : null,
    );
  }
}
class RecorderModel extends RegressorModel {
  static readonly typeName = "RecorderModel";
  readonly weights: number[] | null;
  constructor(schema: Schema, weights: number[] | null) {
    super(schema);
    this.weights = weights;
  }
  override predict(X: MatrixLike): Float64Array {
    return readDesign(X, "RecorderModel.predict").matrix.col(0);
  }
  override toState(): unknown {
    return {};
  }
}

describe("crossValidate", () => {
  it("equals a loop by hand", () => {
    const { X, y } = regression(30);
    const cv = [0, 1, 2].map((f) => {
      const rows = X.map((_, i) => i);
      return { train: rows.filter((i) => i % 3 !== f), test: rows.filter((i) => i % 3 === f) };
    });
    const found = crossValidate(new Ridge(), X, y, { cv, scoring: ["r2", "rmse"], returnTrainScore: true });
    cv.forEach(({ train, test }, f) => {
      const model = new Ridge().fit(
        train.map((i) => X[i]!),
        train.map((i) => y[i]!),
      );
      const p = model.predict(test.map((i) => X[i]!));
      const mse = test.reduce((s, i, k) => s + (y[i]! - p[k]!) ** 2, 0) / test.length;
      const mean = test.reduce((s, i) => s + y[i]!, 0) / test.length;
      const spread = test.reduce((s, i) => s + (y[i]! - mean) ** 2, 0) / test.length;
      expect(found.folds[f]!.scores.rmse).toBeCloseTo(Math.sqrt(mse), 12);
      expect(found.folds[f]!.scores.r2).toBeCloseTo(1 - mse / spread, 12);
      expect(found.folds[f]!.trainRows).toBe(20);
    });
    const r2 = found.folds.map((f) => f.scores.r2!);
    const mean = (r2[0]! + r2[1]! + r2[2]!) / 3;
    expect(found.mean.r2).toBeCloseTo(mean, 14);
    expect(found.sd.r2).toBeCloseTo(Math.sqrt(r2.reduce((s, v) => s + (v - mean) ** 2, 0) / 2), 14);
    expect(found.trainMean!.r2).toBeGreaterThan(found.mean.r2! - 0.1);
    expect(found.greaterIsBetter).toEqual({ r2: true, rmse: false });
    expect(found.folds.every((f) => f.fitSeconds >= 0 && f.predictSeconds >= 0)).toBe(true);
  });

  it("never fits to a test row, tests each row once, and repeats with the seed", () => {
    const X = Array.from({ length: 23 }, (_, i) => [i]);
    const y = X.map(([v]) => v!);
    fitted.length = 0;
    crossValidate(new Recorder(), X, y, { cv: 4, seed: 3 });
    const first = fitted.map((rows) => rows.slice());
    const left = first.map((rows) => y.filter((v) => !rows.includes(v)));
    expect(left.flat().sort((a, b) => a - b)).toEqual(y);
    expect(new Set(first.map((r) => r.length))).toEqual(new Set([17, 18]));
    fitted.length = 0;
    crossValidate(new Recorder(), X, y, { cv: 4, seed: 3 });
    expect(fitted).toEqual(first);
    fitted.length = 0;
    crossValidate(new Recorder(), X, y, { cv: 4, seed: 4 });
    expect(fitted).not.toEqual(first);
  });

  it("keeps class shares, groups whole and time in order", () => {
    const { X, y } = classes(50);
    const shares = crossValidate(new DummyClassifier(), X, y, { cv: 5, scoring: ["accuracy", "logLoss"] });
    for (const f of shares.folds) expect(f.scores.accuracy).toBeCloseTo(0.7, 12);
    expect(shares.mean.logLoss).toBeCloseTo(-(0.7 * Math.log(0.7) + 0.3 * Math.log(0.3)), 12);

    const rows = Array.from({ length: 24 }, (_, i) => [i]);
    const target = rows.map(([v]) => v!);
    const groups = rows.map(([v]) => `g${v! % 6}`);
    for (const cv of [3, new GroupKFold({ nSplits: 3 })]) {
      fitted.length = 0;
      crossValidate(new Recorder(), rows, target, { cv, groups });
      for (const train of fitted) {
        const inTrain = new Set(train.map((v) => v % 6));
        for (const v of target) if (!train.includes(v)) expect(inTrain.has(v % 6)).toBe(false);
      }
    }
    fitted.length = 0;
    crossValidate(new Recorder(), rows, target, { cv: new TimeSeriesSplit({ nSplits: 3 }) });
    expect(fitted.map((r) => Math.max(...r) + 1)).toEqual(fitted.map((r) => r.length));
  });

  it("gives every form of X to the learner in its form", () => {
    const { X, y } = regression(20);
    const expected = crossValidate(new LinearRegression(), X, y, { cv: 4 }).mean.r2;
    const matrix = Matrix.from(X);
    expect(crossValidate(new LinearRegression(), matrix, y, { cv: 4 }).mean.r2).toBe(expected);
    expect(crossValidate(new LinearRegression(), SparseMatrix.fromDense(matrix), y, { cv: 4 }).mean.r2).toBe(
      expected,
    );
    const table = Table.fromMatrix(matrix, ["a", "b", "c"]);
    const found = crossValidate(new LinearRegression(), table, Float64Array.from(y), {
      cv: 4,
      returnModels: true,
    });
    expect(found.mean.r2).toBe(expected);
    expect(found.folds[0]!.model!.featureNames).toEqual(["a", "b", "c"]);
  });

  it("carries weights into fit and score", () => {
    const X = Array.from({ length: 8 }, (_, i) => [i]);
    const y = [0, 1, 2, 3, 5, 5, 6, 7];
    const sampleWeight = [1, 2, 3, 4, 5, 6, 7, 8];
    const cv = [{ train: [0, 1, 2, 3], test: [4, 5, 6, 7] }];
    const found = crossValidate(new Recorder(), X, y, {
      cv,
      sampleWeight,
      scoring: "mae",
      returnModels: true,
    });
    expect((found.folds[0]!.model as RecorderModel).weights).toEqual([1, 2, 3, 4]);
    expect(found.mean.mae).toBeCloseTo(5 / 26, 14);
    expect(found.sd.mae).toBeNaN();
  });

  it("reports a failing fold as a sentence and goes on; throws when all fail", () => {
    const X = Array.from({ length: 10 }, (_, i) => [i]);
    const y = X.map(([v]) => v!);
    const cv = [
      { train: [0, 1, 2], test: [3, 4] },
      { train: [0, 9], test: [5] },
      { train: [4, 5], test: [6, 7] },
    ];
    const said: string[] = [];
    const found = crossValidate(new Recorder({ failAbove: 8 }), X, y, { cv, onWarning: (s) => said.push(s) });
    expect(found.failures).toBe(1);
    expect(found.folds[1]).toMatchObject({ error: "Recorder.fit: X is too large" });
    expect(found.folds[1]!.scores.r2).toBeNaN();
    expect(found.mean.r2).toBe(1);
    expect(said).toEqual(["crossValidate: fold 1 failed: Recorder.fit: X is too large"]);
    expect(() => crossValidate(new Recorder({ failAbove: -1 }), X, y, { cv, onWarning: () => {} })).toThrow(
      "Recorder.fit: X is too large",
    );
  });

  it("takes scorers of one's own, tells progress, and stops when aborted", () => {
    const { X, y } = regression(20);
    const found = crossValidate(new DummyRegressor(), X, y, {
      cv: 2,
      scoring: { name: "rows", greaterIsBetter: true, score: (e) => e.predictions.length + e.y.length },
    });
    expect(found.mean.rows).toBe(20);
    const seen: number[] = [];
    const controller = new AbortController();
    expect(() =>
      crossValidate(new DummyRegressor(), X, y, {
        cv: 4,
        signal: controller.signal,
        onProgress: ({ done }) => {
          seen.push(done);
          if (done === 2) controller.abort();
        },
      }),
    ).toThrow(/crossValidate: aborted/);
    expect(seen).toEqual([1, 2]);
  });

  it("refuses nonsense with sentences", () => {
    const { X, y } = regression(6);
    const spec = new LinearRegression();
    expect(() => crossValidate(spec, X, y.slice(1))).toThrow(
      "crossValidate: y has 5 entries, expected 6 (rows of X)",
    );
    expect(() => crossValidate(spec, X, y, { cv: 7 })).toThrow(/cv is 7, expected an integer >= 2 and <= 6/);
    expect(() => crossValidate(spec, X, y, { scoring: "speed" })).toThrow(
      /scoring is "speed", expected one of/,
    );
    expect(() => crossValidate(spec, X, y, { cv: [{ train: [0], test: [9] }] })).toThrow(/cv\[0\].test is 9/);
    expect(() => crossValidate(spec, X, y, { cv: 2, scoring: "logLoss", onWarning: () => {} })).toThrow(
      /LinearRegressionModel has no predictProba, which the metric needs/,
    );
  });
});

describe("crossValPredict", () => {
  it("predicts every row from a model without it", () => {
    const { X, y } = regression(12);
    const p = crossValPredict(new LinearRegression(), X, y, { cv: 12, seed: 5 });
    y.forEach((_, i) => {
      const rows = y.map((_, k) => k).filter((k) => k !== i);
      const model = new LinearRegression().fit(
        rows.map((k) => X[k]!),
        rows.map((k) => y[k]!),
      );
      expect(p[i]).toBeCloseTo(model.predict([X[i]!])[0]!, 10);
    });
  });

  it("gives labels and probabilities, zero for a label that a fold lacks", () => {
    const { X, y } = classes(40);
    const labels = crossValPredict(new LogisticRegression(), X, y, { cv: 4 });
    const P = crossValPredict(new LogisticRegression(), X, y, { cv: 4, method: "predictProba" });
    labels.forEach((label, i) => {
      expect(label).toBe(P.at(i, 1) > P.at(i, 0) ? "yes" : "no");
    });
    const cv = [
      { train: [1, 2, 3], test: [0] },
      { train: [0], test: [1, 2, 3] },
    ];
    const lacking = crossValPredict(new DummyClassifier(), [[0], [0], [0], [0]], ["a", "b", "b", "c"], {
      cv,
      method: "predictProba",
    });
    expect(Array.from(lacking.row(0))).toEqual([0, 2 / 3, 1 / 3]);
    expect(Array.from(lacking.row(1))).toEqual([1, 0, 0]);
  });

  it("asks for a partition", () => {
    const { X, y } = regression(4);
    const spec = new LinearRegression();
    expect(() => crossValPredict(spec, X, y, { cv: [{ train: [0, 1], test: [2] }] })).toThrow(
      /never tests row 0/,
    );
    const twice = [
      { train: [0, 1], test: [2, 3] },
      { train: [0, 1], test: [2] },
    ];
    expect(() => crossValPredict(spec, X, y, { cv: twice })).toThrow(/tests row 2 twice/);
  });
});

describe("curves", () => {
  it("learningCurve: growing nested training sets, and test scores that improve", () => {
    const { X, y } = regression(200, 4);
    fitted.length = 0;
    learningCurve(new Recorder(), X, y, { trainSizes: [10, 40], cv: 3 });
    for (let f = 0; f < 3; f++) {
      expect(fitted[f]!.length).toBe(10);
      expect(fitted[3 + f]!.slice(0, 10)).toEqual(fitted[f]!);
    }
    const curve = learningCurve(new LinearRegression(), X, y, {
      trainSizes: [5, 0.5, 1],
      cv: 4,
      scoring: "mse",
    });
    expect(curve.map((p) => p.trainRows)).toEqual([5, 75, 150]);
    const [small, , all] = curve;
    expect(all!.result.mean.mse!).toBeLessThan(small!.result.mean.mse!);
    expect(all!.result.trainMean!.mse!).toBeGreaterThan(small!.result.trainMean!.mse!);
    expect(() => learningCurve(new LinearRegression(), X, y, { trainSizes: [500] })).toThrow(
      /trainSizes is 500/,
    );
  });

  it("learningCurve keeps class shares in every prefix", () => {
    const { X, y } = classes(100);
    const curve = learningCurve(new DummyClassifier(), X, y, {
      trainSizes: [10, 20, 40],
      cv: 2,
      scoring: "logLoss",
    });
    for (const p of curve) {
      // Ten rows hold three of the rarer class, give or take one.
      const prior = p.result.trainMean!.logLoss!;
      expect(prior).toBeGreaterThan(-(0.8 * Math.log(0.8) + 0.2 * Math.log(0.2)) - 1e-9);
      expect(prior).toBeLessThan(-(0.6 * Math.log(0.6) + 0.4 * Math.log(0.4)) + 1e-9);
    }
  });

  it("validationCurve: the same folds for every value, progress over the whole", () => {
    const { X, y } = regression(40);
    const done: string[] = [];
    const curve = validationCurve(new Ridge(), X, y, {
      param: "alpha",
      values: [0.1, 10, 1e5],
      cv: 4,
      onProgress: (p) => done.push(`${p.done}/${p.total}`),
    });
    expect(curve.map((p) => p.value)).toEqual([0.1, 10, 1e5]);
    expect(curve[0]!.result.mean.r2!).toBeGreaterThan(curve[2]!.result.mean.r2!);
    expect(curve[0]!.result.trainMean!.r2!).toBeGreaterThan(curve[1]!.result.trainMean!.r2!);
    expect(done[0]).toBe("1/12");
    expect(done[11]).toBe("12/12");
    expect(curve[1]!.result.mean).toEqual(crossValidate(new Ridge({ alpha: 10 }), X, y, { cv: 4 }).mean);
    expect(() => validationCurve(new Ridge(), X, y, { param: "alpha", values: [-1] })).toThrow(/alpha is -1/);
  });
});

describe("search", () => {
  it("gridSearch tries every combination on the same folds, ranks, and refits the best", () => {
    const { X, y } = regression(60);
    const grid = { alpha: [1e-3, 1, 1e4], fitIntercept: [true, false] };
    const found = gridSearch(new Ridge(), X, y, grid, { cv: 4, scoring: ["rmse", "r2"] });
    expect(found.candidates.length).toBe(6);
    for (const c of found.candidates) {
      const again = crossValidate(new Ridge(c.values), X, y, { cv: 4, scoring: "rmse" });
      expect(c.result!.mean.rmse).toBe(again.mean.rmse);
    }
    const least = Math.min(...found.candidates.map((c) => c.result!.mean.rmse!));
    expect(found.bestScore).toBe(least);
    expect(found.best.rank).toBe(1);
    const model = new Ridge(found.best.values).fit(X, y);
    expect((found.model as typeof model).coef).toEqual(model.coef);
    const byR2 = gridSearch(new Ridge(), X, y, grid, {
      cv: 4,
      scoring: ["rmse", "r2"],
      rankBy: "r2",
      refit: false,
    });
    expect(byR2.bestScore).toBe(Math.max(...byR2.candidates.map((c) => c.result!.mean.r2!)));
    expect(byR2.model).toBeNull();
  });

  it("keeps going past candidates that fail, and says when all do", () => {
    const X = Array.from({ length: 12 }, (_, i) => [i]);
    const y = X.map(([v]) => v!);
    const options = { cv: 3, onWarning: () => {} };
    const found = gridSearch(new Recorder(), X, y, { failAbove: [-1, 100] }, options);
    expect(found.candidates[0]).toMatchObject({
      result: null,
      error: "Recorder.fit: X is too large",
      rank: 2,
    });
    expect(found.best.values).toEqual({ failAbove: 100 });
    expect(() => gridSearch(new Recorder(), X, y, { failAbove: [-1, -2] }, options)).toThrow(
      /gridSearch: spec fails with all 2 candidates; the first: Recorder.fit: X is too large/,
    );
  });

  it("randomSearch draws within the ranges, from the declared space by default, and repeats with the seed", () => {
    const { X, y } = regression(30);
    const space = {
      alpha: { low: 1e-3, high: 1e3, scale: "log", integer: false },
      fitIntercept: [true],
    } as const;
    const options = { nIter: 60, cv: 2, seed: 9, refit: false };
    const found = randomSearch(new Ridge(), X, y, space, options);
    const alphas = found.candidates.map((c) => c.values.alpha as number);
    expect(alphas.every((a) => a >= 1e-3 && a <= 1e3)).toBe(true);
    // Half of the draws lie below 1 on a log scale; the band is four standard deviations.
    const below = alphas.filter((a) => a < 1).length;
    expect(Math.abs(below - 30)).toBeLessThan(16);
    expect(found.candidates.every((c) => c.values.fitIntercept === true)).toBe(true);
    expect(randomSearch(new Ridge(), X, y, space, options).bestScore).toBe(found.bestScore);
    const declared = randomSearch(new Ridge(), X, y, null, { nIter: 3, cv: 2 });
    expect(Object.keys(declared.candidates[0]!.values)).toContain("alpha");
    const whole = randomSearch(
      new Recorder(),
      X,
      y,
      { failAbove: { low: 5, high: 7, scale: "linear", integer: true } },
      {
        nIter: 40,
        cv: 2,
      },
    );
    expect(new Set(whole.candidates.map((c) => c.values.failAbove))).toEqual(new Set([5, 6, 7]));
  });
});
