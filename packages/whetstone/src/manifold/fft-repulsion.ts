/**
 * Repulsion of t-SNE through a grid: charges of the points go to nodes, are convolved with the kernels there, and come
 * back. Linderman, Rachh, Hoskins, Steinerberger and Kluger (2019), Nature Methods 16; here by cubic interpolation between
 * the four nearest nodes of one regular grid, with the force's own kernels.
 */
import type { Scratch } from "../kernels/index.ts";
import { type Grid, GridConvolution } from "./grid-convolution.ts";

/** Distance of nodes, in the map's units, in which the kernel 1 / (1 + r^2) is about two wide. */
const SPACING = 1 / 3;
/** Spacings across the smallest maps, which lie within one unit: the kernels bend less there, but are not flat. */
const LEAST = 20;
/** Nodes per side, padding included: products of 4, 3 and 2, so that a side is never a third longer than needed. */
const SIZES = [32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048];

interface Plan {
  readonly grid: GridConvolution;
  readonly spacing: number;
  /** Spectra of r / (1 + r^2)^2, both coordinates in one, and of 1 / (1 + r^2). */
  readonly force: Grid;
  readonly share: Grid;
}

/** Writes sum of q^2 (y_i - y_j) to `force` and returns the sum of q over ordered pairs, q = 1 / (1 + |y_i - y_j|^2). */
export type GridRepulsion = (y: Float64Array, force: Float64Array) => number;

/** For maps of n points in two dimensions. */
export function gridRepulsion(s: Scratch, n: number): GridRepulsion {
  const plans = new Map<string, Plan>();
  const lines = new Int32Array(n);
  const columns = new Int32Array(n);
  const wx = new Float64Array(4 * n);
  const wy = new Float64Array(4 * n);
  return (y, force) => {
    const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < 2 * n; at++) {
      const k = at & 1;
      if (y[at]! < low[k]!) low[k] = y[at]!;
      if (y[at]! > high[k]!) high[k] = y[at]!;
    }
    const span = Math.max(high[0]! - low[0]!, high[1]! - low[1]!);
    const { grid, spacing, force: forceKernel, share } = planFor(s, plans, span);
    const { size, charges } = grid;
    charges.fill(0, 0, (size / 2) * size);
    for (let i = 0; i < n; i++) {
      lines[i] = weigh((y[2 * i]! - low[0]!) / spacing, wx, 4 * i);
      columns[i] = weigh((y[2 * i + 1]! - low[1]!) / spacing, wy, 4 * i);
      for (let a = 0; a < 4; a++)
        for (let b = 0, at = (lines[i]! + a) * size + columns[i]!; b < 4; b++, at++)
          charges[at] = charges[at]! + wx[4 * i + a]! * wy[4 * i + b]!;
    }
    grid.transform();
    const pull = grid.convolve(forceKernel);
    for (let i = 0; i < n; i++) {
      let [fx, fy] = [0, 0];
      for (let a = 0; a < 4; a++)
        for (let b = 0, at = (lines[i]! + a) * size + columns[i]!; b < 4; b++, at++) {
          const w = wx[4 * i + a]! * wy[4 * i + b]!;
          fx += w * pull.re[at]!;
          fy += w * pull.im[at]!;
        }
      force[2 * i] = fx;
      force[2 * i + 1] = fy;
    }
    const { re } = grid.convolve(share);
    let total = 0;
    for (let i = 0; i < n; i++) {
      for (let a = 0; a < 4; a++)
        for (let b = 0, at = (lines[i]! + a) * size + columns[i]!; b < 4; b++, at++)
          total += wx[4 * i + a]! * wy[4 * i + b]! * re[at]!;
      // A point is no pair with itself: what interpolation makes of its own charge goes.
      total -= ownShare(wx, wy, 4 * i, spacing);
    }
    return Math.max(total, Number.MIN_VALUE);
  };
}

function planFor(s: Scratch, plans: Map<string, Plan>, span: number): Plan {
  let spacing = SPACING;
  const largest = SIZES.at(-1)! / 2;
  while (span / spacing + 5 > largest) spacing *= 2;
  while (span / spacing < LEAST && spacing > 1e-6) spacing /= 2;
  const size = SIZES.find((v) => v / 2 >= span / spacing + 5)!;
  const name = `${size} ${spacing}`;
  let plan = plans.get(name);
  if (plan === undefined) {
    const known = [...plans.values()].find((p) => p.grid.size === size);
    const grid = known?.grid ?? new GridConvolution(s, size);
    const h = spacing;
    const q = (i: number, j: number) => 1 / (1 + h * h * (i * i + j * j));
    plan = {
      grid,
      spacing,
      force: grid.kernel((i, j) => [h * i * q(i, j) ** 2, h * j * q(i, j) ** 2]),
      share: grid.kernel((i, j) => [q(i, j), 0]),
    };
    plans.set(name, plan);
  }
  return plan;
}

/** Weights of the four nodes around a place, by cubic interpolation; returns the first node. */
function weigh(place: number, out: Float64Array, at: number): number {
  const cell = Math.floor(place);
  const t = place - cell;
  out[at] = (-t * (t - 1) * (t - 2)) / 6;
  out[at + 1] = ((t + 1) * (t - 1) * (t - 2)) / 2;
  out[at + 2] = (-(t + 1) * t * (t - 2)) / 2;
  out[at + 3] = ((t + 1) * t * (t - 1)) / 6;
  // The grid begins one node before the first point.
  return cell;
}

/** The share of a point in itself, as the grid sees it. */
function ownShare(wx: Float64Array, wy: Float64Array, at: number, spacing: number): number {
  let sum = 0;
  for (let u = 0; u < 4; u++) {
    let along = 0;
    for (let a = 0; a + u < 4; a++) along += wx[at + a]! * wx[at + a + u]!;
    if (u > 0) along *= 2;
    for (let v = 0; v < 4; v++) {
      let across = 0;
      for (let b = 0; b + v < 4; b++) across += wy[at + b]! * wy[at + b + v]!;
      if (v > 0) across *= 2;
      sum += (along * across) / (1 + spacing * spacing * (u * u + v * v));
    }
  }
  return sum;
}
