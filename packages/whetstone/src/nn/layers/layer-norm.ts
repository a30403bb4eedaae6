import { shapeError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { Module, parameter } from "../module.ts";
import { requireCount } from "./check.ts";

/** What layer normalisation adds and learns. */
export interface NormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Whether a gain and a shift are learned. Default true. */
  readonly affine?: boolean;
}

/** Mean 0 and variance 1 over the given axes. */
export const standardize = (x: Tensor, axes: readonly number[], eps: number): Tensor =>
  x.sub(x.mean(axes, true)).mul(x.variance(axes, true, 0).add(eps).rsqrt());

const lastAxes = (x: Tensor, count: number): number[] =>
  Array.from({ length: count }, (_, i) => x.rank - count + i);

function checkTail(where: string, x: Tensor, shape: readonly number[]): void {
  const tail = x.shape.slice(-shape.length);
  if (x.rank < shape.length || tail.some((n, i) => n !== shape[i])) {
    const wanted = `[..., ${shape.join(", ")}]`;
    throw shapeError(where, "x", `has shape [${x.shape.join(", ")}]`, wanted);
  }
}

/**
 * Per sample (or token) mean and variance over the last axes, whose sizes are `shape`; then gain and shift (Ba et al.
 * 2016). No other sample matters, and eval is as training.
 */
export class LayerNorm extends Module {
  static override readonly typeName: string = "LayerNorm";
  readonly shape: readonly number[];
  readonly eps: number;
  weight: Tensor | null = null;
  bias: Tensor | null = null;

  constructor(shape: number | readonly number[], options: NormOptions = {}) {
    super();
    this.shape = typeof shape === "number" ? [shape] : shape;
    for (const n of this.shape) requireCount("LayerNorm", "shape", n);
    this.eps = options.eps ?? 1e-5;
    if (options.affine !== false) {
      this.weight = parameter(Tensor.ones(this.shape));
      this.bias = parameter(Tensor.zeros(this.shape));
    }
  }

  override forward(x: Tensor): Tensor {
    checkTail("LayerNorm.forward", x, this.shape);
    const y = standardize(x, lastAxes(x, this.shape.length), this.eps);
    return this.weight && this.bias ? y.mul(this.weight).add(this.bias) : y;
  }
}

/** What keeps root mean square normalisation from dividing by zero. */
export interface RMSNormOptions {
  /** Added to the mean square. Default 1e-6. */
  readonly eps?: number;
}

/** x / sqrt(mean(x^2) + eps) * gain over the last axis; no mean is subtracted (Zhang and Sennrich 2019). */
export class RMSNorm extends Module {
  static override readonly typeName: string = "RMSNorm";
  readonly dim: number;
  readonly eps: number;
  weight: Tensor;

  constructor(dim: number, options: RMSNormOptions = {}) {
    super();
    this.dim = requireCount("RMSNorm", "dim", dim);
    this.eps = options.eps ?? 1e-6;
    this.weight = parameter(Tensor.ones([dim]));
  }

  override forward(x: Tensor): Tensor {
    checkTail("RMSNorm.forward", x, [this.dim]);
    return x.mul(x.square().mean(-1, true).add(this.eps).rsqrt()).mul(this.weight);
  }
}
