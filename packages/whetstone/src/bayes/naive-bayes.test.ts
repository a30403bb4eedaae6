import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Matrix, randomStream, SparseMatrix } from "../math/index.ts";
import { BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB } from "./index.ts";

const TYPES = { BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB };
const golden = JSON.parse(
  readFileSync(new URL("../../../../reference/values/bayes/naive_bayes.json", import.meta.url), "utf8"),
) as {
  y: number[];
  numbers: number[][];
  counts: number[][];
  codes: number[][];
  w: number[];
  cases: {
    name: keyof typeof TYPES;
    params: Record<string, unknown>;
    weighted: boolean;
    joint: number[][];
    proba: number[][];
  }[];
};

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    expect(gap, `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

describe("naive Bayes", () => {
  it.each(golden.cases)("$name is scikit-learn's: $params weighted $weighted", (c) => {
    const X =
      c.name === "GaussianNB" ? golden.numbers : c.name === "CategoricalNB" ? golden.codes : golden.counts;
    const spec = new TYPES[c.name](c.params as never);
    const model = spec.fit(X, golden.y, c.weighted ? { sampleWeight: golden.w } : {});
    close(model.jointLogLikelihood(X.slice(0, 8)).data, c.joint.flat(), 1e-9);
    close(model.predictProba(X.slice(0, 8)).data, c.proba.flat(), 1e-9);
    const logs = model.predictLogProba(X.slice(0, 8));
    close(logs.data.map(Math.exp), c.proba.flat(), 1e-9);
  });

  it("without smoothing, one word that a class never had rules it out; with all ruled out the priors stand", () => {
    const X = [
      [3, 1, 0],
      [2, 0, 0],
      [0, 2, 1],
    ];
    const model = new MultinomialNB({ alpha: 0 }).fit(X, ["a", "a", "b"]);
    expect(model.predictProba([[50, 0, 1]]).data).toEqual(model.predictProba([[1, 0, 1]]).data);
    close(model.predictProba([[1, 0, 1]]).row(0), [2 / 3, 1 / 3], 1e-12);
    expect(model.predictProba([[9, 1, 0]]).at(0, 1)).toBe(0);
    const smooth = new MultinomialNB().fit(X, ["a", "a", "b"]);
    expect(smooth.predict([[50, 0, 1]])).toEqual(["a"]);
  });

  it("takes a category that training did not hold, and refuses negative counts", () => {
    const model = new CategoricalNB().fit([[0], [0], [1]], ["a", "a", "b"]);
    close(
      model.predictProba([[7]]).row(0),
      [(2 / 3) * (1 / 4), (1 / 3) * (1 / 3)].map((v, _, all) => v / (all[0]! + all[1]!)),
      1e-12,
    );
    expect(() => new MultinomialNB().fit([[1], [-2]], [0, 1])).toThrow(
      "MultinomialNB.fit: X holds -2 at row 1, column 0, expected counts >= 0",
    );
    expect(() => new GaussianNB({ priors: [1] }).fit([[1], [2]], [0, 1])).toThrow("one per class of y");
  });

  it("keeps digits far from the origin and for features without variance", () => {
    const far = golden.numbers.map((r) => r.map((v) => v + 1e6));
    const near = new GaussianNB({ varSmoothing: 0 }).fit(golden.numbers, golden.y);
    const model = new GaussianNB({ varSmoothing: 0 }).fit(far, golden.y);
    close(model.variance.data, near.variance.data, 1e-7);
    const flat = new GaussianNB({ varSmoothing: 0 }).fit([[1], [1], [2]], ["a", "a", "b"]);
    expect(flat.predict([[1], [2]])).toEqual(["a", "b"]);
  });
});

describe("counts in sparse rows", () => {
  const random = randomStream("sparse counts");
  const dense = Matrix.zeros(60, 30).map(() => (random.uniform() < 0.2 ? 1 + random.int(4) : 0));
  const sparse = SparseMatrix.fromDense(dense);
  const y = Array.from({ length: 60 }, (_, i) => ["a", "b", "c"][i % 3]!);
  const sampleWeight = Float64Array.from({ length: 60 }, () => random.uniform(0.5, 2));

  for (const spec of [
    new MultinomialNB(),
    new MultinomialNB({ alpha: 0 }),
    new ComplementNB({ norm: true }),
    new BernoulliNB({ binarize: 1 }),
    new BernoulliNB({ binarize: -1 }),
    new BernoulliNB({ alpha: 0 }),
  ]) {
    it(`${spec.constructor.name} ${JSON.stringify(spec.params)} gives what it gives on dense rows`, () => {
      const [a, b] = [sparse, dense].map((X) => spec.fit(X, y, { sampleWeight }).predictProba(X).data);
      a!.forEach((p, at) => void expect(p).toBeCloseTo(b![at]!, 12));
    });
  }

  it("names the place of a negative number", () => {
    const X = SparseMatrix.fromTriplets(2, 5, [0, 1], [1, 3], [2, -1]);
    expect(() => new MultinomialNB().fit(X, ["a", "b"])).toThrow("holds -1 at row 1, column 3");
  });
});
