import { boostKernels, type Scratch } from "../../kernels/index.ts";
import { chunksOf, rowsPerChunk } from "./layout.ts";
import type { Loss } from "./losses.ts";
import type { RowDerivatives } from "./objective.ts";

/** Weights of the training rows. */
export interface RowWeights {
  /** How many rows each row counts as; null for one each. Positive. */
  readonly sample: Float64Array | null;
  /** Factor of its gradient and hessian: the above times the class weight; null for one each. */
  readonly gradient: Float64Array | null;
}

/**
 * Kernel memory of one training run for everything that has one entry per row: targets, raw predictions and gradients
 * as pairs of integers. How integers stand for numbers is chosen here.
 */
export class GradientRows {
  readonly rows: number;
  /** Rows rounded up to even: length of a column of `raw`. */
  readonly stride: number;
  readonly outputs: number;
  /** Raw predictions, one column per output. */
  readonly raw: Float64Array;
  readonly rawPtr: number;
  readonly y: Float64Array;
  readonly yPtr: number;
  readonly pairs: number;
  /** The pairs once they are integers: gradient, then hessian below the count. */
  readonly pairIntegers: BigInt64Array;
  readonly weights: number;
  /** Weights of the losses, without the scaling of the kernels'. */
  readonly lossWeights: number;
  readonly totalWeight: number;
  /** Bits of the second integer that lie below the count. */
  readonly countShift: number;
  /** Counted rows per unit of count. */
  readonly rowsPerCount: number;
  /** Value of one unit of gradient and of hessian, set by {@link GradientRows.updateGradients}. */
  gradientUnit = 1;
  hessianUnit = 1;
  readonly #loss: Loss;
  readonly #derivatives: RowDerivatives | null;
  readonly #reweighted: boolean;
  /** The pairs while they are numbers. */
  readonly #pairNumbers: Float64Array;
  readonly #factors: Float64Array | null;
  readonly #counts: number;
  readonly #probabilities: number;
  readonly #largest: { ptr: number; view: Float64Array };
  readonly #sums: { ptr: number; view: Float64Array };
  readonly #integers: BigInt64Array;
  /** Weights in the kernels are the true ones divided by this power of two. */
  readonly #weightScale: number;
  readonly #gradientBits: number;
  readonly #hessianBits: number;

