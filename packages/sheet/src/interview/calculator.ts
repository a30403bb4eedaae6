export interface CalculatorField {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly value: number;
}

export interface CalculatorResult {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
}

export interface Calculator {
  readonly id: string;
  readonly title: string;
  /** What it computes, as one says it aloud. */
  readonly says: string;
  readonly fields: readonly CalculatorField[];
  compute(values: Readonly<Record<string, number>>): readonly CalculatorResult[];
}

export const field = (name: string, label: string, value: number, unit = ""): CalculatorField => ({
  name,
  label,
  unit,
  value,
});
export const result = (label: string, value: number, unit = ""): CalculatorResult => ({ label, value, unit });

/** The values of a calculator's fields; what is not given, or is no number, is as the field has it. */
export function calculatorValues(
  { fields }: Calculator,
  given: Readonly<Record<string, string | number>> = {},
): Record<string, number> {
  return Object.fromEntries(
    fields.map(({ name, value }) => {
      const text = Object.hasOwn(given, name) ? String(given[name]).trim() : "";
      return [name, text !== "" && Number.isFinite(Number(text)) ? Number(text) : value];
    }),
  );
}
