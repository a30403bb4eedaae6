import {
  argumentError,
  bool,
  custom,
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
  shapeError,
  step,
  throwIfAborted,
  warn,
} from "../contract/index.ts";
import { eighvals } from "../math/linalg/eigh.ts";
import { Matrix } from "../math/matrix.ts";
import { type Moments, moments } from "./gram.ts";
import { interceptOf } from "./least-squares.ts";
import { LinearModel } from "./linear-model.ts";

const params = {
  alpha: real({
    min: 0,
    default: 1,
    doc: "Strength: alpha sum_g sqrt(size of g) |coef of g|_2 is added to half the mean squared error",
    search: { low: 1e-4, high: 10, scale: "log" },
  }),
  groups: optional(
    custom<readonly number[]>({
      default: [],
      doc: "Group of each column, as whole numbers; null puts every column in a group of its own",
      expected: "an array of integers >= 0",
      accepts: (v) => Array.isArray(v) && v.every((g) => Number.isSafeInteger(g) && g >= 0),
    }),
  ),
  fitIntercept: bool({ default: true, doc: "Whether there is a constant term, which is never penalised" }),
  tol: real({
    min: 0,
    default: 1e-6,
    doc: "Duality gap at which to stop, as a share of the squared length of the centred target",
  }),
  maxIter: int({ min: 1, default: 2000, doc: "Most sweeps over the groups; stopping there gives a warning" }),
};

/**
 * Group lasso: least squares with a penalty on the length of each group's coefficients, which removes whole groups
 * (the dummies of one category, a channel) and not single columns.
 *
 * Minimises `sum_i w_i (y_i - x_i coef - intercept)^2 / (2 sum w) + alpha sum_g sqrt(p_g) |coef_g|_2` by steps over one
 * group at a time, each a blockwise soft threshold, and stops on the duality gap.
 *
 * Yuan, Lin, "Model selection and estimation in regression with grouped variables", 2006.
 *
 * @example
 * const X = [[1, 1, 0], [-1, 1, 0], [1, -1, 1], [-1, -1, -1]];
 * const model = new GroupLasso({ alpha: 0.5, groups: [0, 0, 1] }).fit(X, [3, -1, 1, -3]);
 * model.coef[2]; // 0
 */
export class GroupLasso extends RegressorSpec<typeof params> {
  static readonly typeName = "GroupLasso";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(GroupLasso.typeName, params, given);
    const { alpha } = this.params;
    if (alpha === Number.POSITIVE_INFINITY) {
      throw argumentError("GroupLasso", "alpha", alpha, "a finite number >= 0");
    }
  }

  static fromState(state: unknown): GroupLasso {
    return new GroupLasso(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): GroupLassoModel {
    const where = "GroupLasso.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const { alpha, fitIntercept, tol, maxIter, groups } = this.params;
    if (groups && groups.length !== matrix.cols) {
      throw shapeError(where, "groups", `has ${groups.length} entries`, `${matrix.cols} (columns of X)`);
    }
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const m = moments(matrix, readTarget(y, matrix.rows, where), weights, fitIntercept, where);
    const blocks = blocksOf(groups, m, alpha * m.total);
    const coef = new Float64Array(matrix.cols);
    const found = descend(m, blocks, coef, tol * m.yy, maxIter, (done) =>
      step(where, options, done, maxIter, "sweeps"),
    );
    const gap = found.gap / m.total;
    if (!(found.gap <= tol * m.yy)) {
      warn(
        where,
        options,
        `did not converge in ${found.sweeps} sweeps (duality gap ${gap.toExponential(1)})`,
      );
    }
    return new GroupLassoModel(schemaOf(design), coef, interceptOf(m, coef), {
      nIter: found.sweeps,
      dualityGap: gap,
    });
  }
}

interface Block {
  readonly columns: readonly number[];
  /** Strength of the block's length in the summed loss. */
  readonly strength: number;
  /** Largest curvature of the loss within the block. */
  readonly curvature: number;
}

