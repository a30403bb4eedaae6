/** Shapley values by enumeration, against means over all orders, games with known values, and closed forms of models. */
import { expect, test } from "vitest";
import { Table } from "../data/index.ts";
import { RandomForestClassifier } from "../ensemble/index.ts";
import { Ridge } from "../linear/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { exactShap, shapleyValues, shapleyWeights, treeShap } from "./index.ts";

function orders(players: readonly number[]): number[][] {
  if (players.length === 0) return [[]];
  return players.flatMap((first) =>
    orders(players.filter((p) => p !== first)).map((rest) => [first, ...rest]),
  );
}

const near = (found: ArrayLike<number>, expected: ArrayLike<number>, gap: number) => {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(found[i]! - expected[i]!), `place ${i}`).toBeLessThanOrEqual(gap);
};

test("a random game: what each player adds, on average over all orders", () => {
  const random = randomStream(5);
  const worth = new Map<string, number>();
  const game = (coalition: readonly number[]) => {
    const key = [...coalition].sort().join();
    if (!worth.has(key)) worth.set(key, random.normal());
    return worth.get(key)!;
  };
  const found = shapleyValues(game, 6);
  const all = orders([0, 1, 2, 3, 4, 5]);
  const mean = new Float64Array(6);
  for (const order of all)
    order.forEach((player, k) => {
      mean[player]! += (game(order.slice(0, k + 1)) - game(order.slice(0, k))) / all.length;
    });
  near(found, mean, 1e-13);
  expect(worth.size).toBe(64);
});

test("the airport game: every stretch of runway is shared by the planes that need it", () => {
  const cost = [1, 1.5, 2, 4, 4, 7, 8, 8.5, 10, 11, 15, 20];
  const found = shapleyValues((coalition) => Math.max(0, ...coalition.map((i) => cost[i]!)), 12);
  let share = 0;
  const expected = cost.map((c, i) => (share += (c - (cost[i - 1] ?? 0)) / (12 - i)));
  near(found, expected, 1e-12);
});

test("weighted votes: power is how often a member turns a coalition into a winning one", () => {
  const votes = [4, 3, 2, 1];
  const wins = (members: readonly number[]) => +(members.reduce((s, i) => s + votes[i]!, 0) >= 6);
  near(shapleyValues(wins, 4), [5 / 12, 3 / 12, 3 / 12, 1 / 12], 1e-15);
});

test("twenty players that add their own worth each, and one", () => {
  const worth = Array.from({ length: 20 }, (_, i) => i - 7.5);
  near(
    shapleyValues((members) => members.reduce((s, i) => s + worth[i]!, 3), 20),
    worth,
    1e-10,
  );
  near(
    shapleyValues((members) => 5 * members.length - 2, 1),
    [5],
    0,
  );
});

test("weights are s! (M - s - 1)! / M! and sum to 1 over the coalitions", () => {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  for (let M = 1; M <= 20; M++) {
    const weights = shapleyWeights(M);
    let sum = 0;
    weights.forEach((w, s) => {
      const expected = (factorial(s) * factorial(M - s - 1)) / factorial(M);
      expect(Math.abs(w / expected - 1)).toBeLessThan(1e-14);
      sum += (w * factorial(M - 1)) / (factorial(s) * factorial(M - 1 - s));
    });
    expect(Math.abs(sum - 1)).toBeLessThan(1e-13);
  }
});

const random = randomStream(8);
const X = Matrix.zeros(60, 5).map(() => random.normal());
const others = X.selectRows([3, 14, 15, 26, 40, 41, 59]);

test("a linear model: coefficient times the distance from the background's mean", () => {
  const model = new Ridge({ alpha: 1e-3 }).fit(
    X,
    X.toArray().map(([a, b, c]) => a! - 2 * b! + 0.5 * c! + random.normal()),
  );
  const mean = Array.from({ length: 5 }, (_, j) => others.col(j).reduce((a, b) => a + b, 0) / 7);
  const { values, baseValues } = exactShap((rows) => model.predict(rows), X.selectRows([0, 7]), {
    background: others,
  });
  near(baseValues, model.predict([mean]), 1e-13);
  [0, 7].forEach((i, k) => {
    near(
      values[0]!.row(k),
      mean.map((m, j) => model.coef[j]! * (X.at(i, j) - m)),
      1e-13,
    );
  });
});

test("a forest for labels: the values of treeShap against the same background", () => {
  const label = X.toArray().map(([a, b]) => (a! * b! > 0.3 ? "up" : a! > 0 ? "side" : "down"));
  const model = new RandomForestClassifier({ nEstimators: 6, seed: 2 }).fit(X, label);
  const rows = X.selectRows([1, 2, 30]);
  const found = exactShap((Z) => model.predictProba(Z), rows, { background: others });
  const expected = treeShap(model, rows, { background: others });
  near(found.baseValues, expected.baseValues, 1e-13);
  expect(found.values.length).toBe(3);
  found.values.forEach((m, o) => void near(m.data, expected.values[o]!.data, 1e-13));
});

test("missing values reach the model, and columns with names are put in X's order", () => {
  const known = (Z: Matrix) => Z.toArray().map(([a, b]) => (Number.isNaN(a!) ? 10 : a!) + 100 * b!);
  const rows = Table.fromColumns({ a: [Number.NaN], b: [2] });
  const background = Table.fromColumns({ b: [1], a: [4] });
  const { values, baseValues } = exactShap(known, rows, { background });
  expect([...baseValues]).toEqual([104]);
  expect([...values[0]!.data]).toEqual([6, 100]);
});

test("what does not fit is refused in a sentence", () => {
  const game = (members: readonly number[]) => members.length;
  expect(() => shapleyValues(game, 21)).toThrow("players is 21, expected a whole number from 1 to 20");
  expect(() => shapleyValues((s) => (s.length > 1 ? Number.NaN : 0), 2)).toThrow(
    "game is NaN for [0,1], expected a finite number",
  );
  const one = (Z: Matrix) => Z.col(0);
  expect(() => exactShap(one, [[1, 2]], { background: [[1]] })).toThrow(
    "background has 1 columns, expected 2, as X",
  );
  expect(() => exactShap(one, Matrix.zeros(2, 21), { background: Matrix.zeros(1, 21) })).toThrow(
    "columns of X is 21, expected a whole number from 1 to 20",
  );
  expect(() => exactShap(() => [1], [[1, 2]], { background: [[1, 1]] })).toThrow(
    "predict gives 1 rows of outputs, expected 4, as many as it got",
  );
  expect(() => exactShap((Z) => Z.col(0).map(() => 1 / 0), [[1]], { background: [[1]] })).toThrow(
    "predict gives Infinity, expected finite numbers",
  );
});
