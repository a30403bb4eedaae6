/** Differentiation of functions, and control of what is recorded. */
import { requireFunction, shapeError, WhetstoneError } from "../errors.ts";
import type { Output } from "./backends/backend.ts";
import { isFloat, readElement } from "./dtype.ts";
import { getBackend, read, setInspector } from "./engine.ts";
import * as b from "./graph/build.ts";
import { gradients } from "./graph/differentiate.ts";
import { gradEnabled, lastNodeId, Node, topological, withGradMode, withOrigins } from "./graph/node.ts";
import { sameShape, showShape } from "./graph/shape.ts";
import { Tensor } from "./tensor.ts";

/**
 * Runs `fn` without recording gradients.
 *
 * @example
 * const x = Tensor.from([2], { requiresGrad: true });
 * noGrad(() => x.mul(x)).requiresGrad; // false
 */
export const noGrad = <R>(fn: () => R): R => withGradMode(false, fn);

/**
 * Runs `fn` with recording, inside a `noGrad`.
 *
 * @example
 * const x = Tensor.from([2], { requiresGrad: true });
 * noGrad(() => enableGrad(() => x.mul(x))).requiresGrad; // true
 */
export const enableGrad = <R>(fn: () => R): R => withGradMode(true, fn);

/** What gradients are seeded with, and whether they can be differentiated again. */
export interface GradOptions {
  /** Whether the gradients can be differentiated again. Default true: they are graphs anyhow. */
  readonly createGraph?: boolean;
  /** A gradient for each output; needed where an output is not a single number. */
  readonly seeds?: readonly Tensor[];
}

/**
 * Gradients of outputs (summed) with respect to inputs; zeros where nothing depends on an input. Nothing is added to
 * any `grad`.
 *
 * @example
 * const x = Tensor.from(3, { requiresGrad: true });
 * const [dy] = grad([x.pow(3)], [x]);
 * const [d2y] = grad([dy], [x]);
 * [dy.item(), d2y.item()]; // [27, 18]
 */
export function grad(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  options: GradOptions = {},
): Tensor[] {
  const { createGraph = true, seeds } = options;
  const where = "grad";
  const started = outputs.map((output, i) => {
    const seed = seeds?.[i];
    if (!seed && output.size !== 1) {
      throw shapeError(
        where,
        `outputs[${i}]`,
        `has shape ${showShape(output.shape)}`,
        "one element, or seeds",
      );
    }
    if (seed && !sameShape(seed.shape, output.shape)) {
      throw shapeError(
        where,
        `seeds[${i}]`,
        `has shape ${showShape(seed.shape)}`,
        `${showShape(output.shape)}, as its output`,
      );
    }
    return seed ? b.cast(seed.node, output.dtype) : b.like(output.node, 1);
  });
  inputs.forEach((input, i) => {
    if (!input.requiresGrad) {
      throw new WhetstoneError(
        "argument",
        { where, argument: `inputs[${i}]` },
        `inputs[${i}] does not require a gradient`,
      );
    }
  });
  const live = outputs.flatMap((o, i) => (o.requiresGrad ? [i] : []));
  const found = gradients(
    live.map((i) => outputs[i]!.node),
    live.map((i) => started[i]!),
    inputs.map((i) => i.node),
    createGraph,
  );
  return inputs.map((input, i) => new Tensor(found[i] ?? b.like(input.node, 0)));
}

/** A fresh leaf with the value of `x`, to differentiate by; it stays connected to x's own graph. */
function variable(x: Tensor): Tensor {
  const node = new Node("custom", { rule: (g) => [g] }, [b.detach(x.node), x.node], x.shape, x.dtype, true);
  return new Tensor(node);
}

/**
 * The value of f at x and its vector-Jacobian product: cotangent -> gradient.
 *
 * @example
 * const { value, pullback } = vjp((x) => x.mul(x), Tensor.from([1, 2]));
 * value.toArray(); // [1, 4]
 * pullback(Tensor.from([1, 1])).toArray(); // [2, 4]
 */
export function vjp(
  f: (x: Tensor) => Tensor,
  x: Tensor,
): { value: Tensor; pullback: (cotangent: Tensor) => Tensor } {
  requireFunction("vjp", "f", f);
  const at = variable(x);
  const value = f(at);
  return { value, pullback: (cotangent) => grad([value], [at], { seeds: [cotangent] })[0]! };
}

/**
 * Jacobian-vector product J v, by differentiating the vector-Jacobian product in its cotangent.
 *
 * @example
 * const { value, tangent } = jvp((x) => x.mul(x), Tensor.from([1, 2]), Tensor.from([1, 0]));
 * value.toArray(); // [1, 4]
 * tangent.toArray(); // [2, 0]
 */
export function jvp(f: (x: Tensor) => Tensor, x: Tensor, v: Tensor): { value: Tensor; tangent: Tensor } {
  const { value, pullback } = vjp(f, x);
  const cotangent = Tensor.zeros(value.shape, { dtype: value.dtype, requiresGrad: true });
  const pulled = pullback(cotangent);
  const tangent = pulled.requiresGrad
    ? grad([pulled], [cotangent], { seeds: [v] })[0]!
    : Tensor.zeros(value.shape, { dtype: value.dtype });
  return { value, tangent };
}

/**
 * All first derivatives: shape [...f(x).shape, ...x.shape].
 *
 * @example
 * jacobian((x) => x.mul(x), Tensor.from([1, 2])).toArray(); // [[2, 0], [0, 4]]
 */
