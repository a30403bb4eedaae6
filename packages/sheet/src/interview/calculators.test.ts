import { expect, test } from "vitest";
import { calculatorValues } from "./calculator.ts";
import { CALCULATORS } from "./calculators.ts";

const first = (id: string, given: Record<string, string | number> = {}) => {
  const calculator = CALCULATORS.find((c) => c.id === id)!;
  return calculator.compute(calculatorValues(calculator, given))[0]!.value;
};

test("calculators answer in the units that they state", () => {
  expect(first("sample-size")).toBe(8158);
  expect(first("kv-cache", { tokens: 131072, batch: 1 })).toBeCloseTo(42.95, 2);
  expect(first("model-memory")).toBe(14);
  // Bayes: 0.004 of 0.004 + 0.0199. The newsvendor: 80 + 0.6745 times 16. Both percentiles: 4 million draws in NumPy.
  expect(first("alerts")).toBeCloseTo(16.736, 3);
  expect(first("order")).toBeCloseTo(90.792, 3);
  expect(Math.abs(first("latency") - 128.3)).toBeLessThan(0.3);
  expect(Math.abs(first("arrival") - 40.21)).toBeLessThan(0.1);
  expect(first("queue")).toBe(58);
  expect(first("call-cost", { cached: 0 })).toBeCloseTo(1.95, 10);
  expect(first("storage")).toBeCloseTo(10.8, 10);
  expect(first("vector-index")).toBeCloseTo(307.2, 10);
});

test("every field moves a result, and what is no number is left as it was", () => {
  for (const calculator of CALCULATORS) {
    const before = JSON.stringify(calculator.compute(calculatorValues(calculator)));
    for (const { name, value } of calculator.fields) {
      const after = calculator.compute(calculatorValues(calculator, { [name]: value + 1 }));
      expect(JSON.stringify(after), `${calculator.id} ${name}`).not.toBe(before);
    }
    const name = calculator.fields[0]!.name;
    for (const nonsense of ["", "many", "NaN", "1e999"])
      expect(JSON.stringify(calculator.compute(calculatorValues(calculator, { [name]: nonsense })))).toBe(
        before,
      );
  }
});
