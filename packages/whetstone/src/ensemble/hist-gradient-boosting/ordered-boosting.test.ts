import { describe, expect, it, test } from "vitest";
import { conformanceChecks } from "../../contract/conformance.ts";
import { decode, encode } from "../../contract/index.ts";
import { getThreads, setThreads } from "../../kernels/index.ts";
import { Matrix, randomStream } from "../../math/index.ts";
import { load, typeByName } from "../../registry/index.ts";
import { HistGradientBoostingClassifier, HistGradientBoostingRegressor } from "./index.ts";

const n = 200;
const random = randomStream(6);
const X = Matrix.zeros(n, 3).map(() => random.normal());
const y = Array.from({ length: n }, (_, i) => 2 * X.at(i, 0) + X.at(i, 1) ** 2 + random.normal());
const labels = y.map((v) => (v > 2 ? "high" : v > 0 ? "middle" : "low"));
const two = y.map((v) => v > 1);
const weights = y.map((_, i) => (i % 5) / 2);
const small = { maxIter: 10, maxLeafNodes: 6, minSamplesLeaf: 5 } as const;
const ordered = { ...small, boosting: "ordered" } as const;
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** Largest difference of two lists. */
const gap = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));

describe("ordered boosting", () => {
  it("has plain boosting's first iteration, where every row is at the baseline", () => {
    const one = { ...small, maxIter: 1 };
    for (const options of [{}, { sampleWeight: weights }]) {
      const fit = (boosting: "plain" | "ordered") => [
        new HistGradientBoostingRegressor({ ...one, boosting }).fit(X, y, options).predict(X),
        new HistGradientBoostingClassifier({ ...one, boosting }).fit(X, two, options).decisionFunction(X)
          .data,
        new HistGradientBoostingClassifier({ ...one, boosting }).fit(X, labels, options).decisionFunction(X)
          .data,
      ];
      const theirs = fit("plain");
      // Plain sums are rounded to integers of 2^-45 or so of the largest gradient.
      fit("ordered").forEach((raw, i) => void expect(gap(raw, theirs[i]!)).toBeLessThan(1e-10));
    }
  });

  it("keeps a model whose leaves are Newton steps at its own predictions", () => {
    const model = new HistGradientBoostingClassifier({ ...ordered, l2Regularization: 0.5 }).fit(X, two);
    const { trees } = model;
    const before = new Float64Array(n).fill(model.baseline[0]!);
    for (let t = 0; t < trees.nTrees; t++) {
      const root = trees.starts[t]!;
      const leafOf = Array.from({ length: n }, (_, i) => {
        let at = 0;
        while (trees.feature[root + at]! >= 0) {
          const goesLeft = X.at(i, trees.feature[root + at]!) <= trees.threshold[root + at]!;
          at = trees.left[root + at]! + (goesLeft ? 0 : 1);
        }
        return at;
      });
      for (const leaf of new Set(leafOf)) {
        let g = 0;
        let h = 0;
        leafOf.forEach((own, i) => {
          if (own !== leaf) return;
          const p = 1 / (1 + Math.exp(-before[i]!));
          g += p - Number(two[i]);
          h += p * (1 - p);
        });
        expect(trees.value[root + leaf]).toBeCloseTo((-0.1 * g) / (h + 0.5), 9);
      }
      leafOf.forEach((leaf, i) => void (before[i] = before[i]! + trees.value[root + leaf]!));
    }
    expect(gap(before, model.decisionFunction(X).data)).toBeLessThan(1e-9);
    const plain = new HistGradientBoostingClassifier({ ...small, l2Regularization: 0.5 }).fit(X, two);
    expect(plain.trees.threshold).not.toEqual(trees.threshold);
  });

  it("asks about a row only models that have not seen its target", () => {
    // One binary column: the trees' structure is always the same, so only leaf values could tell.
    const column = y.map((_, i) => [i % 2]);
    const spec = new HistGradientBoostingRegressor({
      ...{ ...ordered, maxIter: 3, learningRate: 1, permutations: 1, minSamplesLeaf: 1 },
    });
    const first = spec.fit(column, y);
    let same = 0;
    for (let i = 0; i < n; i += 10) {
      const other = y.map((v, j) => (j === i ? v + 5 : v));
      const second = spec.fit(column, other);
      if (Math.abs(second.orderedPredictions!.at(i, 0) - first.orderedPredictions!.at(i, 0)) < 1e-9) same++;
      expect(Math.abs(second.predict(column)[i]! - first.predict(column)[i]!)).toBeGreaterThan(0.01);
    }
    // A row without a predecessor in its leaf has the baseline, the mean of all rows: the very first ones.
    expect(same).toBeGreaterThanOrEqual(n / 10 - 1);
  });

  describe("prediction shift (section 4.1 of the paper): y = 10 x1 + x2 of fair coins, stumps of step 1", () => {
    const size = 12;
    const runs = 3000;
    const stump = {
      learningRate: 1,
      maxLeafNodes: 2,
      minSamplesLeaf: 1,
      maxIter: 1,
      permutations: 1,
    } as const;
    const drawn = Array.from({ length: runs }, (_, seed) => {
      const coins = randomStream(seed);
      return Array.from({ length: size }, () => [coins.int(2), coins.int(2)] as [number, number]);
    });
    const target = (rows: [number, number][]) => rows.map(([a, b]) => 10 * a + b);
    /** Mean over runs, and the standard error of that. */
    const estimate = (values: number[]) => {
      const centre = mean(values);
      return { centre, error: Math.sqrt(mean(values.map((v) => (v - centre) ** 2)) / values.length) };
    };
    /** Both columns vary, so that the first stump takes x1 and the second finds both values of x2. */
    const complete = (rows: [number, number][]) =>
      [0, 1].every((j) => new Set(rows.map((r) => r[j])).size === 2);

    it("theorem 1: the second stump on the same rows is short by 1 / (n - 1), on new rows it is not", () => {
      const effect = (fresh: boolean) =>
        drawn.flatMap((rows, run) => {
          const others = fresh ? drawn[(run + 1) % runs]! : rows;
          if (!complete(rows) || !complete(others)) return [];
          const first = new HistGradientBoostingRegressor(stump).fit(rows, target(rows));
          const guess = first.predict(others);
          const rest = target(others).map((v, i) => v - guess[i]!);
          const group = (side: number) => mean(rest.filter((_, i) => others[i]![1] === side));
          return [group(1) - group(0)];
        });
      const same = estimate(effect(false));
      expect(Math.abs(same.centre - (1 - 1 / (size - 1)))).toBeLessThan(4 * same.error);
      const fresh = estimate(effect(true));
      expect(Math.abs(fresh.centre - 1)).toBeLessThan(4 * fresh.error);
      expect(fresh.centre - same.centre).toBeGreaterThan(0.05);
    });

    it("a training row's residual keeps 1 - 2 / n of x2 with the plain model, all of it with ordered ones", () => {
      // 4 E[r (x2 - 1/2)] is the slope of E[r | x2] for one row, the others being free.
      const slope = (boosting: "plain" | "ordered") =>
        estimate(
          drawn.map((rows, seed) => {
            const model = new HistGradientBoostingRegressor({ ...stump, boosting, seed }).fit(
              rows,
              target(rows),
            );
            const guess = model.orderedPredictions?.data ?? model.predict(rows);
            return mean(target(rows).map((v, i) => 4 * (v - guess[i]!) * (rows[i]![1] - 0.5)));
          }),
        );
      const plain = slope("plain");
      expect(Math.abs(plain.centre - (1 - 2 / size))).toBeLessThan(4 * plain.error);
      // Rows without a predecessor in their leaf are at the mean of all rows, their own 1 / n of it included.
      const prefixes = Array.from({ length: size - 1 }, (_, at) => 2 ** Math.floor(Math.log2(at + 1)));
      const alone = (1 + prefixes.reduce((sum, p) => sum + 2 ** -p, 0)) / size;
      const own = slope("ordered");
      expect(Math.abs(own.centre - (1 - alone / size))).toBeLessThan(4 * own.error);
      expect(plain.centre + 4 * plain.error).toBeLessThan(own.centre - 4 * own.error);
    });
  });

  it("lowers the error where many small categories are encoded by their targets", () => {
    // 600 rows in 200 categories. Ratios to plain boosting on the same statistics in 16 seeds: 0.90 to 0.99, 0.945 on average.
    const ratios = Array.from({ length: 16 }, (_, seed) => {
      const r = randomStream(300 + seed);
      const worth = Array.from({ length: 200 }, () => r.normal());
      const make = (rows: number) => {
        const c = Array.from({ length: rows }, () => [r.int(200), r.normal()] as [number, number]);
        return { c, t: c.map(([k, v]) => 0.7 * worth[k]! + v + r.normal()) };
      };
      const train = make(600);
      const fresh = make(1000);
      const error = (boosting: "plain" | "ordered") => {
        const spec = new HistGradientBoostingRegressor({
          ...{ boosting, seed, categoricalFeatures: [0], categoryEncoding: "ordered", maxIter: 60 },
        });
        const guess = spec.fit(train.c, train.t).predict(fresh.c);
        return mean(fresh.t.map((v, i) => (v - guess[i]!) ** 2));
      };
      return error("ordered") / error("plain");
    });
    expect(mean(ratios)).toBeLessThan(0.97);
    expect(Math.max(...ratios)).toBeLessThan(1.05);
  });

  it("lowers the log loss of noisy labels", () => {
    // Ratios to plain boosting in 16 seeds: 0.93 to 0.998, 0.958 on average.
    const ratios = Array.from({ length: 16 }, (_, seed) => {
      const r = randomStream(500 + seed);
      const make = (rows: number) => {
        const numbers = Array.from({ length: rows }, () => Array.from({ length: 4 }, () => r.normal()));
        const odds = (a: number, b: number, c: number) => 1 / (1 + Math.exp(-2 * a - b * c));
        return { numbers, side: numbers.map(([a, b, c]) => Number(r.uniform() < odds(a!, b!, c!))) };
      };
      const train = make(300);
      const fresh = make(2000);
      const loss = (boosting: "plain" | "ordered") => {
        const model = new HistGradientBoostingClassifier({ boosting, seed }).fit(train.numbers, train.side);
        const p = model.predictProba(fresh.numbers);
        return -mean(fresh.side.map((side, i) => Math.log(p.at(i, side))));
      };
      return loss("ordered") / loss("plain");
    });
    expect(mean(ratios)).toBeLessThan(0.98);
    expect(Math.max(...ratios)).toBeLessThan(1.03);
  });

  it("stops early, samples rows, leaves out rows of weight 0, and knows several classes", () => {
    const spec = new HistGradientBoostingClassifier({
      ...{ ...ordered, maxIter: 300, earlyStopping: true, subsample: 0.7, learningRate: 0.3 },
    });
    const model = spec.fit(X, labels, { sampleWeight: weights });
    expect(model.nIter).toBeLessThan(300);
    expect(model.orderedPredictions!.cols).toBe(3);
    const known = Array.from({ length: n }, (_, i) => !Number.isNaN(model.orderedPredictions!.at(i, 0)));
    weights.forEach((w, i) => void (w === 0 && expect(known[i]).toBe(false)));
    // A tenth of the 160 others is held out.
    expect(known.filter(Boolean).length).toBe(144);
    // Predictions of rows not seen are worse than the model's own on them, and better than none.
    const guess = (raw: Matrix) =>
      mean(
        known.flatMap((isKnown, i) => {
          if (!isKnown) return [];
          const row = raw.row(i);
          return [Number(model.classes[row.indexOf(Math.max(...row))] === labels[i])];
        }),
      );
    expect(guess(model.orderedPredictions!)).toBeLessThan(guess(model.decisionFunction(X)));
    expect(guess(model.orderedPredictions!)).toBeGreaterThan(0.5);
    expect(new HistGradientBoostingRegressor(small).fit(X, y).orderedPredictions).toBe(null);
  });

  it("is the same for any number of threads, over many chunks of rows", () => {
    const r = randomStream(2);
    const rows = Matrix.zeros(20_000, 3).map((_, at) => (at % 3 === 0 ? r.int(500) : r.normal()));
    const target = Array.from(
      { length: rows.rows },
      (_, i) => Math.sin(rows.at(i, 0)) + rows.at(i, 1) * rows.at(i, 2),
    );
    const spec = new HistGradientBoostingRegressor({
      ...{
        ...ordered,
        maxIter: 4,
        categoricalFeatures: [0],
        categoryEncoding: "ordered",
        earlyStopping: false,
      },
    });
    const before = getThreads();
    try {
      const [one, two] = [1, 2].map((threads) => {
        setThreads(threads);
        return spec.fit(rows, target).save();
      });
      expect(one).toEqual(two);
    } finally {
      setThreads(before);
    }
  });

  it("refuses in a sentence what it cannot be combined with", () => {
    const make = (params: object) => () => new HistGradientBoostingRegressor({ ...ordered, ...params });
    expect(make({ loss: "poisson" })).toThrow(/boosting is "ordered", expected "plain" for another loss/);
    expect(make({ topRate: 0.2 })).toThrow(/topRate is 0.2, expected null with boosting "ordered"/);
    expect(make({ dropRate: 0.2 })).toThrow(/dropRate is 0.2, expected null/);
    expect(make({ monotonicCst: [1, 0, 0] })).toThrow(/monotonicCst is an array of 3, expected null/);
    expect(() => new HistGradientBoostingClassifier({ ...ordered, dropRate: 0.2 })).toThrow(/dropRate/);
    expect(make({ permutations: 0 })).toThrow(/permutations is 0/);
  });
});

describe.each([
  new HistGradientBoostingRegressor({ ...ordered, categoricalFeatures: [0], categoryEncoding: "ordered" }),
  new HistGradientBoostingClassifier(ordered),
])("ordered boosting as an estimator", (spec) => {
  const registry = { load, encode, decodeSpec: (bytes: Uint8Array) => decode(bytes, typeByName) };
  for (const check of conformanceChecks({ spec: spec as never, ...registry, allowsMissing: true }))
    test(`${spec.kind}: ${check.name}`, () => check.run());
});
