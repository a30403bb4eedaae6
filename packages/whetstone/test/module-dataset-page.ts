/** Runs in the page of module-dataset.test.ts: a dataset read in the page, and in workers of it. */
import { DataLoader, ModuleDataset } from "../src/nn/index.ts";
import type { Tensor } from "../src/tensor/index.ts";

type Sample = [Float32Array, number];

export interface Answer {
  readonly error?: string;
  /** Batches by number of workers. */
  readonly batches: readonly (readonly (readonly number[])[])[];
  readonly sentence: string;
}

export async function answer(): Promise<Answer> {
  const url = new URL("/dataset.js", location.href);
  const batches: number[][][] = [];
  for (const workers of [0, 1, 2]) {
    const data = await ModuleDataset.open<Sample>(url, { workers, argument: { n: 11 } });
    const loader = new DataLoader<Sample, [Tensor, Tensor]>(data, { batchSize: 3, shuffle: true, seed: 2 });
    const seen: number[][] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      for await (const [x, y] of loader) seen.push([...x.data(), ...y.data()]);
    }
    data.close();
    batches.push(seen);
  }
  const data = await ModuleDataset.open<Sample>(url, { workers: 1, argument: { n: 11, failing: 4 } });
  const sentence = await data.get(4).then(String, String);
  data.close();
  return { batches, sentence };
}
