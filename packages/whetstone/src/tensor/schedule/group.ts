/**
 * Puts the nodes of a graph into groups, one kernel each. Nodes are taken in the order they were made. An elementwise
 * node joins a group over the same index space if all it needs is there or computed before; a reduction joins the
 * group that computes what it reduces, and later nodes go on from its result: a softmax or a layer norm ends as one
 * group. What another group needs is stored.
 */
import { type DType, isFloat } from "../dtype.ts";
import { type Node, topological } from "../graph/node.ts";
import { kindOf, type Movement, type Reduce } from "../graph/primitives.ts";
import { contiguousStrides, type Shape, sameShape, sizeOf } from "../graph/shape.ts";
import { expensive } from "./body.ts";
import { type Group, outerShape, type Ref, type Value } from "./values.ts";
import { isContiguous, moveView, type View, wholeView } from "./view.ts";

/** A node joins an older group only if not more nodes than this were made since: its results would be kept too long. */
const reach = 48;
/** Most values in a group: kernels take a limited number of arguments and should stay small. */
const mostValues = 160;
const mostSlots = 40;
/** A reduction with fewer results than this, over more elements than that, is shared out in parts. */
export const fewOuter = 8;
export const manyInner = 16384;

/** Most operations to do again rather than store their result. */
const mostAgain = 8;
/** Reducing columns walks memory across its lines: much arithmetic is better done along them, by a kernel before. */
const fewValues = 4;

export interface Grouping {
  readonly groups: readonly Group[];
  /** The value of each asked node. */
  readonly outputs: readonly Value[];
  /** Storage-holding nodes, in order of first use. */
  readonly leaves: readonly Node[];
}

export function group(outputs: readonly Node[]): Grouping {
  return new Grouper().run(outputs);
}

class Grouper {
  readonly #groups: Group[] = [];
  readonly #leaves: Node[] = [];
  readonly #leafOf = new Map<object, Value>();
  readonly #refs = new Map<Node, Ref>();
  /** Slots that a group reads or may write, to bound them. */
  readonly #reads: Set<Value>[] = [];
  /** Values of other groups that a group computes again. */
  readonly #copies: Map<Value, Value>[] = [];

