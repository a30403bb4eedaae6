import { afterAll, expect, test } from "vitest";
import { PCA } from "../decomposition/index.ts";
import { getThreads, setThreads } from "../kernels/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { averagePrecision } from "../metrics/index.ts";
import { AutoencoderDetector, AutoencoderDetectorModel, IsolationForest } from "./index.ts";

const threads = getThreads();
afterAll(() => setThreads(threads));

/** Rows of two causes and their sum, difference, product and a square; in strange rows the product has the wrong sign. */
function draw(seed: number, usual: number, strange: number) {
  const random = randomStream(seed).split("rows");
  const rows = Array.from({ length: usual + strange }, (_, i) => {
    const cause = () =>
      i < usual ? 3 * random.uniform() - 1.5 : (random.int(2) - 0.5) * (2 + random.uniform());
    const [a, b] = [cause(), cause()];
    const columns = [a, b, a + b, a - b, i < usual ? a * b : -a * b, a * a];
    return columns.map((v) => v + 0.05 * random.normal());
  });
  return { X: Matrix.from(rows), y: rows.map((_, i) => (i < usual ? 0 : 1)) };
}

test("with identity the best code is found: the error is that of principal components", () => {
  const random = randomStream(4);
  const mix = Matrix.zeros(6, 6).map(() => random.normal());
  const Z = Matrix.zeros(400, 6).map((_, at) => random.normal() * [3, 2, 1, 0.5, 0.3, 0.2][at % 6]!);
  const X = Z.matmul(mix);
  const model = new AutoencoderDetector({ activation: "identity", codeSize: 2, maxIter: 200, seed: 1 }).fit(
    X,
  );
  // Columns in units of their deviations, as the detector sees them.
  const centred = Array.from({ length: 6 }, (_, j) => {
    const column = Array.from(X.col(j));
    const mean = column.reduce((a, v) => a + v, 0) / 400;
    const deviation = Math.sqrt(column.reduce((a, v) => a + (v - mean) ** 2, 0) / 400);
    return column.map((v) => (v - mean) / deviation);
  });
  const S = Matrix.zeros(400, 6).map((_, at) => centred[at % 6]![Math.floor(at / 6)]!);
  const pca = new PCA({ nComponents: 2 }).fit(S);
  const back = pca.inverseTransform(pca.transform(S));
  const errorOf = (i: number) => S.row(i).reduce((a, v, j) => a + (v - back.at(i, j)) ** 2, 0) / 6;
  const least = Array.from({ length: 400 }, (_, i) => errorOf(i)).reduce((a, v) => a + v) / 400;
  const scores = model.scoreSamples(X);
  const found = -scores.reduce((a, v) => a + v) / 400;
  expect(found).toBeGreaterThan(least * (1 - 1e-9)); // Eckart and Young: nothing is better
  expect(found).toBeLessThan(1.01 * least);
  for (let i = 0; i < 10; i++)
    expect(Math.abs(-scores[i]! - errorOf(i))).toBeLessThan(0.1 * least + 0.1 * errorOf(i));
  expect([model.encode(X).rows, model.encode(X).cols]).toEqual([400, 2]);
});

// Over eight seeds the net's average precision is 1, that of a linear code at most 0.010, of a forest at most 0.016.
test.each([1, 2])(
  "four strange rows in 5004 come first, which linear codes and forests miss (seed %i)",
  (seed) => {
    const { X, y } = draw(seed, 5000, 4);
    const precision = (detector: AutoencoderDetector | IsolationForest) =>
      averagePrecision(
        y,
        Array.from(detector.fit(X).scoreSamples(X), (s) => -s),
      );
    const net = { codeSize: 2, maxIter: 20, seed } as const;
    expect(precision(new AutoencoderDetector(net))).toBeGreaterThan(0.95);
    expect(precision(new AutoencoderDetector({ ...net, activation: "identity" }))).toBeLessThan(0.05);
    expect(precision(new IsolationForest({ seed }))).toBeLessThan(0.05);
  },
);

test("contamination, reconstruction and units", () => {
  const { X } = draw(3, 300, 0);
  const spec = { codeSize: 2, maxIter: 30, contamination: 0.05, seed: 2 } as const;
  const model = new AutoencoderDetector(spec).fit(X);
  expect(model.predict(X).filter((v) => v === -1).length).toBe(15);
  expect(model.lossCurve).toHaveLength(30);
  expect(model.lossCurve.at(-1)!).toBeLessThan(0.2 * model.lossCurve[0]!);
  // Other units change nothing but rounding; a column that does not vary stays what it is.
  const other = X.map((v, at) => (at % 6 === 5 ? 7 : 1e3 * v - 50));
  const same = new AutoencoderDetector(spec).fit(X.map((v, at) => (at % 6 === 5 ? 7 : v)));
  const scaled = new AutoencoderDetector(spec).fit(other);
  scaled.scoreSamples(other).forEach((s, i) => {
    const before = same.scoreSamples(X.map((v, at) => (at % 6 === 5 ? 7 : v)))[i]!;
    expect(Math.abs(s - before)).toBeLessThan(1e-3 + 0.05 * Math.abs(before));
  });
  const back = scaled.reconstruct(other);
  expect(Math.abs(back.at(0, 0) - other.at(0, 0))).toBeLessThan(600);
  // As strange as can be, also where the net overflows.
  const far = model.decisionFunction([new Array(6).fill(1e300), new Array(6).fill(-1e308)]);
  expect([...far]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  expect([...model.predict([new Array(6).fill(1e300)])]).toEqual([-1]);
});

test("the same model on any number of threads; weight 0 leaves a row out; layers must fit", () => {
  const { X } = draw(5, 200, 0);
  const spec = new AutoencoderDetector({ hidden: 64, maxIter: 5, seed: 3 });
  setThreads(1);
  const one = spec.fit(X);
  setThreads(2);
  expect(spec.fit(X).toState()).toEqual(one.toState());
  const weights = Array.from({ length: 200 }, (_, i) => (i < 20 ? 0 : 1));
  const rest = X.selectRows(Array.from({ length: 180 }, (_, i) => i + 20));
  expect(spec.fit(X, null, { sampleWeight: weights }).toState()).toEqual(spec.fit(rest).toState());
  // A heavy row comes back better.
  const heavy = spec.fit(X, null, { sampleWeight: weights.map((_, i) => (i === 7 ? 200 : 1)) });
  expect(heavy.scoreSamples(X)[7]! / one.scoreSamples(X)[7]!).toBeLessThan(1);
  const { layers, ...state } = one.toState() as { layers: object[] };
  expect(() => AutoencoderDetectorModel.fromState({ ...state, layers: layers.slice(1) })).toThrow(
    "do not fit",
  );
});
