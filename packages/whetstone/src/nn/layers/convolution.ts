import {
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  type ConvOptions as Geometry,
  type Sizes,
  type Tensor,
  type ConvTransposeOptions as TransposeGeometry,
} from "../../tensor/index.ts";
import { fanInUniform } from "../init.ts";
import { Module, parameter } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireCount } from "./check.ts";

/** Stride, padding, dilation, groups and bias of a convolution layer. */
export interface ConvLayerOptions extends Geometry, Seeded {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/** Stride, padding, output padding, dilation, groups and bias of a transposed convolution layer. */
export interface ConvTransposeLayerOptions extends TransposeGeometry, Seeded {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

const kernel = (size: Sizes, axes: number): number[] =>
  typeof size === "number" ? new Array<number>(axes).fill(size) : [...size];

const product = (numbers: readonly number[]): number => numbers.reduce((a, n) => a * n, 1);

/** Weight and bias of a convolution, uniform in +-1 / sqrt(fan in). */
function convolutionParameters(
  name: string,
  inner: number,
  outer: number,
  biases: number,
  sizes: readonly number[],
  options: { readonly groups?: number; readonly bias?: boolean } & Seeded,
): { weight: Tensor; bias: Tensor | null } {
  const groups = requireCount(name, "groups", options.groups ?? 1);
  for (const n of sizes) requireCount(name, "size", n);
  requireCount(name, "channels", inner);
  requireCount(name, "channels", outer);
  const shape = [outer, inner / groups, ...sizes];
  requireCount(name, "channels / groups", inner / groups);
  const fanIn = (inner / groups) * product(sizes);
  const stream = initStream(options.seed);
  return {
    weight: parameter(fanInUniform(shape, fanIn, stream)),
    bias: options.bias === false ? null : parameter(fanInUniform([biases], fanIn, stream)),
  };
}

/** What convolution layers share: `weight` [out, in / groups, ...size] and `bias` [out]. */
abstract class Convolution extends Module {
  weight: Tensor;
  bias: Tensor | null;
  readonly geometry: Geometry;

  constructor(name: string, axes: 1 | 2, from: number, to: number, size: Sizes, options: ConvLayerOptions) {
    super();
    const { weight, bias } = convolutionParameters(name, from, to, to, kernel(size, axes), options);
    this.weight = weight;
    this.bias = bias;
    const { seed: _, bias: __, ...geometry } = options;
    this.geometry = geometry;
  }
}

/** Cross-correlation of x [N, in, L] -> [N, out, L']. */
export class Conv1d extends Convolution {
  static override readonly typeName: string = "Conv1d";
  constructor(inChannels: number, outChannels: number, size: Sizes, options: ConvLayerOptions = {}) {
    super("Conv1d", 1, inChannels, outChannels, size, options);
  }
  override forward(x: Tensor): Tensor {
    return conv1d(x, this.weight, this.bias, this.geometry);
  }
}

/** Cross-correlation of x [N, in, H, W] -> [N, out, H', W']. */
export class Conv2d extends Convolution {
  static override readonly typeName: string = "Conv2d";
  constructor(inChannels: number, outChannels: number, size: Sizes, options: ConvLayerOptions = {}) {
    super("Conv2d", 2, inChannels, outChannels, size, options);
  }
  override forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, this.bias, this.geometry);
  }
}

/** What transposed convolutions share: `weight` [in, out / groups, ...size] and `bias` [out]. */
abstract class TransposedConvolution extends Module {
  weight: Tensor;
  bias: Tensor | null;
  readonly geometry: TransposeGeometry;

  constructor(
    name: string,
    axes: 1 | 2,
    from: number,
    to: number,
    size: Sizes,
    options: ConvTransposeLayerOptions,
  ) {
    super();
    const { weight, bias } = convolutionParameters(name, to, from, to, kernel(size, axes), options);
    this.weight = weight;
    this.bias = bias;
    const { seed: _, bias: __, ...geometry } = options;
    this.geometry = geometry;
  }
}

/** Adjoint of a convolution: x [N, in, L] -> [N, out, L']. */
export class ConvTranspose1d extends TransposedConvolution {
  static override readonly typeName: string = "ConvTranspose1d";
  constructor(inChannels: number, outChannels: number, size: Sizes, options: ConvTransposeLayerOptions = {}) {
    super("ConvTranspose1d", 1, inChannels, outChannels, size, options);
  }
  override forward(x: Tensor): Tensor {
    return convTranspose1d(x, this.weight, this.bias, this.geometry);
  }
}

/** Adjoint of a convolution: x [N, in, H, W] -> [N, out, H', W']. */
export class ConvTranspose2d extends TransposedConvolution {
  static override readonly typeName: string = "ConvTranspose2d";
  constructor(inChannels: number, outChannels: number, size: Sizes, options: ConvTransposeLayerOptions = {}) {
    super("ConvTranspose2d", 2, inChannels, outChannels, size, options);
  }
  override forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this.geometry);
  }
}
