import {
  DetectorModel,
  DetectorSpec,
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  RegressorModel,
  RegressorSpec,
  readDesign,
  readLike,
  readTarget,
  readWeights,
  real,
  type Schema,
  schemaOf,
  step,
  throwIfAborted,
  warn,
} from "../contract/index.ts";
import type { Matrix } from "../math/index.ts";
import { kernelFor, kernelParams } from "./kernel.ts";
import { type Expansion, evaluateExpansion, expand } from "./kernel-expansion.ts";
import { type DualSolution, solveDual, threshold } from "./smo.ts";
import { solverParams } from "./svc.ts";

const svrParams = {
  C: real({
    min: 0,
    exclusiveMin: true,
    max: Number.MAX_VALUE,
    default: 1,
    doc: "Price of errors beyond epsilon: 1/2 |w|^2 + C sum(max(0, |y - f| - epsilon))",
    search: { low: 1e-3, high: 1e3, scale: "log" },
  }),
  epsilon: real({
    min: 0,
    max: Number.MAX_VALUE,
    default: 0.1,
    doc: "Errors up to this size are free, in units of y",
    search: { low: 0.001, high: 1, scale: "log" },
  }),
  ...kernelParams,
  ...solverParams,
};

interface State {
  readonly expansion: Expansion;
  readonly support: Int32Array;
  readonly objective: number;
  readonly violation: number;
  readonly converged: boolean;
}

const stateOf = (expansion: Expansion, support: Int32Array, s: DualSolution): State => ({
  expansion,
  support,
  objective: s.objective,
  violation: s.violation,
  converged: s.converged,
});

/**
 * Support vector regression: the flattest function within a tube of half-width `epsilon`, errors beyond it priced by C.
 * Only rows on or outside the tube are support vectors.
 *
 * Source: Smola and Schölkopf (2004), Statistics and Computing 14.
 *
 * @example
 * const model = new SVR({ kernel: "linear", C: 100, epsilon: 0.5 }).fit([[0], [1], [2]], [0, 1, 2]);
 * Math.abs(model.predict([[0]])[0] - 0) < 0.51; // true
 */
export class SVR extends RegressorSpec<typeof svrParams> {
  static readonly typeName = "SVR";
  static readonly params = svrParams;

  constructor(given: ParamInput<typeof svrParams> = {}) {
    super(SVR.typeName, svrParams, given);
  }

  static fromState(state: unknown): SVR {
    return new SVR(state as ParamInput<typeof svrParams>);
  }

  override fit(X: MatrixLike, y: ArrayLike<number>, options: FitOptions = {}): SVRModel {
    const where = "SVR.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const target = readTarget(y, matrix.rows, where);
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const { C, epsilon, tol, maxIter, shrinking, cacheSize } = this.params;
    const kept = Int32Array.from(target.keys()).filter((i) => weights === null || weights[i]! > 0);
    const n = kept.length;
    const kernel = kernelFor(this.params, matrix.data, matrix.cols);
    // Two variables per row: how far f pulls it up and down.
    const twice = <T>(make: (row: number, sign: 1 | -1) => T) =>
      Array.from({ length: 2 * n }, (_, i) => make(kept[i % n]!, i < n ? 1 : -1));
    const problem = {
      X: matrix.data,
      d: matrix.cols,
      kernel,
      rows: Int32Array.from(twice((row) => row)),
      y: Float64Array.from(twice((_, sign) => sign)),
      p: Float64Array.from(twice((row, sign) => epsilon - sign * target[row]!)),
      c: Float64Array.from(twice((row) => C * (weights === null ? 1 : weights[row]!))),
      start: new Float64Array(2 * n),
      byClass: false,
      tol,
      maxIter,
      shrinking,
      cacheSize,
      where,
      onSteps: (steps: number) => step(where, options, steps, Number.MAX_SAFE_INTEGER, "steps"),
    };
    const solution = solveDual(problem);
    if (!solution.converged)
      warn(where, options, `did not converge in ${solution.steps} steps: raise maxIter or tol`);
    const coef = Float64Array.from({ length: n }, (_, i) => solution.alpha[i]! - solution.alpha[n + i]!);
    const rho = threshold(problem, solution.alpha, solution.gradient, 0);
    const { expansion, support } = expand(kernel, matrix, [{ rows: kept, coef, rho }]);
    return new SVRModel(schemaOf(design), stateOf(expansion, support, solution));
  }
}

/** What {@link SVR} learned. */
export class SVRModel extends RegressorModel {
  static readonly typeName = "SVRModel";
  readonly #state: State;
  /** Numbers of the training rows that are support vectors, ascending. */
  readonly support: Int32Array;
  readonly supportVectors: Matrix;
  /** One per support vector. */
  readonly dualCoef: Float64Array;
  readonly intercept: number;
  /** Value of the dual that was minimised. */
  readonly objective: number;
  /** Largest violation of the optimality conditions that is left. */
  readonly violation: number;

