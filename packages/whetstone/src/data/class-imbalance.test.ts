import { expect, test } from "vitest";
import { DummyClassifier } from "../dummy/index.ts";
import { accuracy } from "../metrics/index.ts";
import { classImbalanceReport } from "./index.ts";

const labels = (counts: readonly number[]) => counts.flatMap((n, c) => new Array<string>(n).fill(`c${c}`));

test("baseline accuracy is what a constant prediction scores, and weights make classes weigh the same", () => {
  const y = labels([90, 7, 3]);
  const report = classImbalanceReport(y);
  const X = y.map(() => [0]);
  const constant = new DummyClassifier({ strategy: "mostFrequent" }).fit(X, y).predict(X);
  expect(report.baselineAccuracy).toBe(accuracy(y, constant));
  report.balancedWeights.forEach((w, c) => {
    expect(w * report.counts[c]!).toBeCloseTo(100 / 3, 12);
  });
  expect(report.ratio).toBe(30);
  expect(report.evenness).toBeCloseTo(
    -(0.9 * Math.log(0.9) + 0.07 * Math.log(0.07) + 0.03 * Math.log(0.03)) / Math.log(3),
    12,
  );
});

test("warns of accuracy on skewed labels only", () => {
  expect(classImbalanceReport(labels([95, 5])).warnings[0]).toContain('always saying "c0" scores 95 %');
  expect(classImbalanceReport(labels([95, 5]), { scoring: "averagePrecision" }).warnings).toEqual([]);
  expect(classImbalanceReport(labels([60, 40])).warnings).toEqual([]);
  expect(classImbalanceReport(labels([20, 80])).skewed).toBe(false);
  expect(classImbalanceReport(labels([19, 81])).skewed).toBe(true);
});

test("one class, 10,000 classes, empty strings and nothing at all", () => {
  expect(classImbalanceReport(["a", "a"]).warnings).toEqual([
    'every label is "a": there is nothing to learn',
  ]);
  const many = classImbalanceReport(Array.from({ length: 10_000 }, (_, i) => `k${i}`));
  expect(many.evenness).toBeCloseTo(1, 12);
  expect(classImbalanceReport(["", "", "x"]).classes).toEqual(["", "x"]);
  expect(() => classImbalanceReport([])).toThrow("classImbalanceReport: y is empty");
  expect(() => classImbalanceReport([1, Number.NaN])).toThrow("y holds NaN at row 1");
  expect(() => classImbalanceReport([1], { threshold: 2 })).toThrow("threshold is 2");
});