export function jacobian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const { value, pullback } = vjp(f, x);
  const flat = value.size;
  const rows = Array.from({ length: flat }, (_, i) =>
    pullback(Tensor.eye(flat, { dtype: value.dtype }).at(i).reshape(value.shape)),
  );
  return Tensor.stack(rows).reshape([...value.shape, ...x.shape]);
}

/**
 * All second derivatives of a function to one number: shape [...x.shape, ...x.shape].
 *
 * @example
 * hessian((x) => x.mul(x).sum(), Tensor.from([1, 2])).toArray(); // [[2, 0], [0, 2]]
 */
export function hessian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return jacobian((at) => vjp(f, at).pullback(Tensor.ones([], { dtype: x.dtype })), x);
}

/**
 * Hessian times v, without the Hessian.
 *
 * @example
 * hvp((x) => x.mul(x).mul(x).sum(), Tensor.from([1, 2]), Tensor.from([1, 1])).toArray(); // [6, 12]
 */
export function hvp(f: (x: Tensor) => Tensor, x: Tensor, v: Tensor): Tensor {
  const at = variable(x);
  const value = f(at);
  const [first] = grad([value], [at]) as [Tensor];
  return first.requiresGrad
    ? grad([first], [at], { seeds: [v] })[0]!
    : Tensor.zeros(x.shape, { dtype: x.dtype });
}

/**
 * `value` with gradients of your own: `rule` gets the gradient of the value and returns one for each of `inputs`
 * (or null).
 *
 * @example
 * const x = Tensor.from([0.6], { requiresGrad: true });
 * const rounded = customGradient(x.round(), [x], (g) => [g]); // straight through
 * rounded.sum().backward();
 * x.grad.toArray(); // [1]
 */
export function customGradient(
  value: Tensor,
  inputs: readonly Tensor[],
  rule: (gradient: Tensor) => readonly (Tensor | null)[],
): Tensor {
  requireFunction("customGradient", "rule", rule);
  const apply = (g: unknown) => {
    const parts = rule(new Tensor(g as Node));
    inputs.forEach((input, i) => {
      const part = parts[i];
      if (part && !sameShape(part.shape, input.shape)) {
        throw shapeError(
          "customGradient",
          `the gradient of input ${i}`,
          `has shape ${showShape(part.shape)}`,
          showShape(input.shape),
        );
      }
    });
    return parts.map((part) => part?.node ?? null);
  };
  const nodes = [b.detach(value.node), ...inputs.map((i) => i.node)];
  return new Tensor(new Node("custom", { rule: apply }, nodes, value.shape, value.dtype));
}

/**
 * Runs `fn` so that its intermediate values are not kept for the backward pass but computed again there: memory for
 * time. Gradients are the same; random numbers too, as they are functions of their seed.
 *
 * @example
 * const x = Tensor.from([2], { requiresGrad: true });
 * checkpoint((v) => v.mul(v).mul(v), x).sum().backward();
 * x.grad.toArray(); // [12]
 */
export function checkpoint(fn: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): Tensor {
  requireFunction("checkpoint", "fn", fn);
  const before = lastNodeId();
  const output = fn(...inputs).node;
  if (!output.requiresGrad || output.id <= before) return new Tensor(output);
  const inside = topological([output], (n) => n.id <= before);
  const frontier = inside.filter((n) => n.id <= before && n.requiresGrad);
  const rule = (g: unknown) => {
    const copies = new Map<Node, Node>();
    for (const node of inside) {
      if (node.id <= before) copies.set(node, node);
      else {
        const from = node.inputs.map((i) => copies.get(i)!);
        copies.set(
          node,
          withGradMode(true, () => new Node(node.op, node.attrs, from, node.shape, node.dtype)),
        );
      }
    }
    return gradients([copies.get(output)!], [g as Node], frontier, gradEnabled());
  };
  return new Tensor(
    new Node("custom", { rule }, [b.detach(output), ...frontier], output.shape, output.dtype),
  );
}

/**
 * Runs `fn`; at each realisation in it every node is computed by itself, and the first whose value holds NaN is named,
 * with the place in the code that made it.
 *
 * @example
 * detectAnomaly(() => Tensor.from([4]).sqrt().item()); // 2
 */
export function detectAnomaly<R>(fn: () => R): R {
  return withOrigins(() => {
    const before = setInspector(inspect);
    try {
      return fn();
    } finally {
      setInspector(before);
    }
  });
}

function inspect(outputs: readonly Output[]): void {
  const done = (n: Node) => n.storage !== null;
  for (const node of topological(
    outputs.map((o) => o.node),
    done,
  )) {
    if (!node.storage) getBackend().realize([{ node, replaces: null }]);
    if (!isFloat(node.dtype) || node.op === "const") continue;
    const array = read(node, "detectAnomaly");
    for (let i = 0; i < array.length; i++) {
      const value = readElement(node.dtype, array, i);
      if (Number.isNaN(value)) {
        const inputs = node.inputs.map((n) => showShape(n.shape)).join(", ");
        throw new WhetstoneError(
          "numerical",
          { where: "detectAnomaly", operation: node.op, index: i },
          `${node.op}(${inputs}) gave NaN at element ${i} of ${showShape(node.shape)}; it was made at\n${callers(node)}`,
        );
      }
    }
  }
}

/** The stack below the library's own frames. */
function callers(node: Node): string {
  const frames = (node.origin ?? "").split("\n").slice(1);
  const own = /[\\/]tensor[\\/](graph|ops)[\\/]|[\\/]tensor[\\/](tensor|elementwise|functional)\.[tj]s/;
  const outside = frames.filter((frame) => !own.test(frame));
  return (outside.length > 0 ? outside : frames).slice(0, 4).join("\n");
}
