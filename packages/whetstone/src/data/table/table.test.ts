import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode, readDesign } from "../../contract/index.ts";
import { Matrix } from "../../math/index.ts";
import { type Cell, categoryColumn, dateColumn, Table, textColumn } from "./index.ts";

const golden = JSON.parse(
  readFileSync(new URL("../../../../../reference/values/data/table.json", import.meta.url), "utf8"),
);
const frame = Table.fromColumns(golden.frame);
const right = Table.fromColumns(golden.right);

function expectRows(table: Table, rows: Cell[][]): void {
  expect(table.rows).toBe(rows.length);
  rows.forEach((row, i) => {
    table.names.forEach((name, j) => {
      const v = table.cell(i, name);
      const want = row[j]!;
      if (typeof want === "number") expect(v, `row ${i}, column ${j}`).toBeCloseTo(want, 9);
      else expect(v, `row ${i}, column ${j}`).toBe(want);
    });
  });
}

describe("against pandas", () => {
  test("describe", () => {
    for (const s of frame.describe()) {
      const want = golden.describe[s.name];
      if (!want) continue;
      expect(s.count).toBe(want.count);
      expect([s.mean, s.sd, s.min, s.q25, s.median, s.q75, s.max].map((v) => v!.toFixed(9))).toEqual(
        ["mean", "std", "min", "25%", "50%", "75%", "max"].map((k) => want[k].toFixed(9)),
      );
    }
  });

  test("groupBy with a missing key", () => {
    const out = frame.groupBy(["city", "year"]).aggregate({
      n: "size",
      present: ["x", "count"],
      mean: ["x", "mean"],
      sd: ["x", "sd"],
      median: ["x", "median"],
      total: ["z", "sum"],
      low: ["z", "min"],
      high: ["z", "max"],
      kinds: ["year", "nunique"],
      first: ["x", "first"],
      last: ["x", "last"],
    });
    expectRows(out, golden.grouped);
  });

  test("inner and left joins with repeated keys and a clash of names", () => {
    const left = frame.select(["city", "x"]).dropMissing(["city"]);
    // pandas gives an inner join in an order of its own; ours is that of the left table.
    const inner = left.join(right, { on: "city", suffixes: ["_x", "_y"] });
    const lines = (rows: Cell[][]) => rows.map((r) => JSON.stringify(r)).sort();
    expect(lines(inner.toRecords().map((r) => Object.values(r)))).toEqual(lines(golden.joins.inner));
    const joined = left.join(right, { on: "city", how: "left", suffixes: ["_x", "_y"] });
    expect(joined.names).toEqual(["city", "x_x", "w", "x_y"]);
    expectRows(joined, golden.joins.left);
  });

  test("pivot", () => {
    const out = frame.dropMissing(["city"]).pivot({ index: "city", columns: "year", values: "z" });
    expect(out.names).toEqual(["city", "2019", "2020", "2021"]);
    expectRows(out, golden.pivot.rows);
  });

  test("sortBy two columns, missing last", () => {
    expectRows(frame.sortBy(["city", "x"], { descending: [false, true] }), golden.sorted);
  });
});

