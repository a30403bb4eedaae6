import { type RandomStream, randomStream } from "whetstone/math";
import type { Figure } from "./figure.ts";

/** What a check compares a measured value with. */
export type Expectation =
  | { readonly equals: number | string | boolean; readonly within?: number; readonly relative?: number }
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly below: number }
  | { readonly above: number }
  | { readonly between: readonly [number, number] };

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly value: number | string | boolean;
  /** What was expected, in words and symbols. */
  readonly expected: string;
}

export interface LabTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string | boolean | null)[])[];
  readonly caption?: string;
}

/** What a run shows, in order. */
export type Output =
  | { readonly kind: "figure"; readonly figure: Figure }
  | { readonly kind: "table"; readonly table: LabTable }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "check"; readonly check: Check };

/** What a card's `run` is handed: a place to draw and to check, and the only source of randomness. */
export interface Lab {
  readonly seed: number;
  /** An independent stream per name, all from the lab's seed. */
  random(name?: string): RandomStream;
  /** States a fact about a measured value. A card holds when all its checks do. */
  check(name: string, value: number | string | boolean, expectation: Expectation): void;
  plot(figure: Figure): void;
  table(table: LabTable): void;
  /** One line of text with what was found. */
  note(text: string): void;
  progress(done: number, total: number): void;
}

export interface LabSink {
  output(output: Output): void;
  progress?(done: number, total: number): void;
}

export function createLab(seed: number, sink: LabSink): Lab {
  const root = randomStream(seed);
  return {
    seed,
    random: (name = "lab") => root.split(name),
    check(name, value, expectation) {
      sink.output({ kind: "check", check: { name, value, ...judge(value, expectation) } });
    },
    plot: (figure) => sink.output({ kind: "figure", figure }),
    table: (table) => sink.output({ kind: "table", table }),
    note: (text) => sink.output({ kind: "note", text }),
    progress: (done, total) => sink.progress?.(done, total),
  };
}

/** Whether a value meets an expectation, and the expectation in words. NaN meets none. */
export function judge(value: number | string | boolean, e: Expectation): { ok: boolean; expected: string } {
  if ("equals" in e) {
    if (typeof e.equals !== "number") return { ok: value === e.equals, expected: `= ${e.equals}` };
    const slack = Math.max(e.within ?? 0, (e.relative ?? 0) * Math.abs(e.equals));
    const ok = typeof value === "number" && (value === e.equals || Math.abs(value - e.equals) <= slack);
    const how = e.relative ? ` ± ${brief(100 * e.relative)} %` : slack > 0 ? ` ± ${brief(slack)}` : "";
    return { ok, expected: `= ${brief(e.equals)}${how}` };
  }
  const v = typeof value === "number" ? value : Number.NaN;
  if ("atMost" in e) return { ok: v <= e.atMost, expected: `≤ ${brief(e.atMost)}` };
  if ("atLeast" in e) return { ok: v >= e.atLeast, expected: `≥ ${brief(e.atLeast)}` };
  if ("below" in e) return { ok: v < e.below, expected: `< ${brief(e.below)}` };
  if ("above" in e) return { ok: v > e.above, expected: `> ${brief(e.above)}` };
  const [low, high] = e.between;
  return { ok: v >= low && v <= high, expected: `${brief(low)} to ${brief(high)}` };
}

/** A number as a reader wants it: four digits, a power of ten when it is far from 1. */
export function brief(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text =
    value === 0 || (Number.isInteger(value) && size < 1e7)
      ? String(value)
      : size >= 1e6 || size < 1e-3
        ? powerOfTen(value)
        : String(Number(value.toPrecision(4)));
  return text.replace("-", "−");
}

function powerOfTen(value: number): string {
  const [digits, power] = value.toExponential(2).split("e") as [string, string];
  const raised = String(Number(power)).replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]!));
  return Number(digits) === 1 ? `10${raised}` : `${Number(digits)}·10${raised}`;
}