  run(outputs: readonly Node[]): Grouping {
    for (const node of topological(outputs, (n) => n.storage !== null))
      this.#refs.set(node, this.#refOf(node));
    const taken = new Set<Value>();
    const values = outputs.map((node) => {
      const { value, view } = this.#refs.get(node)!;
      const own = value.group >= 0 && sizeOf(value.shape) === sizeOf(view.shape) && isContiguous(view);
      const result = own && !taken.has(value) ? value : this.#copy({ value, view }, value.dtype, node.id);
      result.stored = true;
      taken.add(result);
      return result;
    });
    return { groups: this.#groups, outputs: values, leaves: this.#leaves };
  }

  #refOf(node: Node): Ref {
    if (node.storage) return whole(this.#leaf(node));
    const inputs = node.inputs.map((input) => this.#refs.get(input)!);
    switch (kindOf(node.op)) {
      case "source":
        return whole(
          inPlace(
            node,
            node.op === "const"
              ? { kind: "const", value: (node as Node<"const">).attrs.value }
              : { kind: "iota" },
          ),
        );
      case "marker":
        return inputs[0]!;
      case "movement": {
        const [from] = inputs as [Ref];
        const view = moveView(from.view, node as Node<Movement>);
        if (view) return { value: from.value, view };
        const stored = this.#copy(from, from.value.dtype, node.id);
        return { value: stored, view: moveView(wholeView(stored.shape), node as Node<Movement>)! };
      }
      case "reduce":
        return whole(this.#reduce(node as Node<Reduce>, inputs[0]!));
      case "structured":
        return node.op === "gather" ? whole(this.#gather(node, inputs)) : whole(this.#call(node, inputs));
      default:
        return whole(this.#elementwise(node, inputs));
    }
  }

  #leaf(node: Node): Value {
    const known = this.#leafOf.get(node.storage!);
    if (known)
      return known.shape.length === node.shape.length && sameShape(known.shape, node.shape)
        ? known
        : { ...known, shape: node.shape };
    const value: Value = {
      shape: node.shape,
      dtype: node.dtype,
      what: { kind: "leaf", leaf: this.#leaves.length },
      group: -1,
      level: "full",
      stored: true,
    };
    this.#leaves.push(node);
    this.#leafOf.set(node.storage!, value);
    return value;
  }

  #elementwise(node: Node, inputs: readonly Ref[]): Value {
    const draft = fresh(node.shape, node.dtype, { kind: "node", node, inputs });
    return this.#place(draft, inputs, node.id);
  }

  /** The elements of a view in order, in memory of their own. */
  #copy(from: Ref, dtype: DType, id: number): Value {
    const value = this.#place(fresh(from.view.shape, dtype, { kind: "copy", from }), [from], id);
    value.stored = true;
    return value;
  }

  /** Finds or opens the group that computes an elementwise value; gives the value as it is computed there. */
  #place(value: Value, inputs: readonly Ref[], id: number): Value {
    for (const candidate of this.#candidates(inputs, id)) {
      const level = this.#levelIn(candidate, value.shape, inputs);
      if (level !== null) return this.#settle(candidate, value, level, inputs, id);
    }
    return this.#settle(this.#open(value.shape, null), value, "full", inputs, id);
  }

  /** Joins the group, with cheap inputs of other groups computed again there. */
  #settle(g: Group, value: Value, level: Value["level"], inputs: readonly Ref[], id: number): Value {
    const { what } = value;
    let own = inputs;
    if (level === "full" && what.kind === "node") {
      own = inputs.map((input) => this.#again(g, input, id));
      if (own.some((input, i) => input !== inputs[i])) value = { ...value, what: { ...what, inputs: own } };
    }
    this.#join(g, value, level, own, id);
    return value;
  }

  /**
   * A reference to a value of another group, as one of this group's if it is cheaper to compute it again than to store
   * and load it: little arithmetic, on what the group loads anyway or on one array more.
   */
  #again(g: Group, input: Ref, id: number): Ref {
    const { value, view } = input;
    if (value.group < 0 || value.group === g.index || value.stored) return input;
    if (!sameShape(view.shape, g.space) || !isSame(value, view)) return input;
    const known = this.#copies[g.index]!.get(value);
    if (known) return whole(known);
    const steps: Value[] = [];
    const loads = new Set<Value>();
    if (!this.#chain(g, value, steps, loads) || loads.size > 1) return input;
    for (const step of steps) {
      const what = step.what as Extract<Value["what"], { kind: "node" }>;
      const inputs = what.inputs.map((r) => {
        const copy = this.#copies[g.index]!.get(r.value);
        return copy && isSame(r.value, r.view) ? whole(copy) : r;
      });
      const copy = fresh(step.shape, step.dtype, { ...what, inputs });
      this.#join(g, copy, "full", inputs, id);
      this.#copies[g.index]!.set(step, copy);
    }
    return whole(this.#copies[g.index]!.get(value)!);
  }

  /** The cheap values that a value is made of, in order, and the whole arrays that they would newly load. */
  #chain(g: Group, value: Value, steps: Value[], loads: Set<Value>): boolean {
    const { what } = value;
    if (steps.includes(value) || this.#copies[g.index]!.has(value)) return true;
    if (what.kind !== "node" || value.level !== "full" || !isCheap(what.node)) return false;
    for (const { value: from, view } of what.inputs) {
      const inner = from.group >= 0 && !from.stored && from.level === "full" && isSame(from, view);
      if (inner && isCheapValue(from)) {
        if (!this.#chain(g, from, steps, loads)) return false;
      } else if (
        from.what.kind !== "const" &&
        from.what.kind !== "iota" &&
        !this.#reads[g.index]!.has(from)
      ) {
        if (sizeOf(from.shape) * 8 >= sizeOf(g.space)) loads.add(from);
      }
    }
    steps.push(value);
    return steps.length <= mostAgain;
  }

  /** Groups that a value with these inputs may join: the newest, and recent ones that compute one of the inputs. */
  #candidates(inputs: readonly Ref[], id: number): Group[] {
    const found = new Set<Group>();
    const last = this.#groups.at(-1);
    if (last) found.add(last);
    for (const { value } of inputs) {
      const owner = this.#groups[value.group];
      if (owner && id - owner.newest <= reach) found.add(owner);
    }
    return [...found]
      .filter((g) => !g.call && g.values.length < mostValues)
      .sort((a, b) => b.index - a.index);
  }

  /** The level a value of that shape has in the group, or null if it cannot be computed there. */
  #levelIn(g: Group, shape: Shape, inputs: readonly Ref[]): Value["level"] | null {
    const reduced = g.reduced;
    const level = sameShape(shape, g.space)
      ? "full"
      : reduced && sameShape(shape, outerShape(g.space, reduced))
        ? "outer"
        : null;
    if (level === null || sizeOf(shape) === 0) return null;
    const reads = this.#reads[g.index]!;
    let added = 0;
    for (const { value, view } of inputs) {
      if (value.group > g.index) return null;
      if (value.group < g.index) {
        if (value.group >= 0 || value.what.kind === "leaf") added += reads.has(value) ? 0 : 1;
        continue;
      }
      if (!follows(g, value, view, level)) return null;
    }
    return reads.size + added + g.values.length / 4 > mostSlots ? null : level;
  }

  #join(g: Group, value: Value, level: Value["level"], inputs: readonly Ref[], id: number): void {
    value.group = g.index;
    value.level = level;
    g.values.push(value);
    g.newest = Math.max(g.newest, id);
    for (const { value: input } of inputs) this.#use(g, input);
  }

  /** A value that another group computes has to be stored for this one. */
  #use(g: Group, input: Value): void {
    if (input.group === g.index || input.what.kind === "const" || input.what.kind === "iota") return;
    input.stored = true;
    this.#reads[g.index]!.add(input);
  }

