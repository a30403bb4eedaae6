import { shapeError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { Module } from "../module.ts";
import { DrawCounter, initStream, type Seeded } from "../seed.ts";
import { requireShare } from "./check.ts";

/** 1 with probability 1 - p, else 0; one draw for each place of `shape`. */
const kept = (shape: readonly number[], p: number, seed: Tensor): Tensor =>
  Tensor.rand(shape, { seed }).ge(p);

/** What layers that drop at random share: the probability and the sequence of masks. */
abstract class Dropping extends Module {
  readonly p: number;
  readonly draws: DrawCounter;

  constructor(name: string, p: number, options: Seeded) {
    super();
    this.p = requireShare(name, "p", p);
    this.draws = new DrawCounter(initStream(options.seed));
  }

  /** Whether this pass drops anything. */
  get active(): boolean {
    return this.training && this.p > 0;
  }
}

/** x at kept places times 1 / (1 - p), so that the mean stays; `shape` broadcasts to x. */
const inverted = (x: Tensor, p: number, shape: readonly number[], seed: Tensor): Tensor =>
  x.mul(kept(shape, p, seed).to(x.dtype)).mul(1 / (1 - p));

/**
 * While training, zeroes a share p of the elements and multiplies the rest by 1 / (1 - p) (Srivastava et al. 2014,
 * "inverted"); otherwise the identity.
 */
export class Dropout extends Dropping {
  static override readonly typeName: string = "Dropout";
  constructor(p = 0.5, options: Seeded = {}) {
    super("Dropout", p, options);
  }
  override forward(x: Tensor): Tensor {
    return this.active ? inverted(x, this.p, x.shape, this.draws.next()) : x;
  }
}

/** Drops whole channels of x [N, C, ...] (Tompson et al. 2015). */
export class ChannelDropout extends Dropping {
  static override readonly typeName: string = "ChannelDropout";
  constructor(p = 0.5, options: Seeded = {}) {
    super("ChannelDropout", p, options);
  }
  override forward(x: Tensor): Tensor {
    if (x.rank < 2) {
      throw shapeError("ChannelDropout.forward", "x", `has shape [${x.shape.join(", ")}]`, "[N, C, ...]");
    }
    const shape = x.shape.map((n, i) => (i < 2 ? n : 1));
    return this.active ? inverted(x, this.p, shape, this.draws.next()) : x;
  }
}

/** Drops whole samples of a residual branch: stochastic depth (Huang et al. 2016). */
export class DropPath extends Dropping {
  static override readonly typeName: string = "DropPath";
  constructor(p = 0.1, options: Seeded = {}) {
    super("DropPath", p, options);
  }
  override forward(x: Tensor): Tensor {
    const shape = x.shape.map((n, i) => (i === 0 ? n : 1));
    return this.active ? inverted(x, this.p, shape, this.draws.next()) : x;
  }
}

const FLOOR = -1.0507009873554805 * 1.6732632423543772;

/** For SELU nets: dropped places get SELU's lowest value, and mean and variance are restored (Klambauer et al. 2017). */
export class AlphaDropout extends Dropping {
  static override readonly typeName: string = "AlphaDropout";
  constructor(p = 0.5, options: Seeded = {}) {
    super("AlphaDropout", p, options);
  }
  override forward(x: Tensor): Tensor {
    if (!this.active) return x;
    const q = 1 - this.p;
    const a = 1 / Math.sqrt(q + FLOOR ** 2 * q * this.p);
    const b = -a * this.p * FLOOR;
    return Tensor.where(kept(x.shape, this.p, this.draws.next()), x, FLOOR)
      .mul(a)
      .add(b);
  }
}
