import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tensor } from "../../tensor/index.ts";
import { DataLoader, ModuleDataset } from "../index.ts";

const folder = mkdtempSync(join(tmpdir(), "dataset-"));
const url = pathToFileURL(join(folder, "noisy.mjs"));

beforeAll(() => {
  writeFileSync(join(folder, "count.mjs"), "export const lengthOf = ({ n }) => n;\n");
  // Samples that differ from epoch to epoch and take different times; some fail, on request.
  writeFileSync(
    join(folder, "noisy.mjs"),
    `import { lengthOf } from "./count.mjs";
     export default (argument) => ({
       length: lengthOf(argument),
       async get(i, epoch) {
         if (i === argument.failing) throw new RangeError("the picture has no pixels");
         if (i === argument.odd) return [() => i, i];
         if (i === argument.dying) process.exit(3);
         if (i === argument.hanging) await new Promise(() => setInterval(() => {}, 1000));
         await new Promise((resume) => setTimeout(resume, (i * 7) % 5));
         return [Float32Array.of(i, Math.sin(i * 12.9898 + epoch)), i];
       },
     });\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Sample = [Float32Array, number];
type Batch = [Tensor, Tensor];
const open = (workers: number, argument: object = {}) =>
  ModuleDataset.open<Sample>(url, { workers, argument: { n: 23, ...argument } });
const loaderOf = (data: ModuleDataset<Sample>) =>
  new DataLoader<Sample, Batch>(data, { batchSize: 4, shuffle: true, seed: 5 });
async function read(batches: AsyncIterable<Batch>) {
  const out: unknown[] = [];
  for await (const [x, y] of batches) out.push([x.shape, [...x.data()], [...y.data()]]);
  return out;
}

test("batches are the same for any number of workers, epoch by epoch", async () => {
  const seen: unknown[] = [];
  for (const workers of [0, 1, 2, 3]) {
    const data = await open(workers);
    expect([data.length, data.workers]).toEqual([23, workers]);
    const loader = loaderOf(data);
    const epochs = [await read(loader), await read(loader), await read(loader.batchesAsync(1, 2))];
    data.close();
    expect(epochs[0]).toHaveLength(6);
    expect(epochs[1]).not.toEqual(epochs[0]);
    expect(epochs[2]).toEqual(epochs[1]!.slice(2));
    seen.push(epochs);
  }
  for (const other of seen.slice(1)) expect(other).toEqual(seen[0]);
});

test("a batch is made by a function of this thread where one is given", async () => {
  const data = await open(1);
  const loader = new DataLoader<Sample, string>(data, {
    batchSize: 3,
    collate: (samples) => samples.map(([, i]) => i).join("+"),
  });
  for await (const batch of loader) {
    expect(batch).toBe("0+1+2");
    break; // the others are forgotten
  }
  data.close();
});

test.each([0, 2])("an error is a sentence that names the sample (%i workers)", async (workers) => {
  const data = await open(workers, { failing: 13 });
  await expect(read(loaderOf(data))).rejects.toThrow(
    "ModuleDataset.get: sample 13 failed: the picture has no pixels",
  );
  expect((await data.get(3))[1]).toBe(3); // the others can still be had
  data.close();
});

test("a sample that cannot be sent, and a worker that ends, name their samples", async () => {
  const odd = await open(1, { odd: 7 });
  await expect(odd.samples([6, 7, 8])).rejects.toThrow(/sample 7 failed: .*could not be cloned/);
  odd.close();
  const dying = await open(1, { dying: 2 });
  await expect(dying.samples([1, 2])).rejects.toThrow("samples 1, 2 failed: the worker stopped: exit code 3");
  await expect(dying.get(1)).rejects.toThrow("sample 1 failed: the worker stopped");
});

test("an abort ends the iteration while a sample is awaited; closing ends requests", async () => {
  const data = await open(2, { hanging: 9 });
  const controller = new AbortController();
  const run = read(loaderOf(data).batchesAsync(0, 0, { signal: controller.signal }));
  setTimeout(() => controller.abort(new Error("enough")), 50);
  await expect(run).rejects.toThrow("DataLoader.batchesAsync: aborted (enough)");
  const late = expect(data.get(9)).rejects.toThrow("sample 9 failed: the dataset was closed");
  data.close();
  await late;
  await expect(read(loaderOf(data).batchesAsync(0, 0, { signal: controller.signal }))).rejects.toThrow(
    "aborted",
  );
});

test("a module that cannot be used is refused with the reason", async () => {
  for (const workers of [0, 1]) {
    const fail = (text: string) => ModuleDataset.open(`data:text/javascript,${text}`, { workers });
    await expect(fail("export const a = 1")).rejects.toThrow("its default export is not a function");
    await expect(fail("export default () => { throw new Error('no folder') }")).rejects.toThrow("no folder");
    await expect(fail("export default () => ({})")).rejects.toThrow("length is undefined");
  }
  await expect(ModuleDataset.open("noisy.mjs")).rejects.toThrow("ModuleDataset.open: url is");
  await expect(ModuleDataset.open(url, { workers: -1 })).rejects.toThrow("workers is -1");
});
