/** Every version against a plain list of tables; then writers that die, writers that race, and damage. */

import * as fs from "node:fs/promises";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { categoryColumn, Table } from "../../data/index.ts";
import { col } from "../query/index.ts";
import { folderStore, memoryStore, type Store, VersionedTable } from "./index.ts";

const rowsOf = (from: number, n: number) =>
  Table.fromColumns({
    id: Float64Array.from({ length: n }, (_, i) => from + i),
    city: categoryColumn(Array.from({ length: n }, (_, i) => ["Oslo", "Rome", "Lima"][(from + i) % 3])),
  });
const ids = (t: Table) => Array.from(t.numbers("id"));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "whetstone-lake-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
let folders = 0;
const stores: [string, () => Store][] = [
  ["memory", memoryStore],
  ["a folder", () => folderStore(fs, join(folder, `table-${folders++}`))],
];

describe.each(stores)("in %s", (_, newStore) => {
  test("every version stays readable, by number and by time", async () => {
    const store = newStore();
    let now = 1000;
    const table = await VersionedTable.create(store, rowsOf(0, 4), { clock: () => now });
    now = 2000;
    expect(await table.append(rowsOf(10, 3))).toBe(1);
    now = 1500; // a clock that goes back
    expect(await table.delete(col("city").eq("Rome"))).toBe(2);
    now = 3000;
    expect(await table.overwrite(rowsOf(7, 1))).toBe(3);
    const again = await VersionedTable.open(store);
    const versions = [[0, 1, 2, 3, 10, 11, 12].slice(0, 4), [0, 1, 2, 3, 10, 11, 12], [0, 2, 3, 11, 12], [7]];
    for (const [version, expected] of versions.entries())
      expect(ids(await again.read({ version }))).toEqual(expected);
    expect(ids(await again.read())).toEqual([7]);
    expect(
      (await again.history()).map((h) => [h.operation, h.timestamp.getTime(), h.rowsAdded, h.filesRemoved]),
    ).toEqual([
      ["create", 1000, 4, 0],
      ["append", 2000, 3, 0],
      ["delete", 2001, 5, 2],
      ["overwrite", 3000, 1, 2],
    ]);
    for (const [time, version] of [
      [1000, 0],
      [1999, 0],
      [2000, 1],
      [2001, 2],
      [2999, 2],
      [9000, 3],
    ] as const)
      expect(ids(await again.read({ timestamp: new Date(time) }))).toEqual(versions[version]);
    await expect(again.read({ timestamp: new Date(999) })).rejects.toThrow("when the table was created");
    await expect(again.read({ version: 4 })).rejects.toThrow("an integer from 0 to 3");
  });

  test("writers at the same time all get in, one after the other", async () => {
    const store = newStore();
    await VersionedTable.create(store, rowsOf(0, 1));
    const writers = await Promise.all(Array.from({ length: 5 }, () => VersionedTable.open(store)));
    const versions = await Promise.all(writers.map((w, k) => w.append(rowsOf(10 * (k + 1), 2))));
    expect(versions.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(ids(await writers[0].read()).sort((a, b) => a - b)).toEqual([
      0, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51,
    ]);
    // Losers leave no files behind.
    expect((await store.list("data/")).length).toBe(6);
  });
});

test("a folder holds the log and the data, and no drafts", async () => {
  const store = folderStore(fs, join(folder, "looked-at"));
  await (await VersionedTable.create(store, rowsOf(0, 2))).append(rowsOf(2, 2));
  expect((await readdir(join(folder, "looked-at"))).sort()).toEqual(["data", "log"]);
});

test("random changes agree with a list of tables", async () => {
  const change = fc.oneof(
    fc.record({ do: fc.constant("append" as const), from: fc.nat({ max: 50 }), n: fc.nat({ max: 6 }) }),
    fc.record({ do: fc.constant("overwrite" as const), from: fc.nat({ max: 50 }), n: fc.nat({ max: 6 }) }),
    fc.record({ do: fc.constant("delete" as const), from: fc.nat({ max: 50 }), n: fc.nat({ max: 20 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 25 }), async (changes) => {
      const store = memoryStore();
      const table = await VersionedTable.create(store, rowsOf(0, 5), { groupRows: 2 });
      const states = [ids(rowsOf(0, 5))];
      for (const { do: what, from, n } of changes) {
        const before = states.at(-1)!;
        const version = await (what === "delete"
          ? table.delete(
              col("id")
                .ge(from)
                .and(col("id").lt(from + n)),
            )
          : table[what](rowsOf(from, n)));
        const added = Array.from({ length: n }, (_, i) => from + i);
        const after =
          what === "append"
            ? [...before, ...added]
            : what === "overwrite"
              ? added
              : before.filter((v) => v < from || v >= from + n);
        if (what !== "delete" || after.length < before.length) states.push(after);
        expect(version).toBe(states.length - 1);
      }
      const opened = await VersionedTable.open(store);
      for (const [version, expected] of states.entries())
        expect(ids(await opened.read({ version }))).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

/** A store that fails for good at its k-th change; a data file may be half there then. */
function failing(store: Store, after: number, half: boolean): Store {
  let changes = 0;
  const step = () => {
    if (changes++ >= after) throw new Error("the power went out");
  };
  return {
    ...store,
    async create(name, bytes) {
      if (changes === after && half && name.startsWith("data/"))
        await store.create(name, bytes.subarray(0, bytes.length >> 1));
      step();
      return store.create(name, bytes);
    },
    async remove(name) {
      step();
      return store.remove(name);
    },
  };
}

describe("a writer that dies", () => {
  const changes: [string, (t: VersionedTable) => Promise<unknown>, number[]][] = [
    ["append", (t) => t.append(rowsOf(100, 2)), [0, 1, 2, 100, 101]],
    ["overwrite", (t) => t.overwrite(rowsOf(100, 1)), [100]],
    ["delete", (t) => t.delete(col("id").eq(1)), [0, 2]],
  ];
  test.each(changes)("in %s leaves the last version or makes the next", async (_, change, after) => {
    for (const half of [false, true]) {
      let finished = false;
      let old = 0;
      for (let k = 0; !finished; k++) {
        const store = memoryStore();
        // Nine commits before: the tenth writes a checkpoint too.
        const table = await VersionedTable.create(store, rowsOf(0, 3));
        for (let v = 1; v < 10; v++) await table.overwrite(rowsOf(0, 3));
        const dying = await VersionedTable.open(failing(store, k, half));
        finished = await change(dying).then(
          () => true,
          () => false,
        );
        const survivor = await VersionedTable.open(store);
        const version = await survivor.version();
        expect([9, 10]).toContain(version);
        if (version === 9) old++;
        expect(ids(await survivor.read())).toEqual(version === 9 ? [0, 1, 2] : after);
        for (let v = 0; v < 10; v++) expect(ids(await survivor.read({ version: v }))).toEqual([0, 1, 2]);
        // And the next writer can go on, over whatever lies around.
        await survivor.append(rowsOf(500, 1));
        expect(ids(await survivor.read())).toEqual([...(version === 9 ? [0, 1, 2] : after), 500]);
      }
      expect(old).toBeGreaterThanOrEqual(2); // died before the data file, and before the commit
    }
  });
});

describe("two writers", () => {
  /** Lets another writer in just before the k-th try to commit. */
  function interrupted(store: Store, other: () => Promise<unknown>): Store {
    let done = false;
    return {
      ...store,
      async create(name, bytes) {
        if (!done && name.startsWith("log/")) {
          done = true;
          await other();
        }
        return store.create(name, bytes);
      },
    };
  }

  test("the one that is overtaken decides again on the new state", async () => {
    const store = memoryStore();
    const first = await VersionedTable.create(store, rowsOf(0, 3));
    const second = await VersionedTable.open(interrupted(store, () => first.append(rowsOf(3, 3))));
    // Rows 0 to 5, of which it saw only the first three.
    expect(await second.delete(col("city").eq("Rome"))).toBe(2);
    expect(ids(await second.read())).toEqual([0, 2, 3, 5]);
    const third = await VersionedTable.open(interrupted(store, () => first.delete(col("id").eq(0))));
    expect(await third.overwrite(rowsOf(9, 1))).toBe(4);
    expect(ids(await third.read())).toEqual([9]);
    expect(ids(await third.read({ version: 3 }))).toEqual([2, 3, 5]);
  });

  test("the one that wants the state it read is refused in a sentence", async () => {
    const store = memoryStore();
    const first = await VersionedTable.create(store, rowsOf(0, 3));
    const second = await VersionedTable.open(interrupted(store, () => first.append(rowsOf(3, 1))));
    const attempt = second.append(rowsOf(7, 1), { expectVersion: 0 });
    await expect(attempt).rejects.toMatchObject({ code: "conflict" });
    await expect(second.append(rowsOf(7, 1), { expectVersion: 0 })).rejects.toThrow(
      "version 1 (append) was committed by another writer after version 0 was read: read version 1 and decide again",
    );
    expect(await second.append(rowsOf(7, 1), { expectVersion: 1 })).toBe(2);
    expect(ids(await second.read())).toEqual([0, 1, 2, 3, 7]);
  });
});

test("columns are those of the table", async () => {
  const table = await VersionedTable.create(memoryStore(), rowsOf(0, 2));
  const turned = rowsOf(2, 1).select(["city", "id"]);
  await table.append(turned);
  expect((await table.read()).names).toEqual(["id", "city"]);
  expect(() => table.append("x" as unknown as Table)).toThrow("VersionedTable.append");
  await expect(table.append(rowsOf(0, 1).rename({ city: "town" }))).rejects.toThrow('has the column "town"');
  await expect(table.append(rowsOf(0, 1).drop("city"))).rejects.toThrow('lacks the column "city" (category)');
  await expect(table.append(rowsOf(0, 1).withColumn("id", ["a"]))).rejects.toThrow("expected number");
  await expect(table.delete(col("ID").eq(1))).rejects.toThrow('has the column "ID"');
  expect(await table.version()).toBe(1);
  await table.overwrite(Table.fromColumns({ x: [true] }), { replaceSchema: true });
  expect((await table.read()).kinds()).toEqual({ x: "boolean" });
  expect((await table.read({ version: 1 })).names).toEqual(["id", "city"]);
  await table.overwrite(Table.fromColumns({ x: [true] }).head(0));
  expect((await table.read()).kinds()).toEqual({ x: "boolean" });
});

test("files and groups that a query cannot need are not read", async () => {
  const table = await VersionedTable.create(memoryStore(), rowsOf(0, 100), { groupRows: 10 });
  for (let k = 1; k < 5; k++) await table.append(rowsOf(100 * k, 100));
  const { table: found, counts } = await (await table.scan())
    .filter(col("id").ge(238).and(col("id").lt(242)))
    .collectCounted();
  expect(ids(found)).toEqual([238, 239, 240, 241]);
  // Two groups of ten; one more tells the categories when a whole table has none.
  expect(counts.groupsSkipped).toBeGreaterThanOrEqual(47);
  const before = await table.history();
  await table.delete(col("id").eq(250));
  expect((await table.history()).at(-1)).toMatchObject({ filesAdded: 1, filesRemoved: 1, rowsAdded: 99 });
  expect(before.length).toBe(5);
});

test("checkpoints spare readers the log, and are not trusted when damaged", async () => {
  const store = memoryStore();
  const table = await VersionedTable.create(store, rowsOf(0, 1));
  for (let k = 1; k <= 23; k++) await table.append(rowsOf(k, 1));
  const reads: string[] = [];
  const watching: Store = {
    ...store,
    read(name) {
      reads.push(name);
      return store.read(name);
    },
  };
  const expected = Array.from({ length: 24 }, (_, i) => i);
  expect(ids(await (await VersionedTable.open(watching)).read())).toEqual(expected);
  expect(reads.length).toBe(4); // one checkpoint, three commits
  const bad: Store = {
    ...store,
    async read(name) {
      const bytes = await store.read(name);
      if (name.endsWith("20.checkpoint")) bytes![30] ^= 1;
      return bytes;
    },
  };
  expect(ids(await (await VersionedTable.open(bad)).read())).toEqual(expected);
});

test("damage is named", async () => {
  const store = memoryStore();
  const table = await VersionedTable.create(store, rowsOf(0, 3));
  await table.append(rowsOf(3, 3));
  const changed = (wanted: string, f: (bytes: Uint8Array) => Uint8Array | null): Store => ({
    ...store,
    async read(name) {
      const bytes = await store.read(name);
      return bytes !== null && name === wanted ? f(bytes) : bytes;
    },
    async open(name) {
      const bytes = await store.read(name);
      const now = bytes !== null && name === wanted ? f(bytes) : bytes;
      return now === null ? null : { size: now.length, read: (s, e) => Promise.resolve(now.slice(s, e)) };
    },
  });
  const log = (await store.list("log/")).sort();
  const data = (await store.list("data/")).sort();
  const read = async (s: Store) => (await VersionedTable.open(s)).read();
  const flip = (b: Uint8Array) => b.map((v, i) => (i === 40 ? v ^ 1 : v));
  await expect(read(changed(log[1], flip))).rejects.toThrow("the log entry of version 1 is damaged");
  await expect(read(changed(log[0], () => null))).rejects.toThrow("the log has no version 0");
  await expect(read(changed(data[0], () => null))).rejects.toThrow("is gone");
  await expect(read(changed(data[0], (b) => b.subarray(1)))).rejects.toThrow(
    "is not the one that the log names",
  );
  const other = (await store.read(data[1]))!;
  await expect(read(changed(data[0], () => other))).rejects.toThrow("is not the one that the log names");
  await expect(read(changed(data[0], flip))).rejects.toThrow("checksum");
  await expect(VersionedTable.open(memoryStore())).rejects.toThrow("holds no table");
  await expect(VersionedTable.create(store, rowsOf(0, 1))).rejects.toThrow("holds a table already");
});

test("vacuum keeps what the last versions need and nothing else", async () => {
  const store = memoryStore();
  const table = await VersionedTable.create(store, rowsOf(0, 2));
  await table.append(rowsOf(2, 2));
  await table.overwrite(rowsOf(10, 2));
  await table.append(rowsOf(12, 1));
  await store.create("data/000000000002-7.parquet", new Uint8Array(3)); // what a dead writer left
  await store.create("data/000000000004-0.parquet", new Uint8Array(3)); // of a writer that is at work
  const removed = await table.vacuum({ keepVersions: 2 });
  expect(removed).toEqual([
    "data/000000000000-0.parquet",
    "data/000000000001-0.parquet",
    "data/000000000002-7.parquet",
  ]);
  expect(ids(await table.read())).toEqual([10, 11, 12]);
  expect(ids(await table.read({ version: 2 }))).toEqual([10, 11]);
  await expect(table.read({ version: 1 })).rejects.toThrow("given up by vacuum");
  await expect(table.vacuum({ keepVersions: 0 })).rejects.toThrow("keepVersions");
});
