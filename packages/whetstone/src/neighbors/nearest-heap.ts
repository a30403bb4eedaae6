/** The k smallest (value, name) pairs seen, ties by name: a heap with the largest on top. */
export class NearestHeap {
  readonly k: number;
  readonly values: Float64Array;
  readonly names: Int32Array;

  constructor(k: number) {
    this.k = k;
    this.values = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
    this.names = new Int32Array(k).fill(0x7fffffff);
  }

  reset(): void {
    this.values.fill(Number.POSITIVE_INFINITY);
    this.names.fill(0x7fffffff);
  }

  /** The largest value kept: nothing above it can enter. */
  get reach(): number {
    return this.values[0]!;
  }

  offer(value: number, name: number): void {
    const top = this.values[0]!;
    if (value < top || (value === top && name < this.names[0]!)) this.#sift(this.k, value, name);
  }

  /** Empties the heap into `values` and `names` from `at` on, ascending. */
  drain(values: Float64Array, names: Int32Array, at: number): void {
    for (let size = this.k - 1; size > 0; size--) {
      const value = this.values[size]!;
      const name = this.names[size]!;
      this.values[size] = this.values[0]!;
      this.names[size] = this.names[0]!;
      this.#sift(size, value, name);
    }
    values.set(this.values, at);
    names.set(this.names, at);
    this.reset();
  }

  #sift(size: number, value: number, name: number): void {
    const { values, names } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const other = child + 1;
      if (
        other < size &&
        (values[other]! > values[child]! ||
          (values[other]! === values[child]! && names[other]! > names[child]!))
      )
        child = other;
      if (values[child]! < value || (values[child]! === value && names[child]! < name)) break;
      values[at] = values[child]!;
      names[at] = names[child]!;
      at = child;
    }
    values[at] = value;
    names[at] = name;
  }
}
