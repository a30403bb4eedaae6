import { Matrix } from "../math/index.ts";
import type { SparseRows } from "./nearest-rows.ts";

/** Lengths of the shortest paths between all pairs (Dijkstra from every row, binary heap); Infinity where there is none. */
export function shortestPaths(graph: SparseRows): Matrix {
  const { n, indptr, indices, values } = graph;
  const out = Matrix.zeros(n, n).map(() => Number.POSITIVE_INFINITY);
  const heap = new Int32Array(n + 1);
  const place = new Int32Array(n);
  for (let source = 0; source < n; source++) {
    const length = out.row(source);
    place.fill(-1);
    length[source] = 0;
    let size = 0;
    const up = (start: number, node: number): void => {
      let at = start;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (length[heap[parent]!]! <= length[node]!) break;
        heap[at] = heap[parent]!;
        place[heap[at]!] = at;
        at = parent;
      }
      heap[at] = node;
      place[node] = at;
    };
    up(size++, source);
    while (size > 0) {
      const node = heap[0]!;
      place[node] = -2; // done
      const last = heap[--size]!;
      let at = 0;
      if (size > 0) {
        for (;;) {
          let child = 2 * at + 1;
          if (child >= size) break;
          if (child + 1 < size && length[heap[child + 1]!]! < length[heap[child]!]!) child++;
          if (length[heap[child]!]! >= length[last]!) break;
          heap[at] = heap[child]!;
          place[heap[at]!] = at;
          at = child;
        }
        heap[at] = last;
        place[last] = at;
      }
      for (let e = indptr[node]!; e < indptr[node + 1]!; e++) {
        const to = indices[e]!;
        const through = length[node]! + values[e]!;
        if (through >= length[to]! || place[to] === -2) continue;
        length[to] = through;
        if (place[to]! >= 0) up(place[to]!, to);
        else up(size++, to);
      }
    }
  }
  // Both directions add the same edges in another order: their rounding is made one.
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const v = Math.min(out.at(i, j), out.at(j, i));
      out.set(i, j, v);
      out.set(j, i, v);
    }
  return out;
}
