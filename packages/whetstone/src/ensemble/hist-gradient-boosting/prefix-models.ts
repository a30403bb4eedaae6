import type { Scratch } from "../../kernels/index.ts";
import { GradientRows } from "./gradients.ts";
import type { GrowthLimits } from "./grown-node.ts";
import type { Loss } from "./losses.ts";

/** What a leaf adds, by the sums of its rows: a Newton step, shrunk; nothing where growing would allow no such leaf. */
export function leafStep(gradient: number, hessian: number, limits: GrowthLimits): number {
  const { learningRate, l1Regularization, l2Regularization, minHessianToSplit } = limits;
  const soft = Math.abs(gradient) - l1Regularization;
  if (!(soft > 0) || hessian < minHessianToSplit) return 0;
  return (-learningRate * Math.sign(gradient) * soft) / (hessian + l2Regularization + 1e-15);
}

/**
 * The models of one order of the rows: model j learns from the first 2^j rows and is asked about those and the 2^j after
 * them. So each row but the first has a prediction by a model that has not seen it, made of at least half of the rows
 * before it, and all models together hold less than 4 n numbers. Prokhorenkova et al., "CatBoost", NeurIPS 2018, section 5.
 */
export class PrefixModels {
  /** Positions in the order; entry `start + position` of `rows` and of the raw predictions belongs to a model. */
  readonly #starts: number[] = [];
  /** Row of each entry. */
  readonly #rows: Uint32Array;
  readonly #order: ArrayLike<number>;
  readonly #weights: Float64Array | null;
  readonly #baseline: Float64Array;
  /** Null where there are no two rows. */
  readonly #state: GradientRows | null;

  /**
   * @param y targets by row
   * @param weights of gradients and hessians by row, null for ones
   * @param order the rows, first to last
   */
  constructor(
    s: Scratch,
    loss: Loss,
    y: Float64Array,
    weights: Float64Array | null,
    order: ArrayLike<number>,
    baseline: Float64Array,
  ) {
    const n = y.length;
    const rows: number[] = [];
    for (let prefix = 1; prefix < n; prefix *= 2) {
      this.#starts.push(rows.length);
      for (let at = 0; at < Math.min(n, 2 * prefix); at++) rows.push(order[at]!);
    }
    this.#rows = Uint32Array.from(rows);
    this.#order = order;
    this.#weights = weights;
    this.#baseline = baseline;
    const none = { sample: null, gradient: null };
    const own = Float64Array.from(this.#rows, (i) => y[i]!);
    this.#state = n < 2 ? null : new GradientRows(s, loss, own, none, baseline.length);
    this.#state?.setRaw(baseline);
  }

  /** Readies the gradients of several outputs. */
  updateProbabilities(): void {
    this.#state?.updateProbabilities();
  }

  /** Writes an output's raw prediction of each row by the model of the rows before it; the first row has the baseline. */
  writeHonest(output: number, raw: Float64Array): void {
    raw[this.#order[0]!] = this.#baseline[output]!;
    const own = this.#state?.raw.subarray(output * this.#state.stride);
    for (let j = 0; j < this.#starts.length; j++) {
      const start = this.#starts[j]!;
      for (let e = start + 2 ** j; e < this.#end(j); e++) raw[this.#rows[e]!] = own![e]!;
    }
  }

  /**
   * Adds a tree of this structure to an output of every model, with leaf values from the model's own rows.
   *
   * @param leaf number of the leaf's node, by row
   * @param nodes nodes of the tree
   */
  add(output: number, leaf: Float64Array, nodes: number, limits: GrowthLimits): void {
    const state = this.#state;
    if (!state) return;
    const pairs = state.updateNumbers(output);
    const raw = state.raw.subarray(output * state.stride);
    const rows = this.#rows;
    const weights = this.#weights;
    const g = new Float64Array(nodes);
    const h = new Float64Array(nodes);
    for (let j = 0; j < this.#starts.length; j++) {
      const start = this.#starts[j]!;
      const learned = start + 2 ** j;
      g.fill(0);
      h.fill(0);
      for (let e = start; e < learned; e++) {
        const i = rows[e]!;
        const at = leaf[i]!;
        const w = weights ? weights[i]! : 1;
        g[at] = g[at]! + w * pairs[2 * e]!;
        h[at] = h[at]! + w * pairs[2 * e + 1]!;
      }
      for (let t = 0; t < nodes; t++) g[t] = leafStep(g[t]!, h[t]!, limits);
      for (let e = start, end = this.#end(j); e < end; e++) raw[e] = raw[e]! + g[leaf[rows[e]!]!]!;
    }
  }

  #end(j: number): number {
    return this.#starts[j + 1] ?? this.#rows.length;
  }
}
