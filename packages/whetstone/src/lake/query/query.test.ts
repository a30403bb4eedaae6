/** Random queries against the eager methods of Table; what is read is counted. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Row, Table, writeCsv } from "../../data/index.ts";
import { randomStream } from "../../math/index.ts";
import { writeParquet } from "../parquet/index.ts";
import { col, type Expression, LazyFrame, lit } from "./index.ts";

type Cells = Record<string, unknown>;

function make(seed: number, n: number): Table {
  const random = randomStream(seed);
  const some = <T>(f: () => T) => Array.from({ length: n }, () => (random.uniform() < 0.15 ? null : f()));
  return Table.fromColumns([
    ["a", some(() => random.int(7) - 3)],
    ["b", some(() => Math.round(random.normal() * 8) / 4)],
    ["c", some(() => ["x", "y", "z", "w"][random.int(4)])],
    ["f", some(() => random.uniform() < 0.5)],
    ["d", some(() => new Date(86_400_000 * random.int(30)))],
    ["i", Array.from({ length: n }, (_, i) => i)],
  ]);
}

/** A condition, and the same for one row in plain JavaScript with missing as undefined. */
interface Condition {
  lazy: Expression;
  eager: (row: Cells) => boolean | undefined;
}

const SIGN = {
  eq: (a: number, b: number) => a === b,
  ne: (a: number, b: number) => a !== b,
  lt: (a: number, b: number) => a < b,
  le: (a: number, b: number) => a <= b,
  gt: (a: number, b: number) => a > b,
  ge: (a: number, b: number) => a >= b,
} as const;
type Op = keyof typeof SIGN;
const op = fc.constantFrom<Op>("eq", "ne", "lt", "le", "gt", "ge");

const number = fc
  .tuple(fc.constantFrom("a", "b", "i"), op, fc.integer({ min: -4, max: 40 }), fc.boolean())
  .map(
    ([name, o, v, turned]): Condition => ({
      lazy: turned ? lit(v)[o](col(name)) : col(name)[o](v),
      eager: (row) =>
        row[name] === null
          ? undefined
          : turned
            ? SIGN[o](v, row[name] as number)
            : SIGN[o](row[name] as number, v),
    }),
  );
const sum = fc.tuple(op, fc.integer({ min: -4, max: 9 })).map(
  ([o, v]): Condition => ({
    lazy: col("a")
      .plus(col("b").times(lit(2).minus(1)))
      [o](v),
    eager: (row) =>
      row.a === null || row.b === null ? undefined : SIGN[o]((row.a as number) + (row.b as number), v),
  }),
);
const word = fc.tuple(op, fc.constantFrom("w", "x", "y", "yy", "z")).map(
  ([o, v]): Condition => ({
    lazy: col("c")[o](v),
    eager: (row) =>
      row.c === null ? undefined : SIGN[o](row.c === v ? 0 : (row.c as string) < v ? -1 : 1, 0),
  }),
);
const day = fc.tuple(op, fc.nat({ max: 30 })).map(
  ([o, v]): Condition => ({
    lazy: col("d")[o](new Date(86_400_000 * v)),
    eager: (row) => (row.d === null ? undefined : SIGN[o]((row.d as Date).getTime(), 86_400_000 * v)),
  }),
);
const gap = fc
  .constantFrom("a", "c", "d", "f")
  .map((name): Condition => ({ lazy: col(name).isMissing(), eager: (row) => row[name] === null }));
const flag = fc.constant<Condition>({
  lazy: col("f"),
  eager: (row) => (row.f as boolean | null) ?? undefined,
});
const constant = fc.boolean().map((v): Condition => ({ lazy: lit(v).eq(true), eager: () => v }));

const condition: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    number,
    sum,
    word,
    day,
    gap,
    flag,
    constant,
    tie("any").map(
      ({ lazy, eager }): Condition => ({
        lazy: lazy.not(),
        eager: (r) => {
          const v = eager(r);
          return v === undefined ? v : !v;
        },
      }),
    ),
    fc.tuple(tie("any"), tie("any")).map(
      ([p, q]): Condition => ({
        lazy: p.lazy.and(q.lazy),
        eager: (r) => {
          const [u, v] = [p.eager(r), q.eager(r)];
          return u === false || v === false ? false : u && v;
        },
      }),
    ),
    fc.tuple(tie("any"), tie("any")).map(
      ([p, q]): Condition => ({
        lazy: p.lazy.or(q.lazy),
        eager: (r) => {
          const [u, v] = [p.eager(r), q.eager(r)];
          return u || v ? true : u === undefined || v === undefined ? undefined : false;
        },
      }),
    ),
  ),
})).any;

