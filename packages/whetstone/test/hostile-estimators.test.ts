/**
 * Hostile input to estimators and resamplers: whatever X, y or the weights are, the answer is a result or a sentence that
 * names a function.
 */
import { describe, expect, test } from "vitest";
import type { ParamTable, Spec } from "../src/contract/index.ts";
import * as data from "../src/data/index.ts";
import { WhetstoneError } from "../src/errors.ts";
import { Matrix } from "../src/math/index.ts";
import { estimators } from "../src/registry/index.ts";
import { CONFORMANCE } from "./conformance-subjects.ts";
import { HOSTILE } from "./hostile-values.ts";

const X = Matrix.from(
  Array.from({ length: 24 }, (_, i) => [1 + ((i * 7) % 11), 1 + (i % 5), 2 + ((i * i) % 7), 1 + i / 9]),
);
const numbers = Array.from({ length: 24 }, (_, i) => 1 + ((i * 5) % 9));
const labels = Array.from({ length: 24 }, (_, i) => "ab"[i % 2]!);
const quiet = { onWarning: () => {} };

function answers(label: string, call: () => unknown): void {
  const started = performance.now();
  try {
    call();
  } catch (error) {
    expect(error, `${label}: ${(error as Error)?.stack}`).toBeInstanceOf(WhetstoneError);
    expect((error as Error).message, label).toMatch(/^[A-Za-z][\w. ()]*: ./);
  }
  expect(performance.now() - started, `${label}: milliseconds`).toBeLessThan(10_000);
}

type Fit = (
  X: unknown,
  y: unknown,
  options: unknown,
) => Record<string, ((X: unknown) => unknown) | undefined>;

describe.each(estimators().map((e) => [e.spec.typeName, e] as const))("%s", (name, entry) => {
  const given = CONFORMANCE[name] ?? {};
  const spec = (given.spec?.() ?? new entry.spec()) as Spec<ParamTable>;
  const rows = given.input ? given.input(X) : X;
  const y = spec.kind === "classifier" ? labels : numbers;
  const fit = (...args: Parameters<Fit>) => (spec as unknown as { fit: Fit }).fit(...args);

  test("features, targets and weights", () => {
    for (const [h, hostile] of HOSTILE.entries()) {
      answers(`X, hostile value ${h}`, () => fit(hostile, y, quiet));
      answers(`X as a list of it, hostile value ${h}`, () =>
        fit(
          y.map(() => hostile),
          y,
          quiet,
        ),
      );
      answers(`y, hostile value ${h}`, () => fit(rows, hostile, quiet));
      answers(`y with one, hostile value ${h}`, () =>
        fit(
          rows,
          y.map((v, i) => (i === 3 ? hostile : v)),
          quiet,
        ),
      );
      answers(`sampleWeight, hostile value ${h}`, () => fit(rows, y, { ...quiet, sampleWeight: hostile }));
    }
    const model = fit(rows, y, quiet);
    for (const method of [
      "predict",
      "predictProba",
      "transform",
      "decisionFunction",
      "scoreSamples",
      "inverseTransform",
    ]) {
      if (typeof model[method] !== "function") continue;
      for (const [h, hostile] of HOSTILE.entries())
        answers(`${method}, hostile value ${h}`, () => model[method]!(hostile));
    }
  }, 120_000);
});

const resamplers: Record<string, data.Resampler> = {
  ADASYN: new data.ADASYN(),
  BorderlineSMOTE: new data.BorderlineSMOTE(),
  EditedNearestNeighbours: new data.EditedNearestNeighbours(),
  NearMiss: new data.NearMiss(),
  RandomOverSampler: new data.RandomOverSampler(),
  RandomUnderSampler: new data.RandomUnderSampler(),
  SMOTE: new data.SMOTE(),
  SMOTEENN: new data.SMOTEENN(),
  SMOTENC: new data.SMOTENC({ categoricalFeatures: [1] }),
  SMOTETomek: new data.SMOTETomek(),
  TomekLinks: new data.TomekLinks(),
};
const uneven = labels.map((_, i) => (i % 3 === 0 ? "rare" : "often"));

describe.each(Object.entries(resamplers))("%s", (name, resampler) => {
  test("features, labels and parameters", () => {
    expect(() => resampler.resample(X, uneven)).not.toThrow();
    type Maker = new (params: unknown) => data.Resampler;
    const { constructor: Kind, params } = resampler as unknown as { constructor: Maker; params: object };
    for (const [h, hostile] of HOSTILE.entries()) {
      answers(`X, hostile value ${h}`, () => resampler.resample(hostile as never, uneven));
      answers(`y, hostile value ${h}`, () => resampler.resample(X, hostile as never));
      for (const key of Object.keys(params))
        answers(`${name} ${key}, hostile value ${h}`, () =>
          new Kind({ ...params, [key]: hostile }).resample(X, uneven),
        );
    }
  });
});
