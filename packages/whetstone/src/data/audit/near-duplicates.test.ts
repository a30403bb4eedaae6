import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../math/index.ts";
import {
  duplicateGroups,
  nearDuplicateGroups,
  nearDuplicates,
  nearDuplicatesAcross,
  shingles,
  similarTexts,
  Table,
  textColumn,
} from "../index.ts";
import { closePairs } from "./close-points.ts";

describe("closePairs is all pairs, compared one by one", () => {
  test.each([1, 2, 3, 4, 9])("%i columns", (d) => {
    const random = randomStream(d);
    for (const radius of [0, 1e-300, 0.05, 0.4, 3]) {
      const n = 120;
      const points = random.fillNormal(new Float64Array(n * d)).map((v) => (radius > 1 ? v : v / d));
      // Some rows again, exactly and moved.
      points.copyWithin(0, 10 * d, 20 * d);
      for (let c = 0; c < 10 * d; c++) points[30 * d + c] = points[40 * d + c]! + radius * 0.3;
      const found: string[] = [];
      closePairs(points, n, d, radius, (i, j, distance) => {
        expect(i).toBeGreaterThan(j);
        expect(distance).toBeLessThanOrEqual(radius);
        found.push(`${i} ${j}`);
      });
      const expected: string[] = [];
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++) {
          let sum = 0;
          for (let c = 0; c < d; c++) sum += (points[i * d + c]! - points[j * d + c]!) ** 2;
          if (sum <= radius * radius) expected.push(`${i} ${j}`);
        }
      expect(expected.length).toBeGreaterThanOrEqual(10);
      expect(found.sort()).toEqual(expected.sort());
    }
  });
});

describe("similarTexts", () => {
  test("shingles by hand", () => {
    expect([...shingles("Straße 5!", 5)]).toEqual(["straß", "traße", "raße ", "aße 5"]);
    expect([...shingles("ab")]).toEqual(["ab"]);
    expect([...shingles("a rose is a rose is a rose", 4, "word")]).toEqual([
      "a rose is a",
      "rose is a rose",
      "is a rose is",
    ]);
  });

  test("finds exactly the pairs of a comparison of all", () => {
    const word = fc.constantFrom("pay", "bill", "the", "late", "fee", "card", "now", "again");
    const text = fc.array(word, { maxLength: 12 }).map((w) => w.join(" "));
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 2, maxLength: 25 }),
        fc.constantFrom(0.2, 0.5, 2 / 3, 0.8, 1),
        (texts, similarity) => {
          const sets = texts.map((t) => shingles(t, 2, "word"));
          const expected: [number, number][] = [];
          sets.forEach((a, i) => {
            sets.slice(0, i).forEach((b, j) => {
              const union = new Set([...a, ...b]).size;
              if ((a.size + b.size - union) / union >= similarity - 1e-12) expected.push([i, j]);
            });
          });
          const found = similarTexts(texts, { similarity, size: 2, unit: "word" });
          expect(found.map((p) => [p.row, p.twin])).toEqual(expected);
        },
      ),
    );
  });

  test("wrong arguments are named", () => {
    expect(() => similarTexts(["a"], { similarity: 0 })).toThrow("similarTexts: similarity is 0");
    expect(() => similarTexts([1] as never)).toThrow("similarTexts: texts holds no string at row 0");
    expect(() => shingles("a", 0)).toThrow("shingles: size is 0");
  });
});

