import {
  argumentError,
  DetectorModel,
  DetectorSpec,
  either,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  type ParamInput,
  readDesign,
  readLike,
  readWeights,
  real,
  type Schema,
  schemaOf,
  seed,
  step,
  valueError,
} from "../contract/index.ts";
import { quantile } from "../data/index.ts";
import { randomStream } from "../math/random/index.ts";
import { checkFits, growTrees, TreeSet } from "../tree/index.ts";

const params = {
  nEstimators: int({ min: 1, default: 100, doc: "Trees", search: { low: 50, high: 300, scale: "log" } }),
  maxSamples: either(
    oneOf(["auto"], {
      default: "auto",
      doc: 'Rows drawn without replacement per tree: a number, a share < 1, or "auto" for 256 at most',
    }),
    either(
      int({ min: 1, default: 256, doc: "" }),
      real({ min: 0, exclusiveMin: true, max: 1, exclusiveMax: true, default: 0.5, doc: "" }),
    ),
  ),
  contamination: either(
    oneOf(["auto"], {
      default: "auto",
      doc: 'Share of outliers that sets the offset; "auto" calls a score below -0.5 strange',
    }),
    real({ min: 0, exclusiveMin: true, max: 0.5, default: 0.1, doc: "" }),
  ),
  seed: seed(),
};

/**
 * Average path length of an unsuccessful search in a binary search tree of n rows: what a path is compared with.
 *
 * @param n rows, a whole number >= 1
 * @example
 * averagePathLength(2); // 1
 */
export function averagePathLength(n: number): number {
  if (!(Number.isSafeInteger(n) && n >= 1))
    throw argumentError("averagePathLength", "n", n, "an integer >= 1");
  if (n === 1) return 0;
  if (n === 2) return 1;
  const eulerGamma = 0.5772156649015329;
  return 2 * (Math.log(n - 1) + eulerGamma) - (2 * (n - 1)) / n;
}

/**
 * Isolation forest (Liu, Ting, Zhou, ICDM 2008): trees that split a random column at a random threshold until rows
 * stand alone. Strange rows are alone after few splits. The score of a row with mean path length h in trees on m rows
 * is `-2^(-h / c(m))`, c being {@link averagePathLength}: near -1 for outliers, above -0.5 for the rest.
 *
 * Missing values (NaN) are welcome. `sampleWeight` 0 leaves a row out; other weights are refused as meaningless to
 * isolation.
 *
 * @example
 * const X = [...Array.from({ length: 64 }, (_, i) => [i % 8, Math.floor(i / 8)]), [30, 30]];
 * const model = new IsolationForest().fit(X);
 * model.predict([[3, 3], [30, 30]]); // [1, -1]
 */
export class IsolationForest extends DetectorSpec<typeof params> {
  static readonly typeName = "IsolationForest";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(IsolationForest.typeName, params, given);
  }

  static fromState(state: unknown): IsolationForest {
    return new IsolationForest(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): IsolationForestModel {
    const where = "IsolationForest.fit";
    const design = readDesign(X, where, { allowMissing: true });
    const { matrix } = design;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const odd = weights?.findIndex((w) => w !== 0 && w !== 1) ?? -1;
    if (odd >= 0)
      throw valueError(
        where,
        "sampleWeight",
        `holds ${weights![odd]} at row ${odd}, expected 0 (left out) or 1`,
      );
    const usable = [...Array(matrix.rows).keys()].filter((i) => weights === null || weights[i]! > 0);
    const { nEstimators, maxSamples, contamination } = this.params;
    const n = usable.length;
    const m =
      maxSamples === "auto"
        ? Math.min(256, n)
        : maxSamples < 1
          ? Math.max(1, Math.round(maxSamples * n))
          : Math.min(n, maxSamples);
    const random = randomStream(this.params.seed);
    const trees: TreeSet[] = [];
    for (let t = 0; t < nEstimators; t++) {
      step(where, options, t, nEstimators, "trees");
      const own = random.split(t);
      const rows = own
        .choice(n, m)
        .map((i) => usable[i]!)
        .sort();
      trees.push(isolationTree(matrix.selectRows(rows), own.split("splits"), where));
    }
    step(where, options, nEstimators, nEstimators, "trees");
    const forest = TreeSet.join(trees);
    const schema = schemaOf(design);
    const usual = new IsolationForestModel(schema, forest, m, -0.5);
    if (contamination === "auto") return usual;
    const scores = usual.scoreSamples(matrix.selectRows(usable));
    return new IsolationForestModel(schema, forest, m, quantile(scores, contamination));
  }
}

