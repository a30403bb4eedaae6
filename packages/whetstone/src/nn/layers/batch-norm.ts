import { shapeError } from "../../errors.ts";
import { noGrad, Tensor } from "../../tensor/index.ts";
import { Module, parameter } from "../module.ts";
import { requireAxis, requireCount, requireShare } from "./check.ts";

/** What batch normalisation learns and remembers. */
export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
  /** Share of the new batch in the running statistics. Default 0.1. */
  readonly momentum?: number;
  /** Whether a gain and a shift are learned. Default true. */
  readonly affine?: boolean;
  /** Whether running statistics are kept; without them a batch's own are used also in eval. Default true. */
  readonly trackRunningStats?: boolean;
}

/** Standing zeros and ones, as buffers of the graph rather than constants: assigned from step to step. */
const filled = (n: number, value: number): Tensor => Tensor.from(new Float32Array(n).fill(value));

/**
 * y = gamma (x - mean) / sqrt(variance + eps) + beta, per channel (axis 1), with mean and variance of the batch while
 * training and running ones in eval (Ioffe and Szegedy 2015). The batch is normalised by the variance over n, the
 * running one is over n - 1.
 */
abstract class BatchNorm extends Module {
  readonly channels: number;
  readonly eps: number;
  readonly momentum: number;
  weight: Tensor | null = null;
  bias: Tensor | null = null;
  runningMean: Tensor | null = null;
  runningVariance: Tensor | null = null;
  readonly #name: string;
  readonly #ranks: readonly number[];

  constructor(name: string, ranks: readonly number[], channels: number, options: BatchNormOptions) {
    super();
    this.#name = name;
    this.#ranks = ranks;
    this.channels = requireCount(name, "channels", channels);
    this.eps = options.eps ?? 1e-5;
    this.momentum = requireShare(name, "momentum", options.momentum ?? 0.1, true);
    if (options.affine !== false) {
      this.weight = parameter(Tensor.ones([channels]));
      this.bias = parameter(Tensor.zeros([channels]));
    }
    if (options.trackRunningStats !== false) {
      this.runningMean = filled(channels, 0);
      this.runningVariance = filled(channels, 1);
    }
  }

  override forward(x: Tensor): Tensor {
    const where = `${this.#name}.forward`;
    if (!this.#ranks.includes(x.rank)) {
      const form = this.#ranks.includes(4) ? "[N, C, H, W]" : "[N, C] or [N, C, L]";
      throw shapeError(where, "x", `has shape [${x.shape.join(", ")}]`, form);
    }
    requireAxis(where, x, 1, this.channels, "channels");
    const shaped = (t: Tensor) => t.reshape([-1, ...new Array<number>(x.rank - 2).fill(1)]);
    const [mean, variance] =
      this.training || !this.runningMean || !this.runningVariance
        ? this.#ofBatch(where, x)
        : [this.runningMean, this.runningVariance];
    let y = x.sub(shaped(mean)).mul(shaped(variance.add(this.eps).rsqrt()));
    if (this.weight && this.bias) y = y.mul(shaped(this.weight)).add(shaped(this.bias));
    return y;
  }

  #ofBatch(where: string, x: Tensor): [mean: Tensor, variance: Tensor] {
    const axes = Array.from({ length: x.rank - 1 }, (_, i) => (i === 0 ? 0 : i + 1));
    const n = x.size / this.channels;
    if (n < 2) throw shapeError(where, "x", "has one value for each channel", "two or more while training");
    const mean = x.mean(axes);
    const variance = x.variance(axes, false, 0);
    const { runningMean, runningVariance, momentum: m } = this;
    if (this.training && runningMean && runningVariance) {
      noGrad(() => {
        const blend = (old: Tensor, now: Tensor) => old.mul(1 - m).add(now.detach().to(old.dtype).mul(m));
        runningMean.assign(blend(runningMean, mean));
        runningVariance.assign(blend(runningVariance, variance.mul(n / (n - 1))));
      });
    }
    return [mean, variance];
  }
}

/** For [N, C] or [N, C, L]. */
export class BatchNorm1d extends BatchNorm {
  static override readonly typeName: string = "BatchNorm1d";
  constructor(channels: number, options: BatchNormOptions = {}) {
    super("BatchNorm1d", [2, 3], channels, options);
  }
}

/** For [N, C, H, W]. */
export class BatchNorm2d extends BatchNorm {
  static override readonly typeName: string = "BatchNorm2d";
  constructor(channels: number, options: BatchNormOptions = {}) {
    super("BatchNorm2d", [4], channels, options);
  }
}
