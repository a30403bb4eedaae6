import {
  bool,
  type FitOptions,
  type Label,
  type MatrixLike,
  type NamedMatrix,
  oneOf,
  type ParamInput,
  type Schema,
  TransformerSpec,
} from "../../contract/index.ts";
import { show, valueError } from "../../errors.ts";
import { brentMinimize } from "../../math/index.ts";
import { columnMoments, InvertibleModel, isConstant, startFit } from "./base.ts";

const PARAMS = {
  method: oneOf(["yeo-johnson", "box-cox"], {
    default: "yeo-johnson",
    doc: "Family of powers; Box-Cox needs positive values",
  }),
  standardize: bool({ default: true, doc: "Give the result mean 0 and variance 1" }),
} as const;

/**
 * A power of every column, chosen by maximum likelihood to make it as normal as possible. Missing values are
 * skipped; a constant column keeps the power 1.
 *
 * Source: Box and Cox (1964), An analysis of transformations; Yeo and Johnson (2000), Biometrika 87.
 *
 * @example
 * const X = [[1], [2], [4], [8], [16]];
 * const model = new PowerTransformer({ method: "box-cox", standardize: false }).fit(X);
 * Math.abs(model.lambdas[0]) < 1e-6; // true: powers of two are even in the logarithm
 */
export class PowerTransformer extends TransformerSpec<typeof PARAMS> {
  static readonly typeName = "PowerTransformer";
  static readonly params = PARAMS;

  constructor(params: ParamInput<typeof PARAMS> = {}) {
    super("PowerTransformer", PARAMS, params);
  }

  static fromState(state: unknown): PowerTransformer {
    return new PowerTransformer(state as ParamInput<typeof PARAMS>);
  }

  fit(X: MatrixLike, _y?: ArrayLike<Label> | null, options?: FitOptions): PowerTransformerModel {
    const where = "PowerTransformer.fit";
    const { method, standardize } = this.params;
    const { design, schema, weights } = startFit(X, options, where);
    const { cols } = design.matrix;
    const lambdas = new Float64Array(cols).fill(1);
    const center = new Float64Array(cols);
    const scale = new Float64Array(cols).fill(1);
    const power = method === "box-cox" ? boxCox : yeoJohnson;
    for (let j = 0; j < cols; j++) {
      const column = design.matrix.col(j);
      if (method === "box-cox") requirePositive(column, j, design.names, where);
      const { mean, variance, total } = columnMoments(column, weights);
      if (total > 0 && !isConstant(mean, variance, total))
        lambdas[j] = bestPower(column, weights, power, method);
      if (!standardize || total === 0) continue;
      const moved = columnMoments(
        column.map((v) => power(v, lambdas[j]!)),
        weights,
      );
      center[j] = moved.mean;
      scale[j] = isConstant(moved.mean, moved.variance, moved.total) ? 1 : Math.sqrt(moved.variance);
    }
    return new PowerTransformerModel({ schema, method, lambdas, center, scale });
  }
}

function requirePositive(
  column: Float64Array,
  j: number,
  names: readonly string[] | null,
  where: string,
): void {
  const i = column.findIndex((v) => v <= 0);
  if (i >= 0)
    throw valueError(
      where,
      "X",
      `holds ${column[i]} at row ${i}, column ${names ? show(names[j]) : j}, expected positive numbers for Box-Cox`,
    );
}

/** Minus the profile log-likelihood of a power is minimised by Brent's method, on a wider interval while the minimum is at an end. */
function bestPower(
  column: Float64Array,
  weights: Float64Array | null,
  power: (v: number, lambda: number) => number,
  method: "yeo-johnson" | "box-cox",
): number {
  let total = 0;
  let logs = 0;
  for (let i = 0; i < column.length; i++) {
    const v = column[i]!;
    if (Number.isNaN(v)) continue;
    const w = weights ? weights[i]! : 1;
    total += w;
    logs += w * (method === "box-cox" ? Math.log(v) : Math.sign(v) * Math.log1p(Math.abs(v)));
  }
  const cost = (lambda: number) => {
    const { variance } = columnMoments(
      column.map((v) => power(v, lambda)),
      weights,
    );
    // Too far from 1 everything rounds to one value, or overflows.
    if (!(variance > 2.3e-308) || variance === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
    return (total / 2) * Math.log(variance) - (lambda - 1) * logs;
  };
  for (let half = 3; ; half *= 4) {
    const { x } = brentMinimize(cost, [-half, half], { tolerance: 1e-9 });
    if (Math.abs(x) < half * 0.98 || half > 100) return x;
  }
}

function boxCox(v: number, lambda: number): number {
  return lambda === 0 ? Math.log(v) : Math.expm1(lambda * Math.log(v)) / lambda;
}

function yeoJohnson(v: number, lambda: number): number {
  if (v >= 0) return lambda === 0 ? Math.log1p(v) : Math.expm1(lambda * Math.log1p(v)) / lambda;
  const mirrored = 2 - lambda;
  return mirrored === 0 ? -Math.log1p(-v) : -Math.expm1(mirrored * Math.log1p(-v)) / mirrored;
}

interface PowerState {
  readonly schema: Schema;
  readonly method: "yeo-johnson" | "box-cox";
  readonly lambdas: Float64Array;
  readonly center: Float64Array;
  readonly scale: Float64Array;
}

/** The power of each column, and the mean and deviation by which it is standardised afterwards. */
export class PowerTransformerModel extends InvertibleModel {
  static readonly typeName = "PowerTransformerModel";
  readonly method: PowerState["method"];
  /** The power of each column. */
  readonly lambdas: Float64Array;
  /** Subtracted after the power: the training mean, or 0 without `standardize`. */
  readonly center: Float64Array;
  /** Divided by after that: the training deviation, or 1 without `standardize`. */
  readonly scale: Float64Array;

  constructor(state: PowerState) {
    super(state.schema);
    this.method = state.method;
    this.lambdas = state.lambdas;
    this.center = state.center;
    this.scale = state.scale;
  }

  override transform(X: Parameters<InvertibleModel["transform"]>[0]): NamedMatrix {
    return this.map(X, "transform", (v, j) => {
      if (this.method === "box-cox" && v <= 0) {
        throw valueError(
          "PowerTransformer.transform",
          "X",
          `holds ${v} in column ${show(this.outputNames()[j])}, expected positive numbers for Box-Cox`,
        );
      }
      return this.forward(v, j);
    });
  }

  protected forward(v: number, j: number): number {
    const power = this.method === "box-cox" ? boxCox : yeoJohnson;
    return (power(v, this.lambdas[j]!) - this.center[j]!) / this.scale[j]!;
  }

  protected backward(z: number, j: number): number {
    const lambda = this.lambdas[j]!;
    const v = z * this.scale[j]! + this.center[j]!;
    if (this.method === "box-cox")
      return lambda === 0 ? Math.exp(v) : Math.exp(Math.log1p(lambda * v) / lambda);
    if (v >= 0) return lambda === 0 ? Math.expm1(v) : Math.expm1(Math.log1p(lambda * v) / lambda);
    const mirrored = 2 - lambda;
    return mirrored === 0 ? -Math.expm1(-v) : -Math.expm1(Math.log1p(-mirrored * v) / mirrored);
  }

  toState(): unknown {
    const { schema, method, lambdas, center, scale } = this;
    return { schema, method, lambdas, center, scale };
  }
  static fromState(state: unknown): PowerTransformerModel {
    return new PowerTransformerModel(state as PowerState);
  }
}
