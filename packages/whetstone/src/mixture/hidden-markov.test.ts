import { describe, expect, test } from "vitest";
import { decode, encode } from "../contract/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { normal } from "../stats/index.ts";
import { baumWelch, HiddenMarkovModel, hmmFromLabelled, initialHmm } from "./index.ts";

/** A model with random probabilities. */
function drawn(k: number, symbols: number | null, seed: number): HiddenMarkovModel {
  const random = randomStream(seed);
  const rows = (n: number, m: number) =>
    Matrix.from(Array.from({ length: n }, () => random.dirichlet(new Float64Array(m).fill(1))));
  return new HiddenMarkovModel({
    start: rows(1, k).data,
    transition: rows(k, k),
    emission:
      symbols !== null
        ? { kind: "categorical", probabilities: rows(k, symbols) }
        : {
            kind: "gaussian",
            means: Matrix.zeros(k, 1).map(() => 3 * random.normal()),
            variances: Matrix.zeros(k, 1).map(() => 0.5 + random.uniform()),
          },
  });
}

/** Every path of states with its joint probability with the observations. */
function* paths(model: HiddenMarkovModel, seen: ArrayLike<number>): Generator<[number[], number]> {
  const k = model.nStates;
  const { emission } = model;
  const show = (s: number, o: number) =>
    emission.kind === "categorical"
      ? emission.probabilities.at(s, o)
      : normal(emission.means.at(s, 0), Math.sqrt(emission.variances.at(s, 0))).pdf(o);
  for (let code = 0; code < k ** seen.length; code++) {
    const path = Array.from(seen, (_, t) => Math.floor(code / k ** t) % k);
    let p = 1;
    path.forEach((s, t) => {
      p *= (t === 0 ? model.start[s]! : model.transition.at(path[t - 1]!, s)) * show(s, seen[t]!);
    });
    yield [path, p];
  }
}

describe.each([
  ["categorical", 4],
  ["gaussian", null],
] as const)("%s: brute force over every path", (_, symbols) => {
  test.each([0, 1, 2, 3, 4, 5])("seed %i", (seed) => {
    const model = drawn(2 + (seed % 2), symbols, seed);
    const seen = model.sample(7, seed + 100).observations.data;
    let total = 0;
    let best: [number[], number] = [[], -1];
    const share = Matrix.zeros(7, model.nStates);
    for (const [path, p] of paths(model, seen)) {
      total += p;
      if (p > best[1]) best = [path, p];
      path.forEach((s, t) => {
        share.set(t, s, share.at(t, s) + p);
      });
    }
    expect(model.logLikelihood(seen)).toBeCloseTo(Math.log(total), 11);
    const posterior = model.posteriors(seen);
    posterior.data.forEach((v, at) => {
      expect(v).toBeCloseTo(share.data[at]! / total, 11);
    });
    const { states, logProbability } = model.decode(seen);
    expect([...states]).toEqual(best[0]);
    expect(logProbability).toBeCloseTo(Math.log(best[1]), 11);
  });

  test("Baum-Welch never lowers the likelihood, and ends where the gradient is 0", () => {
    const truth = drawn(2, symbols, 11);
    const sequences = [0, 1, 2].map((s) => truth.sample(60, s).observations);
    const found = baumWelch(sequences, drawn(2, symbols, 5), { maxIter: 3000, tol: 1e-11 });
    const logs = found.logLikelihoods;
    logs.forEach((v, i) => {
      if (i > 0) expect(v).toBeGreaterThanOrEqual(logs[i - 1]! - 1e-9);
    });
    expect(found.converged).toBe(true);
    // Moving a little probability within a row of the transition matrix gains nothing.
    const { model } = found;
    const value = (m: HiddenMarkovModel) => sequences.reduce((s, q) => s + m.logLikelihood(q), 0);
    const at = value(model);
    for (const [i, j] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const moved = model.transition.clone();
      const amount = Math.min(1e-4, moved.at(i, i));
      moved.set(i, j, moved.at(i, j) + amount);
      moved.set(i, i, moved.at(i, i) - amount);
      expect(
        value(
          new HiddenMarkovModel({
            ...model,
            start: model.start,
            transition: moved,
            emission: model.emission,
          }),
        ),
      ).toBeLessThan(at + 1e-7);
    }
  });
});

test("finds the states of a chain that shows them clearly", () => {
  const truth = new HiddenMarkovModel({
    start: [1, 0],
    transition: [
      [0.95, 0.05],
      [0.1, 0.9],
    ],
    emission: {
      kind: "gaussian",
      means: Matrix.from([
        [0, 0],
        [4, 2],
      ]),
      variances: Matrix.from([
        [1, 1],
        [1, 1],
      ]),
    },
  });
  const { states, observations } = truth.sample(600, 3);
  const { model } = baumWelch([observations], initialHmm([observations], 2, { seed: 2 }));
  const found = model.decode(observations).states;
  const agree = found.reduce((s, v, t) => s + (v === states[t] ? 1 : 0), 0) / 600;
  expect(Math.max(agree, 1 - agree)).toBeGreaterThan(0.98);
  const stay = [model.transition.at(0, 0), model.transition.at(1, 1)].sort();
  expect(stay[0]).toBeGreaterThan(0.83);
  expect(stay[1]).toBeGreaterThan(0.9);
});

test("a long sequence does not underflow", () => {
  const model = drawn(3, 5, 1);
  const { observations } = model.sample(20_000, 1);
  const value = model.logLikelihood(observations);
  expect(value).toBeLessThan(-10_000);
  expect(value).toBeGreaterThan(-20_000 * Math.log(5) * 1.2);
});

test("counts of labelled sequences are the maximum likelihood", () => {
  const model = hmmFromLabelled(
    [
      [0, 1, 2],
      [0, 0],
    ],
    [
      [0, 1, 1],
      [0, 0],
    ],
    { smoothing: 0 },
  );
  expect([...model.start]).toEqual([1, 0]);
  expect(model.transition.toArray()).toEqual([
    [0.5, 0.5],
    [0, 1],
  ]);
  const { emission } = model;
  expect(emission.kind === "categorical" && emission.probabilities.toArray()).toEqual([
    [1, 0, 0],
    [0, 0.5, 0.5],
  ]);
  expect(model.logLikelihood([2])).toBe(Number.NEGATIVE_INFINITY); // state 0 first, and it never shows 2
});

test("survives encoding, and says what is wrong", () => {
  const model = drawn(2, 3, 4);
  const again = decode(encode(model), (name) => (name === "HiddenMarkovModel" ? HiddenMarkovModel : Matrix));
  expect((again as HiddenMarkovModel).logLikelihood([0, 1, 2])).toBe(model.logLikelihood([0, 1, 2]));
  expect(() => model.decode([3])).toThrow("observations holds 3 at step 0, expected an integer from 0 to 2");
  expect(() => model.decode([])).toThrow("has 0 steps");
  expect(
    () =>
      new HiddenMarkovModel({
        ...model,
        start: [0.5, 0.4],
        transition: model.transition,
        emission: model.emission,
      }),
  ).toThrow("start sums to 0.9");
});
