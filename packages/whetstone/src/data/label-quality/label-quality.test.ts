import { describe, expect, test } from "vitest";
import { LogisticRegression } from "../../linear/index.ts";
import { Matrix, randomStream } from "../../math/index.ts";
import { crossValPredict } from "../../selection/index.ts";
import { labelNoise, makeBlobs, reviewedRate, reviewSample, Table } from "../index.ts";

describe("labelNoise", () => {
  test("by hand", () => {
    // Thresholds: a (0.9 + 0.8 + 0.2) / 3, b (0.9 + 0.7 + 0.45) / 3.
    const labels = ["a", "a", "a", "b", "b", "b"];
    const p = [0.1, 0.2, 0.8, 0.9, 0.7, 0.45].map((b) => [1 - b, b]);
    const found = labelNoise(labels, p);
    expect(found.thresholds[0]).toBeCloseTo(1.9 / 3, 12);
    expect(found.thresholds[1]).toBeCloseTo(2.05 / 3, 12);
    // Given a: two rows confident of a, one of b. Given b: two confident of b; the last reaches neither.
    expect([...found.joint.data].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([
      Math.round(1e9 / 3) / 1e9,
      Math.round(1e9 / 6) / 1e9,
      0,
      0.5,
    ]);
    expect(found.rate).toBeCloseTo(1 / 6, 12);
    expect(found.rateByClass[0]).toBeCloseTo(1 / 3, 12);
    expect(found.transition.at(0, 1)).toBeCloseTo(1 / 4, 12);
    expect(found.suspects).toEqual([
      { row: 2, given: "a", suggested: "b", margin: expect.closeTo(-0.6, 12) },
    ]);
  });

  // Theorem 1 of the paper: where every row has exactly the probabilities of its true class, the joint is exact.
  test.each([2, 3, 5])("ideal probabilities of %i classes give the joint of given and true labels", (k) => {
    const random = randomStream(k);
    const channel = Matrix.zeros(k, k); // (true, given)
    for (let j = 0; j < k; j++) {
      const off = random.dirichlet(new Float64Array(k).fill(1));
      for (let i = 0; i < k; i++) channel.set(j, i, 0.35 * off[i]! + (i === j ? 0.65 : 0));
    }
    const n = 4000;
    const truth = Int32Array.from({ length: n }, () => random.int(k));
    const given = Array.from(truth, (j) => random.categorical(channel.row(j)));
    const p = channel.selectRows(truth);
    const found = labelNoise(given, p);
    const joint = Matrix.zeros(k, k);
    given.forEach((i, at) => {
      joint.data[i * k + truth[at]!]! += 1 / n;
    });
    joint.data.forEach((v, at) => {
      expect(found.joint.data[at]).toBeCloseTo(v, 9);
    });
    const wrong = given.filter((i, at) => i !== truth[at]).length;
    expect(found.rate).toBeCloseTo(wrong / n, 9);
    expect(found.suspects).toHaveLength(wrong);
    for (const { row, given: g, suggested } of found.suspects) {
      expect(g).not.toBe(truth[row]);
      expect(suggested).toBe(truth[row]);
    }
    expect(found.interval[0]).toBeLessThan(found.rate);
    expect(found.interval[1]).toBeGreaterThan(found.rate);
  });

  const noisy = (share: number, seed: number) => {
    const { X, y } = makeBlobs({ nSamples: 500, centers: 3, clusterStd: 1.2, centerBox: [-8, 8], seed: 40 });
    const random = randomStream(seed);
    const wrong = y.map(() => random.bernoulli(share));
    const labels = y.map((c, i) => `c${wrong[i] ? (c + 1 + random.int(2)) % 3 : c}`);
    const p = crossValPredict(new LogisticRegression(), X, labels, { method: "predictProba", seed });
    return { wrong, found: labelNoise(labels, p, { seed }) };
  };

  // 16 seeds: estimate less truth between -0.011 and 0.017, held by every interval; all suspects are wrong labels,
  // and they are 74 to 98 % of the wrong ones.
  test.each([0, 0.1, 0.25])("a share of %f flipped, logistic regression out of fold", (share) => {
    const errors: number[] = [];
    let held = 0;
    for (let seed = 0; seed < 16; seed++) {
      const { wrong, found } = noisy(share, seed);
      const flips = wrong.filter(Boolean).length;
      errors.push(found.rate - flips / wrong.length);
      if (found.interval[0] <= flips / wrong.length && flips / wrong.length <= found.interval[1]) held++;
      if (share === 0) continue;
      const right = found.suspects.filter((s) => wrong[s.row]).length;
      expect(right / found.suspects.length).toBeGreaterThan(0.95);
      expect(right / flips).toBeGreaterThan(0.65);
    }
    expect(held).toBeGreaterThanOrEqual(14);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.03);
  });

  test("same seed, same interval; wrong arguments are named", () => {
    const p = [
      [0.9, 0.1],
      [0.2, 0.8],
      [0.6, 0.4],
    ];
    expect(labelNoise([0, 1, 0], p, { seed: 4 })).toEqual(labelNoise([0, 1, 0], p, { seed: 4 }));
    expect(() => labelNoise([0, 0, 0], p)).toThrow("labelNoise: labels hold one class");
    expect(() => labelNoise([0, 1, 2], p)).toThrow("labelNoise: probabilities has 2 columns, expected 3");
    expect(() =>
      labelNoise(
        [0, 1, 0],
        [
          [2, 0],
          [0, 1],
          [1, 0],
        ],
      ),
    ).toThrow("outside 0 to 1");
    expect(() => labelNoise([0, 1, 0], p, { confidence: 1 })).toThrow("confidence is 1");
  });
});

