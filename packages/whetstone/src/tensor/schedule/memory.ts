/** Places for temporaries: values that are never needed at the same time may lie in the same place. */

/** Numbers of the first and the last kernel that needs it; -1: none does. */
export interface Lifetime {
  readonly first: number;
  readonly last: number;
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** First fit, in the order of need; big ones first where several begin at once. */
export function placeTemps(temps: readonly (Lifetime & { readonly bytes: number })[]): {
  offsets: number[];
  bytes: number;
} {
  const offsets = new Array<number>(temps.length).fill(0);
  const order = temps
    .map((_, i) => i)
    .sort((i, j) => temps[i]!.first - temps[j]!.first || temps[j]!.bytes - temps[i]!.bytes);
  /** Placed and still needed, by offset. */
  let live: { from: number; to: number; last: number }[] = [];
  let top = 0;
  for (const i of order) {
    const { first, last, bytes } = temps[i]!;
    if (first < 0) continue;
    live = live.filter((l) => l.last >= first);
    const size = align(bytes);
    let from = 0;
    let at = 0;
    for (; at < live.length && live[at]!.from - from < size; at++) from = Math.max(from, live[at]!.to);
    live.splice(at, 0, { from, to: from + size, last });
    offsets[i] = from;
    top = Math.max(top, from + size);
  }
  return { offsets, bytes: top };
}
