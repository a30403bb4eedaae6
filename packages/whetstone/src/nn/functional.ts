/** Activations as functions. Derivatives come from the graph; formulas are arranged so that none of them overflows. */
import { argumentError, shapeError } from "../errors.ts";
import { Tensor } from "../tensor/index.ts";

/**
 * x above 0, slope * x below; the derivative at 0 is the slope.
 *
 * @example
 * leakyRelu(Tensor.from([-1, 2]), 0.1).toArray(); // [-0.1, 2]
 */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => Tensor.where(x.gt(0), x, x.mul(slope));

/**
 * As {@link leakyRelu} with a learned slope: one number, or one for each channel (axis 1).
 *
 * @example
 * prelu(Tensor.from([[-1, -1]]), Tensor.from([0.1, 0.5])).toArray(); // [[-0.1, -0.5]]
 */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  const channels = x.rank > 1 ? x.shape[1] : 1;
  if (slope.rank !== 1 || (slope.size !== 1 && slope.size !== channels)) {
    throw shapeError("prelu", "slope", `has shape [${slope.shape.join(", ")}]`, `[1] or [${channels}]`);
  }
  const shaped = slope.size === 1 ? slope : slope.reshape([-1, ...new Array<number>(x.rank - 2).fill(1)]);
  return Tensor.where(x.gt(0), x, x.mul(shaped));
}

/** x where it is not above 0, else 0; its derivative at 0 is 1, which a minimum would halve. */
const below = (x: Tensor): Tensor => Tensor.where(x.gt(0), 0, x);

/**
 * x above 0, alpha (e^x - 1) below (Clevert et al. 2016).
 *
 * @example
 * elu(Tensor.from([-1, 2])).toArray(); // [-0.6321, 2]
 */
export const elu = (x: Tensor, alpha = 1): Tensor => Tensor.where(x.gt(0), x, below(x).expm1().mul(alpha));

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/**
 * scale * elu(x, alpha), with the constants that keep mean 0 and variance 1 (Klambauer et al. 2017).
 *
 * @example
 * selu(Tensor.from([-1, 1])).toArray(); // [-1.1113, 1.0507]
 */
export const selu = (x: Tensor): Tensor => elu(x, SELU_ALPHA).mul(SELU_SCALE);

/**
 * max(0, x) + min(0, alpha (e^(x / alpha) - 1)): an ELU with a continuous derivative.
 *
 * @example
 * celu(Tensor.from([-2, 1]), 2).toArray(); // [-1.2642, 1]
 */
export function celu(x: Tensor, alpha = 1): Tensor {
  if (!(alpha > 0)) throw argumentError("celu", "alpha", alpha, "a number > 0");
  return Tensor.where(x.gt(0), x, below(x).div(alpha).expm1().mul(alpha));
}

/**
 * x Phi(x) with the normal distribution function Phi (Hendrycks and Gimpel 2016), or its approximation
 * x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
 *
 * @example
 * gelu(Tensor.from([-1, 1])).toArray(); // [-0.1587, 0.8413]
 */
export function gelu(x: Tensor, approximate: "none" | "tanh" = "none"): Tensor {
  if (approximate === "tanh") {
    const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(0.5).mul(inner.tanh().add(1));
  }
  if (approximate !== "none") throw argumentError("gelu", "approximate", approximate, '"none" or "tanh"');
  return x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1));
}

/**
 * x sigmoid(x), also called Swish.
 *
 * @example
 * silu(Tensor.from([-1, 1])).toArray(); // [-0.2689, 0.7311]
 */
export const silu = (x: Tensor): Tensor => x.mul(x.sigmoid());

/**
 * log(1 + e^(beta x)) / beta, computed without overflow.
 *
 * @example
 * softplus(Tensor.from([0, 100])).toArray(); // [0.6931, 100]
 */
