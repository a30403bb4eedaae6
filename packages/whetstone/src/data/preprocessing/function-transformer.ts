import {
  type FitOptions,
  type Label,
  type MatrixLike,
  type NamedMatrix,
  oneOf,
  type ParamInput,
  type Schema,
  TransformerSpec,
} from "../../contract/index.ts";
import { show, valueError, WhetstoneError } from "../../errors.ts";
import { logit, sigmoid } from "../../math/index.ts";
import { ColumnwiseModel, startFit } from "./base.ts";

type NamedFunction =
  | "identity"
  | "log"
  | "log1p"
  | "exp"
  | "expm1"
  | "sqrt"
  | "cbrt"
  | "square"
  | "abs"
  | "reciprocal"
  | "logit"
  | "sigmoid";

/** Each function and its inverse; null where it has none. */
const FUNCTIONS: Record<NamedFunction, readonly [(v: number) => number, ((v: number) => number) | null]> = {
  identity: [(v) => v, (v) => v],
  log: [Math.log, Math.exp],
  log1p: [Math.log1p, Math.expm1],
  exp: [Math.exp, Math.log],
  expm1: [Math.expm1, Math.log1p],
  sqrt: [Math.sqrt, (v) => v * v],
  cbrt: [Math.cbrt, (v) => v ** 3],
  square: [(v) => v * v, null],
  abs: [Math.abs, null],
  reciprocal: [(v) => 1 / v, (v) => 1 / v],
  logit: [logit, sigmoid],
  sigmoid: [sigmoid, logit],
};

const PARAMS = {
  func: oneOf(
    [
      "identity",
      "log",
      "log1p",
      "exp",
      "expm1",
      "sqrt",
      "cbrt",
      "square",
      "abs",
      "reciprocal",
      "logit",
      "sigmoid",
    ],
    { default: "identity", doc: "What is applied to every number" },
  ),
} as const;

/**
 * A named function of every number. Named, because a saved model holds no code.
 *
 * @example
 * new FunctionTransformer({ func: "sqrt" }).fit([[4], [9]]).transform([[4], [9]]).col(0); // Float64Array [2, 3]
 */
export class FunctionTransformer extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "FunctionTransformer";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("FunctionTransformer", PARAMS, params);
  }

  static fromState(state: unknown): FunctionTransformer {
    return new FunctionTransformer(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): FunctionTransformerModel {
    const { schema } = startFit(X, options, "FunctionTransformer.fit");
    return new FunctionTransformerModel({ schema, func: this.params.func });
  }
}

interface FunctionState {
  readonly schema: Schema;
  readonly func: NamedFunction;
}

/**
 * The function, for tables with as many columns as in training. A value outside the function's domain is an
 * error that names its column.
 */
export class FunctionTransformerModel extends ColumnwiseModel {
  static readonly typeName = "FunctionTransformerModel";
  readonly func: NamedFunction;

  constructor(state: FunctionState) {
    super(state.schema);
    this.func = state.func;
  }

  protected forward(v: number, j: number): number {
    return this.#apply(FUNCTIONS[this.func][0], v, j, "transform");
  }

  /** Undoes `transform`; refused for square and abs. */
  inverseTransform(X: MatrixLike): NamedMatrix {
    const where = "FunctionTransformer.inverseTransform";
    const inverse = FUNCTIONS[this.func][1];
    if (inverse === null) throw new WhetstoneError("unsupported", { where }, `${this.func} has no inverse`);
    return this.map(X, "inverseTransform", (v, j) => this.#apply(inverse, v, j, "inverseTransform"));
  }

  #apply(f: (v: number) => number, v: number, j: number, method: string): number {
    const out = f(v);
    if (!Number.isFinite(out)) {
      throw valueError(
        `FunctionTransformer.${method}`,
        "X",
        `holds ${v} in column ${show(this.outputNames()[j])}, outside the domain of ${this.func}`,
      );
    }
    return out;
  }

  toState(): unknown {
    return { schema: this.schema, func: this.func };
  }
  static fromState(state: unknown): FunctionTransformerModel {
    return new FunctionTransformerModel(state as FunctionState);
  }
}
