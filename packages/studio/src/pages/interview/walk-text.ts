/** A walk as a text to keep outside the browser. */
import { type Prompt, RUBRIC, STEPS } from "@whetstone/sheet/interview";
import { clock, NO_NUMBER, named, totalSeconds, type Walk } from "./walk.ts";
import { reviewNumber } from "./walk-number.ts";

const block = (lines: readonly (string | undefined)[]) =>
  lines.filter((line) => line !== undefined).join("\n");

export function walkText(prompt: Prompt, walk: Walk): string {
  const steps = STEPS.map((name, i) => {
    const { points, number } = prompt.steps[name];
    const own = number && reviewNumber(number, walk.numbers[name] ?? NO_NUMBER);
    return block([
      `${named(name)} (${clock(walk.seconds[i]!)})`,
      "",
      walk.notes[i]!.trim() || "Nothing written.",
      "",
      ...points.map((point, k) => `[${walk.said.includes(`${name}.${k}`) ? "x" : " "}] ${point}`),
      ...(number && own
        ? [
            "",
            number.ask,
            `Expected: ${own.expected}`,
            own.estimate && `Estimated: ${own.estimate}`,
            own.calculated && `Calculated: ${own.calculated}`,
          ]
        : []),
    ]);
  });
  const grades = RUBRIC.map(({ id, title }) => `${title}: ${walk.grades[id] ?? "not graded"}`);
  return `${[
    block([prompt.title, prompt.ask, `${clock(totalSeconds(walk))} in all`]),
    ...steps,
    block(["Grades, 1 to 4", "", ...grades]),
  ].join("\n\n\n")}\n`;
}