/** A step on both sides at once; steps that need a column that is gone are left out. */
type Step = (lazy: LazyFrame, eager: Table, other: { lazy: LazyFrame; eager: Table }) => [LazyFrame, Table];
const NAMES = ["a", "b", "c", "f", "d", "i"];
const whole = (t: Table) => NAMES.every((name) => t.has(name));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: condition.map(
      ({ lazy: p, eager: q }): Step =>
        (l, e) =>
          whole(e) ? [l.filter(p), e.filter((row: Row) => q(row) === true)] : [l, e],
    ),
    weight: 4,
  },
  fc.shuffledSubarray(NAMES, { minLength: 2 }).map(
    (names): Step =>
      (l, e) => {
        const have = names.filter((name) => e.has(name));
        return have.length === 0 ? [l, e] : [l.select(have), e.select(have)];
      },
  ),
  fc.constantFrom("a", "b", "e").map(
    (name): Step =>
      (l, e) => {
        if (!e.has("a") || !e.has("b") || e.kind("a") !== "number" || e.kind("b") !== "number") return [l, e];
        const [x, y] = [e.numbers("a"), e.numbers("b")];
        return [
          l.withColumns({ [name]: col("a").times(col("b")).minus(1) }),
          e.withColumn(
            name,
            x.map((v, i) => v * y[i] - 1),
          ),
        ];
      },
  ),
  fc.tuple(fc.shuffledSubarray(NAMES, { minLength: 1, maxLength: 2 }), fc.boolean()).map(
    ([names, descending]): Step =>
      (l, e) =>
        names.every((name) => e.has(name))
          ? [l.sortBy(names, { descending }), e.sortBy(names, { descending })]
          : [l, e],
  ),
  fc.nat({ max: 40 }).map(
    (n): Step =>
      (l, e) => [l.head(n), e.head(n)],
  ),
  fc.constantFrom("inner", "left", "right", "outer").map(
    (how): Step =>
      (l, e, o) =>
        e.has("a") && !e.has("b_right") && !e.has("c_right") && e.kind("a") === "number"
          ? [l.join(o.lazy, { on: "a", how }), e.join(o.eager, { on: "a", how })]
          : [l, e],
  ),
  // What stands on the right of a join under the name of a column on the left.
  fc.tuple(fc.constantFrom("inner", "left", "right", "outer"), fc.boolean()).map(
    ([how, narrow]): Step =>
      (l, e, o) => {
        if (!whole(e) || e.has("b_right")) return [l, e];
        const lazy = l
          .join(o.lazy, { on: "a", how })
          .filter(col("b_right").gt(0).or(col("b_right").isMissing()));
        const eager = e
          .join(o.eager, { on: "a", how })
          .filter((row: Row) => row.b_right === null || (row.b_right as number) > 0);
        return narrow ? [lazy.select(["i", "b_right"]), eager.select(["i", "b_right"])] : [lazy, eager];
      },
  ),
  fc.constantFrom("c", "a").map(
    (key): Step =>
      (l, e) => {
        if (!e.has(key) || !e.has("i") || !e.has("b")) return [l, e];
        const plan = { n: "size", b: ["b", "sum"], i: ["i", "max"], first: ["i", "first"] } as const;
        return [l.groupBy(key).aggregate(plan), e.groupBy(key).aggregate(plan)];
      },
  ),
);

const table = make(1, 60);
const other = make(2, 9).select(["a", "b", "c"]);
const sources: [string, () => Promise<LazyFrame>][] = [
  ["table", () => Promise.resolve(LazyFrame.fromTable(table))],
  ["Parquet file", () => LazyFrame.fromParquet(writeParquet(table, { groupRows: 16 }))],
  ["CSV text", () => Promise.resolve(LazyFrame.fromCsv(writeCsv(table)))],
];

/** Cells by column; -0 is 0. */
const cellsOf = (t: Table) => ({ names: t.names, rows: t.toRecords() });

