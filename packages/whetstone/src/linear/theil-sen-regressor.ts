import {
  argumentError,
  bool,
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
  seed,
  step,
  throwIfAborted,
  unsupported,
} from "../contract/index.ts";
import { randomStream } from "../math/index.ts";
import { leastSquares } from "./least-squares.ts";
import { LinearModel } from "./linear-model.ts";

const params = {
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term" }),
  maxSubpopulation: int({
    min: 1,
    default: 10_000,
    doc: "Most subsets of rows: all of them where they are no more, else this many at random",
  }),
  nSubsamples: optional(
    int({ min: 1, default: 1, doc: "Rows per subset; null takes as many as there are coefficients" }),
  ),
  tol: real({ min: 0, default: 1e-3, doc: "Step of the spatial median at which to stop" }),
  maxIter: int({ min: 1, default: 300, doc: "Most steps of the spatial median" }),
  seed: seed(),
};

/**
 * Theil-Sen regression: the spatial median of the least-squares fits to small subsets of rows. With one feature it is
 * near the median of the slopes between pairs; up to 29 % of the rows may be arbitrarily wrong.
 *
 * Dang, Peng, Wang, Zhang, "Theil-Sen estimators in a multiple linear regression model", 2008.
 *
 * @example
 * const X = [[0], [1], [2], [3], [4], [5], [6]];
 * const model = new TheilSenRegressor().fit(X, [0, 2, 4, 6, 8, 10, -50]);
 * model.coef[0].toFixed(1); // "2.0"
 */
export class TheilSenRegressor extends RegressorSpec<typeof params> {
  static readonly typeName = "TheilSenRegressor";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(TheilSenRegressor.typeName, params, given);
  }

  static fromState(state: unknown): TheilSenRegressor {
    return new TheilSenRegressor(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): TheilSenRegressorModel {
    const where = "TheilSenRegressor.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const { rows: n, cols: d } = matrix;
    const target = readTarget(y, n, where);
    if (readWeights(options.sampleWeight, n, where)) {
      throw unsupported(where, "sampleWeight is not something a median of subsets can take");
    }
    const { fitIntercept, maxSubpopulation, tol, maxIter } = this.params;
    const p = d + (fitIntercept ? 1 : 0);
    const size = this.params.nSubsamples ?? Math.min(n, p);
    if (size > n || (n >= p && size < p)) {
      throw argumentError(where, "nSubsamples", size, `a number from ${Math.min(n, p)} to ${n}`);
    }
    const subsets = subsetsOf(n, size, maxSubpopulation, this.params.seed);
    const fits = subsets.map((rows) => {
      const found = leastSquares({
        X: matrix.selectRows(rows),
        y: Float64Array.from(rows, (i) => target[i]!),
        weights: null,
        fitIntercept,
        alpha: 0,
        where,
      });
      return Float64Array.from(fitIntercept ? [found.intercept, ...found.coef] : found.coef);
    });
    const median = spatialMedian(fits, tol, maxIter, (done) => step(where, options, done, maxIter, "steps"));
    const first = fitIntercept ? 1 : 0;
    return new TheilSenRegressorModel(schemaOf(design), median.slice(first), fitIntercept ? median[0]! : 0);
  }
}

function subsetsOf(n: number, size: number, most: number, seed: number): ArrayLike<number>[] {
  let count = 1;
  for (let k = 0; k < size && count <= most; k++) count = (count * (n - k)) / (k + 1);
  if (Math.round(count) > most) {
    const random = randomStream(seed);
    return Array.from({ length: most }, () => random.choice(n, size));
  }
  const out: number[][] = [];
  const at = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    out.push(at.slice());
    let k = size - 1;
    while (k >= 0 && at[k] === n - size + k) k--;
    if (k < 0) return out;
    at[k]!++;
    for (let j = k + 1; j < size; j++) at[j] = at[j - 1]! + 1;
  }
}

/** The point with the least summed distance to the others: modified Weiszfeld steps (Vardi, Zhang 2000). */
function spatialMedian(
  points: readonly Float64Array[],
  tol: number,
  maxIter: number,
  onStep: (done: number) => void,
): Float64Array {
  const p = points[0]!.length;
  if (p === 1) {
    const s = points.map((v) => v[0]!).sort((a, b) => a - b);
    onStep(1);
    return Float64Array.of((s[(s.length - 1) >> 1]! + s[s.length >> 1]!) / 2);
  }
  let now = new Float64Array(p);
  for (const v of points) for (let j = 0; j < p; j++) now[j] = now[j]! + v[j]! / points.length;
  for (let iteration = 1; iteration <= maxIter; iteration++) {
    const next = new Float64Array(p);
    const pull = new Float64Array(p);
    let total = 0;
    let here = 0;
    for (const v of points) {
      let square = 0;
      for (let j = 0; j < p; j++) square += (v[j]! - now[j]!) ** 2;
      const distance = Math.sqrt(square);
      if (distance <= Number.EPSILON) {
        here++;
        continue;
      }
      total += 1 / distance;
      for (let j = 0; j < p; j++) {
        next[j] = next[j]! + v[j]! / distance;
        pull[j] = pull[j]! + (v[j]! - now[j]!) / distance;
      }
    }
    onStep(iteration);
    if (total === 0) return now;
    const force = Math.hypot(...pull);
    // Points at the present place hold it back by as much as they are.
    const keep = here > 0 && force > 0 ? Math.min(1, here / force) : here > 0 ? 1 : 0;
    let moved = 0;
    for (let j = 0; j < p; j++) {
      next[j] = (1 - keep) * (next[j]! / total) + keep * now[j]!;
      moved += (next[j]! - now[j]!) ** 2;
    }
    now = next;
    if (Math.sqrt(moved) < tol) break;
  }
  return now;
}

/** What {@link TheilSenRegressor} learned. */
export class TheilSenRegressorModel extends LinearModel {
  static readonly typeName = "TheilSenRegressorModel";

  override toState(): unknown {
    return { schema: this.schema, coef: this.coef, intercept: this.intercept };
  }

  static fromState(state: unknown): TheilSenRegressorModel {
    const s = state as { schema: Schema; coef: Float64Array; intercept: number };
    return new TheilSenRegressorModel(s.schema, s.coef, s.intercept);
  }
}
