import {
  ClassifierModel,
  ClassifierSpec,
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type ParamInput,
  readDesign,
  readLabels,
  readLike,
  refuseWeights,
  type Schema,
  schemaOf,
  show,
  step,
  throwIfAborted,
  valueError,
} from "../contract/index.ts";
import { argumentError, numericalError } from "../errors.ts";
import { Cholesky, Matrix } from "../math/index.ts";
import { covariance, selfCovariance } from "./covariance.ts";
import { fitKernel, kernelParams, startKernel } from "./fit-kernel.ts";
import { type GpKernel, thetaOf, withTheta } from "./kernels.ts";
import { averagedSigmoid, findMode, laplaceEvidence } from "./laplace.ts";

const params = {
  ...kernelParams,
  maxIterPredict: int({ min: 1, default: 100, doc: "Most Newton steps to the mode of the latent values" }),
} as const;

/**
 * Gaussian process classification: a latent function with a Gaussian process prior goes through a sigmoid. Its posterior
 * is approximated by a normal distribution at its mode (Laplace), and probabilities average the sigmoid over it: far from
 * all rows they go back to even odds. Three classes or more: one against the rest each, shares scaled to sum 1. Work grows
 * as n^3 per evaluation of the evidence.
 *
 * Source: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), algorithms 3.1, 3.2 and 5.1.
 *
 * @example
 * const X = [[0], [1], [2], [7], [8], [9]];
 * const model = new GaussianProcessClassifier({ kernel: rbf(2) }).fit(X, ["a", "a", "a", "b", "b", "b"]);
 * model.predict([[1.5], [7.5]]); // ["a", "b"]
 */
export class GaussianProcessClassifier extends ClassifierSpec<typeof params> {
  static readonly typeName = "GaussianProcessClassifier";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(GaussianProcessClassifier.typeName, params, given);
  }

  static fromState(state: unknown): GaussianProcessClassifier {
    return new GaussianProcessClassifier(state as ParamInput<typeof params>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): GaussianProcessClassifierModel<L> {
    const where = "GaussianProcessClassifier.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where);
    const { matrix } = design;
    const { classes, codes } = readLabels(y, matrix.rows, where);
    refuseWeights(options, where, "the evidence counts each row once: repeat rows instead");
    if (classes.length < 2)
      throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
    const first = startKernel(this.params.kernel, matrix.cols, where);
    const { maxIterPredict } = this.params;
    const tasks = classes.length === 2 ? 1 : classes.length;
    const latents = Array.from({ length: tasks }, (_, t) => {
      const code = tasks === 1 ? 1 : t;
      const positive = Uint8Array.from(codes, (c) => (c === code ? 1 : 0));
      const kernel = fitKernel(
        first,
        (candidate) => laplaceEvidence(candidate, matrix, positive, maxIterPredict),
        this.params,
        options,
        (run, runs) => step(where, options, t * runs + run, tasks * runs, "starts"),
      );
      return latentOf(kernel, matrix, positive, maxIterPredict, where);
    });
    return new GaussianProcessClassifierModel(
      schemaOf(design),
      classes,
      matrix.clone(),
      latents,
      maxIterPredict,
    );
  }
}

/** The latent function of one class against the others. */
interface Latent {
  readonly kernel: GpKernel;
  readonly positive: Uint8Array;
  readonly evidence: number;
  readonly pull: Float64Array;
  readonly root: Float64Array;
  readonly L: Matrix;
}

function latentOf(kernel: GpKernel, X: Matrix, positive: Uint8Array, maxIter: number, where: string): Latent {
  const mode = findMode(covariance(kernel, X, null), positive, maxIter);
  if (mode === null)
    throw numericalError(where, "the covariance of the rows could not be factored: add a whiteKernel");
  const { value, pull, root, factor } = mode;
  return { kernel, positive, evidence: value, pull, root, L: factor.L };
}

