import { type Calculator, type CalculatorResult, calculatorValues } from "@whetstone/sheet/interview";

/** A calculator's results, or the sentence that says why there are none. */
export function compute(
  calculator: Calculator,
  given: Readonly<Record<string, string | number>>,
): readonly CalculatorResult[] | string {
  try {
    return calculator.compute(calculatorValues(calculator, given));
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
