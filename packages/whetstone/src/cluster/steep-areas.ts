/**
 * Clusters as valleys of a reachability plot: from a steep way down to a steep way up. Ankerst et al. (1999), SIGMOD,
 * section 4.3, with the correction by predecessors of Schubert and Gertz (2018), LWDA.
 */

/** Places in the ordering, both ends included. */
export interface Valley {
  readonly start: number;
  readonly end: number;
}

export interface XiOptions {
  /** Relative drop of the reachability that counts as steep. */
  readonly xi: number;
  /** Most places in a row that a steep area may hold without a steep one. */
  readonly minSamples: number;
  readonly minClusterSize: number;
  /** Whether valleys end at places that were reached from within them. */
  readonly predecessorCorrection: boolean;
}

interface WayDown {
  readonly start: number;
  readonly end: number;
  /** The highest reachability between the end of the way down and here. */
  between: number;
}

/**
 * Valleys, inner ones before those that hold them.
 *
 * @param plot reachability by place
 * @param predecessor row from which the row at each place was reached
 * @param ordering row at each place
 */
export function xiValleys(
  plot: Float64Array,
  predecessor: Int32Array,
  ordering: Int32Array,
  options: XiOptions,
): Valley[] {
  const { xi, minSamples, minClusterSize, predecessorCorrection } = options;
  const n = plot.length;
  // A wall behind the last place ends the last valley.
  const r = new Float64Array(n + 1);
  r.set(plot);
  r[n] = Number.POSITIVE_INFINITY;
  const keep = 1 - xi;
  const ratio = Float64Array.from({ length: n }, (_, i) => r[i]! / r[i + 1]!);
  const steepUp = (i: number) => ratio[i]! <= keep;
  const steepDown = (i: number) => ratio[i]! >= 1 / keep;
  const up = (i: number) => ratio[i]! < 1;
  const down = (i: number) => ratio[i]! > 1;

  /** The last steep place of the area that begins at `start`, which never turns and rests for `minSamples` places at most. */
  const areaEnd = (start: number, steep: (i: number) => boolean, turns: (i: number) => boolean): number => {
    let end = start;
    let flat = 0;
    for (let i = start; i < n; i++) {
      if (steep(i)) {
        flat = 0;
        end = i;
      } else if (turns(i) || ++flat > minSamples) break;
    }
    return end;
  };

  const valleys: Valley[] = [];
  let ways: WayDown[] = [];
  let between = 0;
  let next = 0;
  for (let i = 0; i < n; i++) {
    if (i < next || !(steepUp(i) || steepDown(i))) continue;
    for (let q = next; q <= i; q++) between = Math.max(between, r[q]!);
    // A way down stays open while nothing behind it rises to its height.
    ways = between === Number.POSITIVE_INFINITY ? [] : ways.filter((way) => between <= r[way.start]! * keep);
    for (const way of ways) way.between = Math.max(way.between, between);
    if (steepDown(i)) {
      const end = areaEnd(i, steepDown, up);
      ways.push({ start: i, end, between: 0 });
      next = end + 1;
      between = r[next]!;
      continue;
    }
    const upEnd = areaEnd(i, steepUp, down);
    next = upEnd + 1;
    between = r[next]!;
    const found: Valley[] = [];
    for (const way of ways) {
      let [start, end] = [way.start, upEnd];
      const rim = r[end + 1]!;
      if (rim * keep < way.between) continue;
      const top = r[way.start]!;
      // The higher side is cut to about the height of the lower one.
      if (top * keep >= rim) {
        while (r[start + 1]! > rim && start < way.end) start++;
      } else if (rim * keep >= top) {
        while (r[end - 1]! > top && end > i) end--;
      }
      if (predecessorCorrection) {
        const mended = mendEnd(r, predecessor, ordering, start, end);
        if (mended === null) continue;
        end = mended;
      }
      if (end - start + 1 < minClusterSize || start > way.end || end < i) continue;
      found.push({ start, end });
    }
    valleys.push(...found.reverse());
  }
  return valleys;
}

/** The last place up to `end` that lies below the start or was reached from within the valley; null where there is none. */
function mendEnd(
  r: Float64Array,
  predecessor: Int32Array,
  ordering: Int32Array,
  start: number,
  end: number,
): number | null {
  for (let e = end; e > start; e--) {
    if (r[start]! > r[e]!) return e;
    if (ordering.subarray(start, e).includes(predecessor[e]!)) return e;
  }
  return null;
}

/** Labels by row of the valleys that hold no other, in the order in which they were found; -1 elsewhere. */
export function valleyLabels(ordering: Int32Array, valleys: readonly Valley[]): Int32Array {
  const byPlace = new Int32Array(ordering.length).fill(-1);
  let label = 0;
  for (const { start, end } of valleys) {
    if (byPlace.subarray(start, end + 1).some((v) => v !== -1)) continue;
    byPlace.fill(label++, start, end + 1);
  }
  const labels = new Int32Array(ordering.length);
  ordering.forEach((row, place) => {
    labels[row] = byPlace[place]!;
  });
  return labels;
}
