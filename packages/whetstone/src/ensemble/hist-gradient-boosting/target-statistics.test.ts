import { describe, expect, it } from "vitest";
import { Matrix, randomStream } from "../../math/index.ts";
import { HistGradientBoostingClassifier } from "./index.ts";
import { orderedTargetStatistics, targetStatistics } from "./target-statistics.ts";

describe("target statistics", () => {
  it("are the mixed means of their definition; missing categories have none", () => {
    const { values, prior } = targetStatistics(["a", null, "b", "a"], [1, 0, 1, 0], { priorWeight: 2 });
    expect(prior).toBe(0.5);
    expect(values.get("a")).toBe((1 + 2 * 0.5) / 4);
    expect(values.get("b")).toBe((1 + 2 * 0.5) / 3);
    expect(values.size).toBe(2);
    expect(orderedTargetStatistics([Number.NaN, 1], [0, 1]).col(0)[0]).toBeNaN();
  });

  it("ordered ones are those of the rows before, in some order of the rows", () => {
    // Every order of five rows by brute force: each column must be one of them, and not always the same.
    const categories = ["a", "b", "a", "a", "b"];
    const y = [1, 2, 4, 8, 16];
    const orders = (rest: number[]): number[][] =>
      rest.length === 0
        ? [[]]
        : rest.flatMap((i) => orders(rest.filter((j) => j !== i)).map((o) => [i, ...o]));
    const prior = 31 / 5;
    const possible = new Set(
      orders([0, 1, 2, 3, 4]).map((order) =>
        categories
          .map((c, i) => {
            const before = order.slice(0, order.indexOf(i)).filter((j) => categories[j] === c);
            const sum = before.reduce((total, j) => total + y[j]!, 0);
            return ((sum + 0.5 * prior) / (before.length + 0.5)).toFixed(9);
          })
          .join(),
      ),
    );
    const encoded = orderedTargetStatistics(categories, y, { priorWeight: 0.5, permutations: 40, seed: 3 });
    const seen = new Set<string>();
    for (let r = 0; r < 40; r++) {
      const column = Array.from(encoded.col(r), (v) => v.toFixed(9)).join();
      expect(possible.has(column)).toBe(true);
      seen.add(column);
    }
    expect(seen.size).toBeGreaterThan(5);
    expect(orderedTargetStatistics(categories, y, { permutations: 2, seed: 3 }).data).toEqual(
      orderedTargetStatistics(categories, y, { permutations: 2, seed: 3 }).data,
    );
  });

  it("plain ones leak the target into training rows, ordered ones do not", () => {
    // The paper's section 3.2: a category of its own for each row and coin tosses as targets.
    const n = 600;
    for (let seed = 0; seed < 16; seed++) {
      const random = randomStream(seed);
      const y = Array.from({ length: n }, () => random.int(2));
      const categories = y.map((_, i) => `row ${i}`);
      const { values, prior } = targetStatistics(categories, y);
      const fresh = Matrix.from(y.map(() => [values.get("unseen") ?? prior]));
      const accuracy = (column: Float64Array) => {
        const X = Matrix.from(Array.from(column, (v) => [v]));
        const model = new HistGradientBoostingClassifier({ maxIter: 10 }).fit(X, y);
        const right = model.predict(X).filter((label, i) => label === y[i]).length / n;
        return { right, onNew: model.predictProba(fresh).at(0, 1) };
      };
      const plain = accuracy(Float64Array.from(categories, (c) => values.get(c)!));
      expect(plain.right).toBe(1);
      const ordered = accuracy(orderedTargetStatistics(categories, y, { seed }).col(0));
      // All ordered statistics are the prior: the best a model can do is to name the larger class.
      expect(ordered.right).toBeLessThan(0.58);
      expect(Math.abs(ordered.onNew - prior)).toBeLessThan(1e-9);
    }
  });

  it("the conditional mean of an ordered statistic is that of new rows, of a plain one it depends on the row's y", () => {
    const n = 4000;
    const random = randomStream(5);
    const codes = Array.from({ length: n }, () => random.int(400));
    const y = codes.map(() => random.int(2));
    const gap = (column: ArrayLike<number>) => {
      const mean = (label: number) => {
        const rows = y.flatMap((v, i) => (v === label ? [column[i]!] : []));
        return rows.reduce((a, b) => a + b, 0) / rows.length;
      };
      return mean(1) - mean(0);
    };
    const { values } = targetStatistics(codes, y);
    // About ten rows a category: one's own target moves the plain statistic by 1 / 11.
    expect(gap(codes.map((c) => values.get(c)!))).toBeGreaterThan(0.07);
    const encoded = orderedTargetStatistics(codes, y, { permutations: 8 });
    // Standard deviation of a statistic is below 0.25, of the gap below 0.25 * 2 / sqrt(4000) = 0.008.
    for (let r = 0; r < 8; r++) expect(Math.abs(gap(encoded.col(r)))).toBeLessThan(4 * 0.008);
  });

  it("say what is wrong with their arguments", () => {
    expect(() => targetStatistics(["a"], [1, 2])).toThrow(/categories has 1 entries, expected 2/);
    expect(() => targetStatistics([], [])).toThrow(/y is empty/);
    expect(() => targetStatistics(["a"], [Number.NaN])).toThrow(/NaN at row 0/);
    expect(() => targetStatistics([{} as never], [1])).toThrow(/categories holds .* at row 0/);
    expect(() => targetStatistics(["a"], [1], { priorWeight: 0 })).toThrow(/priorWeight/);
    expect(() => orderedTargetStatistics(["a"], [1], { permutations: 0 })).toThrow(/permutations/);
    expect(() => orderedTargetStatistics(["a"], [1], { seed: -1 })).toThrow(/seed/);
  });
});
