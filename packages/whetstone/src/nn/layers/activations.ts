import { argumentError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import * as f from "../functional.ts";
import { Module, parameter } from "../module.ts";

/** max(0, x); the derivative at exactly 0 is 0. */
export class ReLU extends Module {
  static override readonly typeName: string = "ReLU";
  override forward(x: Tensor): Tensor {
    return x.relu();
  }
}

/** x above 0, slope * x below. */
export class LeakyReLU extends Module {
  static override readonly typeName: string = "LeakyReLU";
  readonly slope: number;
  constructor(slope = 0.01) {
    super();
    this.slope = finite("LeakyReLU", "slope", slope);
  }
  override forward(x: Tensor): Tensor {
    return f.leakyRelu(x, this.slope);
  }
}

/** Leaky ReLU with learned slopes, one for all (the default) or one for each of `channels` (axis 1). */
export class PReLU extends Module {
  static override readonly typeName: string = "PReLU";
  weight: Tensor;
  constructor(channels = 1, initial = 0.25) {
    super();
    this.weight = parameter(Tensor.full([channels], finite("PReLU", "initial", initial)));
  }
  override forward(x: Tensor): Tensor {
    return f.prelu(x, this.weight);
  }
}

/** x above 0, alpha (e^x - 1) below. */
export class ELU extends Module {
  static override readonly typeName: string = "ELU";
  readonly alpha: number;
  constructor(alpha = 1) {
    super();
    this.alpha = finite("ELU", "alpha", alpha);
  }
  override forward(x: Tensor): Tensor {
    return f.elu(x, this.alpha);
  }
}

/** x Phi(x), exact or by tanh. */
export class GELU extends Module {
  static override readonly typeName: string = "GELU";
  readonly approximate: "none" | "tanh";
  constructor(approximate: "none" | "tanh" = "none") {
    super();
    if (approximate !== "none" && approximate !== "tanh") {
      throw argumentError("GELU", "approximate", approximate, '"none" or "tanh"');
    }
    this.approximate = approximate;
  }
  override forward(x: Tensor): Tensor {
    return f.gelu(x, this.approximate);
  }
}

/** log(1 + e^(beta x)) / beta. */
export class Softplus extends Module {
  static override readonly typeName: string = "Softplus";
  readonly beta: number;
  constructor(beta = 1) {
    super();
    if (!(beta > 0)) throw argumentError("Softplus", "beta", beta, "a number > 0");
    this.beta = beta;
  }
  override forward(x: Tensor): Tensor {
    return f.softplus(x, this.beta);
  }
}

/**
 * scale x above 0, scale alpha (e^x - 1) below, with the two constants (1.0507, 1.6733) that keep mean 0 and
 * variance 1 from layer to layer.
 *
 * Source: Klambauer et al., Self-normalizing neural networks (2017).
 *
 * @example
 * new SELU().forward(Tensor.from([1])).item(); // 1.0507
 */
export class SELU extends Module {
  static override readonly typeName: string = "SELU";
  override forward(x: Tensor): Tensor {
    return f.selu(x);
  }
}

/** x sigmoid(x), also called Swish. */
export class SiLU extends Module {
  static override readonly typeName: string = "SiLU";
  override forward(x: Tensor): Tensor {
    return f.silu(x);
  }
}

/**
 * x tanh(softplus(x)), smooth and a little below 0 for negative x.
 *
 * Source: Misra, Mish (2019).
 *
 * @example
 * new Mish().forward(Tensor.from([1])).item(); // 0.8651
 */
export class Mish extends Module {
  static override readonly typeName: string = "Mish";
  override forward(x: Tensor): Tensor {
    return f.mish(x);
  }
}

/**
 * 1 / (1 + e^-x).
 *
 * @example
 * new Sigmoid().forward(Tensor.from([0])).item(); // 0.5
 */
export class Sigmoid extends Module {
  static override readonly typeName: string = "Sigmoid";
  override forward(x: Tensor): Tensor {
    return x.sigmoid();
  }
}

/**
 * (e^x - e^-x) / (e^x + e^-x).
 *
 * @example
 * new Tanh().forward(Tensor.from([1])).item(); // 0.7616
 */
export class Tanh extends Module {
  static override readonly typeName: string = "Tanh";
  override forward(x: Tensor): Tensor {
    return x.tanh();
  }
}

/**
 * x min(max(x + 3, 0), 6) / 6; see {@link hardSwish}.
 *
 * @example
 * new HardSwish().forward(Tensor.from([1])).item(); // 0.6667
 */
export class HardSwish extends Module {
  static override readonly typeName: string = "HardSwish";
  override forward(x: Tensor): Tensor {
    return f.hardSwish(x);
  }
}

/** Shares of a whole along an axis. */
export class Softmax extends Module {
  static override readonly typeName: string = "Softmax";
  readonly axis: number;
  constructor(axis = -1) {
    super();
    this.axis = axis;
  }
  override forward(x: Tensor): Tensor {
    return x.softmax(this.axis);
  }
}

/** a sigmoid(b) of x = [a, b]: halves the last axis. */
export class GLU extends Module {
  static override readonly typeName: string = "GLU";
  override forward(x: Tensor): Tensor {
    return f.glu(x);
  }
}

function finite(where: string, argument: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw argumentError(where, argument, value, "a finite number");
}
