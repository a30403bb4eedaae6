import { boostKernels, type Scratch, withScratch } from "../../kernels/index.ts";
import { Matrix } from "../../math/matrix.ts";
import type { RandomStream } from "../../math/random/index.ts";
import { addTree } from "./add-trees.ts";
import { type BinMapper, binRows } from "./binning.ts";
import type { EncodedRows } from "./encoded-categories.ts";
import { GradientRows, type RowWeights } from "./gradients.ts";
import { TreeGrower } from "./grower.ts";
import type { GrowthLimits } from "./grown-node.ts";
import { binBytes, chunksOf, rowsPerChunk } from "./layout.ts";
import type { Loss } from "./losses.ts";
import { leafStep, PrefixModels } from "./prefix-models.ts";
import { packNodes, type TreeArrays } from "./trees.ts";

/** Training rows as boosting has prepared them. */
export interface PreparedRows {
  readonly loss: Loss;
  readonly y: Float64Array;
  readonly weights: RowWeights;
  readonly baseline: Float64Array;
  readonly mapper: BinMapper;
  readonly kinds: Uint8Array;
  readonly limits: GrowthLimits;
  /** Pointer to the binned features. */
  readonly bins: number;
  /** Rows whose categories depend on the order; null where none do. */
  readonly encoded: EncodedRows | null;
}

/** One random order of the rows. */
interface OrderedRows {
  readonly models: PrefixModels;
  readonly bins: number;
  readonly grower: TreeGrower;
}

/**
 * Ordered boosting (Prokhorenkova et al., "CatBoost", NeurIPS 2018, sections 4 and 5): a tree is grown on gradients at
 * predictions by models that have not seen the row. One of several random orders of the rows is drawn for each iteration;
 * the tree's structure then extends the models of all orders and, with leaf values from all rows as usual, the model that
 * is kept. Splits are compared by the histograms of the ordered gradients, without ordered leaf averages within a split.
 */
export class OrderedBoosting {
  readonly #rows: PreparedRows;
  readonly #orders: OrderedRows[];
  /** Rows at the predictions of the drawn order. */
  readonly #asked: GradientRows;
  /** Rows at the predictions of the model that is kept. */
  readonly #kept: GradientRows;
  readonly #leaf: { readonly ptr: number; readonly view: Float64Array };
  #drawn = 0;

  constructor(
    s: Scratch,
    kept: GradientRows,
    rows: PreparedRows,
    permutations: number,
    random: RandomStream,
  ) {
    const { loss, y, weights, baseline, mapper, kinds, limits, encoded } = rows;
    const n = y.length;
    this.#rows = rows;
    this.#kept = kept;
    this.#asked = new GradientRows(s, loss, y, weights, baseline.length);
    this.#leaf = s.f64(n);
    const growOn = (bins: number) => new TreeGrower(s, this.#asked, mapper, bins, kinds, limits);
    const shared = encoded ? null : growOn(rows.bins);
    this.#orders = Array.from({ length: permutations }, (_, r) => {
      const order = random.split(r).permutation(n);
      const models = new PrefixModels(s, loss, y, weights.gradient, order, baseline);
      if (!encoded) return { models, bins: rows.bins, grower: shared! };
      const bins = s.u8(binBytes(n, kinds.length), false);
      binRows(mapper, encoded.inOrder(order), null, bins);
      return { models, bins: bins.ptr, grower: growOn(bins.ptr) };
    });
  }

  /** Begins an iteration: draws an order and takes its predictions. */
  begin(random: RandomStream): void {
    this.#drawn = random.int(this.#orders.length);
    const { raw, stride, outputs } = this.#asked;
    for (let k = 0; k < outputs; k++)
      this.#orders[this.#drawn]!.models.writeHonest(k, raw.subarray(k * stride));
    if (outputs === 1) return;
    this.#asked.updateProbabilities();
    this.#kept.updateProbabilities();
    for (const { models } of this.#orders) models.updateProbabilities();
  }

  /** Grows an output's next tree and adds it to all models. */
  grow(output: number, sample: Uint32Array | null, random: RandomStream): TreeArrays {
    const sums = this.#asked.updateGradients(output);
    const { tree: grown } = this.#orders[this.#drawn]!.grower.grow(sums, sample, random, null);
    const nodes = grown.feature.length;
    // A root without split adds nothing.
    if (nodes === 1) return { ...grown, value: new Float64Array(1) };
    const { limits, bins, encoded } = this.#rows;
    if (!encoded) this.#findLeaves(grown, bins);
    for (const order of this.#orders) {
      if (encoded) this.#findLeaves(grown, order.bins);
      order.models.add(output, this.#leaf.view, nodes, limits);
    }
    if (encoded) this.#findLeaves(grown, bins);
    const tree = { ...grown, value: this.#keptValues(output, grown) };
    addTree(tree, bins, this.#kept, output);
    return tree;
  }

  /** Raw predictions of the rows by models that have not seen them, averaged over the orders: rows x outputs. */
  honest(): Matrix {
    const { rows, outputs } = this.#asked;
    const out = Matrix.zeros(rows, outputs);
    const raw = new Float64Array(rows);
    for (const { models } of this.#orders) {
      for (let k = 0; k < outputs; k++) {
        models.writeHonest(k, raw);
        for (let i = 0; i < rows; i++) {
          const at = i * outputs + k;
          out.data[at] = out.data[at]! + raw[i]! / this.#orders.length;
        }
      }
    }
    return out;
  }

  /** Number of each row's leaf: the tree with node numbers for values. */
  #findLeaves(tree: TreeArrays, bins: number): void {
    this.#leaf.view.fill(0);
    const numbered = { ...tree, value: Float64Array.from(tree.feature, (_, node) => node) };
    withScratch((s) => {
      const nodes = s.u8(packNodes(numbered)).ptr;
      const bitsets = s.u8(tree.bitsets).ptr;
      boostKernels.parallel(
        "predictBinned",
        chunksOf(this.#asked.rows),
        ...[bins, this.#asked.rows, nodes, bitsets, this.#leaf.ptr, rowsPerChunk],
      );
    });
  }

  /** Values of all nodes for the model that is kept, from its own gradients on all rows. */
  #keptValues(output: number, { feature, left }: TreeArrays): Float64Array {
    const pairs = this.#kept.updateNumbers(output);
    const weights = this.#rows.weights.gradient;
    const leaf = this.#leaf.view;
    const g = new Float64Array(feature.length);
    const h = new Float64Array(feature.length);
    for (let i = 0; i < this.#kept.rows; i++) {
      const at = leaf[i]!;
      const w = weights ? weights[i]! : 1;
      g[at] = g[at]! + w * pairs[2 * i]!;
      h[at] = h[at]! + w * pairs[2 * i + 1]!;
    }
    // Children come after their parent.
    for (let t = feature.length - 1; t >= 0; t--) {
      if (feature[t]! < 0) continue;
      g[t] = g[left[t]!]! + g[left[t]! + 1]!;
      h[t] = h[left[t]!]! + h[left[t]! + 1]!;
    }
    return g.map((sum, t) => leafStep(sum, h[t]!, this.#rows.limits));
  }
}