function blocksOf(groups: readonly number[] | null, m: Moments, strength: number): Block[] {
  const d = m.xy.length;
  const byGroup = new Map<number, number[]>();
  for (let j = 0; j < d; j++) {
    const g = groups ? groups[j]! : j;
    const list = byGroup.get(g);
    if (list) list.push(j);
    else byGroup.set(g, [j]);
  }
  return [...byGroup.values()].map((columns) => {
    const G = Matrix.from(columns.map((a) => columns.map((b) => m.xx[a * d + b]!)));
    const values = eighvals(G);
    return {
      columns,
      strength: strength * Math.sqrt(columns.length),
      curvature: values.reduce((top, v) => Math.max(top, v), 0),
    };
  });
}

/** Block coordinate descent with one threshold step per block and sweep. */
function descend(
  m: Moments,
  blocks: readonly Block[],
  w: Float64Array,
  tolerance: number,
  maxSweeps: number,
  onSweep: (done: number) => void,
): { sweeps: number; gap: number } {
  const d = w.length;
  const g = m.xy.slice(); // A^T (b - A w)
  let gap = gapOf(m, blocks, w, g);
  let sweeps = 0;
  while (gap > tolerance && sweeps < maxSweeps) {
    let moved = false;
    for (const { columns, strength, curvature } of blocks) {
      if (!(curvature > 0)) continue;
      const z = columns.map((j) => w[j]! + g[j]! / curvature);
      const length = Math.hypot(...z);
      const keep = length > 0 ? Math.max(0, 1 - strength / (curvature * length)) : 0;
      columns.forEach((j, t) => {
        const next = keep * z[t]!;
        const by = next - w[j]!;
        if (by === 0) return;
        moved = true;
        w[j] = next;
        for (let i = 0; i < d; i++) g[i] = g[i]! - by * m.xx[j * d + i]!;
      });
    }
    onSweep(++sweeps);
    gap = gapOf(m, blocks, w, g);
    if (!moved) break;
  }
  return { sweeps, gap };
}

function gapOf(m: Moments, blocks: readonly Block[], w: Float64Array, g: Float64Array): number {
  let rb = m.yy;
  let rr = m.yy;
  for (let j = 0; j < w.length; j++) {
    rb -= m.xy[j]! * w[j]!;
    rr -= (m.xy[j]! + g[j]!) * w[j]!;
  }
  rr = Math.max(0, rr);
  let c = 1;
  let penalty = 0;
  for (const { columns, strength } of blocks) {
    const pull = Math.hypot(...columns.map((j) => g[j]!));
    if (pull > strength) c = Math.min(c, strength / pull);
    penalty += strength * Math.hypot(...columns.map((j) => w[j]!));
  }
  return 0.5 * rr * (1 + c * c) - c * rb + penalty;
}

/** What {@link GroupLasso} learned. */
export class GroupLassoModel extends LinearModel {
  static readonly typeName = "GroupLassoModel";
  /** Sweeps over the groups. */
  readonly nIter: number;
  /** How far the objective may still be above its minimum. */
  readonly dualityGap: number;

  constructor(
    schema: Schema,
    coef: Float64Array,
    intercept: number,
    run: { readonly nIter: number; readonly dualityGap: number },
  ) {
    super(schema, coef, intercept);
    this.nIter = run.nIter;
    this.dualityGap = run.dualityGap;
  }

  override toState(): unknown {
    const { schema, coef, intercept, nIter, dualityGap } = this;
    return { schema, coef, intercept, nIter, dualityGap };
  }

  static fromState(state: unknown): GroupLassoModel {
    const s = state as {
      schema: Schema;
      coef: Float64Array;
      intercept: number;
      nIter: number;
      dualityGap: number;
    };
    return new GroupLassoModel(s.schema, s.coef, s.intercept, s);
  }
}
