/** Linear classifiers with one score for two classes, else one against the rest each. */
import {
  ClassifierModel,
  type FitOptions,
  type Label,
  type MatrixLike,
  readLabels,
  readRows,
  readRowsLike,
  readWeights,
  type Schema,
  schemaOf,
  show,
  step,
  throwIfAborted,
  valueError,
  warn,
} from "../contract/index.ts";
import { randomStream, rowLists } from "../math/index.ts";
import { Matrix } from "../math/matrix.ts";
import { scoresOf } from "./logits.ts";
import { checkFinite, type Method, type SharedValues, settingsOf } from "./sgd-params.ts";
import { freshState, type SgdState, sgdFit } from "./sgd-run.ts";

/** Codes as -1 and 1, one target per score: one score for two classes, else one against the rest each. */
export const targetOf = (codes: Int32Array, k: number, K: number): Float64Array =>
  Float64Array.from(codes, (c) => (c === (K === 2 ? 1 : k) ? 1 : -1));

export function fitClassifier<L extends Label>(
  p: SharedValues,
  method: Method,
  X: MatrixLike,
  y: ArrayLike<L>,
  options: FitOptions,
  where: string,
): { schema: Schema; classes: readonly L[]; states: SgdState[]; passes: number } {
  throwIfAborted(options.signal, where);
  const design = readRows(X, where);
  const { matrix } = design;
  const { classes, codes } = readLabels(y, matrix.rows, where);
  const weights = readWeights(options.sampleWeight, matrix.rows, where);
  if (classes.length < 2)
    throw valueError(where, "y", `holds one class (${show(classes[0])}), expected at least two`);
  const K = classes.length;
  const scores = K === 2 ? 1 : K;
  const settings = settingsOf(p, method);
  const lists = rowLists(matrix);
  const states: SgdState[] = [];
  let passes = 0;
  for (let k = 0; k < scores; k++) {
    const state = freshState(matrix.cols);
    const random = randomStream(p.seed).split(`class ${k}`);
    const found = sgdFit(lists, targetOf(codes, k, K), weights, state, settings, { ...p, random }, (done) =>
      step(where, options, k * p.maxIter + done, scores * p.maxIter, "passes"),
    );
    if (!found.converged) warn(where, options, `did not converge in ${p.maxIter} passes: raise maxIter`);
    passes = Math.max(passes, found.passes);
    states.push(state);
  }
  checkFinite(states, where);
  return { schema: schemaOf(design), classes, states, passes };
}

export abstract class ScoreClassifier<L extends Label> extends ClassifierModel<L> {
  protected readonly states: readonly SgdState[];
  /** Passes over the rows (the most of any class). */
  readonly nIter: number;

  constructor(schema: Schema, classes: readonly L[], states: readonly SgdState[], nIter: number) {
    super(schema, classes);
    this.states = states;
    this.nIter = nIter;
  }

  /** One row per score: one score for two classes (of the second), else one per class. */
  get coef(): Matrix {
    return Matrix.from(this.states.map((s) => s.coef));
  }
  get intercept(): Float64Array {
    return Float64Array.from(this.states, (s) => s.intercept);
  }

  /** Signed scores: n x 1 for two classes, else n x classes. */
  decisionFunction(X: MatrixLike): Matrix {
    const { matrix } = readRowsLike(this.schema, X, `${this.typeName}.decisionFunction`);
    const scores = scoresOf(matrix, this.coef.data, this.intercept);
    return new Matrix(scores, matrix.rows, this.states.length);
  }

  override predictProba(X: MatrixLike): Matrix {
    const { matrix } = readRowsLike(this.schema, X, `${this.typeName}.predictProba`);
    const scores = this.decisionFunction(matrix);
    const K = this.classes.length;
    const out = Matrix.zeros(matrix.rows, K);
    for (let i = 0; i < matrix.rows; i++) {
      const row = scores.row(i);
      const two = K === 2 ? [-row[0]!, row[0]!] : row;
      let best = 0;
      for (let k = 1; k < K; k++) if (two[k]! > two[best]!) best = k;
      let total = 0;
      for (let k = 0; k < K; k++) {
        const p = this.shareOf(two[k]!, k === best);
        out.set(i, k, p);
        total += p;
      }
      for (let k = 0; k < K; k++) out.set(i, k, total > 0 ? out.at(i, k) / total : 1 / K);
    }
    return out;
  }

  private get typeName(): string {
    return (this.constructor as unknown as { typeName: string }).typeName;
  }
  /** Share of a class before they are made to sum to 1. */
  protected abstract shareOf(score: number, isBest: boolean): number;
}
