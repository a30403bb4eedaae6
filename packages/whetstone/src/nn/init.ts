/** Initial values. Fans are counted as PyTorch does: a weight is [out, in, ...kernel]. */
import { argumentError, shapeError } from "../errors.ts";
import { Matrix, normalCdf, normalQuantile, qr, type RandomStream } from "../math/index.ts";
import { type Shape, Tensor } from "../tensor/index.ts";
import { type InitSeed, initStream } from "./seed.ts";

const sizeOf = (shape: Shape): number => shape.reduce((a, n) => a * n, 1);

function draw(shape: Shape, seed: InitSeed | undefined, next: (stream: RandomStream) => number): Tensor {
  const stream = initStream(seed);
  return Tensor.from(
    Float32Array.from({ length: sizeOf(shape) }, () => next(stream)),
    { shape },
  );
}

/**
 * Inputs and outputs that meet in one unit: [out, in, ...kernel] -> in * kernel, out * kernel.
 *
 * @example
 * fans([16, 3, 5, 5]); // { fanIn: 75, fanOut: 400 }
 */
export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) throw shapeError("fans", "shape", `is [${shape.join(", ")}]`, "[out, in, ...kernel]");
  const field = sizeOf(shape.slice(2));
  return { fanIn: shape[1]! * field, fanOut: shape[0]! * field };
}

/**
 * Normal numbers of that mean and standard deviation.
 *
 * @example
 * normalInit([2, 3], { std: 0.02, seed: 0 }).shape; // [2, 3]
 */
export const normalInit = (
  shape: Shape,
  options: { mean?: number; std?: number; seed?: InitSeed } = {},
): Tensor => draw(shape, options.seed, (s) => s.normal(options.mean ?? 0, options.std ?? 1));

/**
 * Uniform numbers in [low, high).
 *
 * @example
 * uniformInit([2, 3], -1, 1, 0).abs().max().item() <= 1; // true
 */
export const uniformInit = (shape: Shape, low: number, high: number, seed?: InitSeed): Tensor =>
  draw(shape, seed, (s) => s.uniform(low, high));

/**
 * Normal numbers with those outside [low, high] (default: two standard deviations) drawn anew, by inversion.
 *
 * @example
 * truncatedNormal([1000], { std: 0.5, seed: 0 }).abs().max().item() <= 1; // true
 */
export function truncatedNormal(
  shape: Shape,
  options: { mean?: number; std?: number; low?: number; high?: number; seed?: InitSeed } = {},
): Tensor {
  const { mean = 0, std = 1, seed } = options;
  const { low = mean - 2 * std, high = mean + 2 * std } = options;
  if (!(std > 0)) throw argumentError("truncatedNormal", "std", std, "a number > 0");
  if (!(low < high)) throw argumentError("truncatedNormal", "high", high, `a number > low = ${low}`);
  const [a, b] = [normalCdf((low - mean) / std), normalCdf((high - mean) / std)];
  const clamp = (x: number) => Math.min(high, Math.max(low, x));
  return draw(shape, seed, (s) => clamp(mean + std * normalQuantile(a + (b - a) * s.uniform())));
}

/** Scale and seed of initial values that balance inputs and outputs. */
export interface FanOptions {
  /** Factor of the standard deviation. Default 1; 5/3 for tanh. */
  readonly gain?: number;
  /** Default: the next of the ambient stream; see {@link seeded}. */
  readonly seed?: InitSeed;
}

/**
 * Normal numbers of variance gain^2 2 / (fanIn + fanOut) (Glorot and Bengio 2010): for tanh and sigmoid.
 *
 * @example
 * xavierNormal([300, 100], { seed: 0 }).std().item(); // 0.07 = sqrt(2 / 400)
 */
export function xavierNormal(shape: Shape, { gain = 1, seed }: FanOptions = {}): Tensor {
  const { fanIn, fanOut } = fans(shape);
  const std = gain * Math.sqrt(2 / (fanIn + fanOut));
  return draw(shape, seed, (s) => s.normal(0, std));
}

/**
 * Uniform numbers of variance gain^2 2 / (fanIn + fanOut).
 *
 * @example
 * xavierUniform([3, 3], { seed: 0 }).abs().max().item() <= 1; // true
 */
