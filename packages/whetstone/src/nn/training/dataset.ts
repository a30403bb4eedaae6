import { shapeError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";

/**
 * Samples by number. `get` may answer later, and is told the epoch: random changes of a sample take their seed from
 * both numbers, so that they do not depend on who asks when. `batch`, where there is one, makes a whole batch at once;
 * `samples` several samples.
 */
export interface MapDataset<T> {
  readonly length: number;
  get(index: number, epoch: number): T | Promise<T>;
  batch?(indices: Int32Array, epoch: number): unknown;
  samples?(indices: Int32Array, epoch: number): Promise<T[]>;
}

/** Samples in an order of their own, a new pass for each epoch. */
export interface StreamDataset<T> {
  stream(epoch: number): Iterable<T> | AsyncIterable<T>;
}

/** Rows of tensors that belong together; a sample is one row of each. */
export class TensorDataset<T extends readonly Tensor[] = Tensor[]> implements MapDataset<T> {
  readonly tensors: T;
  readonly length: number;
  readonly #host: ReturnType<Tensor["data"]>[];

  constructor(...tensors: T) {
    const n = tensors[0]?.shape[0];
    tensors.forEach((t, i) => {
      if (t.shape[0] !== n) {
        throw shapeError("TensorDataset", `tensors[${i}]`, `has ${t.shape[0]} rows`, `${n}, as the first`);
      }
    });
    this.tensors = tensors;
    this.length = n ?? 0;
    this.#host = tensors.map((t) => t.data());
  }

  get(index: number): T {
    return this.tensors.map((t) => t.at(index)) as unknown as T;
  }

  batch(indices: Int32Array): T {
    return this.tensors.map((t, k) => {
      const from = this.#host[k]!;
      const width = t.size / Math.max(1, this.length);
      const rows = from.slice(0, 0).constructor as new (n: number) => typeof from;
      const out = new rows(indices.length * width);
      indices.forEach((row, i) => {
        out.set(from.subarray(row * width, (row + 1) * width), i * width);
      });
      return Tensor.fromStored(out, [indices.length, ...t.shape.slice(1)], t.dtype);
    }) as unknown as T;
  }
}
