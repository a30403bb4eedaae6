import type { Aggregation, JoinOptions } from "../../data/index.ts";
import { type Node, print } from "./expression.ts";
import type { Source } from "./source.ts";

/** How the values of a group become one: a name of {@link Aggregation}; functions cannot be planned. */
export type NamedAggregation = Exclude<Aggregation, (values: Float64Array) => number>;

/** What is to be done, as a tree; leaves are sources. */
export type Plan =
  | {
      readonly step: "scan";
      readonly source: Source;
      readonly columns: readonly string[];
      readonly condition: Node | null;
    }
  | { readonly step: "filter"; readonly input: Plan; readonly condition: Node }
  | { readonly step: "select"; readonly input: Plan; readonly names: readonly string[] }
  | {
      readonly step: "withColumns";
      readonly input: Plan;
      readonly columns: readonly (readonly [string, Node])[];
    }
  | {
      readonly step: "aggregate";
      readonly input: Plan;
      readonly keys: readonly string[];
      readonly entries: readonly (readonly [string, "size" | readonly [string, NamedAggregation]])[];
    }
  | {
      readonly step: "join";
      readonly left: Plan;
      readonly right: Plan;
      readonly on: JoinKeys;
      readonly how: JoinHow;
    }
  | {
      readonly step: "sort";
      readonly input: Plan;
      readonly names: readonly string[];
      readonly descending: readonly boolean[];
    }
  | { readonly step: "limit"; readonly input: Plan; readonly rows: number };

/** Names of the columns that must be equal, pair by pair; both lists have the same length. */
export interface JoinKeys {
  readonly left: readonly string[];
  readonly right: readonly string[];
}
/**
 * Which rows a join keeps without a partner: none (`"inner"`), those of the left, of the right, or of both
 * (`"outer"`).
 */
export type JoinHow = NonNullable<JoinOptions["how"]>;

/** Added to a name that both sides of a join have. */
export const SUFFIX = "_right";

/** Names of the columns that a plan gives, in order. */
export function namesOf(plan: Plan): readonly string[] {
  switch (plan.step) {
    case "scan":
      return plan.columns;
    case "filter":
    case "sort":
    case "limit":
      return namesOf(plan.input);
    case "select":
      return plan.names;
    case "withColumns": {
      const before = namesOf(plan.input);
      return [...before, ...plan.columns.map(([name]) => name).filter((name) => !before.includes(name))];
    }
    case "aggregate":
      return [...plan.keys, ...plan.entries.map(([name]) => name)];
    case "join": {
      const left = namesOf(plan.left);
      const rest = namesOf(plan.right).filter((name) => !plan.on.right.includes(name));
      return [...left, ...rest.map((name) => (left.includes(name) ? name + SUFFIX : name))];
    }
  }
}

export function inputsOf(plan: Plan): readonly Plan[] {
  if (plan.step === "scan") return [];
  return plan.step === "join" ? [plan.left, plan.right] : [plan.input];
}

const numbers = new WeakMap<Source, number>();
let sources = 0;

/** Text that is equal exactly where plans do the same on the same sources. */
export function planKey(plan: Plan): string {
  if (plan.step !== "scan") return `${line(plan)}\u0001${inputsOf(plan).map(planKey).join("\u0002")}\u0003`;
  let number = numbers.get(plan.source);
  if (number === undefined) numbers.set(plan.source, (number = sources++));
  return `${number} ${line(plan)}`;
}

const list = (names: readonly string[]) =>
  names.map((name) => (/^\w+$/.test(name) ? name : JSON.stringify(name))).join(", ");

function line(plan: Plan): string {
  switch (plan.step) {
    case "scan": {
      const some = plan.columns.length < plan.source.names.length;
      return `scan ${plan.source.label}: ${some ? `${plan.columns.length} of ${plan.source.names.length}` : `all ${plan.columns.length}`} columns (${list(plan.columns)})${plan.condition === null ? "" : ` where ${print(plan.condition)}`}`;
    }
    case "filter":
      return `filter ${print(plan.condition)}`;
    case "select":
      return `select ${list(plan.names)}`;
    case "withColumns":
      return `with ${plan.columns.map(([name, node]) => `${list([name])} = ${print(node)}`).join(", ")}`;
    case "aggregate":
      return `group by ${list(plan.keys)}: ${plan.entries.map(([name, e]) => `${list([name])} = ${e === "size" ? "size" : `${e[1]}(${list([e[0]])})`}`).join(", ")}`;
    case "join":
      return `${plan.how} join on ${plan.on.left.map((l, k) => (l === plan.on.right[k] ? list([l]) : `${list([l])} = ${list([plan.on.right[k]])}`)).join(", ")}`;
    case "sort":
      return `sort by ${plan.names.map((name, k) => list([name]) + (plan.descending[k] ? " descending" : "")).join(", ")}`;
    case "limit":
      return `limit ${plan.rows}`;
  }
}

/** A plan as indented lines, the last step first. A part that occurs again is named and not written out again. */
export function printPlan(plan: Plan): string {
  const times = new Map<string, number>();
  const count = (p: Plan) => {
    const key = planKey(p);
    times.set(key, (times.get(key) ?? 0) + 1);
    if (times.get(key) === 1) for (const input of inputsOf(p)) count(input);
  };
  count(plan);
  const labels = new Map<string, number>();
  const lines: string[] = [];
  const write = (p: Plan, depth: number) => {
    const key = planKey(p);
    const indent = "  ".repeat(depth);
    const known = labels.get(key);
    if (known !== undefined) {
      lines.push(`${indent}the same as [${known}]`);
      return;
    }
    let mark = "";
    if (times.get(key)! > 1) {
      labels.set(key, labels.size + 1);
      mark = `[${labels.size}] `;
    }
    lines.push(`${indent}${mark}${line(p)}`);
    for (const input of inputsOf(p)) write(input, depth + 1);
  };
  write(plan, 0);
  return lines.join("\n");
}
