import { argumentError } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { Sequential } from "../containers.ts";
import { Module } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireAxis, requireCount } from "./check.ts";
import { Linear } from "./linear.ts";

/** How classes are clustered by frequency. */
export interface AdaptiveSoftmaxOptions extends Seeded {
  /** First class of each tail cluster, rising: classes are numbered by falling frequency. */
  readonly cutoffs: readonly number[];
  /** Each cluster's hidden width is that of the one before divided by this. Default 4. */
  readonly divisor?: number;
}

/** Rows of one cluster: their numbers, filled up with -1 to a power of two so that few sizes occur. */
function padded(rows: readonly number[]): Tensor {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, rows.length)));
  return Tensor.from(Int32Array.from({ length: size }, (_, i) => rows[i] ?? -1));
}

/**
 * Softmax over many classes by frequency (Grave et al. 2017): a head scores the frequent classes and one entry for each
 * cluster of rarer ones; a cluster's classes are scored, in fewer dimensions, only for rows that belong to it. Names
 * and sizes are those of PyTorch's AdaptiveLogSoftmaxWithLoss.
 */
export class AdaptiveSoftmax extends Module<[x: Tensor, target: Tensor], { output: Tensor; loss: Tensor }> {
  static override readonly typeName: string = "AdaptiveSoftmax";
  readonly classes: number;
  readonly cutoffs: readonly number[];
  readonly head: Linear;
  readonly tail: readonly Sequential[];

  constructor(inFeatures: number, classes: number, options: AdaptiveSoftmaxOptions) {
    super();
    const where = "AdaptiveSoftmax";
    requireCount(where, "inFeatures", inFeatures);
    this.classes = requireCount(where, "classes", classes);
    const { cutoffs, divisor = 4 } = options;
    const rising = cutoffs.every(
      (c, i) => Number.isInteger(c) && c > (i > 0 ? cutoffs[i - 1]! : 0) && c < classes,
    );
    if (cutoffs.length === 0 || !rising) {
      throw argumentError(where, "cutoffs", `[${cutoffs}]`, `rising whole numbers between 0 and ${classes}`);
    }
    if (!(divisor > 0)) throw argumentError(where, "divisor", divisor, "a number > 0");
    const stream = initStream(options.seed);
    this.cutoffs = [...cutoffs, classes];
    this.head = new Linear(inFeatures, cutoffs[0]! + cutoffs.length, {
      bias: false,
      seed: stream.split("head"),
    });
    this.tail = cutoffs.map((from, i) => {
      const width = Math.max(1, Math.floor(inFeatures / divisor ** (i + 1)));
      const seed = (name: string) => ({ bias: false, seed: stream.split(`${name}${i}`) });
      return new Sequential(
        new Linear(inFeatures, width, seed("down")),
        new Linear(width, this.cutoffs[i + 1]! - from, seed("up")),
      );
    });
  }

  /**
   * Log probability of each row's class (`output` [N]) and minus their mean (`loss`). Reads `target` (i32 [N]) to see
   * which clusters occur.
   */
  override forward(x: Tensor, target: Tensor): { output: Tensor; loss: Tensor } {
    const where = "AdaptiveSoftmax.forward";
    const n = x.shape[0]!;
    requireAxis(where, target, 0, n, "rows of x");
    const numbers = target.to("i32").data();
    const first = this.cutoffs[0]!;
    const members: number[][] = this.tail.map(() => []);
    const inHead = Int32Array.from(numbers, (c, row) => {
      if (!(c >= 0 && c < this.classes)) {
        throw argumentError(where, `target[${row}]`, c, `a class from 0 to ${this.classes - 1}`);
      }
      const cluster = this.cutoffs.findIndex((end) => c < end) - 1;
      if (cluster < 0) return c;
      members[cluster]!.push(row);
      return first + cluster;
    });
    const headLog = this.head.forward(x).logSoftmax(1);
    let output = headLog.gather(1, Tensor.from(inHead).unsqueeze(1)).squeeze(1);
    members.forEach((rows, i) => {
      if (rows.length === 0) return;
      const index = padded(rows);
      const from = this.cutoffs[i]!;
      const within = Int32Array.from(index.data(), (row) => (row < 0 ? -1 : numbers[row]! - from));
      const logs = this.tail[i]!.forward(x.take(index)).logSoftmax(1);
      const picked = logs.gather(1, Tensor.from(within).unsqueeze(1)).squeeze(1);
      output = output.scatterAdd(0, index, picked);
    });
    return { output, loss: output.mean().neg() };
  }

  /** Log probabilities of all classes: [N, in] -> [N, classes]. */
  logProb(x: Tensor): Tensor {
    const headLog = this.head.forward(x).logSoftmax(1);
    const first = this.cutoffs[0]!;
    const parts = this.tail.map((tail, i) =>
      tail
        .forward(x)
        .logSoftmax(1)
        .add(headLog.slice(1, first + i, first + i + 1)),
    );
    return Tensor.concat([headLog.slice(1, 0, first), ...parts], 1);
  }
}
