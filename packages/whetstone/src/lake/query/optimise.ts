import { columnsOf, conjunction, conjuncts, type Node } from "./expression.ts";
import { fold } from "./fold.ts";
import { namesOf, type Plan, SUFFIX } from "./plan.ts";

/**
 * A plan with the same result that reads and carries less: constants are reckoned out, conditions go as far towards
 * the sources as they can, and columns that nobody needs are never read or computed.
 */
export function optimise(plan: Plan): Plan {
  const names = namesOf(plan);
  const pruned = prune(push(folded(plan), []), new Set(names));
  const left = namesOf(pruned);
  const same = left.length === names.length && left.every((name, j) => name === names[j]);
  return same ? pruned : { step: "select", input: pruned, names };
}

function folded(plan: Plan): Plan {
  switch (plan.step) {
    case "scan":
      return plan;
    case "join":
      return { ...plan, left: folded(plan.left), right: folded(plan.right) };
    case "filter":
      return { ...plan, input: folded(plan.input), condition: fold(plan.condition) };
    case "withColumns":
      return {
        ...plan,
        input: folded(plan.input),
        columns: plan.columns.map(([name, node]) => [name, fold(node)] as const),
      };
    default:
      return { ...plan, input: folded(plan.input) };
  }
}

/** The plan with conditions applied to its result, each as early as possible. */
function push(plan: Plan, terms: readonly Node[]): Plan {
  switch (plan.step) {
    case "scan":
      return {
        ...plan,
        condition: conjunction(plan.condition === null ? terms : [plan.condition, ...terms]),
      };
    case "filter": {
      const own = conjuncts(plan.condition).filter((t) => !(t.op === "literal" && t.value === true));
      return push(plan.input, [...own, ...terms]);
    }
    case "select":
    case "sort":
      return { ...plan, input: push(plan.input, terms) };
    case "limit":
      // The first rows of fewer rows are others.
      return filtered({ ...plan, input: push(plan.input, []) }, terms);
    case "withColumns": {
      const made = new Set(plan.columns.map(([name]) => name));
      const [early, late] = split(terms, (used) => [...used].every((name) => !made.has(name)));
      return filtered({ ...plan, input: push(plan.input, early) }, late);
    }
    case "aggregate": {
      // A condition on the keys alone keeps or drops whole groups.
      const [early, late] = split(
        terms,
        (used) => used.size > 0 && [...used].every((name) => plan.keys.includes(name)),
      );
      return filtered({ ...plan, input: push(plan.input, early) }, late);
    }
    case "join":
      return pushIntoJoin(plan, terms);
  }
}

function pushIntoJoin(plan: Extract<Plan, { step: "join" }>, terms: readonly Node[]): Plan {
  const leftNames = new Set(namesOf(plan.left));
  const ofRight = new Map<string, string>();
  for (const name of namesOf(plan.right))
    if (!plan.on.right.includes(name)) ofRight.set(leftNames.has(name) ? name + SUFFIX : name, name);
  // A side whose lonely rows are kept must not lose the rows that would have met them.
  const mayLeft = plan.how === "inner" || plan.how === "left";
  const [left, others] = split(
    terms,
    (used) => mayLeft && used.size > 0 && [...used].every((name) => leftNames.has(name)),
  );
  const [right, late] = split(
    others,
    (used) => plan.how === "inner" && used.size > 0 && [...used].every((name) => ofRight.has(name)),
  );
  // Equal keys satisfy the same conditions.
  const keys = new Map(plan.on.left.map((name, k) => [name, plan.on.right[k]]));
  const [onKeys] = split(left, (used) => [...used].every((name) => keys.has(name)));
  const rightTerms = [...right.map((t) => renamed(t, ofRight)), ...onKeys.map((t) => renamed(t, keys))];
  return filtered({ ...plan, left: push(plan.left, left), right: push(plan.right, rightTerms) }, late);
}

