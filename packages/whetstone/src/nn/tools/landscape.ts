/** Slices of the loss around the weights of a net, and how smooth it is along a step. */
import { argumentError, requireFunction } from "../../errors.ts";
import { type RandomStream, randomStream, type Seed } from "../../math/index.ts";
import { grad, noGrad, Tensor } from "../../tensor/index.ts";
import type { AnyModule } from "../module.ts";
import { substitute } from "../substitute.ts";

/** A direction in the space of weights, by parameter name. */
export type Direction = Readonly<Record<string, Tensor>>;

/**
 * A random direction in which each filter (row of a weight) is as long as the net's own (Li et al. 2018), so that nets
 * of other scales compare; vectors (biases, norm gains) stay.
 */
export function filterNormalizedDirection(net: AnyModule, seed: Seed | RandomStream = 0): Direction {
  const stream = typeof seed === "object" ? seed : randomStream(seed);
  return Object.fromEntries(
    net.namedParameters().map(([name, p]) => {
      if (p.rank < 2) return [name, Tensor.from(new Float32Array(p.size), { shape: p.shape })];
      const rows = p.shape[0]!;
      const raw = Tensor.from(
        Float32Array.from({ length: p.size }, () => stream.normal()),
        { shape: [rows, -1] },
      );
      const length = (t: Tensor) => t.square().sum(1, true).sqrt();
      const scaled = raw.mul(
        length(p.detach().to("f32").reshape([rows, -1])).div(length(raw).maximum(1e-12)),
      );
      return [name, scaled.reshape(p.shape).realize()];
    }),
  );
}

/** Values from -radius to radius. */
const line = (radius: number, points: number): number[] =>
  Array.from({ length: points }, (_, i) => (points === 1 ? 0 : -radius + (2 * radius * i) / (points - 1)));

/** How far a loss is looked at around a point, and how finely. */
export interface SliceOptions {
  /** How far to go, in lengths of the direction. Default 1. */
  readonly radius?: number;
  /** Points along each direction. Default 21. */
  readonly points?: number;
}

function lossAt(net: AnyModule, loss: () => Tensor, shifts: readonly [Direction, number][]): number {
  return noGrad(() =>
    substitute(
      net,
      (name, p) =>
        shifts.reduce((w, [d, a]) => w.add(d[name]!.to(p.dtype).mul(Tensor.from(a).to(p.dtype))), p.detach()),
      loss,
    ).item(),
  );
}

function checked(where: string, loss: unknown, options: SliceOptions): { radius: number; points: number } {
  requireFunction(where, "loss", loss);
  const { radius = 1, points = 21 } = options;
  if (!(radius > 0)) throw argumentError(where, "radius", radius, "a number > 0");
  if (!Number.isSafeInteger(points) || points < 1) {
    throw argumentError(where, "points", points, "a whole number >= 1");
  }
  return { radius, points };
}

/**
 * The loss along a direction, at weights + a direction for a from -radius to radius.
 *
 * @example
 * const net = new Linear(1, 1, { bias: false, seed: 0 });
 * const loss = () => net.weight.square().sum();
 * lossSlice(net, loss, filterNormalizedDirection(net, 0), { points: 3 }).at; // [-1, 0, 1]
 */
export function lossSlice(
  net: AnyModule,
  loss: () => Tensor,
  direction: Direction,
  options: SliceOptions = {},
): { at: number[]; loss: number[] } {
  const { radius, points } = checked("lossSlice", loss, options);
  const at = line(radius, points);
  return { at, loss: at.map((a) => lossAt(net, loss, [[direction, a]])) };
}

/**
 * The loss over two directions: `loss[row * points + col]` at weights + at[col] first + at[row] second.
 *
 * @example
 * const net = new Linear(2, 1, { bias: false, seed: 0 });
 * const loss = () => net.weight.square().sum();
 * const [first, second] = [filterNormalizedDirection(net, 0), filterNormalizedDirection(net, 1)];
 * lossSurface(net, loss, first, second, { points: 3 }).loss.length; // 9
 */
export function lossSurface(
  net: AnyModule,
  loss: () => Tensor,
  first: Direction,
  second: Direction,
  options: SliceOptions = {},
): { at: number[]; loss: number[] } {
  const { radius, points } = checked("lossSurface", loss, options);
  const at = line(radius, points);
  const values = at.flatMap((b) =>
    at.map((a) =>
      lossAt(net, loss, [
        [first, a],
        [second, b],
      ]),
    ),
  );
  return { at, loss: values };
}

/**
 * How fast the gradient g changes along the step -lr g: the greatest |g(w - t lr g) - g(w)| / |t lr g| for t up to 1
 * (Santurkar et al. 2018), an estimate of the gradient's Lipschitz constant there; and the losses on the way.
 *
 * @example
 * const net = new Linear(1, 1, { bias: false, seed: 0 });
 * smoothnessAlongStep(net, () => net.weight.square().sum()).lipschitz; // about 2
 */
export function smoothnessAlongStep(
  net: AnyModule,
  loss: () => Tensor,
  options: { readonly lr?: number; readonly points?: number } = {},
): { lipschitz: number; loss: number[]; gradientNorm: number } {
  const { lr = 0.1, points = 5 } = options;
  if (!(lr > 0)) throw argumentError("smoothnessAlongStep", "lr", lr, "a number > 0");
  if (!Number.isSafeInteger(points) || points < 1) {
    throw argumentError("smoothnessAlongStep", "points", points, "a whole number >= 1");
  }
  const names = net.namedParameters().map(([name]) => name);
  const gradientAt = (shift: Direction | null, t: number) => {
    const leaves: Record<string, Tensor> = {};
    const value = substitute(
      net,
      (name, p) => {
        const moved = shift ? p.detach().sub(shift[name]!.mul(Tensor.from(t * lr).to(p.dtype))) : p.detach();
        return (leaves[name] = moved.requireGrad());
      },
      loss,
    );
    const g = grad(
      [value],
      names.map((name) => leaves[name]!),
      { createGraph: false },
    );
    return { value: value.item(), g: g.map((x) => x.realize()) };
  };
  const start = gradientAt(null, 0);
  const step = Object.fromEntries(names.map((name, i) => [name, start.g[i]!]));
  const length = (tensors: readonly Tensor[]) =>
    Math.sqrt(tensors.reduce((sum, t) => sum + t.to("f64").square().sum().item(), 0));
  const norm = length(start.g);
  let lipschitz = 0;
  const losses = [start.value];
  for (let i = 1; i <= points; i++) {
    const t = i / points;
    const there = gradientAt(step, t);
    losses.push(there.value);
    lipschitz = Math.max(lipschitz, length(there.g.map((g, k) => g.sub(start.g[k]!))) / (t * lr * norm));
  }
  return { lipschitz, loss: losses, gradientNorm: norm };
}