  #open(space: Shape, call: Group["call"]): Group {
    const g: Group = { index: this.#groups.length, call, space, reduced: null, values: [], newest: 0 };
    this.#groups.push(g);
    this.#reads.push(new Set());
    this.#copies.push(new Map());
    return g;
  }

  #reduce(node: Node<Reduce>, input: Ref): Value {
    const { axes } = node.attrs;
    const domain = input.view.shape;
    if (sizeOf(domain) === 0) {
      const least = isFloat(node.dtype) ? Number.NEGATIVE_INFINITY : node.dtype === "i32" ? -(2 ** 31) : 0;
      return inPlace(node, { kind: "const", value: node.op === "max" ? least : 0 });
    }
    const value = fresh(node.shape, node.dtype, { kind: "node", node, inputs: [input] });
    const owner = this.#groups[input.value.group];
    const last = this.#groups.at(-1);
    for (const g of [owner, last]) {
      if (!g || g.call || !sameShape(g.space, domain) || g.values.length >= mostValues) continue;
      if (input.value.group > g.index) continue;
      if (g === owner && (node.id - g.newest > reach || !follows(g, input.value, input.view, "full")))
        continue;
      if (g.reduced && !sameShape(g.reduced, axes)) continue;
      if (!g.reduced && g.values.length > fewValues && !axes.includes(lastLongAxis(domain))) continue;
      g.reduced ??= axes;
      this.#join(g, value, "outer", [input], node.id);
      return value;
    }
    const g = this.#open(domain, null);
    g.reduced = axes;
    this.#join(g, value, "outer", [input], node.id);
    return value;
  }

  #gather(node: Node, [x, index]: readonly Ref[]): Value {
    const inline = x!.value.what.kind === "const" || x!.value.what.kind === "iota";
    const source = inline || x!.view.mask ? whole(this.#copy(x!, x!.value.dtype, node.id)) : x!;
    // The source is read at places that are not the kernel's own, so it must be stored by an earlier group.
    source.value.stored = true;
    const inputs = [source, index!];
    const value = fresh(node.shape, node.dtype, { kind: "node", node, inputs });
    for (const candidate of this.#candidates([index!], node.id)) {
      if (source.value.group >= candidate.index) continue;
      const level = this.#levelIn(candidate, value.shape, [index!]);
      if (level === null) continue;
      this.#join(candidate, value, level, inputs, node.id);
      return value;
    }
    this.#join(this.#open(value.shape, null), value, "full", inputs, node.id);
    return value;
  }

  #call(node: Node, inputs: readonly Ref[]): Value {
    // 16-bit floats are computed in float32, small integers in i32.
    const dtype = wide(node.op === "argsort" ? inputs[0]!.value.dtype : node.dtype);
    const result = node.op === "argsort" ? "i32" : dtype;
    const operands = inputs.map((input, i) => {
      const index = node.op === "scatterAdd" && i === 1;
      const kind = index ? "i32" : dtype;
      const fits =
        input.value.dtype === kind &&
        input.value.what.kind !== "const" &&
        input.value.what.kind !== "iota" &&
        (node.op === "matmul" ? !input.view.mask : isContiguous(input.view));
      return fits ? input : whole(this.#copy(input, kind, node.id));
    });
    if (sizeOf(node.shape) === 0 || operands.some((o) => sizeOf(o.view.shape) === 0)) {
      return inPlace(node, { kind: "const", value: 0 });
    }
    const value = fresh(node.shape, result, { kind: "call" });
    const g = this.#open(node.shape, { node, inputs: operands, dtype: result });
    this.#join(g, value, "full", operands, node.id);
    for (const { value: input } of operands) input.stored = true;
    value.stored = true;
    return result === node.dtype ? value : this.#copy(whole(value), node.dtype, node.id);
  }
}

