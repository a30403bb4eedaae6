import {
  type FitOptions,
  int,
  type Label,
  type MatrixLike,
  type NamedMatrix,
  optional,
  type ParamInput,
  real,
  type Schema,
  step,
  TransformerSpec,
  warn,
} from "../contract/index.ts";
import { argumentError } from "../errors.ts";
import { cholesky, Matrix, multiply, svd } from "../math/index.ts";
import { ComponentModel, centreRows, fixRowSigns } from "./projection.ts";
import { countComponents, startUnweighted } from "./start.ts";

const params = {
  nComponents: optional(
    int({ min: 1, default: 2, doc: "Number of factors; null means the number of columns" }),
  ),
  tol: real({ min: 0, default: 1e-2, doc: "Stops when the log-likelihood rises by less" }),
  maxIter: int({ min: 1, default: 1000, doc: "Most iterations" }),
} as const;

/**
 * Factor analysis: x = W z + mean + noise with standard normal factors z and noise of its own variance in every
 * column, by maximum likelihood. Unlike PCA it does not take noise of one column for structure.
 *
 * Source: Barber, Bayesian Reasoning and Machine Learning, 21.2.1 (EM by singular values).
 *
 * @example
 * const X = [[0, 0, 1], [1, 1.1, 0], [2, 1.9, 1], [3, 3, 0]];
 * new FactorAnalysis({ nComponents: 1 }).fit(X).components.rows; // 1
 */
export class FactorAnalysis extends TransformerSpec<typeof params> {
  static readonly typeName = "FactorAnalysis";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super("FactorAnalysis", params, given);
  }

  static fromState(state: unknown): FactorAnalysis {
    return new FactorAnalysis(state as ParamInput<typeof params>);
  }

  override fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options: FitOptions = {}): FactorAnalysisModel {
    const where = "FactorAnalysis.fit";
    const { matrix, schema } = startUnweighted(X, options, where, 2);
    const { rows: n, cols: d } = matrix;
    const { nComponents, tol, maxIter } = this.params;
    const k = countComponents(where, nComponents, d, "the columns of X");
    const mean = matrix.columnMeans();
    const centred = centreRows(matrix, mean);
    const variance = new Float64Array(d);
    centred.data.forEach((v, at) => {
      variance[at % d] = variance[at % d]! + (v * v) / n;
    });
    const psi = new Float64Array(d).fill(1);
    const logLikelihood: number[] = [];
    let W = Matrix.zeros(k, d);
    let converged = false;
    for (let nIter = 1; nIter <= maxIter && !converged; nIter++) {
      const root = psi.map((v) => Math.sqrt(v) + TINY);
      const scaled = centred.map((v, at) => v / (root[at % d]! * Math.sqrt(n)));
      const { s, Vt } = svd(scaled);
      const kept = Math.min(k, s.length);
      let value = d * Math.log(2 * Math.PI) + kept;
      for (let r = 0; r < s.length; r++) {
        if (r < kept) value += Math.log(Math.max(s[r]! ** 2, Number.MIN_VALUE));
        else value += s[r]! ** 2;
      }
      for (const v of psi) value += Math.log(v);
      logLikelihood.push((-n / 2) * value);
      W = Matrix.zeros(k, d);
      for (let r = 0; r < kept; r++) {
        const size = Math.sqrt(Math.max(s[r]! ** 2 - 1, 0));
        for (let j = 0; j < d; j++) W.set(r, j, size * Vt.at(r, j) * root[j]!);
      }
      step(where, options, nIter, maxIter, "iterations");
      const last = logLikelihood.length - 1;
      converged = last > 0 && logLikelihood[last]! - logLikelihood[last - 1]! < tol;
      if (converged) break;
      for (let j = 0; j < d; j++) {
        let explained = 0;
        for (let r = 0; r < k; r++) explained += W.at(r, j) ** 2;
        psi[j] = Math.max(variance[j]! - explained, TINY);
      }
    }
    if (!converged) warn(where, options, `did not converge in ${maxIter} iterations; raise maxIter or tol`);
    fixRowSigns(W);
    return new FactorAnalysisModel({
      schema,
      mean,
      components: W,
      noiseVariance: psi,
      logLikelihood: Float64Array.from(logLikelihood),
    });
  }
}

const TINY = 1e-12;

interface FactorState {
  readonly schema: Schema;
  readonly mean: Float64Array;
  readonly components: Matrix;
  readonly noiseVariance: Float64Array;
  readonly logLikelihood: Float64Array;
}

/** What {@link FactorAnalysis} learned. */
export class FactorAnalysisModel extends ComponentModel {
  static readonly typeName = "FactorAnalysisModel";
  readonly mean: Float64Array;
  /** Loadings W, k x d. */
  readonly components: Matrix;
  /** Variance of the noise of each column. */
  readonly noiseVariance: Float64Array;
  /** Log-likelihood before each iteration; it never falls. */
  readonly logLikelihood: Float64Array;

  constructor(state: FactorState) {
    super(state.schema);
    this.mean = state.mean;
    this.components = state.components;
    this.noiseVariance = state.noiseVariance;
    this.logLikelihood = state.logLikelihood;
  }

  override get nComponents(): number {
    return this.components.rows;
  }

  /** The model's covariance W^T W + diag(noise), d x d. */
  get covariance(): Matrix {
    const out = multiply(this.components, this.components, { transA: true });
    this.noiseVariance.forEach((v, j) => {
      out.set(j, j, out.at(j, j) + v);
    });
    return out;
  }

  /** Posterior means of the factors, n x k. */
  override transform(X: MatrixLike): NamedMatrix {
    const centred = centreRows(this.rowsLike(X), this.mean);
    const weighted = this.components.map((v, at) => v / this.noiseVariance[at % this.nFeatures]!);
    const inner = multiply(weighted, this.components, { transB: true });
    for (let r = 0; r < inner.rows; r++) inner.set(r, r, inner.at(r, r) + 1);
    const symmetric = inner.map(
      (v, at) => (v + inner.data[(at % inner.cols) * inner.cols + Math.floor(at / inner.cols)]!) / 2,
    );
    const Z = multiply(centred, weighted, { transB: true });
    return this.named(cholesky(symmetric).solve(Z.transpose()).transpose());
  }

  /** Mean log-likelihood of the rows. */
  score(X: MatrixLike): number {
    const rows = this.rowsLike(X, "score");
    if (rows.rows === 0) throw argumentError("FactorAnalysis.score", "X", X, "at least one row");
    const factor = cholesky(this.covariance);
    const white = factor.solveLower(centreRows(rows, this.mean).transpose());
    const squares = white.data.reduce((s, v) => s + v * v, 0);
    return -0.5 * (squares / rows.rows + factor.logDet() + this.nFeatures * Math.log(2 * Math.PI));
  }

  override toState(): unknown {
    const { schema, mean, components, noiseVariance, logLikelihood } = this;
    return { schema, mean, components, noiseVariance, logLikelihood };
  }
  static fromState(state: unknown): FactorAnalysisModel {
    return new FactorAnalysisModel(state as FactorState);
  }
}
