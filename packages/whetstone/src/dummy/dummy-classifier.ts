import {
  argumentError,
  ClassifierModel,
  ClassifierSpec,
  custom,
  type FitOptions,
  type Label,
  type MatrixLike,
  oneOf,
  optional,
  type ParamInput,
  readDesign,
  readLabels,
  readLike,
  readWeights,
  type Schema,
  schemaOf,
  seed,
  show,
  throwIfAborted,
  valueError,
} from "../contract/index.ts";
import { Matrix } from "../math/matrix.ts";
import { randomStream } from "../math/random/index.ts";

const params = {
  strategy: oneOf(["prior", "mostFrequent", "stratified", "uniform", "constant"], {
    default: "prior",
    doc:
      "mostFrequent and prior predict the commonest class (prior gives the class shares as probabilities), " +
      "stratified draws by class share, uniform draws evenly, constant gives one label",
  }),
  constant: optional(
    custom<Label>({
      default: 0,
      doc: 'The label for strategy "constant"; it must occur in y',
      expected: "a string, number or boolean",
      accepts: (v) => typeof v === "string" || typeof v === "number" || typeof v === "boolean",
    }),
  ),
  seed: seed(),
};

const anything = { allowMissing: true, allowCategories: true };

/**
 * Predicts without looking at the features: the baseline a classifier has to beat.
 *
 * "stratified" and "uniform" draw afresh from the seed in every call of `predict`, one draw per row; all other
 * strategies give every row the same answer.
 *
 * @example
 * const model = new DummyClassifier().fit([[0], [0], [0]], ["cat", "dog", "cat"]);
 * model.predict([[1]]); // ["cat"]
 * model.predictProba([[1]]).row(0); // [2/3, 1/3]
 */
export class DummyClassifier extends ClassifierSpec<typeof params> {
  static readonly typeName = "DummyClassifier";
  static readonly params = params;

  constructor(given: ParamInput<typeof params> = {}) {
    super(DummyClassifier.typeName, params, given);
    if (this.params.strategy === "constant" && this.params.constant === null) {
      throw argumentError("DummyClassifier", "constant", null, 'a label for strategy "constant"');
    }
  }

  static fromState(state: unknown): DummyClassifier {
    return new DummyClassifier(state as ParamInput<typeof params>);
  }

  override fit<L extends Label>(
    X: MatrixLike,
    y: ArrayLike<L>,
    options: FitOptions = {},
  ): DummyClassifierModel<L> {
    const where = "DummyClassifier.fit";
    throwIfAborted(options.signal, where);
    const design = readDesign(X, where, anything);
    const { classes, codes } = readLabels(y, design.matrix.rows, where);
    const weights = readWeights(options.sampleWeight, codes.length, where);
    const prior = new Float64Array(classes.length);
    codes.forEach((code, i) => {
      prior[code] = prior[code]! + (weights ? weights[i]! : 1);
    });
    const total = prior.reduce((a, b) => a + b, 0);
    for (let k = 0; k < prior.length; k++) prior[k] = prior[k]! / total;

    const { strategy, constant } = this.params;
    let pick = prior.reduce((best, p, k) => (p > prior[best]! ? k : best), 0);
    if (strategy === "constant") {
      pick = classes.indexOf(constant as L);
      if (pick < 0)
        throw valueError(where, "y", `holds no ${show(constant)}, the label asked for by constant`);
    }
    return new DummyClassifierModel(schemaOf(design), classes, prior, pick, strategy, this.params.seed);
  }
}

type Strategy = DummyClassifier["params"]["strategy"];

/** What {@link DummyClassifier} learned. */
export class DummyClassifierModel<L extends Label = Label> extends ClassifierModel<L> {
  static readonly typeName = "DummyClassifierModel";
  /** Share of each class in training, in the order of `classes`. */
  readonly classPrior: Float64Array;
  readonly #pick: number;
  readonly #strategy: Strategy;
  readonly #seed: number;

  constructor(
    schema: Schema,
    classes: readonly L[],
    classPrior: Float64Array,
    pick: number,
    strategy: Strategy,
    seed: number,
  ) {
    super(schema, classes);
    this.classPrior = classPrior;
    this.#pick = pick;
    this.#strategy = strategy;
    this.#seed = seed;
  }

  /** As `predict` decides: one-hot rows, except the class shares for "prior" and equal shares for "uniform". */
  override predictProba(X: MatrixLike): Matrix {
    const n = this.rowsOf(X, "predictProba");
    const K = this.classes.length;
    const out = Matrix.zeros(n, K);
    if (this.#strategy === "prior") {
      for (let i = 0; i < n; i++) out.data.set(this.classPrior, i * K);
    } else if (this.#strategy === "uniform") {
      out.data.fill(1 / K);
    } else {
      this.codes(n).forEach((code, i) => {
        out.data[i * K + code] = 1;
      });
    }
    return out;
  }

  override predict(X: MatrixLike): L[] {
    return Array.from(this.codes(this.rowsOf(X, "predict")), (code) => this.classes[code]!);
  }

  private rowsOf(X: MatrixLike, method: string): number {
    return readLike(this.schema, X, `DummyClassifierModel.${method}`, anything).matrix.rows;
  }

  private codes(n: number): Int32Array {
    const out = new Int32Array(n);
    const K = this.classes.length;
    const random = randomStream(this.#seed);
    if (this.#strategy === "stratified") {
      const cumulative = Float64Array.from(this.classPrior);
      for (let k = 1; k < K; k++) cumulative[k] = cumulative[k]! + cumulative[k - 1]!;
      for (let i = 0; i < n; i++) {
        const u = random.uniform() * cumulative[K - 1]!;
        let k = 0;
        while (k < K - 1 && u >= cumulative[k]!) k++;
        out[i] = k;
      }
    } else if (this.#strategy === "uniform") {
      for (let i = 0; i < n; i++) out[i] = random.int(K);
    } else {
      out.fill(this.#pick);
    }
    return out;
  }

  override toState(): unknown {
    return {
      schema: this.schema,
      classes: this.classes,
      classPrior: this.classPrior,
      pick: this.#pick,
      strategy: this.#strategy,
      seed: this.#seed,
    };
  }

  static fromState(state: unknown): DummyClassifierModel {
    const s = state as {
      schema: Schema;
      classes: Label[];
      classPrior: Float64Array;
      pick: number;
      strategy: Strategy;
      seed: number;
    };
    return new DummyClassifierModel(s.schema, s.classes, s.classPrior, s.pick, s.strategy, s.seed);
  }
}
