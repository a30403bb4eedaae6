import { PlattCalibration } from "../calibration/index.ts";
import {
  ClassifierModel,
  type Label,
  type MatrixLike,
  readLike,
  type Schema,
  unsupported,
} from "../contract/index.ts";
import { Matrix } from "../math/index.ts";
import { type Expansion, evaluateExpansion } from "./kernel-expansion.ts";
import { couplePairs } from "./probability.ts";

/** Facts about the fit of one pair of classes. */
export interface PairFacts {
  /** Value of the dual that was minimised: 1/2 a'Qa - sum(a). */
  readonly objective: number;
  /** Largest violation of the optimality conditions that is left. */
  readonly violation: number;
  readonly steps: number;
  readonly converged: boolean;
}

export interface SvcState {
  readonly expansion: Expansion;
  readonly support: Int32Array;
  readonly pairs: readonly PairFacts[];
  /** Slope and intercept of each pair's sigmoid, or null. */
  readonly platt: readonly { readonly slope: number; readonly intercept: number }[] | null;
  readonly decisionFunctionShape: "ovr" | "ovo";
  readonly cacheBytes: number;
  readonly nRows: number;
}

/** What a kernel machine learned: one function per pair of classes over shared support vectors. */
export abstract class KernelClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  protected readonly state: SvcState;
  /** Numbers of the training rows that are support vectors, ascending. */
  readonly support: Int32Array;
  readonly supportVectors: Matrix;
  /** y a per pair of classes (rows) and support vector (columns). */
  readonly dualCoef: Matrix;
  /** Constant of each pair's function. */
  readonly intercept: Float64Array;
  readonly pairs: readonly PairFacts[];

  constructor(schema: Schema, classes: readonly L[], state: SvcState) {
    super(schema, classes);
    this.state = state;
    this.support = state.support;
    this.supportVectors = state.expansion.vectors;
    // Of two classes the second is the positive one outside, the first inside.
    const sign = classes.length === 2 ? -1 : 1;
    this.dualCoef = state.expansion.coef.map((v) => sign * v);
    this.intercept = state.expansion.rho.map((v) => -sign * v);
    this.pairs = state.pairs;
  }

  /** Bytes of the whole Gram matrix of the training rows: n^2 float64 numbers. */
  get gramBytes(): number {
    return 8 * this.state.nRows ** 2;
  }

  /** Bytes of kernel values that the fit kept, which cacheSize bounds. */
  get cacheBytes(): number {
    return this.state.cacheBytes;
  }

  /** Width in use: what `gamma` "scale" or "auto" came to. */
  get gamma(): number {
    return this.state.expansion.kernel.gamma;
  }

  /** Weights of the columns of a linear kernel, one row per pair of classes; refused for other kernels. */
  get coef(): Matrix {
    if (this.state.expansion.kernel.kernel !== "linear")
      throw unsupported(`${this.#name}.coef`, 'columns have weights with kernel "linear" only');
    return this.dualCoef.matmul(this.supportVectors);
  }

  override get givesProbabilities(): boolean {
    return this.state.platt !== null;
  }

  get #name(): string {
    return (this.constructor as unknown as { typeName: string }).typeName;
  }

  /**
   * Two classes: one column, positive for the second class. More: a column per class ("ovr": votes of the pairs, ties by
   * their scores) or per pair ("ovo": positive for the first of the pair).
   */
  decisionFunction(X: MatrixLike): Matrix {
    const scores = this.#pairScores(X, "decisionFunction");
    const K = this.classes.length;
    if (K === 2) return scores.map((v) => -v);
    if (this.state.decisionFunctionShape === "ovo") return scores;
    const out = Matrix.zeros(scores.rows, K);
    const { votes, sums } = this.#votes(scores);
    return out.map((_, at) => votes[at]! + sums[at]! / (3 * (Math.abs(sums[at]!) + 1)));
  }

  override predict(X: MatrixLike): L[] {
    const scores = this.#pairScores(X, "predict");
    const K = this.classes.length;
    const { votes } = this.#votes(scores);
    return Array.from({ length: scores.rows }, (_, i) => {
      let best = 0;
      for (let k = 1; k < K; k++) if (votes[i * K + k]! > votes[i * K + best]!) best = k;
      return this.classes[best]!;
    });
  }

  /** Platt probabilities, coupled over pairs; needs `probability: true` at fit. They may disagree with `predict`. */
  override predictProba(X: MatrixLike): Matrix {
    const where = `${this.#name}.predictProba`;
    const { platt } = this.state;
    if (platt === null)
      throw unsupported(where, "the model was fitted without probabilities: set probability to true");
    const scores = this.#pairScores(X, "predictProba");
    const K = this.classes.length;
    const out = Matrix.zeros(scores.rows, K);
    const maps = platt.map((m) => new PlattCalibration(m.slope, m.intercept));
    const columns = maps.map((m, q) => m.transform(scores.col(q)));
    for (let i = 0; i < scores.rows; i++) {
      const r = new Float64Array(K * K);
      for (let p = 0, q = 0; p < K; p++)
        for (let c = p + 1; c < K; c++, q++) {
          const v = Math.min(1 - 1e-7, Math.max(1e-7, columns[q]![i]!));
          r[p * K + c] = v;
          r[c * K + p] = 1 - v;
        }
      if (K === 2) out.data.set([r[1]!, 1 - r[1]!], 2 * i);
      else out.data.set(couplePairs(r, K), i * K);
    }
    return out;
  }

  #pairScores(X: MatrixLike, method: string): Matrix {
    const where = `${this.#name}.${method}`;
    const { matrix } = readLike(this.schema, X, where);
    return evaluateExpansion(this.state.expansion, matrix, where);
  }

  #votes(scores: Matrix): { votes: Float64Array; sums: Float64Array } {
    const K = this.classes.length;
    const votes = new Float64Array(scores.rows * K);
    const sums = new Float64Array(scores.rows * K);
    for (let i = 0; i < scores.rows; i++)
      for (let p = 0, q = 0; p < K; p++)
        for (let c = p + 1; c < K; c++, q++) {
          const v = scores.at(i, q);
          const winner = i * K + (v > 0 ? p : c);
          votes[winner] = votes[winner]! + 1;
          sums[i * K + p] = sums[i * K + p]! + v;
          sums[i * K + c] = sums[i * K + c]! - v;
        }
    return { votes, sums };
  }

  override toState(): unknown {
    return { schema: this.schema, classes: this.classes, state: this.state };
  }
}
