import { shapeError } from "../../errors.ts";
import {
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
  type PoolOptions,
  type Sizes,
  Tensor,
} from "../../tensor/index.ts";
import { Module } from "../module.ts";

abstract class Pooling extends Module {
  readonly size: Sizes;
  readonly options: PoolOptions;
  constructor(size: Sizes, options: PoolOptions = {}) {
    super();
    this.size = size;
    this.options = options;
  }
}

/** Greatest of each window: [N, C, L] -> [N, C, L']. */
export class MaxPool1d extends Pooling {
  static override readonly typeName: string = "MaxPool1d";
  override forward(x: Tensor): Tensor {
    return maxPool1d(x, this.size, this.options);
  }
}

/** Greatest of each window: [N, C, H, W] -> [N, C, H', W']. */
export class MaxPool2d extends Pooling {
  static override readonly typeName: string = "MaxPool2d";
  override forward(x: Tensor): Tensor {
    return maxPool2d(x, this.size, this.options);
  }
}

/** Mean of each window: [N, C, L] -> [N, C, L']. */
export class AvgPool1d extends Pooling {
  static override readonly typeName: string = "AvgPool1d";
  override forward(x: Tensor): Tensor {
    return avgPool1d(x, this.size, this.options);
  }
}

/** Mean of each window: [N, C, H, W] -> [N, C, H', W']. */
export class AvgPool2d extends Pooling {
  static override readonly typeName: string = "AvgPool2d";
  override forward(x: Tensor): Tensor {
    return avgPool2d(x, this.size, this.options);
  }
}

/**
 * Means of `size` parts of each of the last two axes, whatever their sizes: part i goes from floor(i n / size) to
 * ceil((i + 1) n / size).
 */
export class AdaptiveAvgPool2d extends Module {
  static override readonly typeName: string = "AdaptiveAvgPool2d";
  readonly size: readonly [number, number];
  constructor(size: number | readonly [number, number]) {
    super();
    this.size = typeof size === "number" ? [size, size] : size;
  }
  override forward(x: Tensor): Tensor {
    if (x.rank < 2) {
      throw shapeError(
        "AdaptiveAvgPool2d.forward",
        "x",
        `has shape [${x.shape.join(", ")}]`,
        "two axes or more",
      );
    }
    const parts = (y: Tensor, axis: number, count: number): Tensor => {
      const n = y.shape[axis]!;
      const means = Array.from({ length: count }, (_, i) =>
        y.slice(axis, Math.floor((i * n) / count), Math.ceil(((i + 1) * n) / count)).mean(axis, true),
      );
      return Tensor.concat(means, axis);
    };
    return parts(parts(x, x.rank - 2, this.size[0]), x.rank - 1, this.size[1]);
  }
}

/** Mean over all places: [N, C, ...] -> [N, C]. */
export class GlobalAvgPool extends Module {
  static override readonly typeName: string = "GlobalAvgPool";
  override forward(x: Tensor): Tensor {
    return x.flatten(2).mean(2);
  }
}