/** What {@link GaussianProcessClassifier} learned; it keeps the training rows. */
export class GaussianProcessClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "GaussianProcessClassifierModel";
  readonly #X: Matrix;
  readonly #latents: readonly Latent[];
  readonly #maxIter: number;

  constructor(schema: Schema, classes: readonly L[], X: Matrix, latents: readonly Latent[], maxIter: number) {
    super(schema, classes);
    this.#X = X;
    this.#latents = latents;
    this.#maxIter = maxIter;
  }

  /** The kernel with its fitted hyperparameters: of the second class where there are two, else one per class. */
  get kernels(): readonly GpKernel[] {
    return this.#latents.map(({ kernel }) => kernel);
  }

  /**
   * Log density of the training labels under the approximation, with its gradient in theta.
   *
   * @param task whose latent function: 0 where there are two classes, else the number of the class
   * @param theta logarithms of the free hyperparameters; those of the fit by default
   */
  logMarginalLikelihood(task = 0, theta?: ArrayLike<number>): { value: number; gradient: Float64Array } {
    const where = "GaussianProcessClassifierModel.logMarginalLikelihood";
    const latent = this.#latents[task];
    if (latent === undefined)
      throw argumentError(where, "task", task, `an integer from 0 to ${this.#latents.length - 1}`);
    const at = theta ?? thetaOf(latent.kernel);
    const count = thetaOf(latent.kernel).length;
    if (at === null || typeof at !== "object" || at.length !== count)
      throw argumentError(where, "theta", at, `${count} numbers`);
    const kernel = withTheta(latent.kernel, Array.from(at));
    const found = laplaceEvidence(kernel, this.#X, latent.positive, this.#maxIter);
    if (!found) throw numericalError(where, "the covariance could not be factored at theta");
    return { value: found.value, gradient: Float64Array.from(found.gradient) };
  }

  /** Mean and variance of the latent values at the rows of X, rows x tasks: a column where there are two classes. */
  latent(X: MatrixLike): { mean: Matrix; variance: Matrix } {
    const { matrix } = readLike(this.schema, X, "GaussianProcessClassifierModel.latent");
    const m = matrix.rows;
    const tasks = this.#latents.length;
    const mean = Matrix.zeros(m, tasks);
    const variance = Matrix.zeros(m, tasks);
    this.#latents.forEach(({ kernel, pull, root, L }, t) => {
      const K = covariance(kernel, matrix, this.#X); // m x n
      K.matVec(pull).forEach((v, i) => void mean.set(i, t, v));
      const scaled = K.map((v, at) => v * root[at % root.length]!).transpose();
      const V = new Cholesky(L).solveLower(scaled); // n x m
      const spread = selfCovariance(kernel, matrix);
      for (let at = 0; at < V.data.length; at++) spread[at % m] = spread[at % m]! - V.data[at]! ** 2;
      spread.forEach((v, i) => void variance.set(i, t, Math.max(0, v)));
    });
    return { mean, variance };
  }

  override predictProba(X: MatrixLike): Matrix {
    const { mean, variance } = this.latent(X);
    const { rows: m, cols: tasks } = mean;
    const out = Matrix.zeros(m, this.classes.length);
    for (let i = 0; i < m; i++) {
      if (tasks === 1) {
        const p = averagedSigmoid(mean.at(i, 0), variance.at(i, 0));
        out.set(i, 0, 1 - p);
        out.set(i, 1, p);
        continue;
      }
      let total = 0;
      for (let t = 0; t < tasks; t++) {
        const p = averagedSigmoid(mean.at(i, t), variance.at(i, t));
        out.set(i, t, p);
        total += p;
      }
      for (let t = 0; t < tasks; t++) out.set(i, t, total > 0 ? out.at(i, t) / total : 1 / tasks);
    }
    return out;
  }

  override toState(): unknown {
    const { schema, classes } = this;
    return { schema, classes, X: this.#X, latents: this.#latents, maxIter: this.#maxIter };
  }

  static fromState(state: unknown): GaussianProcessClassifierModel {
    const s = state as {
      schema: Schema;
      classes: Label[];
      X: Matrix;
      latents: Latent[];
      maxIter: number;
    };
    return new GaussianProcessClassifierModel(s.schema, s.classes, s.X, s.latents, s.maxIter);
  }
}
