import {
  argumentError,
  bool,
  custom,
  either,
  type FitOptions,
  int,
  type MatrixLike,
  optional,
  type ParamInput,
  RegressorSpec,
  readDesign,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  step,
  throwIfAborted,
  valueError,
  warn,
} from "../contract/index.ts";
import { KFold } from "../data/index.ts";
import { Matrix } from "../math/matrix.ts";
import { LinearModel } from "./linear-model.ts";
import { linearScores } from "./logits.ts";
import { defaultAlphas, sparseSolver } from "./sparse-fit.ts";
import { pathOf } from "./sparse-path.ts";

const isStrengths = (v: unknown): boolean =>
  Array.isArray(v) && v.length > 0 && v.every((a) => Number.isFinite(a) && a >= 0);
const isRatios = (v: unknown): boolean => Array.isArray(v) && v.length > 0 && v.every((r) => r > 0 && r <= 1);

const SHARED = {
  alphas: optional(
    custom<readonly number[]>({
      default: [],
      doc: "Strengths to try; null takes nAlphas of them from the data",
      expected: "an array of numbers >= 0",
      accepts: isStrengths,
    }),
  ),
  nAlphas: int({ min: 1, default: 100, doc: "How many strengths, where alphas is null" }),
  eps: real({
    min: 0,
    exclusiveMin: true,
    max: 1,
    default: 1e-3,
    doc: "Least strength as a share of the one that makes all coefficients zero, where alphas is null",
  }),
  cv: int({ min: 2, default: 5, doc: "Number of folds, of consecutive rows" }),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, which is never penalised" }),
  positive: bool({ default: false, doc: "Whether coefficients must be >= 0" }),
  tol: real({
    min: 0,
    default: 1e-4,
    doc: "Duality gap at which to stop, as a share of the squared length of the centred target",
  }),
  maxIter: int({ min: 1, default: 1000, doc: "Most sweeps over the columns per strength" }),
};

const netParams = {
  l1Ratio: either(
    real({
      min: 0,
      exclusiveMin: true,
      max: 1,
      default: 0.5,
      doc: "Share of L1 in the penalty; several are tried",
    }),
    custom<readonly number[]>({
      default: [],
      doc: "",
      expected: "an array of numbers > 0 and <= 1",
      accepts: isRatios,
    }),
  ),
  ...SHARED,
};

interface Search {
  readonly ratios: readonly number[];
  readonly alphas: readonly number[] | null;
  readonly nAlphas: number;
  readonly eps: number;
  readonly cv: number;
  readonly fitIntercept: boolean;
  readonly positive: boolean;
  readonly tol: number;
  readonly maxIter: number;
}

interface Chosen {
  /** The strength with the least mean squared error over the folds. */
  readonly alpha: number;
  readonly l1Ratio: number;
  /** The strengths tried at that l1Ratio, descending. */
  readonly alphas: Float64Array;
  /** Mean squared error on held-out rows, one row per strength and one column per fold. */
  readonly msePath: Matrix;
}

/**
 * Lasso whose strength is chosen by cross-validation along the path: per fold one warm-started path, then one fit on
 * all rows at the best strength.
 *
 * @example
 * const X = [[-2], [2], [-1], [1], [-3], [3]];
 * const model = new LassoCV({ cv: 3 }).fit(X, [-4, 4, -2, 2, -6, 6]);
 * model.coef[0].toFixed(1); // "2.0"
 */
export class LassoCV extends RegressorSpec<typeof SHARED> {
  static readonly typeName = "LassoCV";
  static readonly params = SHARED;

  constructor(given: ParamInput<typeof SHARED> = {}) {
    super(LassoCV.typeName, SHARED, given);
  }

  static fromState(state: unknown): LassoCV {
    return new LassoCV(state as ParamInput<typeof SHARED>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): LassoCVModel {
    const f = search({ ...this.params, ratios: [1] }, X, y, options, "LassoCV.fit");
    return new LassoCVModel(f.schema, f.coef, f.intercept, f);
  }
}

/**
 * Elastic net whose strength, and share of L1 where several are given, are chosen by cross-validation along the path.
 *
 * @example
 * const X = [[-2], [2], [-1], [1], [-3], [3]];
 * const model = new ElasticNetCV({ cv: 3, l1Ratio: [0.5, 1] }).fit(X, [-4, 4, -2, 2, -6, 6]);
 * model.coef[0].toFixed(1); // "2.0"
 */
export class ElasticNetCV extends RegressorSpec<typeof netParams> {
  static readonly typeName = "ElasticNetCV";
  static readonly params = netParams;

  constructor(given: ParamInput<typeof netParams> = {}) {
    super(ElasticNetCV.typeName, netParams, given);
  }

