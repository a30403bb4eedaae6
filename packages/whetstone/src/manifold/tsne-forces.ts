import { type F64Block, type Scratch, tsneKernels } from "../kernels/index.ts";
import { SpaceTree } from "./barnes-hut.ts";
import { gridRepulsion } from "./fft-repulsion.ts";
import type { SparseRows } from "./nearest-rows.ts";

/** Gradient of the divergence with respect to the map, in kernel memory. */
export interface Forces {
  /** The map, n x k: written by the optimiser. */
  readonly y: Float64Array;
  /** Writes 4 (exaggeration attraction - repulsion / Z) and returns Z, the sum of q over ordered pairs. */
  gradient(exaggeration: number, out: Float64Array): number;
}

/** Pairs that one chunk of rows looks at: less is done before another thread has woken. */
const PAIRS_PER_CHUNK = 1 << 18;
const rowsPerChunk = (n: number, pairs: number): number =>
  Math.max(1, Math.ceil((n * PAIRS_PER_CHUNK) / Math.max(1, pairs)));
/** Coordinate of the points that fill up the last four: so far away that they repel nothing. */
const FAR = 1e18;

/** How far points repel: every pair exactly, in groups seen under less than an angle, or through a grid (two dimensions). */
export type RepulsionBy = "pairs" | "grid" | { readonly angle: number };

export function tsneForces(s: Scratch, P: SparseRows, dims: number, by: RepulsionBy): Forces {
  const { n } = P;
  const y = s.f64(n * dims);
  const pull = attraction(s, P, dims, y);
  const push =
    by === "grid"
      ? throughGrid(s, n, y)
      : by !== "pairs"
        ? throughTree(n, dims, y.view, by.angle)
        : dims === 2
          ? allPairs(s, n, y)
          : allPairsAnyDims(n, dims, y.view);
  return {
    y: y.view,
    gradient(exaggeration, out) {
      const { force, total } = push();
      const near = pull();
      for (let at = 0; at < n * dims; at++) out[at] = 4 * (exaggeration * near[at]! - force[at]! / total);
      return total;
    },
  };
}

type Repulsion = () => { force: Float64Array; total: number };

function attraction(s: Scratch, P: SparseRows, dims: number, y: F64Block): () => Float64Array {
  const { n, indptr, indices, values } = P;
  const out = s.f64(n * dims);
  if (dims === 2) {
    const [ptr, columns, p] = [s.i32(indptr), s.i32(indices), s.f64(values)];
    // An edge costs about eight times a pair of the repulsion.
    const perChunk = rowsPerChunk(n, 8 * indices.length);
    const chunks = Math.ceil(n / perChunk);
    return () => {
      tsneKernels.parallel(
        "tsneAttraction",
        chunks,
        y.ptr,
        ptr.ptr,
        columns.ptr,
        p.ptr,
        n,
        out.ptr,
        perChunk,
      );
      return out.view;
    };
  }
  return () => {
    const [at, f] = [y.view, out.view];
    f.fill(0);
    for (let i = 0; i < n; i++) {
      for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
        const j = indices[e]!;
        let square = 0;
        for (let k = 0; k < dims; k++) square += (at[i * dims + k]! - at[j * dims + k]!) ** 2;
        const w = values[e]! / (1 + square);
        for (let k = 0; k < dims; k++)
          f[i * dims + k] = f[i * dims + k]! + w * (at[i * dims + k]! - at[j * dims + k]!);
      }
    }
    return f;
  };
}

function allPairs(s: Scratch, n: number, y: F64Block): Repulsion {
  const padded = 4 * Math.ceil(n / 4);
  const [xs, ys] = [s.f32(padded), s.f32(padded)];
  xs.view.fill(FAR);
  ys.view.fill(FAR);
  const [force, totals] = [s.f64(2 * n), s.f64(n)];
  const perChunk = rowsPerChunk(n, n * n);
  const chunks = Math.ceil(n / perChunk);
  return () => {
    for (let i = 0; i < n; i++) {
      xs.view[i] = y.view[2 * i]!;
      ys.view[i] = y.view[2 * i + 1]!;
    }
    tsneKernels.parallel("tsneRepulsion", chunks, xs.ptr, ys.ptr, n, padded, force.ptr, totals.ptr, perChunk);
    let total = 0;
    for (let i = 0; i < n; i++) total += totals.view[i]! - 1;
    return { force: force.view, total: Math.max(total, Number.MIN_VALUE) };
  };
}

function allPairsAnyDims(n: number, dims: number, y: Float64Array): Repulsion {
  const force = new Float64Array(n * dims);
  return () => {
    force.fill(0);
    let total = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        let square = 0;
        for (let k = 0; k < dims; k++) square += (y[i * dims + k]! - y[j * dims + k]!) ** 2;
        const q = 1 / (1 + square);
        total += 2 * q;
        for (let k = 0; k < dims; k++) {
          const f = q * q * (y[i * dims + k]! - y[j * dims + k]!);
          force[i * dims + k] = force[i * dims + k]! + f;
          force[j * dims + k] = force[j * dims + k]! - f;
        }
      }
    }
    return { force, total: Math.max(total, Number.MIN_VALUE) };
  };
}

function throughTree(n: number, dims: number, y: Float64Array, angle: number): Repulsion {
  const force = new Float64Array(n * dims);
  const stack = new Int32Array(64 * 2 ** dims * 8);
  return () => {
    const tree = new SpaceTree(y, n, dims);
    force.fill(0);
    let total = 0;
    for (let i = 0; i < n; i++) total += tree.repulsion(y, i, angle, force, stack);
    return { force, total: Math.max(total, Number.MIN_VALUE) };
  };
}

function throughGrid(s: Scratch, n: number, y: F64Block): Repulsion {
  const force = s.f64(2 * n);
  const repel = gridRepulsion(s, n, y);
  return () => ({ total: repel(force), force: force.view });
}

/** sum of p log(p / (q / Z)) over the stored affinities. */
export function divergence(P: SparseRows, y: Float64Array, dims: number, total: number): number {
  let sum = 0;
  for (let i = 0; i < P.n; i++) {
    for (let e = P.indptr[i]!; e < P.indptr[i + 1]!; e++) {
      const p = P.values[e]!;
      if (p <= 0) continue;
      const j = P.indices[e]!;
      let square = 0;
      for (let k = 0; k < dims; k++) square += (y[i * dims + k]! - y[j * dims + k]!) ** 2;
      sum += p * Math.log(p * total * (1 + square));
    }
  }
  return sum;
}
