import { describe, expect, it } from "vitest";
import type { MatrixLike } from "../../contract/index.ts";
import { Table } from "../../data/index.ts";
import { Matrix, randomStream } from "../../math/index.ts";
import type { BoostingProblem } from "./boost.ts";
import type { ValidationRows } from "./held-rows.ts";
import {
  HistGradientBoostingClassifier,
  HistGradientBoostingRanker,
  HistGradientBoostingRegressor,
} from "./index.ts";
import { splitRows } from "./rows.ts";

const n = 300;
const random = randomStream(4);
const X = Matrix.zeros(n, 3).map(() => random.normal());
const noise = Array.from({ length: n }, () => random.normal());
const signal = (i: number) => 2 * X.at(i, 0) + Math.sin(3 * X.at(i, 1));
const numbers = noise.map((e, i) => signal(i) + e);
const labels = noise.map((e, i) => (signal(i) + e > 0 ? "yes" : "no"));
const relevances = noise.map((e, i) => Math.max(0, Math.min(3, Math.round(signal(i) + e))));
const queries = noise.map((_, i) => `query ${i % 25}`);
const weights = noise.map((_, i) => 1 + (i % 3));
const params = { maxIter: 200, earlyStopping: true, nIterNoChange: 3, learningRate: 0.2, seed: 7 } as const;
const pick = <T>(values: readonly T[], rows: ArrayLike<number>) => Array.from(rows, (i) => values[i]!);

/** The rows that a fit with this seed would hold out itself, and the others. */
function internalSplit(y: Float64Array, stratify: boolean, byQuery: boolean) {
  const names = [...new Set(queries)];
  const numbered = queries.map((q) => names.indexOf(q));
  const problem = {
    y,
    sampleWeight: null,
    classWeight: null,
    stratify,
    stopping: { validationFraction: 0.1, nIterNoChange: 3, tol: 1e-7 },
    queries: byQuery ? Int32Array.from(numbered) : null,
  } as unknown as BoostingProblem;
  const { train, validation } = splitRows(problem, randomStream(params.seed).split("validation"));
  return { train: Array.from(train!), held: Array.from(validation!) };
}

interface Scored {
  readonly nIter: number;
  readonly trainScore: Float64Array;
  readonly validationScore: Float64Array;
}
/** Stopped early, by the same losses, with the same predictions. */
function same(a: Scored, b: Scored, predict: (model: Scored) => unknown): void {
  expect(a.nIter).toBeLessThan(params.maxIter);
  expect(b.nIter).toBe(a.nIter);
  expect(b.validationScore).toEqual(a.validationScore);
  expect(b.trainScore).toEqual(a.trainScore);
  expect(predict(b)).toEqual(predict(a));
}