export function softplus(x: Tensor, beta = 1): Tensor {
  if (!(beta > 0)) throw argumentError("softplus", "beta", beta, "a number > 0");
  const z = x.mul(beta);
  return z.maximum(0).add(z.abs().neg().exp().log1p()).div(beta);
}

/**
 * x tanh(softplus(x)).
 *
 * @example
 * mish(Tensor.from([0, 1])).toArray(); // [0, 0.8651]
 */
export const mish = (x: Tensor): Tensor => x.mul(softplus(x).tanh());

/**
 * log sigmoid(x) = -softplus(-x).
 *
 * @example
 * logSigmoid(Tensor.from([0, -100])).toArray(); // [-0.6931, -100]
 */
export const logSigmoid = (x: Tensor): Tensor => softplus(x.neg()).neg();

/**
 * x / (1 + |x|)
 *
 * @example
 * softsign(Tensor.from([-1, 3])).toArray(); // [-0.5, 0.75]
 */
export const softsign = (x: Tensor): Tensor => x.div(x.abs().add(1));

/**
 * x, not below `low` nor above `high`.
 *
 * @example
 * hardtanh(Tensor.from([-3, 0.5, 3])).toArray(); // [-1, 0.5, 1]
 */
export const hardtanh = (x: Tensor, low = -1, high = 1): Tensor => {
  if (!(low < high)) throw argumentError("hardtanh", "high", high, `a number > low = ${low}`);
  return Tensor.where(x.le(low), low, Tensor.where(x.ge(high), high, x));
};

/**
 * min(max(x, 0), 6), element by element.
 *
 * Source: Krizhevsky, Convolutional deep belief networks on CIFAR-10 (2010).
 *
 * @example
 * relu6(Tensor.from([-1, 3, 8])).toArray(); // [0, 3, 6]
 */
export const relu6 = (x: Tensor): Tensor => hardtanh(x, 0, 6);

/**
 * min(max(x + 3, 0), 6) / 6
 *
 * @example
 * hardSigmoid(Tensor.from([-3, 0, 3])).toArray(); // [0, 0.5, 1]
 */
export const hardSigmoid = (x: Tensor): Tensor => relu6(x.add(3)).div(6);

/**
 * x min(max(x + 3, 0), 6) / 6, element by element: {@link silu} by straight lines.
 *
 * Source: Howard et al., Searching for MobileNetV3 (2019), section 5.2.
 *
 * @example
 * hardSwish(Tensor.from([-4, 0, 3])).toArray(); // [0, 0, 3]
 */
export const hardSwish = (x: Tensor): Tensor => x.mul(hardSigmoid(x));

/** Halves of the last axis, [a, b]. */
function halves(where: string, x: Tensor): [Tensor, Tensor] {
  const n = x.shape.at(-1) ?? 0;
  if (n === 0 || n % 2 !== 0) {
    throw shapeError(where, "x", `has shape [${x.shape.join(", ")}]`, "a last axis of even size");
  }
  return [x.slice(x.rank - 1, 0, n / 2), x.slice(x.rank - 1, n / 2)];
}

/**
 * a sigmoid(b), where x = [a, b] along the last axis (Dauphin et al. 2017).
 *
 * @example
 * glu(Tensor.from([4, 0])).toArray(); // [2]
 */
export function glu(x: Tensor): Tensor {
  const [a, b] = halves("glu", x);
  return a.mul(b.sigmoid());
}

/**
 * silu(a) b, where x = [a, b] along the last axis (Shazeer 2020).
 *
 * @example
 * swiglu(Tensor.from([1, 10])).toArray(); // [7.3106]
 */
export function swiglu(x: Tensor): Tensor {
  const [a, b] = halves("swiglu", x);
  return silu(a).mul(b);
}

/**
 * gelu(a) b, where x = [a, b] along the last axis.
 *
 * @example
 * geglu(Tensor.from([1, 10])).toArray(); // [8.4134]
 */
export function geglu(x: Tensor): Tensor {
  const [a, b] = halves("geglu", x);
  return gelu(a).mul(b);
}
