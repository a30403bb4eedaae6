import {
  custom,
  int,
  type Label,
  type MatrixLike,
  optional,
  type ParamInput,
  type ParamValues,
  parseParams,
  seed,
} from "../../contract/index.ts";
import { argumentError, valueError } from "../../errors.ts";
import { Matrix, randomStream } from "../../math/index.ts";
import { quantile } from "../quantile.ts";
import {
  assemble,
  type Classes,
  nearest,
  type Resampled,
  type Resampler,
  ratio,
  readClasses,
  requireMembers,
} from "./common.ts";

const PARAMS = {
  ratio: ratio("Least size of a class, as a share of the largest"),
  kNeighbors: int({ min: 1, default: 5, doc: "Neighbours of its class towards which a row is moved" }),
  categoricalFeatures: optional(
    custom<readonly (number | string)[]>({
      default: [],
      doc: "Columns that are categories, by position or name; null takes the category columns of a table",
      expected: "an array of column positions or names",
      accepts: (v) =>
        Array.isArray(v) &&
        v.every((j) => typeof j === "string" || (Number.isSafeInteger(j) && (j as number) >= 0)),
    }),
  ),
  seed: seed(),
} as const;

/**
 * SMOTE for columns of numbers and of categories: numbers move towards a neighbour, a category becomes the most frequent
 * one among the neighbours (the lowest of equals). For the search of neighbours, two different categories are as far apart
 * as the median of the standard deviations of the numeric columns over the class.
 *
 * Chawla, Bowyer, Hall, Kegelmeyer, "SMOTE: synthetic minority over-sampling technique", 2002, section 6.1.
 *
 * @example
 * const X = [[0, 7], [1, 7], [2, 8], [3, 8], [5, 9], [6, 9]];
 * const out = new SMOTENC({ kNeighbors: 1, categoricalFeatures: [1] }).resample(X, ["a", "a", "a", "a", "b", "b"]);
 * out.X.col(1).slice(6); // [9, 9]
 */
export class SMOTENC implements Resampler {
  static readonly typeName = "SMOTENC";
  readonly params: ParamValues<typeof PARAMS>;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    this.params = parseParams("SMOTENC", PARAMS, params);
  }

  resample<L extends Label>(X: MatrixLike, y: ArrayLike<L>): Resampled<L> {
    const where = "SMOTENC.resample";
    const c = readClasses(X, y, where, { allowCategories: true });
    const missing = c.X.data.findIndex((v) => Number.isNaN(v));
    if (missing >= 0)
      throw valueError(where, "X", `lacks a value at row ${Math.floor(missing / c.X.cols)}: fill it first`);
    const isCategory = this.categoryColumns(c, where);
    const { kNeighbors } = this.params;
    const random = randomStream(this.params.seed);
    const wanted = Math.floor(this.params.ratio * c.largest);
    const all = Array.from({ length: c.X.rows }, (_, i) => i);
    const data: Float64Array[] = [];
    const codes: number[] = [];
    c.members.forEach((members, k) => {
      if (members.length >= wanted) return;
      requireMembers(c, k, "kNeighbors", kNeighbors, where);
      const space = withDummies(c.X, members, isCategory);
      const places = Array.from(members.keys());
      const neighbours = new Map<number, number[]>();
      for (let t = members.length; t < wanted; t++) {
        const at = random.int(members.length);
        let near = neighbours.get(at);
        if (!near) neighbours.set(at, (near = nearest(space, at, places, kNeighbors)));
        const to = c.X.row(members[near[random.int(near.length)]!]!);
        const share = random.uniform();
        const list = near;
        data.push(
          c.X.row(members[at]!).map((v, a) =>
            isCategory[a] ? mode(list.map((p) => c.X.at(members[p]!, a))) : v + share * (to[a]! - v),
          ),
        );
        codes.push(k);
      }
    });
    return assemble(c, all, { data, codes });
  }

  private categoryColumns(c: Classes<Label>, where: string): boolean[] {
    const d = c.X.cols;
    const given = this.params.categoricalFeatures;
    const out = Array.from({ length: d }, (_, j) => c.categories?.[j] != null);
    for (const column of given ?? []) {
      const j = typeof column === "number" ? column : (c.names?.indexOf(column) ?? -1);
      if (!(j >= 0 && j < d)) throw argumentError(where, "categoricalFeatures", column, "columns of X");
      out[j] = true;
    }
    if (!out.some(Boolean))
      throw valueError(where, "X", "holds no category column: name categoricalFeatures, or take SMOTE");
    if (out.every(Boolean))
      throw valueError(where, "X", "holds category columns only, expected a column of numbers");
    return out;
  }

  toState(): unknown {
    return this.params;
  }
  static fromState(state: unknown): SMOTENC {
    return new SMOTENC(state as ParamInput<typeof PARAMS>);
  }
}

/** Rows of a class with each category as an axis of its own, at which different categories are the right distance apart. */
function withDummies(X: Matrix, members: Int32Array, isCategory: readonly boolean[]): Matrix {
  const n = members.length;
  const columns = isCategory.map((_, j) => Float64Array.from(members, (i) => X.at(i, j)));
  const spreads = columns.filter((_, j) => !isCategory[j]).map(standardDeviation);
  const apart = quantile(spreads, 0.5);
  const parts = columns.flatMap((column, j) =>
    isCategory[j]
      ? Array.from(new Set(column), (v) => column.map((u) => (u === v ? apart / Math.SQRT2 : 0)))
      : [column],
  );
  const out = Matrix.zeros(n, parts.length);
  parts.forEach((part, j) => {
    for (let i = 0; i < n; i++) out.set(i, j, part[i]!);
  });
  return out;
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

/** The most frequent value, the lowest of equals. */
function mode(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
  let best = values[0]!;
  for (const [v, count] of counts) {
    const most = counts.get(best)!;
    if (count > most || (count === most && v < best)) best = v;
  }
  return best;
}
