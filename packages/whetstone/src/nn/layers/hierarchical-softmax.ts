import { argumentError, requireList } from "../../errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { softplus } from "../functional.ts";
import { uniformInit } from "../init.ts";
import { Module, parameter } from "../module.ts";
import { initStream, type Seeded } from "../seed.ts";
import { requireAxis, requireCount } from "./check.ts";

/** The way to a leaf: inner nodes passed, and at each whether it goes left (1) or right (-1). */
interface Path {
  readonly nodes: number[];
  readonly signs: number[];
}

/** Huffman tree over frequencies: the expected path length is within one of the entropy. */
function huffmanPaths(frequencies: ArrayLike<number>): Path[] {
  const n = frequencies.length;
  const leaves = Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => frequencies[a]! - frequencies[b]! || a - b,
  );
  const weight = [...Array.from({ length: n }, (_, i) => frequencies[i]!)];
  const parent: [node: number, sign: number][] = [];
  const inner: number[] = [];
  let [l, r] = [0, 0];
  // Leaves and inner nodes each come in rising order, so that the two least are at the fronts.
  const least = (): number => {
    const takeLeaf = r >= inner.length || (l < n && weight[leaves[l]!]! <= weight[inner[r]!]!);
    return takeLeaf ? leaves[l++]! : inner[r++]!;
  };
  for (let k = 0; k < n - 1; k++) {
    const [a, b] = [least(), least()];
    const node = n + k;
    weight[node] = weight[a]! + weight[b]!;
    parent[a] = [node, 1];
    parent[b] = [node, -1];
    inner.push(node);
  }
  return Array.from({ length: n }, (_, leaf) => {
    const path: Path = { nodes: [], signs: [] };
    for (let at = leaf; parent[at]; at = parent[at]![0]) {
      path.nodes.unshift(parent[at]![0] - n);
      path.signs.unshift(parent[at]![1]);
    }
    return path;
  });
}

/**
 * Softmax as a walk down a binary tree (Morin and Bengio 2005; Huffman-coded as in word2vec, Mikolov et al. 2013): the
 * probability of a class is a product of sigmoids along its path, about log2(classes) of them.
 */
export class HierarchicalSoftmax extends Module<
  [x: Tensor, target: Tensor],
  { output: Tensor; loss: Tensor }
> {
  static override readonly typeName: string = "HierarchicalSoftmax";
  readonly classes: number;
  weight: Tensor;
  readonly #paths: readonly Path[];
  readonly #nodes: Tensor; // i32 [classes, longest], -1 beyond the path's end
  readonly #signs: Tensor; // [classes, longest], 0 beyond the path's end

  /** `frequencies`: how often each class occurs, two classes or more. */
  constructor(inFeatures: number, frequencies: ArrayLike<number>, options: Seeded = {}) {
    super();
    const where = "HierarchicalSoftmax";
    requireCount(where, "inFeatures", inFeatures);
    requireList(where, "frequencies", frequencies);
    this.classes = requireCount(where, "the number of classes", frequencies.length, 2);
    for (let i = 0; i < frequencies.length; i++) {
      if (!(frequencies[i]! >= 0 && frequencies[i]! < Number.POSITIVE_INFINITY)) {
        throw argumentError(where, `frequencies[${i}]`, frequencies[i], "a finite number >= 0");
      }
    }
    this.#paths = huffmanPaths(frequencies);
    const longest = Math.max(...this.#paths.map((p) => p.nodes.length));
    const table = (of: (p: Path) => number[], rest: number) =>
      this.#paths.flatMap((p) => Array.from({ length: longest }, (_, i) => of(p)[i] ?? rest));
    this.#nodes = Tensor.from(Int32Array.from(table((p) => p.nodes, -1)), { shape: [this.classes, longest] });
    this.#signs = Tensor.from(Float32Array.from(table((p) => p.signs, 0)), {
      shape: [this.classes, longest],
    });
    const bound = 1 / Math.sqrt(inFeatures);
    this.weight = parameter(
      uniformInit([this.classes - 1, inFeatures], -bound, bound, initStream(options.seed)),
    );
  }

  /** Sigmoids on the path to a class. */
  pathLength(label: number): number {
    return this.#paths[label]!.nodes.length;
  }

  /** Log probability of each row's class (`output` [N]) and minus their mean (`loss`). `target` i32 [N]. */
  override forward(x: Tensor, target: Tensor): { output: Tensor; loss: Tensor } {
    const [n, d] = x.shape as [number, number];
    requireAxis("HierarchicalSoftmax.forward", x, -1, this.weight.shape[1]!, "inFeatures");
    requireAxis("HierarchicalSoftmax.forward", target, 0, n, "rows of x");
    const nodes = this.#nodes.take(target.to("i32")); // [N, L]
    const signs = this.#signs.take(target.to("i32"));
    const logits = this.weight
      .take(nodes)
      .mul(x.reshape([n, 1, d]))
      .sum(-1); // [N, L]
    const logs = softplus(logits.mul(signs).neg()).neg(); // log sigmoid(+-z)
    const output = logs.mul(signs.abs()).sum(-1);
    return { output, loss: output.mean().neg() };
  }

  /** Log probabilities of all classes: [N, in] -> [N, classes]. */
  logProb(x: Tensor): Tensor {
    const n = x.shape[0]!;
    const logits = x.matmul(this.weight.transpose()); // [N, nodes]
    const flat = this.#nodes.reshape([-1]);
    const along = logits.take(flat, 1).reshape([n, this.classes, -1]);
    const logs = softplus(along.mul(this.#signs).neg()).neg();
    return logs.mul(this.#signs.abs()).sum(-1);
  }
}
