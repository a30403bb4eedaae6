/** Colours of the layers of a figure, without the code that draws it large. */
import type { Mark } from "@whetstone/sheet";
import type { Ramp } from "./legend.ts";

export const SERIES = [
  "var(--series-1)",
  "var(--series-2)",
  "var(--series-3)",
  "var(--series-4)",
  "var(--series-5)",
  "var(--series-6)",
];

/** A colour per name, in order of appearance; layers without a name share the first. */
export function seriesColours(marks: readonly Mark[]): Map<string, string> {
  const colours = new Map<string, string>();
  const add = (name: string) => {
    if (!colours.has(name)) colours.set(name, SERIES[colours.size % SERIES.length]!);
  };
  for (const mark of marks) {
    if ("group" in mark && mark.group) for (const group of mark.group) add(group);
    else if ("name" in mark && mark.name !== undefined) add(mark.name);
  }
  return colours;
}

/** Colours of a field: from paper to one colour, or through paper between two. */
export function rampOf(marks: readonly Mark[]): Ramp | null {
  const found = marks.find((m) => m.type === "field");
  if (found?.type !== "field") return null;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of found.values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return null;
  const paper = css("--paper");
  if (found.centre === undefined) {
    return { domain: [low, high > low ? high : low + 1], range: [paper, css("--field-high")] };
  }
  const reach = Math.max(high - found.centre, found.centre - low) || 1;
  return {
    domain: [found.centre - reach, found.centre, found.centre + reach],
    range: [css("--field-low"), paper, css("--field-high")],
  };
}

const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
