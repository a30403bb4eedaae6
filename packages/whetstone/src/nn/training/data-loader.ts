import { throwIfAborted } from "../../contract/index.ts";
import { AbortError, argumentError, requireFunction, WhetstoneError } from "../../errors.ts";
import { randomStream, type Seed } from "../../math/index.ts";
import { collate } from "./batch.ts";
import type { MapDataset, StreamDataset } from "./dataset.ts";

/** How samples become batches, and in which order. */
export interface DataLoaderOptions<T = never, B = unknown> {
  /** Default 32. */
  readonly batchSize?: number;
  /** A new order for each epoch, from `seed` and the epoch's number. Default false. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: Seed;
  /** Whether a last batch with fewer samples is left out. Default false. */
  readonly dropLast?: boolean;
  /** Makes a batch of samples, in this thread. Default {@link collate}; not for streams. */
  readonly collate?: (samples: T[]) => B;
  /**
   * How many batches are asked for ahead of time while iterating asynchronously. Default 2; twice the workers of a
   * {@link ModuleDataset}.
   */
  readonly prefetch?: number;
  /** This reader's number among `world` readers, each of which gets every world-th sample. Default 0 of 1. */
  readonly rank?: number;
  readonly world?: number;
}

/**
 * A dataset in batches. Iterating goes through one epoch and counts it in `epoch`; {@link DataLoader.batches} gives any
 * epoch, the same for the same seed. The last batch may be smaller. With several readers each epoch's order is dealt
 * out in turn, filled up from its start so that all get the same number.
 *
 * @example
 * const data = new TensorDataset(Tensor.arange(5));
 * [...new DataLoader(data, { batchSize: 2 })].map(([x]) => x.toArray()); // [[0, 1], [2, 3], [4]]
 */
export class DataLoader<T, B = T> {
  readonly dataset: MapDataset<T> | StreamDataset<T>;
  readonly batchSize: number;
  readonly options: DataLoaderOptions<T, B>;
  /** Passes begun by iterating. */
  epoch = 0;

  constructor(dataset: MapDataset<T> | StreamDataset<T>, options: DataLoaderOptions<T, B> = {}) {
    const where = "DataLoader";
    const workers = "workers" in dataset ? Number(dataset.workers) : 0;
    const { batchSize = 32, prefetch = Math.max(2, 2 * workers), rank = 0, world = 1 } = options;
    for (const [name, value, least] of [
      ["batchSize", batchSize, 1],
      ["prefetch", prefetch, 0],
      ["world", world, 1],
      ["rank", rank, 0],
    ] as const) {
      if (!Number.isSafeInteger(value) || value < least) {
        throw argumentError(where, name, value, `a whole number >= ${least}`);
      }
    }
    if (rank >= world) throw argumentError(where, "rank", rank, `less than world = ${world}`);
    if (options.shuffle && !("get" in dataset)) {
      throw argumentError(where, "shuffle", true, "false for a stream, which has its own order");
    }
    if (options.collate !== undefined) {
      requireFunction(where, "collate", options.collate);
      if (!("get" in dataset)) {
        throw argumentError(
          where,
          "collate",
          options.collate,
          "none for a stream, which yields what it likes",
        );
      }
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.options = { ...options, prefetch, rank, world };
  }

  /** Batches of an epoch; unknown (undefined) for streams. */
  get length(): number | undefined {
    if (!("get" in this.dataset)) return undefined;
    const own = Math.ceil(this.dataset.length / this.options.world!);
    return this.options.dropLast ? Math.floor(own / this.batchSize) : Math.ceil(own / this.batchSize);
  }

  /** Numbers of this reader's samples in an epoch, in order. */
  order(epoch: number): Int32Array {
    if (!("get" in this.dataset)) {
      throw new WhetstoneError(
        "unsupported",
        { where: "DataLoader.order" },
        "a stream has no numbered samples",
      );
    }
    const n = this.dataset.length;
    const all = Int32Array.from({ length: n }, (_, i) => i);
    if (this.options.shuffle) {
      const stream = randomStream(this.options.seed ?? 0).split(epoch);
      for (let i = n - 1; i > 0; i--) {
        const j = stream.int(i + 1);
        [all[i], all[j]] = [all[j]!, all[i]!];
      }
    }
    const { rank, world } = this.options as { rank: number; world: number };
    if (world === 1 || n === 0) return all;
    return Int32Array.from({ length: Math.ceil(n / world) }, (_, i) => all[(i * world + rank) % n]!);
  }

  *#slices(epoch: number, from: number): Generator<Int32Array> {
    const order = this.order(epoch);
    for (let at = from * this.batchSize; at < order.length; at += this.batchSize) {
      const slice = order.subarray(at, at + this.batchSize);
      if (this.options.dropLast && slice.length < this.batchSize) return;
      yield slice;
    }
  }