describe("nearDuplicates", () => {
  const random = randomStream(4);
  const n = 300;
  const a = Float64Array.from({ length: n }, () => random.normal(50, 10));
  const b = Float64Array.from({ length: n }, () => random.normal(0, 1e-3));
  const c = Array.from({ length: n }, (_, i) => (i % 5 === 0 ? null : `c${i % 3}`));
  // Row n - 1 - k repeats row k, moved by 0.005 standard deviations; every other one is of another category.
  for (let k = 0; k < 20; k++) {
    const to = n - 1 - k;
    a[to] = a[k]! + 0.05;
    b[to] = b[k]! - 0.5e-5;
    c[to] = k % 2 === 0 ? c[k]! : "other";
  }
  const table = Table.fromColumns({ a, b, c });

  test("finds moved copies of the same category and nothing else", () => {
    const pairs = nearDuplicates(table);
    expect(pairs.map((p) => [p.row, p.twin])).toEqual(
      Array.from({ length: 10 }, (_, k) => [n - 19 + 2 * k, 18 - 2 * k]),
    );
    for (const p of pairs) expect(p.distance).toBeCloseTo(0.005, 3);
    // Two of the 45,000 other pairs are as close by chance: 45,000 times the mass of a disc of radius 0.014, 2.2.
    const numbersOnly = nearDuplicates(table, { columns: ["a", "b"] });
    expect(numbersOnly.filter((p) => p.row === n - 1 - p.twin)).toHaveLength(20);
    expect(numbersOnly.length).toBeLessThan(28);
    expect(nearDuplicates(table, { tolerance: 0.004 })).toHaveLength(0);
  });

  test("groups hold exact repeats, near ones and chains of them", () => {
    const t = Table.fromColumns({
      v: [0, 100, 0, 0.2, 0.4, 55, 100],
      w: ["x", "x", "x", "x", "x", "x", "x"],
    });
    expect([...nearDuplicateGroups(t, { tolerance: 0.006 })]).toEqual([0, 1, 0, 0, 0, 2, 1]);
    expect([...nearDuplicateGroups(t, { tolerance: 0 })]).toEqual([...duplicateGroups(t)]);
  });

  test("across a split: the closest training row of each test row, exact ones included", () => {
    const t = Table.fromColumns({ v: [10, 10.2, 50, 50, 90, 10.05, null, null] });
    const split = { train: Int32Array.of(0, 1, 2, 6), test: Int32Array.of(5, 3, 4, 7) };
    const found = nearDuplicatesAcross(t, split, { tolerance: 0.01 });
    expect(found.map((p) => [p.row, p.twin])).toEqual([
      [5, 0],
      [3, 2],
      [7, 6],
    ]);
    expect(found[1]).toMatchObject({ distance: 0, similarity: 1 });
    expect(found[0]!.distance).toBeGreaterThan(0);
  });

  test("texts: rewordings within a category and near numbers", () => {
    const t = Table.fromColumns({
      body: textColumn([
        "I was charged twice for my March invoice, please refund me.",
        "I was charged twice for my March invoice, please refund me!!",
        "i was charged twice for my march invoice, please refund",
        "The parcel never arrived and nobody answers the phone.",
        null,
      ]),
      amount: [10, 10, 10, 10, 500],
      channel: ["mail", "mail", "chat", "mail", "mail"],
    });
    expect(nearDuplicates(t).map((p) => [p.row, p.twin])).toEqual([[1, 0]]);
    const wide = nearDuplicates(t, { columns: ["body", "amount"] });
    expect(wide.map((p) => [p.row, p.twin])).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
    ]);
    expect(wide[0]!.similarity).toBe(1);
    expect(wide[1]!.similarity).toBeLessThan(1);
    const dear = t.withColumn("amount", [10, 90, 10, 10, 500]);
    expect(nearDuplicates(dear, { columns: ["body", "amount"] }).map((p) => [p.row, p.twin])).toEqual([
      [2, 0],
    ]);
  });

  test("many equal rows and huge numbers cost no more", () => {
    const size = 20_000;
    const started = performance.now();
    const same = Table.fromColumns({ a: Float64Array.from({ length: size }, (_, i) => i % 7) });
    expect(nearDuplicates(same)).toEqual([]);
    const spread = Table.fromColumns({
      a: Float64Array.from({ length: size }, () => random.normal() * 1e300),
      b: Float64Array.from({ length: size }, () => random.normal()),
      d: Float64Array.from({ length: size }, () => random.normal()),
      e: Float64Array.from({ length: size }, () => random.normal()),
    });
    expect(nearDuplicates(spread, { tolerance: 1e-4 }).length).toBeLessThan(3);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("wrong arguments are named", () => {
    expect(() => nearDuplicates(table, { columns: ["d"] })).toThrow(/nearDuplicates: columns is "d"/);
    expect(() => nearDuplicates(table, { tolerance: -1 })).toThrow("nearDuplicates: tolerance is -1");
    expect(() => nearDuplicatesAcross(table, { train: Int32Array.of(999), test: Int32Array.of(0) })).toThrow(
      /nearDuplicatesAcross: indices\[0\] is 999/,
    );
    expect(() => nearDuplicates(Table.fromColumns({ a: [1, Number.POSITIVE_INFINITY] }))).toThrow(
      "nearDuplicates: table holds an infinite number",
    );
  });
});
