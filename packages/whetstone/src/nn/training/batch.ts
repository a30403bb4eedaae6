/** Batches: what a loss is computed from, in whatever form the data comes. */
import { argumentError, shapeError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";

/**
 * Rows of a batch: the first axis of the first tensor in it.
 *
 * @example
 * batchSize([Tensor.zeros([8, 3]), Tensor.zeros([8])]); // 8
 */
export function batchSize(batch: unknown): number {
  if (batch instanceof Tensor) return batch.shape[0] ?? 1;
  if (batch !== null && typeof batch === "object") {
    for (const part of Object.values(batch))
      if (part !== null && typeof part === "object") return batchSize(part);
  }
  return 1;
}

/**
 * Samples of one form as one batch of that form: tensors are stacked, numbers become a float32 tensor, typed arrays
 * the rows of one of their type, pairs and objects are joined part by part.
 *
 * @example
 * const [x, y] = collate([[Tensor.from([1, 2]), 0], [Tensor.from([3, 4]), 1]]);
 * x.toArray(); // [[1, 2], [3, 4]]
 * y.toArray(); // [0, 1]
 */
export function collate<T>(samples: readonly T[]): T {
  const [first] = samples;
  if (first instanceof Tensor) return Tensor.stack(samples as readonly Tensor[] as Tensor[]) as T;
  if (typeof first === "number") return Tensor.from(samples as readonly number[] as number[]) as T;
  if (ArrayBuffer.isView(first)) return rowsOf(samples as readonly unknown[] as TypedArray[]) as T;
  if (Array.isArray(first)) {
    return first.map((_, i) => collate(samples.map((s) => (s as unknown[])[i]))) as T;
  }
  if (first !== null && typeof first === "object") {
    const keys = Object.keys(first) as (keyof T)[];
    return Object.fromEntries(keys.map((key) => [key, collate(samples.map((s) => s[key]))])) as T;
  }
  throw argumentError("collate", "samples[0]", first, "a tensor, a number, an array or an object of these");
}

type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

function rowsOf(samples: readonly TypedArray[]): Tensor {
  const first = samples[0]!;
  const width = first.length;
  const out = new (first.constructor as new (n: number) => TypedArray)(samples.length * width);
  samples.forEach((row, i) => {
    if (row.constructor !== first.constructor || row.length !== width) {
      const what = `is a ${row.constructor.name} of ${row.length}`;
      throw shapeError(
        "collate",
        `samples[${i}]`,
        what,
        `a ${first.constructor.name} of ${width}, as the first`,
      );
    }
    out.set(row, i * width);
  });
  return Tensor.from(out, { shape: [samples.length, width] });
}
