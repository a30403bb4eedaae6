import { type ConvOptions, conv, convTranspose, type Sizes } from "./ops/convolution.ts";
import { avgPool, maxPool, type PoolOptions } from "./ops/pooling.ts";
import { Tensor } from "./tensor.ts";

/**
 * Cross-correlation of x [N, C, L] with weight [O, C / groups, K] -> [N, O, L']; `bias` [O] is added.
 *
 * @example
 * const x = Tensor.from([[[1, 2, 3, 4]]]);
 * conv1d(x, Tensor.from([[[1, -1]]])).toArray(); // [[[-1, -1, -1]]]
 */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor {
  const y = new Tensor(conv("conv1d", x.node, weight.node, options, 1));
  return bias ? y.add(bias.reshape([-1, 1])) : y;
}

/**
 * Cross-correlation of x [N, C, H, W] with weight [O, C / groups, KH, KW] -> [N, O, H', W']; `bias` [O] is
 * added.
 *
 * @example
 * const x = Tensor.from([[[[1, 2], [3, 4]]]]);
 * conv2d(x, Tensor.ones([1, 1, 2, 2])).toArray(); // [[[[10]]]]
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor {
  const y = new Tensor(conv("conv2d", x.node, weight.node, options, 2));
  return bias ? y.add(bias.reshape([-1, 1, 1])) : y;
}

/**
 * Geometry of a transposed convolution, whose output has (size - 1) stride - 2 padding + dilation (taps - 1)
 * + outputPadding + 1 places.
 */
export interface ConvTransposeOptions extends Omit<ConvOptions, "padding"> {
  /** Places cut from both sides of the output. Default 0. */
  readonly padding?: Sizes;
  /** Places added to the end of the output, where several input sizes give one output size. Default 0. */
  readonly outputPadding?: Sizes;
}

/**
 * Adjoint of conv1d: x [N, I, L], weight [I, O / groups, K] -> [N, O, L'].
 *
 * @example
 * const x = Tensor.from([[[1, 2]]]);
 * convTranspose1d(x, Tensor.from([[[1, 10]]]), null, { stride: 2 }).toArray(); // [[[1, 10, 2, 20]]]
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  const y = new Tensor(convTranspose("convTranspose1d", x.node, weight.node, options, 1));
  return bias ? y.add(bias.reshape([-1, 1])) : y;
}

/**
 * Adjoint of conv2d: x [N, I, H, W], weight [I, O / groups, KH, KW] -> [N, O, H', W'].
 *
 * @example
 * const x = Tensor.from([[[[2]]]]);
 * convTranspose2d(x, Tensor.ones([1, 1, 2, 2])).toArray(); // [[[[2, 2], [2, 2]]]]
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor {
  const y = new Tensor(convTranspose("convTranspose2d", x.node, weight.node, options, 2));
  return bias ? y.add(bias.reshape([-1, 1, 1])) : y;
}

/**
 * Greatest of each window of the last axis.
 *
 * @example
 * maxPool1d(Tensor.from([[[1, 4, 3, 2]]]), 2).toArray(); // [[[4, 3]]]
 */
export const maxPool1d = (x: Tensor, size: Sizes, options: PoolOptions = {}): Tensor =>
  new Tensor(maxPool("maxPool1d", x.node, size, options, 1));

/**
 * Greatest of each window of the last two axes.
 *
 * @example
 * maxPool2d(Tensor.from([[[[1, 2], [4, 3]]]]), 2).toArray(); // [[[[4]]]]
 */
export const maxPool2d = (x: Tensor, size: Sizes, options: PoolOptions = {}): Tensor =>
  new Tensor(maxPool("maxPool2d", x.node, size, options, 2));

/**
 * Mean of each window of the last axis, padding counted as zeros.
 *
 * @example
 * avgPool1d(Tensor.from([[[1, 3, 5, 7]]]), 2).toArray(); // [[[2, 6]]]
 */
export const avgPool1d = (x: Tensor, size: Sizes, options: Omit<PoolOptions, "dilation"> = {}): Tensor =>
  new Tensor(avgPool("avgPool1d", x.node, size, options, 1));

/**
 * Mean of each window of the last two axes, padding counted as zeros.
 *
 * @example
 * avgPool2d(Tensor.from([[[[1, 2], [3, 6]]]]), 2).toArray(); // [[[[3]]]]
 */
export const avgPool2d = (x: Tensor, size: Sizes, options: Omit<PoolOptions, "dilation"> = {}): Tensor =>
  new Tensor(avgPool("avgPool2d", x.node, size, options, 2));
