import { type Design, type FitOptions, show, valueError, warn } from "../../contract/index.ts";
import type { ColumnList, Interactions, Monotonic } from "./params.ts";

/** Number of the column that a position or name stands for. */
function columnOf(design: Design, column: number | string, where: string, argument: string): number {
  if (typeof column === "number") {
    if (column < design.matrix.cols) return column;
    throw valueError(
      where,
      argument,
      `names column ${column}, expected columns 0 to ${design.matrix.cols - 1}`,
    );
  }
  const j = design.names?.indexOf(column) ?? -1;
  if (j >= 0) return j;
  const known = design.names
    ? `X has the columns ${design.names.map(show).join(", ")}`
    : "X has no column names";
  throw valueError(where, argument, `names column ${show(column)}, but ${known}`);
}

/**
 * Category values per feature, ascending; null for numbers. A category column with more values than bins keeps the
 * most frequent ones; the others count as missing, with a warning.
 */
export function categoryValues(
  design: Design,
  given: ColumnList | null,
  maxBins: number,
  where: string,
  options: FitOptions,
): (Float64Array | null)[] {
  const { data, rows, cols } = design.matrix;
  const out = new Array<Float64Array | null>(cols).fill(null);
  const chosen = new Set<number>();
  if (given) for (const column of given) chosen.add(columnOf(design, column, where, "categoricalFeatures"));
  else design.categories?.forEach((names, j) => void (names && chosen.add(j)));
  for (const j of [...chosen].sort((a, b) => a - b)) {
    const seen = new Map<number, number>();
    for (let i = j; i < rows * cols; i += cols) {
      const v = data[i]!;
      if (!Number.isNaN(v)) seen.set(v, (seen.get(v) ?? 0) + 1);
    }
    let values = [...seen.keys()];
    if (values.length > maxBins) {
      const name = design.names ? show(design.names[j]) : `${j}`;
      warn(
        where,
        options,
        `column ${name} has ${values.length} categories: the ${maxBins} most frequent are kept, the others count as missing`,
      );
      values = values.sort((a, b) => seen.get(b)! - seen.get(a)! || a - b).slice(0, maxBins);
    }
    out[j] = Float64Array.from(values).sort();
  }
  return out;
}

/** Directions per feature, or null where none is constrained. */
export function directions(
  design: Design,
  given: Monotonic | null,
  categories: readonly (Float64Array | null)[],
  where: string,
): Int8Array | null {
  if (given === null) return null;
  const out = new Int8Array(design.matrix.cols);
  if (Array.isArray(given)) {
    if (given.length !== out.length) {
      throw valueError(
        where,
        "monotonicCst",
        `has ${given.length} entries, expected ${out.length} (columns of X)`,
      );
    }
    out.set(given);
  } else {
    for (const [name, direction] of Object.entries(given as Record<string, number>)) {
      out[columnOf(design, name, where, "monotonicCst")] = direction;
    }
  }
  const j = out.findIndex((direction, f) => direction !== 0 && categories[f] !== null);
  if (j >= 0) {
    throw valueError(
      where,
      "monotonicCst",
      `constrains column ${j}, which holds categories and has no order`,
    );
  }
  return out.some((direction) => direction !== 0) ? out : null;
}

/** Sets of features that may meet on a path, or null for all. Features in no set form one of their own. */
export function interactionSets(
  design: Design,
  given: Interactions | null,
  where: string,
): readonly (readonly number[])[] | null {
  if (given === null) return null;
  const d = design.matrix.cols;
  const all = Array.from({ length: d }, (_, j) => j);
  if (given === "noInteractions") return all.map((j) => [j]);
  if (given === "pairwise") {
    if (d === 1) return [all];
    return all.flatMap((i) => all.slice(i + 1).map((j) => [i, j]));
  }
  const sets = given.map((set) => [...new Set(set.map((c) => columnOf(design, c, where, "interactionCst")))]);
  const rest = all.filter((j) => !sets.some((set) => set.includes(j)));
  return rest.length > 0 ? [...sets, rest] : sets;
}