  #load(indices: Int32Array, epoch: number): B | Promise<B> {
    const dataset = this.dataset as MapDataset<T>;
    const { collate: join } = this.options;
    const batchOf = join ?? ((samples: T[]) => collate(samples) as unknown as B);
    if (dataset.batch && !join) return dataset.batch(indices, epoch) as B;
    if (dataset.samples) return dataset.samples(indices, epoch).then(batchOf);
    const samples = Array.from(indices, (i) => dataset.get(i, epoch));
    return samples.some((s) => s instanceof Promise)
      ? Promise.all(samples).then(batchOf)
      : batchOf(samples as T[]);
  }

  /** The batches of an epoch from number `from` on, at once. For datasets that answer at once. */
  *batches(epoch: number, from = 0): Generator<B> {
    if (!("get" in this.dataset)) {
      yield* grouped(this.dataset.stream(epoch) as Iterable<T>, this, from) as Generator<B>;
      return;
    }
    for (const indices of this.#slices(epoch, from)) {
      const batch = this.#load(indices, epoch);
      if (batch instanceof Promise) {
        throw new WhetstoneError(
          "unsupported",
          { where: "DataLoader.batches" },
          "the dataset answers later; iterate with for await",
        );
      }
      yield batch;
    }
  }

  /**
   * As {@link batches}, for datasets that may answer later; `prefetch` batches are under way at a time. An abort ends
   * it at once, also while a sample is awaited.
   *
   * @throws AbortError when aborted
   */
  async *batchesAsync(
    epoch: number,
    from = 0,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<B> {
    const where = "DataLoader.batchesAsync";
    const { signal } = options;
    if (!("get" in this.dataset)) {
      for await (const batch of groupedAsync(this.dataset.stream(epoch), this, from)) {
        throwIfAborted(signal, where);
        yield batch as unknown as B;
      }
      return;
    }
    const slices = this.#slices(epoch, from);
    const waiting: Promise<B>[] = [];
    const ask = () => {
      const next = slices.next();
      if (next.done) return;
      const batch = new Promise<B>((resolve) => resolve(this.#load(next.value, epoch)));
      batch.catch(() => {}); // it is rethrown when its turn comes
      waiting.push(batch);
    };
    for (let i = 0; i <= this.options.prefetch!; i++) ask();
    while (waiting.length > 0) {
      const batch = await unlessAborted(waiting.shift()!, signal, where);
      ask();
      yield batch;
    }
  }

  [Symbol.iterator](): Generator<B> {
    return this.batches(this.epoch++);
  }

  [Symbol.asyncIterator](): AsyncGenerator<B> {
    return this.batchesAsync(this.epoch++);
  }
}

/** What is promised, or an error as soon as the signal says so. */
function unlessAborted<R>(later: Promise<R>, signal: AbortSignal | undefined, where: string): Promise<R> {
  if (!signal) return later;
  return new Promise((resolve, reject) => {
    const stop = () => reject(new AbortError(where, signal.reason));
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    later.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

interface Grouping {
  readonly batchSize: number;
  readonly options: { readonly rank?: number; readonly world?: number; readonly dropLast?: boolean };
}

/** Collects this reader's samples of a stream into batches. */
class Group<T> {
  #samples: T[] = [];
  #seen = 0;
  #skip: number;
  readonly #by: Grouping;
  constructor(by: Grouping, skip: number) {
    this.#by = by;
    this.#skip = skip;
  }
  add(sample: T): T | undefined {
    const { rank = 0, world = 1 } = this.#by.options;
    if (this.#seen++ % world === rank) this.#samples.push(sample);
    return this.#samples.length === this.#by.batchSize ? this.#take() : undefined;
  }
  rest(): T | undefined {
    return this.#by.options.dropLast || this.#samples.length === 0 ? undefined : this.#take();
  }
  #take(): T | undefined {
    const batch = this.#skip-- > 0 ? undefined : collate(this.#samples);
    this.#samples = [];
    return batch;
  }
}

function* grouped<T>(samples: Iterable<T>, by: Grouping, skip: number): Generator<T> {
  if (typeof samples[Symbol.iterator] !== "function") {
    throw new WhetstoneError(
      "unsupported",
      { where: "DataLoader.batches" },
      "the stream is asynchronous; iterate with for await",
    );
  }
  const group = new Group<T>(by, skip);
  for (const sample of samples) {
    const batch = group.add(sample);
    if (batch !== undefined) yield batch;
  }
  const rest = group.rest();
  if (rest !== undefined) yield rest;
}

async function* groupedAsync<T>(
  samples: Iterable<T> | AsyncIterable<T>,
  by: Grouping,
  skip: number,
): AsyncGenerator<T> {
  const group = new Group<T>(by, skip);
  for await (const sample of samples) {
    const batch = group.add(sample);
    if (batch !== undefined) yield batch;
  }
  const rest = group.rest();
  if (rest !== undefined) yield rest;
}