describe("Table", () => {
  const when = new Date("2024-02-29T12:00:00Z");
  const small = Table.fromRecords([
    { n: 1, s: "a", b: true, d: when },
    { n: null, s: null, b: null, d: null },
    { n: 3, s: "b", b: false, d: new Date(0), extra: 7 },
  ]);

  test("infers kinds and keeps missing values", () => {
    expect(small.kinds()).toEqual({ n: "number", s: "category", b: "boolean", d: "date", extra: "number" });
    expect(small.toRecords()[1]).toEqual({ n: null, s: null, b: null, d: null, extra: null });
    expect(small.toRecords()[0]).toEqual({ n: 1, s: "a", b: true, d: when, extra: null });
    expect(Array.from(small.numbers("b"))).toEqual([1, Number.NaN, 0]);
  });

  test("records go in and come out unchanged", () => {
    const value = fc.oneof(fc.double({ noNaN: true }), fc.constant(null));
    const record = fc.record({ a: value, b: fc.option(fc.string()), c: fc.option(fc.boolean()) });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1 }), (records) => {
        expect(Table.fromRecords(records).toRecords()).toEqual(records.map((r) => ({ ...r })));
      }),
    );
  });

  test("a filter sees cells; a mask is the same", () => {
    expect(small.filter((row) => (row.n as number) > 2).toRecords()).toHaveLength(1);
    expect(small.filter([true, false, true]).rows).toBe(2);
    expect(() => small.filter([true])).toThrow("Table.filter: keep has 1 entries, expected 3 (rows)");
  });

  test("select, drop, rename, withColumn leave the original alone", () => {
    expect(small.select(["s", "n"]).names).toEqual(["s", "n"]);
    expect(small.drop("n").names).toEqual(["s", "b", "d", "extra"]);
    expect(small.rename({ n: "count" }).names[0]).toBe("count");
    expect(small.withColumn("n", [9, 9, 9]).numbers("n")[1]).toBe(9);
    expect(small.withColumn("new", ["x", "y", "z"]).cols).toBe(6);
    expect(small.cols).toBe(5);
  });

  test("unknown names are answered with close ones", () => {
    const t = Table.fromColumns({ petalWidth: [1], petalLength: [2], species: ["a"] });
    expect(() => t.column("petal_width")).toThrow(/which the table does not have; did you mean "petalWidth"/);
    expect(() => t.numbers("qqq")).toThrow(/it has "petalWidth", "petalLength", "species"/);
    expect(() => t.labels("specie")).toThrow('did you mean "species"?');
  });

  test("concat merges categories and refuses other columns", () => {
    const a = Table.fromColumns({ c: ["u", "v"] });
    const b = Table.fromColumns({ c: ["w", "u"] });
    expect(a.concat(b).strings("c")).toEqual(["u", "v", "w", "u"]);
    expect(() => a.concat(Table.fromColumns({ k: [1] }))).toThrow("Table.concat: tables");
  });

  test("an outer join takes keys from either side", () => {
    const a = Table.fromColumns({ k: [1, 2], u: ["a", "b"] });
    const b = Table.fromColumns({ k: [2, 3], v: [true, false] });
    expect(a.join(b, { on: "k", how: "outer" }).toRecords()).toEqual([
      { k: 1, u: "a", v: null },
      { k: 2, u: "b", v: true },
      { k: 3, u: null, v: false },
    ]);
    expect(a.join(b, { on: "k", how: "right" }).rows).toBe(2);
  });

  test("is a design source: codes for categories, NaN for missing", () => {
    const t = small.select(["n", "s", "b"]);
    const design = readDesign(t, "f", { allowMissing: true, allowCategories: true });
    expect(Array.from(design.matrix.data)).toEqual([1, 0, 1, Number.NaN, Number.NaN, Number.NaN, 3, 1, 0]);
    expect(design.categories).toEqual([null, ["a", "b"], null]);
    expect(() => readDesign(small, "Ridge.fit")).toThrow('Ridge.fit: X holds the date column "d"');
    const free = Table.fromColumns({ t: textColumn(["hello"]) });
    expect(() => readDesign(free, "Ridge.fit")).toThrow('Ridge.fit: X holds the text column "t"');
    expect(t.drop("s").toMatrix()).toBeInstanceOf(Matrix);
    expect(() => t.toMatrix()).toThrow('category column "s"');
  });

  test("survives encoding with every kind of column", () => {
    const t = small.withColumn("t", textColumn(["long text", null, ""])).withColumn("o", [-0, Number.NaN, 1]);
    const again = decode(encode(t), (name) => (name === "Table" ? Table : undefined)) as Table;
    expect(again.toRecords()).toEqual(t.toRecords());
    expect(again.kinds()).toEqual(t.kinds());
  });

  test("mixed kinds, unequal lengths and repeated names are refused", () => {
    expect(() => Table.fromColumns({ a: [1, "x"] })).toThrow(
      'Table.fromColumns: column "a" mixes number and text values (row 1), expected one kind',
    );
    expect(() => Table.fromColumns({ a: [1], b: [1, 2] })).toThrow("has 2 rows, expected 1");
    expect(() => new Table(["a", "a"], [])).toThrow();
    expect(() => categoryColumn(["z"], ["a"])).toThrow('holds "z" at row 0');
    expect(() => small.labels("n")).toThrow(
      'missing at row 1: drop such rows first, e.g. with dropMissing(["n"])',
    );
  });

  test("valueCounts, head, tail, dropMissing, print", () => {
    expect(frame.valueCounts("city")[0]!.count).toBe(
      golden.frame.city.filter((c: string) => c === frame.valueCounts("city")[0]!.value).length,
    );
    expect(frame.head(3).toRecords()).toEqual(frame.toRecords().slice(0, 3));
    expect(frame.tail(2).toRecords()).toEqual(frame.toRecords().slice(-2));
    expect(frame.dropMissing().toRecords()).toEqual(
      frame.toRecords().filter((r) => Object.values(r).every((v) => v !== null)),
    );
    const text = Table.fromColumns({ n: [1.23456789, 22], when: dateColumn([when, null]) }).print();
    expect(text).toBe("      n  when\n1.23457  2024-02-29T12:00:00.000Z\n     22");
    expect(frame.print({ rows: 2 })).toContain("... 38 more rows");
  });
});
