import { argumentError } from "../errors.ts";
import { requireCount, requireOptions, requirePositive } from "./check.ts";

/** What decides the size of a key-value cache. */
export interface KvCacheShape {
  readonly layers: number;
  /** Heads that keep keys and values: all of them in plain attention, fewer in grouped-query attention. */
  readonly kvHeads: number;
  readonly headDim: number;
  /** Tokens kept for each sequence. */
  readonly tokens: number;
  /** Sequences at once, default 1. */
  readonly batch?: number;
  /** 2 for fp16 and bf16 (default), 1 for 8-bit values. */
  readonly bytesPerValue?: number;
}

/**
 * Bytes of the keys and values that a decoder keeps: 2 · layers · kvHeads · headDim · tokens · batch · bytes.
 *
 * Throws where a size is no positive integer. Source: Pope et al., Efficiently Scaling Transformer Inference (2022),
 * section 2.1.
 *
 * @example
 * ```ts
 * const shape = { layers: 80, kvHeads: 8, headDim: 128, tokens: 131072 };
 * kvCacheBytes(shape) / 1e9; // 42.94967296
 * ```
 */
export function kvCacheBytes(shape: KvCacheShape): number {
  const where = "kvCacheBytes";
  requireOptions(where, shape);
  const { layers, kvHeads, headDim, tokens, batch = 1, bytesPerValue = 2 } = shape;
  for (const [name, size] of Object.entries({ layers, kvHeads, headDim, tokens, batch }))
    requireCount(where, name, size);
  requirePositive(where, "bytesPerValue", bytesPerValue);
  return 2 * layers * kvHeads * headDim * tokens * batch * bytesPerValue;
}

/** Where the memory of a training step goes, activations left out. */
export interface TrainingBytes {
  readonly weights: number;
  readonly gradients: number;
  /** Float32 master weights and the optimizer's running means. */
  readonly optimizer: number;
  readonly total: number;
}

/** Float32 values that each optimizer keeps for a parameter. */
const STATES = { sgd: 0, momentum: 1, adam: 2 } as const;

/**
 * Bytes of a model in training, without activations: weights, gradients of the same width, the optimizer's float32
 * states and, where weights are narrower than 4 bytes, a float32 copy of them.
 *
 * `bytesPerParameter` defaults to 2 (mixed precision), `optimizer` to "adam". Throws where a number is outside its
 * range. For inference the weights alone count. Source: Rajbhandari et al., ZeRO (2020), section 3.1.
 *
 * @example
 * ```ts
 * trainingBytes({ parameters: 7e9 }).total / 1e9; // 112
 * ```
 */
export function trainingBytes(options: {
  readonly parameters: number;
  readonly bytesPerParameter?: number;
  readonly optimizer?: keyof typeof STATES;
}): TrainingBytes {
  const where = "trainingBytes";
  requireOptions(where, options);
  const { parameters, bytesPerParameter = 2, optimizer = "adam" } = options;
  requireCount(where, "parameters", parameters);
  requirePositive(where, "bytesPerParameter", bytesPerParameter);
  if (!Object.hasOwn(STATES, optimizer))
    throw argumentError(where, "optimizer", optimizer, '"sgd", "momentum" or "adam"');
  const weights = parameters * bytesPerParameter;
  const states = parameters * 4 * (STATES[optimizer] + (bytesPerParameter < 4 ? 1 : 0));
  return { weights, gradients: weights, optimizer: states, total: 2 * weights + states };
}
