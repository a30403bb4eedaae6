/** Both directions against Apache Arrow (reference/lake/make_parquet.py), then damage of every kind. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tables } from "../../../../../reference/lake/tables.mjs";
import { type Cell, type Column, Table } from "../../data/index.ts";
import { WhetstoneError } from "../../errors.ts";
import { crc32 } from "./crc32.ts";
import { decodeHybrid, encodeHybrid } from "./hybrid.ts";
import { ParquetFile, readParquet } from "./read.ts";
import { snappy, unsnappy } from "./snappy.ts";
import { writeParquet } from "./write.ts";

type Columns = Record<string, Cell[]>;
interface Golden {
  wide: Columns;
  theirs: {
    name: string;
    file: string;
    groups: number;
    nulls: Record<string, number>;
    columns: "wide" | Columns;
  }[];
  refused: { name: string; file: string }[];
  ours: { file: string; types: string[]; columns: Columns; statistics: Record<string, Cell[]>[] }[];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/lake/parquet.json", import.meta.url), "utf8"),
);
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
const ours = tables(Table);

/** Cells as the goldens have them: moments in milliseconds. */
function cells(table: Table, name: string): Cell[] {
  return Array.from({ length: table.rows }, (_, i) => {
    const v = table.cell(i, name);
    return v instanceof Date ? v.getTime() : v;
  });
}

describe("files of Apache Arrow", () => {
  test.each(golden.theirs)("$name", async ({ file, groups, nulls, columns }) => {
    const bytes = bytesOf(file);
    const opened = await ParquetFile.open(bytes);
    expect(opened.groups.length).toBe(groups);
    const table = await readParquet(bytes);
    const expected = columns === "wide" ? golden.wide : columns;
    expect(table.names).toEqual(Object.keys(expected));
    const head = columns === "wide" && table.rows === 0;
    for (const name of table.names) {
      if (head) continue;
      expect(table.rows).toBe(expected[name].length);
      // Parts of a millisecond pass through a Date in `cell`, but not in the column.
      const column = table.column(name);
      const found =
        column.kind === "date"
          ? Array.from(column.values, (v) => (Number.isNaN(v) ? null : v))
          : cells(table, name);
      if (name === "us" || name === "ns") {
        found.forEach((v, i) => {
          if (v === null) expect(expected[name][i]).toBe(null);
          else expect(v as number).toBeCloseTo(expected[name][i] as number, 3);
        });
      } else expect(found).toEqual(expected[name]);
      if (groups > 0)
        expect(opened.groups.reduce((n, g) => n + g.columns[name].missing!, 0)).toBe(nulls[name]);
    }
  });

  test.each(golden.refused)(
    "$name is refused with the name of the column or of what is not read",
    async ({ file }) => {
      await expect(readParquet(bytesOf(file))).rejects.toThrow(/column "a" |nested columns/);
    },
  );
});

describe("our files", () => {
  test.each(golden.ours.map((g, i) => ({ ...g, i })))(
    "file $i is the one that Apache Arrow read",
    async (g) => {
      const { table, options } = ours[g.i];
      expect(Buffer.from(writeParquet(table, options)).toString("base64")).toBe(g.file);
      expect(table.names).toEqual(Object.keys(g.columns));
      for (const name of table.names) expect(g.columns[name]).toEqual(cells(table, name));
      // Arrow's own reading of the bounds.
      const file = await ParquetFile.open(bytesOf(g.file));
      expect(file.groups.length).toBe(g.statistics.length);
      file.groups.forEach((group, k) => {
        for (const name of table.names) {
          const { min, max, missing } = group.columns[name];
          const [low, high, nulls] = g.statistics[k][name];
          expect([min, max, missing]).toEqual([low, high, nulls]);
        }
      });
    },
  );

  test.each(ours.map((o, i) => ({ ...o, i })))(
    "table $i comes back with its kinds and categories",
    async ({ table, options }) => {
      const back = await readParquet(writeParquet(table, options));
      expect(back.names).toEqual(table.names);
      if (table.rows > 0) expect(back.columns).toEqual(table.columns);
      else expect(back.kinds()).toEqual(table.kinds());
    },
  );

  test("an ordered list of categories keeps its order, and the unused ones", async () => {
    const size: Column = { kind: "category", codes: Int32Array.of(2, 0, -1), categories: ["S", "M", "L"] };
    const back = await readParquet(writeParquet(new Table(["size"], [size]), { groupRows: 2 }));
    expect(back.columns[0]).toEqual(size);
  });

  test("only the columns and groups that are asked for are fetched", async () => {
    const n = 4000;
    const table = Table.fromColumns({
      a: Float64Array.from({ length: n }, (_, i) => i / 7),
      b: Float64Array.from({ length: n }, (_, i) => Math.sin(i)),
      c: Float64Array.from({ length: n }, (_, i) => i),
    });
    const bytes = writeParquet(table, { groupRows: 1000 });
    const fetched: [number, number][] = [];
    const file = await ParquetFile.open({
      size: bytes.length,
      read(start, end) {
        fetched.push([start, end]);
        return Promise.resolve(bytes.slice(start, end));
      },
    });
    const before = file.bytesRead;
    fetched.length = 0;
    const part = await file.read({ columns: ["b"], groups: [1, 3] });
    expect(part.numbers("b")).toEqual(
      Float64Array.from({ length: 2000 }, (_, i) => Math.sin(i < 1000 ? 1000 + i : 2000 + i)),
    );
    const said = [1, 3].map((g) => file.groups[g].columns.b.bytes);
    expect(fetched.map(([s, e]) => e - s)).toEqual(said);
    expect(file.bytesRead - before).toBe(said[0] + said[1]);
    const sizes: number[] = [];
    for await (const t of file.tables({ columns: ["a"] })) sizes.push(t.rows);
    expect(sizes).toEqual([1000, 1000, 1000, 1000]);
  });

  test("values that a type cannot hold are refused with their row", () => {
    const table = Table.fromColumns({ x: [1, 2.5] });
    expect(() => writeParquet(table, { types: { x: "int32" } })).toThrow('holds 2.5 in column "x" at row 1');
    expect(() => writeParquet(Table.fromColumns({ x: [0.1] }), { types: { x: "float" } })).toThrow("exactly");
    expect(() => writeParquet(table, { types: { y: "int32" } })).toThrow('names "y"');
    expect(() => writeParquet(table, { types: { x: "int16" as "int32" } })).toThrow("types.x");
  });

  test("what a caller asks for is checked", async () => {
    const file = await ParquetFile.open(writeParquet(Table.fromColumns({ price: [1] })));
    await expect(file.read({ columns: ["prise"] })).rejects.toThrow('did it mean "price"');
    await expect(file.read({ groups: [1] })).rejects.toThrow("numbers from 0 to 0");
    await expect(file.read({ kinds: { price: "text" } })).rejects.toThrow("which is number");
    await expect(ParquetFile.open("x" as unknown as Uint8Array)).rejects.toThrow("source");
  });
});

