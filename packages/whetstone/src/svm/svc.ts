import {
  bool,
  ClassifierSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  type ParamValues,
  readDesign,
  readLabels,
  readWeights,
  real,
  type Schema,
  schemaOf,
  seed,
  show,
  step,
  throwIfAborted,
  valueError,
  warn,
} from "../contract/index.ts";
import { randomStream } from "../math/index.ts";
import { classWeightParam, rowWeights } from "./class-weight.ts";
import { kernelFor, kernelParams } from "./kernel.ts";
import { evaluateExpansion, expand } from "./kernel-expansion.ts";
import { type Machine, type Setting, solveC, solveNu } from "./pair.ts";
import { plattByFolds } from "./probability.ts";
import { KernelClassifierModel, type SvcState } from "./svc-model.ts";

export const solverParams = {
  shrinking: bool({
    default: true,
    doc: "Whether variables that stay at a bound are left out for a while: quicker, and the same to within tol",
  }),
  tol: real({
    min: 0,
    exclusiveMin: true,
    default: 1e-3,
    doc: "Largest violation of the optimality conditions at which to stop",
  }),
  cacheSize: real({
    min: 0,
    exclusiveMin: true,
    default: 200,
    doc: "Megabytes for kernel values. Rows of the Gram matrix that do not fit are computed again: that changes speed only. A kernel function needs its whole Gram matrix and is refused beyond it",
  }),
  maxIter: optional(
    int({
      min: 1,
      default: 100_000,
      doc: "Most steps; stopping there gives a warning. null for a million, or 100 per row where that is more",
    }),
  ),
};

const common = {
  ...kernelParams,
  ...solverParams,
  probability: bool({
    default: false,
    doc: "Whether to fit sigmoids for predictProba, on scores of five held-out folds: five more fits",
  }),
  classWeight: classWeightParam,
  decisionFunctionShape: oneOf(["ovr", "ovo"], {
    default: "ovr",
    doc: "Columns of decisionFunction with three classes or more: one per class, or one per pair",
  }),
  seed: seed(),
};

const svcParams = {
  C: real({
    min: 0,
    exclusiveMin: true,
    default: 1,
    doc: "Price of margin errors: 1/2 |w|^2 + C sum(hinge). Infinity allows none (hard margin) and refuses classes that no hyperplane separates",
    search: { low: 1e-3, high: 1e3, scale: "log" },
  }),
  ...common,
};
const nuParams = {
  nu: real({
    min: 0,
    exclusiveMin: true,
    max: 1,
    default: 0.5,
    doc: "At most this share of rows are margin errors, at least this share are support vectors",
    search: { low: 0.05, high: 0.8 },
  }),
  ...common,
};

type Common = ParamValues<typeof common>;

/** Fits one machine per pair of classes; `machine` says how. */
function fitPairs<L extends Label>(
  where: string,
  params: Common,
  X: MatrixLike,
  y: ArrayLike<L>,
  options: FitOptions,
  machine: (setting: Setting, rows: Int32Array, y: Float64Array, weights: Float64Array) => Machine,
): { schema: Schema; classes: readonly L[]; state: SvcState } {
  throwIfAborted(options.signal, where);
  const design = readDesign(X, where);
  const { matrix } = design;
  const { classes, codes } = readLabels(y, matrix.rows, where);
  const K = classes.length;
  if (K < 2) throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
  const given = readWeights(options.sampleWeight, matrix.rows, where);
  const weights = rowWeights(params.classWeight, classes, codes, given, where);
  const kernel = kernelFor(params, matrix.data, matrix.cols);
  const { tol, maxIter, shrinking, cacheSize } = params;
  const total = (K * (K - 1)) / 2;
  const random = randomStream(params.seed);
  const machines: Machine[] = [];
  const platt: { slope: number; intercept: number }[] = [];
  for (let a = 0; a < K; a++) {
    for (let b = a + 1; b < K; b++) {
      const setting: Setting = {
        X: matrix.data,
        d: matrix.cols,
        kernel,
        tol,
        maxIter,
        shrinking,
        cacheSize,
        where,
        onSteps: () => step(where, options, machines.length, total, "pairs of classes"),
      };
      const rows = Int32Array.from(codes.keys()).filter(
        (i) => (codes[i] === a || codes[i] === b) && weights[i]! > 0,
      );
      const sides = Float64Array.from(rows, (i) => (codes[i] === a ? 1 : -1));
      const own = Float64Array.from(rows, (i) => weights[i]!);
      for (const [side, k] of [
        [1, a],
        [-1, b],
      ] as const)
        if (!sides.includes(side))
          throw valueError(
            where,
            "sampleWeight",
            `leaves no row of class ${show(classes[k])} with a weight > 0`,
          );
      machines.push(machine(setting, rows, sides, own));
      if (params.probability) {
        const stream = random.split(`pair ${a} ${b}`);
        const map = plattByFolds(sides, own, stream, (train, test) => {
          const pick = (list: Float64Array) => Float64Array.from(train, (i) => list[i]!);
          const found = machine(
            setting,
            Int32Array.from(train, (i) => rows[i]!),
            pick(sides),
            pick(own),
          );
          const { expansion } = expand(kernel, matrix, [found]);
          return evaluateExpansion(expansion, matrix.selectRows(test.map((i) => rows[i]!)), where).data;
        });
        platt.push({ slope: map.slope, intercept: map.intercept });
      }
    }
  }
  step(where, options, total, total, "pairs of classes");
  const slow = machines.filter((m) => !m.solution.converged).length;
  if (slow > 0)
    warn(where, options, `${slow} of ${total} pairs of classes did not converge: raise maxIter or tol`);
  const { expansion, support } = expand(kernel, matrix, machines);
  const state: SvcState = {
    expansion,
    support,
    pairs: machines.map(({ solution }) => ({
      objective: solution.objective,
      violation: solution.violation,
      steps: solution.steps,
      converged: solution.converged,
    })),
    platt: params.probability ? platt : null,
    decisionFunctionShape: params.decisionFunctionShape,
    cacheBytes: Math.max(...machines.map((m) => m.solution.cacheBytes)),
    nRows: matrix.rows,
  };
  return { schema: schemaOf(design), classes, state };
}

