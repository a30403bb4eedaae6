/**
 * What a lab shows, cut down to what a page can show. Runs in the worker, so that a card with a million points
 * costs the page no more than one with a few thousand. What is left out is said.
 */
import type { Figure, Mark, Output } from "@whetstone/sheet";

/** What the page gets to show; `omitted` is a sentence on what was left out. */
export type Shown = Exclude<Output, { kind: "check" }> & { readonly omitted?: string };

const MOST = { points: 3000, line: 4000, bars: 400, arrows: 1000, text: 200, cells: 40_000, rows: 200 };
const MOST_OUTPUTS = 40;

export function thin(outputs: readonly Output[]): Shown[] {
  const visible = outputs.filter((output) => output.kind !== "check");
  const shown = visible.slice(0, MOST_OUTPUTS).map(thinOne);
  const left = visible.length - shown.length;
  if (left > 0) shown.push({ kind: "note", text: `${left} more outputs of this run are not shown.` });
  return shown;
}

function thinOne(output: Exclude<Output, { kind: "check" }>): Shown {
  if (output.kind === "figure") {
    const said: string[] = [];
    const marks = output.figure.marks.map((mark) => thinMark(mark, said));
    if (said.length === 0) return output;
    const figure: Figure = { ...output.figure, marks };
    return { kind: "figure", figure, omitted: `Drawn: ${said.join(", ")}.` };
  }
  if (output.kind === "table" && output.table.rows.length > MOST.rows) {
    const { rows } = output.table;
    const table = { ...output.table, rows: rows.slice(0, MOST.rows) };
    return { kind: "table", table, omitted: `The first ${MOST.rows} of ${rows.length} rows.` };
  }
  return output;
}

function thinMark(mark: Mark, said: string[]): Mark {
  const say = (of: number, kept: number, what: string) => said.push(`${kept} of ${of} ${what}`);
  switch (mark.type) {
    case "line":
    case "step": {
      if (mark.x.length <= MOST.line) return mark;
      const keep = extremes(mark.y, MOST.line);
      say(mark.x.length, keep.length, "points of a line");
      return { ...mark, x: pick(mark.x, keep), y: pick(mark.y, keep) };
    }
    case "points": {
      if (mark.x.length <= MOST.points) return mark;
      const keep = every(mark.x.length, MOST.points);
      say(mark.x.length, keep.length, "points");
      const group = mark.group && { group: pick(mark.group, keep) };
      return { ...mark, x: pick(mark.x, keep), y: pick(mark.y, keep), ...group };
    }
    case "band": {
      if (mark.x.length <= MOST.line) return mark;
      const keep = every(mark.x.length, MOST.line);
      say(mark.x.length, keep.length, "points of a band");
      return { ...mark, x: pick(mark.x, keep), low: pick(mark.low, keep), high: pick(mark.high, keep) };
    }
    case "bars": {
      if (mark.x.length <= MOST.bars) return mark;
      const keep = every(mark.x.length, MOST.bars);
      say(mark.x.length, keep.length, "bars");
      return { ...mark, x: pick(mark.x, keep), y: pick(mark.y, keep) };
    }
    case "boxes": {
      if (mark.x0.length <= MOST.line) return mark;
      const keep = every(mark.x0.length, MOST.line);
      say(mark.x0.length, keep.length, "boxes");
      return { ...mark, x0: pick(mark.x0, keep), x1: pick(mark.x1, keep), y: pick(mark.y, keep) };
    }
    case "arrows": {
      if (mark.x1.length <= MOST.arrows) return mark;
      const keep = every(mark.x1.length, MOST.arrows);
      say(mark.x1.length, keep.length, "arrows");
      const { x1, y1, x2, y2 } = mark;
      return { ...mark, x1: pick(x1, keep), y1: pick(y1, keep), x2: pick(x2, keep), y2: pick(y2, keep) };
    }
    case "text": {
      if (mark.x.length <= MOST.text) return mark;
      const keep = every(mark.x.length, MOST.text);
      say(mark.x.length, keep.length, "labels");
      return { ...mark, x: pick(mark.x, keep), y: pick(mark.y, keep), text: pick(mark.text, keep) };
    }
    case "field": {
      if (mark.cols * mark.rows <= MOST.cells) return mark;
      const stride = Math.ceil(Math.sqrt((mark.cols * mark.rows) / MOST.cells));
      const cols = Math.ceil(mark.cols / stride);
      const rows = Math.ceil(mark.rows / stride);
      const values: number[] = [];
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < cols; j++) values.push(mark.values[i * stride * mark.cols + j * stride]!);
      say(mark.cols * mark.rows, values.length, "cells");
      return { ...mark, cols, rows, values };
    }
    case "rule":
      return mark;
  }
}

const pick = <T>(from: readonly T[], keep: readonly number[]): T[] => keep.map((i) => from[i]!);

/** About `most` indices, evenly spread. */
function every(n: number, most: number): number[] {
  return Array.from({ length: most }, (_, i) => Math.floor((i * n) / most));
}

/** Indices of the lowest and highest value of each stretch: a line keeps its outline, peaks included. */
function extremes(y: readonly number[], most: number): number[] {
  const stretches = most >> 1;
  const keep = [0];
  for (let s = 0; s < stretches; s++) {
    const end = Math.floor(((s + 1) * y.length) / stretches);
    let low = Math.floor((s * y.length) / stretches);
    let high = low;
    for (let i = low + 1; i < end; i++) {
      if (y[i]! < y[low]!) low = i;
      if (y[i]! > y[high]!) high = i;
    }
    keep.push(Math.min(low, high), Math.max(low, high));
  }
  keep.push(y.length - 1);
  return [...new Set(keep)];
}
