import { expect, test } from "vitest";
import { CALCULATORS, calculatorValues } from "./calculators.ts";

const first = (id: string, given: Record<string, string | number> = {}) => {
  const calculator = CALCULATORS.find((c) => c.id === id)!;
  return calculator.compute(calculatorValues(calculator, given))[0]!.value;
};

test("calculators answer in the units that they state", () => {
  expect(first("sample-size")).toBe(8158);
  expect(first("kv-cache", { tokens: 131072, batch: 1 })).toBeCloseTo(42.95, 2);
  expect(first("model-memory")).toBe(14);
  expect(first("latency")).toBe(65);
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
