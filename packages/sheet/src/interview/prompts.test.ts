import { describe, expect, it } from "vitest";
import {
  CALCULATORS,
  calculatorValues,
  PROMPT_GROUPS,
  PROMPT_LIMITS,
  PROMPTS,
  RUBRIC,
  STEPS,
} from "./index.ts";

describe.each(PROMPTS.map((p) => [p.id, p] as const))("the prompt %s", (_, prompt) => {
  it("walks six steps in texts that are read at a glance", () => {
    expect(prompt.title.length).toBeLessThanOrEqual(PROMPT_LIMITS.title);
    expect(prompt.ask.length).toBeLessThanOrEqual(PROMPT_LIMITS.ask);
    expect(Object.keys(prompt.steps)).toEqual([...STEPS]);
    for (const { points, next, number } of Object.values(prompt.steps)) {
      expect(points.length).toBeGreaterThanOrEqual(3);
      expect(points.length).toBeLessThanOrEqual(5);
      for (const point of points) expect(point.length, point).toBeLessThanOrEqual(PROMPT_LIMITS.point);
      expect(next.length, next).toBeLessThanOrEqual(PROMPT_LIMITS.next);
      expect(next).toMatch(/\?$/);
      if (!number) continue;
      expect(number.ask.length, number.ask).toBeLessThanOrEqual(PROMPT_LIMITS.number);
      expect(number.worked.length, number.worked).toBeLessThanOrEqual(PROMPT_LIMITS.worked);
    }
  });
  it("asks for numbers that the calculators give", () => {
    const numbers = Object.values(prompt.steps).flatMap(({ number }) => number ?? []);
    expect(numbers.length).toBeGreaterThanOrEqual(2);
    for (const { calculator: id, inputs, between } of numbers) {
      const calculator = CALCULATORS.find((c) => c.id === id)!;
      const names = calculator.fields.map((f) => f.name);
      expect(Object.keys(inputs).filter((name) => !names.includes(name))).toEqual([]);
      const { value } = calculator.compute(calculatorValues(calculator, inputs))[0]!;
      expect(value, id).toBeGreaterThanOrEqual(between[0]);
      expect(value, id).toBeLessThanOrEqual(between[1]);
      // Tight enough that the way on paper has to be right.
      expect(between[1] / between[0], id).toBeLessThan(1.06);
    }
  });
});

it("has prompts and signals under different names", () => {
  for (const list of [PROMPTS, RUBRIC, CALCULATORS])
    expect(new Set(list.map((x) => x.id)).size).toBe(list.length);
  expect(RUBRIC.length).toBe(5);
  const points = PROMPTS.flatMap((p) => STEPS.flatMap((s) => p.steps[s].points));
  expect(new Set(points).size).toBe(points.length);
});

it("lists every group's prompts together, in the order of the groups", () => {
  const order = PROMPTS.map((p) => PROMPT_GROUPS.findIndex((g) => g.id === p.group));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(new Set(order)).toEqual(new Set(PROMPT_GROUPS.keys()));
});
