import type { RandomStream } from "../math/index.ts";
import type { SparseRows } from "./nearest-rows.ts";

export interface LayoutOptions {
  readonly a: number;
  readonly b: number;
  readonly nEpochs: number;
  readonly learningRate: number;
  readonly negativeSampleRate: number;
  readonly repulsionStrength: number;
  readonly random: RandomStream;
  readonly report: (epoch: number) => void;
}

/**
 * Stochastic gradient descent on the cross-entropy between graph and map: an edge of weight w is drawn in a share w / max
 * of the epochs and pulls its ends together; each time some random points push its head away (McInnes, Healy and
 * Melville 2018, section 4.2).
 *
 * @param head n x k, moved in place. @param tail the points edges lead to: `head` itself, or a fixed map.
 */
export function optimizeLayout(
  head: Float64Array,
  tail: Float64Array,
  dims: number,
  graph: SparseRows,
  options: LayoutOptions,
): void {
  const { a, b, nEpochs, learningRate, negativeSampleRate, repulsionStrength, random, report } = options;
  const { indptr, indices, values, n } = graph;
  const m = tail.length / dims;
  const moveOther = tail === head;
  const top = values.reduce((x, v) => Math.max(x, v), 0);
  const every = values.map((v) => (v > top / nEpochs ? top / v : Number.POSITIVE_INFINITY));
  const next = every.slice();
  const nextNegative = every.map((v) => v / negativeSampleRate);
  for (let epoch = 0; epoch < nEpochs; epoch++) {
    const alpha = learningRate * (1 - epoch / nEpochs);
    for (let i = 0; i < n; i++) {
      for (let e = indptr[i]!; e < indptr[i + 1]!; e++) {
        if (!(next[e]! <= epoch + 1)) continue;
        attract(head, i * dims, tail, indices[e]! * dims, dims, a, b, alpha, moveOther);
        next[e] = next[e]! + every[e]!;
        if (negativeSampleRate === 0) continue;
        const wait = every[e]! / negativeSampleRate;
        const count = Math.floor((epoch + 1 - nextNegative[e]!) / wait) + 1;
        for (let p = 0; p < count; p++) {
          const j = random.int(m);
          if (!(moveOther && j === i))
            repel(head, i * dims, tail, j * dims, dims, a, b, repulsionStrength * alpha, alpha);
        }
        nextNegative[e] = nextNegative[e]! + count * wait;
      }
    }
    report(epoch + 1);
  }
}

const clip = (v: number): number => (v > 4 ? 4 : v < -4 ? -4 : v);

function attract(
  x: Float64Array,
  at: number,
  y: Float64Array,
  to: number,
  dims: number,
  a: number,
  b: number,
  alpha: number,
  moveOther: boolean,
): void {
  let square = 0;
  for (let k = 0; k < dims; k++) square += (x[at + k]! - y[to + k]!) ** 2;
  if (!(square > 0)) return;
  const power = square ** b;
  const pull = (-2 * a * b * power) / (square * (1 + a * power));
  for (let k = 0; k < dims; k++) {
    const move = alpha * clip(pull * (x[at + k]! - y[to + k]!));
    x[at + k] = x[at + k]! + move;
    if (moveOther) y[to + k] = y[to + k]! - move;
  }
}

function repel(
  x: Float64Array,
  at: number,
  y: Float64Array,
  to: number,
  dims: number,
  a: number,
  b: number,
  strength: number,
  alpha: number,
): void {
  let square = 0;
  for (let k = 0; k < dims; k++) square += (x[at + k]! - y[to + k]!) ** 2;
  if (!(square > 0)) {
    // On top of each other there is no direction: one is as good as another.
    for (let k = 0; k < dims; k++) x[at + k] = x[at + k]! + alpha * (k % 2 === 0 ? 1e-3 : -1e-3);
    return;
  }
  const push = (2 * b) / ((0.001 + square) * (1 + a * square ** b));
  for (let k = 0; k < dims; k++) {
    // The strength scales before clipping, the step after it.
    const force = clip((strength / alpha) * push * (x[at + k]! - y[to + k]!));
    x[at + k] = x[at + k]! + alpha * force;
  }
}