const lastLongAxis = (shape: Shape): number => shape.findLastIndex((n) => n !== 1);

/** Going on from the results of such a reduction in the same kernel would leave it to one thread. */
export function isSerial(space: Shape, reduced: readonly number[]): boolean {
  const outer = sizeOf(outerShape(space, reduced));
  return outer < fewOuter && sizeOf(space) / outer > manyInner;
}

const wide = (dtype: DType): DType =>
  dtype === "f16" || dtype === "bf16" ? "f32" : dtype === "u8" || dtype === "bool" ? "i32" : dtype;

/** Sees just the value, unmoved. */
const isSame = (value: Value, view: View): boolean =>
  sameShape(value.shape, view.shape) && isContiguous(view);

const isCheap = (node: Node): boolean => {
  const kind = kindOf(node.op);
  return (kind === "unary" || kind === "binary" || node.op === "where") && !expensive.has(node.op);
};

const isCheapValue = (value: Value): boolean => value.what.kind === "node" && isCheap(value.what.node);

const whole = (value: Value): Ref => ({ value, view: wholeView(value.shape) });

const fresh = (shape: Shape, dtype: DType, what: Value["what"]): Value => ({
  shape,
  dtype,
  what,
  group: -1,
  level: "full",
  stored: false,
});

const inPlace = (node: Node, what: Value["what"]): Value => fresh(node.shape, node.dtype, what);

/** Whether a value of the group, seen through `view`, is at each index of the reader just the value at that index. */
function follows(g: Group, value: Value, view: View, reader: Value["level"]): boolean {
  if (view.mask || view.offset !== 0 || view.shape.length !== value.shape.length) return false;
  if (value.level === reader) return sameShape(view.shape, value.shape) && isContiguous(view);
  if (value.level === "full") return false;
  // A result of the group's reduction, repeated along the reduced axes.
  if (isSerial(g.space, g.reduced!)) return false;
  const own = contiguousStrides(value.shape);
  return view.shape.every((n, i) =>
    g.reduced!.includes(i)
      ? n === g.space[i] && view.strides[i] === 0
      : n === value.shape[i] && (n === 1 || view.strides[i] === own[i]),
  );
}
