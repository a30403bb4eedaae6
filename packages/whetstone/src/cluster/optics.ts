import {
  argumentError,
  bool,
  ClustererModel,
  ClustererSpec,
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
  requireRowsFor,
  type Schema,
  schemaOf,
  step,
  valueError,
  warn,
} from "../contract/index.ts";
import { RowSearch, searchParams } from "../neighbors/index.ts";
import { type OpticsOrder, opticsOrder } from "./optics-order.ts";
import { type Valley, valleyLabels, type XiOptions, xiValleys } from "./steep-areas.ts";

const share = (doc: string) =>
  real({ min: 0, exclusiveMin: true, max: 1, exclusiveMax: true, default: 0.1, doc });

const params = {
  minSamples: either(
    int({
      min: 2,
      default: 5,
      doc: "The core distance of a row is the distance to its minSamples-th nearest row, itself counted; a number below 1 is a share of the rows",
      search: { low: 2, high: 50 },
    }),
    share(""),
  ),
  maxEps: real({
    min: 0,
    exclusiveMin: true,
    default: Number.POSITIVE_INFINITY,
    doc: "Rows further apart than this are never neighbours; a smaller one is quicker",
  }),
  clusterMethod: oneOf(["xi", "dbscan"], {
    default: "xi",
    doc: "How groups are read off the plot: valleys between steep ways, or what lies below one height",
  }),
  eps: optional(
    real({ min: 0, exclusiveMin: true, default: 0.5, doc: "Height of the cut for dbscan; null for maxEps" }),
  ),
  xi: real({
    min: 0,
    max: 1,
    exclusiveMax: true,
    default: 0.05,
    doc: "Relative drop from one row to the next that counts as steep",
  }),
  predecessorCorrection: bool({
    default: true,
    doc: "Whether a valley ends at rows that were reached from within it",
  }),
  minClusterSize: optional(
    either(
      int({
        min: 2,
        default: 5,
        doc: "Fewest rows of a valley, or a share of the rows; null for minSamples",
      }),
      share(""),
    ),
  ),
  ...searchParams,
};

/**
 * OPTICS: DBSCAN for all radii up to `maxEps` at once. Rows are visited so that each is the nearest to those before it;
 * the distance at which each was reached, drawn in that order, is the reachability plot: dense groups are its valleys, and
 * groups within groups valleys within valleys. Groups are read off by steep sides (`xi`) or by a cut (`dbscan`), which is
 * {@link DBSCAN} but for border rows.
 *
 * Time O(n^2) where maxEps is infinite, O(n log n) where a tree finds small neighbourhoods; memory O(n). -1 is noise.
 *
 * Sources: Ankerst, Breunig, Kriegel and Sander (1999), SIGMOD; Schubert and Gertz (2018), LWDA.
 *
 * @example
 * const X = [[1, 2], [2, 5], [3, 6], [8, 7], [8, 8], [7, 3]];
 * new OPTICS({ minSamples: 2 }).fit(X).labels; // [0, 0, 0, 1, 1, 1]
 */
export class OPTICS extends ClustererSpec<typeof params> {
  static readonly typeName = "OPTICS";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(OPTICS.typeName, params, given);
    const { eps, maxEps } = this.params;
    if (eps !== null && eps > maxEps)
      throw argumentError(
        "OPTICS",
        "eps",
        eps,
        `at most maxEps = ${maxEps}: rows further apart are not looked at`,
      );
  }

  static fromState(state: unknown): OPTICS {
    return new OPTICS(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): OPTICSModel {
    const where = "OPTICS.fit";
    refuseWeights(options, where, "core distances weigh rows alike: repeat rows instead");
    const design = readDesign(X, where);
    const { data, rows: n, cols: d } = design.matrix;
    if (n < 2) throw valueError(where, "X", "has 1 row, expected at least 2");
    const { maxEps, clusterMethod, eps, xi, predecessorCorrection } = this.params;
    const minSamples = rowsOf(this.params.minSamples, n);
    const minClusterSize = rowsOf(this.params.minClusterSize ?? minSamples, n);
    requireRowsFor(where, "minSamples", minSamples, n);
    requireRowsFor(where, "minClusterSize", minClusterSize, n);
    const search = new RowSearch(data, n, d, this.params, where);
    const { distances } = search.nearest(data, n, minSamples);
    const core = Float64Array.from({ length: n }, (_, i) => {
      const distance = distances[(i + 1) * minSamples - 1]!;
      return distance > maxEps ? Number.POSITIVE_INFINITY : distance;
    });
    const found = opticsOrder(data, search, core, maxEps, (done) => {
      if (done % 256 === 0) step(where, options, done, n, "rows");
    });
    step(where, options, n, n, "rows");
    if (found.reachability.every((v) => v === Number.POSITIVE_INFINITY))
      warn(where, options, "no row is within maxEps of enough others: all are noise, raise maxEps");
    const facts = { ...found, coreDistances: core };
    const valley: XiOptions = { xi, minSamples, minClusterSize, predecessorCorrection };
    const valleys = clusterMethod === "xi" ? valleysOf(facts, valley) : [];
    const labels =
      clusterMethod === "xi" ? valleyLabels(facts.ordering, valleys) : cutLabels(facts, eps ?? maxEps);
    return new OPTICSModel(schemaOf(design), labels, facts, valleys, valley);
  }
}

