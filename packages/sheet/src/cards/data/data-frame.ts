import { readCsv, Table, writeCsv, writeSql } from "whetstone/data";
import { bars, card, choice, range, slider } from "../../index.ts";

export default card({
  id: "data/data-frame",
  title: "Group, join, pivot: the questions a table answers",
  formula: String.raw`\text{groupby}:\ \{f(v_i : k_i=k)\}_k,\qquad \text{join}:\ \{(l,r): k_l=k_r\},\qquad \text{pivot}:\ (k,c)\mapsto f(v)`,
  ask: "Which table operations carry most exploratory work?",
  answer:
    "Read with types, look (describe, valueCounts), filter rows, add columns, group by keys and aggregate, join on keys, pivot from long to wide, and write out again as CSV or SQL. Split, apply, combine covers most questions; a join multiplies rows where a key repeats on both sides.",
  pitfall:
    "Check the row count after each join: repeated keys multiply rows and inflate sums. And know what becomes of missing keys in groups.",
  level: "easy",
  whenNot:
    "Beyond memory or for many users at once: a database or a lazy engine. Numeric work on one type: a matrix. Row-by-row code in a data frame is slow: express it by columns.",
  followUps: [
    {
      ask: "How do you notice a join that multiplied rows?",
      answer:
        "Compare the row count before and after, and check that keys on the side meant to be unique really are. A sum over the left table's amounts must not change.",
    },
    {
      ask: "groupby with transform instead of aggregate: when?",
      answer:
        "When each row needs its group's value, such as the share of its city's total: transform returns one value per row, aggregate one per group.",
    },
  ],
  derivation: String.raw`Split, apply, combine: rows are put into classes by their key, $f$ is taken in each class, and results are put side by side. Counts and sums combine over parts; a mean is combined as sum and count, a median cannot be.

A join lists all pairs with equal keys. A key that occurs $a$ times on the left and $b$ times on the right gives $ab$ rows, so the result has $\sum_ka_kb_k$: no more than the left only if $b_k\le1$.

A pivot is a groupby on two keys, laid out as a grid: pairs that never occur have no value. So the sum over all cells equals the sum over the rows, a check worth making.`,
  covers: ["data/dataframe"],
  answers: ["q-a-263"],
  verifiedAgainst: [
    "pandas 1.5: groupby, merge and pivot on golden tables",
    "SQLite reads back what writeSql writes",
  ],
  budget: "quick",
  controls: {
    how: choice(["mean", "sum", "count", "max"], "mean", { label: "aggregate" }),
    rows: slider(50, 1000, 300, { label: "orders", step: 50 }),
  },
  run(lab, { how, rows }) {
    const random = lab.random();
    const cities = ["Bern", "Genoa", "Turku"];
    const orders = Table.fromColumns({
      city: range(rows).map(() => cities[random.int(3)]!),
      month: range(rows).map(() => ["Jan", "Feb", "Mar"][random.int(3)]!),
      amount: range(rows).map(() => Math.round(1000 * random.exponential(0.02)) / 1000),
    });
    const grouped = orders.groupBy("city").aggregate({ value: ["amount", how], orders: "size" });
    lab.plot(
      bars(
        Object.fromEntries(
          range(grouped.rows).map((i) => [String(grouped.cell(i, "city")), Number(grouped.cell(i, "value"))]),
        ),
        {
          y: { label: `${how} of amount` },
          alt: `The ${how} of amounts by city as bars.`,
        },
      ),
    );
    const wide = orders.pivot({ index: "city", columns: "month", values: "amount", aggregate: "sum" });
    lab.table({
      columns: wide.names,
      rows: wide.toRecords().map((r) => Object.values(r) as (number | string)[]),
      caption: "Pivot: sums by city and month",
    });
    const amounts = orders.numbers("amount");
    const city = orders.strings("city");
    const total = (keep: (i: number) => boolean) =>
      range(rows).reduce((s, i) => s + (keep(i) ? amounts[i]! : 0), 0);
    const sums = orders.groupBy("city").aggregate({ s: ["amount", "sum"] });
    lab.check(
      "groupBy: sums by city against a plain loop, largest difference",
      Math.max(
        ...range(sums.rows).map((i) =>
          Math.abs(sums.numbers("s")[i]! - total((t) => city[t] === sums.cell(i, "city"))),
        ),
      ),
      { atMost: 1e-8 },
    );
    const cells = wide.names.slice(1).flatMap((name) => Array.from(wide.numbers(name)));
    lab.check(
      "pivot: all cells add up to the whole",
      cells.reduce((s, v) => s + (Number.isNaN(v) ? 0 : v), 0),
      { equals: total(() => true), relative: 1e-9 },
    );
    const prices = Table.fromColumns({ city: ["Bern", "Genoa", "Genoa"], factor: [1, 2, 3] });
    const joined = orders.join(prices, { on: "city" });
    const genoa = city.filter((c) => c === "Genoa").length;
    const bern = city.filter((c) => c === "Bern").length;
    lab.check("join: a key twice on the right doubles its rows, one without match goes", joined.rows, {
      equals: bern + 2 * genoa,
    });
    lab.check(
      "left join keeps the rows without match",
      orders.join(prices, { on: "city", how: "left" }).rows,
      { equals: rows + genoa },
    );
    const taxed = orders
      .withColumn(
        "gross",
        Array.from(amounts, (v) => 1.2 * v),
      )
      .filter((row) => Number(row.amount) > 10);
    lab.check("apply and filter: least amount left", Math.min(...taxed.numbers("amount")), { above: 10 });
    const again = readCsv(writeCsv(orders)).table;
    lab.check(
      "written as CSV and read again: same amounts",
      again.numbers("amount").join() === amounts.join(),
      { equals: true },
    );
    const sql = writeSql(orders, "orders", { batchRows: 100 });
    lab.check(
      "as SQL: INSERT statements of 100 rows",
      sql.split("\n").filter((l) => l.startsWith("INSERT")).length,
      { equals: Math.ceil(rows / 100) },
    );
  },
});
