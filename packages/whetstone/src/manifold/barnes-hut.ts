/**
 * A tree of squares (cubes in three dimensions) over the points of a map, with the number and the centre of the points
 * in each: far squares act as one point (Barnes and Hut 1986; van der Maaten, JMLR 15, 2014).
 */
export class SpaceTree {
  readonly #dims: number;
  readonly #fan: number;
  /** First child of a cell; -1 for a leaf. */
  #children: Int32Array;
  #counts: Float64Array;
  /** Sum of the coordinates in a cell, then their mean. */
  #centres: Float64Array;
  #corners: Float64Array;
  #sizes: Float64Array;
  #point: Int32Array;
  #used = 0;

  constructor(y: Float64Array, n: number, dims: number) {
    this.#dims = dims;
    this.#fan = 2 ** dims;
    const room = 4 * n * this.#fan + 64;
    this.#children = new Int32Array(room);
    this.#counts = new Float64Array(room);
    this.#centres = new Float64Array(room * dims);
    this.#corners = new Float64Array(room * dims);
    this.#sizes = new Float64Array(room);
    this.#point = new Int32Array(room);
    const low = new Float64Array(dims).fill(Number.POSITIVE_INFINITY);
    let side = 1e-30;
    for (let at = 0; at < n * dims; at++) low[at % dims] = Math.min(low[at % dims]!, y[at]!);
    for (let at = 0; at < n * dims; at++) side = Math.max(side, (y[at]! - low[at % dims]!) * 1.0001);
    this.#cell(low, 0, side);
    for (let i = 0; i < n; i++) this.#insert(y, i);
    for (let c = 0; c < this.#used; c++)
      for (let k = 0; k < dims; k++)
        this.#centres[c * dims + k] = this.#centres[c * dims + k]! / Math.max(1, this.#counts[c]!);
  }

  #cell(corner: Float64Array, at: number, size: number): number {
    const c = this.#used++;
    if (c >= this.#children.length) this.#grow();
    this.#children[c] = -1;
    this.#point[c] = -1;
    this.#sizes[c] = size;
    for (let k = 0; k < this.#dims; k++) this.#corners[c * this.#dims + k] = corner[at + k]!;
    return c;
  }

  #grow(): void {
    const twice = <T extends Float64Array | Int32Array>(a: T): T => {
      const out = new (a.constructor as new (length: number) => T)(2 * a.length);
      out.set(a);
      return out;
    };
    this.#children = twice(this.#children);
    this.#counts = twice(this.#counts);
    this.#centres = twice(this.#centres);
    this.#corners = twice(this.#corners);
    this.#sizes = twice(this.#sizes);
    this.#point = twice(this.#point);
  }

  #insert(y: Float64Array, i: number): void {
    const d = this.#dims;
    let c = 0;
    for (let depth = 0; ; depth++) {
      this.#counts[c] = this.#counts[c]! + 1;
      for (let k = 0; k < d; k++) this.#centres[c * d + k] = this.#centres[c * d + k]! + y[i * d + k]!;
      if (this.#children[c]! < 0) {
        if (this.#counts[c] === 1) {
          this.#point[c] = i;
          return;
        }
        // Points on top of each other stay together.
        if (depth > 50) return;
        this.#split(c, y);
      }
      c = this.#children[c]! + this.#quadrant(c, y, i);
    }
  }

  #quadrant(c: number, y: Float64Array, i: number): number {
    const half = this.#sizes[c]! / 2;
    let q = 0;
    for (let k = 0; k < this.#dims; k++)
      if (y[i * this.#dims + k]! >= this.#corners[c * this.#dims + k]! + half) q |= 1 << k;
    return q;
  }

  /** Makes the children of a leaf and moves its point down. */
  #split(c: number, y: Float64Array): void {
    const d = this.#dims;
    const half = this.#sizes[c]! / 2;
    const corner = new Float64Array(d);
    const first = this.#used;
    for (let q = 0; q < this.#fan; q++) {
      for (let k = 0; k < d; k++) corner[k] = this.#corners[c * d + k]! + (q & (1 << k) ? half : 0);
      this.#cell(corner, 0, half);
    }
    this.#children[c] = first;
    const i = this.#point[c]!;
    const to = first + this.#quadrant(c, y, i);
    this.#point[to] = i;
    this.#counts[to] = 1;
    for (let k = 0; k < d; k++) this.#centres[to * d + k] = y[i * d + k]!;
  }

  /**
   * Adds sum of q^2 (y_i - y_j) to `force` at i and returns the sum of q, q = 1 / (1 + |y_i - y_j|^2). A cell acts as
   * one point when its side is below `angle` times its distance.
   */
  repulsion(y: Float64Array, i: number, angle: number, force: Float64Array, stack: Int32Array): number {
    const d = this.#dims;
    let total = 0;
    let top = 0;
    stack[top++] = 0;
    while (top > 0) {
      const c = stack[--top]!;
      const count = this.#counts[c]!;
      if (count === 0) continue;
      let square = 0;
      for (let k = 0; k < d; k++) square += (y[i * d + k]! - this.#centres[c * d + k]!) ** 2;
      const size = this.#sizes[c]!;
      const leaf = this.#children[c]! < 0;
      if (!leaf && !(size * size < angle * angle * square)) {
        for (let q = 0; q < this.#fan; q++) stack[top++] = this.#children[c]! + q;
        continue;
      }
      // The point itself, alone or among its doubles, adds no force and is left out of the total.
      const others = leaf && square < 1e-300 ? count - 1 : count;
      const q = 1 / (1 + square);
      total += others * q;
      for (let k = 0; k < d; k++)
        force[i * d + k] = force[i * d + k]! + count * q * q * (y[i * d + k]! - this.#centres[c * d + k]!);
    }
    return total;
  }
}
