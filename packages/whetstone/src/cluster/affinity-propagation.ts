import {
  argumentError,
  ClustererSpec,
  custom,
  either,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  readDesign,
  real,
  refuseWeights,
  type Schema,
  schemaOf,
  seed,
  shapeError,
  step,
  unsupported,
  warn,
} from "../contract/index.ts";
import { pairwiseSquaredDistances } from "../kernels/index.ts";
import { Matrix, randomStream } from "../math/index.ts";
import { chooseExemplars, passMessages } from "./affinity-messages.ts";
import { CentreModel } from "./k-means.ts";

const params = {
  damping: real({
    min: 0.5,
    max: 1,
    exclusiveMax: true,
    default: 0.5,
    doc: "Share of the old message in each new one; more of it stops oscillation",
  }),
  maxIter: int({ min: 1, default: 200, doc: "Most rounds of messages" }),
  convergenceIter: int({
    min: 1,
    default: 15,
    doc: "Stop when the exemplars stay the same for this many rounds",
  }),
  preference: optional(
    either(
      real({
        default: 0,
        doc: "How suited rows are as exemplars, one number or one per row: larger gives more groups; null for the median similarity",
      }),
      custom<readonly number[] | Float64Array>({
        default: [],
        doc: "",
        expected: "a list with one number per row",
        accepts: (v) =>
          (Array.isArray(v) || v instanceof Float64Array) && Array.from(v).every((x) => Number.isFinite(x)),
      }),
    ),
  ),
  affinity: oneOf(["euclidean", "precomputed"], {
    default: "euclidean",
    doc: "Similarity of rows: minus the squared distance, or X itself, square",
  }),
  seed: seed(),
};

/** Most entries of the three n x n matrices together: 2 GB. */
const MOST_ENTRIES = 2 ** 28;

/**
 * Affinity propagation: rows exchange messages about which of them should stand for which (responsibility: how well k
 * serves i; availability: how much k is wanted by others) until some rows emerge as exemplars. The number of groups
 * follows from `preference`. O(n^2) time per round, three n x n matrices of memory.
 *
 * Source: Frey and Dueck (2007), Science 315.
 *
 * @example
 * const model = new AffinityPropagation().fit([[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]);
 * model.labels; // [0, 0, 0, 1, 1, 1]
 * model.clusterCentersIndices; // [0, 3]
 */
export class AffinityPropagation extends ClustererSpec<typeof params> {
  static readonly typeName = "AffinityPropagation";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(AffinityPropagation.typeName, params, given);
  }

  static fromState(state: unknown): AffinityPropagation {
    return new AffinityPropagation(state as ParamInput<typeof params>);
  }

  override fit(
    X: MatrixLike,
    _y?: ArrayLike<Label> | null,
    options: FitOptions = {},
  ): AffinityPropagationModel {
    const where = "AffinityPropagation.fit";
    refuseWeights(options, where, "messages weigh rows alike: raise the preference of heavy rows instead");
    const design = readDesign(X, where);
    const { matrix } = design;
    const { rows: n, cols: d, data } = matrix;
    const { damping, maxIter, convergenceIter, preference, affinity } = this.params;
    if (affinity === "precomputed" && n !== d)
      throw shapeError(
        where,
        "X",
        `is ${n} x ${d}`,
        'a square matrix of similarities with affinity "precomputed"',
      );
    if (3 * n * n > MOST_ENTRIES)
      throw unsupported(where, `X has ${n} rows, whose messages need more than 2 GB: take fewer rows`);
    const S = new Float64Array(n * n);
    if (affinity === "precomputed") S.set(data);
    else {
      pairwiseSquaredDistances(data, n, data, n, d, S);
      for (let at = 0; at < S.length; at++) S[at] = -S[at]!;
      for (let i = 0; i < n; i++) S[i * n + i] = 0;
    }
    const wished = readPreference(preference, S, n, where);
    const found = passMessages(
      S,
      n,
      wished,
      { damping, maxIter, convergenceIter },
      randomStream(this.params.seed),
      (done) => step(where, options, done, maxIter, "rounds"),
    );
    const { exemplars, labels } = found.settled ?? chooseExemplars(S, n, found.exemplars);
    if (!found.converged)
      warn(
        where,
        options,
        exemplars.length === 0
          ? `found no exemplar in ${maxIter} rounds: raise maxIter, damping or preference`
          : `did not converge in ${maxIter} rounds: raise maxIter or damping`,
      );
    const centres = affinity === "precomputed" ? Matrix.zeros(0, d) : matrix.selectRows(exemplars);
    return new AffinityPropagationModel(schemaOf(design), labels, centres, exemplars, found.iterations);
  }
}

/** The preference of each row. */
function readPreference(
  given: number | readonly number[] | Float64Array | null,
  S: Float64Array,
  n: number,
  where: string,
): Float64Array {
  if (given === null) return new Float64Array(n).fill(median(S));
  if (typeof given === "number") {
    if (!Number.isFinite(given)) throw argumentError(where, "preference", given, "a finite number");
    return new Float64Array(n).fill(given);
  }
  if (given.length !== n)
    throw shapeError(where, "preference", `has ${given.length} entries`, `${n}, one per row of X`);
  return Float64Array.from(given);
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What {@link AffinityPropagation} learned. */
export class AffinityPropagationModel extends CentreModel {
  static readonly typeName = "AffinityPropagationModel";
  /** Rows that stand for their groups, ascending. */
  readonly clusterCentersIndices: Int32Array;
  readonly nIter: number;

  constructor(
    schema: Schema,
    labels: Int32Array,
    clusterCenters: Matrix,
    clusterCentersIndices: Int32Array,
    nIter: number,
  ) {
    super(schema, labels, clusterCenters);
    this.clusterCentersIndices = clusterCentersIndices;
    this.nIter = nIter;
  }

  override get nClusters(): number {
    return this.clusterCentersIndices.length;
  }

  /** The group of the nearest exemplar; -1 where none was found. Refused for precomputed similarities. */
  override predict(X: MatrixLike): Int32Array {
    if (this.clusterCentersIndices.length > 0) {
      if (this.clusterCenters.rows === 0)
        throw unsupported(
          "AffinityPropagationModel.predict",
          'the exemplars of affinity "precomputed" are known by their similarities only',
        );
      return super.predict(X);
    }
    return new Int32Array(super.predict(X).length).fill(-1);
  }

  override toState(): unknown {
    const { schema, labels, clusterCenters, clusterCentersIndices, nIter } = this;
    return { schema, labels, clusterCenters, clusterCentersIndices, nIter };
  }

  static fromState(state: unknown): AffinityPropagationModel {
    const s = state as AffinityPropagationModel;
    return new AffinityPropagationModel(
      s.schema,
      s.labels,
      s.clusterCenters,
      s.clusterCentersIndices,
      s.nIter,
    );
  }
}
