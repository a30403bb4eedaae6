import { bool, custom, int, optional, type ParamValues, real, valueError } from "../contract/index.ts";
import { SparseMatrix } from "../math/index.ts";
import { ANALYZER_PARAMS, analyzerOf, isWordList } from "./analyzer.ts";

/** Parameters of vectorisers that learn a vocabulary. */
export const COUNT_PARAMS = {
  ...ANALYZER_PARAMS,
  minDf: real({
    min: 0,
    max: 2 ** 53,
    default: 1,
    doc: "Terms in fewer texts are left out: a share of the texts below 1, a number of texts from 1 on",
  }),
  maxDf: real({
    min: 0,
    max: 2 ** 53,
    default: 1,
    doc: "Terms in more texts are left out: a share of the texts up to 1, a number of texts above 1",
  }),
  maxFeatures: optional(
    int({
      min: 1,
      default: 1,
      doc: "Keep this many terms, the most frequent; ties go to the first in order",
    }),
  ),
  vocabulary: optional(
    custom<readonly string[]>({
      default: [],
      doc: "The terms, in the order of the columns; null learns them",
      expected: "an array of different terms",
      accepts: (v) => isWordList(v) && v.length > 0 && new Set(v).size === v.length,
    }),
  ),
  binary: bool({ default: false, doc: "Whether a term counts once per text" }),
};
export type CountValues = ParamValues<typeof COUNT_PARAMS>;

/** Order of Unicode code points, which is not that of UTF-16 units. */
export function byCodePoint(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const [surrogateX, surrogateY] = [(x & 0xf800) === 0xd800, (y & 0xf800) === 0xd800];
    return surrogateX === surrogateY ? x - y : surrogateX ? 1 : -1;
  }
  return a.length - b.length;
}

/** Counts of the given terms in each text: texts x terms. */
export function countTerms(texts: readonly string[], terms: readonly string[], p: CountValues): SparseMatrix {
  const columnOf = new Map(terms.map((term, j) => [term, j]));
  const counts = new RowCounts();
  const analyze = analyzerOf(p);
  for (const text of texts) {
    counts.startRow();
    for (const term of analyze(text)) {
      const j = columnOf.get(term);
      if (j !== undefined) counts.add(j);
    }
  }
  return counts.finish(terms.length, null, p.binary);
}

/** Learns the terms and counts them. */
export function learnTerms(
  texts: readonly string[],
  weights: Float64Array | null,
  p: CountValues,
  where: string,
): { terms: readonly string[]; counts: SparseMatrix } {
  if (p.vocabulary) return { terms: p.vocabulary, counts: countTerms(texts, p.vocabulary, p) };
  const idOf = new Map<string, number>();
  const counts = new RowCounts();
  const analyze = analyzerOf(p);
  for (const text of texts) {
    counts.startRow();
    for (const term of analyze(text)) {
      let id = idOf.get(term);
      if (id === undefined) idOf.set(term, (id = idOf.size));
      counts.add(id);
    }
  }
  if (idOf.size === 0)
    throw valueError(
      where,
      "X",
      "holds no term: texts are empty, or tokenPattern or stopWords leave nothing",
    );
  const kept = keep([...idOf.keys()], counts, weights, p);
  if (kept.length === 0)
    throw valueError(where, "X", "holds no term that minDf and maxDf leave: lower minDf or raise maxDf");
  const columns = new Int32Array(idOf.size).fill(-1);
  kept.forEach((term, j) => {
    columns[idOf.get(term)!] = j;
  });
  return { terms: kept, counts: counts.finish(kept.length, columns, p.binary) };
}

/** Terms within the limits of document frequency, then the most frequent of them, in order of code points. */
function keep(
  terms: readonly string[],
  counts: RowCounts,
  weights: Float64Array | null,
  p: CountValues,
): string[] {
  const { inTexts, inAll, total } = counts.frequencies(terms.length, weights, p.binary);
  const least = p.minDf < 1 ? p.minDf * total : p.minDf;
  const most = p.maxDf <= 1 ? p.maxDf * total : p.maxDf;
  const ids = Array.from(terms.keys()).filter(
    (id) => inTexts[id]! > 0 && inTexts[id]! >= least && inTexts[id]! <= most,
  );
  ids.sort((a, b) => byCodePoint(terms[a]!, terms[b]!));
  if (p.maxFeatures === null || ids.length <= p.maxFeatures) return ids.map((id) => terms[id]!);
  const place = new Map(ids.map((id, at) => [id, at]));
  const best = [...ids].sort((a, b) => inAll[b]! - inAll[a]! || place.get(a)! - place.get(b)!);
  return best
    .slice(0, p.maxFeatures)
    .sort((a, b) => place.get(a)! - place.get(b)!)
    .map((id) => terms[id]!);
}

/** Counts of ids per row while rows are read. */
export class RowCounts {
  private readonly ids: number[] = [];
  private readonly values: number[] = [];
  private readonly starts: number[] = [];
  private place = new Map<number, number>();

  startRow(): void {
    this.starts.push(this.ids.length);
    this.place = new Map();
  }

  add(id: number, by = 1): void {
    const at = this.place.get(id);
    if (at === undefined) {
      this.place.set(id, this.ids.length);
      this.ids.push(id);
      this.values.push(by);
    } else this.values[at] = this.values[at]! + by;
  }

  /** Weight of the rows that hold each id, summed counts of each id, and the weight of all rows. */
  frequencies(
    size: number,
    weights: Float64Array | null,
    binary: boolean,
  ): { inTexts: Float64Array; inAll: Float64Array; total: number } {
    const inTexts = new Float64Array(size);
    const inAll = new Float64Array(size);
    let total = 0;
    for (let i = 0; i < this.starts.length; i++) {
      const w = weights ? weights[i]! : 1;
      total += w;
      for (let k = this.starts[i]!; k < (this.starts[i + 1] ?? this.ids.length); k++) {
        const id = this.ids[k]!;
        inTexts[id] = inTexts[id]! + w;
        inAll[id] = inAll[id]! + w * (binary ? 1 : this.values[k]!);
      }
    }
    return { inTexts, inAll, total };
  }

  /** As a matrix; `columns` gives the column of each id, -1 for none. Sums of 0 are left out. */
  finish(cols: number, columns: Int32Array | null, binary: boolean): SparseMatrix {
    const rows = this.starts.length;
    const indptr = new Int32Array(rows + 1);
    const indices: number[] = [];
    const values: number[] = [];
    for (let i = 0; i < rows; i++) {
      const row: [column: number, value: number][] = [];
      for (let k = this.starts[i]!; k < (this.starts[i + 1] ?? this.ids.length); k++) {
        const column = columns ? columns[this.ids[k]!]! : this.ids[k]!;
        if (column >= 0 && this.values[k] !== 0) row.push([column, binary ? 1 : this.values[k]!]);
      }
      row.sort((a, b) => a[0] - b[0]);
      for (const [column, value] of row) {
        indices.push(column);
        values.push(value);
      }
      indptr[i + 1] = indices.length;
    }
    return new SparseMatrix(Float64Array.from(values), Int32Array.from(indices), indptr, rows, cols);
  }
}