  /**
   * @param reweighted whether pairs of rows will be multiplied, so that hessians are not counts
   * @param derivatives takes the place of the kernels' losses
   */
  constructor(
    s: Scratch,
    loss: Loss,
    y: Float64Array,
    weights: RowWeights,
    outputs: number,
    reweighted = false,
    derivatives?: RowDerivatives,
  ) {
    const n = y.length;
    this.#reweighted = reweighted;
    this.#loss = loss;
    this.#derivatives = derivatives ?? null;
    this.rows = n;
    this.stride = n + (n & 1);
    this.outputs = outputs;
    const raw = s.f64(this.stride * outputs);
    this.raw = raw.view;
    this.rawPtr = raw.ptr;
    const target = s.f64(this.stride);
    target.view.set(y);
    if (this.stride > n) target.view[n] = y[0]!;
    this.y = target.view;
    this.yPtr = target.ptr;
    const pairs = s.f64(2 * this.stride);
    this.pairs = pairs.ptr;
    this.#pairNumbers = pairs.view;
    this.pairIntegers = new BigInt64Array(pairs.view.buffer, pairs.ptr, 2 * this.stride);
    this.#probabilities = outputs > 1 ? s.f64(this.stride * outputs, false).ptr : 0;
    const chunks = chunksOf(n);
    this.#largest = s.f64(2 * chunks);
    this.#sums = s.f64(2 * chunks);
    this.#integers = new BigInt64Array(this.#sums.view.buffer, this.#sums.ptr, 2 * chunks);

    const counts = countUnits(weights.sample, n);
    this.rowsPerCount = counts.rowsPerCount;
    // The kernels take what is below the count as a float64 by its bits, so it stays under 2^52.
    this.countShift = Math.min(51, 62 - bitsOf(counts.total));
    this.#counts = counts.units ? s.u32(counts.units).ptr : 0;

    const w = weights.gradient;
    this.#factors = w;
    let total = 0;
    let top = 1;
    if (w) for (const v of w) total += v;
    // Small whole weights stay as they are, so that weights and copies give the same integers.
    const average = w ? Math.ceil(Math.log2(total / n)) : 0;
    this.#weightScale = 2 ** (average >= 0 && average <= 4 ? 0 : average);
    if (w) top = w.reduce((a, b) => Math.max(a, b), 0) / this.#weightScale;
    this.totalWeight = w ? total : n;
    // Weights up to 16 leave the resolution as it is without weights.
    const widest = Math.max(4, Math.ceil(Math.log2(top)));
    const summed = Math.max(1, Math.ceil(Math.log2(this.totalWeight / this.#weightScale))) + 1;
    this.#gradientBits = Math.min(50 - widest, 62 - summed);
    this.#hessianBits = Math.min(50 - widest, this.countShift - summed);
    this.weights = 0;
    this.lossWeights = 0;
    if (w) {
      const scaled = s.f64(this.stride);
      scaled.view.set(w.map((v) => v / this.#weightScale));
      this.weights = scaled.ptr;
      const plain = s.f64(this.stride);
      plain.view.set(w);
      this.lossWeights = plain.ptr;
    }
  }

  /** Pointer to the raw predictions of an output. */
  rawOf(output: number): number {
    return this.rawPtr + 8 * this.stride * output;
  }

  /** Sets every row's raw predictions to the same numbers, one per output. */
  setRaw(values: Float64Array): void {
    values.forEach((v, k) => void this.raw.fill(v, k * this.stride, (k + 1) * this.stride));
  }

  /** Whether a node's hessian is its count, so that the integers need not hold it. */
  get countedHessian(): boolean {
    return this.#loss.constantHessian && this.weights === 0 && !this.#reweighted;
  }

  /** Probabilities of all classes from the raw predictions, for multinomial gradients. */
  updateProbabilities(): void {
    boostKernels.parallel(
      "softmaxColumns",
      chunksOf(this.rows),
      ...[this.rawPtr, this.#probabilities, this.rows, this.stride, this.outputs, rowsPerChunk],
    );
  }

  /** Gradients and hessians of one output, as integers; returns the sums over all rows. */
  updateGradients(output: number): { gradient: bigint; hessian: bigint } {
    const chunks = chunksOf(this.rows);
    const { g, h } = this.#derivatives
      ? this.#ownPairs(this.#derivatives)
      : this.#kernelPairs(output, chunks);
    const gScale = powerBelow(this.#gradientBits, g);
    const hScale = this.countedHessian ? 0 : powerBelow(this.#hessianBits, h);
    this.gradientUnit = this.#weightScale / gScale;
    this.hessianUnit = hScale === 0 ? 1 : this.#weightScale / hScale;
    boostKernels.parallel(
      "quantizePairs",
      chunks,
      ...[this.pairs, this.weights, this.#counts, this.rows, gScale, hScale, this.countShift, this.#sums.ptr],
      rowsPerChunk,
    );
    let gradient = 0n;
    let hessian = 0n;
    for (let c = 0; c < chunks; c++) {
      gradient += this.#integers[2 * c]!;
      hessian += this.#integers[2 * c + 1]!;
    }
    return { gradient, hessian };
  }

  /** Gradient and hessian of each row in turn, as numbers and before weights, in place of the integers. */
  updateNumbers(output: number): Float64Array {
    if (this.#derivatives) this.#ownPairs(this.#derivatives);
    else this.#kernelPairs(output, chunksOf(this.rows));
    return this.#pairNumbers;
  }

  /** Gradients and hessians by the kernels; the largest of each. */
  #kernelPairs(output: number, chunks: number): { g: number; h: number } {
    const many = this.outputs > 1;
    const from = (many ? this.#probabilities : this.rawPtr) + 8 * this.stride * output;
    boostKernels.parallel(
      "lossGradients",
      chunks,
      ...[this.#loss.code, many ? output : this.#loss.parameter, from, this.yPtr, this.pairs, this.rows],
      ...[this.#largest.ptr, rowsPerChunk],
    );
    let g = 0;
    let h = 0;
    for (let c = 0; c < chunks; c++) {
      g = Math.max(g, this.#largest.view[2 * c]!);
      h = Math.max(h, this.#largest.view[2 * c + 1]!);
    }
    return { g, h };
  }

  /** The same from the loss's own derivatives. */
  #ownPairs(derivatives: RowDerivatives): { g: number; h: number } {
    const n = this.rows;
    const gradient = new Float64Array(n);
    const hessian = new Float64Array(n);
    derivatives.update(this.raw.subarray(0, n), gradient, hessian);
    let g = 0;
    let h = 0;
    for (let i = 0; i < n; i++) {
      this.#pairNumbers[2 * i] = gradient[i]!;
      this.#pairNumbers[2 * i + 1] = hessian[i]!;
      g = Math.max(g, Math.abs(gradient[i]!));
      h = Math.max(h, hessian[i]!);
    }
    return { g, h };
  }

  /** Mean loss over all rows at the present raw predictions. */
  meanLoss(): number {
    if (this.#derivatives) {
      return this.#derivatives.meanLoss(this.raw.subarray(0, this.rows), this.#factors);
    }
    const chunks = chunksOf(this.rows);
    boostKernels.parallel(
      "lossSum",
      chunks,
      ...[this.#loss.code, this.#loss.parameter, this.rawPtr, this.yPtr, this.lossWeights, this.rows],
      ...[this.stride, this.outputs, this.#sums.ptr, rowsPerChunk],
    );
    let sum = 0;
    for (let c = 0; c < chunks; c++) sum += this.#sums.view[c]!;
    return sum / this.totalWeight;
  }

  /** Sums of the listed rows' integers; their pairs are copied to `gathered` in the list's order. */
  gather(list: number, count: number, gathered: number): { gradient: bigint; hessian: bigint } {
    boostKernels.call("sumPairs", this.pairs, list, count, gathered, this.#sums.ptr);
    return { gradient: this.#integers[0]!, hessian: this.#integers[1]! };
  }
}

/** Largest power of two whose product with `top` stays within 2^bits; 1 when top is 0. */
function powerBelow(bits: number, top: number): number {
  if (!(top > 0)) return 1;
  return 2 ** Math.max(-1000, Math.min(1000, bits - Math.ceil(Math.log2(top))));
}

function bitsOf(total: number): number {
  return Math.floor(Math.log2(total)) + 1;
}

/**
 * Rows as integer counts: whole weights count themselves, others are rounded to 1/256 of a row. Where weights are
 * below 1 on average, the average weight is one row.
 */
function countUnits(
  weights: Float64Array | null,
  rows: number,
): { units: Uint32Array | null; total: number; rowsPerCount: number } {
  if (weights === null) return { units: null, total: rows, rowsPerCount: 1 };
  const sum = weights.reduce((a, b) => a + b, 0);
  const row = Math.min(1, sum / rows);
  const whole = row === 1 && weights.every(Number.isInteger);
  const room = 30 - Math.ceil(Math.log2(sum / row));
  const scale = 2 ** Math.min(whole ? 0 : 8, room) / row;
  const units = Uint32Array.from(weights, (w) => Math.round(w * scale));
  return {
    units,
    total: Math.max(
      1,
      units.reduce((a, b) => a + b, 0),
    ),
    rowsPerCount: 1 / (scale * row),
  };
}
