import {
  type FitOptions,
  featureName,
  int,
  type Label,
  type MatrixLike,
  NamedMatrix,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  type Schema,
  schemaOf,
  TransformerModel,
  TransformerSpec,
  throwIfAborted,
} from "../contract/index.ts";
import type { Matrix } from "../math/matrix.ts";

const params = {
  maxConflictRate: real({
    min: 0,
    max: 0.5,
    default: 0,
    doc: "Share of the rows in which columns of one bundle may both be non-zero; the first of them is kept there",
  }),
  maxBins: int({ min: 1, max: 254, default: 254, doc: "Most distinct non-zero values of a bundle together" }),
};

/**
 * Exclusive feature bundling (Ke et al., "LightGBM", NeurIPS 2017, section 4): columns that are hardly ever non-zero in
 * the same row, such as those of a one-hot encoding, share one output column. Each keeps a range of its own: the value
 * is an offset plus the rank among the column's distinct non-zero values, 0 where all are zero. A tree on histograms
 * then looks at one column instead of many, and can still cut out each of them.
 *
 * Bundles are filled greedily, the column with most non-zero rows first; one that fits nowhere stays as it is. With
 * `maxConflictRate: 0` nothing is lost on the training rows.
 *
 * @example
 * const model = new ExclusiveFeatureBundler().fit([[1, 0, 0], [0, 1, 0], [0, 0, 5], [0, 0, 7]]);
 * model.transform([[1, 0, 0], [0, 0, 7], [0, 0, 0]]).col(0); // [3, 2, 0]
 */
export class ExclusiveFeatureBundler extends TransformerSpec<typeof params> {
  static readonly typeName = "ExclusiveFeatureBundler";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(ExclusiveFeatureBundler.typeName, params, given);
  }

  static fromState(state: unknown): ExclusiveFeatureBundler {
    return new ExclusiveFeatureBundler(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): ExclusiveFeatureBundlerModel {
    const where = "ExclusiveFeatureBundler.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const weights = readWeights(options.sampleWeight, design.matrix.rows, where);
    const { maxConflictRate, maxBins } = this.params;
    const columns = nonZeros(design.matrix, weights);
    const bundles = bundle(columns, design.matrix.rows, weights, maxConflictRate, maxBins);
    return new ExclusiveFeatureBundlerModel(
      schemaOf(design),
      bundles,
      columns.map((c) => c.values),
    );
  }
}

interface Sparse {
  /** Rows where the column is not zero. */
  readonly rows: Int32Array;
  /** Their weight. */
  readonly weight: number;
  /** Distinct non-zero values, ascending. */
  readonly values: Float64Array;
}

function nonZeros(X: Matrix, weights: Float64Array | null): Sparse[] {
  return Array.from({ length: X.cols }, (_, j) => {
    const rows: number[] = [];
    const values = new Set<number>();
    let weight = 0;
    for (let i = 0; i < X.rows; i++) {
      const v = X.data[i * X.cols + j]!;
      const w = weights ? weights[i]! : 1;
      if (v === 0 || w === 0) continue;
      rows.push(i);
      values.add(v);
      weight += w;
    }
    return { rows: Int32Array.from(rows), weight, values: Float64Array.from(values).sort() };
  });
}

/** Greedy colouring: a column joins the first bundle in which it conflicts little enough. */
function bundle(
  columns: readonly Sparse[],
  n: number,
  weights: Float64Array | null,
  rate: number,
  maxBins: number,
): Int32Array[] {
  const total = weights ? weights.reduce((a, b) => a + b, 0) : n;
  const order = columns.map((_, j) => j).sort((a, b) => columns[b]!.weight - columns[a]!.weight || a - b);
  const open: { members: number[]; taken: Uint8Array; conflict: number; bins: number }[] = [];
  for (const j of order) {
    const { rows, values } = columns[j]!;
    let home: (typeof open)[number] | null = null;
    for (const candidate of open) {
      if (candidate.bins + values.length > maxBins) continue;
      let conflict = candidate.conflict;
      for (const i of rows) if (candidate.taken[i]) conflict += weights ? weights[i]! : 1;
      if (conflict > rate * total) continue;
      candidate.conflict = conflict;
      home = candidate;
      break;
    }
    if (home === null) {
      home = { members: [], taken: new Uint8Array(n), conflict: 0, bins: 0 };
      open.push(home);
    }
    home.members.push(j);
    home.bins += values.length;
    for (const i of rows) home.taken[i] = 1;
  }
  return open.map((b) => Int32Array.from(b.members));
}

/** What {@link ExclusiveFeatureBundler} learned. */
export class ExclusiveFeatureBundlerModel extends TransformerModel {
  static readonly typeName = "ExclusiveFeatureBundlerModel";
  /** Columns of each bundle; where two are non-zero the first counts. */
  readonly bundles: readonly Int32Array[];
  /** Distinct non-zero training values of each column, ascending: its bins. */
  readonly values: readonly Float64Array[];

  constructor(schema: Schema, bundles: readonly Int32Array[], values: readonly Float64Array[]) {
    super(schema);
    this.bundles = bundles;
    this.values = values;
  }

  /** One column per bundle. A value between two known ones takes the bin of the lower. */
  override transform(X: MatrixLike): NamedMatrix {
    const { matrix } = readLike(this.schema, X, "ExclusiveFeatureBundlerModel.transform");
    const { rows, cols, data } = matrix;
    const out = new Float64Array(rows * this.bundles.length);
    this.bundles.forEach((members, b) => {
      if (members.length === 1) {
        for (let i = 0; i < rows; i++) out[i * this.bundles.length + b] = data[i * cols + members[0]!]!;
        return;
      }
      let offset = 0;
      for (const j of members) {
        const known = this.values[j]!;
        for (let i = 0; i < rows; i++) {
          const at = i * this.bundles.length + b;
          const v = data[i * cols + j]!;
          if (v !== 0 && out[at] === 0 && known.length > 0)
            out[at] = offset + Math.max(1, countUpTo(known, v));
        }
        offset += known.length;
      }
    });
    return new NamedMatrix(out, rows, this.outputNames());
  }

  override outputNames(): readonly string[] {
    return this.bundles.map((members) => Array.from(members, (j) => featureName(this.schema, j)).join("+"));
  }

  override toState(): unknown {
    return { schema: this.schema, bundles: this.bundles, values: this.values };
  }

  static fromState(state: unknown): ExclusiveFeatureBundlerModel {
    const s = state as { schema: Schema; bundles: Int32Array[]; values: Float64Array[] };
    return new ExclusiveFeatureBundlerModel(s.schema, s.bundles, s.values);
  }
}

/** How many of the ascending values are at most v. */
function countUpTo(values: Float64Array, v: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= v) low = middle + 1;
    else high = middle;
  }
  return low;
}
