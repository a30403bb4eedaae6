/**
 * Cuts what a run shows down to what a page can: a figure of a few hundred pixels does not need a million
 * points, nor a reader ten thousand rows. Runs in the worker, so that the page neither copies nor draws the rest.
 */
import type { Figure, LabTable, Mark, Output } from "@whetstone/sheet";

/** As {@link Output}, without checks (they come with the result) and with a sentence about what was left out. */
export type ShownOutput =
  | { readonly kind: "figure"; readonly figure: Figure; readonly cut?: string }
  | { readonly kind: "table"; readonly table: LabTable; readonly cut?: string }
  | { readonly kind: "note"; readonly text: string };

export interface Most {
  readonly line: number;
  readonly points: number;
  readonly side: number;
  readonly rows: number;
}
export const MOST: Most = { line: 1600, points: 2000, side: 200, rows: 100 };

export function fitToPage(output: Exclude<Output, { kind: "check" }>, most: Most = MOST): ShownOutput {
  if (output.kind === "note") return output;
  if (output.kind === "table") {
    const { rows } = output.table;
    if (rows.length <= most.rows) return output;
    const table = { ...output.table, rows: rows.slice(0, most.rows) };
    return { kind: "table", table, cut: `The first ${most.rows} of ${count(rows.length)} rows.` };
  }
  let left = "";
  const marks = output.figure.marks.map((mark) => {
    const [kept, cut] = fitMark(mark, most);
    if (cut !== "") left = cut;
    return kept;
  });
  if (marks.every((mark, i) => mark === output.figure.marks[i])) return output;
  return { kind: "figure", figure: { ...output.figure, marks }, ...(left !== "" && { cut: left }) };
}

/** The mark with fewer values, and a sentence where something visible was left out. */
function fitMark(mark: Mark, most: Most): [Mark, string] {
  switch (mark.type) {
    case "line":
    case "step": {
      if (mark.x.length <= most.line) return [mark, ""];
      const at = extremes(mark.y, most.line);
      return [
        { ...mark, x: pick(mark.x, at), y: pick(mark.y, at) },
        `Lowest and highest of each stretch of ${count(mark.x.length)} values.`,
      ];
    }
    case "points": {
      if (mark.x.length <= most.points) return [mark, ""];
      const at = spread(mark.x.length, most.points);
      const group = mark.group && { group: pick(mark.group, at) };
      return [
        { ...mark, x: pick(mark.x, at), y: pick(mark.y, at), ...group },
        `Every ${Math.round(mark.x.length / at.length)}th of ${count(mark.x.length)} points.`,
      ];
    }
    case "band": {
      if (mark.x.length <= most.line) return [mark, ""];
      const at = spread(mark.x.length, most.line);
      return [{ ...mark, x: pick(mark.x, at), low: pick(mark.low, at), high: pick(mark.high, at) }, ""];
    }
    case "field":
      return [fitField(mark, most), ""];
    default:
      return [mark, ""];
  }
}

/** Means of blocks, so that no stripe between two kept columns is lost. */
function fitField(mark: Extract<Mark, { type: "field" }>, most: Most): Mark {
  const block = Math.ceil(Math.max(mark.cols, mark.rows) / most.side);
  if (block <= 1) return mark;
  const cols = Math.floor(mark.cols / block);
  const rows = Math.floor(mark.rows / block);
  if (cols < 2 || rows < 2) return mark;
  // What a whole number of blocks does not reach is cut off the far edge, and the axes end there too.
  const end = ([from, to]: readonly [number, number], kept: number, of: number) =>
    [from, from + ((to - from) * kept * block) / of] as const;
  const values = new Array<number>(rows * cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      let sum = 0;
      for (let k = 0; k < block * block; k++) {
        sum += mark.values[(i * block + Math.floor(k / block)) * mark.cols + j * block + (k % block)]!;
      }
      values[i * cols + j] = sum / (block * block);
    }
  }
  return { ...mark, x: end(mark.x, cols, mark.cols), y: end(mark.y, rows, mark.rows), cols, rows, values };
}

/** Where the lowest and the highest value of each of `most / 2` stretches are, in order, ends included. */
function extremes(y: readonly number[], most: number): number[] {
  const n = y.length;
  const stretches = Math.floor(most / 2) - 1;
  const at: number[] = [0];
  for (let s = 0; s < stretches; s++) {
    const from = Math.floor((s * n) / stretches);
    const to = Math.floor(((s + 1) * n) / stretches);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (y[i]! < y[low]!) low = i;
      if (y[i]! > y[high]!) high = i;
    }
    for (const i of low < high ? [low, high] : [high, low]) if (i > at[at.length - 1]!) at.push(i);
  }
  if (at[at.length - 1] !== n - 1) at.push(n - 1);
  return at;
}

/** `most` places, evenly. */
const spread = (n: number, most: number): number[] =>
  Array.from({ length: most }, (_, i) => Math.floor((i * n) / most));
const pick = <T>(values: readonly T[], at: readonly number[]): T[] => at.map((i) => values[i]!);
const count = (n: number): string => n.toLocaleString("en").replaceAll(",", "\u202f");
