import { type F64Block, type Scratch, umapKernels } from "../kernels/index.ts";
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
 * Melville 2018, section 4.2). An edge's pull and pushes are one step, taken at one place.
 *
 * @param head n x dims, moved in place. @param tail the points edges lead to: `head` itself, or a fixed map.
 */
export function optimizeLayout(
  s: Scratch,
  head: F64Block,
  tail: F64Block,
  dims: number,
  graph: SparseRows,
  options: LayoutOptions,
): void {
  const {
    a,
    b,
    nEpochs,
    learningRate,
    negativeSampleRate: rate,
    repulsionStrength,
    random,
    report,
  } = options;
  const { values, n } = graph;
  const top = values.reduce((x, v) => Math.max(x, v), 0);
  const waits = values.map((v) => (v > top / nEpochs ? top / v : Number.POSITIVE_INFINITY));
  const [indptr, indices] = [s.i32(graph.indptr), s.i32(graph.indices)];
  const [every, next] = [s.f64(waits), s.f64(waits)];
  const nextNegative = s.f64(waits.map((v) => v / rate));
  const words = s.i32(Int32Array.from(random.state.words));
  // An edge's first turn may catch up with nearly twice as many pushes; one place more makes pairs.
  const slots = 2 * rate + 4;
  const room = s.f64(dims + 3 * slots);
  for (let epoch = 0; epoch < nEpochs; epoch++) {
    umapKernels.call(
      "umapEpoch",
      head.ptr,
      tail.ptr,
      dims,
      indptr.ptr,
      indices.ptr,
      every.ptr,
      next.ptr,
      nextNegative.ptr,
      n,
      tail.view.length / dims,
      epoch + 1,
      learningRate * (1 - epoch / nEpochs),
      a,
      b,
      rate,
      repulsionStrength,
      head === tail ? 1 : 0,
      words.ptr,
      room.ptr,
      slots,
    );
    report(epoch + 1);
  }
}
