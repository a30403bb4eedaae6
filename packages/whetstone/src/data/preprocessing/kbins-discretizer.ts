import {
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  oneOf,
  type ParamInput,
  readLike,
  type Schema,
  TransformerModel,
  TransformerSpec,
  warn,
} from "../../contract/index.ts";
import { shapeError } from "../../errors.ts";
import { outputDesign } from "../features.ts";
import { quantileSorted, type SortedSample, sortSample } from "../quantile.ts";
import { inputNames, startFit } from "./base.ts";

const PARAMS = {
  nBins: int({ min: 2, default: 5, doc: "Bins per column", search: { low: 3, high: 30 } }),
  encode: oneOf(["onehot", "ordinal"], {
    default: "onehot",
    doc: "A column of 0 and 1 per bin, or the number of the bin",
  }),
  strategy: oneOf(["quantile", "uniform", "kmeans"], {
    default: "quantile",
    doc: "Bins with equally many rows, of equal width, or around cluster centres",
  }),
} as const;

/**
 * Numbers into bins. Bins that would be empty of width are merged; a constant column gets one bin.
 *
 * @example
 * const bins = new KBinsDiscretizer({ nBins: 2, encode: "ordinal", strategy: "uniform" });
 * bins.fit([[0], [4], [10]]).transform([[1], [9]]).col(0); // Float64Array [0, 1]
 */
export class KBinsDiscretizer extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "KBinsDiscretizer";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("KBinsDiscretizer", PARAMS, params);
  }

  static fromState(state: unknown): KBinsDiscretizer {
    return new KBinsDiscretizer(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): KBinsDiscretizerModel {
    const where = "KBinsDiscretizer.fit";
    const { nBins, encode, strategy } = this.params;
    const { design, schema, weights } = startFit(X, options, where, {});
    const names = inputNames(schema);
    const edges = names.map((name, j) => {
      const sample = sortSample(design.matrix.col(j), weights);
      const low = sample.values[0]!;
      const high = sample.values.at(-1)!;
      if (low === high) {
        warn(where, options ?? {}, `column ${name} is constant, so it gets one bin`);
        return Float64Array.of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      }
      const grid = Array.from({ length: nBins + 1 }, (_, k) => low + ((high - low) * k) / nBins);
      grid[nBins] = high;
      if (strategy === "uniform") return Float64Array.from(grid);
      if (strategy === "kmeans") return clusterEdges(sample, grid);
      const found = grid.map((_, k) => quantileSorted(sample, k / nBins));
      const kept = found.filter((v, k) => k === 0 || v - found[k - 1]! > 1e-8);
      if (kept.length < found.length)
        warn(
          where,
          options ?? {},
          `column ${name} has ${kept.length - 1} bins of any width, fewer than nBins`,
        );
      return Float64Array.from(kept);
    });
    return new KBinsDiscretizerModel({ schema, encode, edges });
  }
}

/** Edges halfway between the centres of a one-dimensional k-means that starts from equal widths (Lloyd 1982). */
function clusterEdges(sample: SortedSample, grid: readonly number[]): Float64Array {
  const { values, weights } = sample;
  const k = grid.length - 1;
  const centres = Float64Array.from({ length: k }, (_, i) => (grid[i]! + grid[i + 1]!) / 2);
  for (let round = 0; round < 300; round++) {
    const sums = new Float64Array(k);
    const totals = new Float64Array(k);
    let c = 0;
    // Values are sorted, so their nearest centres are too.
    for (let i = 0; i < values.length; i++) {
      while (c + 1 < k && Math.abs(values[i]! - centres[c + 1]!) < Math.abs(values[i]! - centres[c]!)) c++;
      const w = weights ? weights[i]! : 1;
      sums[c]! += w * values[i]!;
      totals[c]! += w;
    }
    let moved = 0;
    for (let i = 0; i < k; i++) {
      if (totals[i] === 0) continue;
      const next = sums[i]! / totals[i]!;
      moved = Math.max(moved, Math.abs(next - centres[i]!));
      centres[i] = next;
    }
    if (moved === 0) break;
  }
  centres.sort();
  const inner = Array.from({ length: k - 1 }, (_, i) => (centres[i]! + centres[i + 1]!) / 2);
  return Float64Array.from([grid[0]!, ...inner, grid[k]!]);
}

interface KBinsState {
  readonly schema: Schema;
  readonly encode: "onehot" | "ordinal";
  readonly edges: readonly Float64Array[];
}

/**
 * The bins of each column. `transform` gives each value's bin as a number from 0, or as columns of 0 and 1;
 * values outside all bins go to the first or last.
 */
export class KBinsDiscretizerModel extends TransformerModel {
  static readonly typeName = "KBinsDiscretizerModel";
  readonly encode: KBinsState["encode"];
  /** Edges of the bins of each column, ascending; a bin holds its lower edge. */
  readonly edges: readonly Float64Array[];

  constructor(state: KBinsState) {
    super(state.schema);
    this.encode = state.encode;
    this.edges = state.edges;
  }

  outputNames(): readonly string[] {
    const names = inputNames(this.schema);
    if (this.encode === "ordinal") return names;
    return this.edges.flatMap((e, j) => Array.from({ length: e.length - 1 }, (_, k) => `${names[j]}_${k}`));
  }

  transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "KBinsDiscretizer.transform");
    const { data, rows, cols } = matrix;
    const names = this.outputNames();
    const out = new Float64Array(rows * names.length);
    for (let i = 0; i < rows; i++) {
      let at = i * names.length;
      for (let j = 0; j < cols; j++) {
        const bin = binOf(this.edges[j]!, data[i * cols + j]!);
        if (this.encode === "ordinal") out[at++] = bin;
        else {
          out[at + bin] = 1;
          at += this.edges[j]!.length - 1;
        }
      }
    }
    return new NamedMatrix(out, rows, names);
  }

  /** The middle of each value's bin. */
  inverseTransform(X: MatrixLike): NamedMatrix {
    const where = "KBinsDiscretizer.inverseTransform";
    const { matrix } = outputDesign(X, where);
    const width = this.outputNames().length;
    if (matrix.cols !== width) throw shapeError(where, "X", `has ${matrix.cols} columns`, `${width}`);
    const d = this.schema.nFeatures;
    const out = new Float64Array(matrix.rows * d);
    for (let i = 0; i < matrix.rows; i++) {
      let at = i * width;
      for (let j = 0; j < d; j++) {
        const e = this.edges[j]!;
        const bins = e.length - 1;
        let bin = 0;
        if (this.encode === "ordinal") bin = Math.max(0, Math.min(bins - 1, Math.round(matrix.data[at++]!)));
        else {
          for (let k = 1; k < bins; k++) if (matrix.data[at + k]! > matrix.data[at + bin]!) bin = k;
          at += bins;
        }
        out[i * d + j] = (e[bin]! + e[bin + 1]!) / 2;
      }
    }
    return new NamedMatrix(out, matrix.rows, inputNames(this.schema));
  }

  toState(): unknown {
    return { schema: this.schema, encode: this.encode, edges: this.edges };
  }
  static fromState(state: unknown): KBinsDiscretizerModel {
    return new KBinsDiscretizerModel(state as KBinsState);
  }
}

/** The last bin whose lower edge is not above v; values outside go to the outer bins. */
function binOf(edges: Float64Array, v: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle]! <= v) low = middle;
    else high = middle - 1;
  }
  return low;
}
