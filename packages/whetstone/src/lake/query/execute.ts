import { Table } from "../../data/index.ts";
import { evaluate, rowsWhere } from "./evaluate.ts";
import { type Plan, planKey, SUFFIX } from "./plan.ts";
import type { ReadCounts } from "./source.ts";

const WHERE = "LazyFrame.collect";

/** Carries a plan out. Parts that occur more than once are computed once. */
export function execute(
  plan: Plan,
  counts: ReadCounts,
  done: Map<string, Promise<Table>> = new Map(),
): Promise<Table> {
  const key = planKey(plan);
  let result = done.get(key);
  if (result === undefined) done.set(key, (result = compute(plan, counts, done)));
  return result;
}

async function compute(plan: Plan, counts: ReadCounts, done: Map<string, Promise<Table>>): Promise<Table> {
  if (plan.step === "scan") {
    const table = await plan.source.read(plan.columns, plan.condition, counts);
    return plan.condition === null ? table : table.selectRows(rowsWhere(plan.condition, table, WHERE));
  }
  if (plan.step === "join") {
    const left = await execute(plan.left, counts, done);
    const right = await execute(plan.right, counts, done);
    return left.join(right, { on: plan.on, how: plan.how, suffixes: ["", SUFFIX] });
  }
  const input = await execute(plan.input, counts, done);
  switch (plan.step) {
    case "filter":
      return input.selectRows(rowsWhere(plan.condition, input, WHERE));
    case "select":
      return input.select(plan.names);
    case "withColumns": {
      // All of them see the columns as they were before.
      let table = input;
      for (const [name, node] of plan.columns) {
        const column = evaluate(node, input, WHERE);
        table = table.cols === 0 ? new Table([name], [column], input.rows) : table.withColumn(name, column);
      }
      return table;
    }
    case "aggregate":
      return input.groupBy(plan.keys).aggregate(Object.fromEntries(plan.entries));
    case "sort":
      return input.sortBy(plan.names, { descending: plan.descending });
    case "limit":
      return input.head(plan.rows);
  }
}
