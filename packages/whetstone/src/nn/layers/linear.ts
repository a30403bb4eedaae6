import type { Tensor } from "../../tensor/index.ts";
import { fanInUniform } from "../init.ts";
import { Module, parameter } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireAxis, requireCount } from "./check.ts";

/** Bias and seed of a linear layer. */
export interface LinearOptions extends Seeded {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/**
 * y = x W^T + b for x [..., in] -> [..., out]; `weight` [out, in] and `bias` [out] start uniform in +-1 / sqrt(in), as
 * in PyTorch.
 *
 * @example
 * const layer = new Linear(3, 2, { seed: 1 });
 * layer.forward(Tensor.ones([5, 3])).shape; // [5, 2]
 */
export class Linear extends Module {
  static override readonly typeName: string = "Linear";
  readonly inFeatures: number;
  readonly outFeatures: number;
  weight: Tensor;
  bias: Tensor | null;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    this.inFeatures = requireCount("Linear", "inFeatures", inFeatures);
    this.outFeatures = requireCount("Linear", "outFeatures", outFeatures);
    const stream = initStream(options.seed);
    this.weight = parameter(fanInUniform([outFeatures, inFeatures], inFeatures, stream));
    this.bias = options.bias === false ? null : parameter(fanInUniform([outFeatures], inFeatures, stream));
  }

  override forward(x: Tensor): Tensor {
    requireAxis("Linear.forward", x, -1, this.inFeatures, "inFeatures");
    return linear(x, this.weight, this.bias);
  }
}

/**
 * x W^T + b
 *
 * @example
 * linear(Tensor.from([[1, 2]]), Tensor.from([[3, 4]]), Tensor.from([10])).toArray(); // [[21]]
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const rows = x.rank > 2 ? x.reshape([-1, x.shape.at(-1)!]) : x;
  const y = rows.matmul(weight.transpose());
  const shaped = x.rank > 2 ? y.reshape([...x.shape.slice(0, -1), weight.shape[0]!]) : y;
  return bias ? shaped.add(bias) : shaped;
}

/** y_k = x1^T A_k x2 + b_k for x1 [..., in1], x2 [..., in2] -> [..., out]. */
export class Bilinear extends Module<[x1: Tensor, x2: Tensor]> {
  static override readonly typeName: string = "Bilinear";
  weight: Tensor;
  bias: Tensor | null;

  constructor(in1: number, in2: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    for (const [name, n] of Object.entries({ in1, in2, outFeatures })) requireCount("Bilinear", name, n);
    const stream = initStream(options.seed);
    this.weight = parameter(fanInUniform([outFeatures, in1, in2], in1, stream));
    this.bias = options.bias === false ? null : parameter(fanInUniform([outFeatures], in1, stream));
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    const [k, i, j] = this.weight.shape as [number, number, number];
    requireAxis("Bilinear.forward", x1, -1, i, "in1");
    requireAxis("Bilinear.forward", x2, -1, j, "in2");
    const lead = x1.shape.slice(0, -1);
    const left = x1.reshape([-1, i]).matmul(this.weight.permute([1, 0, 2]).reshape([i, k * j])); // [n, k j]
    const y = left
      .reshape([-1, k, j])
      .mul(x2.reshape([-1, 1, j]))
      .sum(-1)
      .reshape([...lead, k]);
    return this.bias ? y.add(this.bias) : y;
  }
}