  constructor(schema: Schema, state: State) {
    super(schema);
    this.#state = state;
    this.support = state.support;
    this.supportVectors = state.expansion.vectors;
    this.dualCoef = state.expansion.coef.data;
    this.intercept = -state.expansion.rho[0]!;
    this.objective = state.objective;
    this.violation = state.violation;
  }

  override predict(X: MatrixLike): Float64Array {
    const { matrix } = readLike(this.schema, X, "SVRModel.predict");
    return evaluateExpansion(this.#state.expansion, matrix, "SVRModel.predict").data;
  }

  override toState(): unknown {
    return { schema: this.schema, state: this.#state };
  }

  static fromState(state: unknown): SVRModel {
    const s = state as { schema: Schema; state: State };
    return new SVRModel(s.schema, s.state);
  }
}

const oneClassParams = {
  nu: real({
    min: 0,
    exclusiveMin: true,
    max: 1,
    default: 0.5,
    doc: "At most this share of training rows lie outside, at least this share are support vectors",
    search: { low: 0.01, high: 0.5, scale: "log" },
  }),
  ...kernelParams,
  ...solverParams,
};

/**
 * One-class support vector machine: the region that holds all but a share `nu` of the rows, by the widest margin from the
 * origin in the space of the kernel.
 *
 * Source: Schölkopf et al. (2001), Neural Computation 13.
 *
 * @example
 * const X = [[0], [0.1], [0.2], [0.3], [0.4]];
 * new OneClassSVM({ nu: 0.2, gamma: 10 }).fit(X).predict([[0.2], [9]]); // [1, -1]
 */
export class OneClassSVM extends DetectorSpec<typeof oneClassParams> {
  static readonly typeName = "OneClassSVM";
  static readonly params = oneClassParams;

  constructor(given: ParamInput<typeof oneClassParams> = {}) {
    super(OneClassSVM.typeName, oneClassParams, given);
  }

  static fromState(state: unknown): OneClassSVM {
    return new OneClassSVM(state as ParamInput<typeof oneClassParams>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): OneClassSVMModel {
    const where = "OneClassSVM.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const weights = readWeights(options.sampleWeight, matrix.rows, where);
    const { nu, tol, maxIter, shrinking, cacheSize } = this.params;
    const rows = Int32Array.from({ length: matrix.rows }, (_, i) => i).filter(
      (i) => weights === null || weights[i]! > 0,
    );
    const c = Float64Array.from(rows, (i) => (weights === null ? 1 : weights[i]!));
    let left = nu * c.reduce((a, b) => a + b, 0);
    const start = c.map((w) => {
      const v = Math.min(w, left);
      left -= v;
      return v;
    });
    const kernel = kernelFor(this.params, matrix.data, matrix.cols);
    const problem = {
      X: matrix.data,
      d: matrix.cols,
      kernel,
      rows,
      y: new Float64Array(rows.length).fill(1),
      p: new Float64Array(rows.length),
      c,
      start,
      byClass: false,
      tol,
      maxIter,
      shrinking,
      cacheSize,
      where,
      onSteps: (steps: number) => step(where, options, steps, Number.MAX_SAFE_INTEGER, "steps"),
    };
    const solution = solveDual(problem);
    if (!solution.converged)
      warn(where, options, `did not converge in ${solution.steps} steps: raise maxIter or tol`);
    const rho = threshold(problem, solution.alpha, solution.gradient, 0);
    const { expansion, support } = expand(kernel, matrix, [{ rows, coef: solution.alpha, rho }]);
    return new OneClassSVMModel(schemaOf(design), stateOf(expansion, support, solution));
  }
}

/** What {@link OneClassSVM} learned. */
export class OneClassSVMModel extends DetectorModel {
  static readonly typeName = "OneClassSVMModel";
  readonly #state: State;
  /** Numbers of the training rows that are support vectors, ascending. */
  readonly support: Int32Array;
  /** One per support vector. */
  readonly dualCoef: Float64Array;
  readonly intercept: number;
  readonly objective: number;
  readonly violation: number;

  constructor(schema: Schema, state: State) {
    super(schema);
    this.#state = state;
    this.support = state.support;
    this.dualCoef = state.expansion.coef.data;
    this.intercept = -state.expansion.rho[0]!;
    this.objective = state.objective;
    this.violation = state.violation;
  }

  override decisionFunction(X: MatrixLike): Float64Array {
    const where = "OneClassSVMModel.decisionFunction";
    const { matrix } = readLike(this.schema, X, where);
    return evaluateExpansion(this.#state.expansion, matrix, where).data;
  }

  override toState(): unknown {
    return { schema: this.schema, state: this.#state };
  }

  static fromState(state: unknown): OneClassSVMModel {
    const s = state as { schema: Schema; state: State };
    return new OneClassSVMModel(s.schema, s.state);
  }
}
