import { below } from "./tree-random";
import { exp64, log64 } from "./vector-math";

// @ts-ignore: decorator
@inline
function clip(v: f64): f64 {
  return Math.max(-4, Math.min(4, v));
}

/**
 * One epoch over the edges of UMAP's graph: an edge that is due pulls its ends together, and random points push its head
 * away. Pull and pushes of one edge are taken at the same place, so that their powers are computed side by side.
 *
 * head: n x dims, moved; tail: m x dims, moved too where `together` (then it is `head`). indptr, indices: the edges.
 * every, next, nextNegative: epochs between an edge's turns, and when its next ones are. words: state of the random stream.
 * room: dims + 3 slots numbers; slots: one more than points that an edge may meet in a turn.
 */
export function umapEpoch(
  head: usize,
  tail: usize,
  dims: i32,
  indptr: usize,
  indices: usize,
  every: usize,
  next: usize,
  nextNegative: usize,
  n: i32,
  m: i32,
  epoch: f64,
  alpha: f64,
  a: f64,
  b: f64,
  rate: f64,
  strength: f64,
  together: i32,
  words: usize,
  room: usize,
  slots: i32,
): void {
  const squares = room + (<usize>dims << 3);
  const pushes = squares + (<usize>slots << 3);
  const places = pushes + (<usize>slots << 3);
  const bytes = <usize>dims << 3;
  for (let i = 0; i < n; i++) {
    const x = head + <usize>i * bytes;
    const end = load<i32>(indptr + (<usize>i << 2), 4);
    for (let e = load<i32>(indptr + (<usize>i << 2)); e < end; e++) {
      const at = <usize>e << 3;
      const due = load<f64>(next + at);
      if (!(due <= epoch)) continue;
      const turn = load<f64>(every + at);
      store<f64>(next + at, due + turn);
      let count = 1;
      store<usize>(places, tail + <usize>load<i32>(indices + (<usize>e << 2)) * bytes);
      if (rate > 0) {
        const wait = turn / rate;
        const since = load<f64>(nextNegative + at);
        const many = Math.floor((epoch - since) / wait) + 1;
        store<f64>(nextNegative + at, since + many * wait);
        for (let p = 0; p < <i32>many; p++) {
          const j = <i32>below(words, <u32>m);
          if (together && j == i) continue;
          store<usize>(places + (<usize>count << 3), tail + <usize>j * bytes);
          count += 1;
        }
      }
      for (let p = 0; p < count; p++) {
        const y = load<usize>(places + (<usize>p << 3));
        let square: f64 = 0;
        for (let k: usize = 0; k < bytes; k += 8) {
          const gap = load<f64>(x + k) - load<f64>(y + k);
          square += gap * gap;
        }
        store<f64>(squares + (<usize>p << 3), square);
      }
      store<f64>(squares + (<usize>count << 3), 1);
      let power: f64 = 0;
      for (let p = 0; p < count; p += 2) {
        const square = v128.load(squares + (<usize>p << 3));
        const powers = exp64(f64x2.mul(f64x2.splat(b), log64(square)));
        if (p == 0) power = f64x2.extract_lane(powers, 0);
        const far = f64x2.add(f64x2.splat(0.001), square);
        const under = f64x2.mul(far, f64x2.add(f64x2.splat(1), f64x2.mul(f64x2.splat(a), powers)));
        v128.store(pushes + (<usize>p << 3), f64x2.div(f64x2.splat(strength * 2 * b), under));
      }
      move(x, bytes, count, room, squares, pushes, places, alpha, a, b, power, together);
    }
  }
}

/** Adds up what the points do to the head of one edge (the first of them pulls), then moves the head and, where it may, the first. */
// @ts-ignore: decorator
@inline
function move(
  x: usize,
  bytes: usize,
  count: i32,
  room: usize,
  squares: usize,
  pushes: usize,
  places: usize,
  alpha: f64,
  a: f64,
  b: f64,
  power: f64,
  together: i32,
): void {
  for (let k: usize = 0; k < bytes; k += 8) store<f64>(room + k, 0);
  for (let p = 1; p < count; p++) {
    const y = load<usize>(places + (<usize>p << 3));
    const square = load<f64>(squares + (<usize>p << 3));
    const push = load<f64>(pushes + (<usize>p << 3));
    for (let k: usize = 0; k < bytes; k += 8) {
      // On top of each other there is no direction: one is as good as another.
      const force = square > 1e-300 ? clip(push * (load<f64>(x + k) - load<f64>(y + k))) : k & 8 ? -1e-3 : 1e-3;
      store<f64>(room + k, load<f64>(room + k) + alpha * force);
    }
  }
  const y = load<usize>(places);
  const square = load<f64>(squares);
  const pull = square > 1e-300 ? (-2 * a * b * power) / (square * (1 + a * power)) : 0;
  for (let k: usize = 0; k < bytes; k += 8) {
    const step = alpha * clip(pull * (load<f64>(x + k) - load<f64>(y + k)));
    store<f64>(x + k, load<f64>(x + k) + step + load<f64>(room + k));
    if (together) store<f64>(y + k, load<f64>(y + k) - step);
  }
}
