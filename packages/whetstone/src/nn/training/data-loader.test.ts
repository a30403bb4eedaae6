import { expect, test } from "vitest";
import { Tensor } from "../../tensor/index.ts";
import { DataLoader, TensorDataset } from "../index.ts";

const numbers = (n: number) => new TensorDataset(Tensor.arange(n), Tensor.arange(n).mul(10));
const rows = (batches: Iterable<Tensor[]>) => [...batches].map(([x]) => [...x!.data()]);

test("batches in order, with a smaller last one or without", () => {
  expect(rows(new DataLoader(numbers(5), { batchSize: 2 }))).toEqual([[0, 1], [2, 3], [4]]);
  expect(rows(new DataLoader(numbers(5), { batchSize: 2, dropLast: true }))).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(new DataLoader(numbers(5), { batchSize: 2 }).length).toBe(3);
  expect(new DataLoader(numbers(70)).length).toBe(3);
  const [[x, y]] = [...new DataLoader(numbers(3))] as [[Tensor, Tensor]];
  expect([x.dtype, [...y.data()]]).toEqual(["i32", [0, 10, 20]]);
});

test("each epoch has an order of its own, the same for the same seed", () => {
  const make = (seed: number) => new DataLoader(numbers(20), { batchSize: 20, shuffle: true, seed });
  const loader = make(1);
  const [first, second] = [rows(loader)[0]!, rows(loader)[0]!];
  expect(loader.epoch).toBe(2);
  expect(first).not.toEqual(second);
  expect([...first].sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  expect(rows(make(1).batches(1))[0]).toEqual(second);
  expect(rows(make(2))[0]).not.toEqual(first);
});

test("readers share an epoch out evenly", () => {
  const parts = [0, 1, 2].map((rank) =>
    rows(new DataLoader(numbers(10), { batchSize: 10, rank, world: 3, shuffle: true, seed: 4 })).flat(),
  );
  expect(parts.map((p) => p.length)).toEqual([4, 4, 4]);
  expect(new Set(parts.flat()).size).toBe(10);
  expect(() => new DataLoader(numbers(3), { rank: 2, world: 2 })).toThrow(
    "DataLoader: rank is 2, expected less than world = 2",
  );
});

test("samples that come later are prefetched, in order", async () => {
  let open = 0;
  let most = 0;
  const slow = {
    length: 8,
    get: async (i: number) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 8 - i));
      open--;
      return [Tensor.from([i]), i] as [Tensor, number];
    },
  };
  const found: number[] = [];
  for await (const [x, i] of new DataLoader<[Tensor, number], [Tensor, Tensor]>(slow, {
    batchSize: 2,
    prefetch: 2,
  })) {
    expect(x.shape).toEqual([2, 1]);
    found.push(...i.data());
  }
  expect(found).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(6);
  expect(() => [...new DataLoader(slow)]).toThrow("DataLoader.batches: the dataset answers later");
});

test("streams are read epoch by epoch, whole, in part, and by several readers", async () => {
  const stream = {
    *stream(epoch: number) {
      for (let i = 0; i < 5; i++) yield { value: 10 * epoch + i };
    },
  };
  const loader = new DataLoader<{ value: number }, { value: Tensor }>(stream, { batchSize: 2 });
  const values = (batches: Iterable<{ value: Tensor }>) => [...batches].map((b) => [...b.value.data()]);
  expect(values(loader)).toEqual([[0, 1], [2, 3], [4]]);
  expect(values(loader)).toEqual([[10, 11], [12, 13], [14]]);
  expect(values(loader.batches(0, 1))).toEqual([[2, 3], [4]]);
  const later: number[][] = [];
  for await (const b of loader.batchesAsync(0)) later.push([...b.value.data()]);
  expect(later).toEqual([[0, 1], [2, 3], [4]]);
  expect(values(new DataLoader<{ value: number }, { value: Tensor }>(stream, { rank: 1, world: 2 }))).toEqual(
    [[1, 3]],
  );
  expect(loader.length).toBeUndefined();
  expect(() => new DataLoader(stream, { shuffle: true })).toThrow("DataLoader: shuffle is true");
});
