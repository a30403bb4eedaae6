/** The order in which OPTICS visits rows. */
import type { RowSearch } from "../neighbors/index.ts";

export interface OpticsOrder {
  /** Rows in the order of visits. */
  readonly ordering: Int32Array;
  /** Distance at which each row was reached, by row; infinite where a visit began anew. */
  readonly reachability: Float64Array;
  /** The row from which each row was reached, by row; -1 where a visit began anew. */
  readonly predecessor: Int32Array;
}

/**
 * From each row on to the unvisited one that is reachable at the smallest distance: the larger of its distance to a
 * visited row and that row's core distance. Ties go to the smaller row number.
 *
 * Source: Ankerst et al. (1999), SIGMOD, section 3.2.
 *
 * @param core core distances, infinite for rows that are none within maxEps
 */
export function opticsOrder(
  X: Float64Array,
  search: RowSearch,
  core: Float64Array,
  maxEps: number,
  onRow: (done: number) => void,
): OpticsOrder {
  const { n } = search;
  const reachability = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const predecessor = new Int32Array(n).fill(-1);
  const ordering = new Int32Array(n);
  const queue = new ReachQueue(reachability);
  const near = maxEps === Number.POSITIVE_INFINITY ? null : search.collector(X);
  const reach = near === null ? 0 : search.reduced(maxEps);
  const distances = new Float64Array(near === null ? n : 0);
  for (let at = 0; at < n; at++) {
    onRow(at);
    const row = queue.take();
    ordering[at] = row;
    const own = core[row]!;
    if (own === Number.POSITIVE_INFINITY) continue;
    const offer = (other: number, distance: number): void => {
      const value = Math.max(own, distance);
      if (queue.holds(other) && value < reachability[other]!) {
        predecessor[other] = row;
        queue.lower(other, value);
      }
    };
    if (near === null) {
      search.distancesFrom(row, distances);
      for (let j = 0; j < n; j++) offer(j, distances[j]!);
    } else {
      const count = near.collect(row, reach);
      for (let q = 0; q < count; q++) {
        const other = near.list[q]!;
        if (queue.holds(other)) offer(other, search.distanceBetween(row, other));
      }
    }
  }
  return { ordering, reachability, predecessor };
}

/** Rows that wait, the one reachable at the smallest distance first: a heap whose entries know their places. */
class ReachQueue {
  readonly #reach: Float64Array;
  readonly #heap: Int32Array;
  /** Place of each row in the heap; -1 once taken. */
  readonly #place: Int32Array;
  #size: number;

  constructor(reach: Float64Array) {
    this.#reach = reach;
    this.#size = reach.length;
    // All infinite: in order of their numbers.
    this.#heap = Int32Array.from(reach.keys());
    this.#place = this.#heap.slice();
  }

  holds(row: number): boolean {
    return this.#place[row]! >= 0;
  }

  take(): number {
    const row = this.#heap[0]!;
    this.#place[row] = -1;
    const last = this.#heap[--this.#size]!;
    if (this.#size > 0) this.#sink(0, last);
    return row;
  }

  lower(row: number, value: number): void {
    this.#reach[row] = value;
    let at = this.#place[row]!;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const other = this.#heap[up]!;
      if (!this.#before(row, other)) break;
      this.#put(at, other);
      at = up;
    }
    this.#put(at, row);
  }

  #sink(from: number, row: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#before(this.#heap[child + 1]!, this.#heap[child]!)) child++;
      if (!this.#before(this.#heap[child]!, row)) break;
      this.#put(at, this.#heap[child]!);
      at = child;
    }
    this.#put(at, row);
  }

  #put(at: number, row: number): void {
    this.#heap[at] = row;
    this.#place[row] = at;
  }

  #before(a: number, b: number): boolean {
    const [u, v] = [this.#reach[a]!, this.#reach[b]!];
    return u < v || (u === v && a < b);
  }
}