function rowsOf(value: number, n: number): number {
  return value < 1 ? Math.max(2, Math.floor(value * n)) : value;
}

interface Facts extends OpticsOrder {
  readonly coreDistances: Float64Array;
}

function valleysOf({ ordering, reachability, predecessor }: Facts, options: XiOptions): Valley[] {
  const plot = Float64Array.from(ordering, (row) => reachability[row]!);
  const before = Int32Array.from(ordering, (row) => predecessor[row]!);
  return xiValleys(plot, before, ordering, options);
}

/** A row that was reached from further than eps begins a group, if it is a core row within eps, or is noise. */
function cutLabels({ ordering, reachability, coreDistances }: Facts, eps: number): Int32Array {
  const labels = new Int32Array(ordering.length);
  let label = -1;
  for (const row of ordering) {
    const far = reachability[row]! > eps;
    const isCore = coreDistances[row]! <= eps;
    if (far && isCore) label++;
    labels[row] = far && !isCore ? -1 : label;
  }
  return labels;
}

/** What {@link OPTICS} learned. */
export class OPTICSModel extends ClustererModel {
  static readonly typeName = "OPTICSModel";
  /** Rows in the order of visits. */
  readonly ordering: Int32Array;
  /** Distance at which each row was reached, by row (`reachabilityPlot` has it in order); infinite where a visit began anew. */
  readonly reachability: Float64Array;
  /** Distance to the minSamples-th nearest row, by row; infinite beyond maxEps. */
  readonly coreDistances: Float64Array;
  /** The row from which each row was reached, by row; -1 where a visit began anew. */
  readonly predecessor: Int32Array;
  /** Valleys of the plot (method "xi"), as places in the ordering, both ends included; inner ones before outer ones. */
  readonly clusterHierarchy: readonly Valley[];
  readonly #options: XiOptions;

  constructor(
    schema: Schema,
    labels: Int32Array,
    facts: Facts,
    clusterHierarchy: readonly Valley[],
    options: XiOptions,
  ) {
    super(schema, labels);
    this.ordering = facts.ordering;
    this.reachability = facts.reachability;
    this.coreDistances = facts.coreDistances;
    this.predecessor = facts.predecessor;
    this.clusterHierarchy = clusterHierarchy;
    this.#options = options;
  }

  /** Reachability in the order of visits: what the reachability plot shows. */
  get reachabilityPlot(): Float64Array {
    return Float64Array.from(this.ordering, (row) => this.reachability[row]!);
  }

  /**
   * The groups at another radius, up to maxEps: those of {@link DBSCAN}, but that a border row visited before any core
   * row near it counts as noise.
   */
  extractDbscan(eps: number): Int32Array {
    if (!(typeof eps === "number" && eps > 0))
      throw argumentError("OPTICSModel.extractDbscan", "eps", eps, "a number > 0");
    return cutLabels(this, eps);
  }

  /** The groups at another steepness: labels by row, and all valleys. */
  extractXi(xi: number): { labels: Int32Array; clusterHierarchy: Valley[] } {
    if (!(typeof xi === "number" && xi >= 0 && xi < 1))
      throw argumentError("OPTICSModel.extractXi", "xi", xi, "a number >= 0 and < 1");
    const clusterHierarchy = valleysOf(this, { ...this.#options, xi });
    return { labels: valleyLabels(this.ordering, clusterHierarchy), clusterHierarchy };
  }

  override toState(): unknown {
    const { schema, labels, ordering, reachability, coreDistances, predecessor, clusterHierarchy } = this;
    const facts = { ordering, reachability, coreDistances, predecessor };
    return { schema, labels, facts, clusterHierarchy, options: this.#options };
  }

  static fromState(state: unknown): OPTICSModel {
    const s = state as {
      schema: Schema;
      labels: Int32Array;
      facts: Facts;
      clusterHierarchy: Valley[];
      options: XiOptions;
    };
    return new OPTICSModel(s.schema, s.labels, s.facts, s.clusterHierarchy, s.options);
  }
}
