import {
  ClassifierSpec,
  type FitOptions,
  type Label,
  type MatrixLike,
  type ParamInput,
  type Schema,
} from "../contract/index.ts";
import { fitClassifier, ScoreClassifier } from "./score-classifier.ts";
import { perceptronParams, refuseInfinite } from "./sgd-params.ts";
import type { SgdState } from "./sgd-run.ts";

/**
 * The perceptron: moves the boundary by every row on its wrong side. Where a hyperplane separates the classes it finds
 * one after at most (R / margin)^2 mistakes (Novikoff 1962); elsewhere it never settles.
 *
 * @example
 * const model = new Perceptron().fit([[0, 0], [0, 1], [2, 0], [2, 1]], [false, false, true, true]);
 * model.predict([[-1, 0], [3, 0]]); // [false, true]
 */
export class Perceptron extends ClassifierSpec<typeof perceptronParams> {
  static readonly typeName = "Perceptron";
  static readonly params = perceptronParams;

  constructor(given: ParamInput<typeof perceptronParams> = {}) {
    super(Perceptron.typeName, perceptronParams, given);
    refuseInfinite("Perceptron", this.params);
  }

  static fromState(state: unknown): Perceptron {
    return new Perceptron(state as ParamInput<typeof perceptronParams>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): PerceptronModel<L> {
    const method = { loss: "perceptron", learningRate: "constant", powerT: 0, epsilon: 0 } as const;
    const f = fitClassifier(this.params, method, X, y, options, "Perceptron.fit");
    return new PerceptronModel(f.schema, f.classes, f.states, f.passes);
  }
}

/** What {@link Perceptron} learned. `predictProba` is 1 for the class with the highest score: there is nothing between. */
export class PerceptronModel<L extends Label = Label> extends ScoreClassifier<L> {
  static readonly typeName = "PerceptronModel";

  protected override shareOf(_score: number, isBest: boolean): number {
    return isBest ? 1 : 0;
  }

  override toState(): unknown {
    return { schema: this.schema, classes: this.classes, states: this.states, nIter: this.nIter };
  }

  static fromState(state: unknown): PerceptronModel {
    const s = state as { schema: Schema; classes: Label[]; states: SgdState[]; nIter: number };
    return new PerceptronModel(s.schema, s.classes, s.states, s.nIter);
  }
}