describe.each(sources)("over a %s", (_, open) => {
  test("random queries give what the methods of Table give", async () => {
    const base = await open();
    const side = { lazy: LazyFrame.fromTable(other), eager: other };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        let [lazy, eager]: [LazyFrame, Table] = [base, table];
        for (const next of steps) [lazy, eager] = next(lazy, eager, side);
        expect(lazy.names).toEqual(eager.names);
        expect(cellsOf(await lazy.collect())).toEqual(cellsOf(eager));
        expect(cellsOf((await lazy.collectCounted({ optimise: false })).table)).toEqual(cellsOf(eager));
      }),
      { numRuns: 250 },
    );
  });
});

describe("what is read", () => {
  const n = 4096;
  const wide = Table.fromColumns(
    Object.fromEntries([
      ["id", Float64Array.from({ length: n }, (_, i) => i)],
      ["key", Array.from({ length: n }, (_, i) => `k${i % 5}`)],
      ...Array.from(
        { length: 8 },
        (_, j) => [`x${j}`, Float64Array.from({ length: n }, (_, i) => Math.sin(i * (j + 1)))] as const,
      ),
    ]),
  );
  const bytes = writeParquet(wide, { groupRows: 256 });

  test("only the columns and groups of rows that can matter", async () => {
    const query = (await LazyFrame.fromParquet(bytes))
      .withColumns({ unused: col("x7").times(2), y: col("x1").times(lit(2).plus(1)) })
      .sortBy("x0")
      .filter(col("id").ge(lit(1000).plus(24)).and(col("id").lt(1500)))
      .groupBy("key")
      .aggregate({ total: ["y", "sum"], most: ["x2", "max"] })
      .select(["key", "total"]);
    const plain = await query.collectCounted({ optimise: false });
    const { table: found, counts } = await query.collectCounted();
    expect(plain.counts).toMatchObject({ columns: 10, groups: 16, groupsSkipped: 0 });
    // id, key and x1; x0 for the order within groups.
    expect(counts).toMatchObject({ columns: 4, groups: 2, groupsSkipped: 14 });
    expect(counts.bytes).toBeLessThan(plain.counts.bytes / 15);
    expect(found.toRecords()).toEqual(plain.table.toRecords());
  });

  test("a plan before and after", async () => {
    const base = await LazyFrame.fromParquet(bytes);
    const query = base
      .withColumns({ y: col("x1").plus(1) })
      .filter(col("id").gt(lit(2).times(3)).and(col("y").gt(0)))
      .select(["key"]);
    const { written, optimised } = query.explain();
    expect(written.split("\n").map((l) => l.trim().split(" ")[0])).toEqual([
      "select",
      "filter",
      "with",
      "scan",
    ]);
    expect(optimised).toBe(
      [
        "select key",
        "  filter (y > 0)",
        "    select key, y",
        "      with y = (x1 + 1)",
        "        select key, x1",
        "          scan Parquet file of 4096 rows: 3 of 10 columns (id, key, x1) where (id > 6)",
      ].join("\n"),
    );
  });

  test("a part that occurs twice is read once", async () => {
    const part = (await LazyFrame.fromParquet(bytes)).filter(col("id").lt(300)).select(["id", "x0"]);
    const query = part.join(part, { on: "id" });
    const { table: found, counts } = await query.collectCounted();
    expect(found.rows).toBe(300);
    expect(counts).toMatchObject({ columns: 2, groups: 2 });
    expect(query.explain().optimised).toContain("the same as [1]");
  });
});

test("mistakes are named before anything is read", async () => {
  const frame = LazyFrame.fromTable(table);
  expect(() => frame.filter(col("aa").gt(1))).toThrow('names "aa", which is no column: did it mean "a"');
  expect(() => frame.select(["a", "a"])).toThrow('holds "a" twice');
  expect(() => frame.groupBy("a").aggregate({ a: "size" })).toThrow("key");
  expect(() => frame.groupBy("a").aggregate({ n: ["b", "mode" as "sum"] })).toThrow("one of count");
  expect(() => col("a").gt(Number.NaN)).toThrow("Expression.gt");
  expect(() => frame.head(-1)).toThrow("integer >= 0");
  await expect(frame.filter(col("c").gt(1)).collect()).rejects.toThrow(
    "compares c, which is text, with 1, which is number",
  );
  await expect(frame.filter(col("a")).collect()).rejects.toThrow("which is number, where a condition");
});