describe("validation rows given to fit", () => {
  it("judge as the same rows held out inside do: regressor, with weights", () => {
    const spec = new HistGradientBoostingRegressor(params);
    const { train, held } = internalSplit(Float64Array.from(numbers), false, false);
    const inside = spec.fit(X, numbers, { sampleWeight: weights });
    const outside = spec.fit(X.selectRows(train), pick(numbers, train), {
      sampleWeight: pick(weights, train),
      validation: { X: X.selectRows(held), y: pick(numbers, held), sampleWeight: pick(weights, held) },
    });
    same(inside, outside, (m) => (m as typeof inside).predict(X));
    const unweighted = spec.fit(X.selectRows(train), pick(numbers, train), {
      sampleWeight: pick(weights, train),
      validation: { X: X.selectRows(held), y: pick(numbers, held) },
    });
    expect(unweighted.validationScore[0]).not.toBe(outside.validationScore[0]);
  });

  it("and the loss is that of predictions on them", () => {
    const [train, held] = [noise.slice(0, 200), noise.slice(200)].map((part, at) =>
      part.map((_, i) => i + 200 * at),
    ) as [number[], number[]];
    const spec = new HistGradientBoostingRegressor({ ...params, earlyStopping: "auto" });
    const y = pick(numbers, held);
    const model = spec.fit(X.selectRows(train), pick(numbers, train), {
      validation: { X: X.selectRows(held), y },
    });
    const staged = [...model.stagedPredict(X.selectRows(held))];
    // Half squared error, before the first tree and after each.
    const loss = (p: ArrayLike<number>) => y.reduce((sum, v, i) => sum + (v - p[i]!) ** 2, 0) / y.length / 2;
    expect(model.validationScore.length).toBe(staged.length + 1);
    staged.forEach((p, t) => {
      expect(model.validationScore[t + 1]! / loss(p)).toBeCloseTo(1, 9);
    });
    // Three iterations without improvement and not four.
    const best = model.validationScore.indexOf(Math.min(...model.validationScore));
    expect(model.nIter - best).toBe(3);
  });

  it("classifier, with class weights and three classes", () => {
    const three = labels.map((label, i) => (X.at(i, 2) > 0.8 ? "other" : label));
    for (const y of [labels, three]) {
      const classes = [...new Set(y)].sort();
      const spec = new HistGradientBoostingClassifier({ ...params, classWeight: { yes: 3 } });
      const codes = Float64Array.from(y, (label) => classes.indexOf(label));
      const { train, held } = internalSplit(codes, true, false);
      const inside = spec.fit(X, y);
      const outside = spec.fit(X.selectRows(train), pick(y, train), {
        validation: { X: X.selectRows(held), y: pick(y, held) },
      });
      same(inside, outside, (m) => (m as typeof inside).decisionFunction(X).data);
    }
  });

  it("ranker, with queries of their own", () => {
    const spec = new HistGradientBoostingRanker(params);
    const { train, held } = internalSplit(Float64Array.from(relevances), false, true);
    const inside = spec.fit(X, relevances, { queries });
    const outside = spec.fit(X.selectRows(train), pick(relevances, train), {
      queries: pick(queries, train),
      validation: {
        X: X.selectRows(held),
        y: pick(relevances, held),
        // Names need not be those of training.
        queries: pick(queries, held).map((name) => `held ${name}`),
      },
    });
    same(inside, outside, (m) => (m as typeof inside).predict(X));
  });

  it("travel to the worker of fitAsync", async () => {
    const validation = { X: X.selectRows([0, 1, 2, 3, 4, 5, 6, 7]), y: numbers.slice(0, 8) };
    const regressor = new HistGradientBoostingRegressor(params);
    const options = { validation: { ...validation, sampleWeight: weights.slice(0, 8) } };
    const far = await regressor.fitAsync(X, numbers, options);
    same(regressor.fit(X, numbers, options), far, (m) => (m as typeof far).predict(X));
    const ranker = new HistGradientBoostingRanker({ ...params, nIterNoChange: 1 });
    const ranked = {
      queries,
      validation: { X: validation.X, y: relevances.slice(0, 8), queries: queries.slice(0, 8) },
    };
    const score = await ranker.fitAsync(X, relevances, ranked);
    expect(score.validationScore).toEqual(ranker.fit(X, relevances, ranked).validationScore);
    await expect(
      new HistGradientBoostingClassifier(params).fitAsync(X, labels, {
        validation: { X: validation.X, y: ["yes"] },
      }),
    ).rejects.toThrow(/validation\.y has 1 entry, expected 8/);
  });

  it("know the columns and categories of training", () => {
    const colour = noise.map((_, i) => "rgb"[i % 3]!);
    const y = colour.map((c) => (c === "r" ? 1 : 0));
    const spec = new HistGradientBoostingRegressor({ ...params, learningRate: 1, maxIter: 3 });
    // Other order of columns, other codes of categories: only names agree.
    const model = spec.fit(Table.fromColumns({ colour, size: noise }), y, {
      validation: { X: Table.fromColumns({ size: [0, 0, 0], colour: ["g", "r", "b"] }), y: [0, 1, 0] },
    });
    expect(model.validationScore[1]).toBeLessThan(1e-9);
  });

  it("are refused in a sentence where they do not fit", () => {
    const spec = new HistGradientBoostingRegressor(params);
    const good: ValidationRows = { X: X.selectRows([0, 1]), y: [1, 2] };
    const fit =
      (validation: unknown, own = spec) =>
      () =>
        own.fit(X, numbers, { validation: validation as ValidationRows });
    expect(fit(3)).toThrow(/HistGradientBoostingRegressor\.fit: validation is 3, expected an object of X, y/);
    expect(fit({ ...good, queries: [1, 1] })).toThrow(/validation has the entry queries/);
    expect(fit({ ...good, X: [[1, 2]] })).toThrow(/validation\.X has 2 columns, expected 3/);
    expect(fit({ ...good, X: [] as MatrixLike })).toThrow(/validation\.X/);
    expect(fit({ ...good, X: Matrix.zeros(0, 3), y: [] })).toThrow(/validation\.X has 0 rows/);
    expect(fit({ X: good.X })).toThrow(/validation\.y is undefined/);
    expect(fit({ y: good.y })).toThrow(/validation\.X is undefined/);
    expect(fit({ ...good, y: [1] })).toThrow(/validation\.y has 1 entry, expected 2/);
    expect(fit({ ...good, y: [1, Number.NaN] })).toThrow(/validation\.y holds NaN at row 1/);
    expect(fit({ ...good, sampleWeight: [1] })).toThrow(/validation\.sampleWeight has 1 entry/);
    expect(fit({ ...good, sampleWeight: [0, 0] })).toThrow(/validation\.sampleWeight holds only zeros/);
    expect(fit(good, spec.with({ earlyStopping: false }))).toThrow(/earlyStopping is false/);
    expect(fit(good, spec.with({ validationFraction: null }))).toThrow(/validationFraction is null/);
    const counts = numbers.map((v) => Math.max(0, v));
    expect(() =>
      spec.with({ loss: "poisson" }).fit(X, counts, { validation: { ...good, y: [1, -1] } }),
    ).toThrow(/validation\.y holds -1 at row 1/);
    const classifier = new HistGradientBoostingClassifier({ ...params, classWeight: { no: 0 } });
    expect(() => classifier.fit(X, labels, { validation: { ...good, y: ["yes", "maybe"] } })).toThrow(
      /validation\.y holds "maybe" at row 1, expected labels of y \("no", "yes"\)/,
    );
    expect(() => classifier.fit(X, labels, { validation: { ...good, y: ["no", "no"] } })).toThrow(
      /classWeight leaves every validation row without weight/,
    );
    expect(() =>
      new HistGradientBoostingRanker(params).fit(X, relevances, {
        queries,
        validation: { X: good.X, y: [1, 2], queries: ["a"] },
      }),
    ).toThrow(/validation\.queries has 1 entries, expected 2/);
  });
});