export function xavierUniform(shape: Shape, { gain = 1, seed }: FanOptions = {}): Tensor {
  const { fanIn, fanOut } = fans(shape);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return draw(shape, seed, (s) => s.uniform(-bound, bound));
}

/** The activation that initial values are scaled for, and which pass keeps its variance. */
export interface HeOptions {
  /** Slope of a leaky ReLU below 0. Default 0: ReLU. */
  readonly negativeSlope?: number;
  /** Keeps the variance of activations ("in", the default) or of gradients ("out"). */
  readonly fan?: "in" | "out";
  /** Default: the next of the ambient stream; see {@link seeded}. */
  readonly seed?: InitSeed;
}

function heStd(shape: Shape, { negativeSlope = 0, fan = "in" }: HeOptions): number {
  if (fan !== "in" && fan !== "out") throw argumentError("heNormal", "fan", fan, '"in" or "out"');
  const { fanIn, fanOut } = fans(shape);
  return Math.sqrt(2 / (1 + negativeSlope ** 2) / (fan === "in" ? fanIn : fanOut));
}

/**
 * Normal numbers of variance 2 / fanIn (He et al. 2015): for ReLU, which halves the second moment.
 *
 * @example
 * heNormal([300, 200], { seed: 0 }).std().item(); // 0.1 = sqrt(2 / 200)
 */
export function heNormal(shape: Shape, options: HeOptions = {}): Tensor {
  const std = heStd(shape, options);
  return draw(shape, options.seed, (s) => s.normal(0, std));
}

/**
 * Uniform numbers of variance 2 / fanIn.
 *
 * @example
 * heUniform([3, 6], { seed: 0 }).abs().max().item() <= 1; // true
 */
export function heUniform(shape: Shape, options: HeOptions = {}): Tensor {
  const bound = Math.sqrt(3) * heStd(shape, options);
  return draw(shape, options.seed, (s) => s.uniform(-bound, bound));
}

/**
 * A random matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014), times `gain`.
 *
 * @example
 * const w = orthogonal([2, 5], { seed: 0 });
 * w.matmul(w.transpose()).toArray(); // [[1.0000, 0.0000], [0.0000, 1.0000]]
 */
export function orthogonal(shape: Shape, { gain = 1, seed }: FanOptions = {}): Tensor {
  if (shape.length < 2)
    throw shapeError("orthogonal", "shape", `is [${shape.join(", ")}]`, "two axes or more");
  const stream = initStream(seed);
  const rows = shape[0]!;
  const cols = sizeOf(shape.slice(1));
  const [tall, thin] = [Math.max(rows, cols), Math.min(rows, cols)];
  const data = Float64Array.from({ length: tall * thin }, () => stream.normal());
  const { Q, R } = qr(new Matrix(data, tall, thin));
  const out = new Float32Array(rows * cols);
  for (let i = 0; i < tall; i++)
    for (let j = 0; j < thin; j++) {
      // The sign of R's diagonal makes the matrix uniform among all orthogonal ones.
      const value = gain * Q.data[i * thin + j]! * (R.data[j * thin + j]! < 0 ? -1 : 1);
      out[rows >= cols ? i * cols + j : j * cols + i] = value;
    }
  return Tensor.from(out, { shape });
}

/**
 * Factor that keeps the variance level through a non-linearity, as PyTorch's `calculate_gain`.
 *
 * @example
 * gainOf("relu"); // Math.SQRT2
 * gainOf("tanh"); // 5 / 3
 */
export function gainOf(
  activation: "linear" | "sigmoid" | "tanh" | "relu" | "selu" | "leakyRelu",
  slope = 0.01,
): number {
  switch (activation) {
    case "linear":
    case "sigmoid":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "selu":
      return 3 / 4;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + slope ** 2));
    default:
      throw argumentError("gainOf", "activation", activation, "the name of an activation");
  }
}

/** PyTorch's default for linear and convolution layers: uniform in +-1 / sqrt(fanIn), for weight and bias. */
export const fanInUniform = (shape: Shape, fanIn: number, stream: RandomStream): Tensor => {
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  return draw(shape, stream, (s) => s.uniform(-bound, bound));
};
