import {
  type ClassifierModel,
  type Label,
  type MatrixLike,
  type Model,
  WhetstoneError,
} from "../contract/index.ts";
import type { Matrix } from "../math/matrix.ts";

/** A fitted model and rows to judge it on; predictions are made once and shared by all scorers. */
export class Evaluation {
  readonly model: Model;
  readonly X: MatrixLike;
  readonly y: ArrayLike<unknown>;
  readonly sampleWeight: Float64Array | null;
  #predictions: ArrayLike<unknown> | null = null;
  #probabilities: Matrix | null = null;
  #seconds = 0;

  constructor(model: Model, X: MatrixLike, y: ArrayLike<unknown>, sampleWeight: Float64Array | null) {
    this.model = model;
    this.X = X;
    this.y = y;
    this.sampleWeight = sampleWeight;
  }

  /** What `predict` gives: labels or numbers. */
  get predictions(): ArrayLike<unknown> {
    this.#predictions ??= this.#timed(() => {
      const { predict } = this.model as unknown as { predict?: (X: MatrixLike) => ArrayLike<unknown> };
      if (typeof predict !== "function") throw lacks(this.model, "predict");
      return predict.call(this.model, this.X);
    });
    return this.#predictions;
  }

  /** What `predictProba` gives: one column per entry of `classes`. */
  get probabilities(): Matrix {
    this.#probabilities ??= this.#timed(() => this.#classifier("predictProba").predictProba(this.X));
    return this.#probabilities;
  }

  /** Labels in the order of the columns of `probabilities`. */
  get classes(): readonly Label[] {
    return this.#classifier("classes").classes;
  }

  /** A pipeline is a classifier when its last step is one, so what counts is what the model has. */
  #classifier(what: "predictProba" | "classes"): ClassifierModel {
    const model = this.model as Partial<ClassifierModel>;
    if (typeof model.predictProba !== "function" || !model.classes) throw lacks(this.model, what);
    return this.model as ClassifierModel;
  }

  /** Time spent predicting so far. */
  get seconds(): number {
    return this.#seconds;
  }

  #timed<R>(work: () => R): R {
    const started = performance.now();
    const result = work();
    this.#seconds += (performance.now() - started) / 1000;
    return result;
  }
}

function lacks(model: Model, what: string): WhetstoneError {
  const name = (model.constructor as { typeName?: string }).typeName ?? "this model";
  return new WhetstoneError(
    "unsupported",
    { where: "score" },
    `${name} has no ${what}, which the metric needs`,
  );
}