/** A tree of random splits; the value of a node is the path length it stands for. */
function isolationTree(
  X: ReturnType<typeof readDesign>["matrix"],
  random: ReturnType<typeof randomStream>,
  where: string,
): TreeSet {
  const m = X.rows;
  // Targets that all differ keep every node of two rows or more impure, so that only rows and depth stop the growth.
  const tree = growTrees(
    {
      where,
      X,
      targets: Float64Array.from({ length: m }, (_, i) => i),
      outputs: 1,
      criterion: "squaredError",
      weights: new Float64Array(m).fill(1),
      maxDepth: Math.max(1, Math.ceil(Math.log2(Math.max(2, m)))),
      minSamplesSplit: 2,
      minSamplesLeaf: 1,
      maxLeafNodes: null,
      minImpurityDecrease: 0,
      minWeightFractionLeaf: 0,
      maxFeatures: 1,
      randomSplits: true,
      trees: 1,
      draws: 0,
      random: () => random,
    },
    {},
  );
  const depth = new Int32Array(tree.nodeCount);
  for (let i = 0; i < tree.nodeCount; i++) {
    if (tree.feature[i]! < 0) continue;
    depth[tree.left[i]!] = depth[tree.left[i]! + 1] = depth[i]! + 1;
  }
  const value = Float64Array.from(depth, (d, i) => d + averagePathLength(tree.count[i]!));
  const { starts, feature, threshold, left, missingLeft, impurity, count, weight } = tree;
  return new TreeSet({
    starts,
    feature,
    threshold,
    left,
    missingLeft,
    impurity,
    count,
    weight,
    value,
    outputs: 1,
  });
}

/** What {@link IsolationForest} learned. */
export class IsolationForestModel extends DetectorModel {
  static readonly typeName = "IsolationForestModel";
  /** The trees; the value of a leaf is the path length it stands for. */
  readonly trees: TreeSet;
  /** Rows each tree was grown on. */
  readonly samples: number;
  /** Scores below it are outliers. */
  readonly offset: number;

  constructor(schema: Schema, trees: TreeSet, samples: number, offset: number) {
    super(schema);
    this.trees = trees;
    this.samples = samples;
    this.offset = offset;
  }

  /** Mean path length of each row. */
  pathLengths(X: MatrixLike): Float64Array {
    const { matrix } = readLike(this.schema, X, "IsolationForestModel.pathLengths", { allowMissing: true });
    return this.trees.mean(matrix).data;
  }

  /** How usual each row is; the lower, the stranger. */
  scoreSamples(X: MatrixLike): Float64Array {
    const scale = averagePathLength(this.samples);
    return this.pathLengths(X).map((h) => (scale > 0 ? -(2 ** (-h / scale)) : -0.5));
  }

  /** Score less offset: negative for outliers. */
  override decisionFunction(X: MatrixLike): Float64Array {
    return this.scoreSamples(X).map((s) => s - this.offset);
  }

  override toState(): unknown {
    return { schema: this.schema, trees: this.trees, samples: this.samples, offset: this.offset };
  }

  static fromState(state: unknown): IsolationForestModel {
    const s = state as { schema: Schema; trees: unknown; samples: number; offset: number };
    return new IsolationForestModel(s.schema, checkFits(s.trees, s.schema, 1), s.samples, s.offset);
  }
}
