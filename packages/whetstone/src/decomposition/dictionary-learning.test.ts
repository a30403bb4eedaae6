import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Matrix, randomStream, svd } from "../math/index.ts";
import { DictionaryLearning, type SparseCodingAlgorithm, sparseEncode } from "./index.ts";

const golden = JSON.parse(
  readFileSync(
    new URL("../../../../reference/values/decomposition/dictionary.json", import.meta.url),
    "utf8",
  ),
) as {
  X: number[][];
  D: number[][];
  codes: {
    algorithm: string;
    options: { alpha?: number; positive?: boolean; n_nonzero_coefs?: number };
    code: number[][];
  }[];
  fits: {
    k: number;
    alpha: number;
    positive: boolean;
    errors: number[];
    components: number[][];
    code: number[][];
  }[];
};
const { X, D } = golden;
const quiet = { onWarning: () => {} };

function close(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!), `entry ${i}: ${a[i]} against ${b[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(b[i]!)),
    );
}

describe("sparseEncode", () => {
  test.each(golden.codes)("equals scikit-learn: $algorithm $options", ({ algorithm, options, code }) => {
    const { alpha, positive, n_nonzero_coefs: nNonzeroCoefs } = options;
    const ours = sparseEncode(X, D, {
      algorithm: algorithm.replace("lasso_cd", "lassoCd") as SparseCodingAlgorithm,
      ...(alpha !== undefined && { alpha }),
      ...(positive !== undefined && { positive }),
      ...(nNonzeroCoefs !== undefined && { nNonzeroCoefs }),
    });
    close(ours.data, code.flat(), 1e-7);
  });

  test("lassoCd meets the optimality conditions on random problems", () => {
    for (let s = 0; s < 16; s++) {
      const random = randomStream(s);
      const atoms = Matrix.zeros(12, 7).map(() => random.normal());
      const rows = Matrix.zeros(4, 7).map(() => random.normal());
      const alpha = 0.3;
      const U = sparseEncode(rows, atoms, { alpha, maxIter: 100_000 });
      const slopes = rows.sub(U.matmul(atoms)).matmul(atoms.transpose());
      U.data.forEach((u, at) => {
        const slope = slopes.data[at]!;
        if (u === 0) expect(Math.abs(slope)).toBeLessThan(alpha + 1e-7);
        else expect(Math.abs(slope - alpha * Math.sign(u))).toBeLessThan(1e-7);
      });
    }
  });

  test("omp leaves a rest at right angles to its atoms, and finds planted ones", () => {
    const random = randomStream(1);
    const atoms = Matrix.zeros(20, 40).map(() => random.normal() / Math.sqrt(40));
    const planted = Matrix.zeros(1, 20);
    for (const c of [3, 8, 15]) planted.set(0, c, c % 2 === 0 ? 2 : -3);
    const found = sparseEncode(planted.matmul(atoms), atoms, { algorithm: "omp", nNonzeroCoefs: 3 });
    close(found.data, planted.data, 1e-12);
    const U = sparseEncode(X, D, { algorithm: "omp", nNonzeroCoefs: 3 });
    const rest = Matrix.from(X)
      .sub(U.matmul(Matrix.from(D)))
      .matmul(Matrix.from(D).transpose());
    U.data.forEach((u, at) => {
      if (u !== 0) expect(Math.abs(rest.data[at]!)).toBeLessThan(1e-12);
    });
    // Equal atoms: the second adds nothing.
    expect(
      sparseEncode(
        [[1, 0]],
        [
          [1, 0],
          [1, 0],
        ],
        { algorithm: "omp", nNonzeroCoefs: 2 },
      ).data[1],
    ).toBe(0);
  });
});

describe.each(golden.fits)("DictionaryLearning, $k atoms, alpha $alpha, positive $positive", (g) => {
  const spec = new DictionaryLearning({
    nComponents: g.k,
    alpha: g.alpha,
    maxIter: 15,
    tol: 0,
    transformAlgorithm: "lassoCd",
    positiveCode: g.positive,
  });
  const model = spec.fit(X, null, quiet);
  test("the cost never rises, and atoms have length 1 at most", () => {
    for (let i = 1; i < model.errors.length; i++)
      expect(model.errors[i]).toBeLessThanOrEqual(model.errors[i - 1]! * (1 + 1e-12));
    for (const atom of model.components.toArray()) expect(Math.hypot(...atom)).toBeLessThan(1 + 1e-12);
    const codes = model.transform(X);
    if (g.positive) expect(Math.min(...codes.data)).toBe(0);
    const rebuilt = model.inverseTransform(codes);
    const rest =
      Matrix.from(X)
        .sub(rebuilt)
        .data.reduce((s, v) => s + v * v, 0) / 2;
    const cost = rest + g.alpha * codes.data.reduce((s, v) => s + Math.abs(v), 0);
    // Coding the rows once more with the last atoms cannot cost more.
    expect(cost).toBeLessThanOrEqual(model.errors.at(-1)! * (1 + 1e-9));
  });
  test("equals scikit-learn, up to signs", () => {
    if (g.positive) {
      // Signs of the start decide where codes of one sign end: only the cost compares.
      expect(model.errors.at(-1)!).toBeLessThan(1.25 * g.errors.at(-1)!);
      return;
    }
    close(model.errors, g.errors, 1e-6);
    close(model.components.data.map(Math.abs), g.components.flat().map(Math.abs), 1e-5);
    close(model.transform(X).data.map(Math.abs), g.code.flat(), 1e-5);
  });
});

test("finds planted atoms better than principal components do: 16 seeds", () => {
  for (let s = 0; s < 16; s++) {
    const random = randomStream(s);
    const planted = Array.from({ length: 5 }, () => {
      const atom = Array.from({ length: 8 }, () => random.normal());
      return atom.map((v) => v / Math.hypot(...atom));
    });
    const rows = Array.from({ length: 300 }, () => {
      const row = Array.from({ length: 8 }, () => random.normal(0, 0.02));
      for (const atom of planted) {
        const weight = random.bernoulli(0.3) ? random.normal(0, 2) : 0;
        atom.forEach((v, j) => {
          row[j] = row[j]! + weight * v;
        });
      }
      return row;
    });
    const spec = new DictionaryLearning({ nComponents: 5, alpha: 0.1, maxIter: 300, seed: s });
    const match = (components: Matrix) =>
      planted.reduce((sum, atom) => {
        const fits = components
          .toArray()
          .map((row) => Math.abs(row.reduce((dot, v, j) => dot + v * atom[j]!, 0)) / Math.hypot(...row));
        return sum + Math.max(...fits) / 5;
      }, 0);
    // Observed 0.9959 to 0.9999 against 0.66 to 0.87.
    expect(match(spec.fit(rows, null, quiet).components)).toBeGreaterThan(0.99);
    expect(match(svd(Matrix.from(rows)).Vt)).toBeLessThan(0.9);
  }
});

test("unused atoms are drawn anew; what does not go together is refused", () => {
  const model = new DictionaryLearning({ nComponents: 9, alpha: 0.1, maxIter: 50 }).fit(X, null, quiet);
  for (const atom of model.components.toArray()) expect(Math.hypot(...atom)).toBeGreaterThan(0.1);
  const positive = new DictionaryLearning({ nComponents: 4, alpha: 0.1, positiveDict: true, maxIter: 20 });
  expect(Math.min(...positive.fit(X, null, quiet).components.data)).toBe(0);
  expect(() => new DictionaryLearning({ positiveCode: true })).toThrow(/positiveCode/);
  expect(() => new DictionaryLearning({ nComponents: 2, transformNNonzeroCoefs: 3 }).fit(X)).toThrow(
    /at most 2/,
  );
  expect(() => sparseEncode([[1, 2]], [[1]])).toThrow(/dictionary/);
});
