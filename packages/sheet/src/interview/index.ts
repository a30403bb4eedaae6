/** What an interview on system design asks, and the numbers that an answer is checked with. */
export {
  type Calculator,
  type CalculatorField,
  type CalculatorResult,
  calculatorValues,
} from "./calculator.ts";
export * from "./calculators.ts";
export * from "./prompt.ts";
export { PROMPTS } from "./prompts/index.ts";
export * from "./rubric.ts";
