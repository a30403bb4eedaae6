import { Table } from "whetstone/data";
import { col, LazyFrame, lit, writeParquet } from "whetstone/lake";
import { card, figure, slider } from "../../index.ts";

const ROWS = 6400;
const GROUP = 400;

export default card({
  id: "data/lazy-query",
  title: "Lazy queries: write the steps down, read less",
  formula: String.raw`\sigma_{p}(\pi_{c}(R\bowtie S))=\pi_{c}(\sigma_{p}(R)\bowtie S)\quad\text{if } p \text{ uses only columns of } R`,
  ask: "What is lazy evaluation, and what can a query planner do with it that eager code cannot?",
  answer:
    "Eager code carries out each step before it sees the next. A lazy query is a tree of steps, and nothing runs before collect. By then the planner knows the filter after the join and the one column wanted in the end: it filters while reading, passes over groups of rows that their bounds rule out, leaves the other columns in the file, and computes a part that occurs twice once. The result is the same.",
  pitfall:
    "Collecting after every step, to look at it: each collect cuts the plan in two, and nothing moves across the cut.",
  level: "medium",
  whenNot:
    "For step-by-step exploration of small tables, where seeing each result matters more than speed, and for code with side effects or random draws, whose order the planner may change.",
  followUps: [
    {
      ask: "Why may a filter not be moved below an outer join on the other table?",
      answer:
        "Rows without a match appear with missing values after the join. Filtering the right table first makes more rows unmatched instead of removing them: the results differ.",
    },
    {
      ask: "What hides from the planner?",
      answer:
        "Functions of your own: it cannot see which columns they use or whether they may be moved, so nothing passes them. Write steps with the engine's expressions where possible.",
    },
  ],
  derivation: String.raw`A filter $\sigma_p$ that uses only columns of $R$ keeps or drops a row of $R\bowtie S$ by its $R$ part alone. So $\sigma_p(R\bowtie S)=\sigma_p(R)\bowtie S$ for an inner join: filter first, join fewer rows.

A projection $\pi_c$ needs the columns in $c$, those in filters and the join keys; all others may stay in the file. A filter right at the reader can be compared with the least and greatest value of a group: if $p$ is false on the whole interval, the group is not read.

Each rule maps a plan to an equal one, so any order of applying them gives the same table; they only differ in cost.`,
  covers: ["data/lazy-query"],
  answers: ["q-b-128"],
  verifiedAgainst: ["the eager methods of Table on random queries"],
  budget: "quick",
  controls: { from: slider(0, 6000, 4800, { label: "rows from number", step: 200 }) },
  async run(lab, { from }) {
    const random = lab.random("rows");
    const numbers = (f: (i: number) => number) => Float64Array.from({ length: ROWS }, (_, i) => f(i));
    const sales = Table.fromColumns([
      ["id", numbers((i) => i)],
      ["shop", numbers(() => random.int(20))],
      ["price", numbers(() => random.uniform() * 100)],
      ["count", numbers(() => 1 + random.int(9))],
      ...Array.from({ length: 4 }, (_, j) => [`other${j}`, numbers(() => random.normal())] as const),
    ]);
    const shops = Table.fromColumns({
      shop: Float64Array.from({ length: 20 }, (_, i) => i),
      city: Array.from({ length: 20 }, (_, i) => ["Oslo", "Rome", "Lima"][i % 3]!),
      size: Float64Array.from({ length: 20 }, () => random.int(500)),
    });
    const query = (await LazyFrame.fromParquet(writeParquet(sales, { groupRows: GROUP })))
      .withColumns({ worth: col("price").times(col("count")), unused: col("other0").plus(1) })
      .join(LazyFrame.fromTable(shops), { on: "shop" })
      .filter(col("id").ge(lit(from).plus(0)).and(col("worth").gt(50)))
      .groupBy("city")
      .aggregate({ total: ["worth", "sum"], shops: ["shop", "nunique"] })
      .select(["city", "total"]);
    const asWritten = await query.collectCounted({ optimise: false });
    const planned = await query.collectCounted();

    const worth = sales.numbers("price").map((p, i) => p * sales.numbers("count")[i]!);
    const eager = sales
      .withColumn("worth", worth)
      .join(shops, { on: "shop" })
      .filter((row) => Number(row.id) >= from && Number(row.worth) > 50)
      .groupBy("city")
      .aggregate({ total: ["worth", "sum"] });

    const { written, optimised } = query.explain();
    const lines = [written.split("\n"), optimised.split("\n")] as const;
    lab.table({
      columns: ["as written", "as carried out"],
      rows: Array.from({ length: Math.max(lines[0].length, lines[1].length) }, (_, i) => [
        lines[0][i] ?? "",
        lines[1][i] ?? "",
      ]),
      caption: "Read from below: sources first.",
    });
    const kinds = ["columns", "groups"] as const;
    lab.plot(
      figure(
        [
          {
            type: "bars",
            name: "as written",
            x: ["columns read", "groups read"],
            y: kinds.map((k) => asWritten.counts[k]),
          },
          {
            type: "bars",
            name: "planned",
            x: ["columns read ", "groups read "],
            y: kinds.map((k) => planned.counts[k]),
          },
        ],
        {
          x: "band",
          y: { label: "how many" },
          alt: "The planned query reads fewer columns and fewer groups of rows.",
        },
      ),
    );
    const same = (t: Table) => JSON.stringify(t.toRecords()) === JSON.stringify(eager.toRecords());
    lab.check("planned result is that of the eager steps", same(planned.table), { equals: true });
    lab.check("result as written is that of the eager steps", same(asWritten.table), { equals: true });
    lab.check("columns read: as written", asWritten.counts.columns, { equals: 11 });
    lab.check("columns read: planned", planned.counts.columns, { equals: 6 });
    lab.check("groups that the bounds rule out", planned.counts.groupsSkipped, {
      equals: Math.floor(from / GROUP),
    });
    lab.check("bytes read, planned over written", planned.counts.bytes / asWritten.counts.bytes, {
      below: 0.5 * (1 - from / ROWS) + 0.05,
    });

    const part = (await LazyFrame.fromParquet(writeParquet(sales, { groupRows: GROUP })))
      .filter(col("id").lt(GROUP))
      .select(["id", "price"]);
    const twice = await part.join(part, { on: "id" }).collectCounted();
    lab.check("groups read for a part that occurs twice", twice.counts.groups, { equals: 1 });
  },
});
