/** What a learner said and calculated of a number, beside what was expected. */
import {
  CALCULATORS,
  type Calculator,
  type CalculatorResult,
  calculatorValues,
  type PromptStep,
} from "@whetstone/sheet/interview";
import { queryOf, shown } from "./calculator-address.ts";
import { compute } from "./compute.ts";
import type { OwnNumber } from "./walk.ts";

export type StepNumber = NonNullable<PromptStep["number"]>;

export const calculatorOf = (number: StepNumber): Calculator =>
  CALCULATORS.find((c) => c.id === number.calculator)!;

const withUnit = (text: string, unit: string) => (unit === "" ? text : `${text} ${unit}`);

/** What the calculator gives with the inputs of the question. */
export const expectedOf = (number: StepNumber): CalculatorResult =>
  calculatorOf(number).compute(calculatorValues(calculatorOf(number), number.inputs))[0]!;

/** The inputs of the question as a learner would type them. */
export const typedInputs = ({ inputs }: StepNumber): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));

/** The calculators' page, with these inputs entered. */
export const calculatorHref = (number: StepNumber): string =>
  `#/interview/calculators?${queryOf({ [number.calculator]: typedInputs(number) })}`;

/** How a value lies to the expected one: "as expected", or by what factor it misses. */
export function verdict(value: number, [low, high]: StepNumber["between"]): string {
  if (value >= low && value <= high) return "as expected";
  if (!(value > 0)) return "not a magnitude";
  const factor = value > high ? value / high : low / value;
  const side = value > high ? "too large" : "too small";
  if (factor < 1.1) return `a little ${side}`;
  const times = `${shown(factor)} times ${side}`;
  return factor <= 2 ? `within a factor of two, ${times}` : times;
}

export interface NumberReview {
  /** The first result's name, which is what was asked for. */
  readonly label: string;
  readonly expected: string;
  /** Undefined where none was given. */
  readonly estimate?: string;
  readonly calculated?: string;
}

/** A row for each: expected, estimated, calculated. */
export function reviewNumber(number: StepNumber, own: OwnNumber): NumberReview {
  const { label, value, unit } = expectedOf(number);
  const judged = (x: number) => `${withUnit(shown(x), unit)}, ${verdict(x, number.between)}`;
  const estimate = own.estimate.trim();
  const results = Object.keys(own.given).length === 0 ? undefined : compute(calculatorOf(number), own.given);
  return {
    label,
    expected: withUnit(shown(value), unit),
    ...(estimate !== "" && {
      estimate: Number.isFinite(Number(estimate)) ? judged(Number(estimate)) : `“${estimate}”, no number`,
    }),
    ...(results !== undefined && {
      calculated: typeof results === "string" ? results : judged(results[0]!.value),
    }),
  };
}