describe("damage", () => {
  test("a byte that is changed anywhere is found, or changes nothing", async () => {
    const { table, options } = ours[1];
    const bytes = writeParquet(table.head(20), options);
    const whole = await readParquet(bytes);
    let found = 0;
    for (let i = 0; i < bytes.length; i++) {
      const bad = bytes.slice();
      bad[i] ^= 1 << ((i * 5) % 8);
      try {
        expect((await readParquet(bad)).columns, `byte ${i}`).toEqual(whole.columns);
      } catch (error) {
        if (!(error instanceof WhetstoneError)) throw error;
        found++;
      }
    }
    expect(found).toBeGreaterThan(bytes.length * 0.95);
  });

  test("a file that is cut off anywhere is refused", async () => {
    const bytes = writeParquet(ours[0].table, ours[0].options);
    for (let end = 0; end < bytes.length; end += 13)
      await expect(readParquet(bytes.subarray(0, end)), `cut at ${end}`).rejects.toThrow(WhetstoneError);
  });

  test("files of others fail in a sentence too", async () => {
    const bytes = bytesOf(golden.theirs[0].file);
    for (let i = 0; i < bytes.length; i += 7) {
      const bad = bytes.slice();
      bad[i] ^= 1 << (i % 8);
      // Without checksums a changed value cannot be told from another one.
      await readParquet(bad).catch((error: unknown) => {
        if (!(error instanceof WhetstoneError)) throw error;
      });
    }
  });
});

test("run lengths and packed bits come back", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 31 }),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 30 })), { maxLength: 30 }),
      (width, runs) => {
        const values = runs.flatMap(([v, n]) => Array.from({ length: n }, () => v % 2 ** width));
        expect(decodeHybrid(encodeHybrid(values, width), width, values.length)).toEqual(
          Int32Array.from(values),
        );
      },
    ),
  );
  expect(decodeHybrid(Uint8Array.of(3, 0x88, 0xc6, 0xfa), 3, 8)).toEqual(
    Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  );
});

test("Snappy blocks come back, and damaged ones do not", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.uint8Array({ maxLength: 90 }), fc.integer({ min: 1, max: 40 })), {
        maxLength: 20,
      }),
      (parts) => {
        const bytes = Uint8Array.from(
          parts.flatMap(([p, n]) => Array.from({ length: n }, () => [...p]).flat()),
        );
        const block = snappy(bytes);
        expect(unsnappy(block, bytes.length)).toEqual(bytes);
        expect(block.length).toBeLessThanOrEqual(32 + bytes.length + bytes.length / 6);
        if (bytes.length > 0) expect(unsnappy(block.subarray(0, -1), bytes.length)).toBe(null);
      },
    ),
  );
  const zeros = new Uint8Array(200_000);
  expect(snappy(zeros).length).toBeLessThan(10_000);
  expect(unsnappy(snappy(zeros), zeros.length)).toEqual(zeros);
});

test("CRC-32 of the usual check text", () => {
  expect(crc32(new TextEncoder().encode("123456789")) >>> 0).toBe(0xcbf43926);
});