/**
 * Support vector classification: the widest margin in the space of a kernel, errors priced by C. Three classes or more
 * are decided by votes of all pairs.
 *
 * Minimises 1/2 |w|^2 + C sum(w_i max(0, 1 - y_i f(x_i))) by its dual: 0 <= a_i <= C, and only rows with a_i > 0, the
 * support vectors, matter. Time grows between n^2 and n^3; the whole Gram matrix has 8 n^2 bytes, of which cacheSize are
 * kept. Scale the columns first. Row order and memory do not change the result beyond tol.
 *
 * Sources: Cortes and Vapnik (1995); Fan, Chen and Lin (2005), JMLR 6; Platt (1999).
 *
 * @example
 * const model = new SVC({ kernel: "linear", C: Infinity }).fit([[0], [1], [3], [4]], [0, 0, 1, 1]);
 * model.support.length; // 2
 * model.coef.at(0, 0); // 1, so the margin is 2 / |w| = 2
 */
export class SVC extends ClassifierSpec<typeof svcParams> {
  static readonly typeName = "SVC";
  static readonly params = svcParams;

  constructor(given: ParamInput<typeof svcParams> = {}) {
    super(SVC.typeName, svcParams, given);
  }

  static fromState(state: unknown): SVC {
    return new SVC(state as ParamInput<typeof svcParams>);
  }

  override fit<L extends Label>(X: MatrixLike, y: ArrayLike<L>, options: FitOptions = {}): SVCModel<L> {
    const { C } = this.params;
    const { schema, classes, state } = fitPairs(
      "SVC.fit",
      this.params,
      X,
      y,
      options,
      (setting, rows, sides, weights) =>
        solveC(
          setting,
          rows,
          sides,
          weights.map((w) => C * w),
        ),
    );
    return new SVCModel(schema, classes, state);
  }
}

/** What {@link SVC} learned. */
export class SVCModel<L extends Label = Label> extends KernelClassifierModel<L> {
  static readonly typeName = "SVCModel";
  static fromState(state: unknown): SVCModel {
    const s = state as { schema: Schema; classes: Label[]; state: SvcState };
    return new SVCModel(s.schema, s.classes, s.state);
  }
}

/**
 * Support vector classification with `nu` in the place of C: nu bounds the share of margin errors from above and that of
 * support vectors from below. The same family of solutions, differently named.
 *
 * Source: Schölkopf et al. (2000), Neural Computation 12.
 *
 * @example
 * const model = new NuSVC({ nu: 0.5, kernel: "linear" }).fit([[0], [1], [3], [4]], ["a", "a", "b", "b"]);
 * model.predict([[0.5], [3.5]]); // ["a", "b"]
 */
export class NuSVC extends ClassifierSpec<typeof nuParams> {
  static readonly typeName = "NuSVC";
  static readonly params = nuParams;

  constructor(given: ParamInput<typeof nuParams> = {}) {
    super(NuSVC.typeName, nuParams, given);
  }

  static fromState(state: unknown): NuSVC {
    return new NuSVC(state as ParamInput<typeof nuParams>);
  }

  override fit<L extends Label>(X: MatrixLike, y: ArrayLike<L>, options: FitOptions = {}): NuSVCModel<L> {
    const { nu } = this.params;
    const { schema, classes, state } = fitPairs(
      "NuSVC.fit",
      this.params,
      X,
      y,
      options,
      (setting, rows, sides, weights) => solveNu(setting, rows, sides, weights, nu),
    );
    return new NuSVCModel(schema, classes, state);
  }
}

/** What {@link NuSVC} learned. */
export class NuSVCModel<L extends Label = Label> extends KernelClassifierModel<L> {
  static readonly typeName = "NuSVCModel";
  static fromState(state: unknown): NuSVCModel {
    const s = state as { schema: Schema; classes: Label[]; state: SvcState };
    return new NuSVCModel(s.schema, s.classes, s.state);
  }
}