  static fromState(state: unknown): ElasticNetCV {
    return new ElasticNetCV(state as ParamInput<typeof netParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): ElasticNetCVModel {
    const { l1Ratio, ...rest } = this.params;
    const ratios = typeof l1Ratio === "number" ? [l1Ratio] : l1Ratio;
    const f = search({ ...rest, ratios }, X, y, options, "ElasticNetCV.fit");
    return new ElasticNetCVModel(f.schema, f.coef, f.intercept, f);
  }
}

function search(s: Search, X: MatrixLike, y: ArrayLike<number>, options: FitOptions, where: string) {
  throwIfAborted(options.signal, where);
  const design = readDesign(X, where);
  const { matrix } = design;
  const { rows: n, cols: d } = matrix;
  const target = readTarget(y, n, where);
  const weights = readWeights(options.sampleWeight, n, where);
  if (s.cv > n) throw argumentError(where, "cv", s.cv, `at most ${n} (rows of X)`);
  const folds = new KFold({ nSplits: s.cv }).split(n);
  const total = s.ratios.length * s.cv + 1;
  const problemOf = (rows: Int32Array | null) => ({
    X: rows ? matrix.selectRows(rows) : matrix,
    y: rows ? Float64Array.from(rows, (i) => target[i]!) : target,
    weights: weights && (rows ? Float64Array.from(rows, (i) => weights[i]!) : weights),
    fitIntercept: s.fitIntercept,
    alpha: 0,
    where,
  });
  const whole = sparseSolver(problemOf(null), s.positive);
  let chosen: Chosen | null = null;
  let least = Number.POSITIVE_INFINITY;
  let done = 0;
  for (const ratio of s.ratios) {
    const alphas = s.alphas
      ? Float64Array.from(s.alphas).sort().reverse()
      : defaultAlphas(whole, ratio, s.positive, s.nAlphas, s.eps);
    const msePath = Matrix.zeros(alphas.length, s.cv);
    folds.forEach(({ train, test }, f) => {
      const mass = (rows: Int32Array) => rows.reduce((sum, i) => sum + (weights ? weights[i]! : 1), 0);
      if (!(mass(train) > 0 && mass(test) > 0)) {
        throw valueError(where, "sampleWeight", `leaves no weight on one side of fold ${f}`);
      }
      const solver = sparseSolver(problemOf(train), s.positive);
      const path = pathOf(solver, d, alphas, ratio, s.tol, s.maxIter);
      const held = matrix.selectRows(test);
      for (let a = 0; a < alphas.length; a++) {
        const p = linearScores(
          held.data,
          held.rows,
          d,
          path.coefs.row(a),
          path.intercepts.subarray(a, a + 1),
        );
        let sum = 0;
        test.forEach((i, at) => {
          sum += (weights ? weights[i]! : 1) * (p[at]! - target[i]!) ** 2;
        });
        msePath.set(a, f, sum / mass(test));
      }
      step(where, options, ++done, total, "paths");
    });
    for (let a = 0; a < alphas.length; a++) {
      const mean = msePath.row(a).reduce((x, v) => x + v, 0) / s.cv;
      if (mean < least) {
        least = mean;
        chosen = { alpha: alphas[a]!, l1Ratio: ratio, alphas, msePath };
      }
    }
  }
  if (!chosen) throw valueError(where, "X", "or y holds numbers whose squares overflow: scale it first");
  const coef = new Float64Array(d);
  const strength = chosen.alpha * whole.total;
  const { l1Ratio } = chosen;
  const last = whole.solve(strength * l1Ratio, strength * (1 - l1Ratio), coef, s.tol * whole.yy, s.maxIter);
  step(where, options, total, total, "paths");
  if (!last.converged) {
    const gap = (last.gap / whole.total).toExponential(1);
    warn(where, options, `did not converge in ${last.sweeps} sweeps (duality gap ${gap})`);
  }
  return { schema: schemaOf(design), coef, intercept: whole.interceptOf(coef), ...chosen };
}

abstract class ChosenModel extends LinearModel implements Chosen {
  readonly alpha: number;
  readonly l1Ratio: number;
  readonly alphas: Float64Array;
  readonly msePath: Matrix;

  constructor(schema: Schema, coef: Float64Array, intercept: number, chosen: Chosen) {
    super(schema, coef, intercept);
    this.alpha = chosen.alpha;
    this.l1Ratio = chosen.l1Ratio;
    this.alphas = chosen.alphas;
    this.msePath = chosen.msePath;
  }

  override toState(): unknown {
    const { schema, coef, intercept, alpha, l1Ratio, alphas, msePath } = this;
    return { schema, coef, intercept, alpha, l1Ratio, alphas, msePath };
  }
}

type ChosenState = Chosen & { schema: Schema; coef: Float64Array; intercept: number };

/** What {@link LassoCV} learned. */
export class LassoCVModel extends ChosenModel {
  static readonly typeName = "LassoCVModel";

  static fromState(state: unknown): LassoCVModel {
    const s = state as ChosenState;
    return new LassoCVModel(s.schema, s.coef, s.intercept, s);
  }
}

/** What {@link ElasticNetCV} learned. */
export class ElasticNetCVModel extends ChosenModel {
  static readonly typeName = "ElasticNetCVModel";

  static fromState(state: unknown): ElasticNetCVModel {
    const s = state as ChosenState;
    return new ElasticNetCVModel(s.schema, s.coef, s.intercept, s);
  }
}
