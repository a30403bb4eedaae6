/**
 * Mean and variance of a stream of numbers in constant memory, mergeable across shards. Welford,
 * "Note on a method for calculating corrected sums of squares and products", Technometrics 4, 1962; merging by
 * Chan, Golub, LeVeque, 1983.
 *
 * @example
 * const m = new RunningMoments();
 * for (const v of [4, 7, 13, 16]) m.push(1e9 + v);
 * m.variance(); // 30
 */
export class RunningMoments {
  count = 0;
  mean = 0;
  /** Sum of squared deviations from the mean so far. */
  #squares = 0;

  push(value: number): void {
    this.count++;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.#squares += before * (value - this.mean);
  }

  /** Takes in everything another accumulator has seen. */
  merge(other: RunningMoments): void {
    const n = this.count + other.count;
    if (other.count === 0) return;
    const gap = other.mean - this.mean;
    this.#squares += other.#squares + gap * gap * ((this.count * other.count) / n);
    this.mean += (gap * other.count) / n;
    this.count = n;
  }

  /** Divisor count - ddof; `NaN` with too few values. */
  variance(ddof = 1): number {
    return this.count > ddof ? this.#squares / (this.count - ddof) : Number.NaN;
  }

  standardDeviation(ddof = 1): number {
    return Math.sqrt(this.variance(ddof));
  }
}