function split(terms: readonly Node[], test: (used: Set<string>) => boolean): [Node[], Node[]] {
  const yes: Node[] = [];
  const no: Node[] = [];
  for (const term of terms) (test(columnsOf(term)) ? yes : no).push(term);
  return [yes, no];
}

function filtered(input: Plan, terms: readonly Node[]): Plan {
  const condition = conjunction(terms);
  return condition === null ? input : { step: "filter", input, condition };
}

function renamed(node: Node, names: ReadonlyMap<string, string>): Node {
  switch (node.op) {
    case "column":
      return { op: "column", name: names.get(node.name) ?? node.name };
    case "literal":
      return node;
    case "not":
    case "isMissing":
      return { op: node.op, of: renamed(node.of, names) };
    default:
      return { op: node.op, left: renamed(node.left, names), right: renamed(node.right, names) };
  }
}

/** The plan without what is not needed for these columns of its result. */
function prune(plan: Plan, needed: ReadonlySet<string>): Plan {
  const keep = (names: readonly string[]) => names.filter((name) => needed.has(name));
  switch (plan.step) {
    case "scan":
      // The condition is judged where the rows are read, so its columns are read too.
      return withoutExtra(
        {
          ...plan,
          columns: plan.columns.filter(
            (n) => needed.has(n) || (plan.condition !== null && columnsOf(plan.condition).has(n)),
          ),
        },
        keep(plan.columns),
      );
    case "filter": {
      const input = prune(plan.input, union(needed, columnsOf(plan.condition)));
      return withoutExtra({ ...plan, input }, keep(namesOf(plan.input)));
    }
    case "sort": {
      const input = prune(plan.input, union(needed, plan.names));
      return withoutExtra({ ...plan, input }, keep(namesOf(plan.input)));
    }
    case "limit":
      return { ...plan, input: prune(plan.input, needed) };
    case "select": {
      const names = keep(plan.names);
      const input = prune(plan.input, new Set(names));
      return sameNames(namesOf(input), names) ? input : { step: "select", input, names };
    }
    case "withColumns": {
      const columns = plan.columns.filter(([name]) => needed.has(name));
      const made = new Set(columns.map(([name]) => name));
      const below = new Set([...needed].filter((name) => !made.has(name)));
      for (const [, node] of columns) columnsOf(node, below);
      // A column that is replaced keeps its place.
      const before = namesOf(plan.input);
      for (const name of made) if (before.includes(name)) below.add(name);
      const input = prune(plan.input, below);
      if (columns.length === 0) return input;
      return withoutExtra({ ...plan, input, columns }, keep(namesOf({ ...plan, input, columns })));
    }
    case "aggregate": {
      const entries = plan.entries.filter(([name]) => needed.has(name));
      const below = new Set(plan.keys);
      for (const [, entry] of entries) if (entry !== "size") below.add(entry[0]);
      return withoutExtra({ ...plan, entries, input: prune(plan.input, below) }, keep(namesOf(plan)));
    }
    case "join": {
      const leftNames = namesOf(plan.left);
      const left = new Set<string>(plan.on.left);
      const right = new Set<string>(plan.on.right);
      for (const name of leftNames) if (needed.has(name)) left.add(name);
      for (const name of namesOf(plan.right)) {
        if (plan.on.right.includes(name)) continue;
        const clash = leftNames.includes(name);
        if (!needed.has(clash ? name + SUFFIX : name)) continue;
        right.add(name);
        // The suffix is there only as long as both sides have the name.
        if (clash) left.add(name);
      }
      const next = { ...plan, left: prune(plan.left, left), right: prune(plan.right, right) };
      return withoutExtra(next, keep(namesOf(next)));
    }
  }
}

/** With a selection on top where a plan gives more than these columns. */
function withoutExtra(plan: Plan, names: readonly string[]): Plan {
  return sameNames(namesOf(plan), names) ? plan : { step: "select", input: plan, names };
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, j) => name === b[j]);
}

function union(a: ReadonlySet<string>, b: Iterable<string>): Set<string> {
  return new Set([...a, ...b]);
}