describe("reviewSample", () => {
  const n = 1000;
  const label = Array.from({ length: n }, (_, i) => (i < 20 ? "rare" : i < 320 ? "some" : "most"));
  const table = Table.fromColumns({ id: Float64Array.from({ length: n }, (_, i) => i), label });
  const countsOf = (s: { stratum: Int32Array }, k: number) =>
    Array.from({ length: k }, (_, c) => s.stratum.filter((v) => v === c).length);

  test("sizes of strata, rows of the table, seeds", () => {
    const sample = reviewSample(table, { size: 50, by: "label", seed: 2 });
    expect(sample.strata).toEqual(["most", "rare", "some"]);
    expect([...sample.population]).toEqual([680, 20, 300]);
    expect(countsOf(sample, 3)).toEqual([34, 1, 15]);
    expect([...sample.table.numbers("id")]).toEqual([...sample.rows]);
    expect(new Set(sample.rows).size).toBe(50);
    expect(reviewSample(table, { size: 50, by: "label", seed: 2 })).toEqual(sample);
    expect(reviewSample(table, { size: 50, by: "label", seed: 3 }).rows).not.toEqual(sample.rows);
    const equal = reviewSample(table, { size: 90, by: "label", allocation: "equal" });
    expect(countsOf(equal, 3)).toEqual([35, 20, 35]);
    expect(reviewSample(table, { size: 9999 }).rows).toHaveLength(n);
    const gaps = table.withColumn("label", [...label.slice(0, -1), null]);
    expect(reviewSample(gaps, { size: 4, by: "label" }).strata.at(-1)).toBe(null);
  });

  test.each(["proportional", "equal"] as const)(
    "%s: the rate is right on average and the interval holds it",
    (allocation) => {
      const random = randomStream(1);
      // Rare labels are wrong half of the time.
      const wrong = label.map((l) => random.bernoulli(l === "rare" ? 0.5 : 0.06));
      const truth = wrong.filter(Boolean).length / n;
      let sum = 0;
      let held = 0;
      const runs = 400;
      for (let seed = 0; seed < runs; seed++) {
        const sample = reviewSample(table, { size: 90, by: "label", allocation, seed });
        const found = reviewedRate(
          sample,
          Array.from(sample.rows, (i) => wrong[i]!),
        );
        sum += found.rate / runs;
        if (found.interval[0] <= truth && truth <= found.interval[1]) held++;
      }
      // The mean of 400 has a standard error of about 0.0016.
      expect(Math.abs(sum - truth)).toBeLessThan(0.006);
      // Observed: 0.978 and 0.988.
      expect(held / runs).toBeGreaterThan(0.92);
    },
  );

  test("one stratum is Wilson's interval up to the finite table; all rows seen leave no doubt", () => {
    const big = Table.fromColumns({ a: new Float64Array(1e6) });
    const sample = reviewSample(big, { size: 100 });
    const verdicts = Array.from({ length: 100 }, (_, i) => i < 10);
    const { rate, interval } = reviewedRate(sample, verdicts);
    expect(rate).toBeCloseTo(0.1, 12);
    // scipy.stats.binomtest(10, 100).proportion_ci(method="wilson"): 0.0552, 0.1744
    expect(interval[0]).toBeCloseTo(0.0552, 2);
    expect(interval[1]).toBeCloseTo(0.1744, 2);
    const all = reviewSample(table, { size: n });
    const [low, high] = reviewedRate(
      all,
      Array.from(all.rows, (i) => i < 30),
    ).interval;
    expect([low, high]).toEqual([0.03, 0.03]);
    expect(
      reviewedRate(
        sample,
        verdicts.map(() => false),
      ).interval[1],
    ).toBeGreaterThan(0.03);
  });

  test("wrong arguments are named", () => {
    expect(() => reviewSample(table, { by: "labl" })).toThrow('did you mean "label"');
    expect(() => reviewSample(table, { size: 0 })).toThrow("reviewSample: size is 0");
    expect(() => reviewedRate(reviewSample(table), [true])).toThrow("wrong has 1 entries, expected 20");
  });
});
