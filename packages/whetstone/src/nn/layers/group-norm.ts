import { argumentError, shapeError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { Module, parameter } from "../module.ts";
import { requireAxis, requireCount } from "./check.ts";
import { type NormOptions, standardize } from "./layer-norm.ts";

/**
 * Mean and variance per sample and group of channels, over all places; x [N, C, ...] (Wu and He 2018). One group is
 * layer normalisation of the whole sample, as many groups as channels instance normalisation.
 */
export class GroupNorm extends Module {
  static override readonly typeName: string = "GroupNorm";
  readonly groups: number;
  readonly channels: number;
  readonly eps: number;
  weight: Tensor | null = null;
  bias: Tensor | null = null;

  constructor(groups: number, channels: number, options: NormOptions = {}) {
    super();
    this.groups = requireCount("GroupNorm", "groups", groups);
    this.channels = requireCount("GroupNorm", "channels", channels);
    if (channels % groups !== 0) {
      throw argumentError("GroupNorm", "channels", channels, `a multiple of groups (${groups})`);
    }
    this.eps = options.eps ?? 1e-5;
    if (options.affine !== false) {
      this.weight = parameter(Tensor.ones([channels]));
      this.bias = parameter(Tensor.zeros([channels]));
    }
  }

  override forward(x: Tensor): Tensor {
    const where = "GroupNorm.forward";
    if (x.rank < 2) throw shapeError(where, "x", `has shape [${x.shape.join(", ")}]`, "[N, C, ...]");
    requireAxis(where, x, 1, this.channels, "channels");
    const grouped = x.reshape([x.shape[0]!, this.groups, -1]);
    const y = standardize(grouped, [2], this.eps).reshape(x.shape);
    if (!this.weight || !this.bias) return y;
    const shaped = (t: Tensor) => t.reshape([-1, ...new Array<number>(x.rank - 2).fill(1)]);
    return y.mul(shaped(this.weight)).add(shaped(this.bias));
  }
}

/** Mean and variance per sample and channel, over all places (Ulyanov et al. 2016): a group norm of single channels. */
export class InstanceNorm extends GroupNorm {
  static override readonly typeName: string = "InstanceNorm";
  constructor(channels: number, options: NormOptions = {}) {
    super(channels, channels, options);
  }

  override forward(x: Tensor): Tensor {
    const places = x.shape.slice(2).reduce((a, n) => a * n, 1);
    if (x.rank < 3 || places < 2) {
      throw shapeError(
        "InstanceNorm.forward",
        "x",
        `has shape [${x.shape.join(", ")}]`,
        "[N, C, ...] with two places or more",
      );
    }
    return super.forward(x);
  }
}
