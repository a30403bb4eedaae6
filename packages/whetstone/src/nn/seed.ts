/** Where the randomness of networks comes from: initial values from streams, masks from counters. */
import { argumentError } from "../errors.ts";
import { type RandomStream, randomStream, type Seed } from "../math/index.ts";
import { Tensor } from "../tensor/index.ts";

/** What a layer's initial values are drawn from: a seed, or a stream of the caller's. */
export type InitSeed = Seed | RandomStream;

/** Where the initial values of a layer come from. */
export interface Seeded {
  /**
   * Seed of the initial values. Default: the next child of the stream that {@link seeded} set, else of a stream that
   * starts at 0 when the program does.
   */
  readonly seed?: InitSeed;
}

let ambient: RandomStream | null = null;

/**
 * Builds a net in which each layer without a `seed` of its own takes the next one from `seed`: same seed, same net.
 *
 * @example
 * const net = () => seeded(7, () => new Linear(2, 3));
 * net().weight.toArray()[0][0] === net().weight.toArray()[0][0]; // true
 */
export function seeded<R>(seed: InitSeed, build: () => R): R {
  const before = ambient;
  ambient = toStream(seed);
  try {
    return build();
  } finally {
    ambient = before;
  }
}

const toStream = (seed: InitSeed): RandomStream => (typeof seed === "object" ? seed : randomStream(seed));

/**
 * The stream that a layer draws its initial values from.
 *
 * @example
 * initStream(7).uniform() === initStream(7).uniform(); // true
 */
export function initStream(seed?: InitSeed): RandomStream {
  if (seed !== undefined) return toStream(seed);
  return (ambient ??= randomStream(0)).split();
}

/** State of a {@link DrawCounter}: the key and how many draws were made. */
export type DrawState = readonly [key: number, calls: number];

/**
 * Gives each forward pass of a random layer a seed of its own, as the i32 tensor [2] that `Tensor.rand` takes: the
 * seed is an input of the computation, so that one plan serves every pass. Key and count are the whole state.
 */
export class DrawCounter {
  #key: number;
  #calls = 0;

  constructor(stream: RandomStream) {
    this.#key = stream.bits() | 0;
  }

  next(): Tensor {
    this.#calls++;
    return Tensor.from(Int32Array.of(this.#key, this.#calls));
  }

  get state(): DrawState {
    return [this.#key, this.#calls];
  }

  set state(state: DrawState) {
    const whole = Array.isArray(state) && state.length === 2 && state.every(Number.isSafeInteger);
    if (!whole) throw argumentError("DrawCounter.state", "state", state, "a key and a count");
    this.#key = state[0] | 0;
    this.#calls = state[1];
  }
}
